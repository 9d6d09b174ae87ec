"""The machine-readable zone: lines of OCR-B in, a TravelDocument out; and the other way round.

Pure. Sources: ICAO 9303-3 §4 (characters, names, dates, check digits), 9303-4 (TD3), 9303-5 (TD1),
9303-6 (TD2), 9303-7 (visas); the French identity card of 1988–2021 (2 × 36, `IDFRA`) is not ICAO's.

A reader mixes up O and 0, I and 1, B and 8, S and 5. Where a position may hold only digits or only
letters it is put right, and the check digits must then fit; a document number may hold both, so
there nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from hardware.passport.document import Sex, Source, TravelDocument, Unreadable

_TO_DIGIT = str.maketrans("OIBS", "0185")
_TO_LETTER = str.maketrans("0185", "OIBS")
_ZONE = re.compile(r"[A-Z0-9<]+")
_WEIGHTS = (7, 3, 1)
_NUMBER_TD3, _NUMBER = r"(?=.{1,9}$)[A-Z0-9]+(<+[A-Z0-9]+)*", r"(?=.{1,22}$)[A-Z0-9]+(<+[A-Z0-9]+)*"


class Form(StrEnum):
    """The sizes of travel documents."""

    TD1 = "TD1"  # identity card, 3 × 30
    TD2 = "TD2"  # older identity card, 2 × 36
    TD3 = "TD3"  # passport, 2 × 44
    FRANCE = "FRANCE"  # French identity card 1988–2021, 2 × 36


# What each position may hold: A letters and fillers, 9 digits and fillers, X any.
_MASKS: dict[Form, tuple[str, ...]] = {
    Form.TD1: (
        "A" * 5 + "X" * 9 + "9" + "X" * 15,
        "9" * 7 + "A" + "9" * 7 + "AAA" + "X" * 11 + "9",
        "A" * 30,
    ),
    Form.TD2: ("A" * 36, "X" * 9 + "9AAA" + "9" * 7 + "A" + "9" * 7 + "X" * 7 + "9"),
    Form.TD3: ("A" * 44, "X" * 9 + "9AAA" + "9" * 7 + "A" + "9" * 7 + "X" * 14 + "99"),
    Form.FRANCE: ("A" * 30 + "X" * 6, "X" * 12 + "9" + "A" * 14 + "9" * 7 + "A9"),
}
_SHAPES: dict[tuple[int, ...], Form] = {(30, 30, 30): Form.TD1, (36, 36): Form.TD2, (44, 44): Form.TD3}


class _No(Exception):
    """Inside this file only: the zone is unreadable, and why."""

    def __init__(self, why: Unreadable) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, repr=False)
class _Fields:
    """A zone cut up. `optional` and `further` are optional data; `''` where a form has none."""

    code: str
    issuer: str
    number: str
    number_check: str
    nationality: str
    born: str
    born_check: str
    sex: str
    expires: str
    expires_check: str
    optional: str
    optional_check: str
    further: str
    name: str
    truncated: bool  # no filler at the name's end: no room, or just room enough (9303-4 §4.2.3)
    composite: str
    composite_check: str


def check_digit(text: str) -> str:
    """ICAO 9303-3 §4.9: weights 7 3 1, A = 10 … Z = 35, filler = 0, modulo 10."""
    return str(sum(_value(char) * _WEIGHTS[at % 3] for at, char in enumerate(text)) % 10)


def _value(char: str) -> int:
    return 0 if char == "<" else int(char, 36)


# --- reading ---------------------------------------------------------------------------------


def parse(lines: Sequence[str], today: date) -> TravelDocument | Unreadable:
    """Two or three lines as they were read; `today` tells the centuries. Never raises."""
    zone = [line.strip().upper() for line in lines if line.strip()]
    form = _SHAPES.get(tuple(map(len, zone)))
    if form is None:
        return _misshapen(zone)
    if not all(_ZONE.fullmatch(line) for line in zone):
        return Unreadable.FORMAT
    if zone[0][0] == "V" and form is not Form.TD1:
        return Unreadable.NOT_IDENTITY
    forms = (Form.FRANCE, form) if form is Form.TD2 and _repaired(zone, form)[0].startswith("IDFRA") else (form,)
    results = [_read(zone, form, today) for form in forms]
    return next((result for result in results if isinstance(result, TravelDocument)), results[0])


def _misshapen(zone: list[str]) -> Unreadable:
    """Too little is a swipe that ended early; too much, or of no known width, is something else."""
    widest = max(map(len, zone), default=0)
    too_much = len(zone) > 3 or widest > 44 or (len(zone) == 3 and widest > 30)
    return Unreadable.FORMAT if too_much else Unreadable.PARTIAL


def _read(zone: list[str], form: Form, today: date) -> TravelDocument | Unreadable:
    try:
        lines = _repaired(zone, form)
        fields = _CUT[form](lines)
        if form is not Form.FRANCE and fields.code[0] not in "PACI":
            raise _No(Unreadable.FORMAT)
        return _meaning(fields, today)
    except _No as no:
        return no.why


def _repaired(zone: list[str], form: Form) -> list[str]:
    kinds = {"A": _TO_LETTER, "9": _TO_DIGIT, "X": {}}
    return [
        "".join(char.translate(kinds[kind]) for char, kind in zip(line, mask, strict=True))
        for line, mask in zip(zone, _MASKS[form], strict=True)
    ]


def _td1(lines: list[str]) -> _Fields:
    a, b, c = lines
    return _Fields(
        code=a[:2], issuer=a[2:5], number=a[5:14], number_check=a[14], optional=a[15:], optional_check="",
        born=b[:6], born_check=b[6], sex=b[7], expires=b[8:14], expires_check=b[14], nationality=b[15:18],
        further=b[18:29], name=c, truncated=c[-1] != "<", composite=a[5:] + b[:7] + b[8:15] + b[18:29], composite_check=b[29],
    )  # fmt: skip


def _two_lines(lines: list[str], last: int) -> _Fields:
    """TD2 and TD3 differ in their width and in the check digit over TD3's optional data."""
    a, b = lines
    return _Fields(
        code=a[:2], issuer=a[2:5], name=a[5:], truncated=a[-1] != "<", number=b[:9], number_check=b[9], nationality=b[10:13],
        born=b[13:19], born_check=b[19], sex=b[20], expires=b[21:27], expires_check=b[27],
        optional=b[28:35] if last == 35 else b[28:42], optional_check="" if last == 35 else b[42],
        further="", composite=b[:10] + b[13:20] + b[21:last], composite_check=b[last],
    )  # fmt: skip


