"""A technician tries the printer: the page and its code, the cover, and what is said when something is wrong."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
import zxingcpp
from PIL import Image

from hardware.checks import Outcome
from hardware.errors import DeviceError, DeviceRefused, Fault
from hardware.printer import checks as printer_checks
from hardware.printer import escpos
from hardware.printer.checks import SCRIPTS, checks
from hardware.printer.escpos import EscposPrinter
from hardware.printer.fonts import Style, coverage, runs
from hardware.printer.virtual import VirtualPrinter
from hardware.readings import DeviceEvent, Kind
from hardware.scanner.contract import CodeScanned, Symbology
from hardware.virtual_process import VirtualProcess
from tests.hardware.hands import Person, tried


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer_checks, "ASK_EVERY_S", 0.05)


def scans(person: Person, what: Callable[[], str]) -> Callable[[], object]:
    """The hand that holds a code to the scanner."""

    async def act() -> None:
        code = CodeScanned(what(), Symbology.QR)
        person.event_came(DeviceEvent("scanner", Kind.SCANNER, time.monotonic(), code))

    return act


def code_on(picture: Image.Image) -> str:
    """What a reader of codes finds on the paper."""
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return found[0].text if found else ""


async def test_the_page_is_printed_and_its_code_read_back_from_the_paper(
    printer: EscposPrinter, last_slip: Callable[[], Image.Image]
) -> None:
    person, found = Person(), checks(printer)
    person.does = {"to the scanner": scans(person, lambda: code_on(last_slip()))}
    page = await tried(found, "printer.page", person)
    assert page.outcome is Outcome.WELL
    assert [value.id for value in page.measured] == ["page"]
    assert len(person.asked) == 3
    back = await tried(found, "printer.read-back", person)
    assert back.outcome is Outcome.WELL, back


async def test_every_page_has_a_word_of_its_own(printer: EscposPrinter, last_slip: Callable[[], Image.Image]) -> None:
    person, found = Person(), checks(printer)
    await tried(found, "printer.page", person)
    first = code_on(last_slip())
    await tried(found, "printer.page", person)
    person.does = {"to the scanner": scans(person, lambda: first)}
    person.patience_s = 0.2
    assert first.startswith("KIOSK-TEST-")
    assert (await tried(found, "printer.read-back", person)).outcome is Outcome.ILL


async def test_the_ruler_is_as_long_as_it_says(printer: EscposPrinter, last_slip: Callable[[], Image.Image]) -> None:
    await tried(checks(printer), "printer.page", Person())
    paper = last_slip().convert("L")
    rows = [
        paper.crop((0, y, paper.width, y + 1)).point(lambda grey: 255 * (grey < 128)).getbbox() for y in range(paper.height)
    ]
    lines = [box for box in rows if box and box[2] - box[0] == printer_checks.RULER_MM * printer_checks.DOTS_PER_MM]
    assert lines, "no line on the page is as long as the ruler"


@pytest.mark.parametrize(("text", "rtl"), SCRIPTS, ids=[text.split("  ")[0] for text, _ in SCRIPTS])
def test_every_letter_of_the_page_has_a_font(text: str, rtl: bool) -> None:
    for run in runs(text, Style.REGULAR, rtl):
        assert {letter for letter in run.text if ord(letter) not in coverage(run.face)} == set()


async def test_a_white_line_that_only_eyes_see_makes_it_ill(printer: EscposPrinter) -> None:
    result = await tried(checks(printer), "printer.page", Person(says={"white line": False}))
    assert result.outcome is Outcome.ILL
    assert "white line" in result.words


async def test_a_page_that_nobody_has_looked_at_is_not_well(printer: EscposPrinter) -> None:
    result = await tried(checks(printer), "printer.page", Person(says={"complete": None}))
    assert result.outcome is Outcome.UNSURE


async def test_without_paper_it_says_so_by_its_code(printer: EscposPrinter, paper: VirtualPrinter) -> None:
    await paper.do("paper-out")
    with pytest.raises(DeviceRefused) as refused:
        await tried(checks(printer), "printer.page", Person())
    assert refused.value.fault is Fault.PRINTER_PAPER_OUT
    answer = await tried(checks(printer), "printer.answers", Person())
    assert (answer.outcome, answer.fault) == (Outcome.ILL, Fault.PRINTER_PAPER_OUT)


async def test_paper_that_ends_within_the_page_is_not_a_page(printer: EscposPrinter, paper: VirtualPrinter) -> None:
    await paper.do("paper-out", "40")
    result = await tried(checks(printer), "printer.page", Person())
    assert result.outcome is Outcome.ILL


async def test_the_cover_is_felt(printer: EscposPrinter, paper: VirtualPrinter) -> None:
    person = Person({"Open": lambda: paper.do("cover-open"), "Close": lambda: paper.do("cover-close")})
    assert (await tried(checks(printer), "printer.cover", person)).outcome is Outcome.WELL


async def test_a_cover_that_is_not_felt_is_said(printer: EscposPrinter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(printer_checks, "COVER_WITHIN_S", 0.3)
    assert (await tried(checks(printer), "printer.cover", Person())).outcome is Outcome.ILL


async def test_a_printer_killed_while_it_prints_is_told_within_seconds(
    make_driver: Callable[..., EscposPrinter], monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9: no goodbye on the wire."""
    monkeypatch.setattr(escpos, "FINISH_WITHIN_S", 2.0)
    end = VirtualProcess("hardware.printer.virtual", "--port", "0")
    await end.start()
    try:
        await end.do("slow", "0.5")
        driver = make_driver(end.address)
        await driver.open()
        person = Person({"test page": end.kill})
        began_s = time.monotonic()
        faults = []
        try:
            found = await tried(checks(driver), "printer.page", person)
        except DeviceError as error:  # nothing had been printed yet
            faults.append(error.fault)
        else:
            assert found.outcome is Outcome.ILL
        assert set(faults) <= {Fault.PRINTER_GONE, Fault.PRINTER_SILENT}
        assert time.monotonic() - began_s < 10
    finally:
        await end.kill()
