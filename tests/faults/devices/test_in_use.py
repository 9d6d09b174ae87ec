"""Lost in the middle of a slip, of a key, of a reading: known in time to be unknown, and nothing said of the job that
nobody knows. Slow is not lost."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.card_reader import pcsc_reader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, DeviceGone, DeviceSilent
from hardware.key_encoder import fias_connection
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.printer import escpos, escpos_signs
from hardware.printer.contract import Printed
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_ends import BUSES
from hardware.readings import State
from tests.faults.devices.stands import (
    CardReaderStand,
    EncoderStand,
    FullPageStand,
    LockServerStand,
    PrinterStand,
    Stand,
    in_a_lobby,
    standing,
)
from tests.faults.devices.test_matrix import TCP_S
from tests.hardware.key_encoder.lock_server import utc

SHORT_S = 0.4


@pytest.fixture(autouse=True)
def shorter_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only their length is changed. That they fit into five seconds with a look, `test_matrix.py` says."""
    monkeypatch.setattr(fias_connection, "ALIVE_WITHIN_S", SHORT_S)
    monkeypatch.setattr(fias_connection, "ALIVE_EVERY_S", 0.0)
    monkeypatch.setattr(pcsc_reader, "LOOK_S", SHORT_S)
    monkeypatch.setattr(escpos, "ASK_AGAIN_S", 0.1)
    monkeypatch.setattr(escpos_signs, "OWED_S", SHORT_S)


def printer_on(bus: str) -> Callable[[Path], Stand]:
    class OnBus(PrinterStand):
        def make(self) -> VirtualPrinter:
            return VirtualPrinter(self.folder / "slips", bus=bus)

    return OnBus


class SerialLockServerStand(LockServerStand):
    def make(self) -> VirtualLockServer:
        return VirtualLockServer(now=utc, serial=True)


class DiallingLockServerStand(LockServerStand):
    """As the specification has it: it is the lock server that dials. The kiosk's port is known before."""

    def make(self) -> VirtualLockServer:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        return VirtualLockServer(now=utc, dial=f"127.0.0.1:{self.port}")

    def settings(self) -> DeviceSettings:
        return DeviceSettings("key_encoder", "fias", f"tcp://127.0.0.1:{self.port}", {"time_zone": "UTC", "listen": "yes"})


PRINTERS = [pytest.param(printer_on(bus), id=f"printer-{bus}") for bus in BUSES]
LOCK_SERVERS = [
    pytest.param(made, id=made.__name__.removesuffix("Stand"))
    for made in (LockServerStand, SerialLockServerStand, DiallingLockServerStand)
]
PADS = [pytest.param(made, id=made.__name__.removesuffix("Stand")) for made in (EncoderStand, CardReaderStand, FullPageStand)]


async def doubted(stand: Stand) -> None:
    """Unknown, and no fault is claimed: it may be busy. A guest may still begin."""
    await stand.becomes(State.UNKNOWN, within_s=TCP_S)
    assert stand.view.note == "no sign of life in use"


@pytest.mark.parametrize("made", PRINTERS)
async def test_a_printer_that_hangs_over_a_slip_is_unknown_and_the_slip_is_done_when_it_goes_on(
    made: Callable[[Path], Stand], tmp_path: Path
) -> None:
    async with standing(made(tmp_path)) as stand:
        using = asyncio.ensure_future(await stand.is_used())
        await stand.plays(("silent",))
        await doubted(stand)
        assert not using.done()
        await stand.plays(("well",))
        assert await using is Printed.DONE
        await stand.becomes(State.WELL, within_s=0.5)
        assert stand.view.counters["faults"] == 0
        await stand.works()
        assert len(stand.end.slips) == 2
        assert not stand.end.unknown


@pytest.mark.parametrize("made", PRINTERS)
async def test_a_printer_that_never_goes_on_leaves_the_slip_unsure(
    made: Callable[[Path], Stand], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escpos, "CHUNK_WITHIN_S", 2.0)
    monkeypatch.setattr(escpos, "FINISH_WITHIN_S", 2.0)
    async with standing(made(tmp_path)) as stand:
        using = asyncio.ensure_future(await stand.is_used())
        await stand.plays(("silent",))
        await doubted(stand)
        assert await using is Printed.UNSURE
        await stand.becomes(State.UNKNOWN, stand.fault("silent"), within_s=TCP_S)


