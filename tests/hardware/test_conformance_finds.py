"""Drivers that break one promise each: the suite finds them, and says what it expected and found."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import hardware.scanner
from hardware.behaviour import Act, ByHand, Nobody, NotTried, VirtualEnd
from hardware.behaviour_common import COMMON
from hardware.conformance import Outcome, Result, attempt, promises, run, without_end
from hardware.driver import Driver
from hardware.errors import DeviceError, DeviceGone, Fault
from hardware.printer import behaviour as printing
from hardware.printer.behaviour import PrinterByHand
from hardware.printer.conformance_ends import TcpPrinterEnd
from hardware.printer.contract import PaperUsed, Printed, Slip
from hardware.printer.escpos import EscposPrinter
from hardware.readings import DeviceEvent, Kind, State, Status
from hardware.scanner.behaviour import ScannerByHand
from hardware.scanner.conformance_ends import SerialScannerEnd
from hardware.scanner.serial import SerialScanner


class Optimist(SerialScanner):
    """Says well whatever its device says."""

    async def status(self) -> Status:
        try:
            return await super().status()
        except DeviceError:
            return Status(State.WELL)


class Believer(SerialScanner):
    """Opens whatever port is there."""

    async def open(self) -> None:
        self._question = b""
        await super().open()

    async def status(self) -> Status:
        return replace(await super().status(), state=State.WELL)


class Raw(SerialScanner):
    """Lets its library's exceptions through."""

    def device_error(self, trouble: OSError) -> Any:
        return trouble

    async def status(self) -> Status:
        try:
            return await super().status()
        except DeviceGone as gone:
            raise ConnectionResetError("the port") from gone


class Gossip(SerialScanner):
    """Writes codes to the log."""

    def happened(self, what: Any) -> DeviceEvent:
        logging.getLogger("hardware.scanner.gossip").debug("read %s", what.code.text)
        return super().happened(what)


class Telltale(SerialScanner):
    """Quotes what it has read in its faults."""

    last = ""

    def happened(self, what: Any) -> DeviceEvent:
        self.last = what.code.text
        return super().happened(what)

    def device_error(self, trouble: OSError) -> DeviceError:
        return DeviceGone(self.name, Fault.SCANNER_GONE, f"after {self.last}")


class Mistaken(SerialScanner):
    """Gives the fault of another kind."""

    GONE = Fault.PRINTER_GONE


class Sleeper(SerialScanner):
    """Waits for its device as if nothing else ran."""

    async def status(self) -> Status:
        threading.Event().wait(0.1)
        return await super().status()


class Slammed(SerialScanner):
    """Closes once."""

    async def close(self) -> None:
        if self._line is None and self._listening is None and self.read == 0:
            raise RuntimeError("not open")
        await super().close()


class Ajar(SerialScanner):
    """Is still there when it is closed."""

    async def close(self) -> None:
        """Later."""


class Stubborn(SerialScanner):
    """Can't be called off."""

    async def status(self) -> Status:
        asked = asyncio.ensure_future(super().status())
        while True:
            try:
                await asyncio.shield(asyncio.sleep(3))
                return await asked
            except asyncio.CancelledError:
                continue


class Timeless(SerialScanner):
    """Does not say when."""

    def happened(self, what: Any) -> DeviceEvent:
        return replace(super().happened(what), began_s=0.0)


class Forgetful(SerialScanner):
    """Tells a code only if it is another one."""

    last = ""

    def _found(self, things: list[Any]) -> None:
        super()._found([thing for thing in things if thing.code.text != self.last])
        for thing in things:
            self.last = thing.code.text


class Hopeful(EscposPrinter):
    """Takes what was sent for printed."""

    async def print(self, slip: Slip) -> Printed:
        await super().print(slip)
        return Printed.DONE


class Rosy(EscposPrinter):
    """Leaves its faults out of its status."""

    async def status(self) -> Status:
        return replace(await super().status(), state=State.WELL, faults=())


class Unmeasured(EscposPrinter):
    """Tells of other paper than it takes."""

    async def print(self, slip: Slip) -> Printed:
        told, self.emit = self.emit, lambda event: told(replace(event, what=PaperUsed(3.0)))
        return await super().print(slip)


class Wordless(EscposPrinter):
    """Leaves its readings out."""

    async def status(self) -> Status:
        return replace(await super().status(), readings=())


SCANNER, PRINTER = (Kind.SCANNER, SerialScannerEnd), (Kind.PRINTER, TcpPrinterEnd)


