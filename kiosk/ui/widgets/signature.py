"""The place to sign: a smooth line under the finger, kept as strokes."""

from __future__ import annotations

from collections.abc import Callable
from math import hypot
from typing import TYPE_CHECKING, Any

from kiosk.ui.accessible import Node, Role
from kiosk.ui.draft import Stroke
from kiosk.ui.geometry import Box
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.area import Dashed
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet

LEAST_LENGTH = 0.12
"""A signature is at least this long, in parts of the pad's width: a dot by accident is none."""
NEAREST = 0.003
"""Points nearer than this to the last one add nothing but weight."""


def length(strokes: list[Stroke]) -> float:
    """How long the pen was on the pad, in parts of its width."""
    return sum(
        hypot(x2 - x1, y2 - y1)
        for stroke in strokes
        for (x1, y1), (x2, y2) in zip(stroke, stroke[1:], strict=False)
    )


def smooth(stroke: Stroke, steps: int = 4) -> Stroke:
    """A curve through the points (Catmull-Rom), `steps` to each pair."""
    if len(stroke) < 3:
        return stroke
    ends = [stroke[0], *stroke, stroke[-1]]
    curve: Stroke = []
    for p0, p1, p2, p3 in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(steps):
            t = step / steps
            curve.append((_between(p0[0], p1[0], p2[0], p3[0], t), _between(p0[1], p1[1], p2[1], p3[1], t)))
    return [*curve, stroke[-1]]


def _between(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)


class SignaturePad(Piece):
    """Writes into the draft's strokes and calls `changed` when a stroke has ended."""

    def __init__(
        self,
        sheet: Sheet,
        frame: Box,
        box: Box,
        caption: str,
        strokes: list[Stroke],
        changed: Callable[[], None],
    ) -> None:
        """`frame` is what is drawn, `box` the part of it that is signed on."""
        super().__init__(sheet, box, "signature")
        self.caption, self.strokes, self.changed = caption, strokes, changed
        self._lines: dict[int, Any] = {}
        self.add_widget(Dashed(sheet, frame, "card", "muted"))
        style = sheet.style("label")
        height = sheet.type.height(caption, style, box.w - 72)
        place = Box(box.x + 36, box.y + 20, box.w - 72, min(height, box.h / 3))
        self.letter(place, caption, style, valign="top", canvas=self.canvas.after)
        base = Piece(sheet, box)
        x1, y, x2, _ = self.window(Box(box.x + 72, box.y + box.h * 0.78, box.w - 144, 4))
        paint.stroke(base.canvas, (x1, y, x1 + x2, y), self.rgba("line"), self.px(4))
        self.add_widget(base)
        self._ink = Piece(sheet, box)
        self.add_widget(self._ink)
        self._draw()

    @property
    def aspect(self) -> float:
        return self.box.w / self.box.h

    def clear(self) -> None:
        self.strokes.clear()
        self._draw()
        self.changed()

    def _draw(self) -> None:
        self._ink.canvas.clear()
        for stroke in self.strokes:
            self._line(stroke)

    def _line(self, stroke: Stroke) -> Any:
        return paint.stroke(self._ink.canvas, self._points(smooth(stroke)), self.rgba("accent"), self.px(7))

    def _points(self, stroke: Stroke) -> list[float]:
        x, y, w, h = self.rect
        if len(stroke) == 1:
            stroke = [stroke[0], (stroke[0][0] + 0.001, stroke[0][1])]
        return [part for px, py in stroke for part in (x + px * w, y + h - py * w)]

    def _at(self, touch: Any) -> tuple[float, float]:
        x, y, w, h = self.rect
        inside_x = min(max(touch.x - x, 0.0), w)
        inside_y = min(max(y + h - touch.y, 0.0), h)
        return inside_x / w, inside_y / w

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos):
            return False
        if not self.sheet.locked:
            touch.grab(self)
            stroke: Stroke = [self._at(touch)]
            self.strokes.append(stroke)
            self._lines[touch.uid] = (stroke, self._line(stroke))
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self or touch.uid not in self._lines:
            return False
        stroke, line = self._lines[touch.uid]
        x, y = self._at(touch)
        if abs(x - stroke[-1][0]) + abs(y - stroke[-1][1]) >= NEAREST:
            stroke.append((x, y))
            line.points = self._points(smooth(stroke))
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._lines.pop(touch.uid, None)
        self.changed()
        return True

    def node(self) -> Node | None:
        signed = length(self.strokes) >= LEAST_LENGTH
        return Node(
            self.id, Role.SIGNATURE, self.caption, self.bounds(), "✓" if signed else "",
            touchable=True, enabled=not self.sheet.locked,
        )  # fmt: skip
