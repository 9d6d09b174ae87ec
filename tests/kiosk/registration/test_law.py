"""Who is asked for what, and how long it is kept."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.registration.law import TABLE, Companions, Field, Guests, Medium, Whose, requirements


@pytest.mark.parametrize("nationality", ["DE", "D", "FR", "FRA", "US", "USA", "", "XXA", "UTO", "nonsense"])
@pytest.mark.parametrize("hotel", ["HU", "DE", "AT", "PT", "hu", ""])
def test_everybody_is_asked_for_name_and_stay_at_least(hotel: str, nationality: str) -> None:
    asked = requirements(hotel, nationality)
    assert {Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.ARRIVAL, Field.DEPARTURE} <= set(asked.fields)
    assert len(set(asked.fields + asked.optional)) == len(asked.fields + asked.optional)
    assert Field.EMAIL not in asked.fields
    assert asked.law
    assert asked.kept.label.key
    assert asked.why.key


def test_where_no_law_is_known_the_least_is_asked() -> None:
    asked = requirements("PT", "US")
    assert len(asked.fields) == 4
    assert (asked.signature, asked.document_shown, asked.companions) == (
        Whose.NONE,
        False,
        Companions.NOTHING,
    )
    assert asked.country == "PT"


def test_hungary_reads_everybodys_document_and_wants_no_signature_of_its_own() -> None:
    own = requirements("HU", "HUN")
    assert own.document_shown
    assert own.document_from_age == 14
    assert own.companions is Companions.EACH
    assert own.signature is Whose.NONE
    assert {Field.BIRTH_PLACE, Field.BIRTH_NAME, Field.DOCUMENT_NUMBER} <= set(own.fields)
    assert Field.MOTHERS_NAME in own.optional
    assert not own.asks(Field.ADDRESS)
    assert requirements("HU", "AUT").signature is Whose.HEAD
    assert not requirements("HU", "CHE").asks(Field.ENTERED)
    assert requirements("HU", "USA").asks(Field.ENTERED)
    assert requirements("HU", "XXB").asks(Field.VISA_NUMBER)


def test_germany_asks_foreigners_only_and_wants_ink() -> None:
    own, foreign = requirements("DE", "D"), requirements("DE", "HUN")
    assert (own.signature, own.document_shown, len(own.fields)) == (Whose.NONE, False, 4)
    assert (foreign.signature, foreign.medium) == (Whose.EACH_ADULT, Medium.PAPER)
    assert foreign.document_shown
    assert foreign.companions is Companions.COUNT
    assert set(foreign.fields) == {
        Field.ARRIVAL, Field.DEPARTURE, Field.FAMILY_NAME, Field.GIVEN_NAMES, Field.BORN, Field.NATIONALITY,
        Field.ADDRESS, Field.POSTAL_CODE, Field.CITY, Field.COUNTRY, Field.COMPANIONS, Field.DOCUMENT_NUMBER,
    }  # fmt: skip


def test_austria_asks_foreigners_for_their_documents_issue() -> None:
    own, foreign = requirements("AT", "AUT"), requirements("AT", "D")
    assert own.signature is foreign.signature is Whose.HEAD
    assert own.medium is Medium.SCREEN
    assert set(foreign.fields) - set(own.fields) == {
        Field.DOCUMENT_TYPE, Field.DOCUMENT_NUMBER, Field.DOCUMENT_ISSUED, Field.DOCUMENT_AUTHORITY
    }  # fmt: skip
    assert foreign.companions is Companions.NAME_AND_BIRTH


@pytest.mark.parametrize(
    ("country", "nationality", "arrival", "departure", "ends"),
    [
        ("HU", "HU", date(2026, 11, 23), date(2026, 11, 26), date(2027, 12, 31)),
        ("DE", "HU", date(2026, 11, 23), date(2026, 11, 26), date(2027, 11, 23)),
        ("DE", "HU", date(2028, 2, 29), date(2028, 3, 1), date(2029, 2, 28)),
        ("AT", "HU", date(2026, 12, 30), date(2027, 1, 2), date(2034, 1, 2)),
        ("PT", "HU", date(2028, 2, 28), date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_how_long_it_is_kept(
    country: str, nationality: str, arrival: date, departure: date, ends: date
) -> None:
    assert requirements(country, nationality).kept.ends(arrival, departure) == ends


def test_every_country_of_the_table_has_a_row_for_everyone() -> None:
    assert set(TABLE) == {(country, who) for country, _ in TABLE for who in Guests}
