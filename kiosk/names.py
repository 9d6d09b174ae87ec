"""Whether the name in a travel document is the name on a booking.

    SAME        enough to open a room: the family name fits whole by an accepted form, and at
                least one given name fits whole, with none that speaks against it
    LIKELY      never opens a room: worth a second chance (another document, the desk)
    DIFFERENT   somebody else, as far as names can tell

Accepted forms, all exact: letters as ICAO Doc 9303-3 §6 writes them in the zone, or in a way in
use (`kiosk/transliteration.py`); the words of a name joined, hyphenated or apart; titles and
particles left out; one of several family names where the document has more than the booking;
given names missing on either side; family and given name the other way round, or all in one
field; where the zone had no room (`name_truncated`), the beginning of a name. Never by how
alike two names look: KOVAC is not Kovács, and neither nickname nor initial is a given name.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from hardware.document_reader.contract import TravelDocument
from kiosk.hotel.model import Guest
from kiosk.transliteration import Lattice, lattice, normal, spells


class Level(StrEnum):
    """How well two names fit. Only SAME may open a room."""

    SAME = "same"
    LIKELY = "likely"
    DIFFERENT = "different"


class Why(StrEnum):
    """What kept a Match from being SAME; for the next screen and for staff."""

    FITS = "fits"
    GIVEN = "given"  # the family name fits; the given name is missing, short, or another
    FAMILY = "family"  # the given name fits; the family name does so in part only
    GENERATION = "generation"  # 'Jr' on one side, 'Sr' on the other
    SCRIPT = "script"  # the booking is in letters that no zone can show: ask a person
    OTHER = "other"


@dataclass(frozen=True)
class Match:
    level: Level
    why: Why

    @property
    def opens(self) -> bool:
        """Whether this is enough to give this person the booking's room."""
        return self.level is Level.SAME


_SAME = Match(Level.SAME, Why.FITS)
_DIFFERENT = Match(Level.DIFFERENT, Why.OTHER)
_RANK = {Level.SAME: 2, Level.LIKELY: 1, Level.DIFFERENT: 0}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_TITLES = _set("MR MRS MS MISS MX DR DRS PROF SIR HERR FRAU ING MAG DIPL PHD OZV MME MLLE SRA")
_GENERATIONS = {"JR": "2", "IFJ": "2", "SR": "1", "IDB": "1", "II": "2", "III": "3", "IV": "4"}
_PARTICLES = _set(
    "VON VOM VAN DE DER DEN DEL DELLA DELLO DI DA DAS DO DOS DU LA LE LO LOS LAS ZU ZUM ZUR AF AV AT TE TEN"
    " TER T S D L Y E I AL EL BIN IBN BINT BEN OULD"
)
_GIVEN_PARTICLES = _set("AL EL BIN IBN BINT")  # elsewhere a short word is a name or an initial
_NO_NAME = _set("FNU LNU XXX NMN UNKNOWN TBA")  # what clerks type for "has none"
_MOST_WORDS = 20  # no zone has room for more (39 letters); the rest of such a booking counts as one word
_APOSTROPHES = "'’‘ʼʻ`´ʾʿ′"


@dataclass(frozen=True)
class _Word:
    text: str  # normal() letters only

    @cached_property
    def forms(self) -> Lattice:
        return lattice(self.text)


_Words = tuple[_Word, ...]


def _words(text: str) -> _Words:
    """The words of a name: hyphens, dots and commas part them, apostrophes and marks do not."""
    letters = []
    for letter in normal(text):
        kind = unicodedata.category(letter)[0]
        if kind in "LM":
            letters.append(letter)
        elif letter not in _APOSTROPHES:
            letters.append(" ")
    words = [word for word in "".join(letters).split() if any(lattice(word))]
    if len(words) > _MOST_WORDS:
        words[_MOST_WORDS:] = ["".join(words[_MOST_WORDS:])]
    return tuple(_Word(word) for word in words)


@dataclass(frozen=True)
class _Name:
    family: _Words
    given: _Words
    generation: str = ""

    @property
    def all(self) -> _Words:
        return self.family + self.given


def _name(family: str, given: str) -> _Name:
    generation = ""
    fields = []
    for text in (family, given):
        words = _words(text)
        named = [word for word in words if word.text in _GENERATIONS]
        if named and len(named) < len(words):
            generation = _GENERATIONS[named[0].text]
            words = tuple(word for word in words if word not in named)
        words = tuple(word for word in words if word.text not in _NO_NAME)
        fields.append(_without(words, _TITLES))
    return _Name(fields[0], fields[1], generation)


