"""Options as buttons: the main one and Back in the row that is always there, the others above it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.language import T
from kiosk.prompts import Chosen, Option
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Style
from kiosk.ui.widgets.button import Kind, inside

LEAST = 120.0
TALL = 152.0
APART = 28.0


def kind_of(option: Option) -> Kind:
    return Kind.QUIET if option.quiet or option.off else Kind.OUTLINED


def action(screen: Screen[Any], option: Option, kind: Kind | None = None) -> Action:
    """The option as a button of the action row."""
    choose = chooser(screen, option)
    return Action(f"option:{option.id}", option.label, choose, kind or kind_of(option), option.off)


def chooser(screen: Screen[Any], option: Option) -> Callable[[], bool]:
    return lambda: screen.actions.answer(Chosen(option.id))


def divide(
    options: Sequence[Option], back: bool, equals: bool = False
) -> tuple[list[tuple[Option, Kind]], list[tuple[Option, Kind]]]:
    """(those for the action row, those in the stack above it), each from first to last.

    The main action is the row's last. Where no option is quiet they are equals, and stand under
    each other in their order; then the first is only drawn as the main one, or with `equals` none is.
    """
    if not options:
        return [], []
    if equals:
        return [], [(option, kind_of(option)) for option in options]
    main = options[0] if not options[0].quiet and options[0].off is None else None
    kinds = [(option, kind_of(option)) for option in options]
    if main is None:
        return (kinds, []) if not back and len(kinds) <= 2 else ([], kinds)
    kinds[0] = (main, Kind.MAIN)
    if len(kinds) == 1:
        return kinds, []
    if not any(option.quiet for option in options):
        return [], kinds
    if not back and len(kinds) == 2:
        return [kinds[1], kinds[0]], []
    return [kinds[0]], kinds[1:]


def without_main(
    screen: Screen[Any], options: Sequence[Option]
) -> tuple[list[Action], list[tuple[Option, Kind]]]:
    """Where a gesture is wanted no button is the main one: (the action row's, those in the stack above it)."""
    row = options[:1] if screen.scene.back else options[:2]
    return [action(screen, option) for option in row], [(option, kind_of(option)) for option in options[len(row) :]]


class Stack:
    """Options under each other, from the bottom up; side by side or by pages where there is no room."""

    def __init__(
        self,
        screen: Screen[Any],
        options: Sequence[tuple[Option, Kind]],
        room: Box,
        height: float = TALL,
        columns: tuple[int, ...] = (1, 2),
    ) -> None:
        """`columns`: how many beside each other, the first that has room; one where it is narrow."""
        self.screen, self.options, self.choice = screen, list(options), columns if room.w > 700 else (1,)
        self.columns, self.per_page, self.height = self._measure(room, height)
        self.pages = -(-len(self.options) // self.per_page) if self.options else 1
        shown = min(len(self.options), self.per_page)
        rows = -(-shown // self.columns) + (1 if self.pages > 1 else 0)
        self.box = room.bottom_part(max(0.0, rows * (self.height + APART) - APART))

    def _measure(self, room: Box, height: float) -> tuple[int, int, float]:
        count = max(1, len(self.options))
        for columns in self.choice:
            rows = -(-count // columns)
            fitting = min(height, (room.h + APART) / rows - APART)
            if fitting >= LEAST:
                return columns, count, fitting
        columns = self.choice[-1]
        rows = max(2, int((room.h + APART) / (LEAST + APART)))
        return columns, (rows - 1) * columns, LEAST

    def draw(self) -> None:
        sheet, draft = self.screen.sheet, self.screen.draft
        first = (draft.page % self.pages) * self.per_page
        shown = self.options[first : first + self.per_page]
        y = self.box.y
        cell = inside(Box(0, 0, self.box.w, self.height).columns([1] * self.columns, APART)[0])
        style = sheet.common("action", [sheet.say(o.label) for o, _ in shown if not o.off], cell.w, cell.h)
        for start in range(0, len(shown), self.columns):
            row = shown[start : start + self.columns]
            boxes = Box(self.box.x, y, self.box.w, self.height).columns([1] * self.columns, APART)
            for box, (option, kind) in zip(boxes, row, strict=False):
                put_option(self.screen, sheet, box, option, kind, style)
            y += self.height + APART
        if self.pages > 1:
            box = Box(self.box.x, self.box.bottom - self.height, self.box.w, self.height)
            words = T("More ({page} of {pages})", page=draft.page % self.pages + 1, pages=self.pages)
            sheet.button(box, "more", words, self._turn, Kind.QUIET, icon="arrow-down")

    def _turn(self) -> None:
        self.screen.draft.page += 1
        self.screen.actions.redraw()


def put_option(
    screen: Screen[Any],
    sheet: Sheet,
    box: Box,
    option: Option,
    kind: Kind | None = None,
    style: Style | str = "action",
) -> None:
    sheet.button(
        box, f"option:{option.id}", option.label, chooser(screen, option), kind or kind_of(option),
        off=sheet.say(option.off) if option.off else "", style=style,
    )  # fmt: skip
