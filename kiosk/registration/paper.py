"""Paper for signed cards: text of any script in Noto, lines, boxes and a signature, as PDF (fpdf2).

Each document embeds only the glyphs that stand in it: HarfBuzz cuts them out of Debian's Noto fonts
(2 ms a font) before fpdf2 sees them. Nothing is read from or written to disk but those fonts.
Lengths are millimetres, sizes points.
"""

from __future__ import annotations

import math
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from io import BytesIO
from itertools import groupby
from pathlib import Path
from typing import Any

import uharfbuzz
from fpdf import FPDF
from fpdf.drawing import DeviceRGB
from fpdf.fonts import HarfBuzzFont, TTFFont

NOTO = Path("/usr/share/fonts/truetype/noto")
NOTO_CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
THEME = Path(__file__).resolve().parent.parent.parent / "assets" / "theme.toml"

SANS, BOLD, SERIF = "sans", "bold", "serif"
_FACES = {SANS: "NotoSans-Regular.ttf", BOLD: "NotoSans-Bold.ttf", SERIF: "NotoSerifDisplay-Regular.ttf"}
_CJK_FACE = {"ja": 0, "ko": 1, "zh": 2, "zh_TW": 3}  # order in Debian's collection; a glyph's form differs
_SIGNS = ("NotoSansMath-Regular.ttf", "NotoSansSymbols-Regular.ttf", "NotoSansSymbols2-Regular.ttf")
"""Where ≤, ✓ and the like are, which belong to no script."""
_CJK_NAMES = {
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "KATAKANA-HIRAGANA",
    "HANGUL",
    "IDEOGRAPHIC",
    "BOPOMOFO",
    "FULLWIDTH",
}
_MM_PER_PT = 25.4 / 72
_LEADING = 1.32

Strokes = Sequence[Sequence[tuple[float, float]]]


class FontMissing(Exception):
    """A font package is not installed (fonts-noto-core, fonts-noto-cjk)."""


@lru_cache(maxsize=1)
def colours() -> dict[str, str]:
    """The product's day palette, from assets/theme.toml."""
    with THEME.open("rb") as file:
        palette = tomllib.load(file)["day"]
    return {name: str(value) for name, value in palette.items()}


@lru_cache(maxsize=32)
def _face(path: Path, number: int) -> Any:
    if not path.exists():
        raise FontMissing(f"{path.name} is missing: install fonts-noto-core and fonts-noto-cjk")
    return uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(path)), number)


@lru_cache(maxsize=32)
def _has(path: Path, number: int) -> frozenset[int]:
    return frozenset(_face(path, number).unicodes)


@dataclass(frozen=True, eq=False)
class _Shaper:
    """A font as HarfBuzz measures with it, and the letters it has."""

    font: Any
    letters: frozenset[int]


def _shaper(fonts: list[_Shaper], letter: str) -> _Shaper:
    return next((each for each in fonts if ord(letter) in each.letters), fonts[0])


class _Font(TTFFont):  # type: ignore[misc, unused-ignore]
    """fpdf2's font, of bytes in memory."""

    def __init__(self, pdf: FPDF, content: bytes, key: str) -> None:
        super().__init__(pdf, BytesIO(content), key, "")
        self.ttfont.recalcBBoxes = False  # the glyphs' own are right, and reckoning them takes 30 ms
        self._hbfont = HarfBuzzFont(uharfbuzz.Face(uharfbuzz.Blob(content)))


def _cut(path: Path, number: int, letters: set[int]) -> bytes:
    wanted = uharfbuzz.SubsetInput()
    wanted.unicode_set.update(letters)
    return bytes(uharfbuzz.subset(_face(path, number), wanted).blob.data)


def _script_font(letter: str, language: str) -> tuple[Path, int] | None:
    """The Noto font for a letter or sign that the Latin, Greek and Cyrillic one lacks."""
    script = unicodedata.name(letter, "").split(" ")[0]
    if script in _CJK_NAMES:
        return NOTO_CJK, _CJK_FACE.get(language, 2)
    path = NOTO / f"NotoSans{script.title()}-Regular.ttf"
    if script and path.exists():
        return path, 0
    signs = (NOTO / name for name in _SIGNS if (NOTO / name).exists())
    return next(((path, 0) for path in signs if ord(letter) in _has(path, 0)), None)


