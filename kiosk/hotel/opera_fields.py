"""Fields of an OPERA Cloud answer, each read with its type; `Nonsense` when it is another. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from kiosk.language import Money

Json = Mapping[str, Any]

MOST_MONEY = 10**12
MOST_DECIMALS = 30


class Nonsense(Exception):
    """The answer lacks a field or has a wrong one; `str()` is its path."""


def at(json: Json, path: str) -> Any:
    """The value at `a.b.c`; None where it or an object above it is missing. Nonsense: no object above."""
    value: Any = json
    for key in path.split("."):
        if value is None:
            return None
        if not isinstance(value, dict):
            raise Nonsense(path)
        value = value.get(key)
    return value


def text(json: Json, path: str) -> str:
    """A string, '' where it is missing."""
    value = at(json, path)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Nonsense(path)
    return value


def must(json: Json, path: str) -> str:
    """A string that is not empty."""
    value = text(json, path)
    if not value:
        raise Nonsense(path)
    return value


def flag(json: Json, path: str) -> bool:
    value = at(json, path)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise Nonsense(path)
    return value


def count(json: Json, path: str, default: int = 0) -> int:
    value = at(json, path)
    if value is None:
        return default
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Nonsense(path)
    return value


def objects(json: Json, path: str) -> tuple[dict[str, Any], ...]:
    """A list of objects, () where it is missing."""
    value = at(json, path)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise Nonsense(path)
    return tuple(value)


def day(json: Json, path: str) -> date | None:
    value = text(json, path)
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        raise Nonsense(path) from None


def must_day(json: Json, path: str) -> date:
    value = day(json, path)
    if value is None:
        raise Nonsense(path)
    return value


def moment(json: Json, path: str) -> datetime:
    """A date-time with its offset."""
    try:
        value = datetime.fromisoformat(must(json, path))
    except ValueError:
        raise Nonsense(path) from None
    if value.tzinfo is None:
        raise Nonsense(path)
    return value


def clock_time(json: Json, path: str) -> time | None:
    """The time of day in a date-time, as the hotel's own clock shows it; None where there is only a day."""
    value = text(json, path)
    if len(value) <= 10:
        return None
    try:
        return datetime.fromisoformat(value).time()
    except ValueError:
        raise Nonsense(path) from None


def amount(json: Json, path: str) -> Decimal:
    value = at(json, path)
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Nonsense(path)
    told = Decimal(value)
    exponent = told.as_tuple().exponent
    if not isinstance(exponent, int) or exponent < -MOST_DECIMALS or not -MOST_MONEY < told < MOST_MONEY:
        raise Nonsense(path)
    return told


def money(json: Json, path: str) -> Money | None:
    """`currencyAmountType`: amount and currencyCode."""
    if at(json, path) is None:
        return None
    return Money(amount(json, f"{path}.amount"), must(json, f"{path}.currencyCode"))


def id_of(json: Json, path: str, kind: str) -> str:
    """The id of this type in a list of `{id, type}`; '' where there is none."""
    return next((must(each, "id") for each in objects(json, path) if text(each, "type") == kind), "")


def must_id(json: Json, path: str, kind: str) -> str:
    value = id_of(json, path, kind)
    if not value:
        raise Nonsense(f"{path}.{kind}")
    return value
