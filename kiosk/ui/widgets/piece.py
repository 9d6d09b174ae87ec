"""The least visible thing, and the least touchable one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kivy.uix.widget import Widget

from kiosk.ui.accessible import Bounds, Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.theme import Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.lettering import Lettering


class Piece(Widget):
    """Something drawn at a place of a sheet. It is drawn once; what changes is changed by its owner."""

    def __init__(self, sheet: Surface, box: Box, id: str = "") -> None:
        self.sheet = sheet
        self.box = box
        self.id = id
        self.letterings: list[Lettering] = []
        x, y, w, h = sheet.stage.window(box)
        super().__init__(size_hint=(None, None), pos=(x, y), size=(w, h))

    def apply_class_lang_rules(self, *_args: Any, **_more: Any) -> None:
        """No .kv rule: Kivy's own style knows a Button too, and pieces draw themselves."""

    @property
    def rect(self) -> paint.Rect:
        x, y = self.pos
        w, h = self.size
        return x, y, w, h

    def rgba(self, token: str) -> paint.RGBA:
        return self.sheet.palette.rgba(token)

    def px(self, length: float) -> int:
        return self.sheet.stage.px(length)

    def window(self, box: Box) -> paint.Rect:
        return self.sheet.stage.window(box)

    def bounds(self) -> Bounds:
        """Where it is for a person: window pixels, y down."""
        x, y, w, h = self.sheet.stage.window(self.box)
        top = round(self.sheet.stage.height * self.sheet.stage.scale)
        return Bounds(x, top - y - h, w, h)

    def node(self) -> Node | None:
        """What it is in the semantic tree; None: another piece speaks for it."""
        return None

    def letter(self, box: Box, text: str, style: Style, *, canvas: Any = None, **how: Any) -> Lettering:
        """Puts a text on this piece, whose node speaks for it; `how`: as Lettering takes it."""
        lettering = Lettering(self.sheet, canvas or self.canvas, box, text, style, **how)
        self.letterings.append(lettering)
        return lettering

    def drawn_texts(self) -> list[str]:
        """The words that it draws itself, as they stand on the screen."""
        return [lettering.text for lettering in self.letterings if lettering.text.strip()]


class Control(Piece):
    """Something that answers to a touch: on lifting the finger inside it, once."""

    role = Role.BUTTON
    on_down = False
    """Whether it acts at once when touched (keys), not when the finger is lifted."""

    def __init__(self, sheet: Surface, box: Box, id: str, act: Callable[[], Any], enabled: bool = True) -> None:
        super().__init__(sheet, box, id)
        self.act = act
        self.enabled = enabled
        self.name = ""
        self.value = ""
        self._ring: Any = None

    @property
    def alive(self) -> bool:
        """Whether a touch now does something."""
        return self.enabled and not self.sheet.locked

    def node(self) -> Node | None:
        return Node(
            self.id,
            self.role,
            self.name,
            self.bounds(),
            self.value,
            touchable=True,
            enabled=self.alive,
            focus=self._ring is not None,
        )

    def press(self) -> None:
        """Does what a touch does: for touch, keypad and tests alike."""
        if self.alive:
            self.act()

    def show_pressed(self, pressed: bool) -> None:
        """How it looks under the finger."""

    def show_enabled(self, enabled: bool) -> None:
        self.enabled = enabled

    def focus(self, on: bool) -> None:
        """A ring around it, for who walks the screen by keypad."""
        if self._ring is not None:
            self.canvas.after.clear()
            self._ring = None
        if on:
            x, y, w, h = self.rect
            far, line = self.px(6), self.px(8)
            left, right, low, high = x - far, x + w + far, y - far, y + h + far
            points = (left, low, right, low, right, high, left, high, left, low)
            self._ring = paint.stroke(self.canvas.after, points, self.rgba("ink"), line)

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if self.alive:
            touch.grab(self)
            self.show_pressed(True)
            if self.on_down:
                self.act()
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is self:
            self.show_pressed(bool(self.collide_point(*touch.pos)))
            return True
        return False

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self.show_pressed(False)
        if not self.on_down and self.collide_point(*touch.pos):
            self.press()
        return True
