"""Setting a line of text in any script: fonts by script, and right-to-left order.

Pillow (with raqm) shapes one run in one font and falls back to nothing, so a line is cut into
runs here: by direction (Unicode's UAX #9, as fpdf2 implements it) and by which of Debian's Noto
fonts has the characters. A character that no font has is drawn as the font's empty box.
Packages: fonts-noto-core, fonts-noto-cjk, fonts-dejavu-core, libfribidi0.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import groupby
from pathlib import Path

import uharfbuzz
from PIL import ImageDraw, ImageFont, features

NOTO = Path("/usr/share/fonts/truetype/noto")
CJK = Path("/usr/share/fonts/opentype/noto")
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
PACKAGES = {
    NOTO / "NotoSans-Regular.ttf": "fonts-noto-core",
    CJK / "NotoSansCJK-Regular.ttc": "fonts-noto-cjk",
    DEJAVU / "DejaVuSansMono.ttf": "fonts-dejavu-core",
}
# The order of the faces in Noto's CJK collections: the same ideograph is drawn as each country draws it.
JAPANESE, KOREAN, SIMPLIFIED = 0, 1, 2


class Style(Enum):
    """A weight and its file name's ending; titles are set in the serif where it has the letters."""

    REGULAR = "Regular"
    BOLD = "Bold"
    TITLE = "Title"


@dataclass(frozen=True)
class Face:
    """One font in one file."""

    path: Path
    index: int = 0


@dataclass(frozen=True)
class Run:
    """A piece of a line in one font and one direction; runs stand in the order they are drawn."""

    text: str
    face: Face
    rtl: bool


def missing_packages() -> list[str]:
    """The Debian packages without which text can't be set."""
    missing = [package for path, package in PACKAGES.items() if not path.exists()]
    # Pillow's wheel brings raqm and HarfBuzz, and takes FriBidi from the system.
    return missing if features.check("raqm") else [*missing, "libfribidi0"]


def clean(text: str) -> list[str]:
    """The lines of `text`, without what can't be seen: controls, lone surrogates, soft hyphens."""
    return ["".join(_visible(char) for char in line) for line in text.splitlines()] or [""]


def _visible(char: str) -> str:
    if char in "\u2007\u202f":
        return "\u00a0"
    if char.isspace() and char not in "\u00a0\u3000":
        return " "
    category = unicodedata.category(char)
    if category == "Cs":
        return "\ufffd"
    return "" if category == "Cc" or char in "\u00ad\ufeff" else char


def width(text: str, style: Style, em: int, rtl: bool = False) -> float:
    """Width in dots at `em` dots to the em."""
    return sum(_length(run, em) for run in runs(text, style, rtl))


def draw(on: ImageDraw.ImageDraw, xy: tuple[float, int], text: str, style: Style, em: int, rtl: bool) -> None:
    """Draw black text; `xy` is the left end of its baseline, whatever its direction."""
    x, baseline = xy
    for run in runs(text, style, rtl):
        direction = "rtl" if run.rtl else "ltr"
        font = _font(run.face, em)
        on.text((round(x), baseline), run.text, font=font, fill=0, anchor="ls", direction=direction)
        x += _length(run, em)


@lru_cache(maxsize=4096)
def _length(run: Run, em: int) -> float:
    return float(_font(run.face, em).getlength(run.text, direction="rtl" if run.rtl else "ltr"))


@lru_cache(maxsize=64)
def _font(face: Face, em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), em, index=face.index, layout_engine=ImageFont.Layout.RAQM)


@lru_cache(maxsize=2048)
def runs(text: str, style: Style, rtl: bool = False) -> tuple[Run, ...]:
    """`text`, one line of it, as runs from left to right on the paper."""
    levels = _levels(text, rtl)
    faces = _faces_of(text, style)
    marked = [
        (level, face, char) for level, face, char in zip(levels, faces, text, strict=True) if level is not None
    ]
    pieces = [
        (level, Run("".join(char for *_, char in piece), face, level % 2 == 1))
        for (level, face), piece in ((key, list(group)) for key, group in groupby(marked, lambda m: m[:2]))
        if level is not None
    ]
    return tuple(run for _, run in _in_visual_order(pieces))


