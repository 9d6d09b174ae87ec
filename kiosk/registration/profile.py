"""The guest's profile with what their registration card tells: the hotel then need not ask it again."""

from __future__ import annotations

from dataclasses import replace

from kiosk import countries
from kiosk.hotel.model import Guest, Identification
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import Field


def updated_profile(guest: Guest, form: RegistrationForm) -> Guest:
    """For `Hotel.save_guest`."""
    told = {entry.field: entry.value for entry in form.entries if entry.value}
    address = guest.address
    street = told.get(Field.ADDRESS)
    address = replace(
        address,
        lines=(street,) if street and street != address.street else address.lines,
        postal_code=told.get(Field.POSTAL_CODE, address.postal_code),
        city=told.get(Field.CITY, address.city),
        country=told.get(Field.COUNTRY, address.country),
    )
    return replace(
        guest,
        address=address,
        nationality=_iso(told.get(Field.NATIONALITY, "")) or guest.nationality,
        born=form.day(Field.BORN) or guest.born,
        sex=told.get(Field.SEX, guest.sex),
        email=told.get(Field.EMAIL, guest.email),
        identifications=_identifications(guest, form),
    )


def _identifications(guest: Guest, form: RegistrationForm) -> tuple[Identification, ...]:
    """The document that was shown, and those that the profile has of before."""
    number, papers = form.value(Field.DOCUMENT_NUMBER), form.papers
    if not number:
        return guest.identifications
    code = form.value(Field.DOCUMENT_TYPE) or papers.code or "P"
    shown = next((known for known in guest.identifications if known.number == number), None)
    shown = shown or Identification("PASSPORT" if code.startswith("P") else "ID", number)
    shown = replace(
        shown,
        issued_in=countries.to_iso(papers.issuer) or shown.issued_in,
        expires=papers.expires or shown.expires,
    )
    return (shown, *(known for known in guest.identifications if known.number != number))


def _iso(nationality: str) -> str:
    """Two letters of what a document (three) or a guest (two) says; '' where there is no country."""
    return nationality if countries.known(nationality) else countries.to_iso(nationality)
