"""A guest who means no good: what they try is refused, counted, or told to the desk."""

from __future__ import annotations

import time
from typing import Any

from kiosk.prompts import Choice, Farewell, LayKeyCard, RegistrationCard, StillThere, Welcome
from kiosk.steps.farewell import LEFT_FOR_S
from kiosk.steps.one_key import MOST_FAILED
from tests.journeys.conftest import OpenHouse, OpenLobby

BIRTH_UNKNOWN = (
    "IDUTOZZ12345678<<<<<<<<<<<<<<<",
    "<<<<<<0<3404159UTO<<<<<<<<<<<0",
    "ERIKSSON<<ANNA<<<<<<<<<<<<<<<<",
)
WAITED_S = 5
AFTER_THE_LAST_PAGE = "20"


async def test_whoever_steps_up_to_a_forgotten_key_question_gets_no_key(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US", keys__card_within_s=str(WAITED_S), kiosk__idle_s="20")
    await kiosk.to_keys("ready")
    begun = time.monotonic()
    await kiosk.clock.move(15)
    await kiosk.until(lambda: time.monotonic() > begun + WAITED_S + 0.5)  # the encoder has given up waiting once
    await kiosk.clock.move(5)
    await kiosk.guest.sees(StillThere)
    await kiosk.clock.move(20)
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("key_encoder", "lay-card")
    assert await opens_nothing(kiosk)


async def opens_nothing(kiosk: Any) -> bool:
    room = (await kiosk.booking("ready")).room.number
    return (await kiosk.plays("key_encoder", "try-door", room))["door"] != "opened"


async def test_a_document_that_hides_its_birth_date_opens_no_booking_whose_guests_is_known(lobby: OpenLobby) -> None:
    kiosk = await lobby(document_reader__driver="serial_mrz")
    await kiosk.guest.sees(Welcome)
    await kiosk.plays("document_reader", "present", *BIRTH_UNKNOWN)
    await kiosk.guest.sees(Choice, "no booking for this document")
    assert not any(isinstance(scene.prompt, RegistrationCard) for scene in kiosk.guest.scenes)


async def test_a_card_taken_after_its_last_page_is_wanted_back_and_no_other_is_written(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready")
    guest.passes()
    await kiosk.plays("key_encoder", "lift-after", AFTER_THE_LAST_PAGE)
    begun = (await kiosk.plays("key_encoder", "lay-card"))["uid"]
    assert "same card" in guest.says((await guest.sees(LayKeyCard)).state)
    guest.passes()
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", "04DEADBEEF1180")
    assert "was there before" in guest.says((await guest.sees(LayKeyCard)).state)
    assert await opens_nothing(kiosk)
    guest.passes()
    await kiosk.plays("key_encoder", "lift")
    await kiosk.plays("key_encoder", "lay-card", "mifare-ultralight", begun)
    await guest.sees(Farewell)
    assert len([key for key in await kiosk.terminal.hotel.keys((await kiosk.booking("ready")).id) if key.active]) == 1


async def test_cards_that_fail_again_and_again_are_told_to_the_desk(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready")
    for number in range(1, MOST_FAILED + 1):
        guest.passes()
        await kiosk.plays("key_encoder", "lift-after", AFTER_THE_LAST_PAGE)
        await kiosk.plays("key_encoder", "lay-card" if number == 1 else "lay-back")
        await guest.sees(LayKeyCard if number < MOST_FAILED else Choice)
    guest.choose("go-on")
    farewell = await guest.sees(Farewell)
    assert "at the desk" in guest.says(farewell.notice)


async def test_a_key_left_behind_is_erased_and_told_to_the_desk(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    await kiosk.to_farewell("unassigned")
    room = (await kiosk.booking("unassigned")).room.number
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    await kiosk.clock.move(LEFT_FOR_S)
    await kiosk.until(lambda: any("left on the encoder and was erased" in words for words in hotel.books.requests()))
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] != "opened"


async def test_whoever_calls_eight_times_is_one_call_to_the_desk(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    guest = kiosk.guest
    await guest.sees(Welcome)
    guest.choose("check-in")
    for _ in range(8):
        await guest.sees(Choice, "How shall we find")
        guest.desk.call_person(guest.scene.number)
        guest.passes()
        await guest.sees(Choice, "called a colleague")
        guest.choose("go-on")
    await guest.sees(Choice, "How shall we find")
    assert len([words for words in hotel.books.requests() if "asks for help" in words]) == 1


async def test_whoever_waits_for_a_room_keeps_one_number(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_registration("sold-out")
    await kiosk.signs()
    for _ in range(2):
        await kiosk.guest.sees(Choice, "not ready")
        kiosk.guest.choose("wait")
        await kiosk.guest.sees(Choice, "number is 1")
        kiosk.guest.choose("done")
        await kiosk.guest.sees(Welcome)
        await kiosk.plays("document_reader", "lift") if kiosk.bench.full_page else None
        await kiosk.shows_document("sold-out")
