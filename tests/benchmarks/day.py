"""A day of every device, with faults at random, its waits compressed: nothing leaks, and in the end all is well.

Real drivers and supervision before virtual ends. Only the pauses of the supervision are shortened, by `SPEED`, and the
wires' own time-outs with them; so 24 hours of looking, losing and finding again take some minutes.
"""

from __future__ import annotations

import asyncio
import gc
import os
import random
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

from hardware import serial_listener
from hardware.card_reader import pcsc_reader, pcsc_watch
from hardware.devices import Devices
from hardware.errors import DeviceError
from hardware.key_encoder import fias_connection
from hardware.printer import escpos
from hardware.readings import State
from tests.benchmarks.measured import Measured, load_now
from tests.faults.devices.stands import (
    STANDS,
    CameraStand,
    KeyboardStand,
    LockServerStand,
    PrinterStand,
    Stand,
)

HOUR_S = 3600.0
SPEED = 240.0
WARM_PART = 1 / 6  # of the day, after which memory is first looked at
WELL_WITHIN_S = 30.0
SEEN_AFTER_S = 0.6  # of real time: a fault that is there so long must be known
MB = 1024 * 1024
_ASKED = tuple(made for made in STANDS if made not in (KeyboardStand, CameraStand))
"""A keyboard is never asked, and a camera's pictures take the machine's own time."""
_TARDY = ("tardy", "40")  # as slow, for time-outs that are ten times shorter

_SHORTER: dict[Any, dict[str, float]] = {
    escpos: {"ANSWER_WITHIN_S": 0.1, "CONNECT_WITHIN_S": 0.3},
    serial_listener: {"ANSWER_WITHIN_S": 0.1, "QUIET_S": 0.05},
    pcsc_reader: {"LOOK_S": 0.15, "OPEN_S": 0.3, "CLOSE_S": 0.1},
    pcsc_watch: {"SETTLE_S": 0.05},
    fias_connection: {"ALIVE_EVERY_S": 0.0, "ALIVE_WITHIN_S": 0.15, "START_WITHIN_S": 0.3, "CONNECT_WITHIN_S": 0.3},
}


@dataclass
class Day:
    """What was left of it."""

    faults: int = 0
    uses: int = 0
    asked: int = 0
    threads: tuple[int, int] = (0, 0)
    files: tuple[int, int] = (0, 0)
    rss_mb: list[float] = field(default_factory=list)
    believed_well: list[str] = field(default_factory=list)
    """Who was said to be well while it was not."""
    failed: list[str] = field(default_factory=list)
    """Uses that came to nothing: a person would try once more."""
    left_wrong: list[str] = field(default_factory=list)

    @property
    def grown_percent(self) -> float:
        return 100 * (self.rss_mb[-1] / self.rss_mb[0] - 1)


async def live(folder: Path, hours: float, speed: float = SPEED, every_s: float = 900.0, seed: int = 6) -> Day:
    """So many hours; each device has a fault about every so many seconds, for some minutes."""
    day, chance = Day(), random.Random(seed)  # noqa: S311 - a game, no secret
    loop = asyncio.get_running_loop()
    with _shorter_time_outs():
        async with AsyncExitStack() as stack:
            stands = [await _open(stack, made(_folder(folder, made)), speed) for made in _ASKED]
            await _all_well(stands)
            before = _threads(), _files()
            ends_s = loop.time() + hours * HOUR_S / speed
            lives = [
                asyncio.create_task(_life(stand, random.Random(chance.random()), ends_s, speed, every_s, day))  # noqa: S311
                for stand in stands
            ]
            await asyncio.sleep((ends_s - loop.time()) * WARM_PART)
            day.rss_mb.append(_memory())
            await asyncio.gather(*lives)
            day.left_wrong = await _all_well(stands)
            for stand in stands:
                if not await _used(stand, day, "all of it"):
                    await stand.works()  # as a person would: once more, and then it must
            day.asked = sum(stand.view.counters["asked"] for stand in stands)
            await stands[0].soon(lambda: _threads() <= before[0] and _files() <= before[1])
            day.threads, day.files = (before[0], _threads()), (before[1], _files())
            day.rss_mb.append(_memory())
    return day