def _without(words: _Words, dropped: frozenset[str]) -> _Words:
    """The words without these, unless nothing would remain."""
    return tuple(word for word in words if word.text not in dropped) or words


def _joined(words: Iterable[_Word]) -> Lattice:
    return tuple(letter for word in words for letter in word.forms)


def _same(one: Sequence[_Word], other: Sequence[_Word]) -> bool:
    return bool(one and other) and spells(_joined(one), _joined(other))


def same_word(one: str, other: str) -> bool:
    """Whether two spellings can be the same name, in any accepted form. Symmetric."""
    return _same(_words(one), _words(other))


def is_no_name(word: str) -> bool:
    """Whether a word of a name says nothing of whose it is: a title, a particle, a generation."""
    text = normal(word)
    return text in _TITLES or text in _PARTICLES or text in _GENERATIONS or text in _NO_NAME


def may_be_a_name(word: str) -> bool:
    """Whether a particle is the whole name of some: Le, Do, Van, Al."""
    return normal(word) in _PARTICLES


def compare(document: TravelDocument, guest: Guest) -> Match:
    """The name in the document against the booking's, in either script. Never raises."""
    shown = _name(document.surname, document.given_names)
    best = _DIFFERENT
    for booked in _bookings(guest):
        for read in _readings(booked):
            match = _compare(shown, read, document.name_truncated)
            if match.opens:
                return match
            best = max(best, match, key=lambda found: _RANK[found.level])
    if best is _DIFFERENT and not any(_readable(booked) for booked in _bookings(guest)):
        return Match(Level.DIFFERENT, Why.SCRIPT)
    return best


def fits(document: TravelDocument, guest: Guest) -> bool:
    """The name opens, and the document says the birth date that the hotel knows: one that says none proves less."""
    return guest.born in (None, document.born) and compare(document, guest).opens


def spelled(document: TravelDocument, guest: Guest) -> tuple[str, str]:
    """(family, given) of the document, as people write them: the zone has neither accents nor case.

    A word that the booking has letter for letter is spelled as there ('KOVACS': 'Kovács'); any other
    only gets its capital. Nothing is added and nothing left out.
    """
    booked = f"{guest.given_name} {guest.middle_name}"
    return _spelled(document.surname, guest.family_name), _spelled(document.given_names, booked)


def _spelled(shown: str, booked: str) -> str:
    if booked.strip() and same_word(shown, booked):
        return " ".join(booked.split())
    likes = booked.split()
    words = []
    for word in shown.split():
        like = next((like for like in likes if same_word(word, like)), "")
        words.append(like or (word.capitalize() if word.isupper() else word))
    return " ".join(words)


def _bookings(guest: Guest) -> Iterator[_Name]:
    yield _name(guest.family_name, f"{guest.given_name} {guest.middle_name}")
    if any(guest.name_other):
        yield _name(guest.name_other[1], guest.name_other[0])


def _readable(name: _Name) -> bool:
    return any("A" <= form[:1] <= "Z" for letter in _joined(name.all) for form in letter)


def _readings(booked: _Name) -> Iterator[_Name]:
    """Which word of a booking is what: as it says, the other way round, all in one field."""
    yield booked
    if booked.family and booked.given:
        yield _Name(booked.given, booked.family, booked.generation)
        return
    words = booked.all
    for cut in range(1, min(len(words), 12)):
        yield _Name(words[:cut], words[cut:], booked.generation)
        yield _Name(words[cut:], words[:cut], booked.generation)


def _compare(shown: _Name, booked: _Name, cut: bool) -> Match:
    if shown.generation and booked.generation and shown.generation != booked.generation:
        found = _compare(_Name(shown.family, shown.given), _Name(booked.family, booked.given), cut)
        return Match(Level.LIKELY, Why.GENERATION) if found.opens else found
    if _one_name(shown, booked) or _word_for_word(shown.all, booked.all):
        return _SAME
    family = _family(shown.family, booked.family, cut)
    given = _given(shown.given, booked.given, cut)
    if family and given:
        return _SAME
    if family:
        return Match(Level.LIKELY, Why.GIVEN)
    if given and _family_in_part(shown.family, booked.family):
        return Match(Level.LIKELY, Why.FAMILY)
    return _DIFFERENT


