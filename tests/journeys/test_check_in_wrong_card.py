"""What is laid on the encoder is no key card, or none that can be used: said, and the next one is taken."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import ClassicCard, UltralightCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.key_encoder.contract import RoomKey
from hardware.key_encoder.credential import PropertyKeys, encode
from hardware.key_encoder.storage_card import FIRST
from kiosk.prompts import Choice, Farewell, LayKeyCard, PresentDocument, RegistrationCard, Welcome
from tests.journeys.conftest import OpenLobby

OTHERS = PropertyKeys(7, {7: secrets.token_bytes(32)})
"""Another hotel's."""


def worn() -> UltralightCard:
    card = UltralightCard(bytes.fromhex("04AA0000000001"))
    card.worn.update(range(4, 16))
    return card


def locked() -> UltralightCard:
    card = UltralightCard(bytes.fromhex("04AA0000000002"))
    card.lock(*range(4, 16))
    return card


def guarded() -> ClassicCard:
    """Another hotel's Classic card: its own key on the sector that we would write."""
    card = ClassicCard(bytes.fromhex("AA000003"))
    card.set_sector(FIRST, bytes.fromhex("A0A1A2A3A4A5"))
    return card


def of_another_hotel() -> UltralightCard:
    """A key of another hotel on an open card, for a room of the same number."""
    card = UltralightCard(bytes.fromhex("04AA0000000004"))
    key = RoomKey("107", datetime(2020, 1, 1, tzinfo=UTC), datetime(2099, 1, 1, tzinfo=UTC), 4_000_000_000)
    content = encode(key, card.uid, OTHERS)
    for page in range(len(content) // 4):
        card.write(4 + page, content[page * 4 : page * 4 + 4])
    return card


WRONG: dict[str, tuple[Callable[[], Any], str]] = {
    "a bank card": (lambda: make_card(CardType.SMARTCARD, bytes.fromhex("08AA0005")), "not a key card"),
    "something unknown": (lambda: make_card(CardType.OTHER, bytes.fromhex("08AA0006")), "not a key card"),
    "a worn-out card": (worn, "worn out"),
    "a locked card": (locked, "can’t be used"),
    "a guarded card": (guarded, "can’t be used"),
}


async def test_no_wrong_card_becomes_a_key_neither_the_first_nor_the_second(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest, pad = kiosk.guest, kiosk.bench.devices["key_encoder"]
    asked = await kiosk.to_keys("ready", keys=2)
    for number in (1, 2):
        assert asked.number == number
        for name, (make, words) in WRONG.items():
            card = make()
            before = card.content()
            guest.passes()
            pad.lift()
            pad.place(card)
            asked = await guest.sees(LayKeyCard)
            assert words in guest.says(asked.state), name
            assert card.content() == before, name
        guest.passes()
        await kiosk.plays("key_encoder", "lay-staff-card")
        asked = await guest.sees(LayKeyCard)
        assert "staff card" in guest.says(asked.state)
        guest.passes()
        await kiosk.plays("key_encoder", "lay-card")
        if number == 1:
            await guest.sees(LayKeyCard, "Take your key")
            pad.lift()
            asked = await guest.sees(LayKeyCard, "Place a key card here")
    await guest.sees(Farewell)
    booking = await kiosk.booking("ready")
    keys = await kiosk.terminal.hotel.keys(booking.id)
    assert len({key.card_uid for key in keys if key.card_uid}) == 2
    assert {key.sequence for key in keys} == {keys[0].sequence}  # not one sequence was given away for a wrong card
    assert (await kiosk.plays("key_encoder", "try-door", booking.room.number))["door"] == "opened"


async def test_two_cards_at_once_are_both_left_as_they_were(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    guest, pad = kiosk.guest, kiosk.bench.devices["key_encoder"]
    await kiosk.to_keys("ready")
    cards = [UltralightCard(bytes.fromhex(uid)) for uid in ("04BB0000000001", "04BB0000000002")]
    before = [card.content() for card in cards]
    guest.passes()
    for card in cards:
        pad.place(card)
    asked = await guest.sees(LayKeyCard)
    assert "only one" in guest.says(asked.state)
    assert [card.content() for card in cards] == before
    await kiosk.goes_on(Farewell)


async def test_a_card_of_another_hotel_opens_nothing_before_and_our_door_after(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    pad = kiosk.bench.devices["key_encoder"]
    await kiosk.to_keys("ready")
    room = (await kiosk.booking("ready")).room.number
    card = of_another_hotel()
    answer = pad.door(room).try_card(card)
    assert not answer.opened
    kiosk.guest.passes()
    pad.place(card)
    await kiosk.guest.sees(Farewell)
    assert pad.door(room).try_card(card).opened


@pytest.mark.parametrize("kind", [CardType.ULTRALIGHT, CardType.SMARTCARD])
async def test_a_card_on_the_card_reader_changes_nothing_where_none_is_asked_for(lobby: OpenLobby, kind: CardType) -> None:
    kiosk = await lobby(hotel__country="US", card_reader__driver="pcsc", card_reader__address="virtual")
    guest = kiosk.guest
    await guest.sees(Welcome)
    await kiosk.plays("card_reader", "lay-card", kind)
    await kiosk.plays("card_reader", "lift")
    await kiosk.plays("scanner", "scan", "ready")
    await guest.sees(PresentDocument)
    await kiosk.plays("card_reader", "lay-card", kind)
    guest.passes()
    await kiosk.shows_document("ready")
    await guest.sees(RegistrationCard)
    await kiosk.plays("card_reader", "lift")
    await kiosk.plays("card_reader", "lay-card", kind)
    await kiosk.goes_on(Farewell)
    assert len([scene for scene in guest.scenes if isinstance(scene.prompt, Choice)]) == 1, guest.story()
