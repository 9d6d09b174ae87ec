"""Type one thing on our own keyboard."""

from __future__ import annotations

from kiosk.prompts import Keys, TextEntry, Tone, Typed
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.pin import Pin
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.button import Button
from kiosk.ui.widgets.field import Field
from kiosk.ui.widgets.keyboard import Keyboard
from kiosk.ui.widgets.layouts import ACCENTS, wants_capital

FIELD = 128.0


class TextEntryScreen(Screen[TextEntry]):
    def draw(self) -> None:
        if self.prompt.keys is Keys.PIN:
            Pin(self).draw()
        else:
            self._draw()

    def _draw(self) -> None:
        sheet, prompt, draft = self.sheet, self.prompt, self.draft
        if draft.text is None:
            draft.caret = len(prompt.value)
            draft.shift = wants_capital(prompt.keys, prompt.value)
        self.go_on = Action("go-on", prompt.action, self._answer)
        landscape = sheet.stage.landscape
        error = sheet.say(prompt.error) if prompt.error else ""
        width = sheet.stage.width * 0.56 - 72 if landscape else sheet.stage.width - 144
        error_height = sheet.band_height(error, width) + 24 if error else 0.0
        beside = bool(error) and landscape and sheet.look.lowered  # no room above a lowered keyboard
        split = sheet.stage.width * 0.44 if landscape else 0.0
        frame = Frame(
            self,
            actions=(self.go_on,),
            least=FIELD + error_height + 560,
            reserve=FIELD + 40 + (error_height if beside else 0),
            with_help=not beside,
            split=split,
        )
        if landscape:
            left, body = frame.places.text, frame.body
            above = Box(left.x, min(frame.text_end + 32, left.bottom - FIELD), left.w, FIELD)
            above = Box(
                left.x, min(above.y, left.bottom - FIELD - (error_height if beside else 0)), left.w, FIELD
            )
            keys = body.from_y(max(body.y, frame.places.touch_top) + (0 if beside else error_height))
            keys = keys.bottom_part(min(keys.h, 660.0))
            error_box = Box(keys.x, keys.y - error_height, keys.w, error_height - 24)
            if beside:
                error_box = Box(left.x, above.bottom + 20, left.w, left.bottom - above.bottom - 20)
        else:
            body = frame.body
            keys = body.bottom_part(min(body.h - FIELD - error_height - 44, 664.0))
            keys = keys.from_y(max(keys.y, frame.places.touch_top))
            slack = keys.y - 44 - FIELD - error_height - body.y
            above = Box(body.x, body.y + min(slack * 0.5, 40.0), body.w, FIELD)
            keys = Box(36, keys.y, sheet.stage.width - 72, keys.h - 16)
            error_box = Box(above.x, above.bottom + 24, above.w, error_height - 24)
        self.field = sheet.put(
            Field(sheet, above, sheet.say(prompt.question), self.text, draft.caret, self._move)
        )
        if error:
            sheet.band(error_box, error, Tone.WARN, id="error")
        self.keyboard = sheet.put(
            Keyboard(
                sheet, keys, prompt.keys, shift=draft.shift, accents=draft.accents, typed=self._type,
                erase=self._erase, shifted=self._shift, turn=self._turn,
            )
        )  # fmt: skip
        self.button: Button = frame.finish()[-1]
        self._changed()

    @property
    def text(self) -> str:
        return self.prompt.value if self.draft.text is None else self.draft.text

    def _type(self, letter: str) -> None:
        text, at = self.text, self.draft.caret
        if len(text) + len(letter) > self.prompt.max_length:
            return
        self.draft.text, self.draft.caret = text[:at] + letter + text[at:], at + len(letter)
        self._changed(auto_shift=True)

    def _erase(self) -> None:
        text, at = self.text, self.draft.caret
        if at > 0:
            self.draft.text, self.draft.caret = text[: at - 1] + text[at:], at - 1
            self._changed(auto_shift=True)

    def _move(self, caret: int) -> None:
        self.draft.text, self.draft.caret = self.text, caret
        self._changed(auto_shift=True)

    def _shift(self) -> None:
        self.draft.shift = not self.draft.shift
        self.keyboard.show_shift(self.draft.shift)

    def _turn(self) -> None:
        """The next page of letters. The rest of the screen stays as it is, so draw all again."""
        self.draft.accents = (self.draft.accents + 1) % (len(ACCENTS) + 1)
        self.actions.redraw()

    def _changed(self, auto_shift: bool = False) -> None:
        self.field.show(self.text, self.draft.caret)
        if auto_shift:
            capital = wants_capital(self.prompt.keys, self.text[: self.draft.caret])
            self.draft.shift = capital or (self.draft.shift and self.prompt.keys is Keys.NUMBER)
            self.keyboard.show_shift(self.draft.shift)
        ready = self.prompt.optional or len(self.text.strip()) >= max(1, self.prompt.least)
        if ready != self.button.enabled:
            self.button.show_enabled(ready)

    def _answer(self) -> None:
        self.actions.answer(Typed(self.text.strip()))
