"""The acceptance report of a terminal: kept at once as signed files in the state directory; shown, copied, printed.

While it is made a mark stands beside the others: where a power cut leaves it, the next technician is asked whether to
begin again. Who only walks off leaves a report of what was tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import structlog

from hardware.checks import Outcome
from kiosk.diagnosis import paper
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import Part
from kiosk.diagnosis.report import Report, cut_short
from kiosk.effects.check_in import PrintSlip
from kiosk.journal_lines import grouped
from kiosk.language import T, Text, verbatim
from kiosk.on_disk import sync, to_its_end, write
from kiosk.prompts import GO_ON, Choice, Chosen, Option, Tone
from kiosk.steps.check_results import results
from kiosk.steps.export_journal import not_written
from kiosk.steps.kept_true import counted_down
from kiosk.technician_prompts import Results
from kiosk.terminal import Terminal
from kiosk.visit import Left, Visit

log = structlog.get_logger()

REPORTS = "reports"
"""In the state directory."""
MARK = "begun"
"""The file in it that says when an acceptance began that has not come to its end."""
Kept = tuple[Path, ...] | OSError
"""The files, or why there are none."""
_VERDICTS: dict[Outcome, Text] = {
    Outcome.WELL: T("Accepted: everything is well"),
    Outcome.ILL: T("Not accepted: something is ill"),
    Outcome.UNSURE: T("Not accepted: not everything could be told"),
    Outcome.SKIPPED: T("Not accepted: not everything could be told"),
}


# --- kept -------------------------------------------------------------------------------------------


async def keep(visit: Visit, report: Report) -> Kept:
    """Before anybody has touched anything."""
    return await visit.while_waiting(_kept(visit.terminal, report), T("Keeping the report"))


async def keep_what_was_tried(
    terminal: Terminal, found: Sequence[Part], tried: Sequence[Tried], *, by: str
) -> tuple[Report, Kept] | None:
    """Who was here has gone in the middle of it, or stopped it."""
    if not tried:
        return None
    report = cut_short(terminal, found, tried, began=_began(terminal) or tried[0].at, by=by)
    return report, await _kept(terminal, report)


async def _kept(terminal: Terminal, report: Report) -> Kept:
    try:
        return await save(report, terminal.settings.kiosk.state.resolve() / REPORTS)
    except OSError as error:
        log.error("acceptance report not kept", why=error.strerror or str(error))
        return error


async def save(report: Report, folder: Path, *, make: bool = True) -> tuple[Path, ...]:
    """As it was signed, and as a PDF where its letters can be drawn; readable to the kiosk's user alone. OSError where
    what was signed can't be written."""
    if make:
        folder.mkdir(mode=0o700, exist_ok=True)
    name = f"acceptance-{datetime.fromisoformat(report.words['at']):%Y%m%d-%H%M%S}"
    signed = folder / f"{name}.json"
    await to_its_end(_write_whole, signed, report.raw)
    try:
        drawn = folder / f"{name}.pdf"
        await to_its_end(_write_whole, drawn, await asyncio.to_thread(_pdf, report))
    except OSError as error:
        log.error("acceptance report without its PDF", why=error.strerror or str(error))
        return (signed,)
    return signed, drawn


def _write_whole(path: Path, content: bytes) -> None:
    """All of it or nothing, whatever happens to the power."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)  # one that a power cut left
    write(fresh, content)
    fresh.replace(path)
    sync(path.parent)


def _pdf(report: Report) -> bytes:
    from kiosk.registration.paper import FontMissing  # in the thread: it is much to load

    try:
        return paper.pdf(report)
    except FontMissing as missing:
        raise OSError(str(missing)) from None


# --- begun and not ended ----------------------------------------------------------------------------


@contextmanager
def begun(terminal: Terminal) -> Iterator[None]:
    """A mark stands there until it has ended, or somebody has left it. A disk that takes no mark holds nothing up."""
    mark = _mark(terminal)
    try:
        mark.parent.mkdir(mode=0o700, exist_ok=True)
        mark.write_text(terminal.now().isoformat(timespec="seconds"), "ascii")
    except OSError as error:
        log.error("acceptance begun without a mark", why=error.strerror)
    try:
        yield
    except Left:
        _unmark(mark)
        raise
    _unmark(mark)


def _unmark(mark: Path) -> None:
    """Where it can't be taken away, the next technician is asked in vain; this one is shown their results."""
    try:
        mark.unlink(missing_ok=True)
    except OSError as error:
        log.error("acceptance ended, its mark stays", why=error.strerror)


