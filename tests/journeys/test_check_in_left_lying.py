"""What the last guest left lying, or swiped too late, is never taken for the next one's."""

from __future__ import annotations

import asyncio
from typing import Any

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.prompts import (
    Choice,
    Farewell,
    LayKeyCard,
    PresentDocument,
    StillThere,
    TextEntry,
    Welcome,
)
from tests.journeys.conftest import OpenLobby


async def test_a_key_card_left_lying_is_reminded_of_and_never_written_for_the_next_guest(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    farewell = await kiosk.to_farewell("ready")
    for _ in range(2):  # who walks on is held back, twice more
        assert "take your key card" in guest.says(farewell.notice)
        guest.choose("done")
        farewell = await guest.sees(Farewell)
    left = await kiosk.plays("key_encoder", "show")
    guest.choose("done")
    await guest.sees(Welcome)

    asked = await kiosk.to_keys("do-not-move")
    assert "take this card, then place a new one" in guest.says(asked.state)
    assert await kiosk.plays("key_encoder", "show") == left
    guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await guest.sees(Farewell)
    taken = await kiosk.plays("key_encoder", "show")
    assert taken["uid"] != left["uid"]
    rooms = [(await kiosk.booking(sample)).room.number for sample in ("ready", "do-not-move")]
    assert [(await kiosk.plays("key_encoder", "try-door", room))["door"] == "opened" for room in rooms] == [False, True]


async def test_the_first_key_is_to_be_taken_before_the_second_card_is_asked_for(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_keys("ready", keys=2)
    guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await guest.sees(LayKeyCard, "Take your key")
    guest.passes()
    await kiosk.plays("key_encoder", "lift")
    await kiosk.until(lambda: not getattr(guest.scene.prompt, "lifting", False), moving_s=0.5)
    asked = await guest.sees(LayKeyCard, "Place a key card here")
    assert (asked.number, asked.of, asked.lifting) == (2, 2, False)
    guest.passes()
    await kiosk.plays("key_encoder", "lay-card")
    await guest.sees(Farewell)


async def test_the_reminder_goes_when_the_card_is_lifted(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    assert (await kiosk.to_farewell("ready")).notice is not None
    guest.passes()
    await kiosk.plays("key_encoder", "lift")
    await kiosk.clock.move(2)
    assert (await guest.sees(Farewell)).notice is None
    guest.choose("done")
    await guest.sees(Welcome)


async def test_a_guest_who_walks_away_from_the_farewell_leaves_nothing_to_the_next(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await kiosk.to_farewell("ready")
    await kiosk.clock.move(61)
    await guest.sees(StillThere)
    await kiosk.clock.move(21)
    await guest.sees(Welcome)
    assert guest.desk.language == "en"
    guest.choose("check-in")
    await guest.sees(Choice, "How shall we find your booking?")
    assert not any("Anna" in guest.says(scene.prompt.question) for scene in guest.scenes[-2:])


async def test_a_document_swiped_before_it_was_asked_for_is_not_taken(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await guest.sees(Welcome)
    guest.choose("check-in")
    await guest.sees(Choice)
    guest.choose("number")
    await guest.sees(TextEntry)
    await kiosk.shows_document("unassigned")  # nobody asked
    await kiosk.reads(1)
    swiping = await swipes_slowly(kiosk, "unassigned")
    guest.type("70010001")
    await guest.sees(PresentDocument)  # in the middle of the swipe
    await swiping
    await kiosk.reads(2)
    await kiosk.shows_document("ready")
    await kiosk.card()
    assert not any(isinstance(scene.prompt, Choice) for scene in guest.scenes[3:]), guest.story()


async def test_the_last_guests_swipe_is_not_the_next_guests(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.plays("scanner", "scan", "ready")
    await guest.sees(PresentDocument)
    swiping = await swipes_slowly(kiosk, "ready")
    guest.start_over()
    await guest.sees(Welcome)
    await swiping
    await kiosk.reads(1)
    before = len(guest.scenes)
    await kiosk.shows_document("two-rooms")
    await guest.sees(Choice)
    assert len([line for line in guest.story()[before:] if not line.startswith(("Busy", "ReadingChip"))]) == 1, guest.story()


async def test_a_passport_lying_on_the_encoder_is_no_key_card(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.plays("key_encoder", "lay-card", "smartcard")
    asked = await kiosk.to_keys("ready")
    assert "take this card, then place a new one" in guest.says(asked.state)
    await kiosk.goes_on(Farewell)


async def swipes_slowly(kiosk: Any, sample: str) -> asyncio.Future[Any]:
    """Returns when the first byte has come; the rest takes two seconds."""
    swiping = asyncio.ensure_future(kiosk.plays("document_reader", "slow", *SAMPLES[sample].document.mrz))
    await kiosk.until(lambda: kiosk.terminal.document_reader.framing.waits_s is not None)
    return swiping
