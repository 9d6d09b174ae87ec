"""Desk: what an operation works with – the books in one transaction, the hotel, the day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from kiosk.hotel.builtin.clock import HotelClock
from kiosk.hotel.builtin.refusal import Refusal, unknown
from kiosk.hotel.builtin.tables import Profile, Reservation
from kiosk.hotel.builtin.wire import Answer, Fields, Json, Query


@dataclass(frozen=True)
class Desk:
    """One request's place of work."""

    session: Session
    hotel_id: str
    currency: str
    clock: HotelClock
    today: date  # business date
    now: datetime  # aware, in the hotel's zone

    def reservation(self, key: str, *, lock: bool = False) -> Reservation:
        """404 if it is not in the books. `lock`: nobody else changes it until we are done."""
        found = self.session.get(
            Reservation, _number(key, "RESERVATION"), with_for_update={"of": Reservation} if lock else None
        )
        if found is None:
            raise unknown("RESERVATION")
        return found

    def profile(self, key: str, *, lock: bool = False) -> Profile:
        found = self.session.get(
            Profile, _number(key, "PROFILE"), with_for_update={"of": Profile} if lock else None
        )
        if found is None:
            raise unknown("PROFILE")
        return found

    def money(self, cents: int) -> Json:
        """`currencyAmountType`."""
        return {"amount": cents / 100, "currencyCode": self.currency}

    def must_be_ours(self, fields: Fields, name: str) -> None:
        """A hotel id inside a body says the same as the path."""
        if fields.text(name, 20, self.hotel_id) != self.hotel_id:
            raise fields.bad(name)

    @staticmethod
    def must_be_this(fields: Fields, name: str, kind: str, key: str) -> None:
        """An id list inside a body names the object of the path."""
        for entry in fields.each(name, frozenset({"id", "type", "idContext"})):
            if entry.text("type", 40, kind) == kind and entry.text("id", 80) != key:
                raise fields.bad(name)


@dataclass(frozen=True)
class Call:
    """One request, its path's words and query checked by name."""

    path: dict[str, str]
    query: Query
    body: Any = None


@dataclass(frozen=True)
class Operation:
    """One operation of the specification. `changes`: it writes, and honours `x-request-id`."""

    name: str
    method: str
    path: str
    run: Callable[[Desk, Call], Answer]
    query: frozenset[str] = frozenset()
    takes_body: bool = False

    @property
    def changes(self) -> bool:
        return self.method != "GET"


def _number(key: str, what: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) <= 15):
        raise unknown(what)
    return int(key)


def conflict(code: str, detail: str = "") -> Refusal:
    """400 with a code of what stands in the way."""
    return Refusal(code, detail)
