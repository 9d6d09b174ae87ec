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
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.row_list import BUTTON, RowList, beside
from kiosk.ui.widgets.standing import StandingPiece
from kiosk.ui.widgets.tile import RemedyPanel, Shows

ACT = 120.0
DRAWING = 0.42
"""How much of the width its drawing has beside how it stands …"""
HEAD = 240.0
"""… and how high both are, so that lines are seen; at most this part of the room."""
HEAD_MOST = 0.45
FACTS = 240.0
"""The least for what it reports."""
LEAST_FACTS = 180.0
"""… and what the first card of them wants below the faults: a caption and a line."""
ROWS, ROWS_WIDE = 3, 2
"""Rows of checks that are on the page at once; more are turned to. Fewer where what to do takes their room: what the
part reports is seen then."""


class FactsPiece(Piece):
    """Lines of what it reports, on a card."""

    def __init__(self, sheet: Sheet, box: Box, lines: Sequence[Line], number: int, label_width: float) -> None:
        super().__init__(sheet, box)
        self.add_widget(Area(sheet, box, "card", "line"))
        y = box.y + EDGE
        for at, line in enumerate(lines):
            high = min(line.height, box.bottom - y)  # of one that is higher than its room
            self.add_widget(LinePiece(sheet, Box(box.x + SIDE, y, box.w - 2 * SIDE, high), line, 100 * number + at, label_width))
            y += high


class PartPageScreen(Screen[PartPage]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        main, others = prompt.options[:1], [(option, kind_of(option)) for option in prompt.options[1:]]
        if main and main[0].quiet:
            main, others = (), [(option, kind_of(option)) for option in prompt.options]
        landscape = sheet.stage.landscape
        rows = min(ROWS_WIDE if landscape or prompt.remedies else ROWS, -(-len(others) // 2))
        acts = rows * (ACT + APART) - APART if rows else 0.0
        self.frame = frame = Frame(
            self, actions=[action(self, option, Kind.MAIN) for option in main],
            least=HEAD + acts + FACTS, reserve=0.0 if sheet.look.lowered else HEAD + acts + APART,
        )  # fmt: skip
        head, facts, room = self._places(frame, acts)
        self._put_standing(head)
        stack = Stack(self, others, room, ACT, (2,)) if others else None
        self._put_rows(facts)
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

    # --- what to do, and what it reports -------------------------------------------------------

    def _put_rows(self, room: Box) -> None:
        """What to do about each fault, then what the part reports: a card each, moved where there are more than have
        room."""
        sheet = self.sheet
        if not (self._measure(room.w) and room.h > 0):
            self.rows: RowList | None = None
            return
        whole = sum(self.heights) + APART * (len(self.heights) - 1)
        place, up, down = beside(room, whole > room.h, low=sheet.look.lowered)
        self.most = place.h if whole > room.h else 0.0
        self._measure(place.w, self.most)
        self.rows = sheet.put(RowList(sheet, place, self._row, self._moved, gap=APART))
        self.rows.fill(self.heights, self.draft.line)
        if whole > room.h:
            self.rows.put_buttons(up, down)

    def _measure(self, width: float, most: float = 0.0) -> list[float]:
        """How high each card is. Where they are moved none is higher than `most`: what a fault costs stands on a card of
        its own then, and facts are on several, filling what is left of a view."""
        sheet = self.sheet
        self.panels: list[tuple[int, Shows]] = []
        panels: list[float] = []
        for number, remedy in enumerate(self.prompt.remedies):
            whole = RemedyPanel.height_of(sheet, remedy, width, Shows.ALL)
            split = most and whole > most and remedy.still is not None
            for shows in (Shows.DO, Shows.COST) if split else (Shows.ALL,):
                self.panels.append((number, shows))
                panels.append(min(RemedyPanel.height_of(sheet, remedy, width, shows), most or whole))
        self.cards = self._cards(width - 2 * SIDE, most, _used(panels, most))
        facts = [_high(lines) for lines in self.cards]
        self.heights = [*panels, *facts]
        return self.heights

    def _row(self, number: int, box: Box) -> Piece:
        if number < len(self.panels):
            at, shows = self.panels[number]
            id = "remedy" if number == 0 else f"remedy:{number}"
            return RemedyPanel(self.sheet, box, self.prompt.remedies[at], id, shows)
        return FactsPiece(self.sheet, box, self.cards[number - len(self.panels)], number, self.label_width)

    def _moved(self, first: int) -> None:
        self.draft.line = first

    def _cards(self, width: float, most: float, used: float) -> list[list[Line]]:
        """A card for each section, or for so many of its lines as have room in a view, of which `used` is taken; a
        caption never stands alone."""
        found: list[list[Line]] = []
        for lines in self._sections(width):
            card: list[Line] = []
            for line in lines:
                used = 0.0 if not card and most - used < LEAST_FACTS else used
                high = _high(card) + line.height
                if most and used + high > most and card and not card[-1].caption:
                    found.append(card)
                    used, card = used + _high(card) + APART, []
                    used = 0.0 if most - used < LEAST_FACTS else used
                card.append(line)
            found.append(card)
            used += _high(card) + APART
        return found

    def _sections(self, width: float) -> list[list[Line]]:
        sheet, say = self.sheet, self.sheet.say
        labels = [say(label) for _, rows in self.prompt.sections for label, _ in rows]
        style = sheet.style("label")
        widest = max((sheet.type.width(label, style) for label in labels), default=0.0) + 32
        longest_word = max((sheet.type.width(word, style) for label in labels for word in label.split()), default=0.0) + 32
        stacked = longest_word > width * LABEL_AT_MOST
        self.label_width = min(widest, width * LABEL_AT_MOST)
        return [
            [*self._caption(say(title), width), *(self._line(say(label), say(value), width, stacked) for label, value in rows)]
            for title, rows in self.prompt.sections
        ]

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
        before, heights, cards = self.prompt, self.heights, self.cards
        if not self.goes_on(prompt) or (prompt.options, prompt.remedies) != (before.options, before.remedies):
            return False
        if _labels(prompt.sections) != _labels(before.sections):
            return False
        self.prompt = prompt
        if self.rows is not None and self._measure(self.rows.box.w, self.most) != heights:
            self.prompt = before
            return False
        self.frame.tell(prompt.leaves_in_s)
        self.standing.show(prompt.standing, prompt.about)
        if self.rows is not None and self.cards != cards:
            self.rows.show(self.rows.first)
        return True


def _high(card: Sequence[Line]) -> float:
    return sum(line.height for line in card) + 2 * EDGE


def _used(heights: Sequence[float], most: float) -> float:
    """How much of the last view these cards take."""
    used = 0.0
    for high in heights:
        used = (used if used + high <= most else 0.0) + high + APART
    return used


def _labels(sections: Sequence[tuple[Text, Sequence[tuple[Text, Text]]]]) -> list[tuple[Text, list[Text]]]:
    return [(title, [label for label, _ in rows]) for title, rows in sections]
