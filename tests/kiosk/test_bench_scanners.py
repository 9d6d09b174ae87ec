"""The demonstration's scanners: whichever driver kiosk.ini names, a sample guest's code arrives whole."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.known_drivers import known_drivers
from hardware.readings import DeviceEvent, Kind, State
from hardware.scanner.contract import CodeScanned, Symbology
from kiosk.bench import Bench
from kiosk.settings import Settings

SCANNERS: list[tuple[str, dict[str, str]]] = [(driver, {}) for driver in known_drivers(Kind.SCANNER)]


@pytest.mark.parametrize(("driver", "options"), [*SCANNERS, ("keyboard", {"layout": "hu"})])
async def test_a_sample_guest_s_booking_code_arrives(tmp_path: Path, driver: str, options: dict[str, str]) -> None:
    scanner = {"driver": driver, "address": "virtual", **options}
    settings = Settings.model_validate(
        {"kiosk": {"demo": True, "state": tmp_path}, "hotel": {"url": "http://127.0.0.1:1"}, "scanner": scanner}
    )
    clock: Any = SimpleNamespace(now=lambda: datetime(2026, 6, 1, 12, tzinfo=UTC))
    bench = Bench(settings, clock, date(2026, 6, 1))
    await bench.start()
    events: asyncio.Queue[DeviceEvent] = asyncio.Queue()
    listed = {Kind.SCANNER: DeviceSettings("scanner", driver, bench.addresses[Kind.SCANNER], options)}
    devices = Devices(listed, events.put_nowait)
    await devices.start()
    try:
        code = bench.code("ready")
        await bench.do("scanner", "scan", "ready")
        async with asyncio.timeout(20):
            event = await events.get()
        assert event.what == CodeScanned(code, Symbology.QR)
        view = devices.view(Kind.SCANNER)
        assert view is not None
        assert view.state in (State.WELL, State.UNKNOWN)
    finally:
        await devices.close()
        await bench.stop()
