"""Input devices of Linux (/dev/input/event…): find, open, grab, read, close; nothing else.

Whoever opens such a device gets a copy of its keys; the window under the fingers gets them too, unless
the device is grabbed (EVIOCGRAB): then they are ours alone. A device that can't be grabbed is not read.
`struct input_event` and two ioctls are all that it takes (linux/input.h), so nothing else is imported.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from hardware.transport.line import Chunk, Chunks

EVENT = struct.Struct("@llHHi")  # timeval, type, code, value
EVIOCGRAB = 0x40044590  # _IOW('E', 0x90, int)
NAME_BYTES = 256
EVIOCGNAME = 0x80004506 | NAME_BYTES << 16  # _IOC(_IOC_READ, 'E', 0x06, 256)
OPEN_WITHIN_S = 2.0
ANSWER_WITHIN_S = 2.0  # of a virtual device
READ_BYTES = 64 * EVENT.size
KEY_ENTER, KEY_A = 28, 30
IOCTL = struct.Struct("@II")  # to a virtual device: request, argument; back: errno, then what it says


class NoInputDevice(OSError):
    """There is something at that path, but it knows nothing of grabbing."""


@dataclass(frozen=True)
class EvdevAddress:
    """`evdev:///dev/input/by-id/usb-…-event-kbd`, or `evdev:NAME` as the device calls itself.

    `?virtual=SOCKET` after a path: a pipe stands for the device, and its ioctls are answered there.
    """

    path: str = ""
    name: str = ""
    virtual: str = ""

    @classmethod
    def parse(cls, address: str) -> EvdevAddress:
        """ValueError says what is allowed."""
        scheme, _, rest = address.partition(":")
        if scheme == "evdev" and rest.startswith("///"):
            parts = urlsplit(address)
            options = dict(parse_qsl(parts.query, keep_blank_values=True))
            if not set(options) <= {"virtual"}:
                raise ValueError(f"{address!r}: takes no options")
            return cls(path=unquote(parts.path), virtual=options.get("virtual", ""))
        if scheme == "evdev" and rest and not rest.startswith("/"):
            return cls(name=rest)
        raise ValueError(f"{address!r}: must be evdev:///dev/input/by-id/… or evdev:NAME")


def find(name: str, sys: Path = Path("/sys/class/input"), dev: Path = Path("/dev/input")) -> Path:
    """The one keyboard of that name (or with it in its name). A scanner may show a second device without
    letters, for volume and the like. FileNotFoundError says what there is."""
    keyboards = {}
    for event in sorted(sys.glob("event*")):
        try:
            called = (event / "device" / "name").read_text("utf-8").strip()
            keys = (event / "device" / "capabilities" / "key").read_text("ascii").split()
        except OSError:
            continue  # pulled out while we looked
        bits = int("".join(f"{int(word, 16):0{2 * struct.calcsize('l')}x}" for word in keys) or "0", 16)
        if bits >> KEY_ENTER & 1 and bits >> KEY_A & 1:
            keyboards[dev / event.name] = called
    fits = [path for path, called in keyboards.items() if called == name] or [
        path for path, called in keyboards.items() if name.casefold() in called.casefold()
    ]
    if len(fits) == 1:
        return fits[0]
    there = ", ".join(sorted(set(keyboards.values()))) or "none"
    many = "several keyboards have that name: say its path, below /dev/input/by-id"
    raise FileNotFoundError(errno.ENODEV, many if fits else f"no such keyboard; there: {there}")


class Node(Protocol):
    """An opened device."""

    fd: int

    def ioctl(self, request: int, argument: int | bytes) -> bytes:
        """OSError as the kernel's."""

    def close(self) -> None: ...


class KernelNode:
    """A real one, `/dev/input/event…`."""

    def __init__(self, path: str) -> None:
        self.fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)

    def ioctl(self, request: int, argument: int | bytes) -> bytes:
        said = fcntl.ioctl(self.fd, request, argument)
        return said if isinstance(said, bytes) else b""

    def close(self) -> None:
        os.close(self.fd)


