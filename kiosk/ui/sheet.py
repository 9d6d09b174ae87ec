"""A sheet: what a screen is laid out on, and everything needed to lay it out.

A screen calls `words`, `button`, `card` … from top to bottom in reading order; the order of the
calls is the order of the semantic tree.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kivy.uix.widget import Widget

from kiosk.language import Text
from kiosk.prompts import Tone
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.theme import Style
from kiosk.ui.widgets.area import INKS, SIGNS, SOFT, Area
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.picture import Icon
from kiosk.ui.widgets.piece import Control, Piece
from kiosk.ui.widgets.words import Words


class Sheet(Surface):
    """One layer of the window: a scene, an overlay, a notice."""

    _texts = 0

    # --- what can be put on it ---------------------------------------------------------------

    def words(
        self,
        box: Box,
        text: str,
        style: str | Style,
        *,
        align: str = "start",
        valign: str = "top",
        role: Role = Role.TEXT,
        id: str = "",
        keep: bool = False,
    ) -> Words:
        self._texts += 1
        style = self.style(style) if isinstance(style, str) else style
        return self.put(
            Words(
                self, box, text, style, align=align, valign=valign, role=role,
                id=id or f"text:{self._texts}", keep=keep,
            )
        )  # fmt: skip

    def button(
        self,
        box: Box,
        id: str,
        label: Text | str,
        act: Callable[[], Any],
        kind: Kind = Kind.QUIET,
        **how: Any,
    ) -> Button:
        words = label if isinstance(label, str) else self.say(label)
        return self.put(Button(self, box, id, words, act, kind=kind, **how))

    def card(self, box: Box) -> Area:
        return self.put(Area(self, box, "card", "line"))

    def icon(self, box: Box, name: str, colour: str = "ink") -> Icon:
        return self.put(Icon(self, box, name, colour))

    def band_height(self, text: str, width: float) -> float:
        """How high `band` gets: one line, or as many as needed."""
        return max(96.0, self.height(text, "strong", width - 144) + 36)

    def band(self, box: Box, text: str, tone: Tone, *, icon: str = "", id: str = "notice") -> Words:
        """A coloured band with a sign and words."""
        ink = INKS[tone]
        self.put(Area(self, box, SOFT[tone], "warn_line" if tone is Tone.WARN else SOFT[tone]))
        inner = box.inset(36, 12)
        side = min(48.0, inner.h)
        style = self.style("strong").coloured(ink)
        setting = self.type.fit(text, style, inner.w - side - 24, inner.h)
        self.icon(Box(inner.x, inner.y + (inner.h - side) / 2, side, side), icon or SIGNS[tone], ink)
        role = Role.ALERT if tone is Tone.WARN else Role.STATUS
        place = Box(inner.x + side + 24, inner.y, inner.w - side - 24, inner.h)
        return self.words(place, text, setting.style, valign="middle", role=role, id=id)

    def chip(self, right: float, y: float, text: str, tone: Tone, height: float = 64.0) -> Box:
        """A small rounded status that ends at `right`; returns where it stands."""
        style = self.style("label").coloured(INKS[tone])
        width = self.type.width(text, style) + 48
        box = Box(right - width, y, width, height)
        self.put(Area(self, box, SOFT[tone], radius=height / 2))
        self.words(box.inset(20, 2), text, style, align="centre", valign="middle", role=Role.STATUS)
        return box

    # --- what stands on it -------------------------------------------------------------------

    def pieces(self) -> list[Piece]:
        """All that is drawn, in reading order, inner ones after their owner."""

        def walk(widget: Widget) -> list[Piece]:
            found: list[Piece] = []
            for child in reversed(widget.children):
                found.extend([child, *walk(child)])
            return found

        return walk(self)

    def controls(self) -> list[Control]:
        return [piece for piece in self.pieces() if isinstance(piece, Control)]

    def nodes(self) -> tuple[Node, ...]:
        def walk(widget: Widget) -> tuple[Node, ...]:
            inner = tuple(node for child in reversed(widget.children) for node in walk(child))
            own = widget.node()
            return inner if own is None else (replace(own, children=inner),)

        return tuple(node for child in reversed(self.children) for node in walk(child))

    def lock(self) -> None:
        """Nothing on it answers to a touch any more."""
        self.locked = True

    def on_touch_down(self, touch: Any) -> bool:
        return bool(super().on_touch_down(touch)) or self.modal
