"""A card as a whole to be touched."""

from __future__ import annotations

from kiosk.ui.accessible import Role
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Control


class Card(Control):
    """Its ground; what stands on it is drawn by who puts it."""

    role = Role.ROW

    def show_pressed(self, pressed: bool) -> None:
        line = self.px(self.sheet.theme.line(self.sheet.look))
        inside = self.rgba("touched" if pressed else "card")
        self.canvas.before.clear()
        paint.outlined(self.canvas.before, self.rect, self.rgba("line"), inside, line, self.px(20))
