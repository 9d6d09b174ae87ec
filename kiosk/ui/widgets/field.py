"""A line that is typed into, with its caret."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Control

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet


class Field(Control):
    """Shows a text and where the next letter goes. A touch puts the caret between two letters."""

    role = Role.FIELD

    def __init__(
        self, sheet: Sheet, box: Box, name: str, text: str, caret: int, moved: Callable[[int], None], hint: str = ""
    ) -> None:
        """`hint` stands there while nothing is typed."""
        super().__init__(sheet, box, "field", lambda: None)
        self.name, self._moved, self._hint = name, moved, hint
        line = self.px(max(4.0, sheet.theme.line(sheet.look)))
        radius = self.px(sheet.theme.size.radius)
        paint.outlined(self.canvas, self.rect, self.rgba("accent"), self.rgba("card"), line, radius)
        self._inner = box.inset(44, 12)
        self._words = self.letter(self._inner, "", sheet.style("field"))
        place = Box(self._inner.x + 20, self._inner.y, self._inner.w - 20, self._inner.h)
        self._hinted = self.letter(place, "", sheet.style("help")) if hint else None
        self._first = 0
        self.show(text, caret)

    def show(self, text: str, caret: int) -> None:
        """The text becomes smaller before its beginning leaves the field."""
        type_, style, width = self.sheet.type, self.sheet.style("field"), self._inner.w - 8
        style = type_.fit("", style, width, self._inner.h).style
        while type_.width(text, style) > width and style.size > style.least:
            style = style.scaled(0.92)
        self._first = 0
        while type_.width(text[self._first : caret], style) > width and self._first < caret:
            self._first += 1
        shown = text[self._first :]
        while type_.width(shown, style) > width:
            shown = shown[:-1]
        self.value, self._shown, self._style = text, shown, style
        self._words.write(shown, style)
        if self._hinted is not None:
            self._hinted.write("" if text else self._hint, self.sheet.style("help"))
        self._caret(type_.width(shown[: caret - self._first], style))

    def _caret(self, at: float) -> None:
        self.canvas.after.clear()
        if self._words.setting.lines and self._words.setting.lines[0].pieces[:1]:
            run = self._words.setting.lines[0].pieces[0].run
            if run.script.rtl and not self.sheet.stage.mirrored:
                at = self._words.setting.width - at
        high = min(self._inner.h, self._style.size * 1.3)
        box = Box(self._inner.x + at + 2, self._inner.y + (self._inner.h - high) / 2, 5, high)
        paint.fill(self.canvas.after, self.window(box), self.rgba("accent"), self.px(2))

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        x, _ = self.sheet.stage.design(*touch.pos)
        at = min(
            range(len(self._shown) + 1),
            key=lambda place: abs(
                self.sheet.type.width(self._shown[:place], self._style) - (x - self._inner.x)
            ),
        )
        self._moved(self._first + at)
        return True
