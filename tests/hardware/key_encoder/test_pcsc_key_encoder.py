"""The PC/SC key encoder before a virtual reader: its kind's behaviour, faults, and what a card keeps."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.card_reader.behaviour_pad import specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import ClassicCard, UltralightCard
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, DeviceMissetup, DeviceNonsense, Fault
from hardware.key_encoder.behaviour_pad import KEY, cutting_begun
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.credential import decode, encode, sector_key
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import create_property_keys, load_property_keys
from hardware.readings import DeviceEvent
from tests.hardware.drivers import encoder_at, encoder_for, new_pad


@pytest.fixture
async def acs() -> AsyncIterator[VirtualReader]:
    async with new_pad("ACS ACR122U") as reader:
        yield reader


@pytest.fixture
async def encoder(acs: VirtualReader, key_file: Path) -> AsyncIterator[PcscKeyEncoder]:
    async with encoder_at(acs.address, key_file) as driver:
        yield driver


@pytest.mark.parametrize("with_status", [True, False], ids=["63-00-first", "wire-error"])
@pytest.mark.parametrize("kind", [CardType.ULTRALIGHT, CardType.CLASSIC_1K])
async def test_a_half_written_card_is_the_old_key_or_none(
    acs: VirtualReader, encoder: PcscKeyEncoder, kind: CardType, with_status: bool, key_file: Path
) -> None:
    keys, old, new = load_property_keys(key_file), replace(KEY, sequence=6), replace(KEY, sequence=9)
    acs.loses_with_status = with_status
    found = set()
    for commands in range(3, 60):
        card = specimen(kind)
        cutting = await cutting_begun(encoder, old)
        acs.place(card)
        assert (await cutting).outcome is Cut.DONE
        acs.lift()
        cutting = await cutting_begun(encoder, new)
        acs.place(card)
        acs.lift_after(commands)
        outcome = (await cutting).outcome
        acs.lift()
        stands = card.content()[64:112] if kind is CardType.CLASSIC_1K else card.content()[16:64]
        key = decode(stands, card.uid, keys)
        found.add(key)
        assert key in (old, new) or isinstance(key, str)
        if outcome is Cut.DONE:
            assert key == new
            break
        assert outcome is Cut.LIFTED
    assert {old, new} < found, "no moment left the card without a key: nothing was half written"


async def test_pages_0_to_3_are_never_written(acs: VirtualReader, encoder: PcscKeyEncoder) -> None:
    card = UltralightCard(bytes.fromhex("04112233445566"))
    before = card.content()[:16]
    cutting = await cutting_begun(encoder)
    acs.place(card)
    assert (await cutting).outcome is Cut.DONE
    assert (await encoder.erase(card_within_s=1)).outcome is Cut.DONE
    assert card.content()[:16] == before


async def test_a_sector_trailer_is_left_as_it_is(acs: VirtualReader, encoder: PcscKeyEncoder) -> None:
    card = ClassicCard(bytes.fromhex("11223344"))
    trailers = card.memory[3::4]
    cutting = await cutting_begun(encoder)
    acs.place(card)
    assert (await cutting).outcome is Cut.DONE
    assert card.memory[3::4] == trailers


async def test_a_sector_under_the_property_s_own_key_is_opened(
    acs: VirtualReader, encoder: PcscKeyEncoder, key_file: Path
) -> None:
    card = ClassicCard(bytes.fromhex("11223344"))
    card.set_sector(4, sector_key(load_property_keys(key_file), card.uid))
    cutting = await cutting_begun(encoder)
    acs.place(card)
    assert (await cutting).outcome is Cut.DONE


async def test_a_cut_takes_few_commands_and_little_time(acs: VirtualReader, encoder: PcscKeyEncoder) -> None:
    for kind, most in ((CardType.ULTRALIGHT, 24), (CardType.CLASSIC_1K, 20)):
        card = specimen(kind)
        cutting = await cutting_begun(encoder)
        before, began_s = acs.apdus, time.monotonic()
        acs.place(card)
        assert (await cutting).outcome is Cut.DONE
        assert acs.apdus - before <= most
        assert time.monotonic() - began_s < 1.0
        acs.lift()


async def test_another_property_s_key_is_not_a_key(
    acs: VirtualReader, encoder: PcscKeyEncoder, tmp_path: Path
) -> None:
    card = UltralightCard(bytes.fromhex("04112233445566"))
    data = encode(KEY, card.uid, create_property_keys(tmp_path / "other"))
    for page in range(4, 16):
        card.write(page, data[(page - 4) * 4 : (page - 3) * 4])
    acs.place(card)
    assert (await encoder.read(card_within_s=1)).outcome is Cut.NOT_A_KEY


@pytest.mark.parametrize(
    "wrong", [replace(KEY, room="the tower suite"), replace(KEY, valid_until=KEY.valid_from)]
)
async def test_an_impossible_key_is_refused_before_a_card_is_asked_for(
    encoder: PcscKeyEncoder, wrong: object
) -> None:
    with pytest.raises(ValueError, match="key"):
        await encoder.cut(wrong, card_within_s=0)  # type: ignore[arg-type]


async def test_unplugged_in_the_middle_of_writing(acs: VirtualReader, encoder: PcscKeyEncoder) -> None:
    card = _Unplugs(bytes.fromhex("04112233445566"), acs)
    cutting = await cutting_begun(encoder)
    acs.place(card)
    with pytest.raises(DeviceGone):
        await asyncio.wait_for(cutting, 1.0)


class _Unplugs(UltralightCard):
    """A card whose arrival at page 9 makes somebody stumble over the reader's cable."""

    def __init__(self, uid: bytes, reader: VirtualReader) -> None:
        super().__init__(uid)
        self.reader = reader

    def write(self, address: int, data: bytes) -> None:
        super().write(address, data)
        if address == 9:
            self.reader.unplug()


