"""Whether two guests on one booking are the same person: by document, else by name and birth date. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from kiosk.hotel.model import Guest
from kiosk.hotel.opera_lookup import folded


def same_person(one: Guest, other: Guest) -> bool:
    """The same profile; else the same document; else the same names and birth date.

    Who has a profile is nobody else. Two of one name without a birth date are one person only
    where neither has a document: a father and his son may be called alike.
    """
    if one.profile_id and other.profile_id:
        return one.profile_id == other.profile_id
    if any(_same_document(a, b) for a in _documents(one) for b in _documents(other)):
        return True
    if one.born is None and (one.identifications or other.identifications):
        return False
    return one.born == other.born and any(name in _names(other) for name in _names(one))


def _documents(guest: Guest) -> Iterator[tuple[str, str]]:
    """Number and issuing country, the number as it is compared: no blanks, fillers, hyphens or case."""
    for each in guest.identifications:
        number = "".join(c for c in each.number.upper() if c.isalnum())
        if number:
            yield number, each.issued_in.upper()


def _same_document(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Two countries give out the same number; a country that is not told is none."""
    return one[0] == other[0] and (one[1] == other[1] or not (one[1] and other[1]))


def _names(guest: Guest) -> Iterator[tuple[str, str]]:
    """Family and given names, in each script that is known."""
    yield folded(guest.family_name), folded(f"{guest.given_name} {guest.middle_name}")
    given, family = guest.name_other
    if family:
        yield folded(family), folded(given)
