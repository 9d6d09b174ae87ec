"""A guest checks in, from welcome to a key that opens the door and a slip."""

from __future__ import annotations

import re

from kiosk.hotel.model import Stay
from kiosk.prompts import Welcome
from tests.journeys.conftest import OpenLobby


async def test_a_passport_laid_on_the_reader_leads_to_a_key_and_a_slip(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    farewell = await kiosk.to_farewell("ready", keys=2)
    assert "key card" in kiosk.guest.says(farewell.notice)
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("done")
    await kiosk.guest.sees(Welcome)

    (booking,) = await kiosk.terminal.hotel.find_by_confirmation("70010001")
    booking = await kiosk.terminal.hotel.reservation(booking.id)
    assert booking.stay is Stay.IN_HOUSE
    keys = await kiosk.terminal.hotel.keys(booking.id)
    assert len({key.card_uid for key in keys if key.active and key.card_uid}) == 2
    room = booking.room.number
    assert (await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened"
    assert (await kiosk.plays("key_encoder", "try-door", "620"))["door"] != "opened"
    slips = await kiosk.plays("printer", "slips")
    assert (slips["count"], slips["unknown"]) == ("1", "0")
    assert re.search(r"slip-001\.png", slips["paths"])
