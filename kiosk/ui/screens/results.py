"""What came of checks: each with its outcome, what was found, and what was measured between which limits."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.checks import Outcome
from kiosk.language import T, Text
from kiosk.technician_prompts import ResultRow, Results
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import APART, Stack, action, divide
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.chip import AROUND, EDGES, OUTCOMES, draw_chip
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.row_list import RowList, beside

WORDS: dict[Outcome, Text] = {
    Outcome.WELL: T("Well"),
    Outcome.ILL: T("Ill"),
    Outcome.UNSURE: T("Not sure"),
    Outcome.SKIPPED: T("Not tried"),
    Outcome.NOT_FITTED: T("Not fitted"),
}
SIDE, EDGE, GAP = 36.0, 20.0, 20.0
ACT = 136.0


@dataclass(frozen=True)
class Said:
    """A row in words; `measured`: a sentence each, and whether it is within its limits."""

    name: str
    word: str
    outcome: Outcome
    words: str
    measured: tuple[tuple[str, bool], ...]


class ResultPiece(Piece):
    """One check in a card: not to be touched."""

    def __init__(self, sheet: Sheet, box: Box, said: Said, number: int) -> None:
        super().__init__(sheet, box, f"result:{number}")
        self.said = said
        line = self.px(sheet.theme.line(sheet.look))
        paint.outlined(self.canvas, self.rect, self.rgba("line"), self.rgba("card"), line, self.px(20))
        inner = box.inset(SIDE, EDGE)
        head = _head(sheet, said, inner.w)
        chip = Box(inner.x, inner.y, inner.w, sheet.style("link").leading + EDGES)
        placed = draw_chip(self, chip, said.word, OUTCOMES[said.outcome], sheet.style("link"), end=True)
        self.letter(Box(inner.x, inner.y, placed.x - 24 - inner.x, head), said.name, sheet.style("strong"), valign="top")
        y = inner.y + head
        for text, style in _lines(sheet, said):
            high = sheet.type.height(text, style, inner.w)
            room = min(high, inner.bottom - y)
            if room > style.leading / 2:
                self.letter(Box(inner.x, y, inner.w, room), text, style, valign="top")
            y += high

    def node(self) -> Node | None:
        said = self.said
        value = "\n".join(part for part in (said.word, said.words, *(text for text, _ in said.measured)) if part)
        return Node(self.id, Role.ROW, said.name, self.bounds(), value)


def _head(sheet: Sheet, said: Said, width: float) -> float:
    """How high name and outcome beside each other get."""
    style = sheet.style("link")
    chip = sheet.type.width(said.word, style) + AROUND
    return max(sheet.height(said.name, "strong", width - chip - 24), style.leading + EDGES)


def _lines(sheet: Sheet, said: Said) -> list[tuple[str, Style]]:
    lines = [(said.words, sheet.style("body"))] if said.words else []
    for text, within in said.measured:
        lines.append((text, sheet.style("label") if within else sheet.style("link").coloured("warn")))
    return lines


class ResultsScreen(Screen[Results]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        row, others = divide(prompt.options, self.scene.back)
        rows = -(-len(others) // 2)
        acts = rows * (ACT + APART)
        landscape = sheet.stage.landscape
        frame = Frame(
            self, actions=[action(self, option, kind) for option, kind in row], least=480 + acts,
            reserve=acts if landscape else 0.0,
        )  # fmt: skip
        body, stack = frame.body, None
        if others and landscape and not sheet.look.lowered:
            text = frame.places.text
            room = Box(text.x, frame.text_end + 28, text.w, text.bottom - frame.text_end - 28)
            stack = Stack(self, others, room, ACT, (2,))
        elif others:
            stack = Stack(self, others, frame.touch, ACT, (2,))
            body = body.to_y(stack.box.y - APART)
        self._put_rows(body)
        if stack is not None:
            stack.draw()
        frame.finish()

    def _put_rows(self, room: Box) -> None:
        sheet = self.sheet
        self.said = [self._say(row) for row in self.prompt.rows]
        heights = self._heights(room.w)
        scrolls = sum(heights) + GAP * (len(heights) - 1) > room.h
        place, up, down = beside(room, scrolls, low=sheet.look.lowered)
        if scrolls:
            heights = self._heights(place.w)
        heights = [min(height, place.h) for height in heights]
        rows = sheet.put(RowList(sheet, place, self._row, self._moved, gap=GAP))
        rows.fill(heights, self.draft.line)
        if scrolls:
            rows.put_buttons(up, down)

    def _heights(self, width: float) -> list[float]:
        sheet, inner = self.sheet, width - 2 * SIDE
        return [
            2 * EDGE + _head(sheet, said, inner) + sum(sheet.type.height(text, style, inner) for text, style in _lines(sheet, said))
            for said in self.said
        ]

    def _row(self, number: int, box: Box) -> Piece:
        return ResultPiece(self.sheet, box, self.said[number], number)

    def _moved(self, first: int) -> None:
        self.draft.line = first

    def _say(self, row: ResultRow) -> Said:
        say = self.sheet.say
        measured = tuple(
            (say(value) if say(row.name).endswith(say(label)) else f"{say(label)}: {say(value)}", within)
            for label, value, within in row.measured
        )
        return Said(say(row.name), say(WORDS[row.outcome]), row.outcome, say(row.words) if row.words else "", measured)
