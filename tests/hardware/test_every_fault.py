"""Every fault that a device can have is raised by a driver before a virtual device, each in the way a person causes it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, Fault
from hardware.key_encoder import fias_connection
from hardware.known_drivers import find_driver
from hardware.readings import Kind, Status
from hardware.scanner.virtual_camera import VirtualCamera
from tests.faults.devices.stands import (
    CardReaderStand,
    EncoderStand,
    LockServerStand,
    PrinterStand,
    ScannerStand,
    Stand,
    SwipeStand,
    Verb,
    standing,
)

Raised = Callable[[Path], Awaitable[DeviceError | Status]]


def asked(made: type[Stand], *verbs: Verb, times: int = 1) -> Raised:
    """Open, something happens to the device, it is asked how it is."""

    async def raised(folder: Path) -> DeviceError | Status:
        async with standing(made(folder)) as stand:
            driver = stand.devices.get(stand.kind)
            assert driver is not None
            await stand.plays(*verbs)
            for _ in range(times):
                status = await driver.status()
            return status

    return raised


def gone(made: type[Stand]) -> Raised:
    """The plug is pulled; nobody but the supervision finds it."""

    async def raised(folder: Path) -> DeviceError | Status:
        async with standing(made(folder)) as stand:
            await stand.plays(("unplug",))
            await stand.soon(lambda: stand.moved.move(0.25) or stand.view.faults)
            return Status(stand.view.state, stand.view.faults)

    return raised


def used(made: type[Stand], *verbs: Verb) -> Raised:
    """… it is used: some say what is wrong with them only then."""

    async def raised(folder: Path) -> DeviceError | Status:
        async with standing(made(folder)) as stand:
            await stand.plays(*verbs)
            await (stand.hurt_in_use() if not verbs else stand.works())
        raise AssertionError("it worked")

    return raised


def set_up(made: type[Stand], driver: str = "", address: str = "", without: str = "", **options: str) -> Raised:
    """kiosk.ini says something else than the device wants."""

    async def raised(folder: Path) -> DeviceError | Status:
        stand = made(folder)
        await stand.start()
        try:
            right = stand.settings()
            wrong = replace(
                right, driver=driver or right.driver, address=address or right.address,
                options={key: value for key, value in {**right.options, **options}.items() if key != without},
            )  # fmt: skip
            devices = Devices({stand.kind: wrong}, stand.events, now=stand.moved.now, sleep=stand.moved.sleep)
            await devices.start()
            view = devices.view(stand.kind)
            await devices.close()
            assert view is not None
            return Status(view.state, view.faults)
        finally:
            await stand.stop()

    return raised


async def _lens_covered(folder: Path) -> DeviceError | Status:
    """The camera says it when it has seen only black for a while."""
    end = VirtualCamera()
    await end.start()
    settings = DeviceSettings("scanner", "camera", end.address)
    driver = find_driver(Kind.SCANNER, settings)(settings, lambda event: None)
    try:
        await driver.open()
        await end.do("cover")
        async with asyncio.timeout(10):
            while not (status := await driver.status()).faults:
                await asyncio.sleep(0.05)
        return status
    finally:
        await driver.close()
        await end.stop()


RAISED: dict[Fault, Raised] = {
    Fault.CARD_READER_GONE: gone(CardReaderStand),
    Fault.CARD_READER_SILENT: asked(CardReaderStand, ("freeze",)),
    Fault.CARD_READER_NONSENSE: used(CardReaderStand),
    Fault.CARD_READER_NO_STAFF_KEY: set_up(CardReaderStand, staff_key_file="/nowhere/staff-card-key"),
    Fault.DOCUMENT_READER_GONE: gone(SwipeStand),
    Fault.DOCUMENT_READER_SILENT: asked(SwipeStand, ("mute",)),
    Fault.DOCUMENT_READER_NONSENSE: asked(SwipeStand, ("babble",)),
    Fault.KEY_ENCODER_GONE: gone(EncoderStand),
    Fault.KEY_ENCODER_SILENT: asked(LockServerStand, ("silent",)),
    Fault.KEY_ENCODER_NONSENSE: used(EncoderStand),
    Fault.KEY_ENCODER_NO_PROPERTY_KEY: set_up(EncoderStand, property_key_file="/nowhere/property-key"),
    Fault.KEY_ENCODER_NO_CODER: used(LockServerStand, ("refuse", "NR")),
    Fault.KEY_ENCODER_REFUSED: used(LockServerStand, ("refuse", "UR")),
    Fault.PRINTER_GONE: gone(PrinterStand),
    Fault.PRINTER_SILENT: asked(PrinterStand, ("silent",)),
    Fault.PRINTER_NONSENSE: asked(PrinterStand, ("garbage",)),
    Fault.PRINTER_PAPER_OUT: asked(PrinterStand, ("paper-out",)),
    Fault.PRINTER_PAPER_LOW: asked(PrinterStand, ("paper-low",)),
    Fault.PRINTER_COVER_OPEN: asked(PrinterStand, ("cover-open",)),
    Fault.PRINTER_CUTTER: asked(PrinterStand, ("cutter-jam",)),
    Fault.PRINTER_OVERHEATED: asked(PrinterStand, ("overheat",)),
    Fault.PRINTER_OFFLINE: asked(PrinterStand, ("offline",)),
    Fault.PRINTER_BROKEN: asked(PrinterStand, ("noise",)),
    Fault.SCANNER_GONE: gone(ScannerStand),
    Fault.SCANNER_SILENT: asked(ScannerStand, ("mute",)),
    Fault.SCANNER_NONSENSE: asked(ScannerStand, ("babble",)),
    Fault.SCANNER_DARK: _lens_covered,
    Fault.NO_DRIVER: set_up(PrinterStand, driver="telepathy"),
    Fault.BAD_ADDRESS: set_up(PrinterStand, address="serial:///dev/ttyS0?baud=fast"),
    Fault.BAD_OPTION: set_up(ScannerStand, colour="red"),
}
"""By which way each is raised."""


@pytest.mark.parametrize("fault", RAISED)
async def test_a_fault_is_told_by_its_code(fault: Fault, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fias_connection, "ALIVE_EVERY_S", 0.0)
    told: DeviceError | Status
    try:
        told = await RAISED[fault](tmp_path)
    except DeviceError as error:
        told = error
    assert fault in ((told.fault,) if isinstance(told, DeviceError) else told.faults)
    assert str(tmp_path) not in str(told)


def test_no_fault_is_left_out() -> None:
    assert set(RAISED) == set(Fault)