def _france(lines: list[str]) -> _Fields:
    """No expiry; given names in the second line; the last check digit is over everything before it."""
    a, b = lines
    return _Fields(
        code="ID", issuer="FRA", number=b[:12], number_check=b[12], nationality="FRA",
        born=b[27:33], born_check=b[33], sex=b[34], expires="<<<<<<", expires_check="<",
        optional="", optional_check="", further="",
        name=a[5:30] + "<<" + b[13:27], truncated=a[29] != "<" or b[26] != "<",
        composite=a + b[:35], composite_check=b[35],
    )  # fmt: skip


_CUT = {
    Form.TD1: _td1,
    Form.TD2: lambda lines: _two_lines(lines, 35),
    Form.TD3: lambda lines: _two_lines(lines, 43),
    Form.FRANCE: _france,
}


def _meaning(fields: _Fields, today: date) -> TravelDocument:
    printed, optional = _number(fields)
    number = _plain(printed)
    _checked(fields.born, fields.born_check)
    _checked(fields.expires, fields.expires_check)
    if fields.optional_check:
        _checked(fields.optional, fields.optional_check)
    if check_digit(fields.composite) != fields.composite_check:
        raise _No(Unreadable.CHECK_DIGIT)
    surname, given_names = _names(fields.name)
    return TravelDocument(
        source=Source.MRZ,
        document_code=_letters(fields.code),
        issuer=_letters(fields.issuer),
        number=number,
        surname=surname,
        given_names=given_names,
        name_truncated=fields.truncated,
        nationality=_letters(fields.nationality),
        born=_born(fields.born, today),
        born_text=fields.born,
        sex=_sex(fields.sex),
        expires=_expires(fields.expires, today),
        personal_number=_plain(fields.further) or _plain(optional),
        number_in_zone=printed if printed != number else "",
    )


