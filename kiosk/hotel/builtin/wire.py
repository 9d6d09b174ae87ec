"""Reading requests strictly and writing answers: nothing that was sent is ignored."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kiosk.hotel.builtin.refusal import Refusal

CONTENT_TYPE = "application/json;charset=UTF-8"
Json = dict[str, Any]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Answer:
    """What goes back: a JSON body, or raw content with its own type."""

    body: Json = field(default_factory=dict)
    status: int = 200
    location: str = ""


def page(count: int, total: int, offset: int, limit: int) -> Json:
    """Which part of a list this is: so many of so many, from `offset` on."""
    return {
        "totalPages": -(-total // limit),
        "offset": offset,
        "limit": limit,
        "hasMore": offset + count < total,
        "totalResults": total,
        "count": count,
    }


@dataclass(frozen=True)
class Query:
    """The query string; every parameter must be one that the operation serves."""

    items: tuple[tuple[str, str], ...]

    def refuse_all_but(self, served: frozenset[str]) -> None:
        for name, _ in self.items:
            if name not in served:
                raise Refusal("QUERY_NOT_SERVED", "This parameter is not served here.", where=name)

    def many(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.items if key == name)

    def one(self, name: str) -> str | None:
        values = self.many(name)
        if len(values) > 1:
            raise _bad_query(name)
        return values[0] if values else None

    def choices(self, name: str, allowed: frozenset[str]) -> tuple[str, ...]:
        values = self.many(name)
        if len(set(values)) != len(values) or not allowed.issuperset(values):
            raise _bad_query(name)
        return values

    def day(self, name: str) -> date | None:
        value = self.one(name)
        if value is None:
            return None
        return _day(value) or _raise(_bad_query(name))

    def flag(self, name: str) -> bool:
        value = self.one(name) or "false"
        if value not in ("true", "false"):
            raise _bad_query(name)
        return value == "true"

    def number(self, name: str, default: int, least: int, most: int) -> int:
        value = self.one(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise _bad_query(name)
        return int(value)


@dataclass(frozen=True)
class Fields:
    """A JSON object of a request; every member must be one that the operation serves."""

    value: Json
    path: str = ""

    @classmethod
    def of(cls, value: Any, path: str, served: frozenset[str]) -> Fields:
        if not isinstance(value, dict):
            raise Refusal("FIELD_INVALID", "An object is wanted here.", where=path)
        for name in value:
            if name not in served:
                raise Refusal("FIELD_NOT_SERVED", "This field is not served here.", where=_join(path, name))
        return cls(value, path)

    def __contains__(self, name: str) -> bool:
        return self.value.get(name) is not None

    def bad(self, name: str) -> Refusal:
        return Refusal("FIELD_INVALID", where=_join(self.path, name))

    def fields(self, name: str, served: frozenset[str]) -> Fields:
        """The object under `name`; an empty one if it is not there."""
        return Fields.of(self.value.get(name) or {}, _join(self.path, name), served)

    def each(self, name: str, served: frozenset[str], most: int = 50) -> tuple[Fields, ...]:
        values = self.value.get(name)
        if values is None:
            return ()
        if not isinstance(values, list) or len(values) > most:
            raise self.bad(name)
        return tuple(Fields.of(v, f"{_join(self.path, name)}[{i}]", served) for i, v in enumerate(values))

    def only(self, name: str, served: frozenset[str]) -> Fields:
        """The one object in the list under `name`."""
        values = self.each(name, served)
        if len(values) != 1:
            raise self.bad(name)
        return values[0]

    def text(self, name: str, most: int = 2000, default: str = "") -> str:
        value = self.value.get(name)
        if value is None:
            return default
        # Line breaks are text; other control characters are nobody's name or comment.
        if (
            not isinstance(value, str)
            or len(value) > most
            or any(c < " " and c not in "\n\r\t" for c in value)
        ):
            raise self.bad(name)
        return value

    def needed(self, name: str, most: int = 2000) -> str:
        return self.text(name, most).strip() or _raise(self.bad(name))

    def flag(self, name: str, default: bool = False) -> bool:
        value = self.value.get(name, default)
        if not isinstance(value, bool):
            raise self.bad(name)
        return value

    def number(self, name: str) -> int | None:
        value = self.value.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.bad(name)
        return value

    def day(self, name: str) -> date | None:
        value = self.text(name, 10)
        return (_day(value) or _raise(self.bad(name))) if value else None

    def moment(self, name: str) -> datetime | None:
        """An aware time (RFC 3339)."""
        value = self.text(name, 40)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            raise self.bad(name) from None
        if moment.tzinfo is None or "T" not in value:
            raise self.bad(name)
        return moment


def parse_body(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Refusal("BODY_INVALID", "The body is no JSON.") from None


def encode(body: Json) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def some(**members: Any) -> Json:
    """An object of the members that have a value: what isn't known is left out, not sent empty."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value) if _DAY.fullmatch(value) else None
    except ValueError:
        return None


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _bad_query(name: str) -> Refusal:
    return Refusal("QUERY_INVALID", where=name)


def _raise(refusal: Refusal) -> Any:
    raise refusal
