"""How often the window's loop turns, and that nobody notices."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from kiosk.ui import pace

pytestmark = pytest.mark.asyncio(loop_scope="session")

HALF_A_SECOND = 0.5


@pytest.fixture
def flips(stage: Any) -> Iterator[asyncio.Queue[None]]:
    """One item for each picture that reaches the glass."""
    from kivy.core.window import Window

    seen: asyncio.Queue[None] = asyncio.Queue()

    def flipped(*_: Any) -> None:
        seen.put_nowait(None)

    Window.bind(on_flip=flipped)
    yield seen
    Window.unbind(on_flip=flipped)


async def test_a_screen_on_which_nothing_happens_hardly_turns(
    stage: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kivy.clock import Clock

    monkeypatch.setattr(pace, "REST_AFTER_S", 0.0)
    await stage.window.drawn()
    before, over = Clock.frames, asyncio.Event()
    Clock.schedule_once(lambda _: over.set(), HALF_A_SECOND)
    await over.wait()
    assert Clock.frames - before <= HALF_A_SECOND / pace.REST_S + 2


async def test_a_resting_screen_shows_at_once_what_comes_and_what_is_touched(
    stage: Any, flips: asyncio.Queue[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest would last an hour: only what happens can end it."""
    monkeypatch.setattr(pace, "REST_AFTER_S", 0.0)
    monkeypatch.setattr(pace, "REST_S", 3600.0)
    async with asyncio.timeout(20):
        for act in ("shown", "touched"):
            await stage.window.drawn()
            while not flips.empty():
                flips.get_nowait()
            if act == "shown":
                stage.sample("not-found")
            else:
                await stage.tap("tool:look")
            await flips.get()


async def test_what_later_screens_need_is_loaded_after_the_first_one(stage: Any) -> None:
    """Though what a screen leaves behind is cleared away meanwhile."""
    async with asyncio.timeout(60):
        await stage.window.ready.wait()
