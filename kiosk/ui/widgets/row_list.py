"""Many rows, of which those are drawn that have room. Moved by whole rows: by finger, or by two buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from kiosk.language import T, Text
from kiosk.ui.geometry import Box
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.moved import Moved
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

BUTTON = 120.0
APART = 24.0


class RowList(Moved):
    """`draw` makes the row of a number at a place; it is called for visible rows only."""

    sheet: Sheet

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        draw: Callable[[int, Box], Piece],
        moved: Callable[[int], Any],
        *,
        gap: float,
    ) -> None:
        super().__init__(sheet, box, moved)
        self._draw, self.gap = draw, gap
        self.heights: Sequence[float] = ()
        self.buttons: tuple[Button, ...] = ()

    @property
    def pitch(self) -> float:
        return self.heights[self.first] + self.gap

    def fill(self, heights: Sequence[float], first: int = 0) -> None:
        """Other rows, from `first` on."""
        self.heights, self.total = heights, len(heights)
        self.last_first = self._last_first()
        self.show(first)

    def _last_first(self) -> int:
        """The first row of the last view: from the end back as far as there is room."""
        room = self.box.h
        for number in range(len(self.heights) - 1, -1, -1):
            room -= self.heights[number]
            if room < -0.5:
                return min(number + 1, len(self.heights) - 1)
            room -= self.gap
        return 0

    def show(self, first: int) -> None:
        self.first = max(0, min(first, self.last_first))
        self.clear_widgets()
        y, self.shown = self.box.y, 0
        for number in range(self.first, len(self.heights)):
            high = min(self.heights[number], self.box.h)
            if y + high > self.box.bottom + 0.5:
                break
            self.add_widget(self._draw(number, Box(self.box.x, y, self.box.w, high)))
            self.shown += 1
            y += high + self.gap
        self.add_widget(self._bar)
        self.draw_bar(Box(self.box.right + 8, self.box.y, 8, self.box.h), 40.0)  # in the margin beside the rows
        for button, alive in zip(self.buttons, (self.first > 0, self.first < self.last_first), strict=False):
            button.show_enabled(alive)

    # --- moving ----------------------------------------------------------------------------

    def put_buttons(self, up: Box, down: Box) -> None:
        """Two buttons that turn a view on, for who does not drag."""
        self.buttons = (
            self._button(up, "up", T("Up"), "arrow-up", -1),
            self._button(down, "down", T("Down"), "arrow-down", 1),
        )
        self.show(self.first)

    def _button(self, box: Box, id: str, words: Text, icon: str, pages: int) -> Button:
        spoken = self.sheet.say(words)
        return self.sheet.button(box, id, "", partial(self.turn, pages), Kind.OUTLINED, icon=icon, spoken=spoken)


def beside(room: Box, scrolls: bool, low: bool = False) -> tuple[Box, Box, Box]:
    """(rows, up, down): the buttons at the end of the rows' lower part, where rows have to be moved.

    `low`: beside each other, so that both lie as low as they can.
    """
    if not scrolls:
        return room, Box(0, 0, 0, 0), Box(0, 0, 0, 0)
    column = not low and room.h >= 2 * BUTTON + APART
    wide, high = (BUTTON, 2 * BUTTON + APART) if column else (2 * BUTTON + APART, BUTTON)
    rows = Box(room.x, room.y, room.w - wide - 2 * APART, room.h)
    buttons = Box(room.right - wide, room.bottom - high, wide, high)
    up, down = buttons.rows(2, APART) if column else buttons.columns([1, 1], APART)
    return rows, up, down
