"""A face for the virtual passport, drawn by the program: nobody's."""

from __future__ import annotations

import colorsys
import io
from hashlib import sha256

from PIL import Image, ImageDraw, ImageFilter

from hardware.passport.picture import PictureFormat

SIZE = (413, 531)  # 35 × 45 mm at 300 dots per inch (9303-3 §3.9)
BYTES = 20_000  # what a portrait has at most (9303-10 §4.7.2 recommends 12 to 20 kB)
_TIMES = 2  # drawn larger, then made smaller: smooth edges


def draw(seed: str, size: tuple[int, int] = SIZE) -> Image.Image:
    """The same face for the same seed."""
    tone, hair, cloth, backdrop = (byte / 255 for byte in sha256(seed.encode()).digest()[:4])
    picture = Image.new("RGB", (SIZE[0] * _TIMES, SIZE[1] * _TIMES), _colour(backdrop, 0.08, 0.93))
    brush = ImageDraw.Draw(picture)
    skin, dark = _colour(0.06, 0.35 + tone * 0.2, 0.95 - tone * 0.45), _colour(0.07, 0.6, 0.12 + hair * 0.4)
    shapes: tuple[tuple[str, tuple[int, int, int, int], tuple[int, int, int]], ...] = (
        ("ellipse", (110, 120, 716, 860), dark),  # hair
        ("ellipse", (40, 800, 786, 1400), _colour(cloth, 0.6, 0.5)),  # shoulders
        ("rectangle", (330, 690, 496, 880), skin),  # neck
        ("ellipse", (190, 190, 636, 800), skin),  # face
        ("ellipse", (265, 430, 365, 490), (250, 250, 250)),
        ("ellipse", (461, 430, 561, 490), (250, 250, 250)),
        ("ellipse", (292, 434, 338, 486), dark),
        ("ellipse", (488, 434, 534, 486), dark),
        ("rectangle", (255, 385, 375, 400), dark),  # brows
        ("rectangle", (451, 385, 571, 400), dark),
    )
    for shape, box, colour in shapes:
        getattr(brush, shape)(box, fill=colour)
    brush.line([(413, 470), (390, 580), (425, 590)], fill=_colour(0.05, 0.5, 0.6), width=8)
    brush.arc((320, 600, 506, 690), 20, 160, fill=_colour(0.98, 0.6, 0.6), width=14)
    return picture.filter(ImageFilter.SMOOTH_MORE).resize(size, Image.Resampling.LANCZOS)


def encode(picture: Image.Image, kind: PictureFormat, most: int = BYTES) -> bytes:
    """As large as `most` allows, and no smaller than it must be."""
    if kind is PictureFormat.JPEG_2000:
        raw = picture.width * picture.height * 3
        return _saved(picture, "JPEG2000", quality_layers=[max(1.0, raw / (most * 0.97))], irreversible=True)
    best = b""
    for quality in (30, 50, 70, 80, 88, 92, 95, 97, 98, 99):
        found = _saved(picture, "JPEG", quality=quality)
        if best and len(found) > most:
            break
        best = found
    return best


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    with io.BytesIO() as file:
        picture.save(file, kind, **options)
        return file.getvalue()


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
