"""The demonstration's staff cards: `[card_reader] address = virtual` gives a reader that proves them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.card_reader.contract import CardPresented, CardReader, Issued, Proven
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.key_encoder.behaviour_pad import KEY
from hardware.key_encoder.contract import Cut, KeyEncoder
from hardware.known_drivers import check
from hardware.readings import DeviceEvent, Kind
from kiosk.bench import PROPERTY_KEY, STAFF_CARD_KEY, Bench
from kiosk.settings import Settings

CARDS = {
    "kiosk": {"demo": True},
    "hotel": {"url": "http://127.0.0.1:1"},
    "card_reader": {"driver": "pcsc", "address": "virtual"},
    "key_encoder": {"driver": "pcsc", "address": "virtual"},
}


class Desk:
    """The bench with its card reader and encoder, the devices before it, and what they told."""

    def __init__(self, state: Path) -> None:
        settings = Settings.model_validate(CARDS | {"kiosk": {"demo": True, "state": state}})
        clock: Any = SimpleNamespace(now=lambda: datetime(2026, 6, 1, 12, tzinfo=UTC))
        self.state = state
        self.bench = Bench(settings, clock, date(2026, 6, 1))
        self.events: asyncio.Queue[DeviceEvent] = asyncio.Queue()

    async def open(self) -> None:
        await self.bench.start()
        options = {
            Kind.CARD_READER: {"staff_key_file": str(self.state / STAFF_CARD_KEY)},
            Kind.KEY_ENCODER: {"property_key_file": str(self.state / PROPERTY_KEY)},
        }
        listed = {
            kind: DeviceSettings(kind.value, "pcsc", self.bench.addresses[kind], options[kind]) for kind in options
        }
        self.devices = Devices(listed, self.events.put_nowait)
        await self.devices.start()

    async def close(self) -> None:
        await self.devices.close()
        await self.bench.stop()

    @property
    def reader(self) -> CardReader:
        reader: Any = self.devices.get(Kind.CARD_READER)
        return reader  # type: ignore[no-any-return]

    @property
    def encoder(self) -> KeyEncoder:
        encoder: Any = self.devices.get(Kind.KEY_ENCODER)
        return encoder  # type: ignore[no-any-return]

    async def presents(self, name: str) -> CardPresented:
        await self.bench.do("card_reader", "present", name)
        async with asyncio.timeout(5):
            while not isinstance(what := (await self.events.get()).what, CardPresented):
                pass
        return what


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    desk = Desk(tmp_path)
    await desk.open()
    yield desk
    await desk.close()


async def test_a_staff_card_is_made_and_still_proves_itself_when_the_demonstration_starts_again(
    desk: Desk, tmp_path: Path
) -> None:
    said = await desk.presents("staff-1")
    assert (await desk.reader.prove(said.card, within_s=2)).outcome is Proven.NOT_OURS
    assert (await desk.reader.issue(card_within_s=2)).outcome is Issued.DONE
    await desk.bench.do("card_reader", "lift")
    await desk.close()
    again = Desk(tmp_path)
    await again.open()
    try:
        said = await again.presents("staff-1")
        assert (await again.reader.prove(said.card, within_s=2)).outcome is Proven.PROVEN
        said = await again.presents("staff-2")
        assert (await again.reader.prove(said.card, within_s=2)).outcome is Proven.NOT_OURS
    finally:
        await again.close()


async def test_the_same_card_on_the_encoder_is_refused(desk: Desk) -> None:
    await desk.presents("staff-1")
    assert (await desk.reader.issue(card_within_s=2)).outcome is Issued.DONE
    await desk.bench.do("card_reader", "lift")
    await desk.bench.do("key_encoder", "present", "staff-1")
    assert (await desk.encoder.read(card_within_s=2)).outcome is Cut.STAFF_CARD


async def test_an_aes_key_card_is_cut_and_opens_its_door_and_no_other(desk: Desk) -> None:
    cutting = asyncio.create_task(desk.encoder.cut(KEY, card_within_s=5, after_s=time.monotonic()))
    assert (await desk.bench.do("key_encoder", "lay-card", "aes"))["card"] == "ntag424"
    assert (await cutting).outcome is Cut.DONE
    stay = "2030-05-02T12:00+00:00"
    assert (await desk.bench.do("key_encoder", "try-door", KEY.room, stay))["door"] == "opened"
    assert (await desk.bench.do("key_encoder", "try-door", "107", stay))["door"] == "shut: other-room"
    await desk.bench.do("key_encoder", "lift")
    laid = await desk.bench.do("card_reader", "lay-key")
    lying = await desk.reader.present()
    assert lying is not None
    assert lying.uid.hex() == laid["uid"]
    assert (await desk.reader.prove(lying, within_s=2)).outcome is Proven.NOT_OURS


def test_the_section_s_options_are_checked_without_a_card_reader() -> None:
    for options in ({}, {"staff_key_file": "/etc/kiosk/staff-card-key"}):
        check(Kind.CARD_READER, DeviceSettings("card_reader", "pcsc", "virtual", options), virtual=True)
    check(Kind.KEY_ENCODER, DeviceSettings("key_encoder", "pcsc", "virtual", {"cards": "aes"}), virtual=True)
