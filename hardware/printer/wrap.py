"""Breaking a paragraph into lines, in any script: after spaces and hyphens, between ideographs."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

Measure = Callable[[str], float]

_AFTER = " -\u2010\u2013\u2014"
# What never begins a line in Chinese or Japanese, and what never ends one.
_NOT_FIRST = "、。，．：；！？）」』】〕》〉’”…ー々ゝゞぁぃぅぇぉっゃゅょァィゥェォッャュョ%‰℃"
_NOT_LAST = "（「『【〔《〈‘“"
# A piece of this many characters is wider than any paper; it bounds the search in an endless word.
_LONGEST_PIECE = 256


def wrap(text: str, room: float, measure: Measure) -> list[str]:
    """The lines of one paragraph, each at most `room` wide; a longer word is cut. Never empty."""
    lines: list[str] = []
    line = ""
    for word in _words(text):
        if measure((line + word).rstrip(" ")) <= room:
            line += word
            continue
        if line.strip(" "):
            lines.append(line.rstrip(" "))
        line = word.lstrip(" ") if lines else word
        while measure(line.rstrip(" ")) > room:
            head = _head(line, room, measure)
            lines.append(line[:head])
            line = line[head:]
    if line.strip(" ") or not lines:
        lines.append(line.rstrip(" "))
    return lines


def _words(text: str) -> list[str]:
    """`text` in pieces that a line may end after."""
    words: list[str] = []
    begin = 0
    for place in range(1, len(text)):
        if _may_break(text[place - 1], text[place]):
            words.append(text[begin:place])
            begin = place
    words.append(text[begin:])
    return words


def _may_break(before: str, after: str) -> bool:
    if after == " " or _joins(after) or before in _NOT_LAST or after in _NOT_FIRST:
        return False
    if before in _AFTER or before == "\u3000":
        return before == " " or not after.isdigit()
    return _ideographic(before) or _ideographic(after)


def _ideographic(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF" and not "\uac00" <= char <= "\ud7a3"


def _joins(char: str) -> bool:
    """Whether a character belongs to the one before it: accents, joiners, variation selectors."""
    return unicodedata.category(char) in ("Mn", "Me", "Mc") or char in "\u200c\u200d"


def _head(word: str, room: float, measure: Measure) -> int:
    """How many characters of a word too long for a line fit on one; at least one, accents included."""
    low, high = 1, min(len(word), _LONGEST_PIECE)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(word[:middle]) <= room:
            low = middle
        else:
            high = middle - 1
    cut = low
    while cut > 1 and cut < len(word) and _joins(word[cut]):
        cut -= 1
    if cut == 1:
        while cut < len(word) and _joins(word[cut]) and cut < low:
            cut += 1
    return cut
