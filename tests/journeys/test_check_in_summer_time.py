"""The night in which the clocks go on: stays, keys and the kiosk itself keep the hotel's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from kiosk.prompts import Farewell, StillThere, Welcome
from tests.journeys.conftest import OpenLobby

ZONE = ZoneInfo("Europe/Budapest")
EVE = date(2027, 3, 27)  # on the 28th, 02:00 becomes 03:00
MORNING = EVE + timedelta(days=1)
HOUR_S = 3600


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """By the hotel's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)


async def test_a_key_over_the_night_of_the_change_opens_until_check_out_by_the_hotels_clock(lobby: OpenLobby) -> None:
    kiosk = await lobby(start=at(EVE, 15).astimezone(UTC), hotel__country="US")
    farewell = await kiosk.to_farewell("same-name-3")  # one night
    room = (await kiosk.booking("same-name-3")).room.number
    doors = [
        (at(EVE, 14, 59), "too-early"),
        (at(EVE, 15, 1), "opened"),
        (at(MORNING, 1, 59), "opened"),
        (at(MORNING, 3), "opened"),
        (at(MORNING, 10, 59), "opened"),
        (at(MORNING, 11), "too-late"),  # and not at noon, which is eleven by winter time
        (at(MORNING, 11, 30), "too-late"),
    ]
    for moment, said in doors:
        assert said in (await kiosk.plays("key_encoder", "try-door", room, moment.isoformat()))["door"], moment
    assert "március 28., 11:00 óráig" in " ".join(kiosk.guest.says(value) for _, value in farewell.facts)
    (key,) = await kiosk.terminal.hotel.keys((await kiosk.booking("same-name-3")).id)
    assert key.valid_until == datetime(2027, 3, 28, 9, tzinfo=UTC)


async def test_a_kiosk_that_runs_through_the_change_goes_on_by_the_new_time(lobby: OpenLobby) -> None:
    kiosk = await lobby(start=at(MORNING, 1, 30).astimezone(UTC), hotel__country="US")
    guest = kiosk.guest
    assert (kiosk.terminal.now().hour, kiosk.terminal.today()) == (1, EVE)
    await kiosk.to_registration("same-name-3")  # who signs while the clock is put on
    await kiosk.clock.move(HOUR_S)
    await guest.sees(StillThere)
    guest.desk.touched()
    guest.passes()
    assert (kiosk.terminal.now().hour, kiosk.terminal.today()) == (3, EVE)
    await kiosk.goes_on(Farewell)
    room = (await kiosk.booking("same-name-3")).room.number
    for moment, said in (
        (at(MORNING, 3, 29), "too-early"),
        (at(MORNING, 3, 32), "opened"),
        (at(MORNING, 10, 59), "opened"),
        (at(MORNING, 11), "too-late"),
    ):
        assert said in (await kiosk.plays("key_encoder", "try-door", room, moment.isoformat()))["door"], moment
    await kiosk.plays("key_encoder", "lift")
    guest.choose("done")
    await guest.sees(Welcome)
    await kiosk.clock.move(HOUR_S)
    assert (kiosk.terminal.now().hour, kiosk.terminal.today()) == (4, MORNING)
    await kiosk.shows_document("same-name-1")
    await kiosk.goes_on(Farewell)
