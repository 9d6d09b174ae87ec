"""What can be lost, on each bus and by each driver, idle and in the middle of its use; and how soon that is known."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from hardware.devices import Devices
from hardware.document_reader.contract import Wanted
from hardware.document_reader.virtual import SPECIMEN
from hardware.driver import DeviceSettings
from hardware.key_encoder.behaviour_pad import KEY
from hardware.passport.password import Password
from hardware.printer.contract import Slip, TextLine
from hardware.readings import Kind, State
from hardware.virtual import VirtualDevice

AS_GONE = (State.GONE, State.UNKNOWN)
BEGUN_S = 0.6  # a call is in the middle by then
Verb = tuple[str, ...]
Use = Callable[[Any, VirtualDevice], Awaitable[object]]


@dataclass(frozen=True)
class Loss:
    """`out` is what happens, `back` undoes it. `use`: a call that has the device meanwhile."""

    name: str
    kind: Kind
    end: VirtualDevice
    settings: DeviceSettings
    out: Verb
    back: tuple[Verb, ...]
    limit_s: float
    runs: int
    use: Use | None = None


async def print_slip(printer: Any, end: VirtualDevice) -> object:
    await end.do("slow", "5")
    return await printer.print(Slip((TextLine("Room 412. " * 40),)))


async def cut_key(encoder: Any, end: VirtualDevice) -> object:
    """Nobody lays a card down."""
    return await encoder.cut(KEY, card_within_s=60)


async def read_chip(reader: Any, end: VirtualDevice) -> object:
    """Nobody lays a document down."""
    return await reader.read_chip(
        Password.of(SPECIMEN), document_within_s=60, order=Wanted(), on_progress=lambda part: None
    )


async def scan_slowly(scanner: Any, end: VirtualDevice) -> object:
    return await end.do("slow", "A-CODE-OF-SOME-LENGTH-THAT-TAKES-A-WHILE-ON-A-LINE-SO-SLOW-AS-THIS-ONE-IS-AND-STILL-GOES-ON")


async def known_in_s(loss: Loss) -> list[float]:
    """Each time at another moment between two looks."""
    if loss.use is not None:
        return [await _in_use(loss, loss.use, number) for number in range(loss.runs)]
    found = []
    devices = Devices({loss.kind: loss.settings}, lambda event: None)
    await devices.start()
    try:
        for number in range(loss.runs):
            await asyncio.sleep(1.5 * number / loss.runs)
            await loss.end.do(*loss.out)
            found.append(await becomes(devices, loss.kind, lambda state: state in AS_GONE))
            for verb in loss.back:
                await loss.end.do(*verb)
            await becomes(devices, loss.kind, lambda state: state is State.WELL)
    finally:
        await devices.close()
    return found


async def _in_use(loss: Loss, use: Use, number: int) -> float:
    devices = Devices({loss.kind: loss.settings}, lambda event: None)
    await devices.start()
    await becomes(devices, loss.kind, lambda state: state is State.WELL)
    using = asyncio.ensure_future(use(devices.get(loss.kind), loss.end))
    try:
        await asyncio.sleep(BEGUN_S + 1.5 * number / loss.runs)
        if using.done():
            raise RuntimeError(f"{loss.name}: the call was over before anything was lost: {using}")
        await loss.end.do(*loss.out)
        return await becomes(devices, loss.kind, lambda state: state in AS_GONE)
    finally:
        using.cancel()
        await asyncio.gather(using, return_exceptions=True)
        for verb in loss.back:
            await loss.end.do(*verb)
        await devices.close()


async def becomes(devices: Devices, kind: Kind, so: Callable[[State], bool]) -> float:
    """How long until that, by whoever watches."""
    began, changed = time.monotonic(), asyncio.Event()
    leave = devices.watch(lambda view: changed.set() if view.kind is kind and so(view.state) else None)
    view = devices.view(kind)
    if view is None or not so(view.state):
        async with asyncio.timeout(60):
            await changed.wait()
    leave()
    return time.monotonic() - began