def _checked(text: str, digit: str) -> None:
    """A field of fillers may have a filler as its check digit (9303-4 §4.2.2, note j)."""
    if digit != check_digit(text) and not (digit == "<" and not text.strip("<")):
        raise _No(Unreadable.CHECK_DIGIT)


def _number(fields: _Fields) -> tuple[str, str]:
    """Number and what remains of the optional data. In TD1 and TD2 a number of more than nine
    characters has `<` for its check digit and goes on, with the check digit, in the optional
    data up to the next filler (9303-5 §4.2.2 note j, 9303-6 §4.2.2 note j)."""
    number, check, optional = fields.number, fields.number_check, fields.optional
    if check == "<" and not fields.optional_check:
        rest, _, optional = fields.optional.partition("<")
        number, check = number + rest[:-1], rest[-1:]
    if not number.strip("<"):
        raise _No(Unreadable.FORMAT)
    if check != check_digit(number):
        raise _No(Unreadable.CHECK_DIGIT)
    return number.rstrip("<"), optional


def _letters(field: str) -> str:
    text = field.rstrip("<")
    if not re.fullmatch(r"[A-Z]+", text):
        raise _No(Unreadable.FORMAT)
    return text


def _plain(field: str) -> str:
    return field.replace("<", "")


def _names(field: str) -> tuple[str, str]:
    """`SURNAME<PARTS<<GIVEN<NAMES`: without `<<` there are no given names (9303-3 §4.6)."""
    surname, _, given = re.sub(r"<{3,}", "<<", field).strip("<").partition("<<")
    names = tuple(" ".join(part.replace("<", " ").split()) for part in (surname, given))
    if not names[0] or any(char.isdigit() for name in names for char in name):
        raise _No(Unreadable.FORMAT)
    return names[0], names[1]


def _sex(char: str) -> Sex:
    """`<` is unspecified (9303-4 §4.2.2); some print the X of the visual zone."""
    known = {"F": Sex.FEMALE, "M": Sex.MALE, "<": Sex.UNSPECIFIED, "X": Sex.UNSPECIFIED}
    if char not in known:
        raise _No(Unreadable.FORMAT)
    return known[char]


def _born(text: str, today: date) -> date | None:
    """None where a part is unknown (`<<`, also met as `00`); never after `today` (9303-3 §4.8)."""
    parts = [text[at : at + 2] for at in (0, 2, 4)]
    if not all(part.isdigit() or part == "<<" for part in parts):
        raise _No(Unreadable.FORMAT)
    if "<<" in parts or "00" in parts[1:]:
        return None
    days = [day for day in _days(text, today) if day <= today]
    if not days:
        raise _No(Unreadable.FORMAT)
    return max(days)


def _expires(text: str, today: date) -> date | None:
    """None where there is none; else the one within fifty years of `today`."""
    if not text.strip("<"):
        return None
    days = [day for day in _days(text, today) if -50 <= day.year - today.year < 50]
    if not text.isdigit() or not days:
        raise _No(Unreadable.FORMAT)
    return max(days)


def _days(text: str, today: date) -> list[date]:
    """The days that YYMMDD can mean, in the century before `today`'s, in it, and after it."""
    days = []
    century = today.year // 100 * 100
    for start in (century - 100, century, century + 100):
        try:
            days.append(date(start + int(text[:2]), int(text[2:4]), int(text[4:])))
        except ValueError:
            continue  # 29 February of another century, or no day at all
    return days


