"""Parts that several screens have: a table of facts, where a device is, a drawing in what room is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kiosk.language import T, Text
from kiosk.ui import drawings
from kiosk.ui.geometry import Box
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.picture import Hint, Picture

LEAST_PICTURE = 150.0
"""A drawing that would be smaller than this is left out."""

WHERE = {
    "right": (T("Here: to the right of the screen"), "arrow-right"),
    "left": (T("Here: to the left of the screen"), "arrow-left"),
    "below": (T("Here: below the screen"), "arrow-down"),
    "above": (T("Here: above the screen"), "arrow-up"),
}


def put_drawing(sheet: Sheet, box: Box, name: str, *, hint: bool = False, valign: float = 0.5) -> None:
    """The drawing, if there is one of this name and room for it."""
    if not name or name not in drawings.names() or box.h < LEAST_PICTURE:
        return
    sheet.put(Hint(sheet, box, name) if hint else Picture(sheet, box, name, valign=valign))


def put_where(sheet: Sheet, box: Box, where: str) -> None:
    """A band with an arrow that points to where the device really is."""
    words, icon = WHERE.get(where, WHERE["right"])
    sheet.put(Area(sheet, box, "accent_soft"))
    inner = box.inset(36, 12)
    side = min(64.0, inner.h)
    at_end = icon == "arrow-right"
    # Left and right are the room's, not the text's: the arrow stays on its side when mirrored.
    icon_x = inner.right - side if at_end != sheet.stage.mirrored else inner.x
    words_x = inner.x if icon_x > inner.x else inner.x + side + 24
    sheet.icon(Box(icon_x, inner.y + (inner.h - side) / 2, side, side), icon, "accent")
    style = sheet.style("strong").coloured("accent")
    sheet.words(
        Box(words_x, inner.y, inner.w - side - 24, inner.h),
        sheet.say(words),
        style,
        valign="middle",
        id="where",
    )


def where_height(sheet: Sheet, where: str, width: float) -> float:
    words, _ = WHERE.get(where, WHERE["right"])
    return max(104.0, sheet.height(sheet.say(words), "strong", width - 160) + 40)


class Facts:
    """Labels and values in a card; a value that is long gets lines, not cuts."""

    def __init__(self, screen: Screen[Any], facts: Sequence[tuple[Text, Text]], width: float) -> None:
        self.sheet = screen.sheet
        say = self.sheet.say
        self.rows = [(say(label), say(value)) for label, value in facts]
        self.width = width
        inner = width - 88
        style = self.sheet.style("strong")
        widest = max((self.sheet.type.width(label, style) for label, _ in self.rows), default=0.0)
        self.label_width = min(widest + 36, inner * 0.42)
        self.value_width = inner - self.label_width
        self.heights = [
            max(
                self.sheet.height(label, "strong", self.label_width - 32),
                self.sheet.height(value, "value", self.value_width),
            )
            + 16
            for label, value in self.rows
        ]

    @property
    def height(self) -> float:
        return sum(self.heights) + 56

    def draw(self, box: Box) -> None:
        """In a card as high as `box`; rows get smaller only where the box is too low."""
        sheet = self.sheet
        sheet.card(box)
        part = min(1.0, (box.h - 56) / max(1.0, sum(self.heights)))
        y = box.y + (box.h - sum(self.heights) * part) / 2
        for number, ((label, value), height) in enumerate(zip(self.rows, self.heights, strict=True)):
            high, x = height * part, box.x + 44
            place = Box(x, y, self.label_width - 32, high)
            sheet.words(place, label, "strong", valign="middle", id=f"fact:{number}:label")
            place = Box(x + self.label_width, y, self.value_width, high)
            sheet.words(place, value, "value", valign="middle", id=f"fact:{number}")
            y += high
