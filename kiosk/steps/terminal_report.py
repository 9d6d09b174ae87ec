"""The acceptance report of a terminal: shown, printed, kept as signed files in the state directory."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import structlog

from hardware.checks import Outcome
from kiosk.diagnosis import paper
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.report import Report
from kiosk.effects.check_in import PrintSlip
from kiosk.journal_lines import grouped
from kiosk.language import T, Text, verbatim
from kiosk.prompts import GO_ON, Choice, Chosen, Option, Tone
from kiosk.steps.check_results import results
from kiosk.technician_prompts import Results
from kiosk.visit import Visit

log = structlog.get_logger()

REPORTS = "reports"
"""In the state directory."""
_VERDICTS: dict[Outcome, Text] = {
    Outcome.WELL: T("Accepted: everything is well"),
    Outcome.ILL: T("Not accepted: something is ill"),
    Outcome.UNSURE: T("Not accepted: not everything could be told"),
    Outcome.SKIPPED: T("Not accepted: not everything could be told"),
}


async def show_report(visit: Visit, report: Report, tried: Sequence[Tried]) -> None:
    """Until the technician goes on."""
    printed = 0
    while True:
        answer = await visit.ask(report_page(report.verdict, tried), back=False)
        if answer == Chosen("save"):
            await _save(visit, report)
        elif answer == Chosen("print"):
            effect = PrintSlip(visit=visit.id, what=f"acceptance-{paper.digest(report)}-{printed}").of(paper.slip(report))
            done = await visit.try_to_print(effect)
            printed += done
            visit.notice(*((T("The report is printed"), Tone.OK) if done else (T("The report could not be printed"), Tone.WARN)))
        else:
            return


async def _save(visit: Visit, report: Report) -> None:
    state = visit.terminal.settings.kiosk.state.resolve()
    try:
        kept = await visit.while_waiting(save(report, state), T("Saving the report"))
    except OSError as error:
        log.error("acceptance report not saved", why=str(error))
        visit.notice(T("The report could not be saved: {why}", why=getattr(error, "strerror", None) or str(error)))
        return
    await visit.ask(saved(kept, report), back=False)


def report_page(verdict: Outcome, tried: Sequence[Tried]) -> Results:
    """What it says, and what can be done with it."""
    more = Option("save", T("Save the report"), quiet=True), Option("print", T("Print the report"), quiet=True)
    return results(_VERDICTS[verdict], tried, more=more)


async def save(report: Report, state: Path) -> tuple[Path, ...]:
    """As it was signed, and as a PDF; readable to the kiosk's user alone. OSError where that can't be."""
    folder = state / REPORTS
    folder.mkdir(mode=0o700, exist_ok=True)
    name = f"{datetime.fromisoformat(report.words['at']):%Y%m%d-%H%M%S}"
    content = {"json": report.raw, "pdf": await asyncio.to_thread(_pdf, report)}
    paths = []
    for kind, raw in content.items():
        path = folder / f"acceptance-{name}.{kind}"
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(raw)
        paths.append(path)
    return tuple(paths)


def _pdf(report: Report) -> bytes:
    from kiosk.registration.paper import FontMissing  # in the thread: it is much to load

    try:
        return paper.pdf(report)
    except FontMissing as missing:
        raise OSError(str(missing)) from None


def saved(paths: Sequence[Path], report: Report) -> Choice:
    """Where it is, and whose signature it has."""
    return Choice(
        question=T("The report is saved"),
        help=T("“kiosk journal verify FILE” says on any computer whether it is whole."),
        details=(
            (T("Files"), verbatim("\n".join(map(str, paths)))),
            (T("Signed by key"), verbatim(grouped(report.key))),
        ),
        options=(GO_ON,),
    )
