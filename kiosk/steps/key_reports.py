"""What was done with keys: the journal on the screen, the shift on paper."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby

from hardware.printer.contract import Align, Block, Pair, Rule, Slip, TextLine
from kiosk.effects.check_in import PrintSlip
from kiosk.facts import sure
from kiosk.key_journal import GUEST, KIOSK, Act, Entry
from kiosk.language import TN, Language, T, Text, language, verbatim
from kiosk.prompts import GO_ON, Chosen, Option, Table, Tone
from kiosk.visit import Visit

PAGE_ROWS = 200
"""So many entries are on one page at most, on the screen and on paper."""
SHIFT_HOURS = 12
_UID_SHOWN = 8  # hexadecimal digits: enough to tell two cards apart

ACTS: dict[str, Text] = {
    Act.CUT: T("Key made"),
    Act.REPLACED: T("Keys replaced"),
    Act.MASTER_CUT: T("Master key made"),
    Act.ERASED: T("Card erased"),
    Act.UNSURE: T("Key not sure"),
    Act.REFUSED_CARD: T("Card refused"),
    Act.MOVED: T("Guest moved"),
    Act.EXTENDED: T("Stay made longer"),
    Act.VOIDED: T("Keys taken back"),
    Act.APPROVED: T("Approved"),
    Act.HELPED: T("Guest helped"),
    Act.SIGNED_IN: T("Signed in"),
    Act.SIGNED_OFF: T("Signed off"),
    Act.REFUSED: T("Not let in"),
    Act.STAFF_ADDED: T("Person added"),
    Act.STAFF_REMOVED: T("Person removed"),
    Act.STAFF_ROLES: T("Role changed"),
    Act.STAFF_CARD: T("Staff card given"),
    Act.STAFF_CARD_TAKEN: T("Staff card taken back"),
    Act.STAFF_PIN: T("PIN changed"),
    Act.STAFF_UNLOCKED: T("Unlocked"),
    Act.EXPORTED: T("Journal exported"),
    Act.SIGNATURE: T("Signed by the terminal"),
    Act.TORN: T("Power cut"),
    Act.LOST: T("Entries lost"),
}
_QUIET = (Act.SIGNED_IN, Act.SIGNED_OFF, Act.SIGNATURE)


@dataclass(frozen=True)
class Page:
    """Entries of one day, the newest first: those from number `first` on, of `count` of that day."""

    day: date
    first: int
    count: int
    entries: tuple[Entry, ...]


async def key_journal(visit: Visit) -> None:
    """All of it, page by page: the newest day first."""
    zone = visit.terminal.settings.hotel.zone
    entries = await visit.while_waiting(asyncio.to_thread(_since, visit, None), T("Reading the journal"))
    pages, at = journal_pages(entries, zone), 0
    while True:
        answer = await visit.ask(journal_table(pages, at, zone))
        if answer not in (Chosen("earlier"), Chosen("later")):
            return
        at += 1 if answer == Chosen("earlier") else -1


def journal_pages(entries: Sequence[Entry], zone: tzinfo) -> tuple[Page, ...]:
    """Of entries in their order; the days are the house's."""
    pages = []
    for day, of_day in groupby(reversed(entries), key=lambda entry: _at(entry, zone).date()):
        found = tuple(of_day)
        pages += [
            Page(day, first + 1, len(found), found[first : first + PAGE_ROWS])
            for first in range(0, len(found), PAGE_ROWS)
        ]
    return tuple(pages)


def journal_table(pages: Sequence[Page], at: int, zone: tzinfo) -> Table:
    """One page, by the house's clock, and the way to those before and after it."""
    page = pages[at] if pages else None
    earlier = (Option("earlier", T("Earlier"), quiet=True),) if at + 1 < len(pages) else ()
    later = (Option("later", T("Later"), quiet=True),) if at > 0 else ()
    return Table(
        question=T("Journal of keys"),
        help=_which(page) if page else None,
        columns=(T("When"), T("What"), T("Room"), T("Who"), T("Card")),
        rows=tuple(_row(entry, zone) for entry in page.entries) if page else (),
        empty=T("No key has been made yet."),
        options=(GO_ON, *earlier, *later),
    )


def _which(page: Page) -> Text:
    if len(page.entries) == page.count:
        return TN(
            "{day}: {count} entry, the newest first.", "{day}: {count} entries, the newest first.",
            page.count, day=page.day,
        )  # fmt: skip
    return T(
        "{day}: entries {first} to {last} of {count}, the newest first.",
        day=page.day, first=page.first, last=page.first + len(page.entries) - 1, count=page.count,
    )  # fmt: skip


