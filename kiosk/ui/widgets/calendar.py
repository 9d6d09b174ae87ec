"""Picking a near day from weeks that run on, and typing a far one with digits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from kiosk.language import T
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.words import Words

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

DAYS = 7
MOST_WEEKS = 6


class Day(Button):
    """One day. Its name in the tree is the whole date."""

    role = Role.DAY


class Calendar(Piece):
    """As many weeks as there is room for; earlier and later by the same number."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        *,
        earliest: date,
        latest: date,
        picked: date | None,
        first_week: date | None,
        today: date,
        pick: Callable[[date], None],
        turn: Callable[[date], None],
    ) -> None:
        """`first_week`: any day of the topmost week. `turn` is told the new one."""
        super().__init__(sheet, box, "calendar")
        cell, apart = sheet.theme.size.target, sheet.theme.size.apart
        self.pitch = min((box.w + apart) / DAYS, cell + apart)
        self.earliest, self.latest, self.picked, self.today = earliest, latest, picked, today
        self._pick, self._turn = pick, turn
        head, names = cell, 56.0
        rows = int((box.h - head - names - 20 + apart) / (cell + apart))
        self.weeks = max(1, min(MOST_WEEKS, rows, self._weeks_between()))
        top = self._first(first_week or picked or max(earliest, min(today, latest)))
        used = head + names + 20 + self.weeks * (cell + apart) - apart
        grid = Box(
            box.x + (box.w - DAYS * self.pitch + apart) / 2,
            box.bottom - used,
            DAYS * self.pitch - apart,
            used,
        )
        self._head(grid.top_part(head), top)
        self._names(Box(grid.x, grid.y + head + 12, grid.w, names))
        y = grid.y + head + names + 20
        for week in range(self.weeks):
            for day in range(DAYS):
                when = top + timedelta(days=week * DAYS + day)
                place = Box(grid.x + day * self.pitch, y + week * (cell + apart), self.pitch - apart, cell)
                self._day(place, when)

    def _monday(self, when: date) -> date:
        first: int = self.sheet.language.locale.first_week_day
        return when - timedelta(days=(when.weekday() - first) % DAYS)

    def _weeks_between(self) -> int:
        return (self._monday(self.latest) - self._monday(self.earliest)).days // DAYS + 1

    def _first(self, wanted: date) -> date:
        """The topmost week: never so late that rows stay empty."""
        last = self._monday(self.latest) - timedelta(days=(self.weeks - 1) * DAYS)
        return max(self._monday(self.earliest), min(self._monday(wanted), last))

    def _head(self, box: Box, top: date) -> None:
        from babel.dates import format_interval, format_skeleton

        locale = self.sheet.language.locale
        last = top + timedelta(days=self.weeks * DAYS - 1)
        if (top.year, top.month) == (last.year, last.month):
            words = format_skeleton("yMMMM", top, locale=locale)
        else:
            words = format_interval(top, last, "yMMM", locale=locale)
        side = self.sheet.theme.size.target
        earlier, later = top > self._monday(self.earliest), last < self.latest
        step = timedelta(days=self.weeks * DAYS)
        self._arrow(box.columns([1], 0)[0].top_part(side), "earlier", top - step, earlier, start=True)
        title = Box(box.x + side + 24, box.y, box.w - 2 * side - 48, box.h)
        style = self.sheet.style("strong")
        self.add_widget(Words(self.sheet, title, words, style, align="centre", valign="middle", id="month"))
        self._arrow(box.top_part(side), "later", top + step, later, start=False)

    def _arrow(self, box: Box, way: str, to: date, on: bool, *, start: bool) -> None:
        side = self.sheet.theme.size.target
        place = Box(box.x if start else box.right - side, box.y, side, side)
        name = T("Earlier") if start else T("Later")
        icon = "arrow-left" if start != self.sheet.stage.mirrored else "arrow-right"
        button = Button(
            self.sheet, place, f"calendar:{way}", "", lambda: self._turn(to),
            kind=Kind.OUTLINED if on else Kind.QUIET, icon=icon, spoken=self.sheet.say(name),
            colour="" if on else "line",
        )  # fmt: skip
        button.show_enabled(on)
        self.add_widget(button)

    def _names(self, box: Box) -> None:
        from babel.dates import get_day_names

        locale = self.sheet.language.locale
        short = get_day_names("abbreviated", context="stand-alone", locale=locale)
        for place in range(DAYS):
            name = short[(locale.first_week_day + place) % DAYS]
            x = box.x + place * self.pitch
            words = Words(
                self.sheet, Box(x - 6, box.y, self.pitch - 12, box.h), name, self.sheet.style("label"),
                align="centre", valign="middle", id=f"weekday:{place}", keep=True,
            )  # fmt: skip
            self.add_widget(words)

    def _day(self, box: Box, when: date) -> None:
        from babel.dates import format_date

        locale = self.sheet.language.locale
        possible = self.earliest <= when <= self.latest
        label = str(when.day)
        chosen = when == self.picked
        kind = Kind.MAIN if chosen else Kind.OUTLINED if when == self.today else Kind.KEY
        button = Day(
            self.sheet, box, f"day:{when.isoformat()}", label, lambda: self._pick(when),
            kind=kind if possible else Kind.QUIET, style="key", radius=24, keep=True,
            colour="" if possible else "muted", spoken=format_date(when, "full", locale=locale),
        )  # fmt: skip
        button.value = "✓" if chosen else ""
        if not possible:
            Button.show_enabled(button, False)
        self.add_widget(button)

    def node(self) -> Node | None:
        return None


def order(locale: Any) -> str:
    """In which order a language writes a date: 'dmy', 'mdy' or 'ymd'."""
    pattern: str = locale.date_formats["short"].pattern.lower()
    return "".join(sorted("dmy", key=pattern.index))


PARTS = {"d": 2, "m": 2, "y": 4}


def split(digits: str, how: str) -> dict[str, str]:
    """Typed digits as day, month and year, in the language's order."""
    parts, at = {}, 0
    for part in how:
        parts[part] = digits[at : at + PARTS[part]]
        at += PARTS[part]
    return parts


def as_date(digits: str, how: str) -> date | None:
    """The day, when all its digits are there and there is such a day."""
    if len(digits) != sum(PARTS.values()):
        return None
    parts = split(digits, how)
    try:
        return date(int(parts["y"]), int(parts["m"]), int(parts["d"]))
    except ValueError:
        return None


def as_digits(day: date, how: str) -> str:
    parts = {"d": f"{day.day:02}", "m": f"{day.month:02}", "y": f"{day.year:04}"}
    return "".join(parts[part] for part in how)
