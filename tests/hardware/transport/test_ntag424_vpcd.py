"""NTAG 424 DNA through the whole real stack: driver, pyscard, pcscd, vpcd – with a virtual card behind it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.card_reader.behaviour_pad import STAFF_CARDS, UIDS, ReaderBehaviour
from hardware.card_reader.contract import CardPresented, CardType, Issued, Proven
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.key_encoder.behaviour_aes import AES_CARDS, NEW, cut_on, lifted, read_from
from hardware.key_encoder.behaviour_pad import EncoderBehaviour, cutting_begun
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import load_property_keys
from hardware.key_encoder.virtual import Door
from hardware.readings import DeviceEvent
from tests.hardware.drivers import encoder_at, property_key, staff_reader_at
from tests.hardware.transport.pcscd import READER, Pcscd

NOON = datetime(2030, 5, 2, 12, tzinfo=UTC)
# A lift costs pcscd's 400 ms to be noticed: what lifts after every command in turn is shown in process.
MANY_LIFTS = "at_any_moment", "half_made", "that_has_gone"
Reader = tuple[PcscCardReader, asyncio.Queue[DeviceEvent]]


def few_lifts(behaviour: Callable[..., object]) -> bool:
    return not any(part in behaviour.__name__ for part in MANY_LIFTS)


@pytest.fixture
async def encoder(pcscd: Pcscd, tmp_path: Path) -> AsyncIterator[PcscKeyEncoder]:
    async with encoder_at(f"pcsc:{READER}", property_key(tmp_path)) as driver:
        yield driver


@pytest.fixture
async def reader(pcscd: Pcscd, tmp_path: Path) -> AsyncIterator[Reader]:
    events: asyncio.Queue[DeviceEvent] = asyncio.Queue()
    async with staff_reader_at(f"pcsc:{READER}", tmp_path, events.put_nowait) as driver:
        yield driver, events


@pytest.mark.parametrize("behaviour", tuple(filter(few_lifts, AES_CARDS)), ids=lambda b: b.__name__)
async def test_room_keys_keep_their_contract(
    behaviour: EncoderBehaviour, pcscd: Pcscd, encoder: PcscKeyEncoder
) -> None:
    await behaviour(encoder, pcscd.pad)


@pytest.mark.parametrize("behaviour", tuple(filter(few_lifts, STAFF_CARDS)), ids=lambda b: b.__name__)
async def test_staff_cards_keep_their_contract(
    behaviour: ReaderBehaviour, pcscd: Pcscd, reader: Reader
) -> None:
    driver, events = reader
    await behaviour(driver, events, pcscd.pad)
    assert events.empty()


@pytest.mark.parametrize("with_status", [True, False], ids=["63-00-first", "line-cut"])
async def test_a_card_lifted_while_its_keys_are_changed_is_taken_up_again(
    pcscd: Pcscd, encoder: PcscKeyEncoder, with_status: bool, tmp_path: Path
) -> None:
    pcscd.pad.loses_with_status = with_status
    door = Door("412", load_property_keys(tmp_path / "property-key"), lambda: NOON)
    half_changed = 0
    for commands in (17, 20):  # of 27: key 0 is changed by the 16th, key 3 by the 22nd
        card = Ntag424Card(UIDS[7])
        cutting = await cutting_begun(encoder)
        pcscd.pad.place(card)
        pcscd.pad.lift_after(commands)
        assert (await cutting).outcome is Cut.LIFTED
        await lifted(encoder, pcscd.pad)
        half_changed += len({key.version for key in card.keys}) > 1
        assert not door.try_card(card).opened
        assert (await cut_on(encoder, pcscd.pad, card, NEW)).key == NEW
        assert (await read_from(encoder, pcscd.pad, card)).key == NEW
        assert door.try_card(card).opened
    assert half_changed == 2


async def test_the_staff_card_is_refused_by_the_encoder_on_the_same_box(
    pcscd: Pcscd, encoder: PcscKeyEncoder, reader: Reader, record_property: Callable[..., None]
) -> None:
    driver, events = reader
    card = Ntag424Card(UIDS[7])
    pcscd.pad.place(card)
    said = (await asyncio.wait_for(events.get(), 1.0)).what
    assert isinstance(said, CardPresented)
    assert said.card.type is CardType.NTAG424
    assert (await driver.issue(card_within_s=1)).outcome is Issued.DONE
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    assert (await driver.prove(said.card, within_s=1)).outcome is Proven.PROVEN
    record_property("prove_s", loop.time() - began_s)
    before = card.whole()
    assert (await encoder.erase(card_within_s=1)).outcome is Cut.STAFF_CARD
    assert card.whole() == before
