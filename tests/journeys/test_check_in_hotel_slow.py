"""The hotel takes eight seconds for each answer, or drips it: what happens is said, and it ends in time."""

from __future__ import annotations

import asyncio

from kiosk.prompts import Busy, Choice, Farewell, LayKeyCard, Welcome
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import HEAD, drip

EIGHT_S = 8.0
LATE_S, DEADLINE_S = 1.1, 2.0
"""As eight seconds are to ten: two such answers one after the other would be too late."""
HALF_S = 0.5
SLOWLY = drip(HEAD + b"content-length: 500\r\n\r\n", b" ")


async def test_a_hotel_that_answers_after_eight_seconds_is_waited_for(lobby: OpenLobby, house: OpenHouse) -> None:
    async with asyncio.TaskGroup() as guests:
        guests.create_task(signs_where_it_takes_eight_seconds(lobby, house))
        guests.create_task(checks_in_where_all_is_late(lobby, house))


async def signs_where_it_takes_eight_seconds(lobby: OpenLobby, house: OpenHouse) -> None:
    """As shipped, at the step that asks the hotel the most."""
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    assert kiosk.terminal.settings.hotel.deadline_s == 10
    await kiosk.to_registration("unassigned")
    hotel.between.late_s = EIGHT_S
    await kiosk.signs()
    for end in (r"/profiles/\d+", r"/reservations/\d+"):
        await hotel.between.until("PUT", end)
    asked = asyncio.get_running_loop().time()
    hotel.between.late_s = 0  # what is asked from now on
    await kiosk.guest.sees(Busy, "Storing your registration card safely")
    await kiosk.goes_on(LayKeyCard)
    assert asyncio.get_running_loop().time() - asked >= EIGHT_S - 1


async def checks_in_where_all_is_late(lobby: OpenLobby, house: OpenHouse) -> None:
    """Every answer of a whole check-in, in an eighth of the time."""
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US", hotel__deadline_s=str(DEADLINE_S))
    await hotel.between.until("GET", "/rooms")  # it has its token
    await kiosk.guest.sees(Welcome)
    hotel.between.late_s = LATE_S
    await kiosk.shows_document("unassigned")
    await kiosk.goes_on(Farewell)
    said = [line for line in kiosk.guest.story() if line.startswith("Busy")]
    for words in ("Looking for your booking", "Storing your registration card", "Preparing your room", "Checking you in", "your key"):
        assert any(words in line for line in said), (words, said)
    assert [hotel.between.count("POST", end) for end in ("/roomAssignments", "/checkIns", "/roomKeys")] == [1, 1, 1]
    assert not any(isinstance(scene.prompt, Choice) for scene in kiosk.guest.scenes), kiosk.guest.story()


async def test_an_answer_that_drips_ends_at_the_deadline_with_a_next_step(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    hotel.between.drip_s = HALF_S
    kiosk = await lobby(house=hotel, hotel__country="US", hotel__deadline_s="1.5")
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.shows_document("unassigned")
    for method, end in (("GET", "/reservations"), ("PUT", r"/profiles/\d+"), ("POST", "/checkIns")):
        hotel.between.spoil(method, end, SLOWLY)
        await kiosk.goes_on(Busy)
        guest.passes()
        prompt = await kiosk.goes_on(Choice)
        assert "can’t reach the hotel" in guest.says(prompt.question)
        hotel.between.well()
        guest.choose("again")
    await kiosk.goes_on(Farewell)
    assert hotel.between.count("POST", "/checkIns") == 1


async def test_a_guest_need_not_wait_for_a_slow_hotel(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    await kiosk.guest.sees(Welcome)
    hotel.between.late_s = EIGHT_S
    await kiosk.shows_document("ready")
    await kiosk.guest.sees(Busy, "Looking for your booking")
    hotel.between.late_s = 0
    kiosk.guest.start_over()
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document("ready")
    await kiosk.card()
