"""What may be looked up at all, and whether what came back is what was asked for.

A gateway may read `%`, `*` or `_` as wildcards and match beginnings of names; a person at a
kiosk may not. So odd words are never sent, and answers are compared again here.
"""

from __future__ import annotations

import re
import unicodedata

MOST_LETTERS = 80  # the length of a family name in the reservation search
CUT = 40  # profiles keep this many letters of a name

_NUMBER = re.compile(r"[0-9A-Za-z](?:[0-9A-Za-z-]{0,38}[0-9A-Za-z])")
_JOINERS = "-‐‑'’.·"  # noqa: RUF001
_LETTERS = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"}  # noqa: RUF001
)


def is_number(number: str) -> bool:
    """Whether these could be the characters of a confirmation number: 2–40 of A–Z, 0–9 and -."""
    return _NUMBER.fullmatch(number) is not None


def is_name(name: str) -> bool:
    """Whether this could be a family name: letters of any script, with spaces, hyphens, apostrophes.

    One letter is none, except where a single sign is a word (Chinese, Korean).
    """
    if len(name) > MOST_LETTERS:
        return False
    letters = 0
    for character in name:
        kind = unicodedata.category(character)
        if kind.startswith("L"):
            letters += 2 if unicodedata.east_asian_width(character) == "W" else 1
        elif not (kind.startswith("M") or character == " " or character in _JOINERS):
            return False
    return letters >= 2


def folded(name: str) -> str:
    """A name without accents, case, spaces, hyphens and apostrophes, for comparing."""
    plain = unicodedata.normalize("NFKD", name).casefold().translate(_LETTERS)
    return "".join(c for c in plain if unicodedata.category(c).startswith("L"))


def same_name(asked: str, found: str) -> bool:
    """Whether the hotel's name is the one asked for: whole, as long as profiles keep it, or as can be asked."""
    whole = folded(found)
    if len(asked) >= MOST_LETTERS and whole.startswith(folded(asked)):
        return True
    return bool(whole) and whole in (folded(asked), folded(asked[:CUT]))
