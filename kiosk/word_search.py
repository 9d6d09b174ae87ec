"""Which of many texts has words that begin as typed: by any case, accent and script.

"mul", "mül" and "MUEL" find Müller, "olek" finds Олександр, "12" finds room 1203. All words typed
must be found, in any order, each in a word of its own or not. Letters are compared in the forms of
`kiosk/transliteration.py`; digits and what has no other form stand for themselves.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from kiosk.transliteration import Lattice, forms, normal, spells

_WITHIN = "'’‘ʼʻ`´ʾʿ′"
"""Marks inside a word that nobody types: O'Brien is found by "obr" and by "bri"."""


def _forms(letter: str) -> tuple[str, ...]:
    """With the zone's forms of Arabic letters also without the X that marks what Latin lacks: nobody types it."""
    found = forms(letter) or ((letter,) if letter.isdigit() else ("",))
    plain = (form.lstrip("X") for form in found if len(form) > 1 and form.startswith("X"))
    return tuple(dict.fromkeys((*found, *plain)))


def _lattice(word: str) -> Lattice:
    return tuple(_forms(letter) for letter in word)


def _words(text: str) -> list[str]:
    letters = (letter if unicodedata.category(letter)[0] in "LMN" else " " for letter in normal(text))
    return "".join(letters).split()


def _both_ways(text: str) -> list[str]:
    """The words with their apostrophes left out, and parted there."""
    joined = text.translate({ord(mark): None for mark in _WITHIN})
    return list(dict.fromkeys((*_words(joined), *_words(text))))


class WordSearch:
    """Texts, read once; holds names, so it lives no longer than the screen that shows them."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._words = [tuple(_lattice(word) for word in _both_ways(text)) for text in texts]
        self._last: tuple[str, tuple[int, ...]] = ("", tuple(range(len(texts))))

    def find(self, typed: str) -> tuple[int, ...]:
        """The numbers of the texts that fit, in their order. Typing on looks only at what fitted before."""
        before, found = self._last
        among = found if typed.startswith(before) else range(len(self._words))
        wanted = [_lattice(word) for word in _words(typed)]
        hits = tuple(number for number in among if self._fits(number, wanted))
        self._last = (typed, hits)
        return hits

    def _fits(self, number: int, wanted: Sequence[Lattice]) -> bool:
        return all(any(spells(one, word, begins=True) for word in self._words[number]) for one in wanted)
