"""A master key: to which doors, why, who agrees; on a card, in the journal, and nowhere else.

Its sequence is the minute in which the first of a set's keys was made: it grows without a hotel to allocate it, on
every terminal of the house. Keys of one sequence open side by side; a higher one ends them, at each door that it
touches. Another terminal's are not known here, so a first key of this terminal ends them too.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from hardware.key_encoder.contract import Opens
from kiosk.key_journal import Act, Why
from kiosk.language import T, Text
from kiosk.prompts import GO_ON, Choice, Chosen, Option, Pick, PickRow, Tone
from kiosk.roles import Power
from kiosk.sections import TwoPerson
from kiosk.steps.one_key import KeyOrder, cut_one
from kiosk.steps.second_person import Matter, second_person
from kiosk.steps.session import still_may
from kiosk.terminal import Terminal
from kiosk.visit import Visit
from kiosk.way import doors


@dataclass(frozen=True)
class MasterWork:
    """From the doors to the card."""

    doors: str = ""
    why: Why = Why.OTHER
    approved_by: str = ""


def makes_master_keys(terminal: Terminal) -> bool:
    """Whether kiosk.ini names sets of doors, and the encoder here cuts keys for them. A lock maker's server is asked
    for guests' keys alone: its own system makes the others."""
    has_encoder = terminal.settings.key_encoder is not None
    return bool(terminal.settings.keys.sets) and has_encoder and terminal.key_encoder.MASTER_KEYS


async def choose_doors(visit: Visit, work: MasterWork) -> MasterWork:
    """Returns work with the set of doors."""
    names = visit.terminal.settings.keys.sets
    answer = await visit.ask(which_doors(names)) if len(names) > 1 else Chosen(names[0])
    return replace(work, doors=answer.id if isinstance(answer, Chosen) else names[0])


def which_doors(names: tuple[str, ...]) -> Pick:
    rows = tuple(PickRow(name, doors(name)) for name in names)
    return Pick(question=T("A master key for which doors?"), rows=rows)


async def choose_why(visit: Visit, work: MasterWork) -> MasterWork:
    """Returns work with why it is made: it stands in the journal, and says whether the older ones end."""
    hours = visit.terminal.settings.keys.master_hours
    answer = await visit.ask(why_made(work.doors, hours))
    return replace(work, why=Why(answer.id) if isinstance(answer, Chosen) else Why.OTHER)


def why_made(name: str, hours: int) -> Choice:
    return Choice(
        question=T("Why is a master key made?"),
        help=T(
            "{doors}, for {hours} hours. Older ones stay good until their end; after a loss they end at each door that the new one opens.",
            doors=doors(name), hours=hours,
        ),
        options=(
            Option(Why.ONE_MORE, T("One more person")),
            Option(Why.LOST_KEY, T("Master key lost")),
            Option(Why.DEAD_KEY, T("Key doesn’t open")),
            Option(Why.OTHER, T("Another reason"), quiet=True),
        ),
        equals=True,
    )  # fmt: skip


async def agree(visit: Visit, work: MasterWork) -> MasterWork:
    """Returns work with who approved, where a second person must."""
    return replace(work, approved_by=await second_person(visit, master_matter(work.doors)))


def master_matter(name: str) -> Matter:
    """What the second person agrees to."""
    return Matter(TwoPerson.MASTER_KEY, T("Master key: {doors}", doors=doors(name)), room=name)


async def cut_master_key(visit: Visit, work: MasterWork) -> MasterWork:
    """One card; the next one asks for its doors, its reason and its approval again."""
    by = still_may(visit, Power.MASTER_KEY).person.id
    terminal = visit.terminal
    now = terminal.now().replace(second=0, microsecond=0)
    until = now + timedelta(hours=terminal.settings.keys.master_hours)
    newest, good = _newest(terminal, work.doors, now)
    further = good and work.why is not Why.LOST_KEY
    number = visit.cuts + 1
    order = KeyOrder(
        reservation_id="",
        room=work.doors,
        until=until,
        further=further,
        number=number,
        of=number,
        why=work.why,
        by=by,
        approved_by=work.approved_by,
        sequence=newest if further else max(newest + 1, int(now.timestamp()) // 60),
        opens=Opens.SET,
    )
    if await cut_one(visit, order) is None:
        visit.notice(T("No key was made"))
        return work
    await visit.ask(master_made(work.doors, until, older_end=not further), back=False)
    return work


def _newest(terminal: Terminal, name: str, now: datetime) -> tuple[int, bool]:
    """The highest sequence of the set's keys that were, or may have been, made here, and whether one is still good."""
    made = [
        entry
        for entry in terminal.journal.entries(room=name)
        if entry.act in (Act.MASTER_CUT, Act.UNSURE) and not entry.reservation
    ]
    newest = max((entry.sequence or 0 for entry in made), default=0)
    today = f"{now.astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    return newest, any(entry.sequence == newest and entry.until > today for entry in made)


def master_made(name: str, until: datetime, *, older_end: bool) -> Choice:
    """A key was cut, and what became of the older ones."""
    older = T("End at the door") if older_end else T("Stay good")
    facts: tuple[tuple[Text, Text], ...] = (
        (T("Doors"), doors(name)),
        (T("Valid until"), T("{when}", when=until)),
        (T("Older keys"), older),
    )
    return Choice(
        question=T("The master key is made"),
        help=T("Written, read back and checked. It stands in the journal of keys."),
        tone=Tone.OK,
        details=facts,
        options=(GO_ON,),
    )
