"""Cameras of Linux (/dev/video…, Video4Linux2): open, next frame, close; nothing else.

Streaming into buffers that are shared with the kernel (V4L2_MEMORY_MMAP), which every USB camera can
(UVC); no library is needed for that. All calls block and are made from one thread. OSError on opening:
FileNotFoundError, PermissionError, ConnectionRefusedError (busy), NoCamera; ConnectionError when it is gone.

Numbers and structures: linux/videodev2.h, for 64 bit.
"""

from __future__ import annotations

import errno
import fcntl
import mmap
import os
import select
import struct
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Protocol

CAPTURE, MMAP = 1, 1  # V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_MEMORY_MMAP
CAN_CAPTURE, CAN_STREAM, SAYS_MORE = 0x00000001, 0x04000000, 0x80000000
BUFFER_ERROR = 0x0040  # V4L2_BUF_FLAG_ERROR: the frame is damaged, the stream goes on
BUFFERS = 3

CAPABILITY = struct.Struct("@16s32s32sIII12x")  # driver, card, bus, version, capabilities, of this node
FORMAT = struct.Struct("@I4x6I176x")  # type; width, height, pixel format, field, bytes a line, size
REQUEST = struct.Struct("@III8x")  # count, type, memory
BUFFER = struct.Struct("@5I4x16x16xIIQI8x4x")  # index, type, used, flags, field; sequence, memory, offset, length
STREAM = struct.Struct("@i")

QUERYCAP = 0x80685600
S_FMT = 0xC0D05605
REQBUFS = 0xC0145608
QUERYBUF = 0xC0585609
QBUF = 0xC058560F
DQBUF = 0xC0585611
STREAMON, STREAMOFF = 0x40045612, 0x40045613


class NoCamera(OSError):
    """There is something at that path, but it gives no pictures that we can read."""


@dataclass(frozen=True)
class Frame:
    """One picture as the camera sent it, `width` × `height` points; `kind` is its pixel format: GREY, YUYV, NV12, MJPG.

    `line_bytes`: from the start of one row in `data` to the next, padding included; 0 where the camera does not say.
    """

    kind: str
    width: int
    height: int
    line_bytes: int
    data: bytes = field(repr=False)


KINDS = ("YUYV", "MJPG", "NV12", "GREY")  # in the order in which they are asked for


class Node(Protocol):
    """An opened device node."""

    def ioctl(self, request: int, argument: bytearray) -> None:
        """Fills `argument`; OSError as the kernel's."""

    def share(self, length: int, offset: int) -> mmap.mmap: ...
    def wait(self, within_s: float) -> bool:
        """Whether a frame is there."""

    def close(self) -> None: ...


class KernelNode:
    """A real one, `/dev/video…`."""

    def __init__(self, path: str) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def ioctl(self, request: int, argument: bytearray) -> None:
        fcntl.ioctl(self._fd, request, argument)

    def share(self, length: int, offset: int) -> mmap.mmap:
        return mmap.mmap(self._fd, length, mmap.MAP_SHARED, mmap.PROT_READ | mmap.PROT_WRITE, offset=offset)

    def wait(self, within_s: float) -> bool:
        return bool(select.select([self._fd], [], [], within_s)[0])

    def close(self) -> None:
        os.close(self._fd)


