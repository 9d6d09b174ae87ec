"""Touches with a finger's own pace, and the moment at which the glass shows what followed."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import monotonic
from typing import Any

FINGER_DOWN_S = 0.06
"""A quick tap: so long the finger stays on the glass, and the pressed button is drawn meanwhile."""


class Glass:
    """Of whatever Kivy window this process has."""

    def __init__(self, down_s: float = FINGER_DOWN_S) -> None:
        from kivy.core.window import Window

        self._window, self._down_s = Window, down_s
        self._count = 0
        self._flips: list[asyncio.Future[float]] = []
        self._window.bind(on_flip=self._flipped)

    def _flipped(self, *_: Any) -> None:
        now, waiting, self._flips = monotonic(), self._flips, []
        for flip in waiting:
            if not flip.done():
                flip.set_result(now)

    async def flip(self) -> float:
        """The next one; returns its time. A window on which nothing changes flips only when asked to."""
        flip: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._flips.append(flip)
        return await flip

    async def touch(self, x: float, y: float) -> float:
        """Finger down at window pixels (y down), a moment, and up; returns when it was lifted."""
        from kivy.base import EventLoop

        touch = self._touch(x / self._window.width, 1 - y / self._window.height)
        EventLoop.post_dispatch_input("begin", touch)
        await asyncio.sleep(self._down_s)
        lifted = monotonic()
        EventLoop.post_dispatch_input("end", touch)
        return lifted

    async def touch_and_see(self, x: float, y: float) -> float:
        """Milliseconds from lifting the finger to the next flip."""
        lifted = await self.touch(x, y)
        return (await self.flip() - lifted) * 1000

    async def stroke(self, points: Sequence[tuple[float, float]]) -> None:
        """A line drawn through window pixels (y down)."""
        from kivy.base import EventLoop

        spots = [(x / self._window.width, 1 - y / self._window.height) for x, y in points]
        touch = self._touch(*spots[0])
        EventLoop.post_dispatch_input("begin", touch)
        for spot in spots[1:]:
            await self.flip()
            touch.move(spot)
            EventLoop.post_dispatch_input("update", touch)
        await asyncio.sleep(0)
        EventLoop.post_dispatch_input("end", touch)

    def _touch(self, sx: float, sy: float) -> Any:
        from kivy.input.motionevent import MotionEvent

        class Touch(MotionEvent):
            def depack(self, args: Any) -> None:
                self.is_touch = True
                self.sx, self.sy = args
                self.profile = ["pos"]
                super().depack(args)

        self._count += 1
        return Touch("finger", self._count, (sx, sy), is_touch=True, type_id="touch")
