"""Text that stands for itself: a question, a help sentence, a label."""

from __future__ import annotations

from typing import Any

from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.theme import Style
from kiosk.ui.typesetting import Setting
from kiosk.ui.widgets.piece import Piece


class Words(Piece):
    """One text with a node of its own."""

    def __init__(
        self,
        sheet: Surface,
        box: Box,
        text: str,
        style: Style,
        *,
        role: Role = Role.TEXT,
        id: str = "",
        **how: Any,
    ) -> None:
        """`how`: as Lettering takes it; text begins at the top unless `valign` says otherwise."""
        super().__init__(sheet, box, id)
        self.role = role
        self._lettering = self.letter(box, text, style, **{"valign": "top", **how})

    @property
    def text(self) -> str:
        return self._lettering.text

    @property
    def setting(self) -> Setting:
        return self._lettering.setting

    def write(self, text: str, style: Style) -> None:
        """Another text in the same place."""
        self._lettering.write(text, style)

    def node(self) -> Node | None:
        return Node(self.id, self.role, self.text, self.bounds()) if self.text else None
