"""Rows to read under their columns; where columns have no room, each row by itself in a few lines."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.prompts import Table
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import APART as GAP
from kiosk.ui.screens.options import LEAST, Stack, action, divide
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.row_list import BUTTON, RowList

SIDE, EDGE, APART = 32.0, 16.0, 24.0
ACT = 136.0
PARTS = (1.0, 0.97, 0.94, 0.91, 0.88)
"""How much smaller the cells may be to stand under their columns."""
SECOND = 0.33
"""In landscape, where the rows begin: columns want room."""
MEASURED = 6
"""Of each column only its longest cells are measured."""
DOT = " · "


class RowPiece(Piece):
    """One row. Its node has every cell, the first as its name."""

    def __init__(self, sheet: Sheet, box: Box, cells: Sequence[str], number: int) -> None:
        super().__init__(sheet, box, f"row:{number}")
        self.cells = cells

    def under(self, widths: Sequence[float], style: Style) -> RowPiece:
        """Each cell under its column."""
        x = self.box.x
        for cell, width in zip(self.cells, widths, strict=True):
            if cell:
                self.letter(Box(x, self.box.y, width - APART, self.box.h), cell, style)
            x += width
        self._rule()
        return self

    def stacked(self, first: Style, rest: Style) -> RowPiece:
        """The first cell, and all others after each other below."""
        inner = self.box.inset(0, EDGE / 2)
        self.letter(inner.top_part(first.leading), self.cells[0], first)
        self.letter(inner.from_y(inner.y + first.leading), joined(self.cells), rest, valign="top")
        self._rule()
        return self

    def _rule(self) -> None:
        line = self.box.bottom_part(2)
        paint.fill(self.canvas, self.window(line), self.rgba("line"))

    def node(self) -> Node | None:
        return Node(self.id, Role.ROW, self.cells[0], self.bounds(), joined(self.cells))


def joined(cells: Sequence[str]) -> str:
    """All but the first."""
    return DOT.join(cell for cell in cells[1:] if cell)


class TableScreen(Screen[Table]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        row, others = divide(prompt.options, self.scene.back)
        landscape = sheet.stage.landscape
        if not landscape:
            row, others = sorted([*row, *others], key=lambda pair: pair[1] is Kind.MAIN), []
        frame = Frame(
            self,
            actions=[action(self, option, kind) for option, kind in row],
            least=700,
            reserve=(ACT + APART) * len(others),
            split=sheet.stage.width * SECOND if landscape else 0.0,
        )
        self._table(frame)
        if others:
            text, low = frame.places.text, frame.places.touch_top
            room = text.from_y(max(frame.text_end + APART, low))
            if room.h >= len(others) * (LEAST + GAP) - GAP:
                Stack(self, others, room, ACT).draw()
            else:  # lowered: one line of narrow ones
                for pair, place in zip(others, room.columns([1] * len(others), APART), strict=True):
                    Stack(self, [pair], place, ACT).draw()
        frame.finish()

    def _table(self, frame: Frame) -> None:
        sheet, prompt = self.sheet, self.prompt
        say, body = sheet.say, frame.body
        if not prompt.rows:
            sheet.card(body)
            words = say(prompt.empty)
            sheet.words(
                body.inset(SIDE), words, "help", align="centre", valign="middle", role=Role.STATUS, id="empty"
            )
            return
        self.rows = [tuple(say(cell) for cell in row) for row in prompt.rows]
        self._put(body)

    def _put(self, body: Box) -> None:
        sheet = self.sheet
        inner_width = body.w - 2 * SIDE
        self.widths, part = self._columns(inner_width)
        self.style = sheet.style("body").scaled(part)
        under = bool(self.widths)
        heads = 64.0 if under else 0.0
        heights = [self._height(inner_width)] * len(self.rows)
        scrolls = sum(heights) > body.h - heads - 2 * EDGE
        card = body.to_y(body.bottom - BUTTON - APART) if scrolls else body.top_part(sum(heights) + heads + 2 * EDGE)
        sheet.card(card)
        inner = card.inset(SIDE, EDGE)
        if under:
            self._heads(inner.top_part(heads))
        rows = sheet.put(RowList(sheet, inner.from_y(inner.y + heads), self._row, self._moved, gap=0.0))
        if scrolls:
            up, down = body.bottom_part(BUTTON).columns([1, 1], 28)
            rows.put_buttons(up, down)
        rows.fill(heights, self.draft.line)

    def _moved(self, first: int) -> None:
        self.draft.line = first

    def _columns(self, width: float) -> tuple[list[float], float]:
        """(how wide each column is, how much smaller its cells are); no widths where they have no room."""
        sheet = self.sheet
        heads = [sheet.type.width(sheet.say(title), sheet.style("label")) for title in self.prompt.columns]
        longest = [sorted({row[number] for row in self.rows}, key=len)[-MEASURED:] for number in range(len(heads))]
        for part in PARTS:
            style = sheet.style("body").scaled(part)
            cells = [max(sheet.type.width(text, style) for text in texts) for texts in longest]
            widths = [max(pair) + APART + 2 for pair in zip(heads, cells, strict=True)]
            spare = width - sum(widths)
            if spare >= 0:
                return [each + spare / len(widths) for each in widths], part
        return [], 1.0

    def _height(self, width: float) -> float:
        sheet = self.sheet
        if self.widths:
            return max(72.0, self.style.leading + EDGE)
        longest = sorted({joined(row) for row in self.rows}, key=len)[-MEASURED:]
        rest = max(sheet.height(text, "label", width) for text in longest)
        return sheet.style("strong").leading + rest + 2 * EDGE

    def _heads(self, box: Box) -> None:
        sheet, x = self.sheet, box.x
        style = sheet.style("label")
        cells = [sheet.say(title) for title in self.prompt.columns]
        for number, (title, width) in enumerate(zip(cells, self.widths, strict=True)):
            place = Box(x, box.y, width - APART, box.h)
            sheet.words(place, title, style, valign="middle", id=f"column:{number}")
            x += width

    def _row(self, number: int, box: Box) -> Piece:
        sheet = self.sheet
        piece = RowPiece(sheet, box, self.rows[number], number)
        if self.widths:
            return piece.under(self.widths, self.style)
        return piece.stacked(sheet.style("strong"), sheet.style("label"))
