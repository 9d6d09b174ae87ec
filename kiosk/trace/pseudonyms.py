"""What is put in the place of what is somebody's, alike wherever it stands in one trace.

Rules: nothing of a person is written that was not replaced here; the same word is replaced by the same word
throughout a trace and by another one in the next, since the key is made for one trace and kept nowhere; what a
check-in compares still fits afterwards – a name in a printed zone and in a booking, a birth date and an age, a check
digit, the side of the corridor on which a room lies.
"""

from __future__ import annotations

import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hardware.document_reader.contract import TravelDocument
from hardware.passport.mrz import Form, build
from kiosk.hotel.opera_lookup import folded
from kiosk.names import is_no_name, may_be_a_name
from kiosk.party import age
from kiosk.sections import Slip
from kiosk.transliteration import lattice, normal, spells

_RUN = re.compile(r"[^\W_]+")
_VOWELS, _CONSONANTS, _DIGITS = "aeiou", "bcdfghjklmnpqrstvwxyz", "0123456789"
_POOLS = {
    "CJK": "安白冰成春达德东方芳国海和红华健江杰金静军康兰林玲梅美民明宁平青清秋泉荣山水思涛天文武熙霞晓新雪雅阳宇远云正志中竹",
    "ARABIC": "بتجحدرزسشصطعفقكلمنهوي",
    "CYRILLIC": "абвгдежзиклмнопрстуфхцчшэюя",
    "GREEK": "αβγδεζηθικλμνξοπρστυφχψω",
    "HEBREW": "אבגדהוזחטיכלמנסעפצקרשת",
    "HANGUL": "가나다라마바사아자차카타파하고노도로모보소오조구누두루무부수우주",
    "HIRAGANA": "あいうえおかきくけこさしすせそたちつてとなにぬねのはひふへほまみむめも",
    "KATAKANA": "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモ",
}
_PREFIX = 3  # letters on which those that follow depend: a name that was cut stays the beginning of the whole one
_LEAST_ID = 5  # digits of an id's replacement, so that few ids never meet
_LEAST_ROOM = 3
_DOORS = 100


