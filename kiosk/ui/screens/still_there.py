"""Are you still there? Any touch goes on. What is under it is not drawn: who looks now may be somebody else."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock

from kiosk.language import T
from kiosk.prompts import StillThere
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.area import Meter
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.piece import Piece


class Countdown(Piece):
    """Seconds left, as a number and as a bar that gets shorter."""

    def __init__(self, sheet: Sheet, box: Box, seconds: int) -> None:
        super().__init__(sheet, box, "countdown")
        self.whole = self.left = seconds
        self._timer: Any = None
        number, bar = box.to_y(box.bottom - 52), box.bottom_part(28)
        style = sheet.style("countdown")
        self._words = self.letter(number, str(seconds), style, align="centre")
        self._meter = Meter(sheet, bar, 1.0)
        self.add_widget(self._meter)

    def on_parent(self, _: Any, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if parent is not None:
            self._timer = Clock.schedule_interval(self._second, 1.0)

    def _second(self, _: float) -> bool:
        self.left = max(0, self.left - 1)
        self._words.write(str(self.left), self.sheet.style("countdown"))
        self._meter.show(self.left / max(1, self.whole))
        return self.left > 0

    def node(self) -> Node | None:
        return Node(self.id, Role.STATUS, self.sheet.say(T("Seconds left")), self.bounds(), str(self.left))


class StillThereScreen(Screen[StillThere]):
    dialog = True

    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        stage = sheet.stage
        if stage.landscape:
            panel = Box(stage.width * 0.2, 90, stage.width * 0.6, stage.height - 180)
        else:
            panel = Box(36, stage.height - 1020 - 36, stage.width - 72, 1020)
        sheet.card(panel)
        inner = panel.inset(64, 56)
        button = inner.bottom_part(180 if not stage.landscape else 160)
        room = inner.to_y(button.y - 36)
        question = sheet.say(prompt.question)
        high = min(room.h * 0.34, sheet.height(question, "question", inner.w))
        sheet.words(
            inner.top_part(high), question, "question", align="centre", role=Role.HEADING, id="question"
        )
        y = inner.y + high + 12
        if prompt.help:
            words = sheet.say(prompt.help)
            help_high = min(room.h * 0.3, sheet.height(words, "help", inner.w))
            sheet.words(Box(inner.x, y, inner.w, help_high), words, "help", align="centre", id="help")
            y += help_high + 12
        rest = Box(inner.x, y, inner.w, room.bottom - y)
        sheet.put(Countdown(sheet, rest, prompt.seconds))
        label = T("I’m still here")
        sheet.button(button, "still-here", label, self.actions.still_here, Kind.MAIN)