def _since(visit: Visit, begin: datetime | None) -> list[Entry]:
    return [entry for entry in visit.terminal.journal.entries(since=begin) if entry.act not in _QUIET]


def _row(entry: Entry, zone: tzinfo) -> tuple[Text, ...]:
    return (
        T("{when}", when=_at(entry, zone)),
        ACTS.get(entry.act, verbatim(entry.act)),
        verbatim(entry.room or "–"),
        _who(entry),
        verbatim(entry.card[-_UID_SHOWN:] or "–"),
    )


def _at(entry: Entry, zone: tzinfo) -> datetime:
    """By the house's clock; the journal itself counts in UTC."""
    return entry.at.astimezone(zone)


def _who(entry: Entry) -> Text:
    by = {GUEST: T("Guest"), KIOSK: T("Kiosk")}.get(entry.by) or T("Staff {number}", number=entry.by)
    return T("{by}, approved by {other}", by=by, other=entry.approved_by) if entry.approved_by else by


async def shift_report(visit: Visit) -> None:
    """On the screen, and on paper for the binder."""
    entries = _since(visit, visit.terminal.now() - timedelta(hours=SHIFT_HOURS))
    answer = await visit.ask(shift_table(entries))
    if answer != Chosen("print"):
        return
    number = sure(visit.staff).person.id
    for page, slip in enumerate(shift_slips(language(visit.language), visit, entries, number), 1):
        effect = PrintSlip(visit=visit.id, what=f"shift-{len(entries)}-{page}", by=number).of(slip)
        if not await visit.try_to_print(effect):
            visit.notice(T("The report was not printed to its end: the printer is not working"))
            return
    visit.notice(T("The report is printed"), Tone.OK)


def shift_table(entries: Sequence[Entry]) -> Table:
    """What was done how often."""
    return Table(
        question=T("The last {count} hours", count=SHIFT_HOURS),
        columns=(T("What"), T("How many")),
        rows=tuple((words, verbatim(str(count))) for words, count in _counted(entries)),
        empty=T("Nothing was done."),
        options=(GO_ON, Option("print", T("Print"), quiet=True)),
    )


def _counted(entries: Iterable[Entry]) -> list[tuple[Text, int]]:
    return [
        (ACTS.get(act, verbatim(act)), count)
        for act, count in Counter(entry.act for entry in entries).most_common()
    ]


def shift_slips(tongue: Language, visit: Visit, entries: list[Entry], number: str) -> list[Slip]:
    """What was done, entry by entry, all of it: on several slips where it is much. Who prints them signs each."""
    parts = [entries[first : first + PAGE_ROWS] for first in range(0, len(entries), PAGE_ROWS)] or [[]]
    return [
        _shift_slip(tongue, visit, entries, part, number, T("Page {page} of {count}", page=page, count=len(parts)))
        for page, part in enumerate(parts, 1)
    ]


def _shift_slip(
    tongue: Language, visit: Visit, entries: list[Entry], part: list[Entry], number: str, page: Text
) -> Slip:
    terminal = visit.terminal
    title = tongue.say(T("Shift report"))
    blocks: list[Block] = [
        TextLine(terminal.settings.hotel.name, bold=True, align=Align.CENTER),
        TextLine(f"{title} · {terminal.settings.kiosk.name}", align=Align.CENTER, rtl=tongue.rtl),
        TextLine(tongue.say(T("{when}", when=terminal.now())), align=Align.CENTER, rtl=tongue.rtl),
        Rule(),
        *(Pair(tongue.say(words), str(count), rtl=tongue.rtl) for words, count in _counted(entries)),
        Rule(),
    ]
    for entry in part:
        when, *cells, _ = (tongue.say(cell) for cell in _row(entry, terminal.settings.hotel.zone))
        blocks.append(TextLine(f"{when}  {' · '.join(cells)}", rtl=tongue.rtl))
    last = entries[-1].hash[:16] if entries else "–"
    blocks += [
        Rule(),
        Pair(tongue.say(T("Printed by")), tongue.say(T("Staff {number}", number=number)), rtl=tongue.rtl),
        Pair(tongue.say(T("Journal")), last, rtl=tongue.rtl),
        *((TextLine(tongue.say(page), rtl=tongue.rtl),) if len(part) < len(entries) else ()),
        Pair(tongue.say(T("Signature")), "………………………", rtl=tongue.rtl),
    ]
    return Slip(tuple(blocks))
