"""What fills the glass to test it: cells that light up, fingers that are counted, one colour."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.graphics import InstructionGroup

from kiosk.ui.accessible import Bounds, Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.theme import rgba
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Control, Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

Cell = tuple[int, int]


class After(Piece):
    """Calls `act` once, so long after it was put on the sheet; not any more when it was taken away."""

    def __init__(self, sheet: Sheet, seconds: float, act: Callable[[], Any]) -> None:
        super().__init__(sheet, Box(0, 0, 1, 1))
        self._seconds, self._act = seconds, act
        self._timer: Any = None

    def on_parent(self, _: Any, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = Clock.schedule_once(self._over, self._seconds) if parent is not None else None

    def _over(self, _: float) -> None:
        if not self.sheet.locked:
            self._act()


class CellGrid(Piece):
    """The cells, over all of its box; those that were touched are filled and have a dot. Cells are the glass's: they
    are counted from the left, also where the words go from right to left."""

    def __init__(self, sheet: Sheet, box: Box, columns: int, rows: int, lit: set[Cell], changed: Callable[[], Any]) -> None:
        super().__init__(sheet, box, "grid")
        self.columns, self.rows, self.lit, self.changed = columns, rows, lit, changed
        self._cells = InstructionGroup()
        self.canvas.add(self._cells)
        x, y, w, h = self.rect
        line = sheet.stage.px(2)
        lines: list[paint.Rect] = [(x + round(w * at / columns), y, line, h) for at in range(1, columns)]
        lines += [(x, y + round(h * at / rows), w, line) for at in range(1, rows)]
        paint.rectangles(self.canvas, lines, self.rgba("line"))
        for cell in lit:
            self._paint(cell)

    @property
    def count(self) -> int:
        return self.columns * self.rows

    def cell_box(self, columns: range, rows: range) -> Box:
        """Where these cells are, in design pixels."""
        wide, high = self.box.w / self.columns, self.box.h / self.rows
        first = columns.start if not self.sheet.stage.mirrored else self.columns - columns.stop
        return Box(self.box.x + first * wide, self.box.y + rows.start * high, len(columns) * wide, len(rows) * high)

    def on_touch_down(self, touch: Any) -> bool:
        if self.sheet.locked or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._light(touch)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self._light(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        return True

    def _light(self, touch: Any) -> None:
        x, y, w, h = self.rect
        column = min(self.columns - 1, max(0, int((touch.x - x) / w * self.columns)))
        row = min(self.rows - 1, max(0, int((y + h - touch.y) / h * self.rows)))
        if (column, row) not in self.lit:
            self.lit.add((column, row))
            self._paint((column, row))
            self.changed()

    def _paint(self, cell: Cell) -> None:
        x, y, w, h = self.rect
        wide, high = w / self.columns, h / self.rows
        left, low = x + cell[0] * wide, y + h - (cell[1] + 1) * high
        inset = self.px(4)
        place = (left + inset, low + inset, wide - 2 * inset, high - 2 * inset)
        paint.fill(self._cells, place, self.rgba("ok_soft"), self.px(8))
        paint.dot(self._cells, left + wide / 2, low + high / 2, self.px(12), self.rgba("ok"))

    def node(self) -> Node | None:
        return Node(self.id, Role.PROGRESS, f"{len(self.lit)} / {self.count}", self.bounds())


class FingerPad(Piece):
    """A ring under every finger that lies on it."""

    def __init__(self, sheet: Sheet, box: Box, changed: Callable[[int], Any]) -> None:
        super().__init__(sheet, box, "fingers")
        self.changed = changed
        self._down: dict[int, tuple[float, float]] = {}
        self._rings = InstructionGroup()
        self.canvas.add(self._rings)

    def on_touch_down(self, touch: Any) -> bool:
        if self.sheet.locked or not self.collide_point(*touch.pos):
            return False
        touch.grab(self)
        self._put(touch)
        self.changed(len(self._down))
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        self._put(touch)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._down.pop(touch.uid, None)
        self._draw()
        self.changed(len(self._down))
        return True

    def _put(self, touch: Any) -> None:
        self._down[touch.uid] = (touch.x, touch.y)
        self._draw()

    def _draw(self) -> None:
        self._rings.clear()
        for x, y in self._down.values():
            paint.dot(self._rings, x, y, self.px(86), self.rgba("accent"))
            paint.dot(self._rings, x, y, self.px(70), self.rgba("accent_soft"))


class Flood(Control):
    """One colour over the whole glass; a touch anywhere acts. For the keypad it is where the main action is."""

    def __init__(self, sheet: Sheet, colour: str, name: str, at: Box, act: Callable[[], Any]) -> None:
        super().__init__(sheet, sheet.stage.whole, "flood", act)
        self.name, self._at = name, at
        paint.fill(self.canvas, self.rect, rgba(colour))

    def bounds(self) -> Bounds:
        x, y, w, h = self.sheet.stage.window(self._at)
        top = round(self.sheet.stage.height * self.sheet.stage.scale)
        return Bounds(x, top - y - h, w, h)


class KeysHeard(Piece):
    """Hears the window's keys while it is on the sheet, by the names that Kivy has for them."""

    def __init__(self, sheet: Sheet, pressed: Callable[[str], Any]) -> None:
        super().__init__(sheet, Box(0, 0, 1, 1))
        self._pressed = pressed

    def on_parent(self, _: Any, parent: Any) -> None:
        from kivy.core.window import Window

        Window.unbind(on_key_down=self._down)
        if parent is not None:
            Window.bind(on_key_down=self._down)

    def _down(self, _: Any, code: int, *_more: Any) -> None:
        from kivy.core.window import Keyboard

        name = next((name for name, number in Keyboard.keycodes.items() if number == code), "")
        self._pressed({"numpadenter": "enter"}.get(name, name))