class Camera:
    """A streaming camera."""

    def __init__(self, node: Node, width: int, height: int) -> None:
        """Choose the format and start; the camera may give another size than it was asked for."""
        self._node = node
        self._closed = False
        self._shared: list[mmap.mmap] = []
        try:
            self.name = self._look()
            self._choose(width, height)
            self._start()
        except OSError as foreign:
            self.close()
            raise ours(foreign) from foreign

    @classmethod
    def open(cls, path: str, width: int, height: int) -> Camera:
        try:
            node = KernelNode(path)
        except OSError as foreign:
            raise ours(foreign) from foreign
        return cls(node, width, height)

    def frame(self, within_s: float) -> Frame | None:
        """The newest one; None if none came in that time, or only damaged ones."""
        newest = None
        try:
            while self._node.wait(0.0 if newest else within_s):
                got = self._call(DQBUF, BUFFER, 0, CAPTURE, 0, 0, 0, 0, MMAP, 0, 0)
                index, _, used, flags, *_ = got
                if not flags & BUFFER_ERROR:
                    newest = bytes(self._shared[index][:used])
                self._call(QBUF, BUFFER, index, CAPTURE, 0, 0, 0, 0, MMAP, 0, 0)
                if flags & BUFFER_ERROR and newest is None:
                    return None
        except BlockingIOError:
            pass  # it was no frame after all
        except OSError as foreign:
            raise ours(foreign) from foreign
        if newest is None:
            return None
        return Frame(self.kind, self.width, self.height, self.line_bytes, newest)

    def close(self) -> None:
        """Stop and let go. May be called twice."""
        if self._closed:
            return
        self._closed = True
        with suppress(OSError):  # it is gone, or has not begun
            self._node.ioctl(STREAMOFF, bytearray(STREAM.pack(CAPTURE)))
        for one in self._shared:
            one.close()
        self._node.close()

    def _look(self) -> str:
        _, card, _, _, everything, here, *_ = self._call(QUERYCAP, CAPABILITY, b"", b"", b"", 0, 0, 0)
        able = here if everything & SAYS_MORE else everything
        if not able & CAN_CAPTURE or not able & CAN_STREAM:
            raise NoCamera(errno.ENODEV, "no camera: it gives no stream of pictures")
        return bytes(card).partition(b"\0")[0].decode("utf-8", "replace")

    def _choose(self, width: int, height: int) -> None:
        for kind in KINDS:
            wanted = int.from_bytes(kind.encode(), "little")
            got = self._call(S_FMT, FORMAT, CAPTURE, width, height, wanted, 0, 0, 0)
            _, self.width, self.height, given, _, self.line_bytes, _ = got
            self.kind = given.to_bytes(4, "little").decode("ascii", "replace")
            if self.kind in KINDS:
                return
        raise NoCamera(errno.ENODEV, f"its pictures are {self.kind}; read are {', '.join(KINDS)}")

    def _start(self) -> None:
        count = self._call(REQBUFS, REQUEST, BUFFERS, CAPTURE, MMAP)[0]
        if not count:
            raise NoCamera(errno.ENOMEM, "the camera gives no buffers")
        for index in range(count):
            *_, offset, length = self._call(QUERYBUF, BUFFER, index, CAPTURE, 0, 0, 0, 0, MMAP, 0, 0)
            self._shared.append(self._node.share(length, offset & 0xFFFFFFFF))
            self._call(QBUF, BUFFER, index, CAPTURE, 0, 0, 0, 0, MMAP, 0, 0)
        self._call(STREAMON, STREAM, CAPTURE)

    def _call(self, request: int, shape: struct.Struct, *values: int | bytes) -> tuple[int, ...]:
        argument = bytearray(shape.pack(*values))
        self._node.ioctl(request, argument)
        return shape.unpack(argument)


def ours(foreign: OSError) -> OSError:
    if isinstance(foreign, NoCamera):
        return foreign
    number = foreign.errno or errno.EIO
    if number in (errno.ENOENT, errno.ENXIO):
        return FileNotFoundError(number, "no such camera")
    if number in (errno.EACCES, errno.EPERM):
        return PermissionError(number, "no right to open the camera: is the user in group video?")
    if number == errno.EBUSY:
        return ConnectionRefusedError(number, "another program has the camera")
    if number in (errno.ENOTTY, errno.EINVAL, errno.EISDIR):
        return NoCamera(number, "no camera: it gives no stream of pictures")
    return ConnectionResetError(number, f"the camera is gone: {foreign.strerror or 'broken'}")
