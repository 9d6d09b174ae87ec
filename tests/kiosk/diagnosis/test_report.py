"""The acceptance report: signed by the terminal, whole to the last byte, and the same on paper."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hardware.checks import CheckResult, Measured, Outcome
from hardware.errors import Fault
from hardware.printer.contract import Pair, QRCode, TextLine
from hardware.printer.fonts import Style, coverage, face_for
from hardware.readings import Kind, State
from kiosk.diagnosis import paper
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import Part, PartView, part
from kiosk.diagnosis.report import Report, accept, accepted, cut_short, looks_like_one, made, read
from kiosk.journal_check import check
from kiosk.journal_lines import SIGNED_AS
from kiosk.language import T

WELL = CheckResult(Outcome.WELL, "fine", (Measured("x", "Round trip", 142.5, "ms", most=800.0),))
ILL = CheckResult(Outcome.ILL, "jammed", (Measured("x", "Pages", 0.0, least=1.0),), Fault.PRINTER_CUTTER)
BYTES_TRIED = 150


def report(stand: Any, *results: CheckResult, nobody: bool = False) -> Report:
    now = stand.terminal.now()
    printer = Part("printer", T("Printer"), (), lambda: PartView(State.WELL), Kind.PRINTER)
    found = [(printer, PartView(State.WELL, serial="AB-12", readings=()))]
    tried = [Tried("printer", f"printer.{n}", f"Check {n}", each, now, 1.5, nobody) for n, each in enumerate(results)]
    return made(stand.terminal, found, tried, began=now, by="3")


async def test_it_says_all_of_it_and_whose_key_signed(stand: Any) -> None:
    made_now = report(stand, WELL)
    assert made_now.whole
    assert made_now.key == stand.terminal.journal.key_id
    words = json.loads(made_now.raw)
    assert (words["verdict"], words["by"], words["complete"]) == ("well", "3", True)
    assert words["versions"]["python"]
    assert words["versions"]["kiosk"]
    (part,) = words["parts"]
    assert part["serial"] == "AB-12"
    assert part["checks"][0]["measured"] == [
        {"id": "x", "label": "Round trip", "value": 142.5, "unit": "ms", "most": 800.0, "within": True}
    ]


async def test_one_changed_byte_is_told_wherever_it_stands(stand: Any) -> None:
    raw = report(stand, WELL, ILL).raw
    chance = random.Random(7)  # noqa: S311 - the same places each time
    for at in chance.sample(range(len(raw)), BYTES_TRIED):
        changed = bytearray(raw)
        changed[at] ^= 1 << chance.randrange(7)
        found = read(bytes(changed))
        assert found is None or not found.whole, at
        assert looks_like_one(bytes(changed)) or not check(bytes(changed).splitlines()).whole, "told as a journal's line, then"


@pytest.mark.parametrize("edit", [b" ", b"\n", b"\0"])
async def test_a_byte_more_is_told(stand: Any, edit: bytes) -> None:
    raw = report(stand, WELL).raw
    for content in (raw + edit, edit + raw, raw[:-1] + edit + raw[-1:]):
        found = read(content)
        assert found is None or not found.whole


async def test_a_value_made_better_is_told(stand: Any) -> None:
    words = json.loads(report(stand, ILL).raw)
    words["verdict"] = "well"
    raw = json.dumps(words, sort_keys=True, separators=(",", ":")).encode() + b"\n"
    found = read(raw)
    assert found is not None
    assert (found.changed, found.signature_holds, found.whole) == (False, False, False)


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b'{"kind":"lobby kiosk, acceptance report"}', b"\xff" * 40])
def test_what_is_no_report_is_none(content: bytes) -> None:
    assert read(content) is None


async def test_the_journals_key_signs_no_line_of_the_journal_for_a_report(stand: Any) -> None:
    with pytest.raises(ValueError, match="journal alone"):
        stand.terminal.journal.sign_report(SIGNED_AS + b"{}")


@pytest.mark.parametrize(
    ("results", "nobody", "wanted"),
    [((WELL,), False, Outcome.WELL), ((WELL, ILL), False, Outcome.ILL), ((WELL,), True, Outcome.UNSURE)],
)
async def test_what_nobody_tried_is_not_accepted(
    stand: Any, results: tuple[CheckResult, ...], nobody: bool, wanted: Outcome
) -> None:
    assert report(stand, *results, nobody=nobody).verdict is wanted


async def test_a_terminal_without_a_person_or_hotel_gives_a_signed_report_all_the_same(stand: Any) -> None:
    stand.terminal.hotel_url = stand.terminal.settings.hotel.url
    found = await accept(stand.terminal)
    assert found.whole
    assert found.verdict is Outcome.ILL, "its hotel is off"
    assert found.words["complete"] is False
    ids = [part["id"] for part in found.words["parts"]]
    assert ids == ["machine", "network", "hotel", "screen", "sound", "keypad", "payment"]


async def test_paper_and_pdf_say_the_same_as_the_file(stand: Any) -> None:
    made_now = report(stand, WELL, ILL)
    slip = paper.slip(made_now)
    said = "\n".join(block.text for block in slip.blocks if isinstance(block, TextLine))
    assert "NOT accepted" in said
    assert "✗ Check 1: jammed" in said
    assert "✓ Check 0: Round trip: 142.5\u00a0ms (≤\u00a0800)" in said
    assert "out of limits" in said
    for letter in set(said) - {"\n"}:
        assert ord(letter) in coverage(face_for(letter, Style.REGULAR)), letter
    (code,) = (block.data for block in slip.blocks if isinstance(block, QRCode))
    assert code == f"{made_now.key}:{paper.digest(made_now)}"
    assert paper.pdf(made_now).startswith(b"%PDF")
    assert paper.pdf(made_now) == paper.pdf(made_now)


async def test_the_pdf_has_every_sign_of_a_limit(stand: Any, tmp_path: Path) -> None:
    file = tmp_path / "report.pdf"
    file.write_bytes(paper.pdf(report(stand, WELL, ILL)))
    read_back = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True)  # noqa: S607
    words = " ".join(read_back.stdout.split())
    assert "142.5 ms (≤ 800)" in words
    assert "0 (≥ 1) – out of limits" in words


async def test_what_is_not_fitted_is_told_as_that_and_the_terminal_is_accepted(stand: Any) -> None:
    printer = Part("printer", T("Printer"), (), lambda: PartView(State.WELL), Kind.PRINTER)
    keypad = Part("keypad", T("Keypad"), (), lambda: PartView(State.UNKNOWN))
    now = stand.terminal.now()
    tried = [
        Tried("printer", "printer.page", "Prints a page", WELL, now),
        Tried("keypad", "keypad.keys", "Every key is felt", CheckResult(Outcome.NOT_FITTED, "None here."), now),
    ]
    found = [(printer, PartView(State.WELL)), (keypad, PartView(State.UNKNOWN, fitted=False))]
    report = made(stand.terminal, found, tried, began=now, by="3")
    assert report.verdict is Outcome.WELL
    assert [part["checks"][0]["outcome"] for part in report.words["parts"]] == ["well", "not-fitted"]
    blocks = paper.slip(report).blocks
    assert "– Every key is felt: not fitted" in [block.text for block in blocks if isinstance(block, TextLine)]
    assert ("Keypad", "not fitted") in [(block.label, block.value) for block in blocks if isinstance(block, Pair)]


async def test_what_was_tried_before_somebody_left_is_a_report_that_says_so(stand: Any) -> None:
    keypad = part(stand.terminal, "keypad")
    screen = part(stand.terminal, "screen")
    assert keypad is not None
    assert screen is not None
    now = stand.terminal.now()
    tried = [Tried("keypad", "keypad.keys", "Every key is felt", WELL, now)]
    report = cut_short(stand.terminal, [keypad, screen], tried, began=now, by="3")
    assert report.whole
    assert (report.verdict, report.words["complete"]) == (Outcome.UNSURE, False)
    checks = [each for part in report.words["parts"] for each in part["checks"]]
    assert [each["outcome"] for each in checks] == ["well", "skipped", "skipped", "skipped", "skipped"]
    assert all(each["nobody"] for each in checks[1:])


def test_nothing_is_accepted_that_was_not_tried() -> None:
    assert accepted([], []) is Outcome.UNSURE
