"""How a part stands, large: its drawing, its state, since when, what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kiosk.language import Text
from kiosk.technician_prompts import Standing
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets.chip import EDGES, draw_chip, look_of
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

BETWEEN = 8.0


class StandingPiece(Piece):
    """State, line and what it is, under each other."""

    def __init__(self, sheet: Sheet, box: Box, standing: Standing, about: Text | None) -> None:
        super().__init__(sheet, box, "standing")
        self.show(standing, about)

    @classmethod
    def height(cls, sheet: Sheet, standing: Standing, about: Text | None, width: float) -> float:
        chip = sheet.style("strong").leading + EDGES
        lines = [sheet.height(sheet.say(text), "body", width) for text in (standing.line, about) if text]
        return chip + sum(lines) + BETWEEN * len(lines)

    def show(self, standing: Standing, about: Text | None) -> None:
        if getattr(self, "shown", None) == (standing, about):
            return
        self.shown = (standing, about)
        self.canvas.clear()
        self.letterings.clear()
        sheet, say = self.sheet, self.sheet.say
        high = self.height(sheet, standing, about, self.box.w)
        y = self.box.y + max(0.0, (self.box.h - high) / 2)
        self.word, self.words = say(standing.word), " · ".join(say(text) for text in (standing.line, about) if text)
        chip = Box(self.box.x, y, self.box.w, sheet.style("strong").leading + EDGES)
        draw_chip(self, chip, self.word, look_of(standing), sheet.style("strong"))
        y = chip.bottom + BETWEEN
        for text, style in ((standing.line, sheet.style("body")), (about, sheet.style("body").coloured("muted"))):
            if text and self.box.bottom - y > style.leading * 0.8:  # what has no room stands below among the facts
                words = say(text)
                place = Box(self.box.x, y, self.box.w, min(sheet.type.height(words, style, self.box.w), self.box.bottom - y))
                self.letter(place, words, style, valign="top")
                y = place.bottom + BETWEEN

    def node(self) -> Node | None:
        return Node(self.id, Role.STATUS, self.word, self.bounds(), self.words)
