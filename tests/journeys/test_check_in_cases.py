"""Each state that a booking can be in has its own honest screen, and a next step."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Stay
from kiosk.prompts import Choice, Farewell, PresentDocument, RegistrationCard, Welcome
from tests.journeys.conftest import OpenLobby

LED_TO_A_PERSON = {
    "tomorrow": "Your booking begins on",
    "cancelled": "This booking was cancelled",
    "no-show": "We expected you earlier",
    "checked-out": "This stay has ended",
    "in-house": "You are already checked in",
    "multi-room": "Your booking has 2 rooms",
    "alert": "The desk has something for you",
    "alert-stop": "The desk has something for you",
    "balance-due": "Please pay at the desk",
}
GOES_ON = ("two-rooms", "shared", "unassigned", "accessible", "features", "do-not-move", "late-night")


async def test_every_case_has_its_honest_screen(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    for sample, words in LED_TO_A_PERSON.items():
        await guest.sees(Welcome)
        await kiosk.shows_document(sample)
        prompt = await guest.sees(Choice, words)
        assert prompt.options, sample
        guest.choose("done")
    await guest.sees(Welcome)
    for sample in LED_TO_A_PERSON:
        stay = await stay_of(kiosk, sample)
        assert (stay is Stay.IN_HOUSE) == (sample == "in-house"), sample


async def test_guests_of_every_name_and_need_come_to_their_card(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    for sample in GOES_ON:
        await kiosk.guest.sees(Welcome)
        await kiosk.shows_document(sample)
        await kiosk.goes_on(RegistrationCard)
        kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)


async def test_a_name_too_long_for_the_passport_is_found_by_the_booking_code(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "long-name")
    await kiosk.guest.sees(PresentDocument)
    kiosk.guest.passes()
    await kiosk.shows_document("long-name")
    await kiosk.goes_on(Farewell)
    assert (await kiosk.plays("printer", "slips"))["unknown"] == "0"


async def test_a_name_too_long_for_the_passport_is_found_by_the_passport_alone(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_registration("long-name")
    booking = await booking_of(kiosk, "long-name")
    await kiosk.goes_on(Farewell)
    assert (await kiosk.terminal.hotel.reservation(booking.id)).stay is Stay.IN_HOUSE


async def test_a_name_cut_short_with_another_birth_date_finds_nobody(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    other = replace(SAMPLES["long-name"].document, born=date(1981, 3, 4))
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "present", *other.mrz)
    await kiosk.guest.sees(Choice, "We found no booking")


async def test_a_guest_who_needs_it_gets_an_accessible_room(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("accessible")
    booking = await booking_of(kiosk, "accessible")
    room = await kiosk.terminal.hotel.room(booking.room.number)
    assert "ACC" in room.features
    assert booking.stay is Stay.IN_HOUSE


@pytest.mark.parametrize("sample", ["do-not-move-not-ready", "sold-out"])
async def test_a_room_that_is_not_ready_is_said_and_a_number_printed(lobby: OpenLobby, sample: str) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_registration(sample)
    await kiosk.signs()
    await kiosk.guest.sees(Choice, "not ready")
    kiosk.guest.choose("wait")
    await kiosk.guest.sees(Choice, "1")
    assert (await kiosk.plays("printer", "slips"))["count"] == "1"
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)
    assert await stay_of(kiosk, sample) is Stay.RESERVED


async def test_an_assigned_room_that_is_still_dirty_is_exchanged_for_a_ready_one(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    before = (await booking_of(kiosk, "not-ready")).room.number
    await kiosk.to_keys("not-ready")
    booking = await booking_of(kiosk, "not-ready")
    assert booking.stay is Stay.IN_HOUSE
    assert booking.room.number != before


async def test_a_guest_who_comes_back_is_not_asked_to_sign_again(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_registration("sold-out")
    await kiosk.signs()
    await kiosk.guest.sees(Choice, "not ready")
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    before = len(kiosk.guest.scenes)
    await kiosk.shows_document("sold-out")
    await kiosk.guest.sees(Choice, "not ready")
    assert not any(isinstance(s.prompt, RegistrationCard) for s in kiosk.guest.scenes[before:])


async def test_where_the_law_wants_ink_the_desk_has_card_and_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="DE")
    await kiosk.to_registration("unassigned")
    await kiosk.signs()
    await kiosk.guest.sees(Choice, "signature on paper")
    assert not (await kiosk.plays("key_encoder", "show"))["content"]


async def booking_of(kiosk: Any, sample: str) -> Any:
    (found,) = await kiosk.terminal.hotel.find_by_confirmation(SAMPLES[sample].confirmation)
    return await kiosk.terminal.hotel.reservation(found.id)


async def stay_of(kiosk: Any, sample: str) -> Stay:
    return (await booking_of(kiosk, sample)).stay
