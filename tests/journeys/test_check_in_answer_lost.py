"""The hotel acts and its answer is lost: the guest notices nothing, and it is done once."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.prompts import Choice, Farewell, Welcome
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import cut, cut_in_body, silent

ACTS = (("POST", "/roomAssignments"), ("POST", "/checkIns"), ("POST", "/roomKeys"), ("PUT", "/roomKeys"))


@pytest.mark.parametrize("fault", [cut, cut_in_body], ids=["cut", "cut-in-the-answer"])
async def test_what_the_hotel_did_unheard_is_done_once(lobby: OpenLobby, house: OpenHouse, fault: Any) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    for method, end in ACTS:
        hotel.between.lose(method, end, fault)
    await kiosk.to_farewell("unassigned")
    must_be_done_once(hotel)
    assert not any(isinstance(scene.prompt, Choice) for scene in kiosk.guest.scenes), kiosk.guest.story()
    assert await opens_its_door(kiosk, hotel)


async def test_what_the_hotel_did_without_ever_answering_is_done_once(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US", hotel__deadline_s="1")
    hotel.between.lose("POST", "/roomAssignments", silent)
    hotel.between.lose("POST", "/checkIns", silent)
    await kiosk.to_farewell("unassigned")
    must_be_done_once(hotel)


async def test_a_signed_card_whose_saving_was_not_heard_is_kept_without_a_second_signature(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    await kiosk.to_registration("unassigned")
    hotel.between.lose("PUT", "/reservations/" + hotel.id_of("unassigned"))
    await kiosk.signs()
    await kiosk.guest.sees(Choice, "can’t reach the hotel")
    kiosk.guest.choose("again")
    before = len(kiosk.guest.scenes)
    await kiosk.goes_on(Farewell)
    assert not any("Registration" in line for line in kiosk.guest.story()[before:])
    must_be_done_once(hotel)
    await kiosk.until(lambda: not kiosk.terminal.outbox.pending(), moving_s=60)
    assert len(hotel.books.archived()) == 1


async def test_the_desk_is_told_once_of_a_call_that_was_not_heard(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    hotel.between.lose("POST", "/serviceRequests")
    await kiosk.guest.sees(Welcome)
    kiosk.terminal.tell_desk("KEY", "something for the desk")
    await kiosk.terminal.run_errands_once()
    await kiosk.terminal.run_errands_once()
    assert not list(kiosk.terminal.ledger.messages())
    assert hotel.books.requests() == ["something for the desk"]


def must_be_done_once(hotel: Any) -> None:
    """A key may be asked for twice, under one number: the hotel's books show what came of it."""
    assert [hotel.between.count(*act) for act in ACTS[:2]] == [1, 1]
    (key,) = hotel.books.keys(hotel.id_of("unassigned"))
    assert key[1], "no card written"


async def opens_its_door(kiosk: Any, hotel: Any) -> bool:
    room = hotel.books.reservation(hotel.id_of("unassigned")).room.number
    return bool((await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened")
