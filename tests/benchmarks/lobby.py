"""The whole kiosk in this process: window, devices, hotel. And a stopwatch beside it that notes what it does when."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any

from hardware.readings import DeviceEvent
from kiosk.build import Running, open_kiosk
from kiosk.clock import SystemClock
from kiosk.language import Text
from kiosk.prompts import Busy, Prompt, ReadingChip, Scene, Tone
from kiosk.settings import load
from kiosk.start import DRAWER
from kiosk.ui.app import KioskWindow
from kiosk.ui.drawer import DrawerItem
from tests.benchmarks.processes import ini_in

SCREEN_WITHIN_S = 30
MOVES = frozenset({"cut", "print", "read_chip"})
"""Calls of drivers in which something moves or a chip works: a guest's hand with the card, paper under a print head,
a passport on the reader."""

_PASSING = (Busy, ReadingChip)
"""Scenes that a guest only waits at."""


@dataclass(frozen=True)
class Call:
    """Of a driver or of the hotel; seconds of the monotonic clock."""

    name: str
    began: float
    ended: float


@dataclass
class Sight:
    """A scene that the guest sees: when it was there to be drawn, drawn, and on the glass."""

    scene: Scene
    asked: float
    built: float
    seen: float = 0.0


@dataclass
class Stopwatch:
    """Everything that was noted, in order."""

    sights: list[Sight] = field(default_factory=list)
    hotel: list[Call] = field(default_factory=list)
    devices: list[Call] = field(default_factory=list)
    events: list[float] = field(default_factory=list)

    def forget(self) -> None:
        """Begin anew, so that the stopwatch itself does not grow."""
        for notes in (self.sights, self.hotel, self.devices, self.events):
            notes.clear()  # type: ignore[attr-defined]


class _Timed:
    """Anything whose asynchronous calls are to be noted."""

    def __init__(self, of: Any, notes: list[Call]) -> None:
        self._of, self._notes = of, notes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if not inspect.iscoroutinefunction(found):
            return found

        @wraps(found)
        async def timed(*args: Any, **named: Any) -> Any:
            began = monotonic()
            try:
                return await found(*args, **named)
            finally:
                self._notes.append(Call(name, began, monotonic()))

        return timed


class _TimedDevices:
    """Devices whose drivers' calls are noted."""

    def __init__(self, of: Any, notes: list[Call]) -> None:
        self._of, self._notes = of, notes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._of, name)

    def get(self, kind: Any) -> Any:
        driver = self._of.get(kind)
        return None if driver is None else _Timed(driver, self._notes)


class Watched:
    """The Front that the kiosk talks to: the window, and a note of each scene."""

    def __init__(self, window: KioskWindow, watch: Stopwatch) -> None:
        from kivy.core.window import Window

        self._window, self._watch = window, watch
        self._new = asyncio.Event()
        Window.bind(on_flip=self._flipped)

    def show(self, scene: Scene) -> None:
        asked = monotonic()
        self._window.show(scene)
        self._watch.sights.append(Sight(scene, asked, monotonic()))

    def notice(self, words: Text, tone: Tone) -> None:
        self._window.notice(words, tone)

    def tone(self) -> bool:
        return False  # no loudspeaker

    def _flipped(self, *_: Any) -> None:
        now = monotonic()
        for sight in reversed(self._watch.sights):
            if sight.seen:
                break
            sight.seen = now
            self._new.set()

    async def sees(self, after: int, kind: type[Prompt] = Prompt) -> Sight:
        """The first scene after number `after` that is on the glass and more than a moment's wait."""
        async with asyncio.timeout(SCREEN_WITHIN_S):
            while True:
                self._new.clear()
                for sight in self._watch.sights:
                    prompt = sight.scene.prompt
                    if sight.scene.number > after and sight.seen and isinstance(prompt, kind) and not isinstance(prompt, _PASSING):
                        return sight
                await self._new.wait()


@dataclass
class Lobby:
    """What a guest stands before."""

    running: Running
    window: KioskWindow
    front: Watched
    watch: Stopwatch


@asynccontextmanager
async def open_lobby(directory: Path, **changes: str) -> AsyncIterator[Lobby]:
    """As `kiosk run` does it: the window first, then all the rest behind it. `changes`: see `ini_in`."""
    settings, clock, watch = load(ini_in(directory, **changes)), SystemClock(), Stopwatch()
    box: list[Running] = []
    items = [DrawerItem(label, _player(box, device, words)) for label, device, words in DRAWER]
    window = KioskWindow(None, settings, now=lambda: clock.now().astimezone(settings.hotel.zone), drawer=items)
    drawing = asyncio.ensure_future(window.run())
    front = Watched(window, watch)
    try:
        async with open_kiosk(settings, clock, front) as running:
            box.append(running)
            window.desk = running.reception
            _note_calls(running, watch)
            serving = asyncio.ensure_future(running.serve())
            try:
                yield Lobby(running, window, front, watch)
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)
    finally:
        window.stop()
        await drawing
    if window.errors:
        raise RuntimeError(f"screens broke: {window.errors}")


def _player(box: list[Running], device: str, words: tuple[str, ...]) -> Callable[[], Any]:
    async def play() -> Any:
        return await box[0].bench.do(device, *words)

    return play


def _note_calls(running: Running, watch: Stopwatch) -> None:
    terminal, reception = running.terminal, running.reception
    terminal.hotel = _Timed(terminal.hotel, watch.hotel)
    terminal.devices = _TimedDevices(terminal.devices, watch.devices)  # type: ignore[assignment]
    hear = reception.device_event

    def heard(event: DeviceEvent) -> None:
        watch.events.append(monotonic())
        hear(event)

    reception.device_event = heard  # type: ignore[method-assign]
