"""Parts that several screens have: a table of facts, where a device is, a drawing in what room is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kiosk.language import T, Text
from kiosk.ui import drawings
from kiosk.ui.geometry import Box
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Style
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.picture import Hint, Picture

LEAST_PICTURE = 150.0
"""A drawing that would be smaller than this is left out."""

POINTING = 32.0
"""The margin within a band that points."""
SIDE, BETWEEN = 40.0, 20.0
"""Of a card with facts: its margin, and what is between two rows."""

WHERE = {
    "right": (T("Here: to the right of the screen"), "arrow-right"),
    "left": (T("Here: to the left of the screen"), "arrow-left"),
    "below": (T("Here: below the screen"), "arrow-down"),
    "above": (T("Here: above the screen"), "arrow-up"),
}

SLIP = {
    "right": T("Your slip: to the right of the screen"),
    "left": T("Your slip: to the left of the screen"),
    "below": T("Your slip: below the screen"),
    "above": T("Your slip: above the screen"),
}


def put_drawing(sheet: Sheet, box: Box, name: str, *, hint: bool = False, valign: float = 0.5) -> None:
    """The drawing, if there is one of this name and room for it."""
    if not name or name not in drawings.names() or box.h < LEAST_PICTURE:
        return
    sheet.put(Hint(sheet, box, name) if hint else Picture(sheet, box, name, valign=valign))


def put_where(sheet: Sheet, box: Box, where: str) -> None:
    """A band with an arrow that points to where the device really is."""
    words, _ = WHERE.get(where, WHERE["right"])
    put_pointing(sheet, box, sheet.say(words), where, sheet.style("strong"), id="where")


def put_pointing(sheet: Sheet, box: Box, words: str, where: str, style: Style, *, id: str, icon: str = "") -> None:
    """A soft band: words, an arrow on the side that it points to, and an icon on the other where there is one."""
    _, arrow = WHERE.get(where, WHERE["right"])
    sheet.put(Area(sheet, box, "accent_soft"))
    inner = box.inset(POINTING, 12)
    side = min(64.0, inner.h)
    # Left and right are the room's, not the text's: the arrow stays on its side when mirrored.
    last = (arrow == "arrow-left") == sheet.stage.mirrored
    signs = (icon, arrow) if last else (arrow, icon)
    y = inner.y + (inner.h - side) / 2
    start, end = inner.x, inner.right
    if signs[0]:
        sheet.icon(Box(start, y, side, side), signs[0], "accent")
        start += side + 20
    if signs[1]:
        sheet.icon(Box(end - side, y, side, side), signs[1], "accent")
        end -= side + 20
    sheet.words(Box(start, inner.y, end - start, inner.h), words, style.coloured("accent"), valign="middle", id=id)


def where_height(sheet: Sheet, where: str, width: float, words: str = "") -> float:
    """Of the band with these words; without them with those of `put_where`."""
    said = words or sheet.say(WHERE.get(where, WHERE["right"])[0])
    return max(104.0, sheet.height(said, "strong", width - 2 * POINTING - 84) + 40)


class Facts:
    """Labels and values in a card: beside each other where every row goes into one line, else all under each other."""

    def __init__(
        self, screen: Screen[Any], facts: Sequence[tuple[Text, Text]], width: float, snug: float = 1.0
    ) -> None:
        """`snug`: how much smaller they may be to stand beside each other."""
        sheet = self.sheet = screen.sheet
        self.rows = [(sheet.say(label), sheet.say(value)) for label, value in facts]
        self.width, self.inner = width, width - 2 * SIDE
        wide, styles = sheet.type.width, (sheet.style("strong"), sheet.style("value"))
        label_width = max((wide(label, styles[0]) for label, _ in self.rows), default=0.0) + 32
        value_width = max((wide(value, styles[1]) for _, value in self.rows), default=0.0) + 2
        part = min(1.0, self.inner / (label_width + value_width))
        self.beside = part >= snug
        self.label_width = label_width * part
        if not self.beside:
            part, styles = 1.0, (sheet.style("label"), sheet.style("value"))
        self.styles = tuple(style.scaled(part) for style in styles)
        self.heights = [self._height(label, value) for label, value in self.rows]

    def _height(self, label: str, value: str) -> float:
        if self.beside:
            return self.styles[1].leading + BETWEEN
        return sum(self._lines(label, value)) + BETWEEN

    def _lines(self, label: str, value: str) -> tuple[float, float]:
        """How high label and value get under each other."""
        sheet = self.sheet
        return sheet.height(label, "label", self.inner), sheet.height(value, "value", self.inner)

    @property
    def height(self) -> float:
        return sum(self.heights) + 56

    def draw(self, box: Box) -> None:
        """In a card as high as `box`; rows get smaller, all alike, only where the box is too low."""
        sheet = self.sheet
        sheet.card(box)
        part = min(1.0, (box.h - 56) / max(1.0, sum(self.heights)))
        y = box.y + (box.h - sum(self.heights) * part) / 2
        places = []
        for (label, value), height in zip(self.rows, self.heights, strict=True):
            row = Box(box.x + SIDE, y, self.inner, height * part)
            places.append(self._places(row.inset(0, BETWEEN / 2 * part), label, value))
            y += height * part
        labels = self._alike(self.styles[0], [label for label, _ in self.rows], [one for one, _ in places])
        values = self._alike(self.styles[1], [value for _, value in self.rows], [other for _, other in places])
        for number, ((label, value), (one, other)) in enumerate(zip(self.rows, places, strict=True)):
            sheet.words(one, label, labels, valign="middle", id=f"fact:{number}:label")
            sheet.words(other, value, values, valign="middle", id=f"fact:{number}")

    def _places(self, row: Box, label: str, value: str) -> tuple[Box, Box]:
        if self.beside:
            start = Box(row.x, row.y, self.label_width - 24, row.h)
            return start, Box(row.x + self.label_width, row.y, self.inner - self.label_width, row.h)
        first, second = self._lines(label, value)
        above = row.top_part(row.h * first / max(1.0, first + second))
        return above, row.from_y(above.bottom)

    def _alike(self, style: Style, texts: Sequence[str], places: Sequence[Box]) -> Style:
        """The type in which each of the texts goes into its place."""
        fit = self.sheet.type.fit
        for _ in range(4):  # one that shrank to be in one line may not be the one with the least room
            sizes = [fit(text, style, box.w, box.h).style.size for text, box in zip(texts, places, strict=True)]
            if min(sizes, default=style.size) >= style.size - 0.01:
                break
            style = style.scaled(min(sizes) / style.size)
        return style
