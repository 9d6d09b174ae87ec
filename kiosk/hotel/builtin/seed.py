"""Filling the books: 120 rooms and about 300 reservations of every kind around a given day.

Deterministic: the same day gives the same books. The named cases are in seed_samples.py, the
crowd around them in seed_crowd.py.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from kiosk.hotel.builtin.seed_books import Books
from kiosk.hotel.builtin.seed_crowd import book_crowd
from kiosk.hotel.builtin.seed_rooms import make_rooms
from kiosk.hotel.builtin.seed_samples import book_samples
from kiosk.hotel.builtin.tables import Base, House, Profile, Reservation, Room


def is_empty(session: Session) -> bool:
    return session.get(House, 1) is None


def seeded_on(session: Session) -> date | None:
    house = session.get(House, 1)
    return house.seeded_on if house else None


def make_empty(session: Session) -> None:
    """Everything goes, archived registration cards too."""
    for table in reversed(Base.metadata.sorted_tables):
        session.execute(delete(table))
    session.expunge_all()


def seed_all(session: Session, today: date, hotel_id: str, currency: str) -> dict[str, int]:
    """How much there is now: rooms, reservations, profiles."""
    session.add(House(id=1, hotel_id=hotel_id, currency=currency, seeded_on=today))
    make_rooms(session)
    session.flush()
    books = Books(session, today)
    book_samples(books)
    book_crowd(books)
    books.write()
    return {
        name: session.scalar(select(func.count()).select_from(table)) or 0
        for name, table in (("rooms", Room), ("reservations", Reservation), ("profiles", Profile))
    }
