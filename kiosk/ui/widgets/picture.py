"""Drawings, icons, gesture hints and QR codes as textures."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.core.image import Image as CoreImage
from kivy.graphics import Translate

from kiosk.ui import drawings
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.surface import Surface
from kiosk.ui.theme import Palette
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Piece

HINT_S = 1.4
"""How long a gesture is shown moving …"""
HINT_EVERY_S = 20.0
"""… and how often: a moving screen costs a machine without a fan its calm."""
HINT_FPS = 24


@lru_cache(maxsize=96)
def _texture(path: Path) -> Any:
    return CoreImage(str(path), keep_data=False).texture


@lru_cache(maxsize=96)
def _icon(name: str, side: int) -> Any:
    """White, and tinted when drawn: one file and one texture serve every colour."""
    return _texture(drawings.icon(name, side, "#FFFFFF"))


@lru_cache(maxsize=96)
def _picture(name: str, width: int, height: int, palette: Palette) -> Any:
    return _texture(drawings.picture(name, width, height, colours(palette)))


@lru_cache(maxsize=32)
def _layers(name: str, width: int, height: int, palette: Palette) -> drawings.Layers:
    return drawings.layers(name, width, height, colours(palette))


def colours(palette: Palette) -> dict[str, str]:
    """The palette under the drawings' names."""
    return {
        "ink": palette.ink, "accent": palette.accent, "brass": palette.brass, "soft": palette.accent_soft,
        "card": palette.card, "paper": palette.paper, "line": palette.line,
    }  # fmt: skip


def draw_icon(piece: Piece, box: Box, name: str, token: str) -> None:
    """A small sign in one colour, in the middle of the box. What it means is said by the piece."""
    x, y, w, h = piece.window(box)
    side = round(min(w, h))
    place = (x + (w - side) // 2, y + (h - side) // 2, side, side)
    paint.textured(piece.canvas, place, _icon(name, side), piece.rgba(token))


class Icon(Piece):
    """An icon that stands by itself, beside words that say what it means."""

    def __init__(self, sheet: Surface, box: Box, name: str, token: str) -> None:
        super().__init__(sheet, box)
        draw_icon(self, box, name, token)


class Picture(Piece):
    """A drawing, as large as fits into its box and in its middle. `name` said aloud is `meaning`."""

    def __init__(self, sheet: Surface, box: Box, name: str, meaning: str = "", valign: float = 0.5) -> None:
        super().__init__(sheet, box, f"image:{name}")
        self.meaning = meaning
        x, y, w, h = self.rect
        texture = _picture(name, round(w), round(h), sheet.palette)
        wide, high = texture.size
        # On whole pixels: between them the edges would be blended with what is transparent, which is black.
        place = (x + (w - wide) // 2, y + round((h - high) * (1 - valign)), wide, high)
        paint.textured(self.canvas, place, texture)

    def node(self) -> Node | None:
        return Node(self.id, Role.IMAGE, self.meaning, self.bounds()) if self.meaning else None


class Hint(Piece):
    """A gesture: the drawing's moving layer goes its way in bursts, and rests at the start between."""

    def __init__(self, sheet: Surface, box: Box, name: str, meaning: str = "") -> None:
        super().__init__(sheet, box, f"image:{name}")
        self.meaning = meaning
        x, y, w, h = self.rect
        layers = _layers(name, round(w), round(h), sheet.palette)
        still = _texture(layers.still)
        wide, high = still.size
        place = (x + (w - wide) // 2, y + (h - high) // 2, wide, high)
        paint.textured(self.canvas, place, still)
        self._motion = layers.motion
        self._shift: Translate | None = None
        self._timer: Any = None
        self._since = 0.0
        if layers.moving is not None:
            self._shift = Translate(0, 0)
            self.canvas.add(self._shift)
            paint.textured(self.canvas, place, _texture(layers.moving))
            self.canvas.add(back := Translate(0, 0))
            self._back = back
            self._show(0.0)

    def on_parent(self, _: Any, parent: Any) -> None:
        """Moves only while it is on a sheet that is on the screen."""
        self.stop()
        if parent is not None and self._shift is not None and self.sheet.moves:
            self._timer = Clock.schedule_once(self._burst, 0.6)

    def stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _burst(self, _: float) -> None:
        self._since = 0.0
        self._timer = Clock.schedule_interval(self._step, 1 / HINT_FPS)

    def _step(self, seconds: float) -> bool:
        self._since += seconds
        if self._since < HINT_S:
            part = min(1.0, self._since / (HINT_S * 0.75))
            self._show(part * part * (3 - 2 * part))
            return True
        self._show(0.0)
        self._timer = Clock.schedule_once(self._burst, HINT_EVERY_S - HINT_S)
        return False

    def _show(self, progress: float) -> None:
        if self._shift is None:
            return
        dx, dy = self._motion.at(progress)
        self._shift.xy = (round(dx), round(-dy))
        self._back.xy = (-round(dx), round(dy))

    def node(self) -> Node | None:
        return Node(self.id, Role.IMAGE, self.meaning, self.bounds()) if self.meaning else None


@lru_cache(maxsize=4)
def _qr(content: str) -> list[list[bool]]:
    """The dots of a code; the hotel's Wi-Fi is the same for every guest."""
    import qrcode

    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, border=2)
    code.add_data(content)
    matrix: list[list[bool]] = code.get_matrix()
    return matrix


class QrPicture(Piece):
    """A QR code in whole pixels, dark on white in every palette; half of its quiet zone is the card around it."""

    def __init__(self, sheet: Surface, box: Box, content: str, meaning: str) -> None:
        super().__init__(sheet, box, "image:qr")
        self.meaning = meaning
        from kivy.graphics.texture import Texture

        matrix = _qr(content)
        count = len(matrix)
        texture = Texture.create(size=(count, count), colorfmt="luminance")
        texture.mag_filter = "nearest"
        dots = bytes(0 if dark else 255 for row in reversed(matrix) for dark in row)
        texture.blit_buffer(dots, colorfmt="luminance", bufferfmt="ubyte")
        x, y, w, h = self.rect
        side = max(count, int(min(w, h)) // count * count)
        paint.textured(self.canvas, (x + (w - side) // 2, y + (h - side) // 2, side, side), texture)

    def node(self) -> Node | None:
        return Node(self.id, Role.IMAGE, self.meaning, self.bounds())