def _one_name(shown: _Name, booked: _Name) -> bool:
    """People with a single name: the zone holds it alone; a booking has it once, or in both fields."""
    if shown.family and shown.given:
        return False
    fields = [words for words in (booked.family, booked.given) if words]
    return bool(fields) and all(_same(shown.all, words) for words in fields)


def _word_for_word(shown: _Words, booked: _Words) -> bool:
    """The whole name, every word of it, in whatever order and fields; two real words at least."""
    if len(shown) != len(booked) or sum(_real((word,)) for word in shown) < 2:
        return False
    return _all_in(shown, booked)


def _all_in(fewer: _Words, more: _Words) -> bool:
    """Whether each of these words has a word of its own among the others."""
    left = list(more)
    for word in fewer:
        found = next((other for other in left if spells(word.forms, other.forms)), None)
        if found is None:
            return False
        left.remove(found)
    return True


def _family(shown: _Words, booked: _Words, cut: bool) -> bool:
    if not shown or not booked:
        return False
    core, want = _without(shown, _PARTICLES), _without(booked, _PARTICLES)
    if _same(shown, booked) or _same(core, want):
        return True
    # Two family names, one booked: García for GARCIA LOPEZ, Nagy for KOVACS NAGY.
    ends = [core[:at] for at in range(1, len(core))] + [core[at:] for at in range(1, len(core))]
    if any(_same(end, want) for end in ends):
        return True
    return cut and (_begins(shown, booked) or _begins(core, want))


def _given(shown: _Words, booked: _Words, cut: bool) -> bool:
    shown, booked = _without(shown, _GIVEN_PARTICLES), _without(booked, _GIVEN_PARTICLES)
    if not shown or not booked:
        return False
    if any(_agree(one, other) for one, other in ((shown, booked), (booked, shown))):
        return True
    return cut and _begins(shown, booked)


def _agree(fewer: _Words, more: _Words) -> bool:
    """These given names are among those; written together or apart (XIAOMING, Xiao Ming)."""
    if len(fewer) <= len(more) and _proven(fewer, more):
        return True
    return any(_real(fewer) and _same(fewer, more[:at]) for at in range(1, len(more) + 1))


def _proven(fewer: _Words, more: _Words) -> bool:
    """Each name has its like; an initial speaks neither for nor, where it fits, against."""
    names = tuple(word for word in fewer if _real((word,)))
    if not names or not _all_in(names, more):
        return False
    rest = [word for word in more if not any(spells(word.forms, name.forms) for name in names)]
    initials = [word for word in fewer if word not in names]
    return all(any(spells(initial.forms, word.forms, begins=True) for word in rest) for initial in initials)


def _real(words: Sequence[_Word]) -> bool:
    """More than an initial; one character is a whole name in Chinese, Japanese and Korean."""
    return sum(len(word.text) for word in words) > 1 or any(word.text > "\u2e7f" for word in words)


def _begins(shown: _Words, booked: _Words) -> bool:
    """A zone without room (9303-4 §4.2.3): the end is missing, or names before it are initials only."""
    if not _real(shown) or not booked:
        return False
    if spells(_joined(shown), _joined(booked), begins=True):
        return True
    if len(shown) > len(booked) or not any(_real((word,)) for word in shown):
        return False
    pairs = list(zip(shown, booked, strict=False))
    return spells(shown[-1].forms, booked[len(shown) - 1].forms, begins=True) and all(
        spells(word.forms, other.forms, begins=not _real((word,))) for word, other in pairs[:-1]
    )


def _family_in_part(shown: _Words, booked: _Words) -> bool:
    """Not enough, but worth a second chance: more family names booked than shown; UE typed for Ü."""
    core, want = _without(shown, _PARTICLES), _without(booked, _PARTICLES)
    if any(_same(core, end) for at in range(1, len(want)) for end in (want[:at], want[at:])):
        return True
    return bool(core and want) and _folded(core) == _folded(want)


def _folded(words: _Words) -> str:
    text = "".join(letter[-1] if len(letter[-1]) == 1 else letter[0] for letter in _joined(words) if letter)
    for two, one in (("AE", "A"), ("OE", "O"), ("UE", "U"), ("AA", "A"), ("SS", "S")):
        text = text.replace(two, one)
    return text
