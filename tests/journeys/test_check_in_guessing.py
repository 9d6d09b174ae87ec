"""Nobody reads or lists another guest's bookings by guessing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from kiosk.prompts import Choice, DateEntry, PresentDocument, TextEntry, Welcome
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import silent

GUESSES = ("70010001", "70019999", "%", "*", "7001____", "?", "7", " ", "'; DROP TABLE reservations; --", "7" * 30)


async def types_number(kiosk: Any, number: str) -> PresentDocument:
    guest = kiosk.guest
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice, "How shall we find your booking?")
    guest.choose("number")
    await guest.sees(TextEntry)
    before = len(guest.scenes)
    guest.type(number)
    prompt = await guest.sees(PresentDocument)
    assert len(guest.scenes) == before + 1, guest.story()
    return prompt


async def test_whatever_number_is_typed_the_next_screen_is_the_same(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    prompts = []
    for number in GUESSES:
        prompts.append(await types_number(kiosk, number))
        kiosk.guest.start_over()
    assert all(prompt == prompts[0] for prompt in prompts)


async def test_the_next_screen_is_the_same_with_the_hotel_switched_off(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    before = await types_number(kiosk, "70010001")
    kiosk.guest.start_over()
    await kiosk.plays("hotel", "off")
    assert await types_number(kiosk, "70010001") == before


NAMES = ("Eriksson%", "E%", "%", "*", "Erik*", "Erik_son", "E", " ", "\t", "", "Eriks", "Erikssonx", "' OR 'a'='a", "😀")


async def test_no_part_of_a_name_and_no_wildcard_finds_even_the_own_booking(lobby: OpenLobby) -> None:
    kiosk = await lobby(kiosk__tries_per_hour="500")
    guest = kiosk.guest
    prompts = set()
    for name in NAMES:
        await guest.sees(Welcome)
        guest.choose("check-in")
        await guest.sees(Choice)
        guest.choose("name")
        await guest.sees(TextEntry)
        guest.type(name)
        await guest.sees(DateEntry)
        guest.pick(kiosk.terminal.today())
        prompts.add(await guest.sees(PresentDocument))
        await kiosk.shows_document("ready")  # Eriksson's own
        prompts.add(await guest.sees(Choice, "We found no booking"))
        guest.start_over()
    assert len(prompts) == 2


async def test_no_wildcard_in_a_number_finds_even_the_own_booking(lobby: OpenLobby) -> None:
    kiosk = await lobby(kiosk__tries_per_hour="500")
    for number in GUESSES[1:]:
        await types_number(kiosk, number)
        await kiosk.shows_document("ready")
        await kiosk.guest.sees(Choice, "We found no booking")
        kiosk.guest.start_over()
    assert kiosk.terminal.ledger.tries_since(3600) == len(GUESSES) - 1


async def test_the_next_screen_never_waits_for_what_the_hotel_finds(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__deadline_s="2")
    hotel.between.spoil("GET", "/reservations", silent)
    await types_number(kiosk, "70010001")
    await hotel.between.until("GET", "/reservations")  # the question stands there, the hotel has said nothing yet
    hotel.between.well()


async def test_another_guests_document_finds_as_little_as_no_booking(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    screens = []
    for number in ("70010001", "70019999"):
        await types_number(kiosk, number)
        await kiosk.shows_document("unassigned")
        screens.append(await kiosk.guest.sees(Choice, "We found no booking"))
        kiosk.guest.start_over()
    assert screens[0] == screens[1]


async def test_number_and_own_document_lead_on(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    await types_number(kiosk, "70010001")
    await kiosk.shows_document("ready")
    await kiosk.card()


async def test_name_and_date_of_departure_or_arrival_lead_on(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    today: date = kiosk.terminal.today()
    for day in (today, today + timedelta(days=3)):
        await guest.sees(Welcome)
        guest.choose("check-in")
        await guest.sees(Choice)
        guest.choose("name")
        await guest.sees(TextEntry)
        guest.type("eriksson")
        await guest.sees(DateEntry)
        guest.pick(day)
        await guest.sees(PresentDocument)
        await kiosk.shows_document("ready")
        await kiosk.card()
        guest.start_over()
    await guest.sees(Welcome)


async def test_a_signed_code_leads_on_with_its_own_guests_document_only(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    for sample in ("unassigned", "ready"):
        await kiosk.guest.sees(Welcome)
        await kiosk.plays("scanner", "scan", "ready")
        await kiosk.guest.sees(PresentDocument)
        await kiosk.shows_document(sample)
        _ = await (kiosk.card() if sample == "ready" else kiosk.guest.sees(Choice, "We found no booking"))
        kiosk.guest.start_over()


async def test_after_five_tries_a_person_is_called_and_the_tries_outlive_a_restart(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await types_number(kiosk, "70010001")
    for _ in range(4):
        await kiosk.shows_document("unassigned")
        await guest.sees(Choice, "We found no booking")
        guest.choose("other")
        await guest.sees(PresentDocument)
    await kiosk.shows_document("unassigned")
    await guest.sees(Choice, "We have called a colleague")
    assert kiosk.terminal.ledger.tries_since(3600) == 5


async def test_when_too_many_were_tried_only_documents_are_taken(lobby: OpenLobby) -> None:
    kiosk = await lobby(kiosk__tries_per_hour="5")
    for _ in range(5):
        kiosk.terminal.ledger.count_try()
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("check-in")
    prompt = await kiosk.guest.sees(Choice)
    assert all(option.off for option in prompt.options)
    await kiosk.shows_document("ready")
    await kiosk.card()


async def test_a_typed_document_goes_to_staff_and_never_to_a_room(lobby: OpenLobby) -> None:
    kiosk = await lobby(kiosk__typed_document="yes")
    guest = kiosk.guest
    for number in ("70010001", "70019999"):
        await types_number(kiosk, number)
        guest.choose("type")
        for words in ("Eriksson", "Anna Maria", "L898902C3"):
            await guest.sees(TextEntry)
            guest.type(words)
        await guest.sees(DateEntry)
        guest.pick(date(1974, 8, 12))
        await guest.sees(Choice, "A colleague will look at your document")
        guest.choose("done")
    await guest.sees(Welcome)
