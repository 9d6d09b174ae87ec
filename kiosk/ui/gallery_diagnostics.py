"""Sample prompts for the technician: every part at once, one of them, a check that runs, what came of it.

Devices, addresses and numbers are invented.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from errno import ENOSPC
from pathlib import Path
from typing import Any

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome
from hardware.errors import Fault
from hardware.readings import Kind, Reading, State
from kiosk.diagnosis import hands as wanted
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import LABELS, Part, PartView
from kiosk.diagnosis.report import Report
from kiosk.journeys.diagnostics import known_fault, known_faults
from kiosk.language import T, Text, verbatim
from kiosk.prompts import Prompt, Scene
from kiosk.steps.check_results import name as check_name
from kiosk.steps.check_results import results
from kiosk.steps.hands import ANSWERS, CANCEL, NOT_FITTED, screen_test
from kiosk.steps.part_words import Seen, overview, part_page, recorded
from kiosk.steps.terminal_report import about_report, broken_off, report_page
from kiosk.technician_prompts import Checking

_KEPT = tuple(Path(f"/var/lib/kiosk/reports/acceptance-20261126-140512.{kind}") for kind in ("json", "pdf"))
_REPORT = Report(b"", {}, changed=False, signature_holds=True, key="3f8a09c2d7e14b65")
TECHNICIAN = T("{role} · {name}", role=T("Technician"), name=verbatim("Tobias Lindner"))


def _scene(prompt: Prompt, back: bool = True) -> Scene:
    return Scene(1, prompt, back=back, signed_in=TECHNICIAN)


def scenes(today: date) -> dict[str, Scene]:
    """From the overview to the report."""
    now = datetime(today.year, today.month, today.day, 14, 5)
    ill, well = _terminal(now), _well(now)
    page = dict((part.id, (part, view)) for part, view in ill)
    return {
        "diagnostics": _scene(overview(ill, now, 58), back=False),
        "diagnostics-well": _scene(overview(well, now, 60)),
        "diagnostics-recording": _scene(overview(well, now, 60, 3)),
        "diagnostics-recorded": _scene(replace(recorded(3), leaves_in_s=280)),
        "diagnostics-unproven": _scene(overview(_unproven(now), now, 60), back=False),
        "part-printer": _scene(part_page(*page[Kind.PRINTER], now, 58)),
        "part-encoder": _scene(part_page(*page[Kind.KEY_ENCODER], now, 41)),
        "part-network": _scene(part_page(*page["network"], now, 41)),
        "part-mail": _scene(part_page(*_mail_ill(now), now, 41)),
        "part-payment": _scene(part_page(*page["payment"], now, 41)),
        "part-several": _scene(part_page(*_several(now), now, 288)),
        "part-hotel": _scene(part_page(*_hotel_away(now), now, 288)),
        "part-keypad": _scene(part_page(*_no_keypad(now), now, 288)),
        "part-known": _scene(replace(known_faults(page[Kind.PRINTER][0]), leaves_in_s=280)),
        "part-known-one": _scene(replace(known_fault(Fault.PRINTER_PAPER_OUT), leaves_in_s=280)),
        "part-known-cutter": _scene(replace(known_fault(Fault.PRINTER_CUTTER), leaves_in_s=280)),
        "part-known-plug": _scene(replace(known_fault(Fault.KEY_ENCODER_GONE), leaves_in_s=280)),
        "check-runs": _scene(_checking(T("Writes, reads and erases a test card"), fraction=0.4), back=False),
        "check-please": _scene(
            _checking(
                T("Raise the card slowly: one centimetre in each second, until it is no longer seen."),
                help=T("Reads at a distance"), picture="raise-card",
            ),
            back=False,
        ),
        "check-asks": _scene(
            Checking(
                question=T("Did you hear two rising tones?"),
                help=T("The loudspeaker is heard"),
                leaves_in_s=44,
                options=(*ANSWERS, CANCEL),
            ),
            back=False,
        ),
        "check-asks-fitted": _scene(
            Checking(
                question=T("Did you hear two rising tones?"),
                help=T("The loudspeaker is heard"),
                leaves_in_s=44,
                options=(*ANSWERS, NOT_FITTED, CANCEL),
            ),
            back=False,
        ),
        "check-please-fitted": _scene(
            Checking(
                question=T("Plug a headset in."), help=T("The headset’s socket feels a plug"), picture="headset",
                leaves_in_s=44, options=(NOT_FITTED, CANCEL),
            ),
            back=False,
        ),
        "check-all": _scene(
            _checking(
                T("Testing what needs no hands"), fraction=0.62,
                done=tuple((check_name(tried), tried.result.outcome) for tried in _tried(now)[:4]),
            ),
            back=False,
        ),
        "check-result": _scene(replace(results(T("{part} · {what}", part=LABELS["network"], what=T("Round trip to the hotel’s system")), _tried(now)[1:2], again=True), leaves_in_s=280), back=False),
        "check-results": _scene(replace(results(T("Tested without hands"), _tried(now)), leaves_in_s=280), back=False),
        "check-report": _scene(replace(report_page(T("Not accepted: something is ill"), _tried(now), _KEPT), leaves_in_s=280), back=False),
        "check-report-not-kept": _scene(
            replace(report_page(T("Not accepted: something is ill"), _tried(now), OSError(ENOSPC, "")), leaves_in_s=280), back=False
        ),
        "check-report-about": _scene(replace(about_report(_KEPT, _REPORT, Path("/media/stick")), leaves_in_s=280), back=False),
        "check-report-lost": _scene(replace(about_report(OSError(ENOSPC, ""), _REPORT, None), leaves_in_s=280), back=False),
        "check-broken-off": _scene(replace(broken_off(now - timedelta(minutes=12)), leaves_in_s=50), back=False),
        "screen-touch": _test(wanted.TouchGrid(9, 16)),
        "screen-fingers": _test(wanted.Fingers(2)),
        "screen-keypad": _test(wanted.PressKeys(("up", "down", "left", "right", "enter", "escape")), absent=NOT_FITTED),
        "screen-colour": _test(wanted.Flood("#0000FF")),
    }  # fmt: skip


def strained(today: date, name: str) -> dict[str, Scene]:
    """Words of three hundred letters, in every place that takes some."""
    now = datetime(today.year, today.month, today.day, 14, 5)
    part, view = _terminal(now)[0]
    long = replace(view, model=name, address=name, note=name, readings=(Reading("x", name, name),) * 30)
    return {
        "diagnostics-long": _scene(overview([(part, long)] * 3, now, 600)),
        "part-long": _scene(part_page(part, long, now, 600)),
        "check-results-long": _scene(
            results(verbatim(name), [Tried("x", "x", name, CheckResult(Outcome.ILL, name, (Measured("x", name, 1),)), now)] * 40)
        ),
        "check-long": _scene(_checking(verbatim(name), help=verbatim(name), picture="lay-card", fraction=1.0), back=False),
    }


def _checking(question: Text, **more: object) -> Checking:
    return Checking(question=question, leaves_in_s=52, options=(CANCEL,), **more)  # type: ignore[arg-type]


def _test(test: wanted.ScreenTest, **more: Any) -> Scene:
    prompt = screen_test(test)
    assert prompt is not None, test  # noqa: S101 - all of these are drawn
    return _scene(replace(prompt, **more), back=False)


async def _never(hands: Hands) -> CheckResult:
    """Nobody runs a sample."""
    return CheckResult(Outcome.SKIPPED)


def _checks(part: str, *labels: str) -> tuple[Check, ...]:
    return tuple(Check(f"{part}.{number}", label, _never) for number, label in enumerate(labels))


_CHECKS: dict[str, tuple[str, ...]] = {
    Kind.PRINTER: ("Answers, and says how it is", "Prints a page and cuts it", "Its code is read by our scanner", "Feels its cover"),
    Kind.KEY_ENCODER: ("Answers, and says how it is", "Writes, reads and erases a test card"),
    "mail": ("Lets us in", "A test message arrives"),
    "keypad": ("Every key is felt",),
    "hotel": ("Answers with our credentials", "Finds a booking by its number", "Reads a booking"),
    "network": ("The way out of the house’s network", "Name service", "Round trip to the hotel’s system"),
}


def _seen(id: str, view: PartView) -> Seen:
    kind = Kind(id) if id in tuple(Kind) else None
    return Part(id, LABELS[id], _checks(id, *_CHECKS.get(id, ())), lambda: view, kind, built=id != "payment"), view


def _terminal(now: datetime) -> list[Seen]:
    """One ill, one silent."""
    earlier, just = now - timedelta(minutes=7), now - timedelta(seconds=2)
    paper = (Reading("paper", "Paper", "out", "", State.ILL), Reading("cover", "Cover", "closed"), Reading("cutter", "Cutter", "free"))
    printer = PartView(
        State.ILL, earlier, just, (Fault.PRINTER_PAPER_OUT,), Fault.PRINTER_PAPER_OUT, now, readings=paper,
        counters={"opened": 2, "lost": 1, "faults": 3, "asked": 4711, "events": 0},
        address="tcp://192.0.2.10:9100", model="EPSON TM-T88VI", serial="X3TZ004711", firmware="21.02 ESC/POS",
    )  # fmt: skip
    well = PartView(State.WELL, now - timedelta(hours=5), now - timedelta(minutes=2))
    return [
        _seen(Kind.DOCUMENT_READER, replace(well, model="OMNIKEY 5022", address="pcsc:OMNIKEY")),
        _seen(Kind.KEY_ENCODER, replace(well, proven=just, model="ACR1252U", address="pcsc:ACR1252", readings=(Reading("reader", "Reader", "ACS ACR1252 1S CL Reader"),))),
        _seen(Kind.PRINTER, printer),
        _seen(Kind.SCANNER, PartView(State.UNKNOWN, now - timedelta(seconds=90), None, (Fault.SCANNER_SILENT,), address="serial:///dev/ttyACM0")),
        _seen(Kind.CARD_READER, replace(well, proven=just, model="OMNIKEY 5427", address="pcsc:5427")),
        _seen("hotel", replace(well, proven=now - timedelta(minutes=41), address="https://opera.example")),
        _seen("network", replace(well, readings=(Reading("middle", "Round trip, median", "142", "ms"),))),
        _seen("mail", well),
        *(_seen(id, PartView(State.UNKNOWN)) for id in ("machine", "screen", "sound", "keypad", "payment")),
    ]  # fmt: skip


def _mail_ill(now: datetime) -> Seen:
    why = "Lets us in: The mail server does not know our login."
    return _seen("mail", PartView(State.ILL, now - timedelta(minutes=20), None, ("mail.login",), "mail.login", now, why))
def _several(now: datetime) -> Seen:
    """Three faults at once."""
    faults = (Fault.PRINTER_PAPER_LOW, Fault.PRINTER_COVER_OPEN, Fault.PRINTER_CUTTER)
    part, view = dict((part.id, (part, view)) for part, view in _terminal(now))[Kind.PRINTER]
    return part, replace(view, faults=faults)


def _hotel_away(now: datetime) -> Seen:
    """A call of it was tried and failed."""
    check = "Answers with our credentials"
    why = "Not so: there is no connection: check the network cable; where that is well, ask who runs the hotel’s system."
    readings = (Reading("answer-ping", check, "0.9", "ms"),)
    part, _ = _seen("hotel", PartView(State.ILL))
    return part, PartView(State.ILL, now, now, ("hotel.down",), "hotel.down", now, f"{check}: {why}", readings)


def _no_keypad(now: datetime) -> Seen:
    return _seen("keypad", PartView(State.UNKNOWN, now, fitted=False))


def _well(now: datetime) -> list[Seen]:
    keypad = PartView(State.UNKNOWN, now, fitted=False)
    return [
        (part, keypad if part.id == "keypad" else PartView(State.WELL, now, now, address=view.address))
        for part, view in _terminal(now)
    ]


def _unproven(now: datetime) -> list[Seen]:
    fresh = {Kind.SCANNER: PartView(State.UNKNOWN), Kind.PRINTER: PartView(State.NEEDS_CARE, now, now, (Fault.PRINTER_PAPER_LOW,))}
    return [(part, fresh.get(part.kind, PartView(State.WELL, now, now)) if part.kind else view) for part, view in _terminal(now)]


def _tried(now: datetime) -> Sequence[Tried]:
    card = "NTAG 424 DNA"
    made = (
        ("printer", "Answers, and says how it is", CheckResult(Outcome.ILL, Fault.PRINTER_PAPER_OUT.value, fault=Fault.PRINTER_PAPER_OUT)),
        (
            "network", "Round trip to the hotel’s system",
            CheckResult(Outcome.WELL, "It answers.", (Measured("middle", "Round trip, median", 142, "ms", most=800), Measured("lost", "Calls without an answer", 0, most=1))),
        ),
        (
            "machine", "Free on the disk",
            CheckResult(Outcome.ILL, "The disk is nearly full.", (Measured("disk", "Free on the disk", 0.4, "GB", least=2), Measured("hottest", "Hottest sensor", 51, "°C", least=0, most=85))),
        ),
        ("key_encoder", "Writes, reads and erases a test card", CheckResult(Outcome.WELL, f"{10} times on a {card} card.")),
        ("sound", "The loudspeaker is heard", CheckResult(Outcome.UNSURE, "Nobody has said whether it was heard.")),
        ("screen", "Feels a finger everywhere", CheckResult(Outcome.SKIPPED, "Nobody is there to help with it.")),
    )  # fmt: skip
    return tuple(Tried(part, f"{part}.{number}", label, result, now) for number, (part, label, result) in enumerate(made))
