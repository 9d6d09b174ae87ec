"""What is longer than its room: it is shown from a line or row on, moved by a finger, or turned by buttons."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Control, Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet


class Moved(Piece):
    """Of `total` lines or rows `shown` are drawn, from `first` on; the last view begins with `last_first`."""

    def __init__(self, sheet: Sheet, box: Box, moved: Callable[[int], Any]) -> None:
        super().__init__(sheet, box)
        self._moved = moved
        self.total = self.first = self.shown = self.last_first = 0
        self._bar = Piece(sheet, box)
        self._grip: tuple[float, int] | None = None

    @property
    def pitch(self) -> float:
        """How far a finger goes for one line or row, in design pixels."""
        raise NotImplementedError

    def show(self, first: int) -> None:
        """From this line or row on."""
        raise NotImplementedError

    @property
    def fits(self) -> bool:
        return self.last_first == 0

    def turn(self, pages: int) -> None:
        """A view on or back, with one line or row kept for the eye where there are several."""
        self.go(self.first + pages * max(1, self.shown - 1))

    def go(self, first: int) -> None:
        self.show(first)
        self._moved(self.first)

    def draw_bar(self, track: Box, least: float) -> None:
        """How far down the view is; the part that moves is at least so high."""
        self._bar.canvas.clear()
        if self.fits:
            return
        radius = self.px(track.w / 2)
        high_contrast = self.sheet.look.colours.value == "high"  # there lines are as dark as what moves
        rail = Box(track.x + track.w / 2 - 1, track.y, 2, track.h) if high_contrast else track
        paint.fill(self._bar.canvas, self.window(rail), self.rgba("line"), radius)
        high = max(least, track.h * self.shown / self.total)
        y = track.y + (track.h - high) * self.first / max(1, self.last_first)
        paint.fill(self._bar.canvas, self.window(Box(track.x, y, track.w, high)), self.rgba("accent"), radius)

    def on_touch_down(self, touch: Any) -> bool:
        """What lies under the finger is pressed until the finger moves on."""
        taken = bool(super().on_touch_down(touch))
        if not self.collide_point(*touch.pos) or self.fits or self.sheet.locked:
            return taken
        touch.grab(self)
        self._grip = (touch.y, self.first)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self or self._grip is None or not self.total:
            return False
        first = self._grip[1] + round((touch.y - self._grip[0]) / self.px(self.pitch))
        first = max(0, min(first, self.last_first))
        if first != self.first:
            for piece in self.children:
                if isinstance(piece, Control):
                    touch.ungrab(piece)
            self.go(first)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._grip = None
        return True
