"""ESC/POS receipt printers: `driver = escpos`, `address = tcp://printer:9100`, `usb://04b8:0202` (as
`lsusb` shows it; `?serial=…` where there are two) or `serial:///dev/ttyS0?baud=19200&flow=rtscts`.

Options in kiosk.ini: `profile` (a name from python-escpos, TM-T20II if none), `codepage` (none:
all text is set in Noto and sent as pictures; `auto` or a name such as `cp852`: plain lines go in
the printer's own font where that has every character), `width_dots` (of the paper, if the profile
is wrong about it).

How it is known that a slip was printed: DLE EOT is answered at once, even while old bytes still
wait in the printer, so it proves nothing about a job. After the last byte the driver therefore
asks by GS r, which is obeyed in its turn, and then by DLE EOT how the printer is. A printer that
doesn't know GS r is believed on its DLE EOT alone. Nothing can be asked about a job of the past:
after a crash between sending and this answer, the slip is `UNSURE`.

What lies in the printer after such a slip is cut off before the next one is printed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import (
    DeviceError,
    DeviceGone,
    DeviceMissetup,
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
    Fault,
)
from hardware.printer import escpos_wire as wire
from hardware.printer import profiles
from hardware.printer.contract import PaperUsed, Printed, Printer, Slip
from hardware.printer.escpos_length import millimetres
from hardware.printer.escpos_line import LOW_BAND, end_of_half_command
from hardware.printer.escpos_signs import Signs
from hardware.printer.escpos_status import status_of, stopping
from hardware.printer.escpos_wire import Answer, Ask, Info, PrinterFlags, Said
from hardware.printer.line import PrinterLine, sent_over
from hardware.printer.profiles import DEFAULT_PROFILE
from hardware.readings import DeviceEvent, Status
from hardware.transport.line import BusMissing, ByteLine

# Every wait, and why it is so long.
CONNECT_WITHIN_S = 3.0  # a printer in the same building answers within milliseconds, or lost its first SYN
ANSWER_WITHIN_S = 2.0  # DLE EOT: at once by its definition; twice the least time of a lost TCP segment
IN_TURN_WITHIN_S = 2.0  # GS r to an idle printer: as quick
NAME_WITHIN_S = 0.5  # GS I to an idle printer. Many don't know it, and no name is no fault
CHUNK_WITHIN_S = 10.0  # a printer that feeds 100 mm/s makes room for 8 kB in less than one second
JOB_WITHIN_S = 40.0  # a metre of paper on the slowest; a guest waits no longer for a slip
FINISH_WITHIN_S = 20.0  # from the last byte: what the printer's own memory holds takes a few seconds
ASK_AGAIN_S = 1.0  # while it still prints: how often to see whether something stopped it, and to ask for a sign of life

NONSENSE_BYTES = 32
# GS a: report changes of on-line state, errors and paper unasked, for DLE EOT isn't heard while the memory is full.
REPORT_CHANGES = b"\x1da\x0e"

_T = TypeVar("_T")


@dataclass(frozen=True)
class _Setup:
    line: PrinterLine
    profile: str
    codepage: str
    width_dots: int | None


class EscposPrinter(Printer):
    """One printer over TCP, USB or a serial line. Options: `profile`, `codepage`, `width_dots`. Calls wait for each other; each ends within its deadlines."""

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"profile", "codepage", "width_dots"})

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        self._setup = _setup(settings)
        self._lock = asyncio.Lock()
        self._line: ByteLine | None = None
        self._parser = wire.AnswerParser()
        self._reported: PrinterFlags | None = None
        self._answers_in_turn: bool | None = None
        self._worker: ThreadPoolExecutor | None = None
        self._compose: Callable[[Slip], list[bytes]] | None = None
        self._width_dots = 0
        self._let_out = self._end_of_half_command = b""
        self._half_done = False  # a slip was broken off: some of it may lie in the printer
        self._stopped_by: Fault | None = None  # what the printer said then
        self._named: dict[Info, str] | None = None  # None: not asked yet
        self._asked_name: Info | None = None  # whose answer may still come
        self._signs: Signs | None = None  # of the slip that is being printed

    @classmethod
    def check_options(cls, settings: DeviceSettings) -> None:
        super().check_options(settings)
        dots = settings.options.get("width_dots", "")
        if dots and not (dots.isdigit() and 200 <= int(dots) <= 2000 and int(dots) % 8 == 0):
            said = f"width_dots = {dots}: a multiple of 8 from 200 to 2000"
            raise DeviceMissetup(settings.name, Fault.BAD_OPTION, said)
        try:
            profiles.check(*_model(settings.options))
        except profiles.UnknownProfile as wrong:
            raise DeviceMissetup(settings.name, Fault.BAD_OPTION, str(wrong)) from wrong

    async def open(self) -> None:
        """Connect; DeviceSilent if it accepts but doesn't answer, as when it serves somebody else."""
        async with self._lock:
            await self._let_go()
            setup = self._setup
            if self._compose is None:
                self._compose = await self._work(lambda: self._composer(setup))
            await self._connect()
            try:
                printer = await self._first_word()
            except DeviceSilent:
                end = end_of_half_command(setup.line, (), 0, True, self._width_dots)
                if self._half_done or not end:
                    raise
                # Who had this line before us may have left half a command on it: it is ended, and asked once more.
                self._half_done, self._end_of_half_command = True, end
                await self._connect()
                printer = await self._first_word()
            if not printer & wire.OFFLINE:
                await self._ask_names()

    async def _connect(self) -> None:
        try:
            self._line = await self._setup.line.open(CONNECT_WITHIN_S)
        except (PermissionError, BusMissing) as wrong:
            fault = Fault.NO_DRIVER if isinstance(wrong, BusMissing) else Fault.BAD_ADDRESS
            raise DeviceMissetup(self.name, fault, _words(wrong)) from wrong
        except (ConnectionError, TimeoutError) as error:
            raise DeviceGone(self.name, Fault.PRINTER_GONE, _words(error)) from error
        self._parser, self._reported, self._answers_in_turn = wire.AnswerParser(), None, None
        self._named = self._asked_name = None

    async def _first_word(self) -> int:
        """How it is. One whose memory is full hears no question: then what it said as it stopped still holds."""
        end = self._end_of_half_command if self._half_done else b""
        try:
            await self._send(end, ANSWER_WITHIN_S)
            printer = await self._ask(Ask.PRINTER, ANSWER_WITHIN_S + self._setup.line.takes_s(len(end)))
        except DeviceSilent as silent:
            if self._stopped_by:
                raise DeviceRefused(self.name, self._stopped_by, "so it said before it fell silent") from silent
            raise
        self._stopped_by = None
        return printer

    async def close(self) -> None:
        # Not in turn: a slip that is being printed ends as UNSURE, at once.
        await self._let_go(cut=self._lock.locked())
        worker, self._worker, self._compose = self._worker, None, None
        if worker is not None:
            worker.shutdown(wait=False)

    async def status(self) -> Status:
        """Paper, cover, cutter, line: asked just now by DLE EOT 1 to 4."""
        async with self._lock:
            flags = await self._flags()
            if self._named is None and not flags.offline:
                await self._ask_names()
            return status_of(flags, self._named or {})

    async def lives(self) -> bool | None:
        return self._signs.alive(self._line) if self._signs is not None else None

    async def print(self, slip: Slip) -> Printed:
        """Print one slip. DeviceError: nothing of it was printed; ValueError: a block can't be set.

        UNSURE as soon as one byte may have gone out and no well answer came after the last: the
        connection is then cut, so that what has not arrived never will, and no later question is
        taken for a part of this slip.
        """
        async with self._lock:
            if self._compose is None:
                raise DeviceGone(self.name, Fault.PRINTER_GONE, "not open")
            compose = self._compose
            commands = await self._work(lambda: compose(slip))
            await self._be_ready()
            if self._half_done:
                commands.insert(0, self._let_out)
            self._half_done, job = True, b"".join(commands)
            used = PaperUsed(millimetres(job))
            self.emit(DeviceEvent(self.name, self.KIND, time.monotonic(), used))
            line, self._signs = self._line, Signs()
            before, _ = sent_over(line)
            try:
                async with asyncio.timeout(JOB_WITHIN_S + self._setup.line.takes_s(len(job))):
                    await self._send(job)
                    await self._finished()
                    done = not stopping(await self._flags())
            except (DeviceError, TimeoutError):
                done = False
            except BaseException:
                await self._break_off(line, commands, before)
                raise
            finally:
                self._signs = None
            self._half_done = not done
            if not done:
                self._stopped_by = next(iter(stopping(self._reported) if self._reported else ()), None)
                await self._break_off(line, commands, before)
                self.ask_me()
            return Printed.DONE if done else Printed.UNSURE

    async def _break_off(self, line: ByteLine | None, commands: list[bytes], before: int) -> None:
        await self._let_go(cut=True)
        if line is not None:
            await line.close()  # also where close() was first: from here on what has left is known
        sent, broke = sent_over(line)
        self._end_of_half_command = end_of_half_command(
            self._setup.line, commands, sent - before, broke, self._width_dots
        )

    # --- what is asked before and after -------------------------------------------------------

    async def _ask_names(self) -> None:
        """Model, firmware, serial number by GS I, until it says nothing: then it doesn't know the rest either.

        An answer that comes later, because the printer was busy, is still taken.
        """
        self._named = {}
        for info in Info:
            self._asked_name = info
            await self._send(wire.info_request(info))
            try:
                await self._answer(Said.INFORMATION, NAME_WITHIN_S)
            except TimeoutError:
                return

    async def _flags(self) -> PrinterFlags:
        return wire.flags_from_real_time({ask: await self._ask(ask) for ask in Ask})

    async def _be_ready(self) -> None:
        """Before a slip: DeviceRefused with the first fault that keeps it from being printed."""
        stopped_by = stopping(await self._flags())
        if stopped_by:
            raise DeviceRefused(self.name, stopped_by[0])
        self._reported = None
        await self._send(REPORT_CHANGES)
        if self._answers_in_turn is False:
            return
        await self._send(wire.IN_TURN_REQUEST)
        try:
            await self._answer(Said.IN_TURN, IN_TURN_WITHIN_S)
        except TimeoutError as late:
            if self._answers_in_turn:
                raise await self._lost(DeviceSilent, Fault.PRINTER_SILENT, "GS r") from late
            self._answers_in_turn = False
        else:
            self._answers_in_turn = True

    async def _finished(self) -> None:
        """After the last byte: return when all was obeyed. TimeoutError if it doesn't come to that."""
        signs = self._signs or Signs()
        if not self._answers_in_turn:
            signs.asked()
            await self._ask(Ask.PRINTER, FINISH_WITHIN_S)
            return
        async with asyncio.timeout(FINISH_WITHIN_S):
            await self._send(wire.IN_TURN_REQUEST)
            while True:
                try:
                    await self._answer(Said.IN_TURN, ASK_AGAIN_S)
                except TimeoutError:
                    self._raise_if_stopped()
                    await self._send(wire.real_time_request(Ask.PRINTER))
                    signs.asked()
                else:
                    if not signs.unanswered:
                        return
                    # Its answers must not be taken for those to later questions: what it says to this comes after them.
                    signs.unanswered = 0
                    await self._send(wire.IN_TURN_REQUEST)

    def _raise_if_stopped(self) -> None:
        stopped_by = stopping(self._reported) if self._reported else ()
        if stopped_by:
            raise DeviceRefused(self.name, stopped_by[0])

    # --- the wire -----------------------------------------------------------------------------

    async def _ask(self, ask: Ask, within_s: float | None = None) -> int:
        """One DLE EOT and its answer. Silence and nonsense close the connection."""
        await self._send(wire.real_time_request(ask))
        try:
            return (await self._answer(Said.REAL_TIME, within_s or ANSWER_WITHIN_S)).data[0]
        except TimeoutError as late:
            raise await self._lost(DeviceSilent, Fault.PRINTER_SILENT, f"DLE EOT {ask}") from late

    async def _answer(self, wanted: Said, within_s: float) -> Answer:
        """The next answer of one kind; automatic status and names on the way are remembered."""
        async with asyncio.timeout(within_s):
            while True:
                heard = await self._hear(within_s)
                if self._signs is not None:
                    self._signs.heard()
                answers = self._parser.feed(heard)
                if any(answer.said is Said.NONSENSE for answer in answers):
                    said = heard[:NONSENSE_BYTES].hex()
                    raise await self._lost(DeviceNonsense, Fault.PRINTER_NONSENSE, said)
                for answer in answers:
                    if answer.said is Said.AUTOMATIC:
                        self._reported = wire.flags_from_automatic(answer.data)
                    elif answer.said is Said.REAL_TIME and self._signs is not None:
                        self._signs.answered()
                    elif answer.said is Said.INFORMATION and self._asked_name and self._named is not None:
                        self._named[self._asked_name] = answer.data[1:-1].decode("ascii").strip()
                        self._asked_name = None
                for answer in answers:
                    if answer.said is wanted:
                        return answer
                if wanted is Said.IN_TURN:
                    self._raise_if_stopped()

    async def _hear(self, within_s: float) -> bytes:
        if self._line is None:
            raise DeviceGone(self.name, Fault.PRINTER_GONE, "not open")
        try:
            return await self._line.read(256, within_s)
        except ConnectionError as gone:
            raise await self._lost(DeviceGone, Fault.PRINTER_GONE, _words(gone)) from gone

    async def _send(self, data: bytes, chunk_within_s: float | None = None) -> None:
        line = self._line  # close() may take it away between two chunks
        if line is None:
            raise DeviceGone(self.name, Fault.PRINTER_GONE, "not open")
        try:
            chunk = self._setup.line.chunk_bytes
            for begin in range(0, len(data), chunk):
                with self._signs.taking() if self._signs is not None else nullcontext():
                    await line.write(data[begin : begin + chunk], chunk_within_s or CHUNK_WITHIN_S)
        except ConnectionError as gone:
            raise await self._lost(DeviceGone, Fault.PRINTER_GONE, _words(gone)) from gone
        except TimeoutError as late:
            raise await self._lost(DeviceSilent, Fault.PRINTER_SILENT, "takes no more") from late

    async def _lost(self, kind: type[DeviceError], fault: Fault, vendor: str) -> DeviceError:
        await self._let_go(cut=True)
        return kind(self.name, fault, vendor)

    async def _let_go(self, cut: bool = False) -> None:
        line, self._line = self._line, None
        if line is not None:
            await line.close(cut)

    # --- setting slips, in this device's own thread -------------------------------------------

    async def _work(self, job: Callable[[], _T]) -> _T:
        if self._worker is None:
            self._worker = ThreadPoolExecutor(1, thread_name_prefix=self.name)
        return await asyncio.get_running_loop().run_in_executor(self._worker, job)

    def _composer(self, setup: _Setup) -> Callable[[Slip], list[bytes]]:
        """Loads what makes slips into bytes; python-escpos takes half a second to import."""
        from hardware.printer import fonts
        from hardware.printer.escpos_bytes import BAND, Encoder
        from hardware.printer.typeset import Setter

        if missing := fonts.missing_packages():
            raise DeviceMissetup(self.name, Fault.NO_DRIVER, f"apt-get install {' '.join(missing)}")
        band = LOW_BAND if setup.line.is_serial else BAND
        encoder = Encoder(setup.profile, setup.codepage, setup.width_dots, band)
        setter = Setter(encoder.width_dots, encoder.codepage_for)
        self._let_out, self._width_dots = encoder.let_out(), encoder.width_dots
        return lambda slip: encoder.commands(setter.set(slip), slip.cut)


def _setup(settings: DeviceSettings) -> _Setup:
    """The address and options of kiosk.ini; DeviceMissetup says what is wrong with the address."""
    options = settings.options
    try:
        line = PrinterLine.parse(settings.address)
    except ValueError as wrong:
        raise DeviceMissetup(settings.name, Fault.BAD_ADDRESS, str(wrong)) from wrong
    dots = options.get("width_dots", "")
    return _Setup(line, *_model(options), int(dots) if dots else None)


def _model(options: Mapping[str, str]) -> tuple[str, str]:
    """Profile and code page."""
    codepage = options.get("codepage", "")
    return options.get("profile") or DEFAULT_PROFILE, "" if codepage == "none" else codepage


def _words(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


DRIVER = EscposPrinter
