"""More guests for the built-in hotel than its seed has: booked, and after their stay swept out again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import delete, select, update

from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.profile_json import set_name_keys
from kiosk.hotel.builtin.tables import KeyCard, Profile, Reservation, ReservationGuest, Room, RoomNight
from tests.benchmarks.names import person

FIRST = 910_001
"""The first id of ours, of reservations and of profiles."""


def confirmation(number: int) -> str:
    return f"8{number:07d}"


class Books:
    """The database of a running built-in hotel, written to beside it, as another desk would."""

    def __init__(self, state: Path, today: date) -> None:
        self._database = Database(f"sqlite:///{(state / 'hotel' / 'hotel.sqlite').absolute()}")
        self._today = today

    def close(self) -> None:
        self._database.close()

    def book(self, count: int) -> None:
        """Guests 0 … count-1 of `names`, each for tonight and on, in a double room that nobody has chosen yet."""
        with self._database.writing() as session:
            session.add_all(self._profile(number) for number in range(count))
            session.flush()
            session.add_all(self._reservation(number) for number in range(count))

    def sweep(self, number: int) -> None:
        """This guest has left, and the room is ready for the next one."""
        with self._database.writing() as session:
            booked = session.get(Reservation, FIRST + number)
            if booked is None or booked.status != "InHouse":
                raise RuntimeError(f"guest {number} is not checked in")
            session.execute(delete(RoomNight).where(RoomNight.holder == booked.holder))
            session.execute(update(KeyCard).where(KeyCard.reservation_id == booked.id).values(active=False))
            session.execute(update(Room).where(Room.number == booked.room_number).values(state="Inspected"))
            booked.status, booked.departure = "CheckedOut", self._today

    def in_house(self) -> Iterator[int]:
        """Which of ours are checked in."""
        with self._database.reading() as session:
            ours = select(Reservation.id).where(Reservation.id >= FIRST, Reservation.status == "InHouse")
            yield from (each - FIRST for each in session.scalars(ours))

    @staticmethod
    def _profile(number: int) -> Profile:
        who = person(number)
        street, postal_code, city = who.address
        profile = Profile(
            id=FIRST + number, given_name=who.given, family_name=who.family, language=who.language,
            nationality=who.country, born=who.born, sex=who.sex, address_lines=street, postal_code=postal_code,
            city=city, country=who.country, family_other="",
        )  # fmt: skip
        set_name_keys(profile)
        return profile

    def _reservation(self, number: int) -> Reservation:
        return Reservation(
            id=FIRST + number, confirmation=confirmation(number), status="Reserved", arrival=self._today,
            departure=self._today + timedelta(days=1 + number % 3), departure_time=time(11), type_code="DBL",
            adults=1 + number % 2, created_at=datetime.now(UTC),
            guest_rows=[ReservationGuest(position=0, profile_id=FIRST + number)],
        )  # fmt: skip
