"""Whether two guests on one booking are the same person: by document, else by name and birth date. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.hotel.model import Guest, Identification
from kiosk.hotel.opera_lookup import folded


def same_person(one: Guest, other: Guest) -> bool:
    """The same profile; else the same document; else the same names and birth date.

    Who has a profile is nobody else. Two of one name without a birth date are one person only
    where neither has a document: a father and his son may be called alike.
    """
    if one.profile_id and other.profile_id:
        return one.profile_id == other.profile_id
    if any(same_document(a, b) for a in one.identifications for b in other.identifications):
        return True
    if one.born is None and (one.identifications or other.identifications):
        return False
    return one.born == other.born and any(name in _names(other) for name in _names(one))


def same_document(one: Identification, other: Identification) -> bool:
    """The same number – blanks, fillers, hyphens and case aside – of the same country.

    Two countries give out the same number; a country that is not told is none. A number of which
    the hotel shows a part is nobody's.
    """
    number = plain_number(one)
    countries = {each.issued_in.upper() for each in (one, other) if each.issued_in}
    return bool(number) and number == plain_number(other) and len(countries) < 2


def plain_number(document: Identification) -> str:
    """Without what readers, typists and hotels put between its letters and digits."""
    return "".join(c for c in document.number.upper() if c.isalnum())


def _names(guest: Guest) -> Iterator[tuple[str, str]]:
    """Family and given names, in each script that is known."""
    yield folded(guest.family_name), folded(f"{guest.given_name} {guest.middle_name}")
    given, family = guest.name_other
    if family:
        yield folded(family), folded(given)
