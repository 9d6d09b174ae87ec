"""The printer under supervision: pulled out and put back on each bus, without a restart."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import cast

import pytest

from hardware.device_view import DeviceView
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.printer.contract import Printed, Printer, Slip
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_ends import BUSES
from hardware.readings import Kind, State

NOTICED_S = 2.0
BACK_S = 4.0  # the next look for it, and its names
MARGIN = 3  # a busy machine


@pytest.fixture(params=BUSES)
def bus(request: pytest.FixtureRequest) -> str:
    return str(request.param)


class Watch:
    """One printer's supervision, and its states to wait for."""

    def __init__(self, address: str) -> None:
        settings = {Kind.PRINTER: DeviceSettings("front-printer", "escpos", address)}
        self.devices = Devices(settings, lambda event: None)
        self._changed = asyncio.Event()
        self.devices.watch(lambda view: self._changed.set())

    @property
    def view(self) -> DeviceView:
        view = self.devices.view(Kind.PRINTER)
        assert view is not None
        return view

    async def becomes(self, state: State, within_s: float) -> float:
        """How long that took."""
        begun_s = time.monotonic()
        async with asyncio.timeout(within_s * MARGIN):
            while self.view.state is not state:
                self._changed.clear()
                await self._changed.wait()
        return time.monotonic() - begun_s

    async def print(self, slip: Slip) -> Printed:
        return await cast(Printer, self.devices.get(Kind.PRINTER)).print(slip)


@pytest.fixture
async def watch(paper: VirtualPrinter) -> AsyncIterator[Watch]:
    watch = Watch(paper.address)
    await watch.devices.start()
    yield watch
    await watch.devices.close()


async def test_pulled_out_idle_it_is_gone_and_back_it_prints(
    watch: Watch, paper: VirtualPrinter, room_slip: Slip
) -> None:
    assert watch.view.state is State.WELL
    await paper.do("unplug")
    await watch.becomes(State.GONE, NOTICED_S)
    await paper.do("plug")
    await watch.becomes(State.WELL, BACK_S)
    assert await watch.print(room_slip) is Printed.DONE
    assert len(paper.slips) == 1


async def test_pulled_out_in_use_nobody_knows_and_back_it_prints(
    watch: Watch, paper: VirtualPrinter, room_slip: Slip
) -> None:
    await paper.do("unplug", "5000")
    assert await watch.print(room_slip) is Printed.UNSURE
    await watch.becomes(State.GONE, NOTICED_S)
    await paper.do("plug")
    await watch.becomes(State.WELL, BACK_S)
    assert await watch.print(room_slip) is Printed.DONE
    assert not paper.unknown


async def test_not_there_at_the_start_it_is_found_when_it_comes(paper: VirtualPrinter, room_slip: Slip) -> None:
    await paper.do("unplug")
    watch = Watch(paper.address)
    await watch.devices.start()
    assert watch.view.state is State.GONE
    await paper.do("plug")
    await watch.becomes(State.WELL, BACK_S)
    assert await watch.print(room_slip) is Printed.DONE
    await watch.devices.close()
