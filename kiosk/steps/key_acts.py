"""What is to be done about a guest's keys: the act, its reason, where to and how long, and who approves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from kiosk.facts import sure
from kiosk.hotel.model import IssuedKey, Reservation
from kiosk.key_journal import Why
from kiosk.key_work import KeyAct, KeyWork
from kiosk.language import TN, Days, T, Text, verbatim
from kiosk.prompts import Choice, Chosen, DateEntry, Option, Pick, Picked, PickRow, Sheet
from kiosk.roles import Power
from kiosk.sections import TwoPerson
from kiosk.steps.carry_out import cut, made, room_of
from kiosk.steps.second_person import Matter, second_person
from kiosk.steps.session import still_may
from kiosk.visit import Visit, WentBack

MOST_NIGHTS = 60
"""A stay that is longer is a matter for the hotel's own system."""

_ACTS: dict[KeyAct, Text] = {
    KeyAct.ONE_MORE: T("One more key"),
    KeyAct.REPLACE: T("Replace all"),
    KeyAct.MOVE: T("Another room"),
    KeyAct.LONGER: T("Longer stay"),
    KeyAct.ERASE: T("Erase a card"),
}
_REASONS: dict[KeyAct, tuple[tuple[Why, Text], ...]] = {
    KeyAct.ONE_MORE: (
        (Why.ONE_MORE, T("One more person")),
        (Why.DEAD_KEY, T("Key doesn’t open")),
        (Why.OTHER, T("Another reason")),
    ),
    KeyAct.REPLACE: (
        (Why.LOST_KEY, T("Key lost")),
        (Why.DEAD_KEY, T("Key doesn’t open")),
        (Why.OTHER, T("Another reason")),
    ),
}
_FIXED: dict[KeyAct, Why] = {
    KeyAct.MOVE: Why.ROOM_CHANGED,
    KeyAct.LONGER: Why.LONGER_STAY,
    KeyAct.ERASE: Why.OTHER,
}


async def choose_act(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with what is to be done."""
    if work.offline is not None:
        answer = await visit.ask(_offline_sheet(work))
    else:
        answer = await visit.ask(room_sheet(sure(work.booking), work.issued))
    act = KeyAct(answer.id if isinstance(answer, Chosen) else KeyAct.ONE_MORE)
    why = Why.HOTEL_UNREACHABLE if work.offline else _FIXED.get(act, Why.OTHER)
    return replace(work, act=act, why=why)


def room_sheet(booking: Reservation, issued: tuple[IssuedKey, ...]) -> Sheet:
    """The guest, the keys, and what can be done."""
    guest, number = booking.guest, booking.room.number if booking.room else "–"
    name = f"{guest.family_name} {guest.given_name}".strip()
    people = TN("{count} guest", "{count} guests", booking.adults + booking.children)
    stay = T("{days}, {people}", days=Days(booking.arrival, booking.departure), people=people)
    no_key = None if any(key.active for key in issued) else T("No key is valid now")
    return Sheet(
        question=T("Room {room} · {name}", room=number, name=guest.family_name or guest.given_name),
        sections=(
            (T("Stay"), ((T("Guest"), verbatim(name)), (T("Stay"), stay))),
            (T("Keys"), _keys(issued)),
        ),
        options=tuple(
            Option(act.value, words, off=no_key if act is KeyAct.ONE_MORE else None, quiet=act is KeyAct.ERASE)
            for act, words in _ACTS.items()
        ),
    )


def _keys(issued: tuple[IssuedKey, ...]) -> tuple[tuple[Text, Text], ...]:
    """Of the newest set each card, of older ones how many."""
    if not issued:
        return ((T("None"), verbatim("–")),)
    newest = max(key.sequence for key in issued)
    valid = sum(key.active for key in issued if key.sequence == newest)
    last = max(key.valid_until for key in issued if key.sequence == newest)
    return (
        (T("Valid"), TN("{count} card, until {when}", "{count} cards, until {when}", valid, when=last)),
        (T("Key set"), verbatim(str(newest))),
    )


def _offline_sheet(work: KeyWork) -> Sheet:
    offline = sure(work.offline)
    return Sheet(
        question=T("Room {room}", room=offline.room),
        help=T("Without the hotel’s system. The key is good until {when}.", when=offline.until),
        sections=((T("Keys"), ((T("Key set"), verbatim(str(offline.newest))),)),),
        options=tuple(Option(act.value, _ACTS[act]) for act in (KeyAct.ONE_MORE, KeyAct.REPLACE)),
    )


async def choose_reason(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with why it is done: it stands in the journal."""
    act = sure(work.act)
    answer = await visit.ask(reasons(act))
    return replace(work, why=Why(answer.id) if isinstance(answer, Chosen) else Why.OTHER)


def reasons(act: KeyAct) -> Choice:
    """Of the acts that have several."""
    explained = {
        KeyAct.ONE_MORE: T("The keys that the guest has stay good."),
        KeyAct.REPLACE: T("All older keys die: at the door, as soon as the new one opens it for the first time."),
    }
    options = tuple(Option(why.value, words, quiet=why is Why.OTHER) for why, words in _REASONS[act])
    return Choice(question=T("Why is a key made?"), help=explained[act], options=options, equals=True)


async def choose_room(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with the room to move to."""
    booking = sure(work.booking)
    rooms = await visit.while_waiting(visit.terminal.hotel.free_rooms(booking, since=visit.terminal.today()), T("Looking for free rooms"))
    answer = await visit.ask(
        Pick(
            question=T("Which room?"),
            help=T(
                "Ready and free until the guest leaves. The keys of the old room die with its next guest’s key."
            ),
            rows=tuple(
                PickRow(
                    room.number,
                    verbatim(room.number),
                    T("Floor {floor}", floor=room.floor) if room.floor else None,
                )
                for room in rooms
            ),
            search=len(rooms) > SOME,
            hint=T("Room"),
            empty=T("No room of this type is ready."),
        )
    )
    picked = next(room for room in rooms if answer == Chosen(room.number))
    return replace(work, room=picked)


SOME = 6
"""So many rooms are seen at a glance."""


async def choose_departure(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with the new last day."""
    booking = sure(work.booking)
    answer = await visit.ask(
        DateEntry(
            question=T("Until which day?"),
            earliest=max(booking.departure, visit.terminal.today()) + timedelta(days=1),
            latest=booking.arrival + timedelta(days=MOST_NIGHTS),
        )
    )
    return replace(work, departure=answer.day if isinstance(answer, Picked) else None)


async def approve(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with who approved, where a second person must: a key that the hotel's books do not vouch for.

    For this one key: the next one asks again.
    """
    if work.offline is None:
        return work
    return replace(work, approved_by=await second_person(visit, matter(work)))


def matter(work: KeyWork) -> Matter:
    """What the second person agrees to. Without the hotel's system nobody knows the guest's name."""
    offline, act = sure(work.offline), _ACTS[sure(work.act)]
    what = T("{act}: room {room}", act=act, room=offline.room)
    return Matter(TwoPerson.OTHER_ROOM, what, offline.room, offline.reservation_id)


async def one_more(visit: Visit, work: KeyWork) -> KeyWork:
    """Asked at the end: one more for this guest, with an approval of its own, or nothing."""
    while await visit.ask(made(room_of(work), older_die=work.older_die), back=False) == Chosen("more"):
        try:
            work = await approve(visit, replace(work, act=KeyAct.ONE_MORE))
        except WentBack:
            continue
        work = await cut_now(visit, work)
    return work


async def cut_now(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with one more key cut, by somebody who may still do so."""
    still_may(visit, Power.REISSUE)
    return await cut(visit, work)
