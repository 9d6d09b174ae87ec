"""A check runs: what to do, how far it is, what is done already; or a question that only eyes can answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hardware.checks import Outcome
from kiosk.language import T
from kiosk.prompts import Option, Prompt
from kiosk.technician_prompts import Checking
from kiosk.ui import drawings
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.busy import Waiting
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import Stack, action, divide, kind_of
from kiosk.ui.screens.parts import LEAST_PICTURE, put_drawing
from kiosk.ui.screens.results import WORDS
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.area import Meter
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.chip import AROUND, EDGES, OUTCOMES, draw_chip
from kiosk.ui.widgets.piece import Piece

BAR = 28.0
MARGIN = 36.0

Options = list[tuple[Option, Kind]]


class DonePiece(Piece):
    """A check that is done, and how it came out."""

    def __init__(self, sheet: Sheet, box: Box, name: str, word: str, outcome: Outcome) -> None:
        super().__init__(sheet, box, f"done:{name}")
        self.name, self.word = name, word
        chip = draw_chip(self, box, word, OUTCOMES[outcome], sheet.style("link"), end=True)
        self.letter(Box(box.x, box.y, chip.x - 24 - box.x, box.h), name, sheet.style("body"))

    def node(self) -> Node | None:
        return Node(self.id, Role.STATUS, self.name, self.bounds(), self.word)


def asks(options: Sequence[Option]) -> bool:
    """Whether something is to be answered, and not only done."""
    return any(not option.quiet for option in options)


def _divided(options: Sequence[Option], back: bool) -> tuple[Options, Options]:
    """As everywhere; a question's answers stand under each other, and what stops the test apart from them."""
    if not asks(options):
        return divide(options, back)
    first, *others, stop = options
    return [(stop, Kind.QUIET)], [(first, Kind.MAIN), *((option, kind_of(option)) for option in others)]


class CheckingScreen(Screen[Checking]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        row, others = _divided(prompt.options, self.scene.back)
        frame = self.frame = Frame(self, actions=[action(self, option, kind) for option, kind in row], least=360 + 148 * len(others))
        body = frame.body
        if not row and not self.scene.back and not sheet.stage.landscape:
            body = body.top_part(frame.places.actions.bottom - body.y)
        stack = None
        if others:
            stack = Stack(self, others, body.from_y(max(body.y, frame.places.touch_top)))
            body = body.to_y(stack.box.y - 28)
        self.meter: Meter | None = None
        if not asks(prompt.options):
            body = self._put_progress(body)
        self._put_done(body) if prompt.done else self._put_picture(body)
        if stack is not None:
            stack.draw()
        frame.finish()

    def _put_progress(self, body: Box) -> Box:
        """At the foot of the room; what is left above it."""
        sheet, fraction = self.sheet, self.prompt.fraction
        high = sheet.style("strong").leading + 24 + BAR + 2 * MARGIN
        box = body.bottom_part(min(high, body.h))
        sheet.card(box)
        inner = box.inset(44, MARGIN)
        if fraction is None:
            sheet.put(Waiting(sheet, inner.centred(min(560.0, inner.w), min(84.0, inner.h))))
        else:
            words = inner.to_y(inner.bottom - BAR - 24)
            self.words = sheet.words(words, self._said(fraction), "strong", role=Role.PROGRESS, id="progress-words")
            self.meter = sheet.put(Meter(sheet, inner.bottom_part(BAR), fraction))
        return body.to_y(box.y - 28)

    def _said(self, fraction: float) -> str:
        return self.sheet.say(T("{percent} % done", percent=round(100 * fraction)))

    def _put_picture(self, body: Box) -> None:
        if self.prompt.picture in drawings.names() and body.h >= LEAST_PICTURE:
            put_drawing(self.sheet, body.inset(0, 12).centred(body.w, min(body.h - 24, 620.0)), self.prompt.picture)

    def _put_done(self, body: Box) -> None:
        """The newest that have room."""
        sheet = self.sheet
        room = body.inset(0, 12)
        inner = room.w - 88
        rows: list[tuple[str, str, Outcome, float]] = []
        high = 2 * MARGIN
        for name, outcome in reversed(self.prompt.done):
            words, word = sheet.say(name), sheet.say(WORDS[outcome])
            beside = inner - 24 - AROUND - sheet.type.width(word, sheet.style("link"))
            line = max(sheet.height(words, "body", beside), sheet.style("link").leading + EDGES) + 16
            if high + line > room.h:
                break
            rows.insert(0, (words, word, outcome, line))
            high += line
        if not rows:
            return
        card = room.top_part(high)
        sheet.card(card)
        y = card.y + MARGIN
        for words, word, outcome, line in rows:
            sheet.put(DonePiece(sheet, Box(card.x + 44, y, inner, line - 16), words, word, outcome))
            y += line

    def goes_on(self, prompt: Prompt) -> bool:
        return isinstance(prompt, Checking) and prompt.question == self.prompt.question

    def moves_on(self, prompt: Checking) -> bool:
        """Only the bar, its words, and the time until the sign-off."""
        if replace(prompt, fraction=None, leaves_in_s=None) != replace(self.prompt, fraction=None, leaves_in_s=None):
            return False
        if (prompt.fraction is None) != (self.prompt.fraction is None):
            return False
        self.prompt = prompt
        self.frame.tell(prompt.leaves_in_s)
        if self.meter is not None and prompt.fraction is not None:
            self.meter.show(prompt.fraction)
            self.words.write(self._said(prompt.fraction), self.sheet.style("strong"))
        return True
