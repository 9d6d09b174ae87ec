"""One of many things to pick: what it is, what is known of it, how it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.prompts import PickRow, Tone
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.area import INKS, SIGNS, SOFT
from kiosk.ui.widgets.picture import draw_icon
from kiosk.ui.widgets.piece import Control

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

SIDE, EDGE, APART = 28.0, 12.0, 20.0
CHIP_SIDES, SIGN, BEFORE_WORD, CHIP_EDGES = 20.0, 32.0, 12.0, 8.0
CHIP = 2 * CHIP_SIDES + SIGN + BEFORE_WORD
"""What a state's word has around it."""
MEASURED = 6
"""Only the longest details are measured."""


class RowPlan:
    """How all rows of one list are laid out: alike. The state stands beside the detail where both have room."""

    def __init__(self, sheet: Sheet, rows: Sequence[PickRow], width: float, room: float) -> None:
        self.title, self.detail, self.state = sheet.style("strong"), sheet.style("label"), sheet.style("link")
        wide, inner = sheet.type.width, width - 2 * SIDE
        states = {sheet.say(row.state) for row in rows if row.state}
        details = sorted({sheet.say(row.detail) for row in rows if row.detail}, key=len)[-MEASURED:]
        self.state_width = max((wide(state, self.state) + CHIP for state in states), default=0.0)
        detail_width = max((wide(detail, self.detail) for detail in details), default=0.0)
        chip = self.state.leading + CHIP_EDGES if states else 0.0
        self.beside = bool(states) and detail_width + APART + self.state_width <= inner
        self.second = max(self.detail.leading if details else 0.0, chip if self.beside else 0.0)
        self.third = 0.0 if self.beside or not states else chip + 6
        high = self.title.leading + self.second + self.third + 2 * EDGE
        if high > room:  # lowered, there is room for little more than one row
            self.beside, self.second, self.third = bool(states), max(self.detail.leading, chip), 0.0
            self.state_width = min(self.state_width, inner / 2)
            high = self.title.leading + self.second + 2 * EDGE
        self.height = min(max(sheet.theme.size.target, high), room)


class RowToPick(Control):
    """A card as a whole to be touched."""

    role = Role.ROW

    def __init__(self, sheet: Sheet, box: Box, row: PickRow, plan: RowPlan, act: Callable[[], Any]) -> None:
        super().__init__(sheet, box, f"row:{row.id}", act)
        say = sheet.say
        detail, state = say(row.detail) if row.detail else "", say(row.state) if row.state else ""
        self.name, self.value = say(row.title), " · ".join(part for part in (detail, state) if part)
        self.show_pressed(False)
        inner = box.inset(SIDE, EDGE)
        heights = [plan.title.leading, plan.second, plan.third]
        part = min(1.0, inner.h / sum(heights))
        y = inner.y + (inner.h - sum(heights) * part) / 2
        lines = []
        for height in heights:
            lines.append(Box(inner.x, y, inner.w, height * part))
            y += height * part
        title, second, third = lines
        self.letter(title, self.name, plan.title)
        if state and plan.beside:
            place = Box(second.right - plan.state_width, second.y, plan.state_width, second.h)
            self._state(place, state, row.tone, plan.state, end=True)
            second = Box(second.x, second.y, place.x - APART - second.x, second.h)
        elif state:
            self._state(Box(third.x, third.y + 6, third.w, third.h - 6), state, row.tone, plan.state, end=False)
        if detail:
            self.letter(second, detail, plan.detail)

    def _state(self, room: Box, words: str, tone: Tone, style: Style, end: bool) -> None:
        """A sign and a word on a soft ground, as wide as they are."""
        style = style.coloured(INKS[tone])
        setting = self.sheet.type.fit(words, style, room.w - CHIP + 1, room.h)
        width = min(room.w, setting.width + CHIP)
        chip = Box(room.right - width if end else room.x, room.y, width, room.h)
        chip = chip.centred(width, min(room.h, setting.height + CHIP_EDGES))
        paint.fill(self.canvas, self.window(chip), self.rgba(SOFT[tone]), self.px(min(chip.h / 2, 30)))
        sign = Box(chip.x + CHIP_SIDES, chip.y + (chip.h - SIGN) / 2, SIGN, SIGN)
        if tone is Tone.PLAIN:
            x, y, w, h = self.window(sign)
            paint.dot(self.canvas, x + w / 2, y + h / 2, self.px(7), self.rgba(INKS[tone]))
        else:
            draw_icon(self, sign, SIGNS[tone], INKS[tone])
        place = Box(sign.right + BEFORE_WORD, chip.y, setting.width + 1, chip.h)
        self.letter(place, words, style, setting=setting)

    def show_pressed(self, pressed: bool) -> None:
        line = self.px(self.sheet.theme.line(self.sheet.look))
        inside = self.rgba("touched" if pressed else "card")
        self.canvas.before.clear()
        paint.outlined(self.canvas.before, self.rect, self.rgba("line"), inside, line, self.px(20))
