"""Facts in sections, and what can be done about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.prompts import Sheet as SheetPrompt
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import APART, Stack, kind_of
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.portrait import put_portrait
from kiosk.ui.widgets.row_list import BUTTON, RowList, beside

SIDE, EDGE, BETWEEN = 40.0, 22.0, 10.0
ACT = 136.0
LABEL_AT_MOST = 0.4
PORTRAIT, PORTRAIT_MOST = 380.0, 0.35
"""How high a portrait is above the facts; at most this part of their room …"""
PORTRAIT_WIDE, PORTRAIT_HIGH = 0.28, 1.3
"""… and beside them: the part of their width, and how much higher than wide (35 × 45 mm)."""


@dataclass(frozen=True)
class Line:
    """One line of the sheet; a caption has no label."""

    label: str
    value: str
    height: float
    stacked: bool = False

    @property
    def caption(self) -> bool:
        return not self.label


class LinePiece(Piece):
    """A caption, or a label with its value."""

    def __init__(self, sheet: Sheet, box: Box, line: Line, number: int, label_width: float) -> None:
        super().__init__(sheet, box, f"line:{number}")
        self.line = line
        inner = box.inset(0, BETWEEN / 2)
        label, value = sheet.style("label"), sheet.style("value")
        if line.caption:
            self.letter(inner, line.value, sheet.style("link"), valign="bottom")
        elif line.stacked:
            high = min(sheet.type.height(line.label, label, inner.w), max(label.leading, inner.h - value.leading))
            self.letter(inner.top_part(high), line.label, label)
            self.letter(inner.from_y(inner.y + high), line.value, value)
        else:
            first = sheet.type.ascent(value) - sheet.type.ascent(label)  # on one base line
            start = Box(inner.x, inner.y + max(0.0, first), label_width - 24, inner.h)
            self.letter(start, line.label, label, valign="top")
            place = Box(inner.x + label_width, inner.y, inner.w - label_width, inner.h)
            self.letter(place, line.value, value, valign="top")

    def node(self) -> Node | None:
        if self.line.caption:
            return Node(self.id, Role.TEXT, self.line.value, self.bounds())
        return Node(self.id, Role.ROW, self.line.label, self.bounds(), self.line.value)


class SheetScreen(Screen[SheetPrompt]):
    def draw(self) -> None:
        sheet, options = self.sheet, [(option, kind_of(option)) for option in self.prompt.options]
        landscape, lowered = sheet.stage.landscape, sheet.look.lowered
        acts = -(-len(options) // 2) * (ACT + APART) - APART if options else 0.0
        frame = Frame(self, least=acts + 440, reserve=0.0 if lowered else acts)
        body, text = frame.body, frame.places.text
        end = frame.places.actions.y - 28 if self.scene.back else frame.places.actions.bottom
        left = Box(text.x, frame.text_end + 36, text.w, end - frame.text_end - 36)
        if not landscape:
            touch = frame.touch
            room = touch.from_y(touch.y + BUTTON + APART) if lowered else touch  # facts are moved by buttons above
            stack = Stack(self, options, room, ACT, (2,))
            facts = body.to_y(stack.box.y - APART)
        elif lowered:
            stack, facts = Stack(self, options, frame.touch, ACT, (2,)), left
        else:
            stack, facts = Stack(self, options, left, ACT, (2,)), body
        self._facts(self._beside_portrait(facts if options else body))
        stack.draw()
        frame.finish()

    def _beside_portrait(self, room: Box) -> Box:
        """Puts the portrait, where there is one: above the facts, in landscape beside them. Their room."""
        portrait = self.prompt.portrait
        if portrait is None:
            return room
        if self.sheet.stage.landscape:
            place, facts = room.columns((PORTRAIT_WIDE, 1 - PORTRAIT_WIDE), APART)
            place = place.top_part(min(place.h, place.w * PORTRAIT_HIGH))
        else:
            place = room.top_part(min(PORTRAIT, room.h * PORTRAIT_MOST))
            facts = room.from_y(place.bottom + APART)
        put_portrait(self.sheet, place, portrait)
        return facts

    # --- facts -------------------------------------------------------------------------------

    def _facts(self, room: Box) -> None:
        """A card for each section; where they have no room, one that is moved."""
        lines = self._lines(room.w - 2 * SIDE)
        heights = [sum(line.height for line in section) + 2 * EDGE for section in lines]
        whole = sum(heights) + APART * (len(lines) - 1)
        if whole > room.h:
            self._scrolled(room)
            return
        y, number = room.y, 0
        for section, height in zip(lines, heights, strict=True):
            card = Box(room.x, y, room.w, height)
            self.sheet.card(card)
            at = card.y + EDGE
            for line in section:
                place = Box(card.x + SIDE, at, card.w - 2 * SIDE, line.height)
                self.sheet.put(LinePiece(self.sheet, place, line, number, self.label_width))
                at, number = at + line.height, number + 1
            y += height + APART

    def _scrolled(self, room: Box) -> None:
        sheet = self.sheet
        card, up, down = beside(room, scrolls=True, low=sheet.look.lowered)
        sheet.put(Area(sheet, card, "card", "line"))
        inner = Box(card.x + SIDE, card.y + EDGE, card.w - 2 * SIDE, card.h - 2 * EDGE)
        lines = [line for section in self._lines(inner.w) for line in section]

        def draw(number: int, box: Box) -> Piece:
            return LinePiece(sheet, box, lines[number], number, self.label_width)

        rows = sheet.put(RowList(sheet, inner, draw, self._moved, gap=0.0))
        rows.put_buttons(up, down)
        rows.fill([line.height for line in lines], self.draft.line)

    def _moved(self, first: int) -> None:
        self.draft.line = first

    def _lines(self, width: float) -> list[list[Line]]:
        sheet, say = self.sheet, self.sheet.say
        labels = [say(label) for _, rows in self.prompt.sections for label, _ in rows]
        widest = max((sheet.type.width(label, sheet.style("label")) for label in labels), default=0.0)
        self.label_width = min(widest + 32, width * LABEL_AT_MOST)
        stacked = widest + 32 > width * LABEL_AT_MOST
        return [
            [*self._caption(say(title), width), *(self._line(say(label), say(value), width, stacked) for label, value in rows)]
            for title, rows in self.prompt.sections
        ]

    def _caption(self, title: str, width: float) -> Sequence[Line]:
        return [Line("", title, self.sheet.height(title, "link", width) + BETWEEN + 6)] if title else []

    def _line(self, label: str, value: str, width: float, stacked: bool) -> Line:
        sheet = self.sheet
        if stacked:
            high = sheet.height(label, "label", width) + sheet.height(value, "value", width)
        else:
            high = max(
                sheet.height(label, "label", self.label_width - 24), sheet.height(value, "value", width - self.label_width)
            )
        return Line(label, value, high + BETWEEN, stacked)