class Pseudonyms:
    """Those of one trace. `today` is the day on which ages are kept; `key` a secret of this one trace."""

    def __init__(self, today: date, slip: Slip | None = None, key: bytes = b"") -> None:
        self._key = key or secrets.token_bytes(32)
        self._today = today
        self._doors = _shuffled(slip or Slip(), self._key)
        self._whole: set[str] = set()  # particles that are somebody's whole name
        self._words: dict[str, str] = {}  # of the hotel: as a zone may spell them → as they stand there
        self._numbers: dict[str, str] = {}
        self._taken: set[str] = set()
        self._ids: dict[str, str] = {}
        self._rooms: dict[str, str] = {}

    # what the hotel's words are

    def learn(self, text: str) -> None:
        """A name as the hotel writes it: a zone that spells it in its own way gets the replacement's spelling."""
        words = _RUN.findall(unicodedata.normalize("NFC", text))
        self._whole_name(words)
        for word in words:
            if not word.isascii() and not any(map(str.isdigit, word)):
                self._words[normal(word)] = word

    def _whole_name(self, words: Sequence[str]) -> None:
        """Where nothing but particles is written, they are a name: in Vietnam one in ten is called Le."""
        if words and all(map(may_be_a_name, words)):
            self._whole |= {normal(word) for word in words}

    def _says_nothing(self, word: str) -> bool:
        """It stays: whose it is nobody can tell by it."""
        return is_no_name(word) and normal(word) not in self._whole

    # words

    def text(self, text: str) -> str:
        """Anything that a person wrote: letters for letters and digits for digits, with the signs between them."""
        plain = unicodedata.normalize("NFC", text)
        self._whole_name(_RUN.findall(plain))
        return _RUN.sub(lambda run: self._run(run[0]), plain)

    def _run(self, run: str) -> str:
        if run in self._ids and len(run) >= _LEAST_ID - 1:
            return self._ids[run]
        if run in self._rooms and len(run) >= _LEAST_ROOM:
            return self._rooms[run]
        if any(map(str.isdigit, run)):
            return self._number(run)
        return run if self._says_nothing(run) else self._word(run)

    def _word(self, word: str) -> str:
        """Letter by letter. What is alike without accents is alike afterwards."""
        prefix, at, out = folded(word)[:_PREFIX], 0, []
        for letter in word:
            plain = folded(letter)
            if not plain or not plain.isascii():
                out.append(self._foreign(letter, at))
                at += 1
                continue
            new = ""
            for one in plain:
                pool = _VOWELS if one in _VOWELS else _CONSONANTS
                new += self._other(pool, one, "letter", prefix, str(at))
                at += 1
            if len(plain) == 1:
                new = _with_marks(letter, new)
            out.append(_cased(new, letter, word))
        return "".join(out)

    def _foreign(self, letter: str, at: int) -> str:
        name = unicodedata.name(letter, "")
        pool = next((pool for script, pool in _POOLS.items() if name.startswith(script)), _CONSONANTS)
        new = self._other(pool, letter.lower(), "foreign", str(at))
        return new.upper() if letter.isupper() else new

    def _number(self, run: str) -> str:
        """Digits and letters mixed; never the same for two."""
        same = run.upper()
        if same not in self._numbers:
            self._numbers[same] = self._unused(same, len(same))
        new = self._numbers[same]
        return "".join(b.lower() if a.islower() else b for a, b in zip(run, new, strict=False)) + new[len(run) :]

    def _unused(self, same: str, length: int) -> str:
        for more in range(1000):
            new = "".join(self._sign(sign, at, same, more) for at, sign in enumerate(same))
            new += "".join(self._other(_DIGITS, "", "more", same, str(more), str(at)) for at in range(length - len(same)))
            if new not in self._taken and new != same:
                self._taken.add(new)
                return new
            length += more % 50 == 49
        raise RuntimeError("no replacement is left")

    def _sign(self, sign: str, at: int, same: str, more: int) -> str:
        if sign.isdigit():
            pool = _DIGITS if at else _DIGITS[1:]
            return self._other(pool, sign, "digit", same, str(at), str(more))
        return self._other(_CONSONANTS, folded(sign)[:1], "sign", same, str(at), str(more)).upper()

    def _other(self, pool: str, but: str, *about: str) -> str:
        """One of the pool, never the one that stood there."""
        others = [each for each in pool if each != but]
        return others[self._amount(len(others), *about, but)]

    # ids, rooms

    def id(self, value: str) -> str:
        """What the hotel knows something by: a reservation, a profile, a card."""
        if value not in self._ids:
            self._ids[value] = self._unused(value.upper(), max(len(value), _LEAST_ID)) if value else ""
        return self._ids[value]

    def room(self, number: str) -> str:
        """The same floor, another door on the same side of the lift."""
        if number not in self._rooms:
            digits = number[-2:]
            door = f"{self._doors[int(digits)]:02}" if re.fullmatch(r"[0-9]{2}", digits) else self.text(digits)
            self._rooms[number] = number[:-2] + door
        return self._rooms[number]

    def chosen(self, id: str) -> str:
        """An option's id: some are a booking's, or a room's."""
        if id in self._rooms:
            return self._rooms[id]
        if id in self._ids:
            return self._ids[id]
        return id if re.fullmatch(r"[a-z][a-z_:.-]*|[A-Z]|[0-9]{1,2}", id) else self.text(id)

    def options(self, text: str) -> str:
        """`UID=04AB,RESERVATION=12`: the names stay."""
        parts = (part.partition("=") for part in text.split(","))
        return ",".join(f"{name}={self._option(name, value)}" if sign else name for name, sign, value in parts)

    def _option(self, name: str, value: str) -> str:
        return self.id(value) if name.strip().upper() == "RESERVATION" else self.uid(value)

    def uid(self, value: str) -> str:
        """Of a card: hexadecimal digits."""
        digest = hmac.digest(self._key, f"uid\0{value.upper()}".encode(), "sha256").hex()
        return (digest[: len(value)].upper() if value.isupper() else digest[: len(value)]) if value else ""

    # days

    def born(self, day: date) -> date:
        """Another birthday, of the same age in years."""
        years = age(day, self._today)
        if years < 0:
            return day
        first = _years_before(self._today, years + 1) + timedelta(days=1)
        days = (_years_before(self._today, years) - first).days + 1
        new = first + timedelta(days=self._amount(days, "born", day.isoformat()))
        return new if new != day else first + timedelta(days=((day - first).days + 1) % days)

    def expires(self, day: date) -> date:
        """As valid, or as long over, as before."""
        days = 1 + self._amount(300, "expires", day.isoformat())
        return day + timedelta(days=days) if day >= self._today else day - timedelta(days=days)

    def _amount(self, below: int, *about: str) -> int:
        return int.from_bytes(hmac.digest(self._key, "\0".join(about).encode(), "sha256")[:8], "big") % below

    # documents

    def document(self, document: TravelDocument) -> TravelDocument:
        """As its zone may say it: A to Z, and check digits that fit."""
        born = self.born(document.born) if document.born else None
        return replace(
            document,
            number=self.document_number(document.number),
            surname=self.zone(document.surname, document.name_truncated),
            given_names=self.zone(document.given_names, document.name_truncated),
            born=born,
            born_text=f"{born:%y%m%d}" if born else document.born_text,
            expires=self.expires(document.expires) if document.expires else None,
            personal_number=self.document_number(document.personal_number),
            number_in_zone=_refilled(document.number_in_zone, self.document_number(document.number)),
        )

    def document_number(self, number: str) -> str:
        """The same with and without blanks and hyphens, which the hotel may write and a zone does not."""
        plain = "".join(sign for sign in number if sign.isalnum())
        return _refilled(number, self._number(plain)) if plain else number

    def zone(self, names: str, cut: bool = False) -> str:
        """Words of a printed zone."""
        self._whole_name(names.split())
        return " ".join(self._in_zone(word, cut) for word in names.split())

    def _in_zone(self, word: str, cut: bool) -> str:
        if self._says_nothing(word):
            return word
        for normalised, own in self._words.items():
            if spells(lattice(word), lattice(normalised), begins=cut):
                whole = "".join(letter[0] for letter in lattice(normal(self._word(own))) if letter)
                return whole[: len(word)] if cut else whole
        return self._word(word)


