"""A line that shows how much was typed, and never what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.graphics import InstructionGroup

from kiosk.language import TN
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

PITCH = 76.0
FULL, HOLLOW = 17.0, 13.0


class Dots(Piece):
    """A dot for each digit, a ring for each that is still wanted."""

    def __init__(self, sheet: Sheet, box: Box, name: str, count: int, least: int) -> None:
        super().__init__(sheet, box, "field")
        self.name, self.least, self.count = name, least, 0
        line = self.px(max(4.0, sheet.theme.line(sheet.look)))
        paint.outlined(
            self.canvas, self.rect, self.rgba("accent"), self.rgba("card"), line, self.px(sheet.theme.size.radius)
        )
        self._row = InstructionGroup()
        self.canvas.add(self._row)
        self.show(count)

    def show(self, count: int) -> None:
        self.count = count
        self._row.clear()
        places = max(count, self.least)
        pitch = min(PITCH, (self.box.w - 64) / max(1, places))
        x, y, w, h = self.rect
        step = pitch * self.sheet.stage.scale
        for number in range(places):
            order = places - 1 - number if self.sheet.stage.mirrored else number
            at = x + w / 2 + (order - (places - 1) / 2) * step
            size = min(FULL, pitch * 0.3)
            if number < count:
                paint.dot(self._row, at, y + h / 2, self.px(size), self.rgba("ink"))
            else:
                paint.dot(self._row, at, y + h / 2, self.px(size * HOLLOW / FULL), self.rgba("line"))
                paint.dot(self._row, at, y + h / 2, self.px(size * HOLLOW / FULL - 4), self.rgba("card"))

    def node(self) -> Node | None:
        said = TN("{count} digit entered", "{count} digits entered", self.count)
        value = self.sheet.say(said) if self.count else ""
        return Node(self.id, Role.FIELD, self.name, self.bounds(), value)
