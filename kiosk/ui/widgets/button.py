"""Buttons: main, outlined, quiet, off with its reason, toggles; with an icon where it helps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Any

from kivy.graphics import InstructionGroup

from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.lettering import Lettering
from kiosk.ui.widgets.picture import draw_icon
from kiosk.ui.widgets.piece import Control


class Kind(StrEnum):
    """How much a button asks for attention."""

    MAIN = "main"
    OUTLINED = "outlined"
    QUIET = "quiet"
    PLAIN = "plain"  # no edge: a tool
    KEY = "key"


# inside ('': what lies under it), edge, words, inside under a finger
_COLOURS = {
    Kind.MAIN: ("accent", "accent", "on_accent", "pressed"),
    Kind.OUTLINED: ("card", "accent", "accent", "accent_soft"),
    Kind.QUIET: ("", "line", "ink", "touched"),
    Kind.PLAIN: ("", "", "ink", "touched"),
    Kind.KEY: ("card", "line", "ink", "touched"),
}


def inside(box: Box) -> Box:
    """Where a button's words may stand."""
    return box.inset(min(32.0, box.w * 0.08), min(14.0, box.h * 0.1))


class Button(Control):
    """A rounded button with a word on it."""

    def __init__(
        self,
        sheet: Surface,
        box: Box,
        id: str,
        label: str,
        act: Callable[[], Any],
        *,
        kind: Kind = Kind.QUIET,
        icon: str = "",
        off: str = "",
        style: str | Style = "action",
        radius: float | None = None,
        keep: bool = False,
        spoken: str = "",
        colour: str = "",
        align: str = "centre",
    ) -> None:
        """`off`: why it can't be used now; drawn under the label. `spoken`: the name where the label is a sign."""
        super().__init__(sheet, box, id, act, enabled=not off)
        self.name, self.kind = spoken or label, kind
        self.value = off or (label if spoken and label not in spoken else "")
        self._inside, self._edge, self._ink, self._under = _COLOURS[kind]
        self._ink = colour or self._ink
        self._shown = "" if spoken and not label else label
        self._radius = self.px(sheet.theme.size.radius if radius is None else radius)
        self._ground = InstructionGroup()
        self.canvas.add(self._ground)
        self._paint(self._inside, self._edge)
        self.label: Lettering | None = None
        self._style, self._keep, self._align = style, keep, align
        self._lay_out(label, icon, off)
        if off:
            self.show_enabled(False)

    def _lay_out(self, label: str, icon: str, off: str) -> None:
        box = inside(self.box)
        ink = "muted" if off else self._ink
        if icon and not label:
            side = min(box.w, box.h, 64.0)
            draw_icon(self, box.centred(side, side), icon, ink)
            return
        style = self._style if isinstance(self._style, Style) else self.sheet.style(self._style)
        style = style.coloured(ink)
        if icon:
            side = min(64.0, box.h)
            setting = self.sheet.type.fit(label, style, box.w - side - 20, box.h)
            whole = side + 20 + setting.width
            x = box.x + (box.w - whole) / 2 if self._align == "centre" else box.x
            draw_icon(self, Box(x, box.y + (box.h - side) / 2, side, side), icon, ink)
            box = Box(x + side + 20, box.y, setting.width + 1, box.h)
        if off:
            label_box, off_box = box.top_part(box.h * 0.54), box.bottom_part(box.h * 0.44)
            reason = replace(self.sheet.style("label"), least=26)
            self._say(label_box, label, style, "bottom")
            self._say(off_box, off, reason, "top")
            return
        self.label = self._say(box, label, style, "middle")

    def _say(self, box: Box, text: str, style: Style, valign: str) -> Lettering:
        return self.letter(box, text, style, align=self._align, valign=valign, keep=self._keep)

    def _paint(self, inside: str, edge: str) -> None:
        self._ground.clear()
        within = self.rgba(inside) if inside else None
        if edge:
            line = self.px(self.sheet.theme.line(self.sheet.look))
            paint.outlined(self._ground, self.rect, self.rgba(edge), within, line, self._radius)
        elif within:
            paint.fill(self._ground, self.rect, within, self._radius)

    def show_pressed(self, pressed: bool) -> None:
        if self.kind is Kind.MAIN:
            self._paint(self._under if pressed else self._inside, self._under if pressed else self._edge)
        else:
            self._paint(self._under if pressed else self._inside, self._edge)

    def show_enabled(self, enabled: bool) -> None:
        """A main action that waits for something is outlined and muted, in its place."""
        super().show_enabled(enabled)
        if self.kind is Kind.MAIN:
            self._paint("accent" if enabled else "", "accent" if enabled else "line")
            if self.label is not None:
                self.label.tint(self._ink if enabled else "muted")


class Toggle(Button):
    """One of a few settings, of which one is on: filled, with a check."""

    role = Role.TOGGLE

    def __init__(
        self,
        sheet: Surface,
        box: Box,
        id: str,
        label: str,
        act: Callable[[], Any],
        on: bool,
        style: str | Style = "action",
    ) -> None:
        super().__init__(
            sheet,
            box,
            id,
            label,
            act,
            kind=Kind.MAIN if on else Kind.OUTLINED,
            icon="check" if on else "",
            style=style,
        )
        self.value = "on" if on else ""
