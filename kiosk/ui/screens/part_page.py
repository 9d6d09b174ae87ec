"""One part of the terminal: how it is, what it reports now, what can be tried. Kept true while it stands there."""

from __future__ import annotations

from collections.abc import Sequence

from kiosk.language import Text
from kiosk.prompts import Prompt
from kiosk.technician_prompts import PartPage
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import APART, Stack, action, kind_of
from kiosk.ui.screens.parts import put_drawing
from kiosk.ui.screens.screen import Screen
from kiosk.ui.screens.sheet import BETWEEN, EDGE, LABEL_AT_MOST, SIDE, Line, LinePiece
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.row_list import BUTTON, RowList, beside
from kiosk.ui.widgets.standing import StandingPiece
from kiosk.ui.widgets.tile import RemedyPanel

ACT = 120.0
DRAWING = 0.42
"""How much of the width its drawing has beside how it stands …"""
HEAD = 240.0
"""… and how high both are, so that lines are seen; at most this part of the room."""
HEAD_MOST = 0.45
FACTS = 240.0
"""The least for what it reports."""
ROWS, ROWS_WIDE = 3, 2
"""Rows of checks that are on the page at once; more are turned to. Fewer where what to do takes their room: what the
part reports is seen then."""


class PartPageScreen(Screen[PartPage]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        main, others = prompt.options[:1], [(option, kind_of(option)) for option in prompt.options[1:]]
        if main and main[0].quiet:
            main, others = (), [(option, kind_of(option)) for option in prompt.options]
        landscape = sheet.stage.landscape
        rows = min(ROWS_WIDE if landscape or prompt.remedy else ROWS, -(-len(others) // 2))
        acts = rows * (ACT + APART) - APART if rows else 0.0
        self.frame = frame = Frame(
            self, actions=[action(self, option, Kind.MAIN) for option in main],
            least=HEAD + acts + FACTS, reserve=0.0 if sheet.look.lowered else HEAD + acts + APART,
        )  # fmt: skip
        head, facts, room = self._places(frame, acts)
        self._put_standing(head)
        stack = Stack(self, others, room, ACT, (2,)) if others else None
        self._put_facts(self._below_remedy(facts))
        if stack is not None:
            stack.draw()
        frame.finish()

    def _places(self, frame: Frame, acts: float) -> tuple[Box, Box, Box]:
        """(drawing and state; what to do and what it reports; checks)."""
        lowered, body, text = self.sheet.look.lowered, frame.body, frame.places.text
        if not self.sheet.stage.landscape:
            touch = frame.touch.from_y(frame.touch.y + BUTTON + APART) if lowered else frame.touch
            room = touch.bottom_part(min(acts, touch.h)) if acts else Box(body.x, body.bottom + APART, body.w, 0)
            head = body.top_part(min(HEAD, body.h * HEAD_MOST))
            return head, Box(body.x, head.bottom + APART, body.w, room.y - head.bottom - 2 * APART), room
        left = Box(text.x, frame.text_end + 28, text.w, text.bottom - frame.text_end - 28)
        if lowered:
            stack = frame.touch.bottom_part(min(acts, frame.touch.h))
            return body.top_part(min(HEAD, stack.y - APART - body.y)), left, stack
        stack = left.bottom_part(min(acts, left.h)) if acts else Box(left.x, left.bottom + APART, left.w, 0)
        return left.top_part(min(HEAD, stack.y - APART - left.y)), body, stack

    def _put_standing(self, head: Box) -> None:
        sheet, prompt = self.sheet, self.prompt
        picture, words = head.columns([DRAWING, 1 - DRAWING], APART)
        put_drawing(sheet, picture, prompt.picture)
        self.standing = sheet.put(StandingPiece(sheet, words, prompt.standing, prompt.about))

    def _below_remedy(self, room: Box) -> Box:
        """Puts what to do, where something is wrong. What is left below it."""
        remedy = self.prompt.remedy
        if remedy is None:
            return room
        high = min(RemedyPanel.height_of(self.sheet, remedy, room.w), room.h * 0.6)
        self.sheet.put(RemedyPanel(self.sheet, room.top_part(high), remedy))
        return room.from_y(room.y + high + APART)

    # --- what it reports ---------------------------------------------------------------------

    def _put_facts(self, room: Box) -> None:
        """In a card; moved where there are more than have room."""
        sheet = self.sheet
        self.facts: RowList | None = None
        self.lines: list[Line] = []
        self.captions = True
        if not self.prompt.sections:
            return
        whole = sum(line.height for line in self._lines(room.w - 2 * SIDE)) + 2 * EDGE
        scrolls = whole > room.h
        card, up, down = beside(room, scrolls, low=sheet.look.lowered)
        if not scrolls:
            card = card.top_part(whole)
        sheet.put(Area(sheet, card, "card", "line"))
        self.inner = Box(card.x + SIDE, card.y + EDGE, card.w - 2 * SIDE, card.h - 2 * EDGE)
        self.lines = self._lines(self.inner.w)
        if sum(line.height for line in self.lines[:2]) > self.inner.h:  # a caption would stand alone
            self.captions = False
            self.lines = self._lines(self.inner.w)
        self.facts = sheet.put(RowList(sheet, self.inner, self._fact, self._moved, gap=0.0))
        self.facts.fill([line.height for line in self.lines], self.draft.line)
        if scrolls:
            self.facts.put_buttons(up, down)

    def _fact(self, number: int, box: Box) -> Piece:
        return LinePiece(self.sheet, box, self.lines[number], number, self.label_width)

    def _moved(self, first: int) -> None:
        self.draft.line = first

    def _lines(self, width: float) -> list[Line]:
        sheet, say = self.sheet, self.sheet.say
        labels = [say(label) for _, rows in self.prompt.sections for label, _ in rows]
        style = sheet.style("label")
        widest = max((sheet.type.width(label, style) for label in labels), default=0.0) + 32
        longest_word = max((sheet.type.width(word, style) for label in labels for word in label.split()), default=0.0) + 32
        stacked = longest_word > width * LABEL_AT_MOST
        self.label_width = min(widest, width * LABEL_AT_MOST)
        found: list[Line] = []
        for title, rows in self.prompt.sections:
            if self.captions:
                found += self._caption(say(title), width)
            found += [self._line(say(label), say(value), width, stacked) for label, value in rows]
        return found

    def _caption(self, title: str, width: float) -> Sequence[Line]:
        return [Line("", title, self.sheet.height(title, "link", width) + BETWEEN + 6)] if title else []

    def _line(self, label: str, value: str, width: float, stacked: bool) -> Line:
        height = self.sheet.height
        if stacked:
            return Line(label, value, height(label, "label", width) + height(value, "value", width) + BETWEEN, stacked)
        beside_label = width - self.label_width
        return Line(label, value, max(height(label, "label", self.label_width - 24), height(value, "value", beside_label)) + BETWEEN)

    # --- kept true ---------------------------------------------------------------------------

    def goes_on(self, prompt: Prompt) -> bool:
        return isinstance(prompt, PartPage) and prompt.question == self.prompt.question

    def moves_on(self, prompt: PartPage) -> bool:
        """Values change where they stand; another fault, or other lines, want another page."""
        before = self.prompt
        if not self.goes_on(prompt) or (prompt.options, prompt.remedy) != (before.options, before.remedy):
            return False
        if _labels(prompt.sections) != _labels(before.sections):
            return False
        self.prompt = prompt
        lines = self._lines(self.inner.w) if self.facts is not None else []
        if [line.height for line in lines] != [line.height for line in self.lines]:
            self.prompt = before
            return False
        self.frame.tell(prompt.leaves_in_s)
        self.standing.show(prompt.standing, prompt.about)
        if self.facts is not None and lines != self.lines:
            self.lines = lines
            self.facts.show(self.facts.first)
        return True


def _labels(sections: Sequence[tuple[Text, Sequence[tuple[Text, Text]]]]) -> list[tuple[Text, list[Text]]]:
    return [(title, [label for label, _ in rows]) for title, rows in sections]