# --- writing ---------------------------------------------------------------------------------


def build(document: TravelDocument, form: Form) -> tuple[str, ...]:
    """The lines of `document` with all check digits; ValueError for what a zone can't hold.

    Names must be A–Z and spaces; a name too long is cut so that a letter stands at the end
    (9303-4 §4.2.3). `Form.FRANCE` is only read.
    """
    _writable(document, form)
    width = {Form.TD1: 30, Form.TD2: 31, Form.TD3: 39}[form]
    name = _name_field(document.surname, document.given_names, width)
    head = document.document_code.ljust(2, "<") + document.issuer.ljust(3, "<")
    born = document.born_text + check_digit(document.born_text)
    until = document.expires.strftime("%y%m%d") if document.expires else "<<<<<<"
    expires = until + check_digit(until)
    nationality = document.nationality.ljust(3, "<")
    sex = "<" if document.sex is Sex.UNSPECIFIED else document.sex.value
    number, optional = _number_fields(document, {Form.TD1: 15, Form.TD2: 7, Form.TD3: 14}[form])
    if form is Form.TD1:
        # A number that goes on takes the first line's optional data; then personal data go to the second's.
        moved = len(document.printed_number) > 9
        further = (document.personal_number if moved else "").ljust(11, "<")
        if len(further) > 11:
            raise ValueError("personal number: too long")
        digit = check_digit(number + optional + born + expires + further)
        return head + number + optional, born + sex + expires + nationality + further + digit, name
    if form is Form.TD3:
        optional += check_digit(optional) if optional.strip("<") else "<"
    digit = check_digit(number + born + expires + optional)
    return head + name, number + nationality + born + sex + expires + optional + digit


def _writable(document: TravelDocument, form: Form) -> None:
    if form not in (Form.TD1, Form.TD2, Form.TD3):
        raise ValueError("only TD1, TD2 and TD3 are built")
    rules = (
        (document.document_code, r"[PACI][A-Z]?", "document code"),
        (document.issuer, r"[A-Z]{1,3}", "issuer"),
        (document.nationality, r"[A-Z]{1,3}", "nationality"),
        (document.printed_number, _NUMBER_TD3 if form is Form.TD3 else _NUMBER, "document number"),
        (document.born_text, r"([0-9]{2}|<<){3}", "birth date"),
        (document.surname, r"[A-Z]+( [A-Z]+)*", "surname"),
        (document.given_names, r"([A-Z]+( [A-Z]+)*)?", "given names"),
        (document.personal_number, r"[A-Z0-9]*", "personal number"),
    )
    for text, rule, what in rules:
        if not re.fullmatch(rule, text):
            raise ValueError(f"{what}: not what a {form} can hold")


def _number_fields(document: TravelDocument, width: int) -> tuple[str, str]:
    """Number with its check digit (ten characters), and `width` of optional data."""
    number = document.printed_number
    if len(number) <= 9:
        padded = number.ljust(9, "<")
        number, optional = padded + check_digit(padded), document.personal_number
    else:
        rest = number[9:] + check_digit(number)
        optional = rest if width == 15 or not document.personal_number else f"{rest}<{document.personal_number}"
        number = number[:9] + "<"
        if len(rest) >= width:
            raise ValueError("document number: too long")
    if len(optional) > width:
        raise ValueError("personal number: too long")
    return number, optional.ljust(width, "<")


def _name_field(surname: str, given_names: str, width: int) -> str:
    primary, secondary = surname.replace(" ", "<"), given_names.replace(" ", "<")
    if secondary:
        # A family name that fills the field leaves room for the first given name, or most of it.
        first = len(secondary.partition("<")[0])
        primary = primary[: width - 2 - min(first, width // 3)].rstrip("<")
    field = primary + ("<<" + secondary if secondary else "")
    while len(field) > width and field[width - 1] == "<":
        primary = primary[:-1].rstrip("<")
        field = primary + "<<" + secondary
    return field[:width].ljust(width, "<")
