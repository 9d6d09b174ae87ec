"""The on-screen keyboard: the language's own letters, accents one touch away."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from kiosk.language import T
from kiosk.prompts import Keys
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.layouts import ACCENT_LABELS, ACCENTS, letters, marks
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

GAP, RADIUS = 14.0, 20.0


class Key(Button):
    """One key. It acts when touched, not when let go: fast typists roll from key to key."""

    role = Role.KEY
    on_down = True
    character = ""


def capital(letter: str) -> str:
    """Its capital, where that is one letter: ß stays what it is."""
    upper = letter.upper()
    return upper if len(upper) == 1 else letter


class Board(Piece):
    """Keys lie as on a keyboard, also where the rest of the screen is mirrored."""

    def place(self, box: Box) -> Box:
        return self.box.reflected(box) if self.sheet.stage.mirrored else box

    def cells(self, row: Box, letters: str, pitch: float) -> Iterator[tuple[str, Box]]:
        """Where the letters of a row lie: in its middle."""
        indent = (row.w + GAP - len(letters) * pitch) / 2
        for number, letter in enumerate(letters):
            yield letter, Box(row.x + indent + number * pitch, row.y, pitch - GAP, row.h)

    def put_key(self, box: Box, id: str, label: str, act: Callable[[], Any], **how: Any) -> Key:
        """`how`: as Button takes it."""
        key = Key(self.sheet, self.place(box), f"key:{id}", label, act, kind=Kind.KEY, **how)
        self.add_widget(key)
        return key

    def put_letter(self, box: Box, letter: str, shown: str, act: Callable[[], Any]) -> Key:
        colour = "muted" if letter.isdigit() else ""
        return self.put_key(box, letter, shown, act, style="key", radius=RADIUS, keep=True, colour=colour)

    def node(self) -> Node | None:
        return Node(self.id, Role.KEYBOARD, "", self.bounds())


class Keyboard(Board):
    """Calls `typed` with a letter; `erase` and `shift` for those keys; keeps nothing itself."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        keys: Keys,
        *,
        shift: bool,
        accents: int,
        typed: Callable[[str], None],
        erase: Callable[[], None],
        shifted: Callable[[], None],
        turn: Callable[[], None],
    ) -> None:
        """`turn` goes to the next page of accents."""
        super().__init__(sheet, box, "keyboard")
        self.keys, self.typed = keys, typed
        self._letters: list[Key] = []
        self.upper = shift
        rows = box.rows(5, GAP)
        shown = letters(sheet.language.code, keys, accents)
        widest = max(len(row) for row in shown)
        pitch = (box.w + GAP) / max(widest, 10)
        for place, row in zip(rows[:3], shown[:3], strict=True):
            self._letters_in(place, row, pitch)
        self._third_row(rows[3], shown[3], pitch, erase, shifted)
        self._last_row(rows[4], accents, turn)

    def _letters_in(self, row: Box, shown: str, pitch: float) -> None:
        for letter, box in self.cells(row, shown, pitch):
            key = self.put_letter(box, letter, self._shown(letter), partial(self._typed, letter))
            key.character = letter
            self._letters.append(key)

    def _typed(self, letter: str) -> None:
        self.typed(self._shown(letter))

    def _shown(self, letter: str) -> str:
        return capital(letter) if self.upper else letter

    def _key(
        self, box: Box, id: str, act: Callable[[], None], label: str = "", icon: str = "", spoken: str = ""
    ) -> None:
        self.put_key(box, id, label, act, style="label", radius=RADIUS, icon=icon, spoken=spoken, keep=True)

    def _third_row(
        self, row: Box, shown: str, pitch: float, erase: Callable[[], None], shifted: Callable[[], None]
    ) -> None:
        """Shift, letters, erase: the two take what the letters leave."""
        side = (row.w - len(shown) * pitch - GAP) / 2
        place = Box(row.x, row.y, side, row.h)
        if self.keys is Keys.NUMBER:
            self._mark(place, "-")
        else:
            self._key(place, "shift", shifted, icon="shift", spoken=self.sheet.say(T("Capital letter")))
        self._letters_in(row, shown, pitch)
        place = Box(row.right - side, row.y, side, row.h)
        self._key(place, "erase", erase, icon="backspace", spoken=self.sheet.say(T("Erase a letter")))

    def _last_row(self, row: Box, accents: int, turn: Callable[[], None]) -> None:
        before, after = marks(self.keys)
        small, wide = 1.0, 1.5
        shares = [small] * len(before) + [4.0] + [small] * len(after)
        turns = self.keys in (Keys.NAME, Keys.TEXT)
        if turns:
            shares.insert(0, wide)
        boxes = row.columns(shares, GAP)
        if turns:
            last = accents == len(ACCENTS)
            label = "abc" if last else ACCENT_LABELS[accents]
            spoken = self.sheet.say(T("Letters without accents") if last else T("Letters with accents"))
            self._key(boxes.pop(0), "accents", turn, label, spoken=spoken)
        for mark in before:
            self._mark(boxes.pop(0), mark)
        space = self.sheet.say(T("space"))
        self._key(boxes.pop(0), "space", lambda: self.typed(" "), space)
        for mark in after:
            self._mark(boxes.pop(0), mark)

    def _mark(self, box: Box, mark: str) -> None:
        self.put_key(box, mark, mark, partial(self.typed, mark), style="key", radius=RADIUS, keep=True)

    def show_shift(self, upper: bool) -> None:
        """Capitals or not, on the keys too."""
        if upper == self.upper:
            return
        self.upper = upper
        for key in self._letters:
            if key.label is not None:
                key.name = self._shown(key.character)
                key.label.write(key.name, key.label.setting.style)


class SearchKeyboard(Board):
    """A low one, for the beginnings of words: no capitals, no accents, since a search looks for neither."""

    def __init__(
        self, sheet: Sheet, box: Box, typed: Callable[[str], None], erase: Callable[[], None]
    ) -> None:
        super().__init__(sheet, box, "keyboard")
        shown = letters(sheet.language.code, Keys.NAME, 0)
        pitch = (box.w + GAP) / max(len(row) for row in shown)
        for place, row in zip(box.rows(4, 12), shown, strict=True):
            for letter, cell in self.cells(place, row, pitch):
                self.put_letter(cell, letter, letter, partial(typed, letter))
        side = (box.w - len(shown[3]) * pitch - GAP) / 2
        space, last = Box(box.x, place.y, side, place.h), Box(box.right - side, place.y, side, place.h)
        self.put_key(space, "space", "", partial(typed, " "), radius=RADIUS, icon="space", spoken=sheet.say(T("space")))
        self.put_key(last, "erase", "", erase, radius=RADIUS, icon="backspace", spoken=sheet.say(T("Erase a letter")))
