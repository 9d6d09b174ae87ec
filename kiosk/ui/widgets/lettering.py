"""A text in its place on a canvas. The only thing in the kiosk that draws letters.

It is no widget: keys and buttons are mostly this, and a screen has a hundred of them.
"""

from __future__ import annotations

from typing import Any

from kivy.graphics import Color, InstructionGroup, Rectangle

from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.theme import Style
from kiosk.ui.typesetting import Setting

ALIGN = {"start": 0.0, "centre": 0.5, "end": 1.0}
VALIGN = {"top": 0.0, "middle": 0.5, "bottom": 1.0}


class Lettering:
    """One text, fitted into its box."""

    def __init__(
        self,
        sheet: Surface,
        canvas: Any,
        box: Box,
        text: str,
        style: Style,
        *,
        align: str = "start",
        valign: str = "middle",
        keep: bool = False,
        setting: Setting | None = None,
    ) -> None:
        """`keep`: never a guest's own words, so that its picture may stay in a cache."""
        self.sheet, self.box = sheet, box
        self.align, self.valign, self.keep = align, valign, keep
        self.text = ""
        self.setting = Setting(style, ())
        self._group = InstructionGroup()
        canvas.add(self._group)
        self._tint: Any = None
        self.write(text, style, setting)

    def write(self, text: str, style: Style, setting: Setting | None = None) -> None:
        """Another text in the same place."""
        self.text = text
        self.setting = setting or self.sheet.type.fit(text, style, self.box.w, self.box.h)
        self._group.clear()
        self._draw()

    def tint(self, token: str) -> None:
        """Another colour."""
        self._tint.rgba = self.sheet.palette.rgba(token)

    def _draw(self) -> None:
        stage, setting, type_ = self.sheet.stage, self.setting, self.sheet.type
        self._tint = Color(*self.sheet.palette.rgba(setting.style.colour))
        self._group.add(self._tint)
        scale, share = stage.scale, ALIGN[self.align]
        if stage.mirrored:
            share = 1 - share
        left, bottom, width, height = stage.window(self.box)
        above = (self.box.h - setting.height) * VALIGN[self.valign]
        ascent_of_style = type_.ascent(setting.style)
        for number, line in enumerate(setting.lines):
            top = above + number * setting.style.leading
            baseline = bottom + height - (top + ascent_of_style) * scale
            x = left + (width - line.width * scale) * share
            for piece in line.pieces:
                if not piece.run.text.strip():
                    continue
                texture, ascent = type_.texture(piece.run, setting.style, self.keep)
                size = texture.size
                place = (round(x + piece.x * scale), round(baseline + ascent - size[1]))
                self._group.add(Rectangle(pos=place, size=size, texture=texture))

    @property
    def ink_box(self) -> Box:
        """The part of the box that is covered by letters."""
        setting = self.setting
        x = self.box.x + (self.box.w - setting.width) * ALIGN[self.align]
        y = self.box.y + (self.box.h - setting.height) * VALIGN[self.valign]
        return Box(x, y, setting.width, setting.height)
