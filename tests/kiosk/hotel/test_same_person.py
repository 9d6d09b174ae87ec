"""When two guests of one booking are one person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.hotel.model import Guest, Identification
from kiosk.hotel.same_person import same_person

PASSPORT = Identification("PASSPORT", "BH 1234567", "HU", date(2031, 3, 31))
ANNA = Guest("", "Anna Mária", "Kovács-Nagy", born=date(1984, 2, 29), identifications=(PASSPORT,))
BARE = replace(ANNA, identifications=())


@pytest.mark.parametrize(
    "other",
    [
        replace(ANNA, family_name="Szabó", born=None),  # married since; the document says who it is
        replace(ANNA, identifications=(replace(PASSPORT, number="bh1234567", issued_in=""),)),
        replace(ANNA, identifications=(Identification("ID", "000001AE", "HU"),)),  # another document of hers
        replace(BARE, given_name="ANNA", middle_name="MARIA", family_name="KOVACS NAGY"),
        replace(BARE, given_name="Анна", family_name="Ковач", name_other=("Anna Maria", "Kovacs Nagy")),
    ],
)
def test_one_person(other: Guest) -> None:
    assert same_person(ANNA, other)
    assert same_person(other, ANNA)


@pytest.mark.parametrize(
    "other",
    [
        replace(BARE, given_name="Anna"),
        replace(BARE, born=date(2012, 2, 29)),
        replace(BARE, born=None),
        replace(ANNA, born=None, identifications=(replace(PASSPORT, number="BH1234568"),)),
        replace(ANNA, given_name="Ana", born=None, identifications=(replace(PASSPORT, issued_in="SK"),)),
        Guest("", "", ""),
    ],
)
def test_two_people(other: Guest) -> None:
    assert not same_person(ANNA, other)
    assert not same_person(other, ANNA)


def test_who_has_a_profile_is_nobody_else() -> None:
    assert same_person(replace(ANNA, profile_id="1"), Guest("1", "Éva", "Tóth"))
    assert not same_person(replace(ANNA, profile_id="1"), replace(ANNA, profile_id="2"))


def test_names_alone_will_do_where_nothing_else_is_known() -> None:
    nobody_knows = replace(BARE, born=None)
    assert same_person(nobody_knows, replace(nobody_knows, given_name="anna maria"))
    assert not same_person(nobody_knows, replace(ANNA, born=None))