def _in_visual_order(pieces: list[tuple[int, Run]]) -> list[tuple[int, Run]]:
    """UAX #9, rule L2: from the highest level to the lowest odd one, turn what is at least so high."""
    for level in range(max((level for level, _ in pieces), default=0), 0, -1):
        turned: list[tuple[int, Run]] = []
        for high, group in groupby(pieces, lambda piece, level=level: piece[0] >= level):  # type: ignore[misc]
            stretch = list(group)
            turned += reversed(stretch) if high else stretch
        pieces = turned
    return pieces


def _levels(text: str, rtl: bool) -> list[int | None]:
    """The embedding level of each character; None for one that only steers direction."""
    classes = {unicodedata.bidirectional(char) for char in text}
    if not rtl and not classes & {"R", "AL", "AN", "RLE", "RLO", "RLI"}:
        return [None if unicodedata.category(char) == "Cf" and char != "\u200d" else 0 for char in text]
    from fpdf.bidi import BidiParagraph  # 0.6 s to import: only for those who write from the right
    from fpdf.enums import TextDirection

    paragraph = BidiParagraph(text, TextDirection.RTL if rtl else TextDirection.LTR)
    levels: list[int | None] = [None] * len(text)
    for char in paragraph.get_characters_with_embedding_level():
        levels[char.character_index] = char.embedding_level
    return levels


def _faces_of(text: str, style: Style) -> list[Face]:
    """A face for each character; marks, spaces and punctuation stay in the face they follow."""
    cjk = _cjk_index(text)
    faces: list[Face] = []
    for char in text:
        if faces and unicodedata.category(char)[0] in "MPZC" and ord(char) in coverage(faces[-1]):
            faces.append(faces[-1])
        else:
            faces.append(face_for(char, style, cjk))
    return faces


def _cjk_index(text: str) -> int:
    if any("\u3040" <= char <= "\u30ff" for char in text):
        return JAPANESE
    return KOREAN if any("\uac00" <= char <= "\ud7a3" or "\u1100" <= char <= "\u11ff" for char in text) else SIMPLIFIED


@lru_cache(maxsize=4096)
def face_for(char: str, style: Style, cjk: int = SIMPLIFIED) -> Face:
    """The first face that has `char`; the first of all, with its empty box, if none has it."""
    favourites = _favourites(style, cjk)
    for face in (*favourites, *_rest(style)):
        if ord(char) in coverage(face):
            return face
    return favourites[0]


@lru_cache(maxsize=16)
def _favourites(style: Style, cjk: int) -> tuple[Face, ...]:
    weight = "Regular" if style is Style.REGULAR else "Bold"
    families = ["NotoSerif"] if style is Style.TITLE else []
    families += ["NotoSans", "NotoSansArabic", "NotoSansHebrew", "NotoSansThai", "NotoSansDevanagari"]
    faces = [Face(NOTO / f"{family}-{weight}.ttf") for family in families]
    faces.append(Face(CJK / f"NotoSansCJK-{weight}.ttc", cjk))
    return tuple(face for face in faces if face.path.exists())


@lru_cache(maxsize=4)
def _rest(style: Style) -> tuple[Face, ...]:
    weight = "Regular" if style is Style.REGULAR else "Bold"
    paths = sorted(NOTO.glob(f"NotoSans*-{weight}.ttf")) + sorted(NOTO.glob("Noto*-Regular.ttf"))
    paths.append(DEJAVU / "DejaVuSansMono.ttf")
    return tuple(Face(path) for path in paths if path.exists())


@lru_cache(maxsize=512)
def coverage(face: Face) -> frozenset[int]:
    """The characters that a face has."""
    return frozenset(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(face.path)), face.index).unicodes)
