"""A printer that is not there: 80 mm, 576 dots, on a TCP port of this machine, a pty or a virtual USB bus.

It reads ESC/POS strictly: at a byte it doesn't know it throws the job away, counts it and reports
an unrecoverable error until the next connection. DLE EOT is answered as soon as it arrives between
commands; all else is obeyed in turn, and waits while paper, cover or knife stop the printer – with
paper back in, printing goes on where it stopped, as in the real thing. One client at a time: others
are accepted and hear nothing. Each slip becomes DIR/slip-001.png, and so on.

    python -m hardware.printer.virtual --port 9100 --out DIR        or --bus serial, --bus usb
"""

from __future__ import annotations

import argparse
import asyncio
import select
import tempfile
from collections import deque
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from hardware.printer.virtual_ends import BUFFER_BYTES, BUSES, end_on
from hardware.printer.virtual_paper import Paper, Wrong
from hardware.printer.virtual_parser import REAL_TIME, Command, Parser, Unknown
from hardware.printer.virtual_state import PrinterState
from hardware.virtual import VirtualDevice
from hardware.virtual_process import serve

LOOK_EVERY_S = 0.05
GARBAGE = b"\xde\xad\xbe\xef"

VERBS = {
    "paper-out": "take the paper out, or [DOTS]: let the roll end after so many more dots",
    "paper-in": "put a new roll in",
    "paper-low": "let the roll be nearly used up",
    "cover-open": "open the cover",
    "cover-close": "close the cover",
    "cutter-jam": "jam the knife; [at-cut]: when it next cuts",
    "cutter-free": "free the knife",
    "overheat": "let the print head be too hot",
    "cool": "let the print head cool down",
    "offline": "press the offline switch",
    "online": "press the offline switch again",
    "unplug": "pull the plug; [BYTES]: after so many more bytes",
    "plug": "put the plug back in: everything is well again",
    "cable-out": "pull the network cable: nothing arrives, nothing is refused",
    "cable-in": "put the network cable back in",
    "slow": "MS_PER_BYTE: print slowly; 0 ends it",
    "silent": "hear and say nothing, connections stay",
    "garbage": "answer nonsense to every question",
    "noise": "a byte that nobody sent comes in: what is printed now is thrown away, and nothing more taken",
    "stop-after": "BYTES: go dead after so many more bytes, connections stay",
    "well": "end silent, garbage, slow, stop-after",
    "tear": "tear the paper off where it is",
    "last": "the last slip's picture",
    "slips": "[N]: the last slips, and how many there were",
}


