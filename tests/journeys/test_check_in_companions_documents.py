"""Companions' documents that lead no further: taken too late, without a chip, forged, expired, shown twice, somebody else's."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Stay
from kiosk.prompts import (
    Choice,
    DateEntry,
    LayKeyCard,
    PresentDocument,
    ReadingChip,
    TextEntry,
    Welcome,
)
from tests.journeys.companions import (
    ERIK,
    HANIA,
    NEXT,
    SAY,
    TAKE,
    archived,
    begins,
    booked,
    card_of,
    passport,
    rows,
    shows,
    tells_child,
    told,
    wanted,
    whole,
)
from tests.journeys.conftest import OpenLobby


async def test_the_first_guests_document_is_to_be_taken_before_the_next_one_comes(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document("ready")
    prompt = await kiosk.guest.sees(PresentDocument, NEXT)
    assert prompt.notice is not None
    assert SAY(prompt.notice) == TAKE
    await kiosk.bench.take_document()
    await wanted(kiosk)


async def test_a_childs_document_without_a_chip_gives_way_to_the_word_of_who_travels_with_it(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await shows(kiosk, "family-child", verb="no-chip")
    await kiosk.guest.sees(ReadingChip)
    kiosk.guest.choose("no-chip")
    prompt = await kiosk.guest.sees(Choice, "We can’t read a chip in Hania’s document")
    assert "under 14" in SAY(prompt.help)
    kiosk.guest.choose("tell")
    for _ in range(2):
        kiosk.guest.type((await kiosk.guest.sees(TextEntry)).value)
    asked = await kiosk.guest.sees(DateEntry, "born")
    assert asked.value == HANIA.person.born
    kiosk.guest.pick(asked.value)
    await kiosk.guest.sees(Choice, "sex")
    kiosk.guest.choose("F")
    kiosk.guest.type((await kiosk.guest.sees(TextEntry, "citizen")).value)
    card = await whole(kiosk, "Hania")
    assert "Passport" not in rows(card), "what was not proven is not put down"


async def test_a_grown_companions_document_without_a_chip_goes_to_the_desk(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await shows(kiosk, "family-partner", verb="no-chip")
    await kiosk.guest.sees(ReadingChip)
    kiosk.guest.choose("no-chip")
    prompt = await kiosk.guest.sees(Choice, "A colleague will look at Paweł’s document")
    assert SAY(prompt.help) == "No chip was read. You continue together at the desk."


@pytest.mark.parametrize("verb", ["copied", "forged", "other-name"])
async def test_a_companions_document_whose_chip_speaks_against_it_leads_to_a_colleague(lobby: OpenLobby, verb: str) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, "ready-companion", verb=verb)
    prompt = await kiosk.guest.sees(Choice, "A colleague will look at Erik’s document")
    assert "You continue together at the desk." in SAY(prompt.help)
    assert not kiosk.guest.scene.back
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    await told(kiosk, "the document of one who comes along is to be looked at")
    booking = await booked(kiosk, "ready")
    assert booking.stay is Stay.RESERVED
    assert not booking.guests[1].identifications


async def test_an_expired_document_of_a_companion_is_said_and_another_taken(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, *passport("ERIKSSON", "ERIK", ERIK.person.born, "L1111111A", expires=date(2020, 1, 1)))
    await kiosk.guest.sees(Choice, "This document has expired")
    await shows(kiosk, "ready-companion")
    await card_of(kiosk, "Erik")


@pytest.mark.parametrize("sample", ["ready", "ready-companion"])
async def test_the_same_document_twice_is_said_politely(lobby: OpenLobby, sample: str) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready" if sample == "ready" else "two-rooms")
    if sample != "ready":
        await shows(kiosk, sample)
        await whole(kiosk, "Erik")
        await wanted(kiosk)
    await shows(kiosk, sample)
    await wanted(kiosk, "This guest is registered already.")
    await shows(kiosk, *passport("DOE", "JANE", date(1990, 1, 2), "L2222222A"))
    await card_of(kiosk, "Jane")


async def test_another_document_of_the_same_person_is_the_same_person(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, *passport("ERIKSSON", "ANNA MARIA", SAMPLES["ready"].person.born, "L3333333A"))
    await wanted(kiosk, "This guest is registered already.")


async def test_a_child_that_was_told_is_not_registered_again(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await tells_child(kiosk, "Hania", HANIA.person.born)
    await whole(kiosk, "Hania")
    await wanted(kiosk)
    await tells_child(kiosk, "Hania", HANIA.person.born)
    await wanted(kiosk, "This guest is registered already.")
    await shows(kiosk, "family-child")
    await wanted(kiosk, "This guest is registered already.")


async def test_the_head_of_the_party_with_a_given_name_less_is_the_same_person(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, *passport("ERIKSSON", "ANNA", SAMPLES["ready"].person.born, "L3333333A"))
    await wanted(kiosk, "This guest is registered already.")
    await shows(kiosk, *passport("ERIKSSON", "ANNA XENIA", SAMPLES["ready"].person.born, "L3333334A"))
    await whole(kiosk, "Anna Xenia")
    await whole(kiosk, "Anna")
    await kiosk.goes_on(LayKeyCard)
    await told(kiosk, "please check the documents: 1")
    await told(kiosk, "please check the party: 1 whom the booking names were not registered")


async def test_a_grown_up_told_as_a_child_is_told_to_the_desk(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "family")
    await tells_child(kiosk, "Pawel", date(date.today().year - 8, 1, 1))
    await whole(kiosk, "Pawel")
    await wanted(kiosk)
    await shows(kiosk, "family-child")
    await whole(kiosk, "Hania")
    await whole(kiosk, "Joanna")
    await kiosk.goes_on(LayKeyCard)
    await told(kiosk, "please check the ages: 1 told as children, more than the booking has")


async def test_father_and_son_of_one_name_are_two(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await begins(kiosk, "two-rooms")
    for born, number in ((date(1960, 5, 5), "L4444444A"), (date(1990, 6, 6), "L4444445A")):
        await shows(kiosk, *passport("FEKETE", "ISTVAN", born, number))
        await whole(kiosk, "Istvan")
        if number.endswith("4A"):
            await wanted(kiosk)
    await whole(kiosk, "Gábor")
    await kiosk.goes_on(LayKeyCard)
    assert [guest.born for guest in (await booked(kiosk, "two-rooms")).guests[1:]] == [date(1960, 5, 5), date(1990, 6, 6)]


async def test_a_name_that_the_booking_does_not_have_is_told_to_the_desk(lobby: OpenLobby) -> None:
    """The booking names Erik, and Jane is there: she is registered, and a person looks at the names."""
    kiosk = await lobby()
    await begins(kiosk, "ready")
    await shows(kiosk, *passport("DOE", "JANE", date(1990, 1, 2), "L2222222A"))
    await whole(kiosk, "Jane")
    await whole(kiosk, "Anna")
    await kiosk.goes_on(LayKeyCard)
    await told(kiosk, "please check the names: 1")
    await archived(kiosk, cards=2)