@pytest.mark.parametrize(
    ("kind", "driver", "promise", "said"),
    [
        (SCANNER, Optimist, "silence_is_never_well", "silent: well, and nothing has proven it"),
        (SCANNER, Optimist, "unplugged_it_says_so_in_time_and_comes_back", "it says well"),
        (SCANNER, Believer, "what_is_no_such_device_is_refused", "another device at this address: well"),
        (SCANNER, Raw, "unplugged_it_says_so_in_time_and_comes_back", "which is no DeviceError"),
        (SCANNER, Raw, "a_device_that_is_not_there_does_not_open", "FileNotFoundError, which is no DeviceError"),
        (SCANNER, Gossip, "a_scanned_code_is_told_with_its_text_and_kind", "stands in a log"),
        (SCANNER, Telltale, "its_faults_tell_nothing_of_the_guest_before", "stands in a log, an error or a repr"),
        (SCANNER, Mistaken, "closed_it_is_gone", "not <Fault.SCANNER_GONE"),
        (SCANNER, Sleeper, "the_loop_is_never_held", "the loop stood still for"),
        (SCANNER, Slammed, "closing_never_fails", "RuntimeError; it never raises"),
        (SCANNER, Ajar, "closed_it_is_gone", "status, closed: a status that says"),
        (SCANNER, Ajar, "closed_it_tells_nothing", "a CodeScanned was told"),
        (SCANNER, Stubborn, "a_call_that_is_called_off_lets_go_of_the_wire", "it went on for 1 s"),
        (SCANNER, Timeless, "an_event_says_when_its_act_began", "its act began"),
        (SCANNER, Forgetful, "the_same_code_again_is_told_again", "nothing was told within"),
        (PRINTER, Hopeful, "paper_that_ends_in_a_slip_is_no_slip", "not <Printed.UNSURE: 'unsure'>"),
        (PRINTER, Rosy, "without_paper_nothing_is_printed", "status, paper-out"),
        (PRINTER, Unmeasured, "how_much_paper_a_slip_takes_is_told", "3 mm of paper were told, "),
        (PRINTER, Wordless, "a_well_printer_says_so", "its reading `paper`, with a full roll: None"),
    ],
)
async def test_a_driver_that_breaks_a_promise_is_found(
    kind: tuple[Kind, type[VirtualEnd]], driver: type[Driver], promise: str, said: str
) -> None:
    which, end = kind[0], kind[1]()
    end.patience_s = 1.0
    result = await _one(promise, which, driver, end)
    assert (result.promise, result.outcome) == (promise, Outcome.BROKEN)
    assert said in result.words


class Clumsy(SerialScannerEnd):
    """A far end with a mistake of its own."""

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        return json.loads("no JSON")


async def test_a_mistake_of_ours_is_named_by_its_own_place_and_not_the_library_s() -> None:
    result = await _one("unplugged_it_says_so_in_time_and_comes_back", Kind.SCANNER, SerialScanner, Clumsy())
    assert result.outcome is Outcome.BROKEN
    assert result.words.startswith("JSONDecodeError at test_conformance_finds.py:")


def test_a_promise_is_told_as_a_sentence() -> None:
    told = Result("what_a_stranger_s_phone_says_is_not_the_next_guest_s", Outcome.KEPT)
    assert told.label == "What a stranger's phone says is not the next guest's"


async def _one(promise: str, kind: Kind, driver: type[Driver], end: Any) -> Result:
    (tried,) = (one for one in promises(kind) if one.__name__ == promise)
    await end.start()
    try:
        return await attempt(tried, kind, "", end, driver)
    finally:
        await end.stop()


def test_a_driver_without_a_virtual_end_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dovecote.py").write_text("class Dove: ...\n\nDRIVER = Dove\n")
    monkeypatch.setattr(hardware.scanner, "__path__", [*hardware.scanner.__path__, str(tmp_path)])
    (said,) = without_end(Kind.SCANNER)
    assert "hardware/scanner/dovecote.py has no virtual end" in said
    assert "hardware/scanner/conformance_ends.py as 'dovecote'" in said


# --- a real device ---------------------------------------------------------------------------------


async def test_without_hands_what_needs_them_is_not_tried_and_the_rest_is() -> None:
    """A real printer, as far as the driver can tell; nobody stands before it."""
    paper = TcpPrinterEnd()
    await paper.start()
    try:
        end = PrinterByHand(paper.address, {}, Nobody())
        told: list[Result] = []
        results = await run(Kind.PRINTER, "escpos", end, EscposPrinter, told.append)
        await end.stop()
    finally:
        await paper.stop()
    assert tuple(told) == results
    outcomes = {result.promise: result.outcome for result in results}
    assert Outcome.BROKEN not in outcomes.values()
    for kept in ("it_opens_and_says_how_it_is", "closed_it_is_gone", "a_well_printer_says_so"):
        assert outcomes[kept] is Outcome.KEPT
    for untried in ("silence_is_never_well", "without_paper_nothing_is_printed", "a_slip_comes_out_whole"):
        assert outcomes[untried] is Outcome.NOT_TRIED


async def test_what_does_not_open_is_not_tried() -> None:
    end = ScannerByHand("serial:///dev/nothing-here", {}, Nobody())
    results = await run(Kind.SCANNER, "serial", end, SerialScanner, lambda result: None)
    assert {result.outcome for result in results} == {Outcome.NOT_TRIED}
    assert "scanner.gone" in results[0].words
    assert len(results) == len(promises(Kind.SCANNER)) > len(COMMON)


async def test_a_driver_that_opens_with_its_library_s_error_is_broken_and_ends_nothing() -> None:
    end = ScannerByHand("serial:///dev/nothing-here", {}, Nobody())
    results = await run(Kind.SCANNER, "serial", end, Raw, lambda result: None)
    assert (results[0].promise, results[0].outcome) == ("it_opens_and_says_how_it_is", Outcome.BROKEN)
    assert "FileNotFoundError at serial.py:" in results[0].words
    assert len(results) == len(promises(Kind.SCANNER))


async def test_what_no_hand_can_do_is_never_asked_of_one() -> None:
    class Eager:
        """Does all that it is asked."""

        async def please(self, words: str) -> None:
            assert words

        async def answer(self, question: str) -> str:
            return ""

    end = ByHand("", {}, Eager())
    await end.do(printing.COVER_OPEN)
    with pytest.raises(NotTried):
        await end.do(printing.JAM)
