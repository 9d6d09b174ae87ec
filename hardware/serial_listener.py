"""What scanners and swipe readers on a serial line share beside what a `Listener` does: a question.

Whether such a device lives can be known in two ways: it answers a question of its own protocol
(`ask` and `answer`, as hex, in kiosk.ini), or it has just read something.

Honeywell's imagers (serial commands, "Query Commands") answer SYN M CR `cbrena?.` with
`CBRENA1` ACK `.`:    ask = 16 4d 0d 63 62 72 65 6e 61 3f 2e    answer = 43 42 52 45 4e 41 31 06 2e
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from time import monotonic
from typing import ClassVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceError, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.listener import Listener
from hardware.readings import Reading, Status
from hardware.transport.line import Chunk
from hardware.transport.serial import SerialAddress, SerialLine

ANSWER_WITHIN_S = 1.0
QUIET_S = 0.3  # what a person's act sends has no such pause: who fell quiet so long ago has said all
ASK_EVERY_S = 2.0  # the port is looked at with every poll, the device itself at every second: known within 5 s


class SerialListener(Listener[SerialLine]):
    """A driver that listens on a serial line. A subclass gives the framing and says what was read."""

    NONSENSE: ClassVar[Fault]
    OPTIONS: ClassVar[frozenset[str]] = frozenset({"ask", "answer", "ask_every_s"})

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        """DeviceMissetup for an address or an option that can't be."""
        super().__init__(settings, emit)
        try:
            self.address = SerialAddress.parse(settings.address)
            self._question, self._answer, self._ask_every_s = _question(settings.options)
        except ValueError as wrong:
            raise DeviceMissetup(self.name, Fault.BAD_ADDRESS, str(wrong)) from wrong
        self._held = b""  # while a question is open: what may be the beginning of its answer
        self._answered: asyncio.Event | None = None
        self._owed = 0  # questions whose answer did not come in time: it may still
        self._strange_s: float | None = None  # when something came to the open question that is no answer

    def new_line(self) -> SerialLine:
        return SerialLine(self.address)

    async def status(self) -> Status:
        """WELL with the time of the last proof, or UNKNOWN; DeviceGone as soon as the port is."""
        line = self._alive()
        if self._question and (self._proven_s is None or monotonic() - self._proven_s >= self._ask_every_s):
            await self._ask(line)
        return self._so_far(Reading("port", "Port", self.address.path))

    async def _ask(self, line: SerialLine) -> None:
        self._answered, self._held, self._strange_s = asyncio.Event(), b"", None
        read = self.read
        try:
            await line.write(self._question, ANSWER_WITHIN_S)
            async with asyncio.timeout(ANSWER_WITHIN_S):
                await self._answered.wait()
        except TimeoutError as late:
            if not self._answered.is_set():  # else it came in time, and this loop was late to look
                raise self._unanswered(read) from late
        except OSError as trouble:
            raise self.device_error(trouble) from trouble
        finally:
            held, self._held, self._answered = self._held, b"", None
            self._feed(held, monotonic())
        self._proven_s = monotonic()

    def _unanswered(self, read: int) -> DeviceError:
        """`read`: how many things had been read when it was asked."""
        self._owed += 1
        self._alive()  # a line that broke meanwhile is gone, not silent
        if self._strange_s is not None and monotonic() - self._strange_s >= QUIET_S and self.read == read:
            return DeviceNonsense(self.name, self.NONSENSE, "no such answer: another baud rate?")
        return DeviceSilent(self.name, self.SILENT, "no answer to its question")

    def persons(self, chunk: Chunk) -> bytes:
        """A scan may come between question and answer, and an answer late: what is no answer is a person's."""
        if self._answered is None or self._answered.is_set():
            before, found, after = chunk.data.partition(self._answer) if self._owed else (chunk.data, b"", b"")
            self._owed -= 1 if found else 0
            return before + after
        data, self._held = self._held + chunk.data, b""
        before, found, after = data.partition(self._answer)
        if found:
            self._answered.set()
            return before + after
        for size in range(min(len(self._answer) - 1, len(data)), 0, -1):
            if data.endswith(self._answer[:size]):
                self._held = data[-size:]
                data = data[:-size]
                break
        if data:
            self._strange_s = monotonic()
        return data


def _question(options: Mapping[str, str]) -> tuple[bytes, bytes, float]:
    try:
        ask, answer = bytes.fromhex(options.get("ask", "")), bytes.fromhex(options.get("answer", ""))
        every_s = float(options.get("ask_every_s", ASK_EVERY_S))
    except ValueError:
        raise ValueError("ask and answer are bytes as hex (16 4d 0d), ask_every_s is a number") from None
    if bool(ask) != bool(answer):
        raise ValueError("ask and answer belong together")
    return ask, answer, every_s
