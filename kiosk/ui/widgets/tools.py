"""The tools at the foot of every screen: five for guests, three for staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.language import T, Text
from kiosk.ui.geometry import Box
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.picture import draw_icon
from kiosk.ui.widgets.piece import Control, Piece

if TYPE_CHECKING:
    from kiosk.ui.screens.screen import Actions
    from kiosk.ui.sheet import Sheet


class Tool(Control):
    """An icon with its word: below it in portrait, beside it in landscape."""

    def __init__(
        self, sheet: Sheet, box: Box, id: str, label: str, icon: str, act: Callable[[], Any], style: Style
    ) -> None:
        super().__init__(sheet, box, id, act)
        self.name = label
        self._lay_out(box, icon, style)

    def _lay_out(self, box: Box, icon: str, style: Style) -> None:
        sheet, label = self.sheet, self.name
        if sheet.stage.landscape:
            setting = sheet.type.fit(label, style, box.w - 76, box.h)
            x = box.x + (box.w - 64 - setting.width) / 2
            draw_icon(self, Box(x, box.y + (box.h - 48) / 2, 48, 48), icon, "ink")
            self.letter(Box(x + 64, box.y, setting.width + 1, box.h), label, setting.style, keep=True)
        else:
            draw_icon(self, Box(box.x + (box.w - 64) / 2, box.y + 20, 64, 64), icon, "ink")
            place = Box(box.x, box.y + 92, box.w, box.h - 96)
            self.letter(place, label, style, align="centre", keep=True)

    def show_pressed(self, pressed: bool) -> None:
        self.canvas.before.clear()
        if pressed:
            paint.fill(self.canvas.before, self.rect, self.rgba("touched"), self.px(20))


class PaleTool(Tool):
    """A small one that is not for guests."""

    def _lay_out(self, box: Box, icon: str, style: Style) -> None:
        draw_icon(self, Box(box.x + (box.w - 44) / 2, box.y + 18, 44, 44), icon, "muted")
        place = Box(box.x, box.y + 66, box.w, box.h - 70)
        self.letter(place, self.name, style, align="centre", valign="top", keep=True)


class Floor(Piece):
    """What the tools stand on."""

    def __init__(self, sheet: Sheet, box: Box) -> None:
        super().__init__(sheet, box)
        paint.fill(self.canvas, self.rect, self.rgba("card"))
        edge = box.top_part(sheet.theme.line(sheet.look))
        paint.fill(self.canvas, self.window(edge), self.rgba("line"))


class SignOff(Button):
    """Where the floor is low, its edge is drawn further in than it answers to a touch."""

    @property
    def rect(self) -> paint.Rect:
        return self.window(self.box.inset(0, 12 if self.sheet.stage.landscape else 0))


Shown = tuple[str, Text, str, Callable[[], Any]]
"""Id, word, icon, what it does."""


def put_tools(sheet: Sheet, box: Box, actions: Actions) -> None:
    """Language · Text size · Read aloud · Call us · Start over."""
    sheet.put(Floor(sheet, box))
    row = _row(sheet, box)
    tools: tuple[Shown, ...] = (
        *_seeing(actions),
        ("speak", T("Read aloud"), "speak", actions.speak),
        ("help", T("Call us"), "call", actions.open_help),
        ("start-over", T("Start over"), "start-over", actions.start_over),
    )
    _put(sheet, row.columns([1] * len(tools), 24), tools)


def put_staff_tools(sheet: Sheet, box: Box, actions: Actions) -> None:
    """Language · Text size, and Sign off, which is not to be overlooked."""
    sheet.put(Floor(sheet, box))
    *places, sign_off = _row(sheet, box).columns([1, 1, 0.5, 2.5], 24)
    _put(sheet, places[:2], _seeing(actions))
    high = min(sign_off.h, 132.0)
    button = Box(sign_off.x, sign_off.y + (sign_off.h - high) / 2, sign_off.w - 36, high)
    words = sheet.say(T("Sign off"))
    sheet.put(SignOff(sheet, button, "tool:sign-off", words, actions.sign_off, kind=Kind.OUTLINED, keep=True))


def _seeing(actions: Actions) -> tuple[Shown, ...]:
    return (
        ("language", T("Language"), "language", actions.open_languages),
        ("look", T("Text size"), "text-size", actions.open_look),
    )


def _row(sheet: Sheet, box: Box) -> Box:
    if not sheet.stage.landscape:
        return Box(box.x + 12, box.y + 12, box.w - 24, box.h - 24)
    row = box.inset(12, 5)
    return row.centred(min(row.w, 1760.0), row.h)


def _put(sheet: Sheet, places: Sequence[Box], tools: Sequence[Shown]) -> None:
    """All their words in one size."""
    room = (places[0].w - 76, places[0].h) if sheet.stage.landscape else (places[0].w, places[0].h - 96)
    style = sheet.common("tool", [sheet.say(label) for _, label, _, _ in tools], *room)
    for place, (id, label, icon, act) in zip(places, tools, strict=True):
        sheet.put(Tool(sheet, place, f"tool:{id}", sheet.say(label), icon, act, style))
