"""A guest alone whose key is lost: proven by a document as the hotel's own profile has it, then a new key.

Rules: the kiosk keeps nothing of its own to compare with; the document must be the one that the guest signed
in with, by number. Whoever can't show it goes to a colleague. The old keys die; the desk is told.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from hardware.document_reader.contract import TravelDocument
from hardware.readings import Kind
from kiosk import countries
from kiosk.business_day import door_time
from kiosk.effects import PostCharge
from kiosk.facts import Facts, sure
from kiosk.hotel.model import Guest, Identification, Stay
from kiosk.journey import Ended, until_it_works
from kiosk.key_journal import Why
from kiosk.language import Money, T
from kiosk.prompts import GO_ON, Choice, Chosen, Option, Tone
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.steps.one_key import KeyOrder, cut_one, key_is_cut
from kiosk.steps.searches import whose
from kiosk.visit import Visit


async def my_stay(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the booking that is in house and whose guest has just shown the document on file."""
    document = sure(facts.document)
    here = [booking for booking in facts.fitting if booking.stay is Stay.IN_HOUSE and booking.room]
    if not here:
        await led_to_a_person(
            visit,
            T("You are not checked in yet"),
            T("Once you have checked in, your key is made here at once."),
            "key-card",
        )
    for booking in here:
        guest = whose(document, booking)
        if guest is not None:
            on_file = await visit.while_waiting(visit.terminal.hotel.guest(guest.profile_id), T("Opening your booking"))
            if is_on_file(document, on_file):
                return replace(facts, reservation=booking, guest=guest)
    await led_to_a_person(
        visit,
        T("A colleague makes your new key"),
        T("This is not the document that you signed in with. Please show it at the desk; they know you are coming."),
        "colleague",
        code="LOST-KEY",
        reservation_id=here[0].id,
    )
    raise Ended


def is_on_file(document: TravelDocument, guest: Guest) -> bool:
    """Whether the hotel's profile has this very document."""
    return any(_same(document, known) for known in guest.identifications)


def _same(document: TravelDocument, known: Identification) -> bool:
    number = "".join(known.number.split()).upper()
    if not number or number != document.number.upper():
        return False
    return known.issued_in in ("", countries.to_iso(document.issuer))


async def agree(visit: Visit, facts: Facts) -> Facts:
    """Asked before anything dies or costs: Ended where the guest would rather have a person."""
    fee = lost_key_fee(visit)
    cost = T("It costs {amount}, which goes onto your bill.", amount=fee) if fee else T("It costs nothing.")
    answer = await visit.ask(
        Choice(
            question=T("Shall we make you a new key?"),
            help=T("{cost} All your old keys stop working as soon as the new one has opened your door.", cost=cost),
            picture="key-card",
            options=(Option("yes", T("Make a new key")), Option("person", T("Call us"), quiet=True)),
        )
    )
    if answer == Chosen("person"):
        await visit.call_person("LOST-KEY", sure(facts.reservation).id)
        raise Ended
    return facts


def lost_key_fee(visit: Visit) -> Money | None:
    """None where the hotel wants nothing."""
    settings = visit.terminal.settings
    amount: Decimal = settings.access.lost_key_fee
    return Money(amount, settings.hotel.currency) if amount else None


async def new_key(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the new key; the fee is posted when it is in the guest's hand."""
    booking, hotel = sure(facts.reservation), visit.terminal.settings.hotel
    room = sure(booking.room).number
    until = door_time(booking.departure, booking.departure_time or hotel.check_out_until, hotel.zone)
    uid = await cut_one(visit, KeyOrder(booking.id, room, until, number=visit.cuts + 1, of=visit.cuts + 1, why=Why.LOST_KEY))
    if uid is None:
        visit.terminal.tell_desk("LOST-KEY", "A guest has lost the key and got no new one here", booking.id)
        await led_to_a_person(
            visit, T("The desk makes this key"), T("They know that you are coming."), "colleague", back=False
        )
    key_is_cut(visit, sure(uid), booking.id)
    fee = lost_key_fee(visit)
    if fee is not None:
        charge = PostCharge(reservation_id=booking.id, amount=str(fee.amount), currency=fee.currency, visit=visit.id)
        await until_it_works(visit, lambda: visit.while_waiting(visit.once(charge), T("One moment, please")))
    visit.terminal.tell_desk(
        "LOST-KEY", f"{visit.terminal.settings.kiosk.name}: a lost key was replaced for room {room}; its guest did it alone", booking.id
    )
    return replace(facts, key_uids=(*facts.key_uids, sure(uid)))


async def take_it(visit: Visit, facts: Facts) -> Facts:
    """The end: what the guest should know of the new key."""
    await visit.ask(
        Choice(
            question=T("Your new key is ready"),
            help=T("Use it at your door first: from then on the lost one opens nothing."),
            picture="card-taken",
            tone=Tone.OK,
            options=(replace(GO_ON, label=T("Thank you, done")),),
        ),
        back=False,
    )
    return facts


NEEDS = frozenset({Kind.DOCUMENT_READER, Kind.KEY_ENCODER})
"""Without them the desk makes it."""