class _Clear(Pseudonyms):
    """Replaces nothing: for what is recorded of a trace that is played, where nobody is."""

    def __init__(self) -> None:
        super().__init__(date.min)

    def text(self, text: str) -> str:
        return text

    def id(self, value: str) -> str:
        return value

    def room(self, number: str) -> str:
        return number

    def chosen(self, id: str) -> str:
        return id

    def options(self, text: str) -> str:
        return text

    def uid(self, value: str) -> str:
        return value

    def born(self, day: date) -> date:
        return day

    def expires(self, day: date) -> date:
        return day

    def document(self, document: TravelDocument) -> TravelDocument:
        return document

    def document_number(self, number: str) -> str:
        return number


def lines_of(document: TravelDocument) -> tuple[str, ...]:
    """Its zone; () for one that no form can hold."""
    forms = (Form.TD3, Form.TD1) if document.document_code.startswith("P") else (Form.TD1, Form.TD2, Form.TD3)
    for form in forms:
        try:
            return build(document, form)
        except ValueError:
            continue
    return ()


def _shuffled(slip: Slip, key: bytes) -> Sequence[int]:
    """Door → another on the same side, in an order that nobody knows."""
    after, last = slip.lift_after_door, slip.doors_per_floor
    sides = [range(1, after + 1), range(after + 1, last + 1), (0, *range(max(after, last) + 1, _DOORS))]
    doors = list(range(_DOORS))
    for side in sides:
        order = sorted(side, key=lambda door: hmac.digest(key, f"door\0{door}".encode(), "sha256"))
        for one, next_one in zip(order, order[1:] + order[:1], strict=True):
            doors[one] = next_one
    return doors


def _with_marks(letter: str, plain: str) -> str:
    """The new letter with the old one's accent, where there is such a letter."""
    marks = "".join(sign for sign in unicodedata.normalize("NFD", letter) if unicodedata.combining(sign))
    accented = unicodedata.normalize("NFC", plain + marks)
    return accented if len(accented) == 1 else plain


def _cased(new: str, letter: str, word: str) -> str:
    if not letter.isupper():
        return new
    return new.upper() if word.isupper() else new[:1].upper() + new[1:]


def _refilled(shape: str, signs: str) -> str:
    """`signs` in the places of the letters and digits of `shape`."""
    left = iter(signs)
    return "".join(next(left, "") if sign.isalnum() else sign for sign in shape) + "".join(left if shape else ())


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


CLEAR: Pseudonyms = _Clear()
