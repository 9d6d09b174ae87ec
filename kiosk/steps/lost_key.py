"""A guest alone whose key is lost: proven by a document as the hotel's own profile has it, then a new key.

Rules: the kiosk keeps nothing of its own to compare with; the document must be the one that the guest signed
in with, by number. Whoever can't show it goes to a colleague. The old keys die; the desk is told. What it
costs is agreed to before, and owed only for a key that was cut and taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from hardware.document_reader.contract import TravelDocument
from kiosk import countries
from kiosk.effects.charges import PostCharge
from kiosk.facts import Facts, sure
from kiosk.hotel.model import Guest, Identification, Reservation, Stay
from kiosk.hotel.same_person import same_document
from kiosk.journey import Ended, TurnTo
from kiosk.key_journal import Why
from kiosk.language import TN, Money, T, Text, verbatim
from kiosk.prompts import Choice, Chosen, Option, Tone
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.steps.cut_keys import cut_each, how_many
from kiosk.steps.farewell import until_all_taken
from kiosk.steps.one_key import KeyOrder, opens_until
from kiosk.steps.searches import whose
from kiosk.visit import Visit
from kiosk.welcome import CHECK_IN

CODE = "LOST-KEY"
_MOST_ROOMS = 4

_Mine = tuple[Reservation, Guest]


async def my_stay(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the booking that is in house and whose guest has just shown the document on file."""
    document = sure(facts.document)
    known = (facts.reservation,) if facts.reservation else facts.fitting
    here = [booking for booking in known if booking.stay is Stay.IN_HOUSE and booking.room]
    if not here:
        await _not_checked_in(visit, facts)
    mine = [(booking, guest) for booking in here if (guest := await _on_file(visit, document, booking))]
    if not mine:
        visit.terminal.ledger.count_try()
        await led_to_a_person(
            visit,
            T("A colleague makes your new key"),
            T("This is not the document that you signed in with. Please show it at the desk; they know you are coming."),
            "colleague",
            code=CODE,
            reservation_id=here[0].id,
        )
    booking, guest = await _which(visit, mine)
    if opens_until(visit, booking) <= visit.terminal.now():
        await led_to_a_person(
            visit,
            T("Your stay was until {day}", day=booking.departure),
            T("If you stay longer, a colleague makes your new key. They know you are coming."),
            "colleague",
            code=CODE,
            reservation_id=booking.id,
        )
    return replace(facts, reservation=booking, guest=guest)


async def _not_checked_in(visit: Visit, facts: Facts) -> None:
    """Raises TurnTo: check-in has an honest screen for every stay that is none."""
    to_check_in = TurnTo(CHECK_IN.id, replace(facts, reservation=None))
    if not any(booking.stay is Stay.RESERVED for booking in facts.fitting):
        raise to_check_in
    answer = await visit.ask(
        Choice(
            question=T("You are not checked in yet"),
            help=T("Once you have checked in, your key is made here at once."),
            picture="key-card",
            options=(CHECK_IN, Option("done", T("Not now"), quiet=True)),
        )
    )
    if answer == Chosen(CHECK_IN.id):
        raise to_check_in
    raise Ended


async def _on_file(visit: Visit, document: TravelDocument, booking: Reservation) -> Guest | None:
    """The guest of this booking whose profile has this very document."""
    guest = whose(document, booking)
    if guest is None:
        return None
    profile = await visit.while_waiting(visit.terminal.hotel.guest(guest.profile_id), T("Opening your booking"))
    return guest if is_on_file(document, profile) else None


def is_on_file(document: TravelDocument, profile: Guest) -> bool:
    """By number and country; a number that the hotel hides is nobody's."""
    shown = Identification("", document.number, countries.to_iso(document.issuer))
    return any(same_document(shown, known) for known in profile.identifications)


async def _which(visit: Visit, mine: Sequence[_Mine]) -> _Mine:
    """Of several rooms of one guest: the one whose key is lost."""
    if len(mine) == 1:
        return mine[0]
    rooms = {sure(booking.room).number: (booking, guest) for booking, guest in mine[:_MOST_ROOMS]}
    answer = await visit.ask(
        Choice(
            question=T("Which room’s key is lost?"),
            help=T("You have several."),
            picture="two-rooms",
            options=tuple(Option(room, T("Room {number}", number=verbatim(room))) for room in rooms),
            equals=True,
        )
    )
    return next(found for room, found in rooms.items() if answer == Chosen(room))


