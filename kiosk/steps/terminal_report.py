"""The acceptance report of a terminal: shown, printed, kept as signed files in the state directory."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import Part
from kiosk.language import T
from kiosk.prompts import Option
from kiosk.steps.check_results import results
from kiosk.technician_prompts import Results
from kiosk.visit import Visit


async def report(visit: Visit, parts: Sequence[Part], tried: Sequence[Tried], begun: datetime) -> None:
    """Until the technician goes on."""
    await visit.ask(report_made(tried, printer=False))


def report_made(tried: Sequence[Tried], *, printer: bool) -> Results:
    """What it says, and what can be done with it."""
    save, paper = Option("save", T("Save the report"), quiet=True), Option("print", T("Print the report"), quiet=True)
    return results(T("Acceptance of the terminal"), tried, more=(save, paper) if printer else (save,))
