"""A terminal without devices, its hotel switched off: enough for a visit, and as quick as a function."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.devices import Devices
from kiosk.language import Text, language
from kiosk.prompts import Prompt, Scene, Tone
from kiosk.settings import Settings
from kiosk.terminal import Terminal
from kiosk.visit import Visit
from tests.kiosk.bare_terminal import bare_terminal

WITHIN_S = 5
SETTLED = 10
"""Rounds of the loop after which everybody who waits for the clock has gone to sleep."""


class MovedClock:
    """Stands still until it is moved; who sleeps to the new time wakes."""

    def __init__(self) -> None:
        self._s = 0.0
        self._sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self._s

    def now(self) -> datetime:
        return datetime(2026, 11, 23, 15, 0, tzinfo=UTC) + timedelta(seconds=self._s)

    async def sleep(self, seconds: float) -> None:
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._s + seconds, wake))
        await wake

    async def move(self, seconds: float) -> None:
        """All that can go on without the clock does so first."""
        for _ in range(SETTLED):
            await asyncio.sleep(0)
        self._s += seconds
        for until, wake in self._sleepers:
            if until <= self._s and not wake.done():
                wake.set_result(None)


class Passer:
    """A Front that keeps nothing but the scene that stands there and what was asked so far."""

    def __init__(self) -> None:
        self.scene = Scene(0, Prompt(question=Text("")))
        self.shown: list[str] = []
        self.notices: list[str] = []
        self._new = asyncio.Event()

    def show(self, scene: Scene) -> None:
        self.scene = scene
        self.shown.append(language("en").say(scene.prompt.question))
        self._new.set()

    def notice(self, words: Text, tone: Tone) -> None:
        self.notices.append(language("en").say(words))
        self._new.set()

    def tone(self) -> bool:
        return False  # no loudspeaker

    async def sees(self, words: str) -> Scene:
        """Wait until a question with these words stands there."""
        async with asyncio.timeout(WITHIN_S):
            while words not in language("en").say(self.scene.prompt.question):
                self._new.clear()
                await self._new.wait()
        return self.scene


class Stand:
    """A visit, who looks at it, and the time."""

    def __init__(self, terminal: Terminal, clock: MovedClock) -> None:
        self.terminal = terminal
        self.clock = clock
        self.front = Passer()
        self.visit = Visit(terminal, self.front, "en")


@pytest.fixture
def nobody_listens() -> Iterator[str]:
    """An address of this machine where every connection is refused, as by a hotel that is switched off."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


@pytest.fixture
async def stand(tmp_path: Path, nobody_listens: str) -> AsyncIterator[Stand]:
    clock = MovedClock()
    settings = Settings.model_validate({"hotel": {"telephone": "+36 1 555 0100", "url": nobody_listens}})
    async with bare_terminal(tmp_path, settings, clock, Devices({}, lambda event: None)) as terminal:
        stand = Stand(terminal, clock)
        yield stand
        stand.visit.end()
