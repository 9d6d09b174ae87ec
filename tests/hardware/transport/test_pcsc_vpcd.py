"""The whole real stack: driver, pyscard, pcscd, vpcd – with a virtual card behind it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardPresented, CardRemoved, CardType
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual_cards import ClassicCard, NtagCard, SmartCard, UltralightCard
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, DeviceNonsense, Fault
from hardware.key_encoder.behaviour_pad import KEY, cutting_begun
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.virtual import Door
from hardware.readings import DeviceEvent, State
from tests.hardware.drivers import encoder_at, property_key
from tests.hardware.transport.pcscd import READER, Pcscd

UID = bytes.fromhex("04A1B2C3D4E5F6")
NOON = datetime(2030, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
async def encoder(pcscd: Pcscd, tmp_path: Path) -> AsyncIterator[PcscKeyEncoder]:
    async with encoder_at(f"pcsc:{READER}", property_key(tmp_path)) as driver:
        yield driver


@pytest.fixture
async def reader(pcscd: Pcscd) -> AsyncIterator[tuple[PcscCardReader, asyncio.Queue[DeviceEvent]]]:
    events: asyncio.Queue[DeviceEvent] = asyncio.Queue()
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", "pcsc:Virtual PCD"), events.put_nowait)
    await driver.open()
    yield driver, events
    await driver.close()


@pytest.mark.parametrize(
    "card", [UltralightCard(UID), NtagCard(UID), ClassicCard(UID[:4])], ids=lambda c: c.type
)
async def test_a_key_is_cut_and_read_back_through_the_real_pcscd(
    pcscd: Pcscd,
    encoder: PcscKeyEncoder,
    card: UltralightCard | ClassicCard,
    record_property: Callable[..., None],
) -> None:
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(card)
    before, began_s = pcscd.pad.apdus, time.monotonic()
    result = await cutting
    record_property("cut_s", time.monotonic() - began_s)
    record_property("apdus", pcscd.pad.apdus - before)
    assert (result.outcome, result.uid, result.card_type, result.key) == (Cut.DONE, card.uid, card.type, KEY)
    assert (await encoder.read(card_within_s=1)).key == KEY
    assert Door("412", encoder._secrets(), lambda: NOON).try_card(card).opened
    assert (await encoder.erase(card_within_s=1)).outcome is Cut.DONE
    assert (await encoder.read(card_within_s=1)).outcome is Cut.NOT_A_KEY


@pytest.mark.parametrize("with_status", [True, False], ids=["63-00-first", "line-cut"])
async def test_a_card_lifted_while_it_is_written_is_not_believed(
    pcscd: Pcscd, encoder: PcscKeyEncoder, with_status: bool
) -> None:
    card = UltralightCard(UID)
    pcscd.pad.loses_with_status = with_status
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(card)
    pcscd.pad.lift_after(12)
    assert (await cutting).outcome is Cut.LIFTED
    assert not Door("412", encoder._secrets(), lambda: NOON).try_card(card).opened
    await asyncio.wait_for(pcscd.noticed_removal.wait(), 2)
    again = await cutting_begun(encoder)
    pcscd.pad.place(card)
    assert (await again).outcome is Cut.DONE


async def test_a_phone_on_the_encoder_is_the_wrong_type(pcscd: Pcscd, encoder: PcscKeyEncoder) -> None:
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(SmartCard(bytes.fromhex("08A1B2C3")))
    assert (await cutting).outcome is Cut.WRONG_TYPE


async def test_card_laid_and_lifted_is_told_within_a_second(
    pcscd: Pcscd, reader: tuple[PcscCardReader, asyncio.Queue[DeviceEvent]]
) -> None:
    driver, events = reader
    async with asyncio.timeout(1.0):
        pcscd.pad.place(NtagCard(UID, CardType.NTAG215))
        event = await events.get()
    assert isinstance(event.what, CardPresented)
    assert (event.what.card.uid, event.what.card.type) == (UID, CardType.NTAG215)
    assert await driver.present() == event.what.card
    async with asyncio.timeout(1.0):
        pcscd.pad.lift()
        assert (await events.get()).what == CardRemoved()
    assert await driver.present() is None


@pytest.mark.parametrize("verb", [("babble", "on"), ("tell-uid", "04112233445566")], ids=["one-byte", "no-status-word"])
async def test_a_reader_that_answers_nonsense_is_told_by_its_code_until_it_makes_sense(
    pcscd: Pcscd, encoder: PcscKeyEncoder, verb: tuple[str, ...]
) -> None:
    await pcscd.pad.do(*verb)
    told = asyncio.Event()
    encoder.ask_me = told.set
    encoder._lease.on_loss = told.set  # type: ignore[union-attr]
    pcscd.pad.place(UltralightCard(UID))
    async with asyncio.timeout(2.5):  # pcscd's own look, 0.4 s, and two questions
        await told.wait()
    with pytest.raises(DeviceNonsense) as nonsense:
        await encoder.status()
    assert nonsense.value.fault is Fault.KEY_ENCODER_NONSENSE
    with pytest.raises(DeviceNonsense):
        await encoder.open()
    pcscd.pad.lift()
    await asyncio.wait_for(pcscd.noticed_removal.wait(), 2)
    await pcscd.pad.do("babble", "off")
    await pcscd.pad.do("tell-uid")
    await encoder.open()
    assert (await encoder.status()).state is State.UNKNOWN
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(UltralightCard(UID))
    assert (await cutting).outcome is Cut.DONE
    assert (await encoder.status()).state is State.WELL


async def test_pcscd_goes_down_and_comes_back(pcscd: Pcscd, encoder: PcscKeyEncoder) -> None:
    waiting = await cutting_begun(encoder)
    assert (await encoder.status()).state is State.WELL
    await pcscd.goes_down()
    async with asyncio.timeout(2):
        with pytest.raises(DeviceGone):
            await waiting
    with pytest.raises(DeviceGone):
        await encoder.status()
    with pytest.raises(DeviceGone):
        await encoder.open()
    await pcscd.start()
    await encoder.open()
    cutting = await cutting_begun(encoder)
    pcscd.pad.place(UltralightCard(UID))
    assert (await cutting).outcome is Cut.DONE


async def test_a_reader_that_pcscd_does_not_have_is_gone(pcscd: Pcscd) -> None:
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", "pcsc:OMNIKEY"), lambda _: None)
    with pytest.raises(DeviceGone):
        await driver.open()
