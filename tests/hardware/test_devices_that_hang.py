"""A driver with a bug: it does not end when it is told to. Its device is unknown in time; nobody waits for it."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

import hardware.scanner
from hardware import devices as supervision
from hardware.devices import POLL_EVERY_S, Devices
from hardware.document_reader.virtual import VirtualReader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceSilent, Fault
from hardware.readings import Kind, State
from hardware.scanner.virtual import VirtualScanner
from tests.hardware.moved_time import WITHIN_S, MovedTime

STUBBORN = '''
import asyncio

from hardware.scanner.serial import SerialScanner

STUCK = {"open": False, "status": False, "close": False}


async def until_free(call):
    while STUCK[call]:
        try:
            await asyncio.sleep(0.01)
        except asyncio.CancelledError:
            continue


class Stubborn(SerialScanner):
    """Goes on waiting when it is cancelled."""

    async def open(self):
        await until_free("open")
        await super().open()

    async def status(self):
        await until_free("status")
        return await super().status()

    async def close(self):
        await until_free("close")
        await super().close()


DRIVER = Stubborn
'''


class Two:
    """A stubborn scanner beside a document reader that is well."""

    def __init__(self, devices: Devices, moved: MovedTime, stuck: dict[str, bool]) -> None:
        self.devices, self.moved, self.stuck = devices, moved, stuck

    def seen(self, kind: Kind) -> tuple[State, tuple[Fault, ...]]:
        view = self.devices.view(kind)
        assert view is not None
        return view.state, view.faults

    async def until(self, kind: Kind, state: State, *faults: Fault) -> None:
        async with asyncio.timeout(WITHIN_S):
            while self.seen(kind) != (state, faults):
                await asyncio.sleep(0.02)
                self.moved.move(0.25)


@pytest.fixture
async def two(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: Any, asking: dict[str, str]
) -> AsyncIterator[Two]:
    (tmp_path / "stubborn.py").write_text(STUBBORN, "utf-8")
    monkeypatch.setattr(hardware.scanner, "__path__", [*hardware.scanner.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    stuck: dict[str, bool] = importlib.import_module("hardware.scanner.stubborn").STUCK
    for name in ("STATUS_WITHIN_S", "OPEN_WITHIN_S", "CLOSE_WITHIN_S", "START_WITHIN_S"):
        monkeypatch.setattr(supervision, name, 0.3)
    moved = MovedTime()
    scanner, reader = await started(VirtualScanner()), await started(VirtualReader())
    settings = {
        Kind.SCANNER: DeviceSettings("scanner", "stubborn", scanner.address, asking),
        Kind.DOCUMENT_READER: DeviceSettings("document_reader", "serial_mrz", reader.address, asking),
    }
    devices = Devices(settings, lambda event: None, now=moved.now, sleep=moved.sleep)
    yield Two(devices, moved, stuck)
    stuck.update(dict.fromkeys(stuck, False))
    await devices.close()


async def test_one_that_hangs_as_it_is_opened_holds_up_neither_the_start_nor_the_others(two: Two) -> None:
    two.stuck["open"] = True
    began = time.monotonic()
    await two.devices.start()
    assert time.monotonic() - began < WITHIN_S
    await two.until(Kind.DOCUMENT_READER, State.WELL)
    await two.until(Kind.SCANNER, State.UNKNOWN, Fault.SCANNER_SILENT)
    two.stuck["open"] = False
    await two.until(Kind.SCANNER, State.WELL)


async def test_one_that_hangs_when_it_is_asked_is_unknown_and_not_well_by_habit(two: Two) -> None:
    await two.devices.start()
    await two.until(Kind.SCANNER, State.WELL)
    two.stuck["status"] = True
    await two.until(Kind.SCANNER, State.UNKNOWN, Fault.SCANNER_SILENT)
    two.moved.move(POLL_EVERY_S)
    await asyncio.sleep(0)
    assert two.seen(Kind.DOCUMENT_READER) == (State.WELL, ())
    scanner: Any = two.devices.get(Kind.SCANNER)
    with pytest.raises(DeviceSilent):  # whoever wants to use it is told, and does not wait for ever
        async with asyncio.timeout(WITHIN_S):
            await scanner.status()
    two.stuck["status"] = False
    await two.until(Kind.SCANNER, State.WELL)


async def test_one_that_does_not_close_does_not_keep_the_kiosk_from_ending(two: Two) -> None:
    await two.devices.start()
    two.stuck["close"] = True
    async with asyncio.timeout(WITHIN_S):
        await two.devices.close()
    two.stuck["close"] = False
    async with asyncio.timeout(WITHIN_S):
        while two.devices._ending:
            await asyncio.sleep(0.01)


async def test_a_watcher_with_a_bug_does_not_stop_the_supervision(two: Two, caplog: pytest.LogCaptureFixture) -> None:
    def watches(view: object) -> None:
        raise RuntimeError("ERIKSSON")

    two.devices.watch(watches)
    await two.devices.start()
    await two.until(Kind.SCANNER, State.WELL)
    two.stuck["status"] = True
    await two.until(Kind.SCANNER, State.UNKNOWN, Fault.SCANNER_SILENT)
    two.stuck["status"] = False
    await two.until(Kind.SCANNER, State.WELL)
    assert "RuntimeError" in caplog.text
    assert "ERIKSSON" not in caplog.text
