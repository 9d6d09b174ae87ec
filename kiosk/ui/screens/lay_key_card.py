"""Lay a key card on the encoder."""

from __future__ import annotations

from kiosk.language import T
from kiosk.prompts import LayKeyCard, Tone
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import Stack, without_main
from kiosk.ui.screens.parts import put_drawing, put_where, where_height
from kiosk.ui.screens.screen import Screen


class LayKeyCardScreen(Screen[LayKeyCard]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        in_row, others = without_main(self, prompt.other)
        frame = Frame(self, actions=in_row, least=460 + 148.0 * len(others))
        body = frame.body
        if not in_row and not self.scene.back and not sheet.stage.landscape:
            body = body.top_part(frame.places.actions.bottom - body.y)
        stack = None
        if others:
            stack = Stack(self, others, frame.touch)
            body = body.to_y(stack.box.y - 28)
        state = body.bottom_part(self._state_height(body.w))
        where = where_height(sheet, prompt.where, body.w)
        band = Box(body.x, state.y - 24 - where, body.w, where)
        put_drawing(sheet, body.to_y(band.y - 28).inset(0, 12), "card-taken" if prompt.lifting else "key-card", hint=True)
        put_where(sheet, band, prompt.where)
        self._state(state)
        if stack:
            stack.draw()
        frame.finish()

    def _words(self) -> tuple[str, str]:
        of = self.sheet.say(T("Key {number} of {of}", number=self.prompt.number, of=self.prompt.of))
        return of, self.sheet.say(self.prompt.state)

    def _fits_one_line(self, width: float) -> bool:
        key, state = self._words()
        type_, sheet = self.sheet.type, self.sheet
        wide = type_.width(key, sheet.style("strong")) + type_.width(state, sheet.style("label")) + 160
        return wide < width

    def _state_height(self, width: float) -> float:
        if self._fits_one_line(width):
            return 136.0
        key, state = self._words()
        return (
            self.sheet.height(key, "strong", width - 88) + self.sheet.height(state, "label", width - 88) + 72
        )

    def _state(self, box: Box) -> None:
        sheet = self.sheet
        key, state = self._words()
        sheet.card(box)
        inner = box.inset(44, 24)
        if self._fits_one_line(box.w):
            sheet.words(inner, key, "strong", valign="middle", id="key")
            sheet.chip(inner.right, box.y + (box.h - 72) / 2, state, Tone.PLAIN, 72)
            return
        high = sheet.height(key, "strong", inner.w)
        sheet.words(inner.top_part(high), key, "strong", id="key")
        sheet.words(
            inner.from_y(inner.y + high + 8), state, sheet.style("label").coloured("accent"), id="state"
        )
