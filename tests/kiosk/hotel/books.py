"""The built-in hotel's books, read past its API: what a backend must tell, in domain words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from kiosk.hotel.builtin import tables
from kiosk.hotel.model import (
    Address,
    Alert,
    Guest,
    Identification,
    Reservation,
    Room,
    RoomState,
    Stay,
)
from kiosk.language import Money

STAYS = {
    "Reserved": Stay.RESERVED,
    "InHouse": Stay.IN_HOUSE,
    "CheckedOut": Stay.CHECKED_OUT,
    "Cancelled": Stay.CANCELLED,
    "NoShow": Stay.NO_SHOW,
    "Waitlisted": Stay.WAITLISTED,
}
ROOM_STATES = {
    "Clean": RoomState.CLEAN,
    "Inspected": RoomState.INSPECTED,
    "Pickup": RoomState.PICKUP,
    "Dirty": RoomState.DIRTY,
    "OutOfOrder": RoomState.OUT_OF_ORDER,
    "OutOfService": RoomState.OUT_OF_SERVICE,
}


class Books:
    """Reads what stands there now; writes only what a test says happens in the house."""

    def __init__(self, database: Path, zone: str) -> None:
        self._engine = create_engine(f"sqlite:///{database}", connect_args={"timeout": 10})
        self.zone = ZoneInfo(zone)
        self._used: set[str] = set()
        self._watch = self._engine.connect()
        self._read: tuple[int, list[Reservation]] = (-1, [])
        with Session(self._engine) as session:
            house = session.scalars(select(tables.House)).one()
            self.today: date = house.seeded_on
            self.currency: str = house.currency

    def close(self) -> None:
        self._watch.close()
        self._engine.dispose()

    def reservations(self) -> list[Reservation]:
        """As they are now; read anew only when somebody has written."""
        version: int = self._watch.exec_driver_sql("PRAGMA data_version").scalar_one()
        if version != self._read[0]:
            self._read = (version, self._all())
        return self._read[1]

    def _all(self) -> list[Reservation]:
        with Session(self._engine) as session:
            rows = list(session.scalars(select(tables.Reservation).order_by(tables.Reservation.id)).unique())
            return [self._reservation(row, rows) for row in rows]

    def reservation(self, id: str) -> Reservation:
        return next(each for each in self.reservations() if each.id == id)

    def guest(self, profile_id: str) -> Guest:
        with Session(self._engine) as session:
            row = session.get_one(tables.Profile, int(profile_id))
            return _guest(row)

    def profiles(self) -> set[str]:
        """The ids of all that there are."""
        with Session(self._engine) as session:
            return {str(each) for each in session.scalars(select(tables.Profile.id))}

    def most_guests(self, room_type: str) -> int:
        with Session(self._engine) as session:
            return session.get_one(tables.RoomType, room_type).most_guests

    def rooms(self) -> dict[str, Room]:
        with Session(self._engine) as session:
            rows = session.scalars(select(tables.Room)).unique()
            return {row.number: _room(row) for row in rows}

    def comments(self, reservation_id: str) -> list[tuple[str, bool]]:
        with Session(self._engine) as session:
            row = session.get_one(tables.Reservation, int(reservation_id))
            return [(each.text, each.internal) for each in row.comments]

    def stopping_alerts(self) -> set[str]:
        with Session(self._engine) as session:
            query = select(tables.Alert).where(tables.Alert.stops, tables.Alert.area == "CheckIn")
            return {str(row.reservation_id) for row in session.scalars(query)}

    def leave_one_room_ready(self, room_type: str) -> str:
        """Housekeeping takes back all rooms of this type but the first that is free today; its number."""
        with Session(self._engine) as session:
            query = select(tables.Room).where(tables.Room.type_code == room_type, tables.Room.state == "Inspected")
            held = set(session.scalars(select(tables.RoomNight.room)))
            ready = [room for room in session.scalars(query.order_by(tables.Room.number)).unique() if not room.occupied]
            last = next(room for room in ready if room.number not in held)
            for room in ready:
                room.state = "Inspected" if room is last else "Dirty"
            session.commit()
            return last.number

    def cleaned(self, number: str, state: str = "Inspected") -> None:
        """Housekeeping has done and inspected a room."""
        with Session(self._engine) as session:
            session.get_one(tables.Room, number).state = state
            session.commit()

    def paid(self, reservation_id: str) -> None:
        """The desk books what the guest has paid."""
        with Session(self._engine) as session:
            row = session.get_one(tables.Reservation, int(reservation_id))
            due = row.balance_cents
            row.postings.append(tables.Posting(code="CASH", description="Cash", cents=-due, posted_on=self.today))
            session.commit()

    def stops_no_more(self, reservation_id: str) -> None:
        """The desk takes the stop off the alerts of a booking."""
        with Session(self._engine) as session:
            for row in session.get_one(tables.Reservation, int(reservation_id)).alerts:
                row.stops = False
            session.commit()

    def not_told_when_born(self, profile_ids: Iterable[str]) -> None:
        """These guests' birth dates are not known to the hotel."""
        with Session(self._engine) as session:
            for profile_id in profile_ids:
                session.get_one(tables.Profile, int(profile_id)).born = None
            session.commit()

    def split(self, reservation_id: str) -> None:
        """The desk makes a booking of its own for each further room."""
        with Session(self._engine) as session:
            session.get_one(tables.Reservation, int(reservation_id)).rooms = 1
            session.commit()

    def given_away(self, number: str) -> set[date]:
        """The nights for which somebody has this room."""
        with Session(self._engine) as session:
            return set(session.scalars(select(tables.RoomNight.night).where(tables.RoomNight.room == number)))

    def sequence(self, number: str) -> int:
        """The highest key sequence that this room's door was promised."""
        with Session(self._engine) as session:
            return session.get_one(tables.Room, number).key_sequence

    def key_options(self, reservation_id: str) -> tuple[str, ...]:
        """Of the room, the reservation and its guests, each code once."""
        with Session(self._engine) as session:
            row = session.get_one(tables.Reservation, int(reservation_id))
            said = [row.room.key_options if row.room else "", row.key_options, *(p.key_options for p in row.guests)]
            return tuple(dict.fromkeys(code for each in said for code in each.split(",") if code))

    def keys(self, reservation_id: str) -> list[tuple[int, str]]:
        """Every card that was allocated to it: its sequence and its UID, '' if none was written."""
        with Session(self._engine) as session:
            query = select(tables.KeyCard).where(tables.KeyCard.reservation_id == int(reservation_id))
            return [(each.sequence, each.card_uid or "") for each in session.scalars(query)]

    def archived(self) -> list[bytes]:
        """The registration cards in the archive."""
        with Session(self._engine) as session:
            return [each.content for each in session.scalars(select(tables.ArchivedDocument))]

    def requests(self) -> list[str]:
        """What the desk was told."""
        with Session(self._engine) as session:
            return [each.comment for each in session.scalars(select(tables.ServiceRequest))]

    def postings(self, reservation_id: str) -> list[tuple[str, Decimal]]:
        with Session(self._engine) as session:
            row = session.get_one(tables.Reservation, int(reservation_id))
            return [(each.description, Decimal(each.cents) / 100) for each in row.postings]

    def take(self, found: Iterable[Reservation]) -> Reservation:
        """The first that no other test has used: tests that change something share no reservation."""
        one = next((each for each in found if each.id not in self._used), None)
        assert one, "the books hold no such reservation any more"
        self._used.add(one.id)
        return one

    def due_in(self) -> list[Reservation]:
        """Reservations of today with nothing in the way but, perhaps, a room."""
        stopped = self.stopping_alerts()
        return [
            each
            for each in self.reservations()
            if each.stay is Stay.RESERVED
            and each.arrival == self.today
            and each.rooms == 1
            and each.id not in stopped
            and each.balance is not None
            and each.balance.amount <= 0
            and not each.shares_with
            and not each.do_not_move
        ]

    def taken_by_the_desk(self, request_id: str, who: str) -> None:
        """Somebody at the desk takes a service request."""
        with Session(self._engine) as session:
            session.get_one(tables.ServiceRequest, int(request_id)).guaranteed_by = who
            session.commit()

    def _reservation(self, row: tables.Reservation, rows: list[tables.Reservation]) -> Reservation:
        room = row.room
        return Reservation(
            id=str(row.id),
            confirmation=row.confirmation,
            stay=STAYS[row.status],
            arrival=row.arrival,
            departure=row.departure,
            guests=tuple(_guest(each) for each in row.guests),
            adults=row.adults,
            children=row.children,
            rooms=row.rooms,
            room_type=row.type_code,
            room_type_name=row.type.name,
            room=_told_with_reservation(room) if room else None,
            do_not_move=row.do_not_move,
            wants=row.wants,
            alerts=tuple(Alert(each.code, each.area, each.description) for each in row.alerts),
            shares_with=tuple(
                str(each.id) for each in rows if each.share_group == row.share_group and each.id != row.id
            )
            if row.share_group
            else (),
            linked=tuple(str(each.id) for each in rows if each.party == row.party and each.id != row.id)
            if row.party
            else (),
            balance=Money(Decimal(row.balance_cents) / 100, self.currency),
            arrival_time=row.arrival_time,
            departure_time=row.departure_time,
        )


def _guest(row: tables.Profile) -> Guest:
    return Guest(
        profile_id=str(row.id),
        given_name=row.given_name,
        family_name=row.family_name,
        middle_name=row.middle_name,
        name_other=(row.given_other, row.family_other),
        language=row.language,
        nationality=row.nationality,
        born=row.born,
        sex=row.sex,
        address=Address(
            tuple(line for line in row.address_lines.split("\n") if line), row.postal_code, row.city, row.country
        ),
        email=row.email,
        phone=row.phone,
        identifications=tuple(
            Identification(each.type, each.number, each.issued_in, each.expires) for each in row.identifications
        ),
    )


def _room(row: tables.Room) -> Room:
    return Room(row.number, row.type_code, row.floor, ROOM_STATES[row.state], row.occupied, row.features)


def _told_with_reservation(row: tables.Room) -> Room:
    """A reservation tells number, type and state of its room; `Hotel.room` tells the rest."""
    return Room(row.number, row.type_code, state=ROOM_STATES[row.state], occupied=row.occupied)
