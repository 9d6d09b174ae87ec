"""The PC/SC card reader before a virtual reader: cards come and go, readers too."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from hardware.card_reader.behaviour_pad import specimen
from hardware.card_reader.contract import CardPresented, CardRemoved, CardType
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual import VirtualReader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, DeviceMissetup, DeviceSilent, Fault
from hardware.readings import DeviceEvent


@pytest.fixture
def told() -> asyncio.Queue[DeviceEvent]:
    return asyncio.Queue()


@pytest.fixture
async def reader(pad: VirtualReader, told: asyncio.Queue[DeviceEvent]) -> AsyncIterator[PcscCardReader]:
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", pad.address), told.put_nowait)
    await driver.open()
    yield driver
    await driver.close()


async def test_exchanged_in_a_blink_is_removed_and_presented(
    reader: PcscCardReader, told: asyncio.Queue[DeviceEvent], pad: VirtualReader
) -> None:
    pad.place(specimen(CardType.ULTRALIGHT))
    await told.get()
    pad.lift()
    pad.place(specimen(CardType.CLASSIC_1K))
    assert (await told.get()).what == CardRemoved()
    what = (await told.get()).what
    assert isinstance(what, CardPresented)
    assert what.card.type is CardType.CLASSIC_1K


async def test_one_of_two_borrowers_opens_again_after_a_loss(
    pad: VirtualReader, reader: PcscCardReader
) -> None:
    other = PcscCardReader(DeviceSettings("other", "pcsc", pad.address), lambda _: None)
    await other.open()
    pad.unplug()
    with pytest.raises(DeviceGone):
        await other.present()
    pad.plug()
    await other.open()
    assert await other.present() is None
    with pytest.raises(DeviceGone):
        await reader.present()
    await reader.open()
    pad.place(specimen(CardType.NTAG216))
    assert await reader.present() == await other.present() is not None
    await other.close()


async def test_a_reader_that_hangs_is_silent_and_can_be_let_go(
    pad: VirtualReader, reader: PcscCardReader
) -> None:
    await pad.do("hang")
    pad.place(specimen(CardType.ULTRALIGHT))
    with pytest.raises(DeviceSilent) as silent:
        await reader.present()
    assert silent.value.fault is Fault.CARD_READER_SILENT
    await reader.close()
    pad.unplug()
    pad.plug()
    await reader.open()
    assert await reader.present() is not None


async def test_status_names_the_reader_and_no_card_s_uid(pad: VirtualReader, reader: PcscCardReader) -> None:
    card = specimen(CardType.NTAG213)
    pad.place(card)
    status = await reader.status()
    assert {reading.id: reading.value for reading in status.readings} == {
        "reader": pad.name,
        "card": "ntag213",
        "staff-card-key": "none",
    }
    assert card.uid.hex() not in repr(status)


@pytest.mark.parametrize("address", ["usb://1234:5678", "", "serial:///dev/ttyS0"])
def test_an_address_of_another_bus_is_told_at_once(address: str) -> None:
    with pytest.raises(DeviceMissetup) as missetup:
        PcscCardReader(DeviceSettings("reader", "pcsc", address), lambda _: None)
    assert missetup.value.fault is Fault.BAD_ADDRESS


async def test_a_virtual_reader_that_nobody_put_up_is_gone() -> None:
    driver = PcscCardReader(DeviceSettings("reader", "pcsc", "virtual:nobody"), lambda _: None)
    with pytest.raises(DeviceGone):
        await driver.open()
