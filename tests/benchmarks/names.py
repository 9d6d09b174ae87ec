"""Invented people, as many as are wanted, no two alike."""

from __future__ import annotations

from datetime import date, timedelta

from kiosk.hotel.builtin.samples import EXPIRES, Person
from kiosk.hotel.builtin.specimen import Document
from kiosk.transliteration import forms, normal

_GIVEN = ("Ilse", "Bence", "Márta", "Jörg", "Zsófia", "Ödön", "Luise", "Ágnes", "Konrad", "Emőke", "Falk")
_FIRST = ("Kő", "Stein", "Vár", "Berg", "Szél", "Wald", "Hó", "Bach", "Fény", "Moor", "Tölgy", "Lind", "Rét")
_LAST = ("halmi", "dorfer", "keresztúri", "mayr", "földi", "huber", "szegi", "brunner", "laki", "thaler", "váradi")
_PLACES = (("HU", "hu", "HUN"), ("DE", "de", "D"), ("", "en", "UTO"))
_STREETS = ("Kőris utca", "Lindenweg", "Main Street", "Tölgyfa sétány", "Am Bach")


def person(number: int) -> Person:
    """The `number`th; name, nationality, language and address differ."""
    country, language, _ = _PLACES[number % len(_PLACES)]
    family = f"{_FIRST[number % 13]}{_LAST[number // 13 % 11]}"
    if number >= 13 * 11:
        family += f"-{_FIRST[number // 143 % 13]}"
    return Person(
        given=_GIVEN[number % 11],
        family=family,
        sex="F" if number % 2 else "M",
        born=date(1950, 1, 1) + timedelta(days=97 * number % 18000),
        country=country,
        language=language,
        address=(f"{_STREETS[number % 5]} {number + 1}", f"{1000 + 7 * number % 9000}", f"{_FIRST[number // 5 % 13]}stadt"),
    )


def passport(number: int, who: Person) -> Document:
    """The passport that this person shows."""
    state = _PLACES[number % len(_PLACES)][2]
    surname, given = _as_printed(who.family), _as_printed(who.given)
    return Document("TD3", f"B{number:08d}", state, state, surname, given, who.born, who.sex, EXPIRES)


def _as_printed(name: str) -> str:
    """In the letters of the machine-readable zone."""
    return "".join(" " if letter == "-" else forms(letter)[0] for letter in normal(name))
