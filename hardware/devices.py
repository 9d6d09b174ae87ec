"""Devices: opens what kiosk.ini lists, keeps asking how it is, reconnects, passes events on.

Rules:
1. Silence is UNKNOWN. So is a state whose last proof is older than `PROOF_LASTS_S`: never green by habit.
2. A device in use is not asked: who gets a driver from `get()` holds the device for each call. Whether it
   still gives signs of life its driver may know; where it gives none it is UNKNOWN, without a fault: how the
   call ends will tell which.
3. One loop of retries, here. A driver's fault is a DeviceError; anything else is a bug, is logged by
   its type alone, and stops nobody else's device.
4. A call that does not end in time is told as silence at once. Until it has ended nothing else goes onto
   that device's wire; the others never wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, TypeVar, cast

from hardware.device_view import COUNTERS, DeviceView, aged, saying
from hardware.driver import DeviceSettings, Driver
from hardware.errors import (
    DeviceError,
    DeviceGone,
    DeviceMissetup,
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
)
from hardware.known_drivers import find_driver
from hardware.readings import DeviceEvent, Kind, State, Status

log = logging.getLogger(__name__)
T = TypeVar("T")

# How often a device is asked. Whoever pulls a plug wants to see it within two seconds.
POLL_EVERY_S = 1.5
STATUS_WITHIN_S = 5.0  # beyond every driver's own deadline: only a bug gets here
OPEN_WITHIN_S = 10.0
LIVES_WITHIN_S = 5.0  # beyond every driver's own deadline too
CLOSE_WITHIN_S = 3.0
START_WITHIN_S = 3.0  # a device that takes longer is waited for by its supervision alone, not by the first guest
# Between two tries to open. What isn't there costs nothing to look for, and is wanted back within
# two seconds; a device that is there and sick is given time; wrong settings wait for a person.
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S: Mapping[type, float] = {DeviceGone: 1.5, DeviceMissetup: 30.0}
LONGEST_SICK_RETRY_S = 8.0
NOT_OPEN = "not open"  # what drivers say who have no wire now
SILENT_THEN_REOPEN = 3  # so many unanswered questions in a row: the link itself may hang

Sleep = Callable[[float], Awaitable[None]]
Called = Callable[[Kind, str, Any], None]
"""Told of each call to a device that has ended: its name, and its result or the DeviceError."""
Watcher = Callable[[DeviceView], None]


class _Late(Exception):
    """A call did not end in time, and this has been told already."""


@dataclass
class _Unit:
    """One device under supervision."""

    kind: Kind
    driver: Driver
    view: DeviceView
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    tried: asyncio.Event = field(default_factory=asyncio.Event)
    lost: bool = False  # the link must be opened anew
    trouble: DeviceError | None = None  # the last one
    silences: int = 0
    doubted: DeviceView | None = None  # as it was, before it gave no sign of life in use
    supervised: bool = False  # the supervision has it just now, no guest
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))


class Devices:
    """All devices of one terminal, one of each kind.

    `on_event` gets the events of all drivers; `now` is a monotonic clock in seconds, the drivers'
    own (`time.monotonic`) unless a test moves it. DeviceMissetup at once for a driver or an address
    that can't be; what is only not there now is looked for until it is.
    """

    def __init__(
        self,
        settings: Mapping[Kind, DeviceSettings],
        on_event: Callable[[DeviceEvent], None],
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Sleep = asyncio.sleep,
        on_called: Called = lambda kind, name, result: None,
    ) -> None:
        self._on_called = on_called
        self._on_event = on_event
        self._now = now
        self._sleep = sleep
        self._watchers: list[Watcher] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._ending: set[asyncio.Future[None]] = set()
        self._units: dict[Kind, _Unit] = {}
        for kind, device in settings.items():
            driver = find_driver(kind, device)(device, self._emit)
            view = DeviceView(
                device.name, kind, State.UNKNOWN, now(), address=device.address, driver=device.driver
            )
            self._units[kind] = unit = _Unit(kind, driver, view)
            driver.ask_me = unit.wake.set

    # --- for the terminal --------------------------------------------------------------------

    async def start(self) -> None:
        """Open all at the same time; returns when each was tried once, whatever came of it, or in START_WITHIN_S."""
        self._tasks = [
            asyncio.create_task(self._supervise(unit), name=f"supervise {unit.view.name}")
            for unit in self._units.values()
        ]
        with suppress(TimeoutError):
            async with asyncio.timeout(START_WITHIN_S):
                for unit in self._units.values():
                    await unit.tried.wait()

    async def close(self) -> None:
        """Let go of every device. May be called twice; no event comes after it."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(self._let_go(unit) for unit in self._units.values()))

    def get(self, kind: Kind) -> Driver | None:
        """The driver, to be called as its contract says; None if kiosk.ini lists none.

        Each call holds the device, so that a job and a question never mix on the wire; a fault
        of a call is seen by the supervision at once.
        """
        unit = self._units.get(kind)
        return cast(Driver, _Held(self, unit)) if unit else None

    def view(self, kind: Kind) -> DeviceView | None:
        """How it is now; None if kiosk.ini lists none."""
        unit = self._units.get(kind)
        return self._seen(unit) if unit else None

    def views(self) -> tuple[DeviceView, ...]:
        return tuple(self._seen(unit) for unit in self._units.values())

    def ago_s(self, at_s: float) -> float:
        """How long ago a view's moment was."""
        return self._now() - at_s

    def watch(self, callback: Watcher) -> Callable[[], None]:
        """Called with the new view at each change of state or faults; returns what ends it. Its bugs are its own."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None

    # --- supervision -------------------------------------------------------------------------

    async def _supervise(self, unit: _Unit) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            unit.lost, unit.silences = False, 0
            if await self._open(unit):
                unit.counts["opened"] += 1
                if await self._ask(unit):
                    retry_s = FIRST_RETRY_S
                unit.tried.set()
                await self._poll(unit)
                unit.counts["lost"] += 1
                await self._let_go(unit)
            unit.tried.set()
            longest_s = LONGEST_RETRY_S.get(type(unit.trouble), LONGEST_SICK_RETRY_S)
            await self._pause(unit, min(retry_s, longest_s))
            retry_s = min(2 * retry_s, longest_s)

    async def _open(self, unit: _Unit) -> bool:
        async with self._supervising(unit):
            await self._within(unit, unit.driver.open(), OPEN_WITHIN_S)
            return True
        return False

    async def _poll(self, unit: _Unit) -> None:
        """Ask again and again; returns when the link is lost."""
        while not unit.lost:
            await self._pause(unit, POLL_EVERY_S)
            if unit.lost:
                return
            if unit.lock.locked():
                await self._look_on(unit)
            else:
                await self._ask(unit)

    async def _look_on(self, unit: _Unit) -> None:
        """A call has the device (rule 2)."""
        lives: bool | None = None
        try:
            async with asyncio.timeout(LIVES_WITHIN_S):
                lives = await unit.driver.lives()
        except TimeoutError:
            log.error("driver bug: %s does not say whether it lives", unit.view.name)
        except Exception as bug:  # noqa: BLE001 - rule 3
            log.error("driver bug: %s in %s", type(bug).__name__, unit.view.name)
        if not unit.lock.locked():
            return  # how the call has ended says more
        view = unit.doubted or unit.view
        if lives is False and view.state in (State.WELL, State.NEEDS_CARE):
            unit.doubted = view
            view = replace(view, state=State.UNKNOWN, faults=(), readings=(), note="no sign of life in use")
        elif lives and view.state in (State.WELL, State.NEEDS_CARE):
            unit.doubted = None
            view = aged(replace(view, proven_s=self._now()), self._now())
        elif unit.doubted is not None:
            return
        self._show(unit, aged(view, self._now()))

    async def _ask(self, unit: _Unit) -> bool:
        """Whether the device said how it is."""
        async with self._supervising(unit):
            unit.counts["asked"] += 1
            status = await self._within(unit, unit.driver.status(), STATUS_WITHIN_S)
            unit.trouble = None
            self._heard(unit, status)
            return True
        return False

    @asynccontextmanager
    async def _supervising(self, unit: _Unit) -> AsyncIterator[None]:
        """Have the device; whatever its driver raises becomes its state."""
        async with unit.lock:
            unit.supervised = True
            try:
                yield
            except DeviceError as trouble:
                self._failed(unit, trouble)
            except _Late:
                pass
            except Exception as bug:  # noqa: BLE001 - rule 3; its text may hold what a guest wrote
                log.error("driver bug: %s in %s", type(bug).__name__, unit.view.name)
                said = type(bug).__name__
                self._failed(unit, DeviceNonsense(unit.view.name, unit.kind.fault("nonsense"), said))
            finally:
                unit.supervised = False

    async def _within(self, unit: _Unit, call: Awaitable[T], within_s: float) -> T:
        """Rule 4: what it returns or raises, or _Late when it has ended after all."""
        running = asyncio.ensure_future(call)
        running.add_done_callback(lambda ended: ended.cancelled() or ended.exception())  # nobody may wait any more
        try:
            await asyncio.wait({running}, timeout=within_s)
            if not running.done():
                self._failed(unit, DeviceSilent(unit.view.name, unit.kind.fault("silent"), "no end in time"))
                running.cancel()
                await asyncio.wait({running})
                raise _Late
        finally:
            if not running.done():
                running.cancel()
                await asyncio.wait({running}, timeout=CLOSE_WITHIN_S)
        if running.cancelled():
            raise RuntimeError("it cancelled itself")
        return running.result()

    def _heard(self, unit: _Unit, status: Status) -> None:
        """What a device says of itself, whoever asked it."""
        unit.silences, unit.doubted = 0, None
        proven_s = status.proven_s
        if proven_s is None and status.state is not State.UNKNOWN:
            proven_s = self._now()
        if proven_s is None:
            proven_s = unit.view.proven_s
        said = saying(unit.view, status.readings)
        view = replace(said, state=status.state, faults=status.faults, proven_s=proven_s, note="")
        self._show(unit, aged(view, self._now()))

    def _seen(self, unit: _Unit) -> DeviceView:
        return aged(replace(unit.view, counters=dict(unit.counts)), self._now())

    def _failed(self, unit: _Unit, trouble: DeviceError) -> None:
        """A fault, from supervision or from a call in use: what it says of the state."""
        let_go = isinstance(trouble, DeviceGone) and trouble.vendor == NOT_OPEN and unit.trouble is not None
        if let_go:  # after a fault a driver may have let go of its wire: that is no news of the device
            unit.lost = True
            unit.wake.set()
            return
        state, unit.trouble, unit.doubted = State.UNKNOWN, trouble, None
        if isinstance(trouble, DeviceGone):
            state, unit.lost = State.GONE, True
        elif isinstance(trouble, DeviceNonsense):
            unit.lost = True
        elif isinstance(trouble, DeviceRefused):
            state = State.ILL
        elif isinstance(trouble, DeviceMissetup):
            state, unit.lost = State.ILL, True
        elif isinstance(trouble, DeviceSilent):
            unit.silences += 1
            unit.lost = unit.lost or unit.silences >= SILENT_THEN_REOPEN
        view = replace(unit.view, state=state, faults=(trouble.fault,), readings=(), note=trouble.vendor)
        self._show(unit, view)
        unit.wake.set()

    def _show(self, unit: _Unit, view: DeviceView) -> None:
        before, now_s = unit.view, self._now()
        unit.counts["faults"] += len(set(view.faults) - set(before.faults))
        if view.faults:
            view = replace(view, last_fault=view.faults[0], last_fault_s=now_s)
        if (before.state, before.faults) == (view.state, view.faults):
            unit.view = replace(view, since_s=before.since_s)
            return
        unit.view = replace(view, since_s=now_s)
        log.info("%s is %s %s %s", view.name, view.state, " ".join(view.faults), view.note)
        for watcher in tuple(self._watchers):
            try:
                watcher(self._seen(unit))
            except Exception as bug:  # noqa: BLE001 - who looks on must not stop the supervision
                log.error("bug of a watcher: %s", type(bug).__name__)

    async def _pause(self, unit: _Unit, seconds: float) -> None:
        """Sleep, or less if the driver or a call in use found a fault: asked or opened anew at once."""
        unit.wake.clear()
        waiting = [asyncio.ensure_future(unit.wake.wait()), asyncio.ensure_future(_as_coroutine(self._sleep, seconds))]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _let_go(self, unit: _Unit) -> None:
        """Waits for nobody: a call still running loses the wire and says DeviceGone."""
        closing = asyncio.ensure_future(unit.driver.close())
        self._ending.add(closing)
        closing.add_done_callback(self._ending.discard)
        await asyncio.wait({closing}, timeout=CLOSE_WITHIN_S)
        if not closing.done():
            closing.cancel()
            log.error("driver bug: %s does not close", unit.view.name)
        elif not closing.cancelled() and (bug := closing.exception()) is not None:  # close() never raises: rule 3
            log.error("driver bug: %s closing %s", type(bug).__name__, unit.view.name)

    def _emit(self, event: DeviceEvent) -> None:
        if not self._tasks:
            return
        if (unit := self._units.get(event.kind)) is not None:
            unit.counts["events"] += 1
        self._on_event(event)


async def _as_coroutine(sleep: Sleep, seconds: float) -> None:
    await sleep(seconds)


class _Held:
    """A driver whose every asynchronous call holds the device."""

    def __init__(self, devices: Devices, unit: _Unit) -> None:
        self._devices = devices
        self._unit = unit

    def __getattr__(self, name: str) -> Any:
        attribute = getattr(self._unit.driver, name)
        if not asyncio.iscoroutinefunction(attribute):
            return attribute

        @wraps(attribute)
        async def held(*args: Any, **kwargs: Any) -> Any:
            async with self._turn():
                try:
                    result = await attribute(*args, **kwargs)
                except DeviceError as trouble:
                    self._devices._failed(self._unit, trouble)
                    self._devices._on_called(self._unit.kind, name, trouble)
                    raise
                if isinstance(result, Status):
                    self._devices._heard(self._unit, result)
                elif self._unit.doubted is not None:
                    self._unit.wake.set()  # it was only busy, or is not well: it is asked at once
                self._devices._on_called(self._unit.kind, name, result)
                return result

        return held

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """Have the device. One whose supervision waits in vain for it (rule 4) is silent, and not waited for."""
        unit = self._unit
        try:
            async with asyncio.timeout(OPEN_WITHIN_S if unit.supervised else None):
                await unit.lock.acquire()
        except TimeoutError:
            raise DeviceSilent(unit.view.name, unit.kind.fault("silent"), "does not end a call") from None
        try:
            yield
        finally:
            unit.lock.release()

