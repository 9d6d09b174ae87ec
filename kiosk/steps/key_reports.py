"""What was done with keys: the journal on the screen, the shift on paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta, tzinfo

from hardware.printer.contract import Align, Block, Pair, Rule, Slip, TextLine
from kiosk.effects.check_in import PrintSlip
from kiosk.facts import sure
from kiosk.key_journal import GUEST, KIOSK, Act, Entry
from kiosk.language import TN, Language, T, Text, language, verbatim
from kiosk.prompts import GO_ON, Chosen, Option, Table, Tone
from kiosk.visit import Visit

SHOWN_DAYS = 30
MOST_ROWS = 300
SHIFT_HOURS = 12
_UID_SHOWN = 8  # hexadecimal digits: enough to tell two cards apart

ACTS: dict[str, Text] = {
    Act.CUT: T("Key made"),
    Act.REPLACED: T("Keys replaced"),
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


async def key_journal(visit: Visit) -> None:
    """The newest first."""
    await visit.ask(journal_table(_since(visit, days=SHOWN_DAYS), visit.terminal.settings.hotel.zone))


def journal_table(entries: Sequence[Entry], zone: tzinfo) -> Table:
    """Entries in their order; shown the other way round, by the house's clock."""
    count = len(entries)
    return Table(
        question=T("Journal of keys"),
        help=TN("{count} entry, the newest first.", "{count} entries, the newest first.", count) if count else None,
        columns=(T("When"), T("What"), T("Room"), T("Who"), T("Card")),
        rows=tuple(_row(entry, zone) for entry in reversed(entries)),
        empty=T("No key has been made yet."),
    )


def _since(visit: Visit, *, days: int = 0, hours: int = 0) -> list[Entry]:
    begin = visit.terminal.now() - timedelta(days=days, hours=hours)
    entries = [entry for entry in visit.terminal.journal.entries(since=begin) if entry.act not in _QUIET]
    return entries[-MOST_ROWS:]


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
    entries = _since(visit, hours=SHIFT_HOURS)
    answer = await visit.ask(shift_table(entries))
    if answer == Chosen("print"):
        number = sure(visit.staff).person.id
        slip = shift_slip(language(visit.language), visit, entries, number)
        effect = PrintSlip(visit=visit.id, what=f"shift-{len(entries)}").of(slip)
        if await visit.try_to_print(effect):
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


def shift_slip(tongue: Language, visit: Visit, entries: list[Entry], number: str) -> Slip:
    """What was done, entry by entry; who prints it signs it."""
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
    for entry in entries:
        when, *cells, _ = (tongue.say(cell) for cell in _row(entry, terminal.settings.hotel.zone))
        blocks.append(TextLine(f"{when}  {' · '.join(cells)}", rtl=tongue.rtl))
    last = entries[-1].hash[:16] if entries else "–"
    blocks += [
        Rule(),
        Pair(tongue.say(T("Printed by")), tongue.say(T("Staff {number}", number=number)), rtl=tongue.rtl),
        Pair(tongue.say(T("Journal")), last, rtl=tongue.rtl),
        Pair(tongue.say(T("Signature")), "………………………", rtl=tongue.rtl),
    ]
    return Slip(tuple(blocks))
