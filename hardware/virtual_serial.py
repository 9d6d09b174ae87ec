"""A virtual device at the far end of a serial line (`virtual_port.py`): its plug, and a question that it answers.

Its question is Honeywell's (imagers' serial commands): SYN M CR, then a command ended by `.`; a
known query is echoed with its value and ACK, any other with ENQ.
"""

from __future__ import annotations

import asyncio
import os
import re

from hardware.virtual import VirtualDevice
from hardware.virtual_port import VirtualPort

SEND_WITHIN_S = 5.0  # 16 kB fill the kernel's buffer when nobody listens: the device gives up
ENDS = {"cr": b"\r", "crlf": b"\r\n", "lf": b"\n"}  # how a device ends a line
NOISE = bytes((0xF8, 0x00, 0x1B, 0xFF, 0x80))
SLOW_S = 0.02  # between two bytes of a slow device
_COMMAND = re.compile(rb"\x16M\r([^.!]*)[.!]")
_QUERIES = {b"CBRENA?": b"CBRENA1"}


class VirtualSerial(VirtualDevice):
    """Starts plugged in. A subclass adds verbs and sends what its kind sends."""

    def __init__(self, baud: int = 9600) -> None:
        self.address = ""
        self.verbs = {
            "garbage": "send line noise: garbage [HEX]",
            "mute": "answer no question any more (a hung device)",
            "babble": "answer questions by line noise (another baud rate)",
            "tardy": "answer questions so late: MS",
            "speak": "answer questions again, rightly and at once",
            "unplug": "pull the plug",
            "plug": "put the plug back in",
        }
        self._baud = baud
        self._port: VirtualPort | None = None
        self._master: int | None = None
        self._mute = self._babbles = False
        self._late_s = 0.0
        self._asked = 0
        self._heard = b""

    async def start(self) -> None:
        if self._port is not None:
            return
        self._port = VirtualPort()
        self.address = f"serial://{self._port.path}?baud={self._baud}"
        self.plug()

    async def stop(self) -> None:
        self.unplug()
        if self._port is not None:
            self._port.remove()
            self._port = None

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        if verb == "unplug":
            self.unplug()
        elif verb == "plug":
            self.plug()
        elif verb == "tardy" and len(words) == 1:
            self._late_s = float(words[0]) / 1000
        elif verb in ("mute", "babble", "speak") and not words:
            self._mute, self._babbles = verb == "mute", verb == "babble"
            self._late_s = 0.0 if verb == "speak" else self._late_s
        elif verb == "garbage":
            await self.send(bytes.fromhex(words[0]) if words else NOISE)
        else:
            return await self.play(verb, *words)
        plug = "in" if self._master is not None else "out"
        return {"plug": plug, "answers": "no" if self._mute else "yes", "asked": str(self._asked)}

    async def play(self, verb: str, *words: str) -> dict[str, str]:
        """The subclass's verbs."""
        raise ValueError(f"unknown verb {verb!r}; known: {', '.join(self.verbs)}")

    # --- the plug ----------------------------------------------------------------------------

    def plug(self) -> None:
        if self._port is None or self._master is not None:
            return
        self._master = self._port.plug()
        os.set_blocking(self._master, False)
        asyncio.get_running_loop().add_reader(self._master, self._hear)

    def unplug(self) -> None:
        if self._port is None or self._master is None:
            return
        asyncio.get_running_loop().remove_reader(self._master)
        self._port.unplug()
        os.close(self._master)
        self._master = None
        self._heard = b""

    # --- the wire ----------------------------------------------------------------------------

    async def send(self, data: bytes, pause_s: float = 0.0) -> None:
        """ValueError if it is unplugged, or if nobody takes the bytes."""
        if self._master is None:
            raise ValueError("it is unplugged")
        pieces = [data[at : at + 1] for at in range(len(data))] if pause_s else [data]
        try:
            async with asyncio.timeout(SEND_WITHIN_S + pause_s * len(pieces)):
                for piece in pieces:
                    await self._send(piece)
                    await asyncio.sleep(pause_s)
        except TimeoutError:
            raise ValueError("nobody listens at the other end") from None

    async def _send(self, data: bytes) -> None:
        while data:
            if self._master is None:
                raise ValueError("it was unplugged while it sent")
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                await asyncio.sleep(0.002)  # the driver's side has not read yet

    def _hear(self) -> None:
        if self._master is None:
            return
        try:
            self._heard = (self._heard + os.read(self._master, 4096))[-4096:]
        except OSError:
            return
        while command := _COMMAND.search(self._heard):
            self._heard = self._heard[command.end() :]
            self._asked += 1
            asyncio.get_running_loop().call_later(self._late_s, self._answer, command[1].upper())

    def _answer(self, query: bytes) -> None:
        if self._mute or self._master is None:
            return
        known = _QUERIES.get(query)
        said = NOISE if self._babbles else known + b"\x06." if known else query + b"\x05."
        try:
            os.write(self._master, said)
        except BlockingIOError:
            return  # a full line loses an answer, as a real one does
