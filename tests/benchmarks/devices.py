"""The devices by themselves: how quickly all are open, how soon a loss is known on each bus, what watching them costs.

Socket and pty ends run as processes of their own, so that the figures are the kiosk's side alone.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.key_encoder.property_keys import create_property_keys
from hardware.readings import Kind, State
from hardware.secret_keys import create_keys
from hardware.virtual import VirtualDevice
from hardware.virtual_process import VirtualProcess
from tests.benchmarks.measured import Measured, load_now, spread

STARTS = 10
LOSSES = 10
IDLE_S = 60.0
USB_S, TCP_S = 2.0, 5.0
ASKING = {"ask": "16 4d 0d 63 62 72 65 6e 61 3f 2e", "answer": "43 42 52 45 4e 41 31 06 2e"}


@dataclass
class Ends:
    """What the terminal of kiosk.ini has, and a lock server that belongs to another."""

    devices: dict[Kind, VirtualDevice]
    settings: dict[Kind, DeviceSettings]
    lock_server: VirtualProcess


@asynccontextmanager
async def ends(folder: Path) -> AsyncIterator[Ends]:
    zone = VirtualProcess("hardware.document_reader.virtual")
    lock_server = VirtualProcess("hardware.key_encoder.virtual_lock_server")
    made: dict[Kind, VirtualDevice] = {
        Kind.CARD_READER: VirtualReader("Card reader"),
        Kind.DOCUMENT_READER: VirtualReader("Chip reader"),
        Kind.KEY_ENCODER: VirtualReader("ACS ACR1252 PICC"),
        Kind.PRINTER: VirtualProcess("hardware.printer.virtual", "--out", str(folder / "slips")),
        Kind.SCANNER: VirtualProcess("hardware.scanner.virtual"),
    }
    create_keys(StaffCardKeys, folder / "staff-card-key")
    create_property_keys(folder / "property-key")
    async with AsyncExitStack() as stack:
        for one in (zone, lock_server, *made.values()):
            await one.start()
            stack.push_async_callback(one.stop)
        drivers: dict[Kind, tuple[str, dict[str, str]]] = {
            Kind.CARD_READER: ("pcsc", {"staff_key_file": str(folder / "staff-card-key")}),
            Kind.DOCUMENT_READER: ("pcsc_chip", {**ASKING, "zone": zone.address}),
            Kind.KEY_ENCODER: ("pcsc", {"property_key_file": str(folder / "property-key")}),
            Kind.PRINTER: ("escpos", {}),
            Kind.SCANNER: ("serial", dict(ASKING)),
        }
        settings = {
            kind: DeviceSettings(kind.value, driver, made[kind].address, options)
            for kind, (driver, options) in drivers.items()
        }
        yield Ends(made, settings, lock_server)


async def _opened_in_s(found: Ends) -> float:
    """From nothing to all well."""
    devices = Devices(found.settings, lambda event: None)
    began = time.monotonic()
    await devices.start()
    took = time.monotonic() - began
    states = {view.name: view.state for view in devices.views()}
    await devices.close()
    if set(states.values()) != {State.WELL}:
        raise RuntimeError(f"not all well: {states}")
    return took


async def _becomes(devices: Devices, kind: Kind, so: Callable[[State], bool]) -> float:
    """How long until that, by whoever watches."""
    began, changed = time.monotonic(), asyncio.Event()
    leave = devices.watch(lambda view: changed.set() if view.kind is kind and so(view.state) else None)
    view = devices.view(kind)
    if view is None or not so(view.state):
        async with asyncio.timeout(60):
            await changed.wait()
    leave()
    return time.monotonic() - began


async def _lost_in_s(end: VirtualDevice, kind: Kind, settings: DeviceSettings, out: str, back: str) -> list[float]:
    found = []
    devices = Devices({kind: settings}, lambda event: None)
    await devices.start()
    try:
        for number in range(LOSSES):
            await asyncio.sleep(0.15 * number)  # at another moment between two looks
            await end.do(out)
            found.append(await _becomes(devices, kind, lambda state: state in (State.GONE, State.UNKNOWN)))
            await end.do(back)
            await _becomes(devices, kind, lambda state: state is State.WELL)
    finally:
        await devices.close()
    return found


async def _idle_percent(found: Ends) -> float:
    """Of a core, of this process alone."""
    devices = Devices(found.settings, lambda event: None)
    await devices.start()
    mine = psutil.Process()
    await asyncio.sleep(5)
    before, began = sum(mine.cpu_times()[:2]), time.monotonic()
    await asyncio.sleep(IDLE_S)
    took = time.monotonic() - began
    busy = sum(mine.cpu_times()[:2]) - before
    await devices.close()
    return 100 * float(busy) / took


async def _measure(folder: Path) -> list[Measured]:
    async with ends(folder) as found:
        first = await _opened_in_s(found)
        starts = [await _opened_in_s(found) for _ in range(STARTS)]
        buses = {
            "usb": (Kind.SCANNER, found.devices[Kind.SCANNER], found.settings[Kind.SCANNER], "unplug", "plug", USB_S),
            "pcsc": (Kind.KEY_ENCODER, found.devices[Kind.KEY_ENCODER], found.settings[Kind.KEY_ENCODER], "unplug", "plug", USB_S),
            "tcp": (Kind.PRINTER, found.devices[Kind.PRINTER], found.settings[Kind.PRINTER], "unplug", "plug", TCP_S),
            "tcp-cable": (Kind.PRINTER, found.devices[Kind.PRINTER], found.settings[Kind.PRINTER], "cable-out", "cable-in", TCP_S),
            "fias-cable": (
                Kind.KEY_ENCODER, found.lock_server, DeviceSettings("key_encoder", "fias", found.lock_server.address),
                "cable-out", "cable-in", TCP_S,
            ),
        }  # fmt: skip
        lost = {name: await _lost_in_s(end, kind, settings, out, back) for name, (kind, end, settings, out, back, _) in buses.items()}
        idle = await _idle_percent(found)
    load = {"load": load_now()}
    return [
        Measured("devices-open", "all devices open and well, in parallel, at the first time", first, 1.5, "s", spread(starts) | load),
        *(
            Measured(f"devices-lost-{name}", "from the loss of a device to its state", max(lost[name]), buses[name][-1], "s", spread(lost[name]) | load)
            for name in buses
        ),
        Measured("devices-idle", "CPU of watching all devices", idle, 1.0, "%", {"seconds": IDLE_S, "threads": threading.active_count(), **load}),
    ]  # fmt: skip


def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as directory:
        return asyncio.run(_measure(Path(directory)))
