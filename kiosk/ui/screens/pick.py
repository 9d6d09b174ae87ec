"""Pick one of many: rows that are moved, and with `search` a line that leaves those that fit."""

from __future__ import annotations

from functools import partial

from kiosk.language import T
from kiosk.prompts import Chosen, Pick
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import action, divide
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.field import Field
from kiosk.ui.widgets.keyboard import SearchKeyboard
from kiosk.ui.widgets.pick_row import RowPlan, RowToPick
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.row_list import RowList, beside
from kiosk.ui.widgets.words import Words
from kiosk.word_search import WordSearch

FIELD, GAP = 100.0, 24.0
KEYS, KEYS_LOW = 372.0, 324.0
COUNT = 210.0
MOST_TYPED = 40


class PickScreen(Screen[Pick]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        row, others = divide(prompt.options, self.scene.back)
        row = sorted([*row, *others], key=lambda pair: pair[1] is Kind.MAIN)
        least = 620.0 + (FIELD + KEYS if prompt.search else 0.0)
        frame = Frame(
            self,
            actions=[action(self, option, kind) for option, kind in row],
            least=least,
            reserve=KEYS_LOW if prompt.search else 0.0,
        )
        places = self._places(frame)
        self.found: tuple[int, ...] = tuple(range(len(prompt.rows)))
        if prompt.search:
            self._put_search(places[0])
        self._put_rows(places[1])
        if prompt.search:
            sheet.put(SearchKeyboard(sheet, places[2], self._type, self._erase))
        frame.finish()
        self._show()

    def _places(self, frame: Frame) -> tuple[Box, Box, Box]:
        """(search line, rows, keys). What is touched lies low where that is asked for, the search line too."""
        sheet, body = self.sheet, frame.body
        lowered, landscape = sheet.look.lowered, sheet.stage.landscape
        low = frame.places.touch_top if lowered else 0.0
        none = Box(0, 0, 0, 0)
        if not self.prompt.search:
            return none, body.from_y(max(body.y, low)), none
        if not landscape:
            high = KEYS_LOW if lowered else KEYS
            keys = Box(36, body.bottom - high, sheet.stage.width - 72, high)
            y = max(body.y, low - FIELD - GAP)
            field = Box(body.x, y, body.w, FIELD)
            return field, Box(body.x, field.bottom + GAP, body.w, keys.y - field.bottom - 2 * GAP), keys
        left = frame.places.text
        if not lowered:
            field = body.top_part(FIELD)
            high = min(KEYS, left.bottom - frame.text_end - GAP)
            return field, body.from_y(field.bottom + GAP), left.bottom_part(high)
        keys = body.from_y(low)
        field = Box(body.x, keys.y - GAP - FIELD, body.w, FIELD)
        return field, left.from_y(low), keys

    # --- search ----------------------------------------------------------------------------

    def _put_search(self, box: Box) -> None:
        sheet = self.sheet
        say = sheet.say
        self.words = WordSearch([
            f"{say(row.title)} {say(row.detail)}" if row.detail else say(row.title) for row in self.prompt.rows
        ])
        hint = say(self.prompt.hint)
        field = Box(box.x, box.y, box.w - COUNT, box.h)
        self.field = sheet.put(Field(sheet, field, hint, self.text, self.draft.caret, self._move, hint))
        count = Box(field.right + GAP, box.y, COUNT - GAP, box.h)
        self.count = sheet.words(
            count, self._counted(len(self.prompt.rows)), "label", align="end", valign="middle", role=Role.STATUS, id="count"
        )

    @property
    def text(self) -> str:
        return self.draft.text or ""

    def _counted(self, found: int) -> str:
        return self.sheet.say(T("{number} of {of}", number=found, of=len(self.prompt.rows)))

    def _type(self, letter: str) -> None:
        text, at = self.text, self.draft.caret
        if len(text) < MOST_TYPED:
            self._search(text[:at] + letter + text[at:], at + len(letter))

    def _erase(self) -> None:
        text, at = self.text, self.draft.caret
        if at > 0:
            self._search(text[: at - 1] + text[at:], at - 1)

    def _move(self, caret: int) -> None:
        self.draft.caret = caret
        self.field.show(self.text, caret)

    def _search(self, text: str, caret: int) -> None:
        self.draft.text, self.draft.caret, self.draft.line = text, caret, 0
        self._show()

    # --- rows ------------------------------------------------------------------------------

    def _put_rows(self, room: Box) -> None:
        sheet, rows = self.sheet, self.prompt.rows
        plan = RowPlan(sheet, rows, room.w, room.h)
        scrolls = len(rows) * (plan.height + GAP) - GAP > room.h
        scrolls = scrolls and not (self.prompt.search and sheet.look.lowered)  # there the rows want all the room
        self.room, up, down = beside(room, scrolls)
        self.plan = RowPlan(sheet, rows, self.room.w, room.h) if scrolls else plan
        self.list = sheet.put(RowList(sheet, self.room, self._row, self._moved, gap=GAP))
        if scrolls:
            self.list.put_buttons(up, down)

    def _row(self, number: int, box: Box) -> Piece:
        row = self.prompt.rows[self.found[number]]
        return RowToPick(self.sheet, box, row, self.plan, partial(self.actions.answer, Chosen(row.id)))

    def _moved(self, first: int) -> None:
        self.draft.line = first

    def _show(self) -> None:
        """What fits what is typed."""
        if self.prompt.search:
            self.found = self.words.find(self.text)
            self.field.show(self.text, self.draft.caret)
            self.count.write(self._counted(len(self.found)), self.sheet.style("label"))
        self.list.fill([self.plan.height] * len(self.found), self.draft.line)
        if not self.found:
            self._show_empty()

    def _show_empty(self) -> None:
        words, style = self.sheet.say(self.prompt.empty), self.sheet.style("help")
        self.list.add_widget(
            Words(
                self.sheet, self.room, words, style, align="centre", valign="middle", role=Role.STATUS, id="empty"
            )
        )