class VirtualPrinter(VirtualDevice):
    """`address` is its `bus`'s: tcp, serial, usb; `out` holds the pictures of the slips."""

    def __init__(self, out: Path | None = None, port: int = 0, bus: str = "tcp") -> None:
        self.address = ""
        self.verbs = dict(VERBS)
        self.out = out or Path(tempfile.mkdtemp(prefix="slips-"))
        self.slips: list[Path] = []
        self.unknown: list[Unknown] = []
        self.received = 0
        """Bytes taken from the wire since the start."""
        self.state = PrinterState()
        self._end = end_on(bus, port)
        self._plugged = False
        self._paper = Paper()
        self._changed = asyncio.Condition()
        self._speaking: asyncio.StreamWriter | None = None
        self._client = self._refused = 0
        self._buffer: deque[tuple[int, Command | Unknown]] = deque()
        self._buffered = 0
        self._printing: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None

    async def start(self) -> None:
        self.out.mkdir(parents=True, exist_ok=True)
        await self._plug()

    async def stop(self) -> None:
        if self._ending is not None:
            await self._ending
        await self._unplug()
        await self._end.remove()

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb not in self.verbs:
            raise ValueError(f"unknown verb {verb!r}; known: {', '.join(self.verbs)}")
        if verb == "plug":
            await self._plug()
        elif verb == "unplug" and not words:
            await self._unplug()
        elif verb in ("cable-out", "cable-in"):
            self._end.cable(out=verb == "cable-out")
        elif verb == "noise":
            self._refuse(self._client, Unknown(b"\x01", "line noise"))
        elif verb == "tear":
            self._keep(self._paper.cut())
        elif verb == "last":
            return {"path": str(self.slips[-1]) if self.slips else ""}
        elif verb == "slips":
            paths = self.slips[-_whole(words) :] if words else self.slips
            whys = "; ".join(f"{one.why}: {one.data.hex()}" for one in self.unknown)
            slips = "\n".join(map(str, paths))
            counts = {"count": len(self.slips), "unknown": len(self.unknown), "received": self.received}
            return {name: str(count) for name, count in counts.items()} | {"paths": slips, "why": whys}
        else:
            await self._set(verb, words)
        return self.state.words()

    async def _set(self, verb: str, words: tuple[str, ...]) -> None:
        async with self._changed:
            self.state.set(verb, words, self._paper.fed, self.received)
            self._changed.notify_all()
        self._say_automatic()

    async def _plug(self) -> None:
        if self._plugged:
            await self._unplug()
        self._plugged = True
        self.state = PrinterState()
        self._paper.power_on()
        self._printing = asyncio.create_task(self._print())
        await self._end.plug(self._converse)
        self.address = self._end.address

    async def _unplug(self) -> None:
        if not self._plugged:
            return
        self._plugged = False
        await self._end.unplug()
        if self._printing is not None:
            self._printing.cancel()
            await asyncio.gather(self._printing, return_exceptions=True)
        self._buffer.clear()
        self._buffered = 0

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One client, until it goes: what it sends is read here and obeyed by `_print`."""
        self._speaking, self.state.broken, self.state.automatic = writer, False, 0
        self._client += 1
        parser = Parser()
        try:
            while data := await self._receive(reader):
                if parser.ended:
                    self._answer_bare_question(data)
                for found in parser.feed(data):
                    if isinstance(found, Command) and found.name in REAL_TIME:
                        self._answer_at_once(found)
                    else:
                        await self._until_space(writer)
                        await self._into_buffer(found)
        finally:
            self._speaking = None

    async def _into_buffer(self, found: Command | Unknown) -> None:
        async with self._changed:
            self._buffer.append((self._client, found))
            self._buffered += found.size
            self._changed.notify_all()

    async def _receive(self, reader: asyncio.StreamReader) -> bytes:
        """What came next, cut where the plug is pulled or the printer goes dead."""
        data = await reader.read(BUFFER_BYTES)
        left = self.state.dies_at - self.received if self.state.dies_at is not None else None
        if left is not None and len(data) >= left:
            data = data[: int(left)]
            self.received += len(data)
            if self.state.unplugs:
                asyncio.get_running_loop().call_soon(self._pull_plug)
            await self.until(lambda: self.state.dies_at is None)
        else:
            self.received += len(data)
            async with self._changed:
                self._changed.notify_all()
        await self.until(lambda: not self.state.silent)
        return data

    async def _until_space(self, writer: asyncio.StreamWriter) -> None:
        """While the buffer is full nothing is read, but a client that cuts the connection is noticed."""
        while self._buffered > BUFFER_BYTES:
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self.until(lambda: self._buffered <= BUFFER_BYTES)
            except TimeoutError:
                if _hung_up(writer):
                    raise ConnectionResetError from None

    def _pull_plug(self) -> None:
        self._ending = asyncio.create_task(self._unplug())

    async def until(self, so: Callable[[], bool]) -> None:
        """Wait until something is so: a byte taken, a command obeyed, a verb done."""
        async with self._changed:
            await self._changed.wait_for(so)

    async def _print(self) -> None:
        """Obey what is in the buffer, in turn, whenever the printer is able to; for as long as it has power."""
        while True:
            await self.until(lambda: bool(self._buffer) and self.state.able and not self.state.silent)
            client, found = self._buffer[0]
            if self.state.ms_per_byte:
                await asyncio.sleep(found.size * self.state.ms_per_byte / 1000)
            if client != self._refused:
                self._refuse(client, found) if isinstance(found, Unknown) else self._obey(client, found)
            async with self._changed:
                self._buffer.popleft()
                self._buffered -= found.size
                self._changed.notify_all()

    def _obey(self, client: int, command: Command) -> None:
        cuts = command.name in ("GS V", "ESC i", "ESC m")
        if cuts and self.state.jams_at_cut:
            self.state.cutter_jam = True
            self._say_automatic()
            return
        try:
            slip = self._paper.obey(command)
        except Wrong as wrong:
            self._refuse(client, Unknown(command.data[:16], str(wrong)))
            return
        if slip is not None:
            self._keep(slip)
        if self.state.roll_ends_at is not None and self._paper.fed >= self.state.roll_ends_at:
            self.state.paper_out = True
            self._say_automatic()
        if command.name == "GS a":
            self.state.automatic = command.data[0]
            self._say_automatic()
        elif answer := self.state.answer_in_turn(command):
            self._say(answer)

    def _keep(self, slip: Image.Image) -> None:
        path = self.out / f"slip-{len(self.slips) + 1:03}.png"
        slip.save(path, dpi=(203, 203))
        self.slips.append(path)

    def _refuse(self, client: int, unknown: Unknown) -> None:
        """Throw the job away: nothing of it is kept, nothing more from this client is obeyed."""
        self.unknown.append(unknown)
        self._refused = client
        self.state.broken = True
        self._paper.cut()
        self._say_automatic()

    def _answer_at_once(self, command: Command) -> None:
        if command.name == "DLE EOT":
            self._say(GARBAGE if self.state.garbage else bytes((self.state.real_time(command.data[0]),)))

    def _answer_bare_question(self, data: bytes) -> None:
        """After a byte it doesn't know the printer reads no more, but still tells how it is."""
        if len(data) == 3 and data.startswith(b"\x10\x04") and 1 <= data[2] <= 4:
            self._say(bytes((self.state.real_time(data[2]),)))

    def _say_automatic(self) -> None:
        if self.state.automatic:
            self._say(self.state.automatic_status())

    def _say(self, data: bytes) -> None:
        if self._speaking is not None and not self.state.silent and not self._speaking.is_closing():
            self._speaking.write(data)


def _hung_up(writer: asyncio.StreamWriter) -> bool:
    """Whether the other end has cut its connection. A serial line never tells."""
    sock = writer.get_extra_info("socket")
    if sock is None or sock.fileno() < 0:
        return sock is not None
    poll = select.poll()
    poll.register(sock, 0)
    return bool(poll.poll(0))


def _whole(words: tuple[str, ...]) -> int:
    if len(words) != 1 or not words[0].isdigit() or words[0] == "0":
        raise ValueError("say a whole number")
    return int(words[0])


def main() -> None:
    parser = argparse.ArgumentParser(description="A virtual receipt printer on 127.0.0.1.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--bus", choices=BUSES, default="tcp")
    parser.add_argument("--out", type=Path, help="where the pictures of the slips go")
    words = parser.parse_args()
    serve(VirtualPrinter(words.out, words.port, words.bus))


if __name__ == "__main__":
    main()
