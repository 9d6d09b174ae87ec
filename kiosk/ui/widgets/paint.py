"""Drawing on a canvas: rounded areas, outlines and lines with smooth edges."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kivy.graphics import (
    Color,
    Ellipse,
    Mesh,
    Rectangle,
    RoundedRectangle,
    SmoothEllipse,
    SmoothLine,
    SmoothRoundedRectangle,
)

RGBA = tuple[float, float, float, float]
Rect = tuple[float, float, float, float]
"""x, y (up), width, height in window pixels."""


def fill(canvas: Any, rect: Rect, colour: RGBA, radius: float = 0) -> Color:
    """A filled area. Returns its colour, which may be changed later."""
    x, y, w, h = rect
    tint = Color(*colour)
    canvas.add(tint)
    radius = min(radius, w / 2, h / 2)
    if radius < 1:
        canvas.add(Rectangle(pos=(x, y), size=(w, h)))
    elif min(w, h) < 8:  # too small for smooth edges
        canvas.add(RoundedRectangle(pos=(x, y), size=(w, h), radius=[radius], segments=8))
    else:
        canvas.add(SmoothRoundedRectangle(pos=(x, y), size=(w, h), radius=[radius], segments=12))
    return tint


def outlined(canvas: Any, rect: Rect, edge: RGBA, inside: RGBA | None, line: float, radius: float) -> None:
    """An area with an edge of `line` pixels; `inside` None: what lies under it shows.

    Every pixel is painted once: where the graphics are done by the processor, pixels are what costs.
    """
    x, y, w, h = rect
    if inside == edge:
        fill(canvas, rect, edge, radius)
        return
    half = line / 2
    if inside is not None:
        fill(canvas, (x + half, y + half, w - line, h - line), inside, max(0.0, radius - half))
    canvas.add(Color(*edge))
    around = (x + half, y + half, w - line, h - line, max(1.0, radius - half), 12)
    canvas.add(SmoothLine(rounded_rectangle=around, width=max(1.0, half)))


def stroke(canvas: Any, points: Sequence[float], colour: RGBA, width: float) -> SmoothLine:
    """A line with round ends, `width` pixels wide."""
    canvas.add(Color(*colour))
    line = SmoothLine(points=list(points), width=max(1.0, width / 2), joint="round", cap="round")
    canvas.add(line)
    return line


def rectangles(canvas: Any, rects: Sequence[Rect], colour: RGBA) -> None:
    """Many small areas of one colour, as one instruction."""
    vertices: list[float] = []
    indices: list[int] = []
    for number, (x, y, w, h) in enumerate(rects):
        for corner_x, corner_y in ((x, y), (x + w, y), (x + w, y + h), (x, y + h)):
            vertices += (corner_x, corner_y, 0, 0)
        indices += (4 * number + corner for corner in (0, 1, 2, 2, 3, 0))
    canvas.add(Color(*colour))
    canvas.add(Mesh(vertices=vertices, indices=indices, mode="triangles"))


def dot(canvas: Any, x: float, y: float, radius: float, colour: RGBA) -> None:
    canvas.add(Color(*colour))
    kind = SmoothEllipse if radius > 4 else Ellipse
    canvas.add(kind(pos=(x - radius, y - radius), size=(2 * radius, 2 * radius)))


def textured(canvas: Any, rect: Rect, texture: Any, colour: RGBA = (1, 1, 1, 1)) -> Rectangle:
    x, y, w, h = rect
    canvas.add(Color(*colour))
    rectangle = Rectangle(pos=(x, y), size=(w, h), texture=texture)
    canvas.add(rectangle)
    return rectangle
