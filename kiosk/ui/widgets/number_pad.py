"""Ten digits and an eraser, as on a telephone."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from kiosk.language import T
from kiosk.ui.geometry import Box
from kiosk.ui.widgets.keyboard import Board, Key

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

SIGNS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "erase")
HIGHEST, WIDEST, GAP = 150.0, 800.0, 24.0


class NumberPad(Board):
    """Calls `typed` with a digit, `erase` for the last key; keeps nothing itself."""

    def __init__(
        self, sheet: Sheet, room: Box, typed: Callable[[str], Any], erase: Callable[[], Any]
    ) -> None:
        """At the foot of `room`, in its middle, no larger than a hand wants it."""
        box = room.bottom_part(min(room.h, 4 * HIGHEST + 3 * GAP))
        box = box.centred(min(box.w, WIDEST), box.h)
        super().__init__(sheet, box, "keyboard")
        self.keys: list[Key] = []
        places = [cell for row in box.rows(4, GAP) for cell in row.columns([1, 1, 1], GAP)]
        for place, sign in zip(places, SIGNS, strict=True):
            if sign:
                self.keys.append(self._key(place, sign, erase if sign == "erase" else partial(typed, sign)))

    def _key(self, box: Box, sign: str, act: Callable[[], Any]) -> Key:
        if sign == "erase":
            return self.put_key(box, sign, "", act, icon="backspace", spoken=self.sheet.say(T("Erase a digit")))
        return self.put_key(box, sign, sign, act, style="field", keep=True)

    def show_enabled(self, enabled: bool) -> None:
        """Whether the keys answer; those that don't are pale."""
        for key in self.keys:
            key.show_enabled(enabled)
            if key.label is not None:
                key.label.tint("ink" if enabled else "line")
