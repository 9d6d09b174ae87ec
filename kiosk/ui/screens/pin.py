"""Digits on a number pad: a PIN that nobody reads, or a number that may be seen."""

from __future__ import annotations

from collections.abc import Callable
from math import ceil
from typing import Any

from kivy.clock import Clock

from kiosk.language import T
from kiosk.prompts import TextEntry, Tone, Typed
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets.dots import Dots
from kiosk.ui.widgets.field import Field
from kiosk.ui.widgets.number_pad import NumberPad
from kiosk.ui.widgets.piece import Piece

FIELD, PAD = 128.0, 560.0
ERROR_AT_MOST = 120.0


class Wait(Piece):
    """Calls `second` once a second, as long as it stands on a sheet and `second` wants it."""

    def __init__(self, sheet: Sheet, box: Box, second: Callable[[], bool]) -> None:
        super().__init__(sheet, box)
        self._second, self._timer = second, None

    def on_parent(self, _: Any, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if parent is not None:
            self._timer = Clock.schedule_interval(lambda _: self._second(), 1.0)


class Pin:
    """Draws a TextEntry with Keys.PIN."""

    def __init__(self, screen: Screen[TextEntry]) -> None:
        self.screen, self.sheet, self.prompt, self.draft = screen, screen.sheet, screen.prompt, screen.draft
        if self.draft.wait_s is None:
            self.draft.wait_s = self.prompt.wait_s

    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        landscape = sheet.stage.landscape
        width = sheet.stage.width / 2 - 92 if landscape else sheet.stage.width - 144
        longest = self._complaint(self.prompt.wait_s)
        error = sheet.band_height(longest, width) + 24 if longest else 0.0
        if landscape:  # the question keeps its room
            error = min(error, ERROR_AT_MOST + 24)
        frame = Frame(
            self.screen,
            actions=(Action("go-on", prompt.action, self._answer),),
            least=FIELD + error + PAD,
            reserve=FIELD + error + 32,
        )
        if landscape:
            left = frame.places.text
            y = min(frame.text_end + 32, left.bottom - FIELD - error)
            field, pad = Box(left.x, y, left.w, FIELD), frame.touch
        else:
            body = frame.body
            field = body.top_part(FIELD)
            pad = body.from_y(max(field.bottom + error + 32, frame.places.touch_top))
        self._field(field)
        if longest:
            self.error = sheet.band(
                Box(field.x, field.bottom + 24, field.w, error - 24), longest, Tone.WARN, id="error"
            )
        if self._waits:
            sheet.put(Wait(sheet, Box(0, 0, 0, 0), self._second))
        self.pad = sheet.put(NumberPad(sheet, pad, self._type, self._erase))
        self.button = frame.finish()[-1]
        self._show_wait()
        self._changed()

    # --- what stands there -------------------------------------------------------------------

    def _field(self, box: Box) -> None:
        sheet, name = self.sheet, self.sheet.say(self.prompt.question)
        self.dots: Dots | None = None
        if self.prompt.secret:
            self.dots = sheet.put(Dots(sheet, box, name, len(self._text), self.prompt.least))
        else:
            self.shown = sheet.put(Field(sheet, box, name, self._text, len(self._text), lambda caret: None))

    def _complaint(self, left_s: float) -> str:
        """What was wrong, and how long it takes until the keys answer again."""
        said = self.sheet.say
        error = [said(self.prompt.error)] if self.prompt.error else []
        if left_s >= 60:
            error.append(said(T("Wait {minutes} min.", minutes=ceil(left_s / 60))))
        elif left_s > 0:
            error.append(said(T("Wait {seconds} s.", seconds=ceil(left_s))))
        return " ".join(error)

    # --- waiting -----------------------------------------------------------------------------

    @property
    def _waits(self) -> bool:
        return (self.draft.wait_s or 0.0) > 0

    def _second(self) -> bool:
        self.draft.wait_s = max(0.0, (self.draft.wait_s or 0.0) - 1.0)
        self._show_wait()
        self._changed()
        return self._waits

    def _show_wait(self) -> None:
        if self.prompt.wait_s > 0:
            words = self._complaint(self.draft.wait_s or 0.0)
            if words != self.error.text:
                self.error.write(words, self.error.setting.style)
        self.pad.show_enabled(not self._waits)

    # --- typing ------------------------------------------------------------------------------

    @property
    def _text(self) -> str:
        return self.prompt.value if self.draft.text is None else self.draft.text

    def _type(self, digit: str) -> None:
        if len(self._text) < self.prompt.max_length:
            self.draft.text = self._text + digit
            self._changed()

    def _erase(self) -> None:
        self.draft.text = self._text[:-1]
        self._changed()

    def _changed(self) -> None:
        if self.dots is not None:
            self.dots.show(len(self._text))
        else:
            self.shown.show(self._text, len(self._text))
        ready = not self._waits and (len(self._text) >= self.prompt.least or self.prompt.optional)
        if ready != self.button.enabled:
            self.button.show_enabled(ready)

    def _answer(self) -> None:
        """What was typed leaves the screen with the answer, taken or not."""
        typed = self._text
        if self.prompt.secret:
            self.draft.text = None
            self._changed()
        self.screen.actions.answer(Typed(typed))