# --- the agreement ---------------------------------------------------------------------------------


async def agree(visit: Visit, facts: Facts) -> Facts:
    """Asked before anything dies or costs: Ended where the guest would rather have a person."""
    booking = sure(facts.reservation)
    answer = await visit.ask(
        Choice(
            question=T("Shall we make you a new key?"),
            help=T("{cost} {old}", cost=_cost(visit, booking), old=_old_keys(booking)),
            picture="key-card",
            options=(Option("yes", T("Make a new key")), Option("person", T("Call us"), quiet=True)),
        )
    )
    if answer == Chosen("person"):
        await visit.call_person(CODE, booking.id)
        raise Ended
    return facts


def _cost(visit: Visit, booking: Reservation) -> Text:
    settings = visit.terminal.settings
    if not settings.access.lost_key_fee:
        return T("It costs nothing.")
    if _charge(visit, booking) is None:
        return T("It costs nothing more today.")
    fee = Money(settings.access.lost_key_fee, settings.hotel.currency)
    return T("It costs {amount}, which goes onto your bill.", amount=fee)


def _old_keys(booking: Reservation) -> Text:
    if booking.shares_with:
        return T(
            "All old keys to your room stop working as soon as the new one has opened the door, those of the guest "
            "you share it with too: the desk makes them a new one."
        )
    return T("All old keys to your room stop working as soon as the new one has opened the door.")


def _charge(visit: Visit, booking: Reservation) -> PostCharge | None:
    """What is owed for a new key; None where the hotel wants nothing, or has charged for one today."""
    terminal = visit.terminal
    fee = terminal.settings.access.lost_key_fee
    if not fee:
        return None
    charge = PostCharge.of(booking.id, terminal.today(), Money(fee, terminal.settings.hotel.currency))
    return None if terminal.owed(charge) else charge


# --- the keys --------------------------------------------------------------------------------------


async def new_keys(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the UIDs of the new keys, one at least; the desk is told."""
    booking, terminal = sure(facts.reservation), visit.terminal
    wanted = await how_many(visit, booking.adults + booking.children)
    order = partial(_order, visit, wanted=wanted, charge=_charge(visit, booking))
    facts = await cut_each(visit, facts, wanted, order)
    if not facts.key_uids:
        terminal.tell_desk(CODE, f"{_here(visit)}: a guest has lost the key and got no new one", booking.id)
        await led_to_a_person(
            visit, T("The desk makes this key"), T("They know that you are coming."), "colleague", back=False
        )
    _tell_desk(visit, booking)
    return facts


def _order(visit: Visit, facts: Facts, wanted: int, charge: PostCharge | None) -> KeyOrder:
    booking = sure(facts.reservation)
    number = len(facts.key_uids) + 1
    return KeyOrder(
        booking.id,
        sure(booking.room).number,
        opens_until(visit, booking),
        further=number > 1,
        number=number,
        of=wanted,
        not_uids=facts.key_uids,
        why=Why.LOST_KEY,
        charge=charge if number == 1 else None,
    )


def _tell_desk(visit: Visit, booking: Reservation) -> None:
    """Once for the guest who was here, and for each who shares the room and has no key now."""
    room = sure(booking.room).number
    done = f"{_here(visit)}: a guest alone had a lost key of room {room} replaced"
    visit.terminal.tell_desk(CODE, done, booking.id)
    for other in booking.shares_with:
        visit.terminal.tell_desk(CODE, f"{done}; the guest who shares the room needs a new key, too", other)


def _here(visit: Visit) -> str:
    return visit.terminal.settings.kiosk.name


async def take_them(visit: Visit, facts: Facts) -> Facts:
    """The end: what the guest should know, and nothing left lying."""

    def prompt(notice: Text | None) -> Choice:
        return Choice(
            question=TN("Your new key is ready", "Your new keys are ready", len(facts.key_uids)),
            help=TN(
                "Use it at your door first: from then on the lost one opens nothing.",
                "Use one of them at your door first: from then on the lost one opens nothing.",
                len(facts.key_uids),
            ),
            picture="card-taken",
            tone=Tone.OK,
            options=(Option("done", T("Thank you, done")),),
            notice=notice,
            notice_tone=Tone.WARN,
        )

    await until_all_taken(visit, prompt)
    return facts