def _mark(terminal: Terminal) -> Path:
    return terminal.settings.kiosk.state.resolve() / REPORTS / MARK


def _began(terminal: Terminal) -> datetime | None:
    """When the acceptance began that has not ended; None where there is none."""
    try:
        return datetime.fromisoformat(_mark(terminal).read_text("ascii"))
    except (OSError, ValueError):
        return None


async def shall_it_be_begun_anew(visit: Visit) -> bool:
    """Asked where the terminal was switched off in the middle of an acceptance, of which nothing is kept."""
    began = _began(visit.terminal)
    if began is None:
        return False
    again = await counted_down(visit, broken_off(began), back=False) == Chosen("again")
    _unmark(_mark(visit.terminal))
    return again


def broken_off(began: datetime) -> Choice:
    return Choice(
        question=T("The acceptance did not come to its end"),
        help=T(
            "It began on {when}, and the terminal was switched off before its end. Nothing of it is kept.",
            when=began.replace(tzinfo=None),
        ),
        tone=Tone.WARN,
        options=(Option("again", T("Begin again")), Option("no", T("Not now"), quiet=True)),
    )


# --- shown ------------------------------------------------------------------------------------------


async def show_report(
    visit: Visit, report: Report, tried: Sequence[Tried], kept: Kept, *, stopped: bool = False
) -> None:
    """Until the technician goes on."""
    title = T("Stopped before its end") if stopped else _VERDICTS[report.verdict]
    while await counted_down(visit, report_page(title, tried, kept), back=False) == Chosen("report"):
        kept = await _about(visit, report, kept)


async def _about(visit: Visit, report: Report, kept: Kept) -> Kept:
    """Where it is, and what else can be done with it, until the technician goes on. Where it is then."""
    copies, printed = visit.terminal.settings.kiosk.exports, 0
    while True:
        answer = await counted_down(visit, about_report(kept, report, copies), back=False)
        if answer == Chosen("keep"):
            kept = await keep(visit, report)
        elif answer == Chosen("copy") and copies is not None:
            await _copy(visit, report, copies)
        elif answer == Chosen("print"):
            effect = PrintSlip(visit=visit.id, what=f"acceptance-{paper.digest(report)}-{printed}").of(paper.slip(report))
            done = await visit.try_to_print(effect)
            printed += done
            visit.notice(*((T("The report is printed"), Tone.OK) if done else (T("The report could not be printed"), Tone.WARN)))
        else:
            return kept


async def _copy(visit: Visit, report: Report, folder: Path) -> None:
    """To where kiosk.ini has what is taken away: a directory that is not there is no stick that is plugged in."""
    try:
        copied = await visit.while_waiting(save(report, folder, make=False), T("Copying the report"))
    except OSError as error:
        log.error("acceptance report not copied", why=error.strerror)
        visit.notice(not_written(error))
        return
    visit.notice(T("Copied: {file}", file=verbatim(str(copied[0]))), Tone.OK)


def report_page(title: Text, tried: Sequence[Tried], kept: Kept) -> Results:
    """What it says, and where it is."""
    page = results(title, tried, more=(Option("report", T("About the report"), quiet=True),))
    if isinstance(kept, OSError):
        return replace(page, notice=T("The report could not be kept. {why}", why=not_written(kept)))
    file = verbatim(f"{kept[0].parent.name}/{kept[0].name}")
    return replace(page, notice=T("Kept on this terminal, signed: {file}", file=file), notice_tone=Tone.OK)


def about_report(kept: Kept, report: Report, copies: Path | None) -> Choice:
    """Its files, and whose signature it has; or why there are none."""
    more = [Option("print", T("Print the report"), quiet=True)]
    if copies is not None:
        more.append(Option("copy", T("Copy the report"), quiet=True))
    key = (T("Signed by key"), verbatim(grouped(report.key)))
    if isinstance(kept, OSError):
        return Choice(
            question=T("The report is not kept"),
            help=not_written(kept),
            tone=Tone.WARN,
            details=(key,),
            options=(Option("keep", T("Keep it once more")), *more, replace(GO_ON, quiet=True)),
        )
    return Choice(
        question=T("The report is kept on this terminal"),
        help=T("“kiosk journal verify FILE --key NUMBER” says on any computer whether it is whole."),
        details=((T("Files"), verbatim("\n".join((f"{kept[0].parent}/", *(path.name for path in kept))))), key),
        options=(GO_ON, *more),
    )
