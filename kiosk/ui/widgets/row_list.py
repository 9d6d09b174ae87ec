"""Many rows, of which those are drawn that have room. Moved by whole rows: by finger, or by two buttons."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from kiosk.language import T, Text
from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.piece import Control, Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

BUTTON = 120.0
APART = 24.0


class RowList(Piece):
    """`draw` makes the row of a number at a place; it is called for visible rows only."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        draw: Callable[[int, Box], Piece],
        moved: Callable[[int], Any],
        *,
        gap: float,
    ) -> None:
        super().__init__(sheet, box)
        self._draw, self._moved, self.gap = draw, moved, gap
        self.heights: Sequence[float] = ()
        self.first = self.shown = self.last_first = 0
        self._bar = Piece(sheet, box)
        self._rows: list[Piece] = []
        self._grip: tuple[float, int] | None = None
        self.buttons: tuple[Button, ...] = ()

    @property
    def fits(self) -> bool:
        return self.last_first == 0

    def fill(self, heights: Sequence[float], first: int = 0) -> None:
        """Other rows, from `first` on."""
        self.heights = heights
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
        self._rows.clear()
        y = self.box.y
        for number in range(self.first, len(self.heights)):
            high = min(self.heights[number], self.box.h)
            if y + high > self.box.bottom + 0.5:
                break
            row = self._draw(number, Box(self.box.x, y, self.box.w, high))
            self._rows.append(row)
            self.add_widget(row)
            y += high + self.gap
        self.shown = len(self._rows)
        self._draw_bar()
        for button, alive in zip(self.buttons, (self.first > 0, self.first < self.last_first), strict=False):
            button.show_enabled(alive)

    def _draw_bar(self) -> None:
        """How far down the view is; in the margin beside the rows."""
        self._bar.canvas.clear()
        self.add_widget(self._bar)
        if self.fits:
            return
        track = Box(self.box.right + 8, self.box.y, 8, self.box.h)
        paint.fill(self._bar.canvas, self.window(track), self.rgba("line"), self.px(4))
        high = max(40.0, track.h * self.shown / len(self.heights))
        y = track.y + (track.h - high) * self.first / max(1, self.last_first)
        paint.fill(self._bar.canvas, self.window(Box(track.x, y, 8, high)), self.rgba("accent"), self.px(4))

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

    def turn(self, pages: int) -> None:
        """A view on or back, with one row kept for the eye where there are several."""
        self.go(self.first + pages * max(1, self.shown - 1))

    def go(self, first: int) -> None:
        self.show(first)
        self._moved(self.first)

    def on_touch_down(self, touch: Any) -> bool:
        """The row under the finger is pressed until the finger moves on."""
        taken = bool(super().on_touch_down(touch))
        if not self.collide_point(*touch.pos) or self.fits or self.sheet.locked:
            return taken
        touch.grab(self)
        self._grip = (touch.y, self.first)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self or self._grip is None or not self.heights:
            return False
        pitch = self.px(self.heights[self.first] + self.gap)
        first = max(0, min(self._grip[1] + round((touch.y - self._grip[0]) / pitch), self.last_first))
        if first != self.first:
            for row in self._rows:
                if isinstance(row, Control):
                    touch.ungrab(row)
            self.go(first)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._grip = None
        return True


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
