"""Kivy's loop, slower while nothing happens: each turn of it costs, even one that draws nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from time import monotonic
from typing import Any

REST_AFTER_S = 2.0
"""Nothing was drawn and nothing touched for so long: the loop rests between its turns …"""
REST_S = 0.05
"""… for so long at most, so a finger on a resting screen is seen before it is lifted again."""


class Pace:
    """Runs the loop of the one window. Kivy's timers may come REST_S late while it rests."""

    def __init__(self, window: Any) -> None:
        self._window = window
        self._busy_s = monotonic()
        self._waking = asyncio.Event()
        window.bind(on_flip=self.wake, on_motion=self.wake)

    def wake(self, *_: Any) -> None:
        """Something happens: turn at once, and at full speed for a while."""
        self._busy_s = monotonic()
        self._waking.set()

    async def run(self) -> None:
        """Until Kivy's loop is stopped; what `EventLoop.async_mainloop` does, with rests."""
        from kivy.base import EventLoop, ExceptionManager, stopTouchApp

        try:
            while not EventLoop.quit and EventLoop.status == "started":
                try:
                    await EventLoop.async_idle()
                    EventLoop.window.mainloop()
                    await self._rest()
                except BaseException as error:
                    if ExceptionManager.handle_exception(error) == ExceptionManager.RAISE:
                        raise
            EventLoop.close()
        finally:
            stopTouchApp()

    async def drawn(self) -> None:
        """Waits until the next frame is on the screen."""
        flipped = asyncio.Event()

        def flip(*_: Any) -> None:
            flipped.set()

        self._window.bind(on_flip=flip)
        self._window.canvas.ask_update()
        self.wake()
        await flipped.wait()
        self._window.unbind(on_flip=flip)

    async def _rest(self) -> None:
        self._waking.clear()
        if monotonic() - self._busy_s > REST_AFTER_S:
            with suppress(TimeoutError):
                async with asyncio.timeout(REST_S):
                    await self._waking.wait()
