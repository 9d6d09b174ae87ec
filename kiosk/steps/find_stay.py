"""Whose key it is about: two letters, a room's number, or the guest's old key on the encoder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import structlog

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, CutResult, Opens, RoomKey
from hardware.readings import Kind
from kiosk.business_day import door_time
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import IssuedKey, Reservation
from kiosk.journey import Ended, until_it_works
from kiosk.key_journal import Act, Entry
from kiosk.key_work import KeyWork, WithoutHotel
from kiosk.language import Days, T, Text, verbatim
from kiosk.prompts import (
    GO_ON,
    Answer,
    Choice,
    Chosen,
    Keys,
    Option,
    Pick,
    PickRow,
    Sheet,
    TextEntry,
    Tone,
    Typed,
)
from kiosk.steps.one_key import LOOK_EVERY_S, lay_any_card
from kiosk.visit import Visit
from kiosk.way import doors

log = structlog.get_logger()

READ_S = 30.0
"""How long one look for an old key on the encoder takes; then it is looked for again."""


async def find_stay(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with a booking in house and its keys; or, while the hotel can't be reached, with a room."""
    seen = CutResult(Cut.DONE, bytes.fromhex([*visit.keys][-1])) if visit.keys else None
    while True:
        try:
            here = await visit.while_waiting(visit.terminal.hotel.in_house(), T("Asking who is in the house"))
            picked = await _pick(visit, here, seen)
            seen = picked if isinstance(picked, CutResult) else seen
            booking_id = picked.id if isinstance(picked, Chosen) else await _of_the_card(visit, picked)
            if not booking_id:
                continue
            return await visit.while_waiting(_opened(visit, work, booking_id), T("Opening the booking"))
        except HotelError as error:
            log.warning("hotel not reached by staff", call=error.call, trouble=error.trouble)
            if (offline := await _without_hotel(visit, error)) is not None:
                return replace(work, offline=offline, booking=None, issued=())


async def _opened(visit: Visit, work: KeyWork, booking_id: str) -> KeyWork:
    hotel = visit.terminal.hotel
    return replace(
        work, booking=await hotel.reservation(booking_id), issued=await hotel.keys(booking_id), offline=None
    )


async def _pick(
    visit: Visit, here: Sequence[Reservation], seen: CutResult | None
) -> Chosen | CutResult:
    """`seen`: the card that was read, or made, last: it is not told of again as long as it lies there."""
    watched = await _watched(visit)
    prompt = which_guest(here, watched=watched)
    if not watched:
        picked = await visit.ask_for(Chosen, prompt)
        return await _read_on_wish(visit) if picked.id == _READ else picked
    got = await visit.ask_while(prompt, _laid(visit, seen))
    if isinstance(got, Answer):
        assert isinstance(got, Chosen)  # noqa: S101 - a Pick takes nothing else
        return got
    return got


def which_guest(here: Sequence[Reservation], *, watched: bool | None = True) -> Pick:
    """All in house, by their rooms. `watched`: as `_watched` says."""
    return Pick(
        question=T("Which room or guest?"),
        help=T("Or lay the guest’s key on the encoder.") if watched else None,
        rows=tuple(_row(booking) for booking in sorted(here, key=lambda each: each.room.number if each.room else "")),
        search=True,
        empty=T("Nobody is found by this. Two letters of the name or the room number are enough."),
        options=(Option(_READ, T("Read a key card"), quiet=True),) if watched is False else (),
    )


_READ = "read"


async def _watched(visit: Visit) -> bool | None:
    """Whether a card is looked for while staff may type. False: a lock server's encoder would be busy with it, and
    no key could be made for as long as it waits. None: there is no encoder now."""
    if not visit.terminal.works(Kind.KEY_ENCODER):
        return None
    try:
        return await visit.terminal.key_encoder.lies_there() is not None
    except DeviceError:
        return None


async def _read_on_wish(visit: Visit) -> CutResult | Chosen:
    prompt = lay_any_card(visit, T("Which key?"), T("Place it on the encoder: it is read, and nothing is changed."))
    read = visit.terminal.key_encoder.read
    got = await until_it_works(visit, lambda: visit.ask_while(prompt, read(card_within_s=READ_S)))
    return Chosen("") if isinstance(got, Answer) or got.outcome is Cut.NO_CARD else got


