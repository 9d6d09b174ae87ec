"""Every fault has its words for guest and technician, in a table without gaps, and the page is made of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from hardware.errors import Fault
from kiosk.fault_commands import page
from kiosk.faults import FAULTS, TABLE, TROUBLES, Severity
from kiosk.hotel.backend import Trouble
from kiosk.language import language
from tests.kiosk.test_cli import kiosk

ROOT = Path(__file__).resolve().parents[2]
DRAWINGS = ROOT / "assets" / "drawings"


def test_every_fault_has_a_sentence_a_hint_a_severity_and_a_drawing() -> None:
    assert set(FAULTS) == set(Fault)
    for words in TABLE.values():
        for said in (words.question, words.help, words.hint, words.still):
            assert said.key
        assert words.severity in Severity
        assert (DRAWINGS / f"{words.picture}.svg").exists(), words.picture
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", words.shows)


def test_every_trouble_of_the_hotel_has_its_words() -> None:
    assert set(TROUBLES) == set(Trouble)


@pytest.mark.parametrize("code", ["de", "hu"])
def test_the_technician_reads_what_to_do_in_their_language(code: str) -> None:
    for fault, words in TABLE.items():
        for text in (words.hint, words.still):
            assert language(code).say(text) != language("en").say(text), fault
            assert "{" not in language(code).say(text)


def test_what_costs_a_guest_nothing_yet_is_only_a_warning_and_what_stops_all_is_said_to() -> None:
    assert FAULTS[Fault.PRINTER_PAPER_LOW].severity is Severity.WARNS
    assert FAULTS[Fault.PRINTER_PAPER_OUT].severity is Severity.HINDERS
    assert FAULTS[Fault.DOCUMENT_READER_GONE].severity is Severity.STOPS


def test_the_page_is_what_the_table_says() -> None:
    """`kiosk faults --markdown > hardware/FAULTS.md` after each change of the table."""
    assert (ROOT / "hardware" / "FAULTS.md").read_text("utf-8") == page()


def test_a_technician_asks_at_a_shell_what_to_do() -> None:
    done = kiosk("faults", "printer.paper-out")
    assert done.returncode == 0
    assert "lay in a roll of 80 mm" in done.stdout
    assert "The terminal notices by itself" in done.stdout
    told = json.loads(kiosk("faults", "printer", "--json", "--language", "de").stdout)
    assert set(told) == {fault.value for fault in Fault if fault.startswith("printer.")}
    assert told["printer.paper-out"]["severity"] == "hinders"
    assert "Rolle" in told["printer.paper-out"]["hint"]
    assert kiosk("faults", "--markdown").stdout == page()


def test_a_code_that_is_none_is_a_wrong_call() -> None:
    done = kiosk("faults", "printer.on-fire")
    assert (done.returncode, done.stdout) == (2, "")
    assert "kiosk faults" in done.stderr
