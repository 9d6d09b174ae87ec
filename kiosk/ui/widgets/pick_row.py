"""One of many things to pick: what it is, what is known of it, how it stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from kiosk.prompts import PickRow
from kiosk.ui.geometry import Box
from kiosk.ui.widgets.card import Card
from kiosk.ui.widgets.chip import AROUND, EDGES, TONES, draw_chip

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

SIDE, EDGE, APART = 28.0, 12.0, 20.0
MEASURED = 6
"""Only the longest details are measured."""
MOST_LINES = 5
"""A detail that stands alone, without a state, may have so many lines."""


class RowPlan:
    """How all rows of one list are laid out: alike. The state stands beside the detail where both have room."""

    def __init__(self, sheet: Sheet, rows: Sequence[PickRow], width: float, room: float) -> None:
        self.title, self.detail, self.state = sheet.style("strong"), sheet.style("label"), sheet.style("link")
        wide, inner = sheet.type.width, width - 2 * SIDE
        states = {sheet.say(row.state) for row in rows if row.state}
        details = sorted({sheet.say(row.detail) for row in rows if row.detail}, key=len)[-MEASURED:]
        self.state_width = max((wide(state, self.state) + AROUND for state in states), default=0.0)
        detail_width = max((wide(detail, self.detail) for detail in details), default=0.0)
        chip = self.state.leading + EDGES if states else 0.0
        self.beside = bool(states) and detail_width + APART + self.state_width <= inner
        lines = 1 if states else max((len(sheet.type.fit(text, self.detail, inner).lines) for text in details), default=0)
        second = self.detail.leading * min(lines, MOST_LINES)
        self.second = max(second if details else 0.0, chip if self.beside else 0.0)
        self.third = 0.0 if self.beside or not states else chip + 6
        high = self.title.leading + self.second + self.third + 2 * EDGE
        if high > room:  # lowered, there is room for little more than one row
            self.beside, self.third = bool(states), 0.0
            self.second = max(self.detail.leading, chip) if states else room - self.title.leading - 2 * EDGE
            self.state_width = min(self.state_width, inner / 2)
            high = self.title.leading + self.second + 2 * EDGE
        self.height = min(max(sheet.theme.size.target, high), room)


class RowToPick(Card):
    """One row of the list."""

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
            draw_chip(self, place, state, TONES[row.tone], plan.state, end=True)
            second = Box(second.x, second.y, place.x - APART - second.x, second.h)
        elif state:
            draw_chip(self, Box(third.x, third.y + 6, third.w, third.h - 6), state, TONES[row.tone], plan.state)
        if detail:
            self.letter(second, detail, plan.detail, valign="top")