async def test_answers_with_a_byte_missing_are_nonsense(acs: VirtualReader, encoder: PcscKeyEncoder) -> None:
    acs.place(UltralightCard(bytes.fromhex("04112233445566")))
    assert await encoder.lies_there()
    await acs.do("garble", "on")
    with pytest.raises(DeviceNonsense) as nonsense:
        await encoder.read(card_within_s=1)
    assert nonsense.value.fault is Fault.KEY_ENCODER_NONSENSE
    assert "0411" not in str(nonsense.value)


async def test_without_a_property_key_it_does_not_open(acs: VirtualReader, key_file: Path) -> None:
    key_file.chmod(0o644)
    driver = encoder_for(acs.address, key_file)
    with pytest.raises(DeviceMissetup) as missetup:
        await driver.open()
    assert missetup.value.fault is Fault.KEY_ENCODER_NO_PROPERTY_KEY
    assert key_file.read_text().split()[1] not in str(missetup.value)


async def test_a_card_reader_on_the_same_pad_hears_nothing_of_a_card_being_cut(
    acs: VirtualReader, encoder: PcscKeyEncoder
) -> None:
    heard: list[DeviceEvent] = []
    reader = PcscCardReader(DeviceSettings("reader", "pcsc", acs.address), heard.append)
    await reader.open()
    try:
        cutting = await cutting_begun(encoder)
        acs.place(specimen(CardType.ULTRALIGHT))
        assert (await cutting).outcome is Cut.DONE
        assert await reader.present() is not None
        acs.lift()
        assert await reader.present() is None
        assert heard == []
        acs.place(specimen(CardType.ULTRALIGHT))
        assert await reader.present() is not None
        assert len(heard) == 1
    finally:
        await reader.close()


def test_an_address_of_another_bus_is_told_at_once() -> None:
    with pytest.raises(DeviceMissetup):
        PcscKeyEncoder(DeviceSettings("encoder", "pcsc", "tcp://127.0.0.1:1"), lambda _: None)
