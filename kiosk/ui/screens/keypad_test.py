"""Every key of the keypad pressed once: what was felt is ticked."""

from __future__ import annotations

from typing import Any

from kiosk.language import T, Text, verbatim
from kiosk.technician_prompts import KeypadTest, KeysSeen
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.options import action
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.glass import After, KeysHeard
from kiosk.ui.widgets.picture import draw_icon
from kiosk.ui.widgets.piece import Piece

GAP, HIGH = 24.0, 168.0
NAMES: dict[str, Text] = {
    "up": T("Up"), "down": T("Down"), "left": T("Left"), "right": T("Right"), "enter": T("Enter key"), "escape": T("Escape key"),
}  # fmt: skip


class KeySeen(Piece):
    """A key by its name, and whether it was felt."""

    def __init__(self, sheet: Sheet, box: Box, key: str, felt: bool) -> None:
        super().__init__(sheet, box, f"pressed:{key}")
        self.name = sheet.say(NAMES.get(key, verbatim(key)))
        self.show(felt)

    def show(self, felt: bool) -> None:
        self.felt = felt
        self.canvas.clear()
        self.letterings.clear()
        line = self.px(self.sheet.theme.line(self.sheet.look))
        inside, edge = ("ok_soft", "ok") if felt else ("card", "line")
        paint.outlined(self.canvas, self.rect, self.rgba(edge), self.rgba(inside), line, self.px(20))
        inner = self.box.inset(32, 20)
        draw_icon(self, Box(inner.x, inner.y + (inner.h - 56) / 2, 56, 56), "check" if felt else "minus", "ok" if felt else "ink")
        self.letter(Box(inner.x + 80, inner.y, inner.w - 80, inner.h), self.name, self.sheet.style("strong"))

    def node(self) -> Node | None:
        value = self.sheet.say(T("felt")) if self.felt else ""
        return Node(self.id, Role.STATUS, self.name, self.bounds(), value)


class KeypadTestScreen(Screen[KeypadTest]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        rows = -(-len(prompt.keys) // 2)
        absent = [action(self, prompt.absent)] if prompt.absent is not None else []
        done = Action("done", T("No more keys"), self._answer)
        frame = Frame(self, actions=[*absent, done], least=rows * (100 + GAP))
        high = min(HIGH, (frame.body.h + GAP) / rows - GAP)
        places = [
            place
            for row in range(rows)
            for place in Box(frame.body.x, frame.body.y + row * (high + GAP), frame.body.w, high).columns([1, 1], GAP)
        ]
        felt = self.draft.keys
        self.keys = {key: sheet.put(KeySeen(sheet, place, key, key in felt)) for key, place in zip(prompt.keys, places, strict=False)}
        sheet.put(KeysHeard(sheet, self._pressed))
        frame.finish()
        sheet.put(After(sheet, prompt.within_s, self._answer))

    def _pressed(self, key: str) -> None:
        if key not in self.keys or key in self.draft.keys or self.sheet.locked:
            return
        self.draft.keys.add(key)
        self.keys[key].show(True)
        if self.draft.keys >= set(self.prompt.keys):
            self._answer()

    def _answer(self) -> Any:
        self.actions.answer(KeysSeen(frozenset(self.draft.keys)))
