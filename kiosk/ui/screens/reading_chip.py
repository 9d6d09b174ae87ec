"""The document lies on the reader, and its chip is read: how far it is; before that, the gesture and where."""

from __future__ import annotations

from dataclasses import replace

from kiosk.language import T
from kiosk.prompts import ReadingChip
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import action, kind_of
from kiosk.ui.screens.parts import put_drawing, put_where, where_height
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.area import Meter

BAR = 28.0


class ReadingChipScreen(Screen[ReadingChip]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        self.meter: Meter | None = None
        frame = Frame(
            self, actions=[action(self, option, kind_of(option)) for option in prompt.other[:2]], least=460
        )
        body = frame.body
        if not prompt.other and not self.scene.back and not sheet.stage.landscape:
            body = body.top_part(frame.places.actions.bottom - body.y)
        if prompt.fraction is None:
            height = where_height(sheet, prompt.where, body.w)
            put_where(sheet, body.bottom_part(height), prompt.where)
        else:
            height = sheet.height(self._words(prompt), "strong", body.w - 88) + 24 + BAR + 80
            self._progress(body.bottom_part(height))
        picture = body.to_y(body.bottom - height - 28).inset(0, 12)
        put_drawing(sheet, picture, prompt.picture, hint=prompt.fraction is None)
        frame.finish()

    def moves_on(self, prompt: ReadingChip) -> bool:
        """Only the bar and its words."""
        if self.meter is None or prompt.fraction is None:
            return False
        if replace(prompt, fraction=None) != replace(self.prompt, fraction=None):
            return False
        self.prompt = prompt
        self.meter.show(prompt.fraction)
        self.words.write(self._words(prompt), self.sheet.style("strong"))
        return True

    def _progress(self, box: Box) -> None:
        sheet = self.sheet
        sheet.card(box)
        inner = box.inset(44, 36)
        self.words = sheet.words(
            inner.to_y(inner.bottom - BAR - 24), self._words(self.prompt), "strong", role=Role.PROGRESS, id="read"
        )
        self.meter = sheet.put(Meter(sheet, inner.bottom_part(BAR), self.prompt.fraction or 0.0))

    def _words(self, prompt: ReadingChip) -> str:
        return self.sheet.say(T("Reading… {percent} %", percent=round(100 * (prompt.fraction or 0.0))))
