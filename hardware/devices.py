"""Devices: opens what kiosk.ini lists, keeps asking how it is, reconnects, passes events on.

Rules:
1. Silence is UNKNOWN. So is a state whose last proof is older than `PROOF_LASTS_S`: never green by habit.
2. A device in use is not asked: who gets a driver from `get()` holds the device for each call.
3. One loop of retries, here. A driver's fault is a DeviceError; anything else is a bug, is logged by
   its type alone, and stops nobody else's device.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import logging
import pkgutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, cast

from hardware.driver import DeviceSettings, Driver
from hardware.errors import (
    DeviceError,
    DeviceGone,
    DeviceMissetup,
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
    Fault,
)
from hardware.readings import DeviceEvent, Kind, Reading, State, Status

log = logging.getLogger(__name__)

# How often a device is asked. Whoever pulls a plug wants to see it within two seconds.
POLL_EVERY_S = 1.5
# How long a proof counts. The longest that a device may be busy and so not be asked, or, for
# devices that only speak when used, a time after which nobody would swear to it any more.
PROOF_LASTS_S: Mapping[Kind, float] = {
    Kind.PRINTER: 60,  # a long slip, drawn as pictures, over a slow line
    Kind.CARD_READER: 15,
    Kind.KEY_ENCODER: 320,  # waits for a card for at most 300 s
    Kind.SCANNER: 900,
    Kind.DOCUMENT_READER: 900,
}
STATUS_WITHIN_S = 5.0  # beyond every driver's own deadline: only a bug gets here
OPEN_WITHIN_S = 10.0
CLOSE_WITHIN_S = 3.0
# Between two tries to open. What isn't there costs nothing to look for, and is wanted back within
# two seconds; a device that is there and sick is given time; wrong settings wait for a person.
FIRST_RETRY_S = 0.5
LONGEST_RETRY_S: Mapping[type, float] = {DeviceGone: 1.5, DeviceMissetup: 30.0}
LONGEST_SICK_RETRY_S = 8.0
SILENT_THEN_REOPEN = 3  # so many unanswered questions in a row: the link itself may hang


@dataclass(frozen=True)
class DeviceView:
    """A device as the kiosk knows it now. Times are seconds of the clock given to Devices.

    UNKNOWN without faults: nothing speaks against it, nothing has proven it either.
    """

    name: str
    kind: Kind
    state: State
    since_s: float
    proven_s: float | None = None
    faults: tuple[Fault, ...] = ()
    readings: tuple[Reading, ...] = ()
    note: str = ""  # the vendor's own words or code for the fault


Sleep = Callable[[float], Awaitable[None]]
Called = Callable[[Kind, str, Any], None]
"""Told of each call to a device that has ended: its name, and its result or the DeviceError."""
Watcher = Callable[[DeviceView], None]


def known_drivers(kind: Kind) -> tuple[str, ...]:
    """The drivers in `hardware/<kind>/`, without loading their libraries."""
    package = importlib.import_module(f"hardware.{kind}")
    names = []
    for module in pkgutil.iter_modules(package.__path__):
        spec = importlib.util.find_spec(f"hardware.{kind}.{module.name}")
        source = cast(Any, spec.loader).get_source(spec.name) if spec else ""
        if "\nDRIVER = " in (source or ""):
            names.append(module.name)
    return tuple(names)


def find_driver(kind: Kind, settings: DeviceSettings) -> type[Driver]:
    """The class behind the name in kiosk.ini; DeviceMissetup names what there is."""
    known = known_drivers(kind)
    if settings.driver not in known:
        raise DeviceMissetup(
            settings.name, Fault.NO_DRIVER, f"no {settings.driver!r}; known: {', '.join(known) or 'none'}"
        )
    try:
        module = importlib.import_module(f"hardware.{kind}.{settings.driver}")
    except ImportError as missing:
        raise DeviceMissetup(settings.name, Fault.NO_DRIVER, f"{missing.name} is not installed") from missing
    return cast("type[Driver]", module.DRIVER)


def check(kind: Kind, settings: DeviceSettings, *, virtual: bool) -> None:
    """DeviceMissetup for what `Devices` would refuse, without opening anything. The address of a
    `virtual` device is not known before its other end has started."""
    driver = find_driver(kind, settings)
    if virtual:
        driver.check_options(settings)
    else:
        driver(settings, lambda event: None)


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
        self._units: dict[Kind, _Unit] = {}
        for kind, device in settings.items():
            driver = find_driver(kind, device)(device, self._emit)
            view = DeviceView(device.name, kind, State.UNKNOWN, now())
            self._units[kind] = _Unit(kind, driver, view)

    # --- for the terminal --------------------------------------------------------------------

    async def start(self) -> None:
        """Open all at the same time; returns when each was tried once, whatever came of it."""
        self._tasks = [
            asyncio.create_task(self._supervise(unit), name=f"supervise {unit.view.name}")
            for unit in self._units.values()
        ]
        await asyncio.gather(*(unit.tried.wait() for unit in self._units.values()))

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
        return self._aged(unit.view) if unit else None

    def views(self) -> tuple[DeviceView, ...]:
        return tuple(self._aged(unit.view) for unit in self._units.values())

    def watch(self, callback: Watcher) -> Callable[[], None]:
        """Called with the new view at each change of state or faults; returns what ends it."""
        self._watchers.append(callback)
        return lambda: self._watchers.remove(callback) if callback in self._watchers else None

    # --- supervision -------------------------------------------------------------------------

    async def _supervise(self, unit: _Unit) -> None:
        retry_s = FIRST_RETRY_S
        while True:
            unit.lost, unit.silences = False, 0
            if await self._open(unit):
                if await self._ask(unit):
                    retry_s = FIRST_RETRY_S
                unit.tried.set()
                await self._poll(unit)
                await self._let_go(unit)
            unit.tried.set()
            longest_s = LONGEST_RETRY_S.get(type(unit.trouble), LONGEST_SICK_RETRY_S)
            await self._pause(unit, min(retry_s, longest_s))
            retry_s = min(2 * retry_s, longest_s)

    async def _open(self, unit: _Unit) -> bool:
        async with unit.lock, self._caught(unit):
            async with asyncio.timeout(OPEN_WITHIN_S):
                await unit.driver.open()
            return True
        return False

    async def _poll(self, unit: _Unit) -> None:
        """Ask again and again; returns when the link is lost."""
        while not unit.lost:
            await self._pause(unit, POLL_EVERY_S)
            if unit.lost:
                return
            if unit.lock.locked():
                self._show(unit, self._aged(unit.view))
            else:
                await self._ask(unit)

    async def _ask(self, unit: _Unit) -> bool:
        """Whether the device said how it is."""
        async with unit.lock, self._caught(unit):
            async with asyncio.timeout(STATUS_WITHIN_S):
                status = await unit.driver.status()
            unit.silences = 0
            self._show(unit, self._said(unit, status))
            return True
        return False

    @asynccontextmanager
    async def _caught(self, unit: _Unit) -> AsyncIterator[None]:
        """Whatever a driver raises becomes the device's state."""
        try:
            yield
        except DeviceError as trouble:
            self._failed(unit, trouble)
        except TimeoutError:
            self._failed(unit, DeviceSilent(unit.view.name, _fault(unit.kind, "silent"), "no end in time"))
        except Exception as bug:  # noqa: BLE001 - rule 3; its text may hold what a guest wrote
            log.error("driver bug: %s in %s", type(bug).__name__, unit.view.name)
            self._failed(unit, DeviceNonsense(unit.view.name, _fault(unit.kind, "nonsense"), type(bug).__name__))

    def _said(self, unit: _Unit, status: Status) -> DeviceView:
        proven_s = status.proven_s
        if proven_s is None and status.state is not State.UNKNOWN:
            proven_s = self._now()
        return self._aged(
            replace(
                unit.view, state=status.state, faults=status.faults, readings=status.readings,
                proven_s=proven_s or unit.view.proven_s, note="",
            )
        )  # fmt: skip

    def _aged(self, view: DeviceView) -> DeviceView:
        """Rule 1. ILL and GONE stay: nothing good is claimed."""
        if view.state not in (State.WELL, State.NEEDS_CARE) or view.proven_s is None:
            return view
        if self._now() - view.proven_s <= PROOF_LASTS_S[view.kind]:
            return view
        return replace(view, state=State.UNKNOWN, faults=(), since_s=view.proven_s + PROOF_LASTS_S[view.kind])

    def _failed(self, unit: _Unit, trouble: DeviceError) -> None:
        """A fault, from supervision or from a call in use: what it says of the state."""
        state, unit.trouble = State.UNKNOWN, trouble
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
        before = unit.view
        if (before.state, before.faults) == (view.state, view.faults):
            unit.view = replace(view, since_s=before.since_s)
            return
        unit.view = replace(view, since_s=self._now())
        log.info("%s is %s %s %s", view.name, view.state, " ".join(view.faults), view.note)
        for watcher in tuple(self._watchers):
            watcher(unit.view)

    async def _pause(self, unit: _Unit, seconds: float) -> None:
        """Sleep, or less if a call in use found a fault: asked or opened anew at once."""
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
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await unit.driver.close()
        except Exception as bug:  # noqa: BLE001 - close() never raises: rule 3
            log.error("driver bug: %s closing %s", type(bug).__name__, unit.view.name)

    def _emit(self, event: DeviceEvent) -> None:
        if self._tasks:
            self._on_event(event)


async def _as_coroutine(sleep: Sleep, seconds: float) -> None:
    await sleep(seconds)


def _fault(kind: Kind, what: str) -> Fault:
    return Fault(f"{kind.value.replace('_', '-')}.{what}")


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
            async with self._unit.lock:
                try:
                    result = await attribute(*args, **kwargs)
                except DeviceError as trouble:
                    self._devices._failed(self._unit, trouble)
                    self._devices._on_called(self._unit.kind, name, trouble)
                    raise
                self._devices._on_called(self._unit.kind, name, result)
                return result

        return held