async def _life(stand: Stand, chance: random.Random, ends_s: float, speed: float, every_s: float, day: Day) -> None:
    """One device's day: now it is used, now something happens to it, and after a while somebody puts it right."""
    loop = asyncio.get_running_loop()
    troubles = [("unplug", "plug"), ("stuck", ""), ("garbage", ""), ("slow", "")]
    troubles += [("cable-out", "cable-in")] if isinstance(stand, PrinterStand | LockServerStand) else []
    in_use = not isinstance(stand, LockServerStand)  # it owes its answer for a minute and a half, by design
    while True:
        await asyncio.sleep(chance.expovariate(1 / every_s) / speed)
        if loop.time() > ends_s:
            return
        name, back = chance.choice(troubles)
        using = await stand.is_used() if in_use and name == "unplug" and chance.random() < 0.5 else None
        day.faults += 1
        tardy = name == "slow" and stand.slow[0] == "tardy"
        await stand.plays(*stand.garbage if name == "garbage" else [_TARDY if tardy else getattr(stand, name, (name,))])
        await asyncio.sleep(max(SEEN_AFTER_S, chance.uniform(120, 600) / speed))
        if name in ("unplug", "stuck") and stand.view.state is State.WELL:
            day.believed_well.append(f"{type(stand).__name__} {name}")
        if name == "stuck":
            await stand.plays(*(stand.well_after_stuck or stand.well))
        await stand.plays(*([(back,)] if back else stand.well))
        if using is not None:
            await asyncio.gather(using, return_exceptions=True)
            await stand.plays(*stand.well)
        await _used(stand, day, name)


async def _used(stand: Stand, day: Day, after: str) -> bool:
    """Whether it did what it is for, as soon as it is well again. What it left behind of its own is cleared away."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WELL_WITHIN_S):
            while stand.view.state is not State.WELL:
                await asyncio.sleep(0.01)
    while not stand.events.none:
        await stand.events.next()
    did = False
    try:
        await stand.works()
        did, day.uses = True, day.uses + 1
    except (DeviceError, AssertionError, TimeoutError) as failed:
        day.failed.append(f"{type(stand).__name__} after {after}: {type(failed).__name__}, {stand.seen[0]}")
    if isinstance(stand, PrinterStand):
        for slip in stand.end.slips:
            slip.unlink(missing_ok=True)
        stand.end.slips.clear()
        stand.end.unknown.clear()
    if isinstance(stand, LockServerStand):
        stand.end.requests.clear()
    return did


async def _open(stack: AsyncExitStack, stand: Stand, speed: float) -> Stand:
    async def sleep(seconds: float) -> None:
        await asyncio.sleep(seconds / speed)

    await stand.start()
    stack.push_async_callback(stand.stop)
    stand.devices = Devices({stand.kind: stand.settings()}, stand.events, sleep=sleep)
    stack.push_async_callback(stand.devices.close)
    await stand.devices.start()
    return stand


async def _all_well(stands: list[Stand]) -> list[str]:
    """Who is not, in time."""
    with suppress(TimeoutError):
        async with asyncio.timeout(WELL_WITHIN_S):
            while any(stand.seen != (State.WELL, ()) for stand in stands):
                await asyncio.sleep(0.05)
    return [f"{type(stand).__name__}: {stand.seen}" for stand in stands if stand.seen != (State.WELL, ())]


@contextmanager
def _shorter_time_outs() -> Iterator[None]:
    before = {module: {name: getattr(module, name) for name in values} for module, values in _SHORTER.items()}
    _set(_SHORTER)
    try:
        yield
    finally:
        _set(before)


def _set(constants: dict[Any, dict[str, float]]) -> None:
    for module, values in constants.items():
        for name, value in values.items():
            setattr(module, name, value)


def _folder(folder: Path, made: type[Stand]) -> Path:
    own = folder / made.__name__
    own.mkdir()
    return own


def _threads() -> int:
    """But those of asyncio's own pool, which grows to its few as it is used."""
    return sum(not thread.name.startswith("asyncio_") for thread in threading.enumerate())


def _files() -> int:
    return len(os.listdir("/proc/self/fd"))


def _memory() -> float:
    gc.collect()
    return round(psutil.Process().memory_info().rss / MB, 2)


def measure() -> list[Measured]:
    """Growth of memory over the day; what leaked or was left wrong counts as well, and should be none."""
    with tempfile.TemporaryDirectory() as directory:
        day = asyncio.run(live(Path(directory), hours=24))
    wrong = [*day.believed_well, *day.left_wrong]
    leaked = day.threads[1] - day.threads[0] + day.files[1] - day.files[0]
    details = {
        "faults": day.faults, "uses": day.uses, "questions": day.asked, "rss_mb": day.rss_mb, "threads": day.threads,
        "files": day.files, "wrong": wrong, "failed": day.failed, "load": load_now(),
    }  # fmt: skip
    return [
        Measured("day", "resident memory after 24 compressed hours of devices with faults, over after 4", day.grown_percent, 5.0, "%", details),
        Measured("day-leaks", "threads and files left over, states left wrong", float(leaked + len(wrong)), 0.0, ""),
    ]
