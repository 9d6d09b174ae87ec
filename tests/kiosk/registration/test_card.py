"""The registration card on the screen: filled in, corrected, complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.document_reader.contract import Source
from kiosk.hotel.model import Address, Guest
from kiosk.language import Days, T, language
from kiosk.prompts import Choice, DateEntry, Row, TextEntry
from kiosk.registration.card import RegistrationForm
from kiosk.registration.fields import LABELS, Around, Wrong, checked
from kiosk.registration.known import Origin
from kiosk.registration.law import TABLE, Field, requirements
from kiosk.registration.profile import updated_profile
from tests.kiosk.registration.conftest import Make

TODAY = date(2026, 11, 23)


@pytest.fixture
def form(document: Make, guest: Make, reservation: Make) -> Make:
    def make(hotel: str = "AT", *, paper: Any = None, person: Any = None, **booked: Any) -> RegistrationForm:
        paper, person = paper or document(), person or guest()
        asked = requirements(hotel, paper.nationality)
        return RegistrationForm.fill(
            paper, reservation(person, **booked), person, asked, today=TODAY, languages=("en", "hu", "de")
        )

    return make


def said(rows: tuple[Row, ...], code: str = "en") -> dict[str, str]:
    tongue = language(code)
    return {tongue.say(row.label): tongue.say(row.value) for row in rows}


def test_what_is_known_is_filled_in_and_nothing_else_is_asked(form: Make) -> None:
    card = form("DE", paper=None)
    assert card.missing() == ()
    austrian = form("AT")
    assert austrian.missing() == (Field.DOCUMENT_ISSUED,)
    assert said(austrian.rows()) == {
        "Name": "Jürgen Peter Müller",
        "Born": "12 August 1974",
        "Sex": "Male",
        "Nationality": "Germany",
        "Passport": "C0•••T47",
        "Issued": "Germany",
        "Address": "Lindenstr. 4, 10115, Berlin, Germany",
        "Stay": language("en").say(T("{days}, {one}", days=Days(TODAY, date(2026, 11, 26)), one="1 guest")),
    }


def test_what_the_document_says_cannot_be_changed(form: Make) -> None:
    card = form("AT")
    rows = {language("en").say(row.label): row for row in card.rows()}
    assert language("en").say(rows["Born"].proof) == "Read from the document"
    assert rows["Born"].field == rows["Passport"].field == rows["Stay"].field == ""
    assert rows["Address"].field == "address"
    assert rows["Address"].proof is None
    for field in (Field.BORN, Field.DOCUMENT_NUMBER, Field.ARRIVAL, Field.VISA_NUMBER):
        with pytest.raises(ValueError, match="cannot be changed"):
            card.with_value(field, "1999-01-01")


def test_the_number_is_masked_on_the_screen_and_whole_on_the_card(form: Make, document: Make) -> None:
    assert "C01X00T47" not in str([said(form(hotel).rows()) for hotel in ("HU", "AT", "DE")])
    assert "C01X00T47" in str([language("en").say(value) for _, value in form("AT").lines()])
    assert said(form("AT", paper=document(number="AB12")).rows())["Passport"] == "•••12"


def test_a_missing_row_leads_to_its_questions_and_is_complete_then(form: Make, guest: Make) -> None:
    card = form("AT", person=guest(address=Address()))
    (address,) = [row for row in card.rows() if row.field == "address"]
    assert address.missing
    asked = card.questions("address")
    assert asked == (Field.ADDRESS, Field.POSTAL_CODE, Field.CITY)  # the country is taken from the document
    for field, text in zip(asked, ("Hauptstr. 1", " 10115 ", "berlin"), strict=True):
        assert isinstance(card.ask(field), TextEntry)
        card = card.with_value(field, text)
    assert isinstance(card.ask(Field.DOCUMENT_ISSUED), DateEntry)
    card = card.with_value(Field.DOCUMENT_ISSUED, "2022-04-16")
    assert card.missing() == ()
    assert not any(row.missing for row in card.rows())
    assert said(card.rows())["Address"] == "Hauptstr. 1, 10115, berlin, Germany"
    # A complete row can be corrected: the country first, since the postcode hangs on it.
    assert card.questions("address") == (Field.COUNTRY, Field.ADDRESS, Field.POSTAL_CODE, Field.CITY)


def test_another_country_asks_for_its_postcode(form: Make) -> None:
    card = form("AT").with_value(Field.COUNTRY, "Magyarország")
    assert card.value(Field.COUNTRY) == "HU"
    assert Field.POSTAL_CODE in card.missing()
    with pytest.raises(Wrong):
        card.with_value(Field.POSTAL_CODE, "10115")
    asked = card.ask(Field.POSTAL_CODE)  # what stood there is shown, to be corrected
    assert isinstance(asked, TextEntry)
    assert (asked.value, asked.error is not None) == ("10115", True)
    assert card.with_value(Field.POSTAL_CODE, "6720").value(Field.POSTAL_CODE) == "6720"


def test_a_row_that_is_half_filled_in_says_what_is_missing_and_what_may_stay_empty(
    form: Make, guest: Make, document: Make
) -> None:
    paper = Address(("Main St. 1",), "Springfield", "12345", "")
    card = form("HU", person=guest(address=paper), paper=document(nationality="UTO"))
    (address,) = [row for row in card.rows() if row.field == "address"]
    assert language("en").say(address.lacks) == "Missing: country"
    assert "Mother’s name (optional)" in said(card.rows())


def test_an_optional_field_can_be_left_empty_again(form: Make) -> None:
    card = form("HU").with_value(Field.MOTHERS_NAME, "Kis Ilona")
    assert card.value(Field.MOTHERS_NAME) == "Kis Ilona"
    assert card.with_value(Field.MOTHERS_NAME, " ").value(Field.MOTHERS_NAME) == ""
    with pytest.raises(Wrong):
        card.with_value(Field.BIRTH_PLACE, " ")


def test_a_typed_document_proves_nothing_and_can_be_corrected(form: Make, document: Make) -> None:
    typed = form("AT", paper=document(source=Source.TYPED))
    assert all(row.proof is None for row in typed.rows())
    assert typed.with_value(Field.DOCUMENT_NUMBER, "c01-x00 t48").value(Field.DOCUMENT_NUMBER) == "C01X00T48"
    assert not any(entry.origin is Origin.DOCUMENT for entry in typed.entries)


def test_a_birth_date_that_the_document_does_not_know_is_asked(form: Make, document: Make) -> None:
    card = form("AT", paper=document(born=None, born_text="74<<<<"))
    assert Field.BORN in card.missing()
    assert card.with_value(Field.BORN, "1974-08-12").value(Field.BORN) == "1974-08-12"


def test_a_person_with_one_name_is_not_asked_for_another(form: Make, document: Make) -> None:
    card = form("AT", paper=document(surname="SUHARNO", given_names=""))
    assert Field.GIVEN_NAMES not in card.missing()


def test_companions_stand_on_the_card_as_the_law_wants_them(form: Make, guest: Make) -> None:
    child = Guest("p2", "Éva", "Müller", nationality="HU", born=date(2019, 5, 1))
    booked = {"guests": (guest(), child), "children": 1}
    assert form("DE", paper=None, **booked).value(Field.COMPANIONS) == ""  # Germans are not asked
    assert form("AT", **booked).value(Field.COMPANIONS) == "Müller Éva, 2019-05-01"
    alone = form("AT")
    assert not any(entry.field is Field.COMPANIONS for entry in alone.entries)
    unknown = form("AT", children=2)
    assert Field.COMPANIONS in unknown.missing()


def test_foreign_companions_are_counted_in_germany(document: Make, guest: Make, reservation: Make) -> None:
    other = Guest("p2", "Éva", "Kis", nationality="HU")
    person = guest(nationality="HU")
    booked = reservation(person, other, adults=2)
    asked = requirements("DE", "HUN")
    card = RegistrationForm.fill(document(nationality="HUN"), booked, person, asked, today=TODAY)
    assert card.value(Field.COMPANIONS) == "1 (HU)"


def test_who_signs(form: Make) -> None:
    assert form("AT").signature
    card = form("DE")  # a German in Germany
    assert card.signature  # for the house rules
    assert not replace(card, house_rules=False).signature
    assert not card.ink


def test_where_the_law_wants_ink_the_screen_takes_a_signature_for_the_house_rules_only(
    form: Make, document: Make
) -> None:
    card = form("DE", paper=document(nationality="HUN"))
    assert card.ink
    assert card.signature
    assert not replace(card, house_rules=False).signature


def test_what_the_card_told_is_in_the_profile(form: Make, document: Make, guest: Make) -> None:
    paper = document()
    card = form("AT", paper=paper, person=guest(address=Address(), nationality="", born=None, sex=""))
    card = card.with_value(Field.ADDRESS, "Hauptstr. 1").with_value(Field.CITY, "Berlin")
    told = updated_profile(guest(address=Address(), nationality="", born=None, sex=""), card)
    assert told.nationality == "DE"
    assert told.born == date(1974, 8, 12)
    assert told.address == Address(("Hauptstr. 1",), "", "Berlin", "DE")
    (shown,) = told.identifications
    assert (shown.type, shown.number, shown.issued_in) == ("PASSPORT", "C01X00T47", "DE")
    assert shown.expires == paper.expires is not None
    assert told.sex == paper.sex.value
    assert updated_profile(told, card) == told  # told twice, written once


def test_a_stateless_guest_keeps_the_profiles_nationality(form: Make, document: Make, guest: Make) -> None:
    card = form("AT", paper=document(nationality="XXA"), person=guest(nationality=""))
    assert said(card.rows())["Nationality"] == "Stateless"
    assert updated_profile(guest(nationality=""), card).nationality == ""


@pytest.mark.parametrize("code", ["en", "hu", "de"])
def test_every_row_can_be_said_in_every_language(form: Make, code: str) -> None:
    for hotel in ("HU", "DE", "AT", "PT"):
        assert all(said(form(hotel).rows(), code))


@pytest.mark.parametrize(
    ("field", "country", "typed", "kept"),
    [
        (Field.ADDRESS, "HU", "  Kárász  u. 4 ", "Kárász u. 4"),
        (Field.ADDRESS, "CN", "中山路 5", "中山路 5"),
        (Field.POSTAL_CODE, "HU", "6720", "6720"),
        (Field.POSTAL_CODE, "GB", "sw1a 1aa", "SW1A 1AA"),
        (Field.POSTAL_CODE, "AE", "-", "-"),
        (Field.CITY, "FR", "Saint-Denis", "Saint-Denis"),
        (Field.COUNTRY, "", "ungarn", "HU"),
        (Field.EMAIL, "", "anna.kis+hotel@mail.example.org", "anna.kis+hotel@mail.example.org"),
        (Field.VISA_NUMBER, "", "hu 123-456", "HU123456"),
        (Field.BORN, "", "2000-02-29", "2000-02-29"),
        (Field.ENTERED, "", "2026-11-23", "2026-11-23"),
        (Field.FAMILY_NAME, "", "عبد الله", "عبد الله"),
    ],
)
def test_what_may_be_typed(field: Field, country: str, typed: str, kept: str) -> None:
    assert checked(field, typed, Around(TODAY, country, ("en", "hu", "de"))) == kept


@pytest.mark.parametrize(
    ("field", "country", "typed"),
    [
        (Field.ADDRESS, "HU", "   "),
        (Field.ADDRESS, "HU", "12345"),
        (Field.ADDRESS, "HU", "Kárász u.\x00 4"),
        (Field.ADDRESS, "HU", "a\u202e b"),
        (Field.CITY, "HU", "x" * 301),
        (Field.POSTAL_CODE, "HU", "67200"),
        (Field.POSTAL_CODE, "HU", "-"),
        (Field.POSTAL_CODE, "DE", "1011"),
        (Field.POSTAL_CODE, "", "'; DROP TABLE"),
        (Field.COUNTRY, "", "Atlantis"),
        (Field.EMAIL, "", "anna"),
        (Field.EMAIL, "", "anna@example"),
        (Field.EMAIL, "", "anna@@example.org"),
        (Field.EMAIL, "", "an..na@example.org"),
        (Field.EMAIL, "", "anna @example.org"),
        (Field.BORN, "", "2026-11-24"),
        (Field.BORN, "", "1850-01-01"),
        (Field.BORN, "", "12 August"),
        (Field.DOCUMENT_NUMBER, "", "É1"),
        (Field.SEX, "", "?"),
    ],
)
def test_what_may_not_be_typed_is_explained_without_repeating_it(
    field: Field, country: str, typed: str
) -> None:
    with pytest.raises(Wrong) as caught:
        checked(field, typed, Around(TODAY, country))
    assert caught.value.text.key
    assert not typed.strip() or typed not in str(caught.value)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(list(Field)), st.text(max_size=320), st.sampled_from(["", "HU", "US", "AE"]))
def test_whatever_is_typed_is_kept_or_explained(field: Field, typed: str, country: str) -> None:
    around = Around(TODAY, country, ("en",))
    try:
        kept = checked(field, typed, around)
    except Wrong:
        return
    assert checked(field, kept, around) == kept


def test_every_field_has_a_label_and_everything_asked_has_a_screen(form: Make) -> None:
    assert set(LABELS) == set(Field)
    for (hotel, _), asked in TABLE.items():
        card = RegistrationForm(asked, form(hotel).entries, TODAY)
        for field in (*asked.fields, *asked.optional):
            if field not in (Field.ARRIVAL, Field.DEPARTURE):
                assert isinstance(card.ask(field), TextEntry | DateEntry | Choice)


def test_nothing_of_a_guest_is_in_a_repr(form: Make) -> None:
    assert "Müller" not in repr(form("AT"))
    assert "C01X" not in repr(form("AT").entries)