async def test_a_printer_whose_cable_is_pulled_over_a_slip_is_unknown_before_the_slip_is_unsure(tmp_path: Path) -> None:
    async with standing(PrinterStand(tmp_path)) as stand:
        using = asyncio.ensure_future(await stand.is_used())
        await stand.plays(("cable-out",))
        await in_time(stand)
        assert not using.done(), "the slip has its own time"
        await stand.plays(("cable-in",))
        assert await using is Printed.UNSURE
        await stand.plays(*stand.well)
        await stand.becomes(State.WELL, within_s=TCP_S)
        await stand.works()


async def test_a_lock_server_whose_cable_is_pulled_over_a_key_leaves_the_key_unsure(tmp_path: Path) -> None:
    async with in_a_lobby(LockServerStand(tmp_path)) as stand:
        using = asyncio.ensure_future(await stand.is_used())
        await stand.plays(("cable-out",))
        await in_time(stand)
        with pytest.raises((DeviceGone, DeviceSilent)):
            await using
        await stand.plays(("cable-in",))
        await stand.settles()


async def in_time(stand: Stand) -> None:
    """Both clocks run alike: a wire's own time counts."""
    loop = asyncio.get_running_loop()
    pulled_s, moved_s = loop.time(), stand.moved.ahead_s
    async with asyncio.timeout(2 * TCP_S):
        while stand.view.state is State.WELL:
            await asyncio.sleep(0.05)
            stand.moved.move(0.05)
    assert stand.view.state in (State.UNKNOWN, State.GONE)
    assert stand.moved.ahead_s - moved_s <= TCP_S or loop.time() - pulled_s <= TCP_S


@pytest.mark.parametrize("made", LOCK_SERVERS)
async def test_a_lock_server_that_hangs_is_unknown_in_time_though_its_cable_is_in(
    made: Callable[[Path], Stand], tmp_path: Path
) -> None:
    async with standing(made(tmp_path)) as stand:
        await stand.becomes(State.WELL, within_s=TCP_S)
        await stand.plays(("silent",))
        await stand.becomes(State.UNKNOWN, stand.fault("silent"), within_s=TCP_S)
        await stand.plays(("speak",))
        await stand.becomes(State.WELL, within_s=TCP_S)
        await stand.works()


@pytest.mark.parametrize("made", LOCK_SERVERS)
async def test_a_lock_server_that_hangs_over_a_key_is_unknown_and_the_key_is_made_when_it_goes_on(
    made: Callable[[Path], Stand], tmp_path: Path
) -> None:
    async with standing(made(tmp_path)) as stand:
        await stand.becomes(State.WELL, within_s=TCP_S)
        using = asyncio.ensure_future(await stand.is_used())
        await stand.plays(("silent",))
        await doubted(stand)
        assert not using.done()
        await stand.plays(("speak",))
        await stand.becomes(State.WELL, within_s=TCP_S)
        await stand.plays(("lay-card",))
        result: Any = await using
        assert result.outcome is Cut.DONE
        assert stand.view.counters["faults"] == 0
        assert stand.end.complaints == []


async def test_a_lock_server_that_takes_its_time_over_a_key_is_well_all_the_while(tmp_path: Path) -> None:
    """Its encoder waits for a card: whoever keeps the link answers LS."""
    async with standing(LockServerStand(tmp_path)) as stand:
        using = asyncio.ensure_future(await stand.is_used())
        async with asyncio.timeout(TCP_S):
            until_s = asyncio.get_running_loop().time() + 4 * SHORT_S
            while asyncio.get_running_loop().time() < until_s:
                await stand.stays(State.WELL, for_s=1.5)
        await stand.plays(("lay-card",))
        result: Any = await using
        assert result.outcome is Cut.DONE


@pytest.mark.parametrize("made", PADS)
async def test_a_reader_that_hangs_while_a_card_is_waited_for_is_unknown_and_one_that_waits_is_well(
    made: Callable[[Path], Stand], tmp_path: Path
) -> None:
    async with standing(made(tmp_path)) as stand:
        await stand.becomes(State.WELL, within_s=TCP_S)
        using = asyncio.ensure_future(await stand.is_used())
        await stand.stays(State.WELL, for_s=6.0)
        await stand.plays(("freeze",))
        await doubted(stand)
        assert not using.done()
        await stand.plays(("unplug",))
        with pytest.raises(DeviceError):
            await using
        await stand.plays(("plug",))
        await stand.becomes(State.WELL, within_s=TCP_S)
