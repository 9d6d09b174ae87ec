"""The devices by themselves: how quickly all are open, how soon a loss is known on each bus, what watching them costs.

Socket and pty ends run as processes of their own, so that the figures are the kiosk's side alone.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.key_encoder.property_keys import create_property_keys
from hardware.printer.virtual_ends import BUSES
from hardware.readings import Kind, State
from hardware.secret_keys import create_keys
from hardware.virtual import VirtualDevice
from hardware.virtual_process import VirtualProcess
from tests.benchmarks.losses import Loss, Use, Verb, cut_key, known_in_s, print_slip, read_chip, scan_slowly
from tests.benchmarks.measured import Measured, load_now, spread

STARTS = 10
LOSSES, HANGS = 10, 4
IDLE_S = 60.0
USB_S, TCP_S = 2.0, 5.0
ASKING = {"ask": "16 4d 0d 63 62 72 65 6e 61 3f 2e", "answer": "43 42 52 45 4e 41 31 06 2e"}


@dataclass
class Ends:
    """What the terminal of kiosk.ini has, and a lock server and printers that belong to others."""

    devices: dict[Kind, VirtualDevice]
    settings: dict[Kind, DeviceSettings]
    lock_server: VirtualProcess
    zone: VirtualProcess
    printers: dict[str, VirtualProcess]


@asynccontextmanager
async def ends(folder: Path) -> AsyncIterator[Ends]:
    zone = VirtualProcess("hardware.document_reader.virtual")
    lock_server = VirtualProcess("hardware.key_encoder.virtual_lock_server")
    printers = {
        bus: VirtualProcess("hardware.printer.virtual", "--bus", bus, "--out", str(folder / f"slips-{bus}")) for bus in BUSES
    }
    made: dict[Kind, VirtualDevice] = {
        Kind.CARD_READER: VirtualReader("Card reader"),
        Kind.DOCUMENT_READER: VirtualReader("Chip reader"),
        Kind.KEY_ENCODER: VirtualReader("ACS ACR1252 PICC"),
        Kind.PRINTER: printers["tcp"],
        Kind.SCANNER: VirtualProcess("hardware.scanner.virtual"),
    }
    create_keys(StaffCardKeys, folder / "staff-card-key")
    create_property_keys(folder / "property-key")
    async with AsyncExitStack() as stack:
        for one in (zone, lock_server, printers["usb"], printers["serial"], *made.values()):
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
        yield Ends(made, settings, lock_server, zone, printers)


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


def _losses(found: Ends) -> list[Loss]:
    pad, chip, scanner = (found.devices[kind] for kind in (Kind.KEY_ENCODER, Kind.DOCUMENT_READER, Kind.SCANNER))
    unplugged, cable, hung = ("unplug", (("plug",),)), ("cable-out", (("cable-in",),)), ("silent", (("well",),))
    deaf, mute = ("silent", (("speak",),)), ("mute", (("speak",),))
    frozen = ("freeze", (("unplug",), ("plug",)))
    taken = (("lay-card",), ("lift",))  # else the lock server's encoder still waits for the last one's card
    locks = DeviceSettings("key_encoder", "fias", found.lock_server.address)

    def loss(
        name: str, kind: Kind, end: VirtualDevice, what: tuple[str, tuple[Verb, ...]], limit_s: float,
        use: Use | None = None, settings: DeviceSettings | None = None,
    ) -> Loss:  # fmt: skip
        runs = LOSSES if use is None and what is unplugged else HANGS
        return Loss(name, kind, end, settings or found.settings[kind], (what[0],), what[1], limit_s, runs, use)

    printers = [
        loss(f"printer-{bus}-{name}-in-use", Kind.PRINTER, end, what, limit_s, print_slip, DeviceSettings("printer", "escpos", end.address))
        for bus, end in found.printers.items()
        for name, what, limit_s in (("unplugged", unplugged, TCP_S if bus == "tcp" else USB_S), ("hung", hung, TCP_S))
    ]  # fmt: skip
    return [
        loss("usb", Kind.SCANNER, scanner, unplugged, USB_S),
        loss("scanner-in-use", Kind.SCANNER, scanner, unplugged, USB_S, scan_slowly),
        loss("scanner-hung", Kind.SCANNER, scanner, mute, TCP_S),
        loss("pcsc", Kind.KEY_ENCODER, pad, unplugged, USB_S),
        loss("pcsc-in-use", Kind.KEY_ENCODER, pad, unplugged, USB_S, cut_key),
        loss("pcsc-hung", Kind.KEY_ENCODER, pad, frozen, TCP_S),
        loss("pcsc-hung-in-use", Kind.KEY_ENCODER, pad, frozen, TCP_S, cut_key),
        loss("chip-in-use", Kind.DOCUMENT_READER, chip, unplugged, USB_S, read_chip),
        loss("chip-hung-in-use", Kind.DOCUMENT_READER, chip, frozen, TCP_S, read_chip),
        loss("zone", Kind.DOCUMENT_READER, found.zone, unplugged, USB_S),
        loss("zone-hung", Kind.DOCUMENT_READER, found.zone, mute, TCP_S),
        loss("tcp", Kind.PRINTER, found.printers["tcp"], unplugged, TCP_S),
        loss("tcp-cable", Kind.PRINTER, found.printers["tcp"], cable, TCP_S),
        loss("tcp-cable-in-use", Kind.PRINTER, found.printers["tcp"], (cable[0], (*cable[1], ("well",))), TCP_S, print_slip),
        loss("tcp-hung", Kind.PRINTER, found.printers["tcp"], hung, TCP_S),
        *printers,
        loss("fias-cable", Kind.KEY_ENCODER, found.lock_server, cable, TCP_S, settings=locks),
        loss("fias-cable-in-use", Kind.KEY_ENCODER, found.lock_server, (cable[0], (*cable[1], *taken)), TCP_S, cut_key, locks),
        loss("fias-hung", Kind.KEY_ENCODER, found.lock_server, deaf, TCP_S, settings=locks),
        loss("fias-hung-in-use", Kind.KEY_ENCODER, found.lock_server, (deaf[0], (*deaf[1], *taken)), TCP_S, cut_key, locks),
    ]


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
        losses = _losses(found)
        lost = {loss.name: await known_in_s(loss) for loss in losses}
        idle = await _idle_percent(found)
    load = {"load": load_now()}
    return [
        Measured("devices-open", "all devices open and well, in parallel, at the first time", first, 1.5, "s", spread(starts) | load),
        *(
            Measured(f"devices-lost-{loss.name}", f"from the loss of a device to its state: {' '.join(loss.out)}", max(lost[loss.name]), loss.limit_s, "s", spread(lost[loss.name]) | load)
            for loss in losses
        ),
        Measured("devices-idle", "CPU of watching all devices", idle, 1.0, "%", {"seconds": IDLE_S, "threads": threading.active_count(), **load}),
    ]  # fmt: skip


def measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as directory:
        return asyncio.run(_measure(Path(directory)))