def _row(booking: Reservation) -> PickRow:
    guest = booking.guest
    room = booking.room.number if booking.room else "–"
    name = f"{guest.family_name} {guest.given_name}".strip()
    stay = T("{room} · {stay}", room=verbatim(room), stay=T("{days}", days=Days(booking.arrival, booking.departure)))
    return PickRow(booking.id, verbatim(name), stay)


async def _laid(visit: Visit, seen: CutResult | None) -> CutResult:
    """A card with something on it; never ends for an encoder that is away, staff can still type."""
    while True:
        try:
            read = await visit.terminal.key_encoder.read(card_within_s=LOOK_EVERY_S if seen else READ_S)
        except DeviceError as error:
            log.warning("no old key read", fault=error.fault)
            await visit.terminal.clock.sleep(READ_S)
            continue
        if read.outcome in (Cut.NO_CARD, Cut.LIFTED):  # who takes it away too early lays it back
            seen = None
        elif seen is None or (read.outcome, read.uid) != (seen.outcome, seen.uid):
            return read
        else:
            await visit.terminal.clock.sleep(LOOK_EVERY_S)


# --- a guest's old key ---------------------------------------------------------------------------


async def _of_the_card(visit: Visit, read: CutResult) -> str | None:
    """Whose it is, whether it is valid, and why it doesn't open. The booking to go on with, or None."""
    key = read.key
    if read.outcome is not Cut.DONE or key is None:
        await _ask(
            visit, T("This is no key of ours"), _NO_KEY.get(read.outcome, _NO_KEY[Cut.NOT_A_KEY]), (GO_ON,)
        )
        return None
    if key.opens is Opens.SET:
        ends = T("{end}", end=key.valid_until.astimezone(visit.terminal.now().tzinfo))
        facts = ((T("Doors"), doors(key.room)), (T("Valid until"), ends))
        await visit.ask(Sheet(question=T("A master key"), sections=((T("On the card"), facts),), options=(GO_ON,)))
        return None
    booking, issued = await visit.while_waiting(_owner(visit, key, read.uid), T("Looking whose key it is"))
    key = _numbered(key, read.uid, issued)
    options = (
        (GO_ON,)
        if booking is None
        else (Option("this", T("Go on with this guest")), Option("other", T("Somebody else")))
    )
    answer = await visit.ask(
        Sheet(
            question=T("Room {room}", room=key.room),
            help=why_shut(visit, key, booking, issued),
            sections=((T("On the card"), _facts(key, booking)),),
            options=options,
        )
    )
    return booking.id if booking is not None and answer == Chosen("this") else None


async def _owner(visit: Visit, key: RoomKey, uid: bytes) -> tuple[Reservation | None, tuple[IssuedKey, ...]]:
    """Who is in the house and has this card by the hotel's books, else a key of this set."""
    hotel = visit.terminal.hotel
    known = await hotel.card_in_books(uid.hex())
    mine = known.reservation_id if known is not None else ""
    here = [booking for booking in await hotel.in_house() if booking.id == mine] if mine else []
    for booking in here or await hotel.in_room(key.room):
        issued = await hotel.keys(booking.id)
        if here or any(each.sequence == key.sequence for each in issued):
            return booking, issued
    return None, ()


def _numbered(key: RoomKey, uid: bytes, issued: Sequence[IssuedKey]) -> RoomKey:
    """A lock maker does not tell which set a key is of: by the books, where they know the card."""
    mine = [each.sequence for each in issued if uid and each.card_uid.lower() == uid.hex()]
    return replace(key, sequence=mine[-1]) if mine and not key.sequence else key


