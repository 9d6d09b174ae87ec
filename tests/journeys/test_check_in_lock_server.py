"""A guest's key comes from a lock maker's server: written on its encoder, opening its doors; and what goes wrong there."""

from __future__ import annotations

from typing import Any

import pytest

from hardware.key_encoder import fias_options
from hardware.key_encoder.contract import Cut
from kiosk.effects.doing import recover
from kiosk.prompts import Choice, Farewell, LayKeyCard
from kiosk.steps import one_key
from tests.journeys.conftest import OpenLobby

FIAS = {"key_encoder__driver": "fias"}


async def door(kiosk: Any, room: str) -> str:
    return str((await kiosk.plays("key_encoder", "try-door", room))["door"])


def test_every_way_a_cut_can_end_has_its_words() -> None:
    assert set(one_key._AGAIN) == set(Cut) - {Cut.DONE}


async def test_the_key_opens_the_guest_s_door_and_no_other(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    await kiosk.to_farewell("ready", keys=1)
    booking = await kiosk.booking("ready")
    assert await door(kiosk, booking.room.number) == "opened"
    assert await door(kiosk, str(int(booking.room.number) + 1)) == "shut: other-room"
    (key,) = [key for key in await kiosk.terminal.hotel.keys(booking.id) if key.card_uid]
    assert key.card_uid.lower() == (await kiosk.plays("key_encoder", "show"))["uid"]
    assert await kiosk.plays("key_encoder", "complaints") == {}


async def test_the_second_key_goes_on_another_card_and_the_first_stays_good(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    await kiosk.to_keys("ready", keys=2)
    await kiosk.plays("key_encoder", "lay-card")
    first = (await kiosk.plays("key_encoder", "show"))["uid"]
    taking = await kiosk.guest.sees(LayKeyCard, "Take your key")
    assert taking.other[0].id == "taken"
    await kiosk.plays("key_encoder", "lift")
    kiosk.guest.choose("taken")
    await kiosk.guest.sees(LayKeyCard, "Place a key card here")
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(Farewell)
    booking = await kiosk.booking("ready")
    assert await door(kiosk, booking.room.number) == "opened"
    await kiosk.plays("key_encoder", "lay-card", first)
    assert await door(kiosk, booking.room.number) == "opened"


async def test_a_busy_encoder_is_said_and_asked_again(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    await kiosk.plays("key_encoder", "busy", "2")
    await kiosk.to_keys("ready")
    await kiosk.plays("key_encoder", "lay-card")
    for _ in range(2):
        kiosk.guest.passes()
        prompt = await kiosk.guest.sees(LayKeyCard)
        assert "busy" in kiosk.guest.says(prompt.state)
        await kiosk.clock.move(one_key.ASK_AGAIN_S)
    await kiosk.guest.sees(Farewell)


async def test_a_room_that_the_locks_do_not_know_is_the_desk_s(lobby: OpenLobby) -> None:
    kiosk = await lobby(**FIAS)
    booking = await kiosk.booking("ready")
    await kiosk.plays("key_encoder", "room-unknown", booking.room.number)
    await kiosk.to_keys("ready")
    await kiosk.plays("key_encoder", "lay-card")
    told = await kiosk.guest.sees(Choice, "The desk makes this key")
    assert "locks do not know this room" in kiosk.guest.says(told.help)
    kiosk.guest.choose("go-on")
    farewell = await kiosk.guest.sees(Farewell)
    assert "desk" in kiosk.guest.says(farewell.notice)


async def test_a_lock_server_that_never_answers_leaves_no_key_believed(
    lobby: OpenLobby, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guest may try again; a card that may have been written is known as unsure until one is."""
    monkeypatch.setattr(fias_options, "LEAST_ANSWER_S", 0.3)
    kiosk = await lobby(**FIAS, key_encoder__answer_within_s="0.3", keys__card_within_s=5)
    await kiosk.plays("key_encoder", "never")
    await kiosk.to_keys("ready")
    await kiosk.plays("key_encoder", "lay-card")
    await kiosk.guest.sees(Choice)
    booking = await kiosk.booking("ready")
    assert [key for key in await kiosk.terminal.hotel.keys(booking.id) if key.card_uid] == []
    (entry,) = [one for one in kiosk.terminal.ledger.unsettled() if one.kind == "cut-key"]
    assert entry.arguments["room"] == booking.room.number
    kiosk.guest.choose("desk")
    await kiosk.guest.sees(Farewell)
    # Later, with the card still on the encoder, the lock server is asked what was written.
    await kiosk.until(lambda: kiosk.terminal.key_encoder.answers_owed == 0)
    await recover(kiosk.terminal)
    (key,) = [key for key in await kiosk.terminal.hotel.keys(booking.id) if key.card_uid]
    assert key.card_uid.lower() == (await kiosk.plays("key_encoder", "show"))["uid"]
