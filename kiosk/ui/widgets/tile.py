"""A part of the terminal as a card to be touched: what it is, how it stands, since when. It stays where it is
while its state changes, and so does the finger on it."""

from __future__ import annotations

from collections.abc import Callable
from enum import Flag, auto
from typing import TYPE_CHECKING, Any

from kiosk.technician_prompts import Remedy, Standing, Tile
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.card import Card
from kiosk.ui.widgets.chip import EDGES, STATES, draw_chip, look_of
from kiosk.ui.widgets.picture import draw_icon
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

SIDE, EDGE, ICON, AFTER_ICON, BETWEEN = 24.0, 14.0, 52.0, 16.0, 4.0
WIDE = 0.8
"""In landscape tiles are narrower: what stands around their words is smaller."""


def tile_height(sheet: Sheet) -> float:
    """Of a name, what it is, its state, and one line."""
    style = sheet.style
    rows = max(style("strong").leading, ICON), style("label").leading, style("link").leading + EDGES, style("label").leading
    return sum(rows) + BETWEEN + 2 * EDGE


class PartTile(Card):
    """One of the overview's tiles."""

    def __init__(self, sheet: Sheet, box: Box, tile: Tile, act: Callable[[], Any]) -> None:
        super().__init__(sheet, box, f"row:{tile.id}", act)
        self.show_pressed(False)
        self.show(tile)

    def show(self, tile: Tile) -> None:
        """How it is now; drawn anew only where that is something else."""
        if getattr(self, "tile", None) == tile:
            return
        self.tile = tile
        self.canvas.clear()
        self.letterings.clear()
        say, style = self.sheet.say, self.sheet.style
        word = say(tile.standing.word)
        line = say(tile.standing.line) if tile.standing.line else ""
        about = say(tile.about) if tile.about else ""
        self.name, self.value = say(tile.name), " · ".join(part for part in (about, word, line) if part)
        side, icon, after = (part * (WIDE if self.sheet.stage.landscape else 1.0) for part in (SIDE, ICON, AFTER_ICON))
        inner = self.box.inset(side, EDGE)
        name, chip = max(style("strong").leading, ICON), style("link").leading + EDGES
        label = style("label").leading
        free = max(0.0, inner.h - name - chip - 2 * label) / 3
        y = inner.y
        draw_icon(self, Box(inner.x, y + (name - icon) / 2, icon, icon), tile.picture, "ink")
        start = inner.x + icon + after
        self.letter(Box(start, y, inner.right - start, name), self.name, style("strong"))
        y += name + free
        if about:
            self.letter(Box(inner.x, y, inner.w, label), about, style("label"))
        y += label + free
        draw_chip(self, Box(inner.x, y, inner.w, chip), word, look_of(tile.standing), style("link"))
        y += chip + free
        if line:
            self.letter(Box(inner.x, y, inner.w, label), line, style("label").coloured("ink"))


class MoreTile(Card):
    """What stands on the next page, and the worst that is to be seen there."""

    def __init__(self, sheet: Sheet, box: Box, words: str, act: Callable[[], Any]) -> None:
        super().__init__(sheet, box, "more", act)
        self.words = words
        self.show_pressed(False)

    def show(self, hidden: Standing) -> None:
        self.canvas.clear()
        self.letterings.clear()
        style = self.sheet.style
        self.name, self.value = self.words, self.sheet.say(hidden.word)
        inner = self.box.inset(SIDE, EDGE)
        name, chip = max(style("strong").leading, ICON), style("link").leading + EDGES
        y = inner.y + max(0.0, inner.h - name - chip - 20) / 2
        draw_icon(self, Box(inner.x, y + (name - ICON) / 2, ICON, ICON), "arrow-down", "ink")
        start = inner.x + ICON + AFTER_ICON
        self.letter(Box(start, y, inner.right - start, name), self.name, style("strong"))
        room = Box(inner.x, y + name + 20, inner.w, chip)
        draw_chip(self, room, self.value, look_of(hidden), style("link"))


class Shows(Flag):
    """What of a fault stands on a panel."""

    DO = auto()  # its title and what to do
    COST = auto()  # what it costs guests, and what they can do meanwhile
    ALL = DO | COST


