"""Two kiosks give away the last room of a type at the same moment: one guest gets it, the other is told."""

from __future__ import annotations

import asyncio
from typing import Any

from kiosk.hotel.model import Stay
from kiosk.prompts import Choice, LayKeyCard, Prompt
from tests.journeys.conftest import OpenHouse, OpenLobby

RIVALS = ("unassigned", "same-name-3")
"""Both booked a single room; neither has one yet."""


async def test_one_gets_the_last_room_and_the_other_is_offered_to_wait(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    last = hotel.books.leave_one_room_ready("SGL")
    kiosks = [await lobby(house=hotel, hotel__country="US") for _ in RIVALS]
    for kiosk, sample in zip(kiosks, RIVALS, strict=True):
        await kiosk.to_registration(sample)
    gate = hotel.between.meet("POST", "/roomAssignments", len(RIVALS))  # both have seen the same free room
    async with asyncio.TaskGroup() as guests:
        ends = [guests.create_task(until_room_or_not(kiosk)) for kiosk in kiosks]
    assert gate.is_set()
    assert sorted(type(end.result()).__name__ for end in ends) == ["Choice", "LayKeyCard"]

    waiting = next(kiosk for kiosk, end in zip(kiosks, ends, strict=True) if isinstance(end.result(), Choice))
    await waiting.guest.sees(Choice, "not ready")
    waiting.guest.choose("wait")
    await waiting.guest.sees(Choice, "Your number is 1")
    assert (await waiting.plays("printer", "slips"))["count"] == "1"
    bookings = [hotel.books.reservation(hotel.id_of(sample)) for sample in RIVALS]
    rooms = {booking.stay: booking.room.number if booking.room else None for booking in bookings}
    assert rooms == {Stay.IN_HOUSE: last, Stay.RESERVED: None}


async def until_room_or_not(kiosk: Any) -> Prompt:
    await kiosk.signs()
    while True:
        prompt: Prompt = await kiosk.guest.sees(Prompt)
        if isinstance(prompt, Choice | LayKeyCard):
            return prompt
        kiosk.guest.passes()
