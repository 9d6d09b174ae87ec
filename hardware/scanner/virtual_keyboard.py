"""A virtual scanner that plays a keyboard: `python -m hardware.scanner.virtual_keyboard [--layout us|de|hu] [--no-aim]`.

A pipe carries its events as the kernel would write them; its ioctls are answered at a socket beside it.
While nobody has grabbed it, its keys are typed into whatever has the window: it counts them.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import errno
import os
import shutil
import socket
import tempfile
from pathlib import Path

from hardware.scanner.contract import Symbology
from hardware.scanner.keyboard_wire import LAYOUTS, QUIET_S, dropped, encode_keys
from hardware.scanner.serial_wire import encode
from hardware.transport.evdev import EVENT, EVIOCGNAME, EVIOCGRAB, IOCTL
from hardware.virtual import VirtualDevice
from hardware.virtual_process import serve

NAME = "Virtual Barcode Scanner"
SEND_WITHIN_S = 5.0  # without a key taken
SLOW_S = 0.6 * QUIET_S


class VirtualKeyboard(VirtualDevice):
    """Starts plugged in. `aim` False: sends no AIM identifier, as most do from the factory."""

    def __init__(self, layout: str = "us", aim: bool = True) -> None:
        self.address = ""
        self.verbs = {
            "scan": "read a code: scan TEXT [qr|pdf417|data-matrix|aztec|code128|ean|other|unknown]",
            "slow": "read a code, key by key: slow TEXT [SYMBOLOGY]",
            "partial": "lose the end of a code: partial TEXT",
            "overrun": "lose keys in the middle of a code: overrun TEXT",
            "garbage": "events that are no keys, and keys that no scanner presses",
            "taken": "another program grabs it",
            "free": "and lets it go",
            "unplug": "pull the plug",
            "plug": "put the plug back in",
        }
        self.ioctls: list[tuple[int, int]] = []
        """What was asked of it: request and argument."""
        self.typed = 0
        """Events that went into whatever has the window."""
        self._layout = LAYOUTS[layout]
        self._aim = aim
        self._folder: Path | None = None
        self._keys: int | None = None
        self._door: socket.socket | None = None
        self._holders: set[socket.socket] = set()
        self._grabbed_by: socket.socket | None = None
        self._taken = False

    async def start(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kiosk-virtual-"))
            self.address = f"evdev://{self._folder / 'keys'}?virtual={self._folder / 'ioctl'}"
            self._plug()

    async def stop(self) -> None:
        self._unplug()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb not in self.verbs:
            raise ValueError(f"unknown verb {verb!r}; known: {', '.join(self.verbs)}")
        if verb in ("plug", "unplug"):
            self._plug() if verb == "plug" else self._unplug()
        elif verb in ("taken", "free"):
            self._taken = verb == "taken"
        elif verb == "garbage":
            await self._send(b"".join(EVENT.pack(0, 0, kind, code, 1) for kind, code in ((2, 8), (17, 0), (1, 113))))
        else:
            await self._read(verb, words)
        return {
            "plug": "in" if self._keys is not None else "out",
            "grabbed": "yes" if self._grabbed_by is not None else "no",
            "typed": str(self.typed),
        }

    async def _read(self, verb: str, words: tuple[str, ...]) -> None:
        if not 1 <= len(words) <= 2:
            raise ValueError(self.verbs[verb])
        symbology = Symbology(words[1]) if len(words) == 2 else Symbology.QR
        text = encode(words[0], symbology if self._aim else Symbology.UNKNOWN, b"\n").decode()
        if verb == "partial":
            text = text[:-1]
        half = len(text) // 2
        if verb == "overrun":
            await self._send(encode_keys(text[:half], self._layout) + dropped())
            await self._send(encode_keys(text[half:], self._layout))
        elif verb == "slow":
            for char in text:
                await self._send(encode_keys(char, self._layout))
                await asyncio.sleep(SLOW_S)
        else:
            await self._send(encode_keys(text, self._layout))

    # --- the plug ----------------------------------------------------------------------------

    def _plug(self) -> None:
        if self._folder is None or self._keys is not None:
            return
        os.mkfifo(self._folder / "keys", 0o600)
        self._keys = os.open(self._folder / "keys", os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.setblocking(False)
        self._door.bind(str(self._folder / "ioctl"))
        self._door.listen()
        asyncio.get_running_loop().add_reader(self._door, self._opened)

    def _unplug(self) -> None:
        if self._folder is None or self._keys is None or self._door is None:
            return
        asyncio.get_running_loop().remove_reader(self._door)
        self._door.close()
        for holder in tuple(self._holders):
            self._closed(holder)
        os.close(self._keys)
        self._keys = self._door = None
        for name in ("keys", "ioctl"):
            (self._folder / name).unlink(missing_ok=True)

    # --- ioctls, as the kernel answers them --------------------------------------------------

    def _opened(self) -> None:
        if self._door is not None:
            holder, _ = self._door.accept()
            holder.setblocking(False)
            self._holders.add(holder)
            asyncio.get_running_loop().add_reader(holder, self._asked, holder)

    def _closed(self, holder: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(holder)
        holder.close()
        self._holders.discard(holder)
        if holder is self._grabbed_by:
            self._grabbed_by = None

    def _notice_closed(self) -> None:
        """As the kernel does, at once: who has closed it is sent no more keys."""
        for holder in tuple(self._holders):
            with contextlib.suppress(BlockingIOError):
                if not holder.recv(1, socket.MSG_PEEK):
                    self._closed(holder)

    def _asked(self, holder: socket.socket) -> None:
        try:
            asked = holder.recv(IOCTL.size)
        except OSError:
            asked = b""
        if not asked:
            self._closed(holder)
            return
        request, argument = IOCTL.unpack(asked)
        self.ioctls.append((request, argument))
        number, said = 0, b""
        if request == EVIOCGNAME:
            said = NAME.encode() + b"\0"
        elif request != EVIOCGRAB:
            number = errno.EINVAL
        elif argument and (self._taken or self._grabbed_by not in (None, holder)):
            number = errno.EBUSY
        else:
            self._grabbed_by = holder if argument else None
        holder.send(number.to_bytes(4, "little") + said)

    # --- keys --------------------------------------------------------------------------------

    async def _send(self, events: bytes) -> None:
        """To who has grabbed it, or to whatever has the window. ValueError if it is unplugged."""
        if self._keys is None:
            raise ValueError("it is unplugged")
        self._notice_closed()
        if self._grabbed_by is None:
            self.typed += len(events) // EVENT.size
            return
        try:
            async with asyncio.timeout(SEND_WITHIN_S) as time:
                while events and self._keys is not None:
                    try:
                        events = events[os.write(self._keys, events) :]
                        time.reschedule(asyncio.get_running_loop().time() + SEND_WITHIN_S)
                    except BlockingIOError:
                        await asyncio.sleep(0.002)  # the driver's side has not read yet
        except TimeoutError:
            raise ValueError("nobody listens at the other end") from None


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m hardware.scanner.virtual_keyboard")
    parser.add_argument("--layout", choices=LAYOUTS, default="us")
    parser.add_argument("--no-aim", action="store_true")
    words = parser.parse_args()
    serve(VirtualKeyboard(words.layout, not words.no_aim))


if __name__ == "__main__":
    main()
