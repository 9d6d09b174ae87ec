"""A longer text to read, moved by finger or by two buttons."""

from __future__ import annotations

from kiosk.language import T
from kiosk.prompts import Reading
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import action, divide
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.scroll import Scroll

BUTTON = 120.0


class ReadingScreen(Screen[Reading]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        row, others = divide(prompt.options, self.scene.back)
        row = sorted([*row, *others], key=lambda pair: pair[1] is Kind.MAIN)
        frame = Frame(self, actions=[action(self, option, kind) for option, kind in row], least=600)
        body = frame.body
        card = body.to_y(body.bottom - BUTTON - 24)
        paragraphs = [sheet.say(paragraph) for paragraph in prompt.paragraphs]
        whole = Scroll(sheet, body.inset(44, 36), paragraphs, 0, lambda first: None)
        if whole.fits:
            sheet.card(body)
            sheet.put(whole)
            frame.finish()
            return
        sheet.card(card)
        self.scroll: Scroll = sheet.put(
            Scroll(sheet, card.inset(44, 36), paragraphs, self.draft.line, self._moved)
        )
        up, down = Box(body.x, body.bottom - BUTTON, body.w, BUTTON).columns([1, 1], 28)
        self.up: Button = sheet.button(
            up, "up", T("Up"), lambda: self.scroll.turn(-1), Kind.OUTLINED, icon="arrow-up", style="strong"
        )
        self.down: Button = sheet.button(
            down,
            "down",
            T("Down"),
            lambda: self.scroll.turn(1),
            Kind.OUTLINED,
            icon="arrow-down",
            style="strong",
        )
        frame.finish()

    def _moved(self, first: int) -> None:
        self.draft.line = first
