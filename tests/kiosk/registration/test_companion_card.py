"""The card of one who comes along: what is asked, suggested and signed for them."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from kiosk.hotel.model import Address, Guest
from kiosk.language import language
from kiosk.registration.card import RegistrationForm
from kiosk.registration.known import Origin
from kiosk.registration.law import (
    Companions,
    Field,
    Whose,
    document_from_age,
    only,
    requirements,
    without_document,
)
from kiosk.registration.pdf import SignedCard, render
from tests.kiosk.registration.conftest import Make

TODAY = date(2026, 11, 23)
NOBODY = Guest("", "", "")
HOME = {Field.POSTAL_CODE: "6720", Field.COUNTRY: "HU", Field.ENTERED: "2026-11-22", Field.ENTRY_PLACE: "Budapest"}
SAY = language("en").say


def of(reservation: Make, asked: Any, likely: Any = None, document: Any = None, guest: Guest = NOBODY) -> RegistrationForm:
    return RegistrationForm.of_companion(document, reservation(), guest, asked, likely or {}, today=TODAY)


def test_who_shows_no_document_is_asked_for_all_but_that() -> None:
    whole = requirements("HU", "USA")
    told = without_document(whole)
    assert set(whole.fields) - set(told.fields) == {Field.DOCUMENT_TYPE, Field.DOCUMENT_NUMBER}
    assert told.asks(Field.ENTERED)
    assert told.kept == whole.kept
    assert without_document(requirements("AT", "USA")).asks(Field.DOCUMENT_ISSUED) is False


def test_the_law_names_an_age_or_none() -> None:
    assert [document_from_age(country) for country in ("HU", "hu", "AT", "DE", "PT", "")] == [14, 14, 0, 0, 0, 0]


def test_of_a_law_no_more_than_wanted() -> None:
    asked = only(requirements("AT", "USA"), Field.BORN)
    assert (asked.fields, asked.optional, asked.signature) == ((Field.BORN,), (), Whose.NONE)
    assert asked.companions is Companions.NOTHING
    assert asked.law == requirements("AT", "USA").law


def test_what_a_household_has_in_common_is_suggested_and_may_be_changed(reservation: Make) -> None:
    form = of(reservation, requirements("HU", "USA"), HOME)
    assert form.value(Field.POSTAL_CODE) == "6720"
    assert form.value(Field.ENTRY_PLACE) == "Budapest"
    assert all(entry.editable for entry in form.entries if entry.origin is Origin.SUGGESTED)
    assert form.with_value(Field.ENTRY_PLACE, "Hegyeshalom").value(Field.ENTRY_PLACE) == "Hegyeshalom"


def test_who_has_an_address_of_their_own_is_suggested_no_other(reservation: Make) -> None:
    guest = Guest("7", "Jane", "Doe", address=Address((), "", "Wien", "AT"))
    form = of(reservation, requirements("HU", "USA"), HOME, guest=guest)
    assert form.value(Field.COUNTRY) == "AT"
    assert form.value(Field.POSTAL_CODE) == ""
    assert form.value(Field.ENTERED) == "2026-11-22"


def test_what_was_typed_before_is_carried_to_a_form_that_asks_for_more(reservation: Make) -> None:
    short = of(reservation, only(requirements("HU", "USA"), Field.FAMILY_NAME, Field.NATIONALITY))
    short = short.with_value(Field.FAMILY_NAME, "Doe").with_value(Field.NATIONALITY, "US")
    long = of(reservation, without_document(requirements("HU", "US"))).carrying(short)
    assert long.value(Field.FAMILY_NAME) == "Doe"
    assert Field.FAMILY_NAME not in long.missing()
    assert Field.GIVEN_NAMES in long.missing()


def test_it_has_neither_house_rules_nor_company_of_its_own(reservation: Make, document: Make) -> None:
    card = of(reservation, requirements("AT", "D"), document=document())
    assert not any(entry.field is Field.COMPANIONS for entry in card.entries)
    assert of(reservation, requirements("HU", "HUN")).signature is False
    assert of(reservation, requirements("HU", "D")).signature is True, "signed for by the head of the party"


def test_it_is_asked_in_the_third_person(reservation: Make) -> None:
    form = of(reservation, without_document(requirements("HU", "USA")))
    asked = [SAY(form.ask(field).question) for field in (*form.missing(), Field.VISA_NUMBER, Field.MOTHERS_NAME)]
    assert len(asked) > 8
    assert all("this guest" in question for question in asked), asked


def test_what_was_told_of_those_who_come_along_is_not_changed_on_the_card(
    reservation: Make, document: Make, guest: Make
) -> None:
    asked = requirements("AT", "D")
    form = RegistrationForm.fill(
        document(), reservation(guest(), adults=2), guest(), asked, today=TODAY, company="Doe Jane, 1990-01-02"
    )
    (row,) = [row for row in form.rows() if SAY(row.label) == "Travelling with you"]
    assert (SAY(row.value), row.field, row.missing) == ("Doe Jane, 2 January 1990", "", False)
    later = RegistrationForm.fill(document(), reservation(guest(), adults=2), guest(), asked, today=TODAY, company="")
    assert Field.COMPANIONS not in later.missing(), "who comes later stands on no card yet"


def test_the_signed_card_says_who_has_signed_for_whom(reservation: Make, document: Make, tmp_path: Path) -> None:
    form = of(reservation, requirements("HU", "D"), HOME, document=document())
    at = datetime(2026, 11, 23, 14, 5, tzinfo=ZoneInfo("Europe/Budapest"))
    card = SignedCard("id", form, "Hotel Duna", at, strokes=(((0.1, 0.2), (0.9, 0.3)),), signer="Doe Jane")
    path = tmp_path / "card.pdf"
    for signer, under in (("Doe Jane", "Hotel Duna · Doe Jane"), ("", "Hotel Duna · Mueller Juergen Peter")):
        path.write_bytes(render(replace(card, signer=signer)))
        text = subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, check=True).stdout
        assert under in " ".join(text.split())
        assert "House rules" not in text