class Paper:
    """One document. `words` is every text that will stand in it; others can't be drawn."""

    width, height, margin = 210.0, 297.0, 18.0  # A4

    def __init__(self, words: str, language: str, made: datetime, *, rtl: bool = False) -> None:
        self.rtl = rtl
        self.y = self.margin
        self.pdf = FPDF(format="A4")
        self.pdf.set_auto_page_break(False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.pdf.set_creation_date(made)
        self.pdf.set_producer("kiosk")
        self.pdf.set_lang(language.replace("_", "-"))
        self._shapers: dict[str, _Shaper] = {}
        self._fallbacks: list[str] = []
        self._units: dict[tuple[str, str], float] = {}  # widths of words, in ems
        self._add_fonts(set(words) | set(" -…"), language)
        self.pdf.set_text_shaping(True)
        self.pdf.add_page()

    @property
    def inner(self) -> float:
        return self.width - 2 * self.margin

    def content(self) -> bytes:
        """The finished document."""
        return bytes(self.pdf.output())

    def _add_fonts(self, letters: set[str], language: str) -> None:
        others: dict[tuple[Path, int], set[int]] = {}
        for letter in letters:
            if ord(letter) not in _has(NOTO / _FACES[SANS], 0) and (found := _script_font(letter, language)):
                others.setdefault(found, set()).add(ord(letter))
        codes = {ord(letter) for letter in letters}
        for key, name in _FACES.items():
            self._add_font(key, _cut(NOTO / name, 0, codes))
        # Spaces and marks that a script shares with Latin come along with it, so that it shapes whole.
        for (path, number), wanted in sorted(others.items()):
            self._fallbacks.append(f"script{len(self._fallbacks)}")
            self._add_font(self._fallbacks[-1], _cut(path, number, wanted | (codes & _has(path, number))))
        self.pdf.set_fallback_fonts(self._fallbacks, exact_match=False)

    def _add_font(self, key: str, content: bytes) -> None:
        self.pdf.fonts[key] = font = _Font(self.pdf, content, key)
        face = uharfbuzz.Face(uharfbuzz.Blob(content))
        self._shapers[key] = _Shaper(uharfbuzz.Font(face), frozenset(face.unicodes))
        if font.is_cff and font.is_cid_keyed:
            self.pdf.pdf_version = max(self.pdf.pdf_version, "1.6")

    # text

    def lines(self, text: str, font: str, size: float, width: float) -> list[str]:
        """The text in lines of at most `width`; a word that is too long is broken."""
        space = self._wide(" ", font, size)
        lines: list[str] = []
        line, used = "", 0.0
        for word in text.split():
            wide = self._wide(word, font, size)
            if wide > width:
                *whole, word = self._broken(word, font, size, width)
                lines += [line] if line else []
                lines += whole
                line, used = word, self._wide(word, font, size)
            elif line and used + space + wide > width:
                lines.append(line)
                line, used = word, wide
            else:
                line, used = (f"{line} {word}", used + space + wide) if line else (word, wide)
        return [*lines, line]

    def _broken(self, word: str, font: str, size: float, width: float) -> list[str]:
        parts, part, used = [], "", 0.0
        for letter in word:
            wide = self._wide(letter, font, size)
            if part and used + wide > width:
                parts.append(part)
                part, used = "", 0.0
            part, used = part + letter, used + wide
        return [*parts, part]

    def _wide(self, word: str, font: str, size: float) -> float:
        """How wide a word is. Asked of HarfBuzz itself: fpdf2's own way is twenty times slower."""
        units = self._units.get((word, font))
        if units is None:
            fonts = [self._shapers[font], *(self._shapers[key] for key in self._fallbacks)]
            units = 0.0
            for shaper, letters in groupby(word, lambda letter: _shaper(fonts, letter)):
                buffer = uharfbuzz.Buffer()
                buffer.add_str("".join(letters))
                buffer.guess_segment_properties()
                uharfbuzz.shape(shaper.font, buffer)
                units += sum(place.x_advance for place in buffer.glyph_positions) / shaper.font.face.upem
            self._units[word, font] = units
        return units * size * _MM_PER_PT

    def line_height(self, size: float) -> float:
        return size * _MM_PER_PT * _LEADING

    def text(
        self,
        x: float,
        y: float,
        width: float,
        lines: Sequence[str],
        font: str,
        size: float,
        colour: str,
        *,
        end: bool = False,
    ) -> float:
        """Draw lines from the reading side (or the other with `end`); returns the y below them."""
        self.pdf.set_font(font, size=size)
        self.pdf.set_text_color(colours()[colour])
        height = self.line_height(size)
        for line in lines:
            self.pdf.set_xy(self._x(x, width), y)
            self.pdf.cell(width, height, line, align="R" if self.rtl != end else "L")
            y += height
        return y

    # shapes

    def _x(self, x: float, width: float) -> float:
        return self.width - x - width if self.rtl else x

    def rule(self, x: float, y: float, width: float, colour: str, thick: float = 0.25) -> None:
        self.pdf.set_draw_color(colours()[colour])
        self.pdf.set_line_width(thick)
        self.pdf.line(self._x(x, width), y, self._x(x, width) + width, y)

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self.pdf.set_fill_color(colours()[colour])
        self.pdf.rect(self._x(x, width), y, width, height, style="F")

    def box(self, x: float, y: float, width: float, height: float, *, dashed: bool = False) -> None:
        self.pdf.set_draw_color(colours()["line"])
        self.pdf.set_line_width(0.35)
        if dashed:
            self.pdf.set_dash_pattern(dash=1.2, gap=1.2)
        self.pdf.rect(self._x(x, width), y, width, height, round_corners=True, corner_radius=3)
        self.pdf.set_dash_pattern()

    def strokes(
        self, x: float, y: float, width: float, height: float, strokes: Strokes, aspect: float
    ) -> None:
        """A signature, as vectors: points are fractions of the pad's width, `aspect` its width by height."""
        if not strokes or not math.isfinite(aspect) or aspect <= 0:
            return
        scale = min(width, height * aspect)
        left = self._x(x, width) + (width - scale) / 2
        top = y + (height - scale / aspect) / 2
        inside = [
            [
                (left + px * scale, top + py * scale)
                for px, py in stroke
                if 0 <= px <= 1 and 0 <= py * aspect <= 1
            ]
            for stroke in strokes
        ]
        red, green, blue = (int(colours()["accent"][at : at + 2], 16) / 255 for at in (1, 3, 5))
        with self.pdf.new_path() as path:
            path.style.stroke_color = DeviceRGB(red, green, blue)
            path.style.fill_color = None
            path.style.auto_close = False
            path.style.stroke_width = 0.55
            path.style.stroke_cap_style = "round"
            path.style.stroke_join_style = "round"
            for points in inside:
                _draw(path, points)

    def new_page(self) -> None:
        self.pdf.add_page()
        self.y = self.margin

    def turn_to(self, page: int) -> None:
        """Draw on a page that is done already."""
        self.pdf.page = page
        # fpdf2 writes only what differs from the last page's state, so each is made to differ.
        self.pdf.set_font(BOLD, size=1)
        self.pdf.set_draw_color(1, 2, 3)
        self.pdf.set_line_width(9)


def _draw(path: Any, points: list[tuple[float, float]]) -> None:
    """Through the middles of what was touched, bent by the points between them."""
    if not points:
        return
    path.move_to(*points[0])
    for (ax, ay), (bx, by) in zip(points[1:], points[2:], strict=False):
        path.quadratic_curve_to(ax, ay, (ax + bx) / 2, (ay + by) / 2)
    path.line_to(*points[-1])
