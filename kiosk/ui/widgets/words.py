"""Text on a sheet. The only thing in the kiosk that draws letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.graphics import Color, Rectangle

from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.theme import Style
from kiosk.ui.typesetting import Setting
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

ALIGN = {"start": 0.0, "centre": 0.5, "end": 1.0}
VALIGN = {"top": 0.0, "middle": 0.5, "bottom": 1.0}


class Words(Piece):
    """One text, fitted into its box."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        text: str,
        style: Style,
        *,
        align: str = "start",
        valign: str = "top",
        role: Role | None = Role.TEXT,
        id: str = "",
        keep: bool = False,
        setting: Setting | None = None,
    ) -> None:
        """`role` None: a control that draws it speaks for it. `keep`: never a guest's own words."""
        super().__init__(sheet, box, id)
        self.align, self.valign, self.role, self.keep = align, valign, role, keep
        self.text = ""
        self.setting = Setting(style, ())
        self._tint: Color | None = None
        self.write(text, style, setting)

    def write(self, text: str, style: Style, setting: Setting | None = None) -> None:
        """Another text in the same place."""
        self.text = text
        self.setting = setting or self.sheet.type.fit(text, style, self.box.w, self.box.h)
        self.canvas.clear()
        self._draw()

    def tint(self, token: str) -> None:
        if self._tint is not None:
            self._tint.rgba = self.rgba(token)

    def _draw(self) -> None:
        stage, setting, type_ = self.sheet.stage, self.setting, self.sheet.type
        self._tint = Color(*self.rgba(setting.style.colour))
        self.canvas.add(self._tint)
        scale, share = stage.scale, ALIGN[self.align]
        if stage.mirrored:
            share = 1 - share
        left, bottom, width, height = stage.window(self.box)
        above = (self.box.h - setting.height) * VALIGN[self.valign]
        for number, line in enumerate(setting.lines):
            top = above + number * setting.style.leading
            baseline = bottom + height - (top + type_.ascent(setting.style)) * scale
            x = left + (width - line.width * scale) * share
            for piece in line.pieces:
                if not piece.run.text.strip():
                    continue
                texture, ascent = type_.texture(piece.run, setting.style, self.keep)
                size = texture.size
                self.canvas.add(
                    Rectangle(
                        pos=(round(x + piece.x * scale), round(baseline + ascent - size[1])),
                        size=size,
                        texture=texture,
                    )
                )

    @property
    def ink_box(self) -> Box:
        """The part of the box that is covered by letters."""
        setting = self.setting
        x = self.box.x + (self.box.w - setting.width) * ALIGN[self.align]
        y = self.box.y + (self.box.h - setting.height) * VALIGN[self.valign]
        return Box(x, y, setting.width, setting.height)

    def node(self) -> Node | None:
        if self.role is None or not self.text:
            return None
        return Node(self.id, self.role, self.text, self.bounds())

    def drawn_texts(self) -> list[str]:
        return [self.text] if self.text else []