class VirtualNode(KernelNode):
    """A pipe for the events, a socket for the ioctls: the grab lasts as long as both are open."""

    def __init__(self, path: str, ioctls: str) -> None:
        self._ioctls = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._ioctls.settimeout(ANSWER_WITHIN_S)
        try:
            self._ioctls.connect(ioctls)
            super().__init__(path)
        except BaseException:
            self._ioctls.close()
            raise

    def ioctl(self, request: int, argument: int | bytes) -> bytes:
        self._ioctls.sendall(IOCTL.pack(request, argument if isinstance(argument, int) else 0))
        said = self._ioctls.recv(4096)
        if not said:
            raise OSError(errno.ENODEV, "No such device")
        number = int.from_bytes(said[:4], "little")
        if number:
            raise OSError(number, os.strerror(number))
        return said[4:]

    def close(self) -> None:
        super().close()
        self._ioctls.close()


class EvdevLine:
    """One grabbed device. OSErrors: FileNotFoundError, PermissionError, ConnectionRefusedError (another has
    grabbed it), NoInputDevice on opening; ConnectionError when it is gone."""

    def __init__(self, address: EvdevAddress) -> None:
        self.address = address
        self.name = self.path = ""
        self._node: Node | None = None
        self._came = Chunks()
        self._rest = b""

    async def open(self, within_s: float = OPEN_WITHIN_S) -> None:
        opening = asyncio.get_running_loop().run_in_executor(None, self._open)
        try:
            async with asyncio.timeout(within_s):
                self._node = await asyncio.shield(opening)
        except BaseException:
            opening.add_done_callback(_close_late)
            raise
        asyncio.get_running_loop().add_reader(self._node.fd, self._readable)

    @property
    def broken(self) -> OSError | None:
        """Why it is no more; None while it is open."""
        return self._came.broken

    async def read(self, within_s: float | None = None) -> Chunk | None:
        """The next events, whole and as the kernel gives them; None if none came in that time. ConnectionError
        once it is gone."""
        return await self._came.next(within_s)

    async def close(self) -> None:
        """Let go; the kernel ends the grab. May be called twice."""
        node, self._node = self._node, None
        if node is not None:
            asyncio.get_running_loop().remove_reader(node.fd)
            node.close()
        self._came.end(ConnectionAbortedError(errno.ECONNABORTED, "closed"))

    def _open(self) -> Node:
        self.path = self.address.path or str(find(self.address.name))
        try:
            node = VirtualNode(self.path, self.address.virtual) if self.address.virtual else KernelNode(self.path)
        except OSError as foreign:
            raise ours(foreign) from foreign
        try:
            self.name = node.ioctl(EVIOCGNAME, bytes(NAME_BYTES)).partition(b"\0")[0].decode("utf-8", "replace")
            node.ioctl(EVIOCGRAB, 1)
        except OSError as foreign:
            node.close()
            raise ours(foreign) from foreign
        return node

    def _readable(self) -> None:
        if self._node is None:
            return
        try:
            data = os.read(self._node.fd, READ_BYTES)
        except BlockingIOError:
            return
        except OSError as foreign:
            data, why = b"", foreign.strerror or ""
        else:
            why = "end of stream"
        if not data:
            asyncio.get_running_loop().remove_reader(self._node.fd)
            self._came.end(ConnectionResetError(errno.ENODEV, f"it is gone: {why}"))
            return
        data = self._rest + data
        whole = len(data) - len(data) % EVENT.size
        self._rest = data[whole:]
        if whole:
            self._came.put(Chunk(data[:whole], monotonic()))


def _close_late(opening: asyncio.Future[Node]) -> None:
    """An opening that nobody waits for any more."""
    if not opening.cancelled() and opening.exception() is None:
        opening.result().close()


def ours(foreign: OSError) -> OSError:
    number = foreign.errno or errno.EIO
    if number in (errno.ENOENT, errno.ENODEV, errno.ENXIO, errno.ECONNREFUSED):
        return FileNotFoundError(errno.ENODEV, "no such device")
    if number in (errno.EACCES, errno.EPERM):
        return PermissionError(number, "no right to open the device: is the user in group input?")
    if number == errno.EBUSY:
        return ConnectionRefusedError(number, "another program has grabbed the device")
    if number in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
        return NoInputDevice(number, "no input device: it can't be grabbed")
    return ConnectionResetError(number, foreign.strerror or "broken")
