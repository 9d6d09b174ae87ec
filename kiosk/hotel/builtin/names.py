"""Family names as keys: without accents, case, spaces, hyphens and apostrophes, in any script."""

from __future__ import annotations

import unicodedata

WIRE_LETTERS = 40
"""The specification gives a family or given name 40 characters (`personNameType`)."""

MOST_LETTERS = 400

_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i"})
_BETWEEN = frozenset(" -'’.‐‑")


def name_key(name: str) -> str:
    """What two spellings of one name share: `Þórðar-Dóttir` → `thordardottir`, `李` → `李`."""
    loose = unicodedata.normalize("NFKD", name.casefold())
    letters = (c for c in loose if unicodedata.category(c) in ("Ll", "Lu", "Lt", "Lo", "Lm", "Mc"))
    return "".join(letters).translate(_PLAIN)


def search_key(typed: str) -> str | None:
    """The key of a typed name; None for what is no name: wildcards, digits, signs, blanks, one letter.

    A single ideograph is a whole family name, a single letter is not.
    """
    if not typed.strip() or len(typed) > MOST_LETTERS:
        return None
    if any(unicodedata.category(c)[0] not in "LM" and c not in _BETWEEN for c in typed):
        return None
    key = name_key(typed)
    whole = len(key) >= 2 or (len(key) == 1 and unicodedata.name(key, "").startswith("CJK UNIFIED"))
    return key if whole else None
