"""What a chip gave and proved, on the registration card, in the profile, and in what a guest may read of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hardware.document_reader.contract import Source
from hardware.passport.findings import YES, Finding, Reason
from kiosk.hotel.model import Identification
from kiosk.identity import WITHOUT_CHIP, Proven
from kiosk.language import language
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import requirements
from kiosk.registration.profile import updated_profile
from kiosk.registration.words import what_is_kept
from kiosk.sections import HotelSection, Kiosk
from kiosk.settings import Settings
from tests.kiosk.registration.conftest import Make

TODAY = date(2026, 11, 23)
SAY = language("en").say
PROVEN = Proven(YES, Finding(Reason.NO_CHIP_KEY), YES)


@pytest.fixture
def form(document: Make, guest: Make, reservation: Make) -> Make:
    def make(hotel: str, proven: Proven | None = PROVEN, **paper: Any) -> RegistrationForm:
        shown = document(**{"source": Source.CHIP if proven == PROVEN else Source.MRZ, "issuer": "D", **paper})
        asked = requirements(hotel, shown.nationality)
        return RegistrationForm.fill(shown, reservation(guest()), guest(), asked, today=TODAY, proven=proven)

    return make


def rows(form: RegistrationForm) -> dict[str, tuple[str, str]]:
    return {SAY(row.label): (SAY(row.value), SAY(row.proof) if row.proof else "") for row in form.rows()}


def test_issuer_expiry_and_what_was_proven_stand_on_the_screen(form: Make) -> None:
    shown = rows(form("HU"))
    assert shown["Passport"] == ("C0•••T47", "Read from the chip")
    assert shown["Issuing state"] == ("Germany", "Read from the chip")
    assert shown["Valid until"] == ("15 April 2032", "Read from the chip")
    assert shown["Document check"] == ("Genuine", "")


def test_a_document_without_a_chip_is_marked_unproven(form: Make) -> None:
    shown = rows(form("HU", WITHOUT_CHIP))
    assert shown["Name"][1] == "Read from the document"
    assert shown["Document check"][0] == "Not proven. No chip was read."


def test_a_terminal_without_a_chip_reader_says_nothing_of_chips(form: Make) -> None:
    shown = rows(form("HU", None))
    assert not {"Issuing state", "Valid until", "Document check"} & set(shown)


def test_the_signed_card_holds_the_three_answers(form: Make) -> None:
    lines = {SAY(label): SAY(value) for label, value in form("HU").lines()}
    assert lines["Valid until"] == "15 April 2032"
    assert lines["Chip genuine"] == "Yes"
    assert lines["Chip not copied"].startswith("Could not be checked.")


def test_nothing_stands_on_a_card_to_which_the_law_lets_nothing_be_added(form: Make) -> None:
    """Austria: nothing else may stand on the sheet."""
    assert rows(form("AT")).keys() == rows(form("AT", None)).keys()
    assert form("AT").lines() == form("AT", None).lines()


def test_where_no_law_asks_for_the_document_only_the_check_is_said(form: Make) -> None:
    shown = rows(form("US"))
    assert "Document check" in shown
    assert not {"Passport", "Issuing state", "Valid until"} & set(shown)


def test_the_hotel_gets_type_number_issuer_and_expiry(form: Make, guest: Make) -> None:
    card = form("DE", document_code="ID", nationality="AUT", issuer="AUT")
    (sent,) = updated_profile(guest(), card).identifications
    assert sent == Identification("ID", "C01X00T47", "AT", date(2032, 4, 15))


def test_a_document_that_the_hotel_knows_already_is_completed_and_others_stay(form: Make, guest: Make) -> None:
    old, other = Identification("PASSPORT", "C01X00T47"), Identification("ID", "L01X00T47", "DE")
    known = guest(identifications=(other, old))
    told = updated_profile(known, form("HU"))
    assert told.identifications == (Identification("PASSPORT", "C01X00T47", "DE", date(2032, 4, 15)), other)
    assert updated_profile(told, form("HU")) == told


# --- what a guest may read of it ---------------------------------------------------------------------


def kept(form: RegistrationForm) -> str:
    return "\n".join(map(SAY, what_is_kept(form, Settings(kiosk=Kiosk(demo=True), hotel=HotelSection(name="Hotel Duna")))))


def test_the_guest_reads_which_fields_were_read_and_which_go_on_and_for_how_long(form: Make) -> None:
    text = kept(form("HU"))
    assert "Read from the chip of your document: names, date of birth" in text
    assert "Not read: your photo and your fingerprints." in text
    assert (
        "Of these, Hotel Duna gets: family name, given names, born, sex, nationality, document, document number,"
        " issuing state, valid until." in text
    )
    assert "The hotel keeps it until 31 December 2027." in text


def test_which_fields_go_on_is_as_the_law_of_the_country_has_it(form: Make) -> None:
    assert "Of these, Hotel Duna gets: family name, given names." in kept(form("US"))
    assert "gets: family name, given names, born, nationality, document number, issuing" in kept(
        form("DE", nationality="AUT", issuer="AUT")
    )


@pytest.mark.parametrize("proven", [None, WITHOUT_CHIP])
def test_nothing_is_said_of_a_chip_that_was_not_read(form: Make, proven: Proven | None) -> None:
    assert "chip" not in kept(form("HU", proven))
