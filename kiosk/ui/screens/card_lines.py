"""The rows of a registration card as lines: what is known, what was read, what may be changed (two side by side)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.language import T
from kiosk.prompts import Row
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.piece import Control

EDGE = 20.0
"""Above the first line of a card and below the last."""
SIDE, TILE_SIDE = 40.0, 24.0
PADDING = 20.0
APART = 24.0
CAPTION = 60.0
ROW, ROW_WIDE = 72.0, 58.0
MORE = 20.0
"""By how much a read row grows where there is room."""
SNUG = 0.9
"""How much smaller a text may be to stay in one line."""


@dataclass(frozen=True)
class Line:
    """One line of the card. Without rows it is a caption."""

    height: float
    rows: tuple[Row, ...]
    caption: str = ""
    stacked: bool = False  # a read value that is too long to stand beside its label

    @property
    def grows(self) -> bool:
        """Whether it gets some of the room that is left."""
        return bool(self.rows) and not self.rows[0].field


class CardRow(Control):
    """Label and value; where it can be changed, a field that answers to a touch as a whole."""

    role = Role.ROW

    def __init__(self, sheet: Sheet, box: Box, row: Row, act: Callable[[], Any]) -> None:
        super().__init__(sheet, box, f"row:{row.field}" if row.field else "row", act, enabled=bool(row.field))
        self.name, self.value = sheet.say(row.label), sheet.say(row.value)
        self.row = row

    def read(self, label_width: float, stacked: bool) -> CardRow:
        """Label and value, beside each other or one above the other."""
        box, sheet = self.box, self.sheet
        high = sheet.style("label").leading
        if stacked:
            self._say(box.top_part(high), self.name, "label")
            self._say(box.from_y(box.y + high), self.value, "value")
        else:
            self._say(Box(box.x, box.y, label_width - 20, box.h), self.name, "label")
            self._say(Box(box.x + label_width, box.y, box.w - label_width, box.h), self.value, "value")
        return self

    def field(self, label: Style) -> CardRow:
        """A field: label above value; what a touch does at its end, or where a value would stand."""
        sheet, box = self.sheet, self.box
        self._paint("warn_soft" if self.row.missing else "card")
        mark, token = mark_of(sheet, self.row)
        style = sheet.style("link").coloured(token)
        inner = box.inset(PADDING, 8)
        high = min(sheet.style("label").leading, inner.h / 2)
        first, second = inner.top_part(high), inner.from_y(inner.y + high)
        if self.value:
            width = sheet.type.width(mark, style)
            self.letter(Box(first.right - width - 1, first.y, width + 1, first.h), mark, style, align="end")
            self._say(Box(first.x, first.y, first.w - width - 16, first.h), self.name, label)
            self._say(second, self.value, "value")
            self.value = f"{self.value} · {mark}"
        else:
            self._say(first, self.name, label)
            self.letter(second, mark, style, align="start")
            self.value = mark
        return self

    def _say(self, box: Box, text: str, style: str | Style) -> None:
        self.letter(box, text, self.sheet.style(style) if isinstance(style, str) else style, align="start")

    def _paint(self, inside: str) -> None:
        line = self.px(self.sheet.theme.line(self.sheet.look))
        edge = self.rgba("warn_line" if self.row.missing else "line")
        self.canvas.before.clear()
        paint.outlined(self.canvas.before, self.rect, edge, self.rgba(inside), line, self.px(16))

    def show_pressed(self, pressed: bool) -> None:
        if self.row.field:
            self._paint("touched" if pressed else "warn_soft" if self.row.missing else "card")

    def node(self) -> Node | None:
        return Node(
            self.id, self.role, self.name, self.bounds(), self.value,
            touchable=bool(self.row.field), enabled=self.alive, focus=self._ring is not None,
        )  # fmt: skip


def mark_of(sheet: Sheet, row: Row) -> tuple[str, str]:
    """(what a touch on this row does, its colour)."""
    if row.missing:
        return "! " + sheet.say(row.lacks or T("Fill in")), "warn"
    return sheet.say(T("Change") if sheet.say(row.value) else T("Add")), "accent"


class CardLines:
    """All lines of one card, measured; and how to draw some of them. What is missing, what is known, what may be
    changed."""

    def __init__(self, sheet: Sheet, rows: Sequence[Row], width: float) -> None:
        self.sheet, self.width = sheet, width
        read = sorted((row for row in rows if not row.field), key=lambda row: row.proof is not None)
        labels = [sheet.say(row.label) for row in read]
        widest = max((sheet.type.width(label, sheet.style("label")) for label in labels), default=0.0)
        self.label_width = min(widest + 32, (width - 2 * SIDE) * 0.45)
        lacking = [row for row in rows if row.missing]
        rest = [row for row in rows if row.field and not row.missing]
        # What is missing comes first: the guest is to see it, however long the card is.
        self.lines = (*self._fields(lacking), *self._read(read), *self._fields(rest))

    def _read(self, rows: Sequence[Row]) -> Iterator[Line]:
        sheet, before = self.sheet, None
        least = ROW_WIDE if sheet.stage.landscape else ROW
        for row in rows:
            if row.proof is not None and row.proof != before:
                caption = sheet.say(row.proof)
                room = self.width - 2 * SIDE - 56
                yield Line(max(CAPTION, sheet.height(caption, "link", room) + 10), (), caption)
            before = row.proof
            label, value = sheet.say(row.label), sheet.say(row.value)
            inner = self.width - 2 * SIDE
            beside = sheet.height(value, "value", inner - self.label_width)
            stacked = beside > 1.5 * sheet.style("value").leading
            high = sheet.style("label").leading + sheet.height(value, "value", inner) if stacked else beside
            high = max(high, sheet.height(label, "label", self.label_width - 20))
            yield Line(max(least, high + (2 if sheet.stage.landscape else 12)), (row,), stacked=stacked)

    def _fields(self, rows: Sequence[Row]) -> Iterator[Line]:
        """Two side by side where both are short enough for half the card."""
        at = 0
        while at < len(rows):
            pair = tuple(rows[at : at + 2])
            if len(pair) < 2 or not all(self._fits_half(row) for row in pair):
                pair = pair[:1]
            inner = self._field_width(len(pair)) - 2 * PADDING
            high = max(self._field_height(row, inner) for row in pair)
            yield Line(max(self.sheet.theme.size.target, high + 16) + APART, pair)
            at += len(pair)

    def _field_width(self, beside: int) -> float:
        whole = self.width - 2 * TILE_SIDE
        return whole if beside == 1 else (whole - APART) / 2

    def _field_height(self, row: Row, inner: float) -> float:
        sheet = self.sheet
        value = sheet.say(row.value)
        return sheet.style("label").leading + (sheet.height(value, "value", inner) if value else sheet.style("link").leading)

    def _fits_half(self, row: Row) -> bool:
        sheet, width = self.sheet, self._field_width(2) - 2 * PADDING
        value, beside = sheet.say(row.value), self._beside(row)
        label = sheet.type.width(sheet.say(row.label), sheet.style("label"))
        return label * SNUG <= width - beside and sheet.type.width(value, sheet.style("value")) * SNUG <= width

    def height(self, start: int = 0, end: int | None = None) -> float:
        """Of a card with these lines."""
        return sum(line.height for line in self.lines[start:end]) + 2 * EDGE

    def height_at_most(self, start: int, end: int) -> float:
        """With read rows as high as they look well."""
        return self.height(start, end) + MORE * sum(line.grows for line in self.lines[start:end])

    def pages(self, room: float) -> list[tuple[int, int]]:
        """Lines (from, to) of each page; a caption stays with what it is over."""
        pages, start, high = [], 0, 2 * EDGE
        for number, line in enumerate(self.lines):
            following = self.lines[number + 1].height if not line.rows and number + 1 < len(self.lines) else 0.0
            if number > start and high + line.height + following > room:
                pages.append((start, number))
                start, high = number, 2 * EDGE
            high += line.height
        return [*pages, (start, len(self.lines))]

    def draw(self, card: Box, start: int, end: int, changer: Callable[[Row], Callable[[], Any]]) -> None:
        """In a card as high as `card`: read rows share what is left, all become lower where it is too low."""
        self.sheet.card(card)
        lines = self.lines[start:end]
        whole = sum(line.height for line in lines)
        room = card.h - 2 * EDGE
        part = min(1.0, room / max(1.0, whole))
        growing = sum(line.grows for line in lines)
        more = min(MORE, max(0.0, room - whole) / growing) if growing else 0.0
        y = card.y + EDGE
        for number, line in enumerate(lines):
            high = line.height * part + (more if line.grows else 0.0)
            if number and lines[number - 1].grows and not (line.rows and line.rows[0].field):
                rule = Box(card.x + SIDE, y - 1, card.w - 2 * SIDE, 2)
                self.sheet.put(Area(self.sheet, rule, "line", radius=0))
            self._draw(line, Box(card.x, y, card.w, high), changer)
            y += high

    def _draw(self, line: Line, place: Box, changer: Callable[[Row], Callable[[], Any]]) -> None:
        sheet = self.sheet
        if not line.rows:
            sheet.icon(Box(place.x + SIDE, place.y + (place.h - 40) / 2, 40, 40), "check", "ok")
            words = Box(place.x + SIDE + 56, place.y, place.w - 2 * SIDE - 56, place.h)
            sheet.words(words, line.caption, self._caption_style(), valign="middle")
        elif line.grows:
            row = line.rows[0]
            sheet.put(CardRow(sheet, place.inset(SIDE, 0), row, changer(row)).read(self.label_width, line.stacked))
        else:
            inner = place.inset(TILE_SIDE, min(APART / 2, max(0.0, (place.h - 120) / 2)))
            label = self._label_style(line)
            for box, row in zip(inner.columns([1] * len(line.rows), APART), line.rows, strict=True):
                sheet.put(CardRow(sheet, box, row, changer(row)).field(label))

    def _label_style(self, line: Line) -> Style:
        """Of the labels of one line: neighbours look alike."""
        sheet, style = self.sheet, self.sheet.style("label")
        room = self._field_width(len(line.rows)) - 2 * PADDING
        part = 1.0
        for row in line.rows:
            beside = self._beside(row)
            part = min(part, (room - beside) / max(1.0, sheet.type.width(sheet.say(row.label), style)))
        return style.scaled(part)

    def _beside(self, row: Row) -> float:
        """What stands at the end of a label's line."""
        sheet = self.sheet
        if not sheet.say(row.value):
            return 0.0
        return sheet.type.width(mark_of(sheet, row)[0], sheet.style("link")) + 18

    def _caption_style(self) -> Style:
        return self.sheet.style("link").coloured("ok")
