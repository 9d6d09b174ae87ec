"""A scanner that plays a keyboard: its keys are ours alone, and what a person does to it is told."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, DeviceMissetup, Fault
from hardware.readings import Kind, State
from hardware.scanner.contract import CodeScanned, Symbology
from hardware.scanner.keyboard import DRIVER, MOST_UNREADABLE
from hardware.scanner.keyboard_wire import LOST, QUIET_S
from hardware.scanner.virtual_keyboard import VirtualKeyboard
from hardware.transport.evdev import EVIOCGNAME, EVIOCGRAB
from hardware.virtual_process import VirtualProcess


@pytest.fixture
async def end() -> AsyncIterator[VirtualKeyboard]:
    end = VirtualKeyboard()
    await end.start()
    yield end
    await end.stop()


@pytest.fixture
async def scanner(end: VirtualKeyboard, events: Any) -> AsyncIterator[Any]:
    driver = DRIVER(DeviceSettings("scanner", "keyboard", end.address), events)
    await driver.open()
    yield driver
    await driver.close()


async def test_a_scanned_booking_arrives_with_its_symbology_and_time(
    scanner: Any, end: VirtualKeyboard, events: Any
) -> None:
    before = time.monotonic()
    await end.do("scan", "https://hotel.example/b/4711?x=Y_z", "qr")
    event = await events.next()
    assert (event.device, event.kind) == ("scanner", Kind.SCANNER)
    assert event.what == CodeScanned("https://hotel.example/b/4711?x=Y_z", Symbology.QR)
    assert before <= event.began_s <= time.monotonic()


async def test_not_a_key_is_typed_into_the_window(scanner: Any, end: VirtualKeyboard, events: Any) -> None:
    assert end.ioctls == [(EVIOCGNAME, 0), (EVIOCGRAB, 1)]
    await end.do("scan", "rm -rf")
    await events.next()
    assert (await end.do("free"))["typed"] == "0"
    await scanner.close()
    async with asyncio.timeout(5):
        while (await end.do("free"))["grabbed"] == "yes":
            await asyncio.sleep(0)
    await end.do("scan", "now it types")
    assert end.typed > 0


async def test_one_that_another_program_has_grabbed_is_not_used(end: VirtualKeyboard, events: Any) -> None:
    await end.do("taken")
    driver = DRIVER(DeviceSettings("scanner", "keyboard", end.address), events)
    with pytest.raises(DeviceGone, match="another program"):
        await driver.open()
    await end.do("scan", "SECRET")
    with pytest.raises(DeviceGone, match="not open"):
        await driver.status()
    assert events.none
    await end.do("free")
    await driver.open()
    await end.do("scan", "OURS")
    assert (await events.next_what()).text == "OURS"
    await driver.close()


async def test_what_the_kernel_cannot_grab_is_not_read(tmp_path: Path, events: Any) -> None:
    """The kernel itself answers here: a pipe takes no ioctl of an input device."""
    os.mkfifo(tmp_path / "keys")
    holder = os.open(tmp_path / "keys", os.O_RDWR | os.O_NONBLOCK)
    try:
        driver = DRIVER(DeviceSettings("scanner", "keyboard", f"evdev://{tmp_path / 'keys'}"), events)
        with pytest.raises(DeviceMissetup, match="can't be grabbed"):
            await driver.open()
    finally:
        os.close(holder)


async def test_a_slow_scanner_s_code_is_whole(scanner: Any, end: VirtualKeyboard, events: Any) -> None:
    await end.do("slow", "SLOW-1", "code128")
    assert await events.next_what() == CodeScanned("SLOW-1", Symbology.CODE128)
    assert events.none


async def test_a_kiosk_that_stands_still_meanwhile_does_not_take_half_a_code_for_one(events: Any) -> None:
    end = VirtualKeyboard(aim=False)
    await end.start()
    driver = DRIVER(DeviceSettings("scanner", "keyboard", end.address), events)
    await driver.open()
    await end.do("partial", "CONF-")
    async with asyncio.timeout(5):
        while driver.framing.waits_s is None:
            await asyncio.sleep(0)
    await end.do("scan", "1234")  # at once, but nobody looks for so long:
    threading.Event().wait(2 * QUIET_S)
    assert (await events.next_what()).text == "CONF-1234"
    await driver.close()
    await end.stop()


async def test_lost_keys_and_foreign_events_are_no_code(scanner: Any, end: VirtualKeyboard, events: Any) -> None:
    await end.do("overrun", "CONF-1234")
    async with asyncio.timeout(5):
        while not scanner.framing.noise:
            await asyncio.sleep(0.01)
    await end.do("scan", "CONF-1234")
    assert (await events.next_what()).text == "CONF-1234"
    await end.do("garbage")
    assert (await events.next_what()).text == "\ufffd", "a key that writes nothing is no valid code"


async def test_half_a_code_is_not_scanned_where_the_scanner_ends_with_enter(
    end: VirtualKeyboard, events: Any
) -> None:
    driver = DRIVER(DeviceSettings("scanner", "keyboard", end.address, {"end": "enter"}), events)
    await driver.open()
    await end.do("partial", "CONF-12")
    async with asyncio.timeout(5):
        while not driver.framing.noise:
            await asyncio.sleep(0.01)
    await end.do("scan", "CONF-1234")
    assert (await events.next_what()).text == "CONF-1234"
    await driver.close()
    assert events.none


async def test_a_german_keyboard(events: Any) -> None:
    end = VirtualKeyboard("de")
    await end.start()
    driver = DRIVER(DeviceSettings("scanner", "keyboard", end.address, {"layout": "de"}), events)
    await driver.open()
    await end.do("scan", "Zimmer für Jörg Weiß; René {7}")
    assert (await events.next_what()).text == "Zimmer für Jörg Weiß; René {7}"
    await driver.close()
    await end.stop()


async def test_nobody_knows_how_it_is_until_it_scans(scanner: Any, end: VirtualKeyboard, events: Any) -> None:
    status = await scanner.status()
    assert status.state is State.UNKNOWN
    assert {"Virtual Barcode Scanner", "yes"} <= {reading.value for reading in status.readings}
    await end.do("scan", "X")
    event = await events.next()
    status = await scanner.status()
    assert status.state is State.WELL
    assert event.began_s <= status.proven_s <= time.monotonic()


async def test_what_nobody_can_read_proves_nothing_and_often_in_a_row_it_needs_care(
    scanner: Any, end: VirtualKeyboard, events: Any
) -> None:
    """Once, it may be a guest's own code, in a script that no key writes; it is told, and goes on being used."""
    for _ in range(MOST_UNREADABLE):
        status = await scanner.status()
        assert (status.state, status.faults) == (State.UNKNOWN, ())
        await end.do("garbage")
        assert (await events.next_what()).text == LOST
    status = await scanner.status()
    assert (status.state, status.faults) == (State.NEEDS_CARE, (Fault.SCANNER_NONSENSE,))
    await end.do("scan", "CONF-1234")
    await events.next()
    status = await scanner.status()
    assert (status.state, status.faults) == (State.WELL, ())


