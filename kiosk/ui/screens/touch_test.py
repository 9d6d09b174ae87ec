"""The whole glass in cells that light up under a finger: what stays dark does not answer."""

from __future__ import annotations

from kiosk.language import T
from kiosk.technician_prompts import GaveUp, Touched, TouchTest
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Places
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.glass import After, Cell, CellGrid

PAUSE_S = 4.0
"""So long after the last new cell the technician is asked whether that is all."""
BUTTON = (5, 2)
"""Cells that its button wants: such that have answered already, so that it hides none."""
LEAVE = 120.0
"""How high the way out is: a finger that wipes over it goes on, and the cells under it light up."""
REST = T("The others do not answer")


class TouchTestScreen(Screen[TouchTest]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        self.lit: set[Cell] = self.draft.cells
        self.button: Button | None = None
        self.pause: After | None = None
        whole = sheet.stage.whole
        self.grid = CellGrid(sheet, whole, prompt.columns, prompt.rows, self.lit, self._changed)
        sheet.put(self.grid)
        width = min(whole.w - 240, 900.0)
        help_words = sheet.say(prompt.help) if prompt.help else ""
        high = sheet.height(sheet.say(prompt.question), "question", width - 96)
        more = sheet.height(help_words, "help", width - 96)
        card = whole.centred(width, high + more + 120 + LEAVE + 28)
        sheet.put(Area(sheet, card, "card", "line"))
        inner = card.inset(48, 36)
        sheet.words(inner.top_part(high), sheet.say(prompt.question), "question", role=Role.HEADING, id="question")
        sheet.words(Box(inner.x, inner.y + high + 20, inner.w, more + 8), help_words, "help", id="help")
        place = inner.bottom_part(LEAVE)
        sheet.button(place.centred(min(place.w, 520.0), LEAVE), "leave", T("Leave this test"), self._leave)
        sheet.put(After(sheet, prompt.within_s, self._answer))
        self._wait()

    def _changed(self) -> None:
        if len(self.lit) == self.grid.count:
            self._answer()
            return
        for piece in (self.button, self.pause):
            if piece is not None:
                self.sheet.remove_widget(piece)
        self.button = None
        self._wait()

    def _wait(self) -> None:
        self.pause = self.sheet.put(After(self.sheet, PAUSE_S, self.ask))

    def ask(self) -> None:
        """Puts the button where cells have answered; where the glass is dead, where the main action is."""
        if self.button is None:
            self.button = self.sheet.button(self._place(), "rest", REST, self._answer, Kind.MAIN)

    def _place(self) -> Box:
        columns, rows = BUTTON
        for row in range(self.grid.rows - rows, -1, -1):
            for column in range(self.grid.columns - columns + 1):
                over = range(column, column + columns), range(row, row + rows)
                if all((c, r) in self.lit for c in over[0] for r in over[1]):
                    return self.grid.cell_box(*over).inset(8)
        return Places.on(self.sheet.stage, self.sheet.look, progress=False).actions

    def _leave(self) -> None:
        self.actions.answer(GaveUp())

    def _answer(self) -> None:
        self.actions.answer(Touched(frozenset(self.lit)))
