"""Which Noto font draws which script, found in Debian's font directories.

Neither of Kivy's text providers looks for another font when one lacks a glyph, so a text is cut
into runs of one script each, and each run gets the font of its script. Scripts whose letters
join or reorder (Arabic, Hebrew, Devanagari, Thai …) are marked `shaped`: HarfBuzz must draw them.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

DIRECTORIES = (
    Path("/usr/share/fonts/truetype/noto"),
    Path("/usr/share/fonts/opentype/noto"),
    Path("/usr/local/share/fonts"),
)


@dataclass(frozen=True)
class Script:
    """A writing system: its Noto families (question, body), and what it needs to be drawn."""

    name: str
    serif: str
    sans: str
    shaped: bool = False
    rtl: bool = False
    spaceless: bool = False  # a line may break between any two letters


LATIN = Script("latin", "NotoSerifDisplay", "NotoSans")
HAN = Script("han", "NotoSerifCJK", "NotoSansCJK", spaceless=True)
SYMBOLS = Script("symbols", "NotoSansSymbols2", "NotoSansSymbols2")
HEBREW = Script("hebrew", "NotoSerifHebrew", "NotoSansHebrew", shaped=True, rtl=True)
ARABIC = Script("arabic", "NotoNaskhArabic", "NotoSansArabic", shaped=True, rtl=True)


def _shaped(name: str, *, serif: bool = True, spaceless: bool = False) -> Script:
    family = name.capitalize()
    return Script(
        name, f"Noto{'Serif' if serif else 'Sans'}{family}", f"NotoSans{family}", True, False, spaceless
    )


# First code point of each block and its script (Unicode 15, Blocks.txt); None: whatever stands beside it.
_BLOCKS: tuple[tuple[int, Script | None], ...] = (
    (0x0000, None),
    (0x0041, LATIN),
    (0x02B0, None),
    (0x0370, LATIN),  # Greek and Cyrillic are in the Latin fonts
    (0x0530, Script("armenian", "NotoSerifArmenian", "NotoSansArmenian")),
    (0x0590, HEBREW),
    (0x0600, ARABIC),
    (0x0700, None),
    (0x0750, ARABIC),
    (0x0780, None),
    (0x0900, _shaped("devanagari")),
    (0x0980, _shaped("bengali")),
    (0x0A00, _shaped("gurmukhi")),
    (0x0A80, _shaped("gujarati")),
    (0x0B00, None),
    (0x0B80, _shaped("tamil")),
    (0x0C00, _shaped("telugu")),
    (0x0C80, _shaped("kannada")),
    (0x0D00, _shaped("malayalam")),
    (0x0D80, _shaped("sinhala")),
    (0x0E00, _shaped("thai", spaceless=True)),
    (0x0E80, _shaped("lao", spaceless=True)),
    (0x0F00, None),
    (0x1000, _shaped("myanmar", spaceless=True)),
    (0x10A0, Script("georgian", "NotoSerifGeorgian", "NotoSansGeorgian")),
    (0x1100, HAN),
    (0x1200, _shaped("ethiopic")),
    (0x13A0, None),
    (0x1780, _shaped("khmer", spaceless=True)),
    (0x1800, None),
    (0x1C80, LATIN),
    (0x1CD0, None),
    (0x1E00, LATIN),
    (0x2000, None),
    (0x2190, SYMBOLS),
    (0x2C60, LATIN),
    (0x2C80, None),
    (0x2DE0, LATIN),
    (0x2E00, None),
    (0x2E80, HAN),
    (0xA640, LATIN),
    (0xA6A0, None),
    (0xA720, LATIN),
    (0xA800, None),
    (0xAC00, HAN),
    (0xD800, None),
    (0xF900, HAN),
    (0xFB00, LATIN),
    (0xFB1D, HEBREW),
    (0xFB50, ARABIC),
    (0xFE00, None),
    (0xFE70, ARABIC),
    (0xFF00, HAN),
    (0xFFF0, None),
    (0x20000, HAN),
    (0x32000, None),
)
AFTER_LATIN = "\u0530"
"""Every character before it is Latin, Greek, Cyrillic or neutral."""
_STARTS = [start for start, _ in _BLOCKS]


def script_of(letter: str) -> Script | None:
    """The script of one character; None for digits, spaces, signs and marks."""
    script = _BLOCKS[bisect_right(_STARTS, ord(letter)) - 1][1]
    if script is None or script is SYMBOLS or script.shaped:
        return script
    return script if unicodedata.category(letter)[0] in "LM" or script is HAN else None


@dataclass(frozen=True)
class Run:
    """Letters of one script, in the order in which they are read. `rtl`: it stands among right-to-left ones."""

    text: str
    script: Script
    rtl: bool = False


def runs(text: str) -> tuple[Run, ...]:
    """Cut by script. Neutral characters (digits, spaces, signs) stay with the letters before them,
    at the start with those after; between right-to-left letters they are runs of their own, because
    the fonts of those scripts lack some of them."""
    text = unicodedata.normalize("NFC", text)
    if text and max(text) < AFTER_LATIN:  # by far the most: asked for each word of each line
        return (Run(text, LATIN),)
    cut: list[Run] = []
    neutral = ""
    for letter in text:
        script = script_of(letter)
        if script is None:
            neutral += letter
            continue
        if cut and cut[-1].script is script and (not script.shaped or not neutral.strip()):
            cut[-1] = Run(cut[-1].text + neutral + letter, script, script.rtl)
        else:
            first = _neutral(cut, neutral, script)
            cut.append(Run(first + letter, script, script.rtl))
        neutral = ""
    if neutral:
        first = _neutral(cut, neutral, LATIN)
        if first:
            cut.append(Run(first, LATIN))
    return tuple(cut)


def _neutral(cut: list[Run], neutral: str, after: Script) -> str:
    """Puts neutral characters where they belong; returns what goes to the letters after them."""
    if not neutral:
        return ""
    before = cut[-1] if cut else None
    if before is not None and not before.script.shaped and before.script is not SYMBOLS:
        cut[-1] = Run(before.text + neutral, before.script, before.rtl)
        return ""
    if before is not None and before.rtl and after.rtl:
        cut.extend(Run(part, LATIN, True) for part in re.findall(r"\d[\d.,:/-]*\d|.", neutral))
        return ""
    if before is None and not after.shaped and after is not SYMBOLS:
        return neutral
    cut.append(Run(neutral, LATIN))
    return ""


@lru_cache(maxsize=256)
def path(script: Script, family: str, bold: bool) -> str:
    """The font file. Falls back from bold to regular, from serif to sans, from the script to Latin."""
    wanted = script.serif if family == "question" else script.sans
    weights = ("Bold", "Regular") if bold else ("Regular",)
    for name, weight in ((name, weight) for name in (wanted, script.sans, LATIN.sans) for weight in weights):
        for directory in DIRECTORIES:
            for ending in ("ttf", "ttc", "otf"):
                found = directory / f"{name}-{weight}.{ending}"
                if found.exists():
                    return str(found)
    raise FileNotFoundError(f"no font {wanted}: apt-get install fonts-noto-core fonts-noto-cjk")


assert all(one < other for one, other in pairwise(_STARTS))  # noqa: S101 - the table is sorted
