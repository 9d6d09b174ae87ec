"""The demo bench's drawer: a tab at the upper edge that opens the virtual devices' verbs.

It exists only where the window was given items for it, which only a terminal in demo mode does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.ui.geometry import Box
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Kind

TAB = Box(0, 0, 190, 48)
ROW = 92.0


@dataclass(frozen=True)
class DrawerItem:
    """A verb of a virtual device: what it is called, and what does it."""

    label: str
    act: Callable[[], Awaitable[Any]]


class Drawer:
    """Draws tab and drawer; runs one verb at a time and says how it went."""

    def __init__(
        self, items: Sequence[DrawerItem], redraw: Callable[[], None], said: Callable[[str], None]
    ) -> None:
        self.items, self.redraw, self.said = tuple(items), redraw, said
        self.open = False
        self.page = 0
        self._running: asyncio.Task[None] | None = None

    def draw(self, sheet: Sheet) -> None:
        width = sheet.stage.width
        tab = Box((width - TAB.w) / 2, 0, TAB.w, TAB.h)
        if self.open:
            self._draw_items(sheet)
        sheet.button(
            tab, "drawer", "demo ▴" if self.open else "demo ▾", self._toggle,
            Kind.KEY, style="tool", radius=16, keep=True, spoken="Demo drawer",
        )  # fmt: skip

    def _draw_items(self, sheet: Sheet) -> None:
        columns = 2 if not sheet.stage.landscape else 4
        most = int((sheet.stage.height * 0.58 - 120) / (ROW + 12)) * columns
        pages = max(1, -(-len(self.items) // most))
        first = (self.page % pages) * most
        shown = self.items[first : first + most]
        rows = -(-len(shown) // columns)
        height = 72 + rows * (ROW + 12) + (ROW + 12 if pages > 1 else 0)
        sheet.put(Area(sheet, Box(24, -28, sheet.stage.width - 48, height + 28), "touched", "line"))
        for number, item in enumerate(shown):
            row, column = divmod(number, columns)
            line = Box(48, 60 + row * (ROW + 12), sheet.stage.width - 96, ROW)
            box = line.columns([1] * columns, 12)[column]
            sheet.button(
                box,
                f"drawer:{first + number}",
                item.label,
                self._runner(item),
                Kind.KEY,
                style="tool",
                radius=16,
            )
        if pages > 1:
            line = Box(48, 60 + rows * (ROW + 12), sheet.stage.width - 96, ROW)
            sheet.button(line, "drawer:more", "…", self._turn, Kind.KEY, style="tool", radius=16)

    def _toggle(self) -> None:
        self.open = not self.open
        self.redraw()

    def _turn(self) -> None:
        self.page += 1
        self.redraw()

    def _runner(self, item: DrawerItem) -> Callable[[], None]:
        return lambda: self._start(item)

    def _start(self, item: DrawerItem) -> None:
        if self._running is None or self._running.done():
            self._running = asyncio.ensure_future(self._run(item))

    async def _run(self, item: DrawerItem) -> None:
        try:
            await item.act()
        except Exception as error:  # noqa: BLE001 - a bench must say what went wrong and go on
            self.said(f"{item.label}: {type(error).__name__}: {error}")

    async def close(self) -> None:
        """Waits for nothing: a verb that still runs is cancelled."""
        if self._running is not None and not self._running.done():
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
