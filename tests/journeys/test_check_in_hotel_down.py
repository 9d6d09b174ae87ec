"""The hotel's system is down: said beforehand, never a dead end, and well again without a restart."""

from __future__ import annotations

from kiosk.prompts import Choice, Farewell, LayKeyCard, RegistrationCard, Welcome
from tests.journeys.conftest import OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import cut


async def test_a_kiosk_that_starts_while_the_hotel_is_down_says_so_and_serves_when_it_is_back(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    await hotel.between.stop()
    kiosk = await lobby(house=hotel, hotel__country="US")
    guest = kiosk.guest
    prompt = await kiosk.welcomes("hotel’s system can’t be reached")
    assert prompt.options

    await kiosk.shows_document("unassigned")
    away = await guest.sees(Choice, "can’t reach the hotel")
    assert [option.id for option in away.options] == ["again", "person", "leave"]
    await hotel.between.start()
    guest.choose("again")
    await guest.sees(RegistrationCard)
    guest.start_over()
    assert (await kiosk.welcomes()).notice is None

    await kiosk.shows_document("unassigned")
    await kiosk.goes_on(Farewell)


async def test_the_welcome_screen_says_by_itself_that_the_hotel_has_gone_and_is_back(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, still=True)
    await hotel.between.until_asked(1)
    await kiosk.guest.sees(Welcome)
    await hotel.between.stop()
    await kiosk.passes_until("hotel’s system can’t be reached", within_s=20)
    await hotel.between.start()
    await kiosk.passes_until("", within_s=20)


async def test_a_hotel_that_goes_down_as_it_acts_is_asked_afterwards_and_does_nothing_twice(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel, hotel__country="US")
    between = hotel.between
    await kiosk.to_registration("unassigned")
    await kiosk.signs()
    for end in ("/roomAssignments", "/checkIns"):
        # The room is given, the guest is in – and neither that nor anything after it is heard.
        between.lose("POST", end)
        between.spoil("GET", "/reservations/" + hotel.id_of("unassigned"), cut)
        await kiosk.goes_on(Choice)
        assert "can’t reach the hotel" in kiosk.guest.says(kiosk.guest.scene.prompt.question)
        between.well()
        kiosk.guest.choose("again")
    await kiosk.goes_on(LayKeyCard)
    assert (between.count("POST", "/roomAssignments"), between.count("POST", "/checkIns")) == (1, 1)
