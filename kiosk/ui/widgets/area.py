"""Plain areas: cards, bands with a sign, chips, thin lines. They say nothing by themselves."""

from __future__ import annotations

from math import cos, radians, sin

from kiosk.prompts import Tone
from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Piece

SIGNS = {Tone.WARN: "warn", Tone.OK: "check", Tone.PLAIN: "bell"}
"""The icon that says the tone to who doesn't see its colour."""

INKS = {Tone.WARN: "warn", Tone.OK: "ok", Tone.PLAIN: "accent"}
SOFT = {Tone.WARN: "warn_soft", Tone.OK: "ok_soft", Tone.PLAIN: "accent_soft"}


class Area(Piece):
    """A rounded area, with an edge or without."""

    def __init__(
        self,
        sheet: Surface,
        box: Box,
        inside: str,
        edge: str = "",
        radius: float | None = None,
        line: float = 0,
    ) -> None:
        super().__init__(sheet, box)
        radius = self.px(sheet.theme.size.radius if radius is None else radius) if radius != 0 else 0
        if edge:
            width = self.px(line or sheet.theme.line(sheet.look))
            paint.outlined(self.canvas, self.rect, self.rgba(edge), self.rgba(inside), width, radius)
        else:
            paint.fill(self.canvas, self.rect, self.rgba(inside), radius)


class Dashed(Piece):
    """A rounded edge of dashes: a place that waits for something."""

    def __init__(self, sheet: Surface, box: Box, inside: str, edge: str) -> None:
        super().__init__(sheet, box)
        radius, line = self.px(sheet.theme.size.radius), self.px(sheet.theme.line(sheet.look))
        paint.fill(self.canvas, self.rect, self.rgba(inside), radius)
        x, y, w, h = self.rect
        step, dash = self.px(18), self.px(10)
        dashes: list[paint.Rect] = []
        for at in range(int(radius), int(w - radius), step):
            long = min(dash, w - radius - at)
            dashes += [(x + at, side, long, line) for side in (y, y + h - line)]
        for at in range(int(radius), int(h - radius), step):
            long = min(dash, h - radius - at)
            dashes += [(side, y + at, line, long) for side in (x, x + w - line)]
        paint.rectangles(self.canvas, dashes, self.rgba(edge))
        self._corners(radius - line / 2, line, edge)

    def _corners(self, radius: float, line: float, edge: str) -> None:
        """Two dashes each, along the arc."""
        x, y, w, h = self.rect
        half = line / 2 + radius
        centres = ((x + w - half, y + h - half), (x + half, y + h - half), (x + half, y + half), (x + w - half, y + half))
        for quarter, (cx, cy) in enumerate(centres):
            for start in (12, 54):
                angles = [radians(90 * quarter + start + turn) for turn in (0, 8, 16, 24)]
                points = [c for angle in angles for c in (cx + radius * cos(angle), cy + radius * sin(angle))]
                paint.stroke(self.canvas, points, self.rgba(edge), line)


class Meter(Piece):
    """A bar that is filled to a part."""

    def __init__(
        self, sheet: Surface, box: Box, fraction: float, full: str = "accent", rest: str = "accent_soft"
    ) -> None:
        super().__init__(sheet, box)
        self.full, self.rest = full, rest
        self.show(fraction)

    def show(self, fraction: float) -> None:
        self.canvas.clear()
        radius = self.px(self.box.h / 2)
        paint.fill(self.canvas, self.rect, self.rgba(self.rest), radius)
        part = max(self.box.h, self.box.w * min(1.0, max(0.0, fraction)))
        filled = Box(self.box.x, self.box.y, part, self.box.h)
        paint.fill(self.canvas, self.window(filled), self.rgba(self.full), radius)