def why_shut(visit: Visit, key: RoomKey, booking: Reservation | None, issued: Sequence[IssuedKey]) -> Text:
    """Why a key does not open, as far as can be known without its door."""
    now = visit.terminal.now()
    if booking is None:
        return T("Nobody in the house has this key: its guest has left or moved.")
    if key.valid_until <= now:
        return T("It ended on {when}.", when=key.valid_until.astimezone(now.tzinfo))
    if key.sequence and any(each.sequence > key.sequence for each in issued):
        return T("A newer key was made for this room, so this one opens no more.")
    if key.valid_from > now:
        return T("It opens from {when} on.", when=key.valid_from.astimezone(now.tzinfo))
    if key.sequence and not any(each.active for each in issued if each.sequence == key.sequence):
        return T("The hotel’s books say that it was taken back.")
    return T("It is valid and should open. If it does not, the card is worn out or the lock needs care.")


def _facts(key: RoomKey, booking: Reservation | None) -> tuple[tuple[Text, Text], ...]:
    facts = [
        (T("Valid"), T("{begin} – {end}", begin=key.valid_from, end=key.valid_until)),
        (T("Key set"), verbatim(str(key.sequence or "–"))),
    ]
    if booking is not None:
        name = f"{booking.guest.given_name} {booking.guest.family_name}".strip()
        facts.insert(0, (T("Guest"), verbatim(name)))
    return tuple(facts)


_NO_KEY: dict[Cut, Text] = {
    Cut.NOT_A_KEY: T("It is blank, of another house, or not to be believed. It can be used for a new key."),
    Cut.STAFF_CARD: T("It is a staff card. It does not belong on the encoder."),
    Cut.WRONG_TYPE: T("It is another kind of card."),
    Cut.TWO_CARDS: T("There are two cards: please place only one."),
    Cut.LOCKED: T("It is locked by another system."),
}


async def _ask(visit: Visit, question: Text, help_text: Text, options: tuple[Option, ...]) -> Answer:
    return await visit.ask(
        Choice(question=question, help=help_text, picture="card-wrong", tone=Tone.WARN, options=options)
    )


# --- without the hotel ---------------------------------------------------------------------------


async def _without_hotel(visit: Visit, error: HotelError) -> WithoutHotel | None:
    """None: it is to be asked again. Ended where there is nothing to be done."""
    options = [Option("again", T("Try again"))]
    if error.trouble in (Trouble.DOWN, Trouble.TIMEOUT, Trouble.BROKEN):
        options.append(Option("without", T("Make a key without it")))
    answer = await _ask(
        visit,
        T("The hotel’s system does not answer"),
        T("A key can still be made for a room whose keys this terminal knows. The hotel is told later."),
        (*options, Option("leave", T("Leave"), quiet=True)),
    )
    if answer == Chosen("leave"):
        raise Ended
    if answer != Chosen("without"):
        return None
    typed = await visit.ask_for(
        Typed, TextEntry(question=T("For which room?"), keys=Keys.NUMBER, max_length=8)
    )
    return await _known_here(visit, typed.text.strip())


async def _known_here(visit: Visit, room: str) -> WithoutHotel | None:
    """By the journal: the room's newest key and for whom it was, if its time has not run out. The new one is good
    until tomorrow's check-out at most."""
    terminal, hotel = visit.terminal, visit.terminal.settings.hotel
    cut = [
        entry
        for entry in terminal.journal.entries(room=room)
        if entry.sequence is not None and entry.reservation
    ]
    last = next((entry for entry in reversed(cut) if entry.act in (Act.CUT, Act.REPLACED, Act.UNSURE)), None)
    now = f"{terminal.now().astimezone(UTC):%Y-%m-%dT%H:%MZ}"
    if last is None or last.until <= now or _moved_away(visit, last):
        await _ask(
            visit,
            T("Nothing is known here of this room"),
            T("No key that is still valid was made for it here, so none can be made without the hotel’s system."),
            (GO_ON,),
        )
        return None
    tomorrow = door_time(terminal.today() + timedelta(days=1), hotel.check_out_until, hotel.zone)
    until = min(tomorrow, datetime.fromisoformat(last.until))
    return WithoutHotel(room, max(entry.sequence or 0 for entry in cut), last.reservation, until)


def _moved_away(visit: Visit, key: Entry) -> bool:
    """Whether its guest has got another room since."""
    since = (entry for entry in visit.terminal.journal.entries(reservation=key.reservation) if entry.number > key.number)
    return any(entry.act == Act.MOVED and entry.room != key.room for entry in since)