class RemedyPanel(Piece):
    """A fault on the colour of its state: what to do, what it costs, or both with a line between."""

    ROOM, NARROW = 28.0, 700.0
    LINES = 3
    APART = 18.0

    def __init__(self, sheet: Sheet, box: Box, remedy: Remedy, id: str = "remedy", shows: Shows = Shows.DO) -> None:
        super().__init__(sheet, box, id)
        self.shows = shows
        self.show(remedy)

    @classmethod
    def height(cls, sheet: Sheet) -> float:
        """Of what to do about any fault: what stands beside it stays in its place when another comes."""
        return sheet.style("strong").leading + cls.LINES * sheet.style("body").leading + 2 * cls.ROOM + 8

    @classmethod
    def height_of(cls, sheet: Sheet, remedy: Remedy, width: float, shows: Shows) -> float:
        """Of this one, which stays."""
        inner = cls._inner(Box(0, 0, width, 0))
        high = 2 * inner.y
        if Shows.DO in shows:
            head = sheet.height(sheet.say(remedy.title), "strong", inner.w - sheet.style("strong").leading - 20)
            high += head + 8 + sheet.height(sheet.say(remedy.words), "body", inner.w)
        cost = sum(cls._cost(sheet, remedy, inner.w)) if Shows.COST in shows else 0.0
        return high + cost + (2 * cls.APART if cost and Shows.DO in shows else 0.0)

    @classmethod
    def _inner(cls, box: Box) -> Box:
        return box.inset(36, cls.ROOM) if box.w > cls.NARROW else box.inset(24, 18)

    @staticmethod
    def _cost(sheet: Sheet, remedy: Remedy, width: float) -> tuple[float, float]:
        """How high what it costs, and what goes on meanwhile, get."""
        if remedy.severity is None or remedy.still is None:
            return 0.0, 0.0
        severity, still = sheet.say(remedy.severity), sheet.say(remedy.still)
        return sheet.height(severity, "strong", width), sheet.height(still, "body", width)

    def show(self, remedy: Remedy) -> None:
        if getattr(self, "remedy", None) == remedy:
            return
        self.remedy = remedy
        self.canvas.clear()
        self.letterings.clear()
        look, sheet = STATES[remedy.state], self.sheet
        edge = {"warn": "warn_line"}.get(look.ink, look.soft)
        high = sheet.look.colours.value == "high"
        line = self.px(sheet.theme.line(sheet.look))
        radius = self.px(sheet.theme.size.radius)
        paint.outlined(self.canvas, self.rect, self.rgba("line" if high else edge), self.rgba(look.soft), line, radius)
        room = self._inner(self.box)
        if Shows.COST in self.shows:
            room = self._put_cost(room)
        if Shows.DO in self.shows:
            self._put_what_to_do(room)

    def _put_what_to_do(self, inner: Box) -> None:
        look, sheet = STATES[self.remedy.state], self.sheet
        title, words = sheet.say(self.remedy.title), sheet.say(self.remedy.words)
        head: Style = sheet.style("strong").coloured(look.ink)
        side = min(48.0, head.leading)
        beside = inner.w - side - 20
        left = inner.h - 8 - sheet.height(words, "body", inner.w)
        setting = sheet.type.fit(title, head, beside, max(head.leading, inner.h / 3, left))
        draw_icon(self, Box(inner.x, inner.y + (head.leading - side) / 2, side, side), look.sign, look.ink)
        self.letter(Box(inner.x + side + 20, inner.y, beside, setting.height), title, head, valign="top", setting=setting)
        below = inner.from_y(inner.y + setting.height + 8)
        self.letter(below, words, sheet.style("body"), valign="top")

    def _put_cost(self, room: Box) -> Box:
        """At the foot, under a line where what to do stands above it. What is left."""
        remedy, sheet = self.remedy, self.sheet
        head, more = self._cost(sheet, remedy, room.w)
        if remedy.severity is None or remedy.still is None:
            return room
        foot = room.bottom_part(min(head + more, room.h))
        self.letter(foot.top_part(head), sheet.say(remedy.severity), sheet.style("strong"), valign="top")
        self.letter(foot.from_y(foot.y + head), sheet.say(remedy.still), sheet.style("body"), valign="top")
        if Shows.DO not in self.shows:
            return room
        line = Box(room.x, foot.y - self.APART, room.w, 2)
        paint.fill(self.canvas, self.window(line), self.rgba(STATES[remedy.state].ink))
        return room.to_y(line.y - self.APART + 2)

    def node(self) -> Node | None:
        remedy, say = self.remedy, self.sheet.say
        role = Role.STATUS if remedy.state.value == "well" else Role.ALERT
        cost = [say(text) for text in (remedy.severity, remedy.still) if text is not None]
        lines = [say(remedy.title), say(remedy.words)] if Shows.DO in self.shows else []
        lines += cost if Shows.COST in self.shows else []
        return Node(self.id, role, lines[0], self.bounds(), "\n".join(lines[1:]))
