"""Machine-readable zones of specimen documents, with their check digits (ICAO 9303-3 §4.9, 9303-4, 9303-5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, repr=False)
class Document:
    """A travel document of a sample guest. `mrz`: two lines of 44 (TD3) or three of 30 (TD1)."""

    kind: str  # 'TD1', 'TD3'
    number: str
    issuer: str  # three letters
    nationality: str
    family_name: str  # as in the MRZ: A–Z and blanks
    given_names: str
    born: date
    sex: str
    expires: date
    optional: str = ""

    @property
    def mrz(self) -> tuple[str, ...]:
        return _td1(self) if self.kind == "TD1" else _td3(self)


def check_digit(text: str) -> str:
    """ICAO 9303-3 §4.9: 7, 3, 1; A = 10 … Z = 35, < = 0."""
    total = sum(_value(c) * _WEIGHTS[i % 3] for i, c in enumerate(text))
    return str(total % 10)


def _value(c: str) -> int:
    return 0 if c == "<" else int(c, 36)


def _padded(text: str, length: int) -> str:
    return text.replace(" ", "<").ljust(length, "<")[:length]


def _names(document: Document, length: int) -> str:
    """Both identifiers; too long ones are cut so that something of each stays (ICAO 9303-4 §4.2.3)."""
    family, given = document.family_name, document.given_names
    if len(family) + 2 + len(given) > length:
        room = min(len(given), max(1, length - 2 - len(family), length // 5))
        family, given = family[: length - 2 - room], given[:room]
    return _padded(f"{family}<<{given}", length)


def _checked(text: str) -> str:
    return text + check_digit(text)


def _td3(d: Document) -> tuple[str, str]:
    number = _checked(_padded(d.number, 9))
    born, expires = _checked(f"{d.born:%y%m%d}"), _checked(f"{d.expires:%y%m%d}")
    optional = _checked(_padded(d.optional, 14))
    line = f"{number}{_padded(d.nationality, 3)}{born}{d.sex or '<'}{expires}{optional}"
    composite = check_digit(number + born + expires + optional)
    return (f"P<{_padded(d.issuer, 3)}{_names(d, 39)}", line + composite)


def _td1(d: Document) -> tuple[str, str, str]:
    number, first = _checked(_padded(d.number, 9)), _padded(d.optional, 15)
    born, expires = _checked(f"{d.born:%y%m%d}"), _checked(f"{d.expires:%y%m%d}")
    second = "<" * 11
    composite = check_digit(number + first + born + expires + second)
    return (
        f"I<{_padded(d.issuer, 3)}{number}{first}",
        f"{born}{d.sex or '<'}{expires}{_padded(d.nationality, 3)}{second}{composite}",
        _names(d, 30),
    )
