"""Look-ups at the hotel's, and whether a document fits what they found.

The list of a search names the guest who booked; all guests of a booking, and when they were born,
stand in the whole booking only.
"""

from __future__ import annotations

from datetime import date

from hardware.document_reader.contract import TravelDocument
from kiosk.facts import Found
from kiosk.hotel.backend import Hotel
from kiosk.hotel.model import Guest, Reservation, Stay
from kiosk.names import fits

_MOST_FORMS = 5
MOST_WHOLE = 6
"""Bookings of one name that are opened to be told apart; more are for a colleague."""


def whose(document: TravelDocument, booking: Reservation) -> Guest | None:
    """The guest of this booking whose document it is."""
    return next((guest for guest in booking.guests if fits(document, guest)), None)


async def by_number(hotel: Hotel, number: str) -> Found:
    """Opened at once, while the guest still looks for the passport: it may be a companion's."""
    found = await hotel.find_by_confirmation(number)
    return tuple([await hotel.reservation(booking.id) for booking in found[:MOST_WHOLE]])


async def by_name_and_day(hotel: Hotel, name: str, day: date) -> Found:
    """`day` is that of departure or of arrival."""
    leaving = await hotel.find_by_name(name, departure=day)
    arriving = await hotel.find_by_name(name, arrival=day)
    return tuple({booking.id: booking for booking in (*leaving, *arriving)}.values())


async def by_document(hotel: Hotel, document: TravelDocument, today: date) -> Found:
    """By the document's own family name, as the hotel may spell it."""
    found: dict[str, Reservation] = {}
    for name in _family_names(document):
        for booking in await hotel.find_by_name(name):
            found[booking.id] = booking
    if document.name_truncated and not any(whose(document, booking) for booking in found.values()):
        return await _by_given_name(hotel, document, today)
    return tuple(found.values())


async def _by_given_name(hotel: Hotel, document: TravelDocument, today: date) -> Found:
    """For a family name that its zone has no room for (ICAO 9303-4 §4.2.3), and no hotel has cut alike.

    OPERA promises no search by the beginning of a name, so today's arrivals of this given name are
    asked for. The beginning of a name proves less than the whole: the birth date must be known and agree.
    """
    given = document.given_names
    found: dict[str, Reservation] = {}
    for name in dict.fromkeys((given, given.partition(" ")[0])) if document.born else ():
        for booking in await hotel.find_by_given_name(name, arrival=today):
            found[booking.id] = booking
    alike = [booking for booking in found.values() if whose(document, booking)][:MOST_WHOLE]
    whole = [await hotel.reservation(booking.id) for booking in alike]
    return tuple(booking for booking in whole if _born_alike(document, whose(document, booking)))


def _born_alike(document: TravelDocument, guest: Guest | None) -> bool:
    return guest is not None and guest.born is not None and guest.born == document.born


async def fitting(hotel: Hotel, document: TravelDocument, found: Found) -> Found:
    """Those of `found` that are this person's: whole, and as they stand now."""
    alike = sorted((booking for booking in found if whose(document, booking)), key=_soonest)
    whole = [await hotel.reservation(booking.id) for booking in alike[:MOST_WHOLE]]
    return tuple(booking for booking in whole if whose(document, booking))


def _soonest(booking: Reservation) -> tuple[bool, int]:
    """Stays that are going on or still to come, from the first on; then the past, from the last on."""
    live = booking.stay in (Stay.RESERVED, Stay.IN_HOUSE)
    return not live, booking.arrival.toordinal() * (1 if live else -1)


def _family_names(document: TravelDocument) -> tuple[str, ...]:
    """How the hotel may have the name: whole, with ü for UE, each part of a double name."""
    whole = document.surname or document.given_names
    umlauts = whole
    for two, one in (("AE", "A"), ("OE", "O"), ("UE", "U"), ("AA", "A"), ("SS", "S")):
        umlauts = umlauts.replace(two, one)
    parts = tuple(part for part in whole.split() if len(part) > 2)
    return tuple(dict.fromkeys((whole, umlauts, *parts)))[:_MOST_FORMS]
