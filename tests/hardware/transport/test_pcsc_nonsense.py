"""A reader that answers nonsense to who lies on it is ill; a card that is none, or on its way out, is not its fault."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.contract import Card, CardPresented, CardType, Proven
from hardware.card_reader.pcsc_watch import SETTLE_S
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import SmartCard, UltralightCard, VirtualCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.document_reader.contract import Chip, Wanted
from hardware.document_reader.virtual import SPECIMEN
from hardware.document_reader.virtual import VirtualReader as VirtualSwipe
from hardware.driver import DeviceSettings, Driver
from hardware.errors import DeviceGone, DeviceNonsense
from hardware.key_encoder.behaviour_pad import KEY
from hardware.key_encoder.contract import Cut
from hardware.known_drivers import find_driver
from hardware.passport.password import Password
from hardware.readings import Kind, State
from hardware.secret_keys import create_keys
from tests.hardware.conftest import ASKING, Events
from tests.hardware.drivers import property_key

PCSC = ((Kind.CARD_READER, "pcsc"), (Kind.KEY_ENCODER, "pcsc"), (Kind.DOCUMENT_READER, "pcsc_chip"))
NOTICED_S = 2.0


def options(kind: Kind, folder: Path, zone: VirtualSwipe) -> dict[str, str]:
    if kind is Kind.KEY_ENCODER:
        return {"property_key_file": str(property_key(folder))}
    if kind is Kind.CARD_READER:
        create_keys(StaffCardKeys, folder / "staff-card-key")
        return {StaffCardKeys.OPTION: str(folder / "staff-card-key")}
    return {**ASKING, "zone": zone.address}


@asynccontextmanager
async def driver_at(kind: Kind, name: str, pad: VirtualReader, folder: Path, events: Events) -> AsyncIterator[Any]:
    zone = VirtualSwipe()
    await zone.start()
    settings = DeviceSettings(kind.value, name, pad.address, options(kind, folder, zone))
    driver: Driver = find_driver(kind, settings)(settings, events)
    await driver.open()
    try:
        yield driver
    finally:
        await driver.close()
        await zone.stop()


@pytest.fixture(params=PCSC, ids=lambda which: which[0])
async def driver(request: pytest.FixtureRequest, pad: VirtualReader, tmp_path: Path, events: Events) -> AsyncIterator[Any]:
    async with driver_at(*request.param, pad, tmp_path, events) as opened:
        yield opened


async def is_told_of_nonsense(driver: Any) -> None:
    told = asyncio.Event()
    driver.ask_me = told.set
    if (lease := driver._lease) is not None:
        lease.on_loss = told.set
    async with asyncio.timeout(NOTICED_S):
        await told.wait()
    with pytest.raises(DeviceNonsense) as nonsense:
        await driver.status()
    assert nonsense.value.fault is driver.KIND.fault("nonsense")


@pytest.mark.parametrize("verb", [("babble", "on"), ("tell-uid", "04112233445566"), ("tell-uid", "04112233449000")])
async def test_a_reader_that_answers_nonsense_is_known_within_two_seconds_and_by_its_code(
    driver: Any, pad: VirtualReader, verb: tuple[str, ...]
) -> None:
    """Half an answer, a UID without a status word, a UID of five bytes."""
    await pad.do(*verb)
    pad.place(specimen(CardType.ULTRALIGHT))
    await is_told_of_nonsense(driver)


async def test_as_long_as_the_card_lies_there_it_does_not_open(driver: Any, pad: VirtualReader) -> None:
    await pad.do("babble", "on")
    pad.place(specimen(CardType.ULTRALIGHT))
    await is_told_of_nonsense(driver)
    with pytest.raises(DeviceNonsense):
        await driver.open()
    with pytest.raises(DeviceGone, match="not open"):
        await driver.status()
    await pad.do("babble", "off")
    await driver.open()
    assert (await driver.status()).state is State.WELL


async def test_without_a_card_it_opens_and_is_unknown_until_it_has_answered_one_as_it_must(
    driver: Any, pad: VirtualReader, events: Events
) -> None:
    await pad.do("babble", "on")
    pad.place(specimen(CardType.ULTRALIGHT))
    await is_told_of_nonsense(driver)
    pad.lift()
    await driver.open()
    for _ in range(2):
        status = await driver.status()
        assert (status.state, status.faults) == (State.UNKNOWN, (driver.KIND.fault("nonsense"),))
    await pad.do("babble", "off")
    pad.place(specimen(CardType.NTAG213))
    status = await driver.status()
    assert (status.state, status.faults) == (State.WELL, ())


async def test_unplugged_and_plugged_in_again_it_is_not_held_to_what_it_said(driver: Any, pad: VirtualReader) -> None:
    await pad.do("babble", "on")
    pad.place(specimen(CardType.ULTRALIGHT))
    await is_told_of_nonsense(driver)
    pad.lift()
    await driver.open()
    pad.unplug()
    with pytest.raises(DeviceGone):
        await driver.status()
    pad.plug()
    await driver.open()
    assert (await driver.status()).state is State.WELL


async def test_two_that_share_a_reader_are_both_told_each_by_its_own_code(
    pad: VirtualReader, tmp_path: Path, events: Events
) -> None:
    (tmp_path / "reader").mkdir()
    async with (
        driver_at(Kind.KEY_ENCODER, "pcsc", pad, tmp_path, events) as encoder,
        driver_at(Kind.CARD_READER, "pcsc", pad, tmp_path / "reader", events) as reader,
    ):
        await pad.do("babble", "on")
        pad.place(specimen(CardType.ULTRALIGHT))
        await is_told_of_nonsense(encoder)
        with pytest.raises(DeviceNonsense) as nonsense:
            await reader.status()
        assert nonsense.value.fault is Kind.CARD_READER.fault("nonsense")
        await pad.do("babble", "off")
        await asyncio.gather(encoder.open(), reader.open())
        for driver in (encoder, reader):
            assert (await driver.status()).state is State.WELL


async def test_one_odd_answer_is_asked_for_again(driver: Any, pad: VirtualReader, events: Events) -> None:
    await pad.do("babble", "1")
    card = specimen(CardType.NTAG215)
    pad.place(card)
    status = await driver.status()
    assert (status.state, status.faults) == (State.WELL, ())
    assert "ntag215" in {reading.value for reading in status.readings}
    if driver.KIND is Kind.CARD_READER:
        assert (await events.next_what()) == CardPresented(Card(card.uid, CardType.NTAG215))


async def test_a_card_that_is_lifted_with_odd_answers_was_on_its_way_out(driver: Any, pad: VirtualReader) -> None:
    await pad.do("babble", "1")
    pad.place(specimen(CardType.ULTRALIGHT))
    pad.lift_after(0)
    assert (await driver.status()).state is State.WELL
    async with asyncio.timeout(3 * SETTLE_S):
        while "none" not in {reading.value for reading in (await driver.status()).readings}:
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    ("told", "card"),
    [
        ("6a81", SmartCard(b"")), ("6d00", SmartCard(b"")), ("6e00", UltralightCard(UIDS[7])),
        ("6982", UltralightCard(UIDS[7])), ("6c07", UltralightCard(UIDS[7])),
    ],
)  # fmt: skip
async def test_a_reader_that_does_not_know_such_a_card_is_well(
    driver: Any, pad: VirtualReader, told: str, card: VirtualCard
) -> None:
    """It says so by a status word, as PC/SC part 3 has it, or the card in a contact slot does."""
    await pad.do("tell-uid", told)
    pad.place(card)
    status = await driver.status()
    assert (status.state, status.faults) == (State.WELL, ())
    if driver.KIND is Kind.KEY_ENCODER:
        assert (await driver.read(card_within_s=1)).outcome is Cut.WRONG_TYPE


@pytest.mark.parametrize("number", ["0101040112345678", "0e9fe31a2b"])
async def test_a_number_of_another_standard_is_a_card_of_another_kind(pad: VirtualReader, driver: Any, number: str) -> None:
    """FeliCa and ISO/IEC 15693 have eight bytes, cards of 125 kHz five: their ATR does not say ISO/IEC 14443."""
    other = VirtualCard(bytes.fromhex(number), CardType.OTHER, bytes.fromhex("3B8F8001804F0CA0000003061100 3B00000000 42"))
    await pad.do("tell-uid", number + "9000")
    pad.place(other)
    assert (await driver.status()).state is State.WELL


async def test_a_card_that_talks_nonsense_is_no_fault_of_the_encoder_s(
    pad: VirtualReader, tmp_path: Path, events: Events
) -> None:
    class Mumbles(Ntag424Card):
        """Says who it is, and then one byte to whatever it is asked."""

        asked = 0

        def exchange(self, apdu: bytes) -> bytes:
            self.asked += 1
            return super().exchange(apdu) if self.asked <= 6 else b"\x00"

    async with driver_at(Kind.KEY_ENCODER, "pcsc", pad, tmp_path, events) as encoder:
        pad.place(Mumbles(UIDS[7]))
        assert (await encoder.cut(KEY, card_within_s=2, after_s=0)).outcome is Cut.LIFTED
        assert (await encoder.status()).state is State.WELL


async def test_a_document_whose_chip_talks_nonsense_is_unreadable(pad: VirtualReader, tmp_path: Path, events: Events) -> None:
    class Mumbles(SmartCard):
        def exchange(self, apdu: bytes) -> bytes:
            return b"\x00"

    async with driver_at(Kind.DOCUMENT_READER, "pcsc_chip", pad, tmp_path, events) as reader:
        pad.place(Mumbles(UIDS[4]))
        found = await reader.read_chip(
            Password.of(SPECIMEN), document_within_s=2, order=Wanted(), on_progress=lambda part: None
        )
        assert (found.outcome, found.why) == (Chip.UNREADABLE, "an answer without status word")
        assert not (await reader.status()).faults


async def test_a_reader_that_begins_to_babble_makes_no_stranger_of_a_colleague(
    pad: VirtualReader, tmp_path: Path, events: Events
) -> None:
    """It is not their card that proves nothing."""
    async with driver_at(Kind.CARD_READER, "pcsc", pad, tmp_path, events) as reader:
        card = Ntag424Card(UIDS[7])
        pad.place(card)
        await reader.issue(card_within_s=2)
        shown = Card(card.uid, card.type)
        assert (await reader.prove(shown, within_s=2)).outcome is Proven.PROVEN
        await pad.do("babble", "on")
        with pytest.raises(DeviceNonsense):
            await reader.prove(shown, within_s=2)
