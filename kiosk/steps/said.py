"""What a check of `hardware/` asks of a person, in their language. There it is English; a sentence that is made of
parts, or chosen from several, is not found by its call and so stands here (a test holds them together)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kiosk.language import T, Text

Patterns = list[tuple[re.Pattern[str], str]]
"""What finds a sentence in words that it was put together from, and its key."""

SENTENCES: tuple[Text, ...] = (
    T("Lay a card on the card reader; best a staff card."),
    T("Lay a card flat on the card reader."),
    T("Lay a sample document on the document reader, or swipe it."),
    T("It could not be read. Please once more, flat and to the stop."),
    T("Lay a blank key card on the encoder. What is written on it opens nothing."),
    T("The card was lifted. Lay it back and leave it there."),
    T("Two cards lie there. Lay down one only."),
    T("This is no key card. Lay down a blank key card."),
    T("This card is in use, and was left as it was. Lay down a blank key card."),
    T("Is the card off the encoder, and a blank one at hand?"),
    T("Two cards lie there. Are both off the encoder, and one blank card at hand?"),
    T("This is no key card. Is it off the encoder, and a blank key card at hand?"),
    T("This card is in use, and was left as it was. Is it off the encoder, and a blank one at hand?"),
    T("Is every line of the page complete, with no white line down through it?"),
    T("Is the ruler {long} mm long?"),
    T("Is the page cut off, so that it can be taken?"),
    T("Hold code {number} of {of} to the scanner; any will do."),
    T("Was the grey even, without the shadow of another picture?"),
    T("Was the whole screen red, without spots and dead dots?"),
    T("Was the whole screen green, without spots and dead dots?"),
    T("Was the whole screen blue, without spots and dead dots?"),
    T("Was the whole screen white, without spots and dead dots?"),
    T("Was the whole screen black, without spots and dead dots?"),
    T("No sound card is found. Has this terminal a loudspeaker?"),
    T("No sound card is found. Has this terminal a socket for a headset?"),
    T("Plug a headset in."),
    T("Pull the headset out."),
)


def said(words: str) -> Text:
    """The sentence that these words are, with its parts; words that are none of them are looked up as they stand."""
    return put_together(words, _PATTERNS)


def put_together(words: str, patterns: Patterns, part: Callable[[str], Text | str] = str) -> Text:
    """The sentence of `patterns` that these words are, each part as `part` says it; else looked up as they stand."""
    for pattern, key in patterns:
        if found := pattern.fullmatch(words):
            return Text(key, tuple((name, part(each)) for name, each in found.groupdict().items()))
    return Text(words)


def patterns_of(sentences: Iterable[Text]) -> Patterns:
    """Those of the sentences that have parts."""
    made = [text.key for text in sentences if "{" in text.key]
    return [(re.compile(re.sub(r"\\{(\w+)\\}", r"(?P<\1>.+?)", re.escape(key))), key) for key in made]


_PATTERNS = patterns_of(SENTENCES)
