"""The books of a built-in hotel's first start, made once for a day: seeding them anew is a third of that start."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.seed import seed_all
from kiosk.settings import Settings


def lay_books(settings: Settings, today: date) -> None:
    """The hotel of these settings finds them, unless it is another's or has begun already."""
    path = settings.kiosk.state / "hotel" / "hotel.sqlite"
    if settings.hotel.url == "builtin":
        lay_at(path, today, settings.hotel.hotel_id, settings.hotel.currency)


def lay_at(path: Path, today: date, hotel_id: str, currency: str) -> None:
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        path.write_bytes(_seeded(today, hotel_id, currency))


@cache
def _seeded(today: date, hotel_id: str, currency: str) -> bytes:
    with TemporaryDirectory() as directory:
        books = Database(f"sqlite:///{directory}/hotel.sqlite")
        books.migrate()
        with books.writing() as session:
            seed_all(session, today, hotel_id, currency)
        books.close()
        return Path(directory, "hotel.sqlite").read_bytes()
