"""What can happen to a device, what is known of it then, and a device that it happens to: the virtual end, the real
driver under supervision, and what a person does."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from hardware.device_view import DeviceView
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.errors import Fault
from hardware.readings import Kind, State
from tests.faults.devices.screen import Screen
from tests.hardware.conftest import Events
from tests.hardware.moved_time import MovedTime

WITHIN_S = 15.0
STEP_S, LOOK_S = 0.25, 0.03
"""The clock is moved in steps, and after each the wire is given so much of real time."""
USB_S = 2.0
"""Within which a device that was lost, or is back, is known to be: on USB and PC/SC."""
Verb = tuple[str, ...]


class Cell(StrEnum):
    """What can happen to a device."""

    AT_START = "unplugged at start"
    IDLE = "unplugged idle"
    IN_USE = "unplugged in use"
    SLOW = "slow"
    GARBAGE = "garbage"
    STUCK = "stuck"
    BACK = "back again"


@dataclass(frozen=True)
class Told:
    """What is known of it then, and within how long: its state, its fault's code (after the dot), and whether guests
    are told at the welcome screen."""

    state: State
    what: str = ""
    within_s: float = USB_S
    guests_told: bool = True


_GONE = Told(State.GONE, "gone")
TOLD: dict[Cell, Told] = {
    Cell.AT_START: _GONE,
    Cell.IDLE: _GONE,
    Cell.IN_USE: _GONE,
    Cell.SLOW: Told(State.WELL, guests_told=False),
    Cell.GARBAGE: Told(State.UNKNOWN, "nonsense"),
    Cell.STUCK: Told(State.UNKNOWN, "silent"),
    Cell.BACK: Told(State.WELL, guests_told=False),
}
"""Of any device, unless its stand says otherwise."""
SAID: dict[Kind, str] = {
    Kind.CARD_READER: "",  # only staff use it
    Kind.DOCUMENT_READER: "The document reader is not working",
    Kind.KEY_ENCODER: "Key cards can’t be made here right now",
    Kind.PRINTER: "The printer is not working",
    Kind.SCANNER: "Booking codes can’t be scanned now",
}
"""The welcome screen's words for a kind that does not work."""


class Stand(ABC):
    """What all of them can. `slow` is slow and within every deadline; `well` undoes `garbage` and `stuck`."""

    kind: ClassVar[Kind]
    driver: ClassVar[str]
    slow: ClassVar[Verb]
    garbage: ClassVar[tuple[Verb, ...]]
    stuck: ClassVar[Verb]
    well: ClassVar[tuple[Verb, ...]]
    told: ClassVar[Mapping[Cell, Told]] = {}
    """Where it is not TOLD."""
    well_after_stuck: ClassVar[tuple[Verb, ...] | None] = None
    reads: ClassVar[type] = object  # what its event carries when it is used

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.moved = MovedTime()
        self.events = Events()
        self.end: Any = self.make()
        self.devices: Devices
        self.screen: Screen

    @abstractmethod
    def make(self) -> Any:
        """The virtual end."""

    def settings(self) -> DeviceSettings:
        return DeviceSettings(self.kind.value, self.driver, self.end.address)

    async def start(self) -> None:
        await self.end.start()

    async def stop(self) -> None:
        await self.end.stop()

    async def plays(self, *verbs: Verb) -> None:
        for verb in verbs:
            await self.end.do(*verb)

    @abstractmethod
    async def works(self) -> None:
        """A person uses it, and it does what it is for."""

    @abstractmethod
    async def is_used(self) -> Awaitable[object]:
        """Somebody is in the middle of using it; what is awaited ends when that has ended."""

    async def hurt_in_use(self) -> None:
        """Used while it answers nonsense: where only that finds it out. Elsewhere the next question does."""
        return

    async def works_slowly(self) -> None:
        """A person uses it while it is slow."""
        await self.plays(self.slow)
        await self.works()

    async def falls_silent(self) -> None:
        """It hangs; what the wire waits for has been waited for when this returns."""
        await self.plays(self.stuck)

    async def speaks_nonsense(self) -> None:
        """Likewise."""
        await self.plays(*self.garbage)

    async def settles(self) -> None:
        """It is back after it was lost in the middle of its use."""
        await self.is_told(Cell.BACK)

    def tells(self, cell: Cell) -> Told:
        return self.told.get(cell) or TOLD[cell]

    async def is_told(self, cell: Cell, within_s: float | None = None) -> None:
        """State and fault in time, and with them the guest's screen."""
        told = self.tells(cell)
        faults = (self.fault(told.what),) if told.what else ()
        await self.becomes(told.state, *faults, within_s=told.within_s if within_s is None else within_s)
        self.shows(told)

    def shows(self, told: Told) -> None:
        """The welcome screen says it beforehand, and leads nobody into what can't be done."""
        said = SAID[self.kind] if told.guests_told else ""
        assert self.screen.notice.startswith(said) if said else self.screen.notice == "", self.screen.notice
        assert self.screen.begins == (not said or self.kind is not Kind.DOCUMENT_READER)

    @property
    def seen(self) -> tuple[State, tuple[Fault, ...]]:
        view = self.view
        return view.state, view.faults

    @property
    def view(self) -> DeviceView:
        view = self.devices.view(self.kind)
        assert view is not None
        return view

    def fault(self, what: str) -> Fault:
        return self.kind.fault(what)

    async def becomes(self, state: State, *faults: Fault, within_s: float) -> None:
        """In so much time of the clock, which is moved; what a wire takes it takes really, and is not counted."""
        took_s = 0.0
        async with asyncio.timeout(WITHIN_S):
            while self.seen != (state, faults):
                await asyncio.sleep(LOOK_S)
                if self.seen != (state, faults) and self._all_sleep:
                    assert took_s < within_s, f"still {self.seen} after {took_s} s"
                    self.moved.move(STEP_S)
                    took_s += STEP_S

    async def stays(self, state: State, for_s: float, asked: int = 0) -> None:
        """Asked so often meanwhile."""
        before, until_s = self.view.counters["asked"], self.moved.ahead_s + for_s
        async with asyncio.timeout(WITHIN_S):
            while self.moved.ahead_s < until_s or self.view.counters["asked"] < before + asked:
                await asyncio.sleep(LOOK_S)
                assert self.view.state is state
                if self._all_sleep:
                    self.moved.move(STEP_S)

    @property
    def _all_sleep(self) -> bool:
        """Nobody is on a wire: what such a one takes it takes really."""
        return self.moved.asleep >= len(self.devices.views())

    async def soon(self, so: Any) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not so():
                await asyncio.sleep(0.01)
