"""What holds for any key encoder, seen from the doors: ours on a pad, and a lock maker's over each wire."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import VirtualCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.driver import DeviceSettings
from hardware.key_encoder.behaviour_doors import DOOR_BEHAVIOURS, DURING, Can, Desk, DoorBehaviour
from hardware.key_encoder.contract import KeyEncoder
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.virtual import VirtualEncoder
from hardware.key_encoder.virtual_lock_session import Listed
from tests.hardware.key_encoder.lock_server import WIRES, meeting

_numbers = itertools.count()


class PadDesk:
    """Our own pad, with doors whose clock is moved."""

    can = Can()

    def __init__(self, folder: Path) -> None:
        self.at = DURING
        self.pad = VirtualEncoder(f"ACS ACR122U doors {next(_numbers)}", create_property_keys(folder / "key"), lambda: self.at)
        self._cards: dict[int, VirtualCard] = {}

    def _card(self, number: int) -> VirtualCard:
        if number not in self._cards:
            self._cards[number] = make_card(CardType.ULTRALIGHT, bytes((4, 1, 1, 1, 1, 1, number)))
        return self._cards[number]

    def lay(self, card: int) -> bytes:
        self.pad.lift()
        self.pad.place(self._card(card))
        return self._card(card).uid

    def lift(self) -> None:
        self.pad.lift()

    def opens(self, card: int, room: str, at: datetime) -> bool:
        self.at = at
        return self.pad.door(room).try_card(self._card(card)).opened


@asynccontextmanager
async def on_a_pad(folder: Path) -> AsyncIterator[tuple[KeyEncoder, Desk]]:
    desk = PadDesk(folder)
    await desk.pad.start()
    options = {"property_key_file": str(folder / "key")}
    driver = PcscKeyEncoder(DeviceSettings("encoder", "pcsc", desk.pad.address, options), lambda _: None)
    await driver.open()
    try:
        yield driver, desk
    finally:
        await driver.close()
        await desk.pad.stop()


@pytest.mark.parametrize("behaviour", DOOR_BEHAVIOURS, ids=lambda b: b.__name__)
async def test_our_own_keys(behaviour: DoorBehaviour, tmp_path: Path) -> None:
    async with on_a_pad(tmp_path) as (driver, desk):
        await behaviour(driver, desk)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("behaviour", DOOR_BEHAVIOURS, ids=lambda b: b.__name__)
async def test_a_lock_server_s_keys(behaviour: DoorBehaviour, wire: str) -> None:
    async with meeting(wire) as both:
        await behaviour(both.driver, both.desk)
        assert both.server.complaints == []


@pytest.mark.parametrize("behaviour", DOOR_BEHAVIOURS, ids=lambda b: b.__name__)
async def test_a_lock_server_that_takes_and_tells_little(behaviour: DoorBehaviour) -> None:
    async with meeting(server={"listed": Listed.sparse(), "uids": False}) as both:
        desk = both.desk
        desk.can = Can(tells_uids=False, sees_cards=False, reads=False, tells_sequence=False, issues=True)
        await behaviour(both.driver, desk)
        assert both.server.complaints == []
