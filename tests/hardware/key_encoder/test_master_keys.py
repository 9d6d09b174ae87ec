"""A master key: opens the doors that belong to its set, for its time, until a newer one of the set has touched them."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import VirtualCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.driver import DeviceSettings
from hardware.key_encoder.contract import Cut, CutResult, Opens, RoomKey
from hardware.key_encoder.credential import PropertyKeys, Refusal, decode, encode
from hardware.key_encoder.fias import FiasKeyEncoder
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.storage_card import STORAGE
from hardware.key_encoder.virtual import Stays, VirtualEncoder
from tests.hardware.drivers import encoder_at

KEYS = PropertyKeys(1, {1: bytes(range(32))})
NOW = datetime(2030, 5, 1, 22, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=12)
UID = bytes.fromhex("04112233445566")
FLOOR = RoomKey("floor-4", NOW, UNTIL, 31_729_000, Opens.SET)
ALL = replace(FLOOR, room="all")
_numbers = itertools.count()


class House:
    """A pad with an encoder, and the doors of the virtual house."""

    def __init__(self, pad: VirtualEncoder, encoder: PcscKeyEncoder) -> None:
        self.pad = pad
        self.encoder = encoder

    async def cut_on(self, key: RoomKey, card: VirtualCard) -> CutResult:
        self.pad.lift()
        assert not await self.encoder.lies_there()
        self.pad.place(card)
        return await self.encoder.cut(key, card_within_s=2, after_s=0)

    async def cuts(self, key: RoomKey, serial: int) -> None:
        cut = await self.cut_on(key, make_card(CardType.NTAG424, UID[:-1] + bytes((serial,))))
        assert (cut.outcome, cut.key) == (Cut.DONE, key)

    def tries(self, room: str, at: datetime = NOW) -> object:
        answer = self.pad.door(room).try_card(self.pad._in_hand(), at)
        return "opened" if answer.opened else answer.reason


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    keys = create_property_keys(tmp_path / "property-key")
    pad = VirtualEncoder(f"Master PICC {next(_numbers)}", keys, lambda: NOW)
    await pad.start()
    async with encoder_at(pad.address, tmp_path / "property-key") as encoder:
        yield House(pad, encoder)
    await pad.stop()


async def test_a_floors_key_opens_every_door_of_that_floor_and_no_other(house: House) -> None:
    await house.cuts(FLOOR, 1)
    assert [house.tries(room) for room in ("401", "419", "301", "1401")] == [
        "opened", "opened", Stays.OTHER_ROOM, Stays.OTHER_ROOM,
    ]  # fmt: skip


@pytest.mark.parametrize("kind", STORAGE)
async def test_it_goes_on_no_card_that_can_be_cloned(house: House, kind: CardType) -> None:
    card = make_card(kind, UID[: 4 if kind in (CardType.CLASSIC_1K, CardType.CLASSIC_4K) else 7])
    before = card.content()
    assert (await house.cut_on(ALL, card)).outcome is Cut.WRONG_TYPE
    assert card.content() == before
    assert (await house.cut_on(RoomKey("401", NOW, UNTIL, 7), card)).outcome is Cut.DONE  # a guest's, as ever


async def test_the_grand_master_opens_all_and_only_in_its_hours(house: House) -> None:
    await house.cuts(ALL, 1)
    minute = timedelta(minutes=1)
    said = [house.tries("301", at) for at in (NOW - minute, NOW, UNTIL - minute, UNTIL)]
    assert said == [Stays.TOO_EARLY, "opened", "opened", Stays.TOO_LATE]


async def test_a_newer_one_ends_the_older_of_its_own_set_and_leaves_guests_alone(house: House) -> None:
    guests = RoomKey("401", NOW, UNTIL, 7)
    await house.cuts(FLOOR, 1)
    old = house.pad._in_hand()
    await house.cuts(guests, 2)
    guest = house.pad._in_hand()
    await house.cuts(replace(FLOOR, sequence=FLOOR.sequence + 1), 3)
    assert house.tries("401") == "opened"
    door = house.pad.door("401")
    assert door.try_card(old).reason is Stays.SUPERSEDED
    assert door.try_card(guest).opened
    await house.cuts(ALL, 4)  # another set, with a sequence of its own
    assert house.tries("401") == "opened"


async def test_a_room_called_like_a_set_is_not_opened_by_the_sets_key_nor_the_other_way_round(house: House) -> None:
    await house.cuts(replace(FLOOR, room="401"), 1)
    assert house.tries("401") is Stays.OTHER_ROOM
    await house.cuts(replace(ALL, opens=Opens.ROOM), 2)
    assert house.tries("401") is Stays.OTHER_ROOM


def test_a_guests_key_can_not_be_made_a_master_key_by_changing_its_purpose() -> None:
    data = bytearray(encode(replace(ALL, opens=Opens.ROOM), UID, KEYS))
    data[3:4] = b"M"
    assert decode(bytes(data), UID, KEYS) is Refusal.FORGED


async def test_a_lock_server_is_not_asked_for_one() -> None:
    encoder = FiasKeyEncoder(DeviceSettings("encoder", "fias", "tcp://127.0.0.1:9", {"coder": "1"}), lambda event: None)
    assert not encoder.MASTER_KEYS
    with pytest.raises(ValueError, match="master"):
        await encoder.cut(ALL, card_within_s=1)
