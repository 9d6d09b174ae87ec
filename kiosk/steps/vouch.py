"""No booking fits the guest's document: a colleague looks for it, and vouches for the person.

Only among bookings that may check in now, and with both names side by side. Where the names have nothing in
common it is a key to a room that isn't this guest's: a second person approves it, where `two_person` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from hardware.document_reader.contract import TravelDocument
from kiosk.help_given import RULES, Stuck
from kiosk.hotel.backend import Hotel
from kiosk.hotel.model import Guest, Reservation, Stay
from kiosk.language import Days, T, Text, verbatim
from kiosk.names import Level, compare, same_word
from kiosk.portrait import Portrait
from kiosk.prompts import Chosen, Keys, Option, Pick, PickRow, TextEntry, Typed
from kiosk.roles import SignedIn
from kiosk.sections import TwoPerson
from kiosk.steps.find_booking import CONFIRMATION
from kiosk.steps.searches import MOST_WHOLE
from kiosk.steps.second_person import Matter, second_person
from kiosk.steps.staff_help import Reason, Seen, decided, document_rows
from kiosk.steps.take_over import Allowed, Refused
from kiosk.visit import Visit, WentBack

_SPELLED = Reason("spelled", T("The name is spelled in another way"), "the name on the booking is spelled in another way")
_NEW_NAME = Reason("new-name", T("The guest’s name has changed"), "the guest's name has changed")
_FOR_THEM = Reason("for-them", T("Somebody else booked for them"), "somebody else booked for this guest")
_REASONS = (_SPELLED, _NEW_NAME, _FOR_THEM)
_AGAIN = Option("again", T("Look for another"), quiet=True)


def no_booking(document: TravelDocument, portrait: Portrait | None) -> Refused:
    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        words = ""
        while True:
            typed = await visit.ask_for(Typed, _look_for(words))
            words = typed.text.strip()
            found = await visit.while_waiting(
                _arriving(visit.terminal.hotel, words, visit.terminal.today()), T("Looking for the booking")
            )
            try:
                if (booking := await _pick(visit, found)) is not None:
                    return await _vouched(visit, document, portrait, booking)
            except WentBack:
                continue

    return Refused(Stuck.NO_BOOKING, decide)


def same_name(document: TravelDocument, portrait: Portrait | None, bookings: Sequence[Reservation]) -> Refused:
    """Several bookings of today fit the document: only these are shown."""

    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        booking = await _pick(visit, bookings)
        if booking is None:
            return None
        reasons = (Reason("theirs", T("It is this guest’s booking"), "of several guests of this name it is this one"),)
        reason = await decided(visit, _side_by_side(document, portrait, booking, reasons))
        return None if reason is None else Allowed(Stuck.SAME_NAME, reason.id, reason.words, booking.id, booking)

    return Refused(Stuck.SAME_NAME, decide)


def _look_for(words: str) -> TextEntry:
    return TextEntry(
        question=T("Which booking is it?"),
        help=T("The confirmation number, or the family name on the booking. Only arrivals of today are found."),
        keys=Keys.TEXT,
        value=words,
    )


async def _arriving(hotel: Hotel, words: str, today: date) -> tuple[Reservation, ...]:
    """Whole, and as they stand now: who may check in today."""
    found = list(await hotel.find_by_confirmation(words)) if CONFIRMATION.fullmatch(words) else []
    if not found and words:
        found = [*await hotel.find_by_name(words, arrival=today), *await hotel.find_by_name(words, arrival=today - timedelta(days=1))]
    due = [each for each in found if each.stay is Stay.RESERVED]
    whole = [await hotel.reservation(each.id) for each in due[:MOST_WHOLE]]
    return tuple(each for each in whole if may_arrive(each, today))


def may_arrive(booking: Reservation, today: date) -> bool:
    """A checked-out, cancelled or later booking is nobody's to vouch for."""
    return booking.stay is Stay.RESERVED and today - timedelta(days=1) <= booking.arrival <= today < booking.departure


async def _pick(visit: Visit, found: Sequence[Reservation]) -> Reservation | None:
    """None: look for another."""
    answer = await visit.ask_for(
        Chosen,
        Pick(
            question=T("Is it one of these?"),
            rows=tuple(
                PickRow(each.id, verbatim(_name(each.guest)), T("{days}", days=Days(each.arrival, each.departure))) for each in found
            ),
            empty=T("No arrival of today is called so, or has this number."),
            options=(_AGAIN,),
        ),
    )
    return next((each for each in found if each.id == answer.id), None)


async def _vouched(
    visit: Visit, document: TravelDocument, portrait: Portrait | None, booking: Reservation
) -> Allowed | None:
    reason = await decided(visit, _side_by_side(document, portrait, booking, _REASONS))
    if reason is None:
        return None
    stuck, approved_by = Stuck.LIKE_NAME, ""
    if not _alike(document, booking):
        stuck = Stuck.NO_BOOKING
        second = RULES[stuck].second
        if second is not None:
            approved_by = await second_person(visit, _matter(second, document, booking), ends=True)
    return Allowed(stuck, reason.id, reason.words, booking.id, booking, approved_by)


def _matter(act: TwoPerson, document: TravelDocument, booking: Reservation) -> Matter:
    """The second person reads whose booking goes to whom."""
    guest, room = _name(booking.guest), booking.room.number if booking.room else ""
    what = T(
        "{document} checks in for {guest}, room {room}",
        document=verbatim(f"{document.surname} {document.given_names}".strip()),
        guest=verbatim(guest),
        room=verbatim(room or "–"),
    )
    return Matter(act, what, room, booking.id)


def _alike(document: TravelDocument, booking: Reservation) -> bool:
    """Something of the name fits and no birth date speaks against it; or given name and birth date both fit."""
    return any(_like(document, guest) for guest in booking.guests)


def _like(document: TravelDocument, guest: Guest) -> bool:
    if guest.born is not None and guest.born != document.born:
        return False
    given = [name.partition(" ")[0] for name in (document.given_names, guest.given_name)]
    by_birth = guest.born is not None and all(given) and same_word(*given)
    return by_birth or compare(document, guest).level is not Level.DIFFERENT


def _side_by_side(
    document: TravelDocument, portrait: Portrait | None, booking: Reservation, reasons: tuple[Reason, ...]
) -> Seen:
    rows: list[tuple[Text, Text]] = [*document_rows(document)]
    for guest in booking.guests:
        rows.append((T("Booked"), verbatim(_name(guest))))
        if guest.born:
            rows.append((T("Born, as booked"), T("{day}", day=guest.born)))
    rows.append((T("Stay"), T("{days}", days=Days(booking.arrival, booking.departure))))
    return Seen(
        T("Is it this guest’s booking?"),
        T("Look at the document and at the guest. It stands on the booking that you vouched for them."),
        T("Document and booking"),
        tuple(rows),
        reasons,
        portrait,
    )


def _name(guest: Guest) -> str:
    return ", ".join(part for part in (guest.family_name, guest.given_name) if part)
