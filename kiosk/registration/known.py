"""What of a registration card is known before the guest is asked: from document, profile and booking."""

from __future__ import annotations

from enum import StrEnum

from hardware.document_reader.contract import Source, TravelDocument
from kiosk import countries
from kiosk.hotel.model import Guest, Reservation
from kiosk.names import spelled
from kiosk.registration.law import Companions, Field, Requirements


class Origin(StrEnum):
    """Where a value comes from."""

    DOCUMENT = "document"  # read by a device: can't be changed here
    BOOKING = "booking"  # the hotel's profile or booking
    SUGGESTED = "suggested"  # likely; the guest may change it
    TYPED = "typed"
    TOLD = "told"  # of those who come along, one by one: Back leads there
    NONE = "none"


Known = dict[Field, tuple[str, Origin]]


def what_is_known(
    document: TravelDocument | None, reservation: Reservation, guest: Guest, requirements: Requirements
) -> Known:
    """What document, profile and booking tell; the document goes before the profile."""
    values = {
        Field.FAMILY_NAME: guest.family_name,
        Field.GIVEN_NAMES: " ".join(filter(None, (guest.given_name, guest.middle_name))),
        Field.BORN: guest.born.isoformat() if guest.born else "",
        Field.SEX: guest.sex,
        Field.NATIONALITY: guest.nationality,
        Field.ADDRESS: guest.address.street,
        Field.POSTAL_CODE: guest.address.postal_code,
        Field.CITY: guest.address.city,
        Field.COUNTRY: guest.address.country,
        Field.EMAIL: guest.email,
        Field.ARRIVAL: reservation.arrival.isoformat(),
        Field.DEPARTURE: reservation.departure.isoformat(),
        Field.COMPANIONS: _companions(reservation, guest, requirements),
    }
    known: Known = {field: (value, Origin.BOOKING) for field, value in values.items() if value}
    if document:
        known |= _from_document(document, guest, known)
    return known


def _from_document(document: TravelDocument, guest: Guest, known: Known) -> Known:
    origin = Origin.TYPED if document.source is Source.TYPED else Origin.DOCUMENT
    family, given = spelled(document, guest)
    read = {
        Field.FAMILY_NAME: family,
        Field.GIVEN_NAMES: given,
        Field.BORN: document.born.isoformat() if document.born else "",
        Field.SEX: document.sex.value if origin is Origin.DOCUMENT else "",
        Field.NATIONALITY: document.nationality,
        Field.DOCUMENT_TYPE: document.document_code,
        Field.DOCUMENT_NUMBER: document.number,
    }
    found: Known = {field: (value, origin) for field, value in read.items() if value}
    if document.surname and not document.given_names:  # a person with one name: nothing is missing
        found[Field.GIVEN_NAMES] = ("–", origin)
    found[Field.BIRTH_NAME] = (f"{family} {given}".strip(), Origin.SUGGESTED)
    if document.issuer:
        found[Field.DOCUMENT_AUTHORITY] = (document.issuer, Origin.SUGGESTED)
    home = countries.to_iso(document.nationality)
    if home and Field.COUNTRY not in known:
        found[Field.COUNTRY] = (home, Origin.SUGGESTED)
    return found


def _companions(reservation: Reservation, guest: Guest, requirements: Requirements) -> str:
    """Those who come along, where the booking knows all that the law wants of them; else ''."""
    others = [other for other in reservation.guests if other.profile_id != guest.profile_id]
    if len(others) != reservation.adults + reservation.children - 1:
        return ""
    if requirements.companions is Companions.COUNT and all(other.nationality for other in others):
        return f"{len(others)} ({', '.join(other.nationality for other in others)})"
    if requirements.companions is Companions.NAME_AND_BIRTH and all(other.born for other in others):
        return "; ".join(f"{other.family_name} {other.given_name}, {other.born}" for other in others)
    return ""