async def test_unplugged_in_use_it_is_gone_and_half_a_code_with_it(
    scanner: Any, end: VirtualKeyboard, events: Any
) -> None:
    await end.do("partial", "CONF-12")
    await end.do("unplug")
    await scanner._listening
    with pytest.raises(DeviceGone) as gone:
        await scanner.status()
    assert gone.value.fault is Fault.SCANNER_GONE
    with pytest.raises(DeviceGone, match="no such device"):
        await scanner.open()
    assert events.none
    await end.do("plug")
    await scanner.open()
    await end.do("scan", "BACK")
    assert (await events.next_what()).text == "BACK"


async def test_that_it_was_unplugged_is_known_at_once(scanner: Any, end: VirtualKeyboard) -> None:
    told = asyncio.Event()
    scanner.ask_me = told.set
    await end.do("unplug")
    async with asyncio.timeout(5):
        await told.wait()


async def test_a_second_kiosk_on_the_same_scanner_is_told(scanner: Any, end: VirtualKeyboard, events: Any) -> None:
    other = DRIVER(DeviceSettings("scanner", "keyboard", end.address), events)
    with pytest.raises(DeviceGone, match="another program"):
        await other.open()
    await end.do("scan", "STILL MINE")
    assert (await events.next_what()).text == "STILL MINE"


@pytest.mark.parametrize(
    ("address", "options", "said"),
    [
        ("evdev://", {}, "evdev:NAME"),
        ("serial:///dev/ttyACM0", {}, "evdev:NAME"),
        ("evdev:///dev/input/event0?grab=no", {}, "takes no options"),
        ("evdev:Scanner", {"layout": "fr"}, "us, de, hu"),
        ("evdev:Scanner", {"end": "tab"}, "any, enter"),
        ("evdev:Scanner", {"baud": "9600"}, "end, layout"),
    ],
)
def test_wrong_settings_say_what_is_allowed(address: str, options: dict[str, str], said: str, events: Any) -> None:
    with pytest.raises(DeviceMissetup, match=said):
        DRIVER(DeviceSettings("scanner", "keyboard", address, options), events)


async def test_a_driver_that_was_never_opened_closes(events: Any) -> None:
    driver = DRIVER(DeviceSettings("scanner", "keyboard", "evdev:///dev/input/nothing-here"), events)
    await driver.close()
    with pytest.raises(DeviceGone):
        await driver.open()
    with pytest.raises(DeviceGone):
        await driver.status()
    await driver.close()


async def test_the_keyboard_of_the_demo_runs_as_a_process_of_its_own(events: Any) -> None:
    child = VirtualProcess("hardware.scanner.virtual_keyboard")
    await child.start()
    try:
        driver = DRIVER(DeviceSettings("scanner", "keyboard", child.address), events)
        await driver.open()
        await child.do("scan", "https://hotel.example/b/1", "qr")
        assert await events.next_what() == CodeScanned("https://hotel.example/b/1", Symbology.QR)
        await driver.close()
    finally:
        await child.stop()
