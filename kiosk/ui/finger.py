"""A finger on the glass: real touches through Kivy's own dispatch, for the tour and for tests."""

from __future__ import annotations

import asyncio
from typing import Any

from kiosk.ui.accessible import Node
from kiosk.ui.app import KioskWindow


class Finger:
    """Touches what the semantic tree names, where it is drawn."""

    def __init__(self, window: KioskWindow) -> None:
        self._window = window
        self._count = 0

    async def tap(self, node_id: str) -> None:
        """Touch the middle of a node, as a guest would. KeyError if it is not there."""
        x, y = self._window.tree().find(node_id).bounds.centre
        await self.draw([(x, y)])

    async def sign(self, node: Node, points: list[tuple[float, float]]) -> None:
        """Draw over a node; points are fractions of its bounds."""
        box = node.bounds
        await self.draw([(box.x + fx * box.w, box.y + fy * box.h) for fx, fy in points])

    async def draw(self, points: list[tuple[float, float]]) -> None:
        """One stroke through window pixels, y down."""
        from kivy.base import EventLoop

        spots = [self._spot(point) for point in points]
        touch = self._touch(spots[0])
        EventLoop.post_dispatch_input("begin", touch)
        for spot in spots[1:]:
            touch.move(spot)
            EventLoop.post_dispatch_input("update", touch)
        await asyncio.sleep(0)
        EventLoop.post_dispatch_input("end", touch)
        await asyncio.sleep(0)

    async def together(self, points: list[tuple[float, float]]) -> None:
        """Several fingers laid down at once, then lifted."""
        from kivy.base import EventLoop

        touches = [self._touch(self._spot(point)) for point in points]
        for phase in ("begin", "end"):
            for touch in touches:
                EventLoop.post_dispatch_input(phase, touch)
            await asyncio.sleep(0)

    def _spot(self, point: tuple[float, float]) -> tuple[float, float]:
        """Parts of the window, y up."""
        width, height = self._window.size
        return point[0] / width, 1 - point[1] / height

    def _touch(self, spot: tuple[float, float]) -> Any:
        from kivy.input.motionevent import MotionEvent

        class Touch(MotionEvent):
            def depack(self, args: Any) -> None:
                self.is_touch = True
                self.sx, self.sy = args
                self.profile = ["pos"]
                super().depack(args)

        self._count += 1
        return Touch("finger", self._count, spot, is_touch=True, type_id="touch")
