"""The hotel's books. What must never be so, the database itself forbids: a room has one holder a night."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
    Text,
    exists,
    func,
    select,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column, relationship
from sqlalchemy.types import DateTime, TypeDecorator

ROOM_STATES = ("Clean", "Dirty", "Pickup", "Inspected", "OutOfOrder", "OutOfService")
STAYS = ("Reserved", "InHouse", "CheckedOut", "Cancelled", "NoShow", "Waitlisted")
REQUEST_STATES = ("Open", "PendingFollowUp", "Closed")


def _one_of(column: str, words: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(word) for word in words)})"


class Moment(TypeDecorator[datetime]):
    """Aware outside, naive UTC in the table: the same on every database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None


class Base(DeclarativeBase):
    pass


class House(Base):
    """One row: which hotel these books are, and the day around which they were seeded."""

    __tablename__ = "house"
    id: Mapped[int] = mapped_column(primary_key=True)
    hotel_id: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    seeded_on: Mapped[date]


class RoomType(Base):
    __tablename__ = "room_types"
    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    most_guests: Mapped[int]


class RoomFeature(Base):
    __tablename__ = "room_features"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.number"), primary_key=True)
    feature: Mapped[str] = mapped_column(String(20), primary_key=True)


class Profile(Base):
    """A person. `*_key` are names.name_key of the names, for looking up."""

    __tablename__ = "profiles"
    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str] = mapped_column(String(400))
    middle_name: Mapped[str] = mapped_column(String(400), default="")
    family_name: Mapped[str] = mapped_column(String(400))
    family_key: Mapped[str] = mapped_column(String(800), index=True)
    family_key_cut: Mapped[str] = mapped_column(String(160), index=True)
    given_key: Mapped[str] = mapped_column(String(800))
    given_other: Mapped[str] = mapped_column(String(400), default="")
    family_other: Mapped[str] = mapped_column(String(400), default="")
    family_other_key: Mapped[str] = mapped_column(String(800), default="", index=True)
    language: Mapped[str] = mapped_column(String(20), default="")
    nationality: Mapped[str] = mapped_column(String(20), default="")
    born: Mapped[date | None]
    sex: Mapped[str] = mapped_column(String(20), default="")
    address_lines: Mapped[str] = mapped_column(Text, default="")  # one per line
    postal_code: Mapped[str] = mapped_column(String(15), default="")
    city: Mapped[str] = mapped_column(String(40), default="")
    country: Mapped[str] = mapped_column(String(20), default="")
    email: Mapped[str] = mapped_column(String(2000), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    key_options: Mapped[str] = mapped_column(String(200), default="")  # codes: "GARAGE,LOUNGE"

    identifications: Mapped[list[Identification]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Identification.id"
    )


class Identification(Base):
    __tablename__ = "identifications"
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), index=True)
    type: Mapped[str] = mapped_column(String(40))
    number: Mapped[str] = mapped_column(String(80))
    issued_in: Mapped[str] = mapped_column(String(20), default="")
    expires: Mapped[date | None]
    first: Mapped[bool] = mapped_column(default=False)


class Posting(Base):
    """A line on the bill, in hundredths of the hotel's currency; a payment is negative."""

    __tablename__ = "postings"
    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(String(200))
    cents: Mapped[int] = mapped_column(BigInteger)
    posted_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(2000), default="")


class Reservation(Base):
    __tablename__ = "reservations"
    __table_args__ = (
        CheckConstraint(_one_of("status", STAYS), name="reservation_status"),
        CheckConstraint("departure >= arrival", name="reservation_dates"),
        CheckConstraint("rooms >= 1", name="reservation_rooms"),
        CheckConstraint("status <> 'InHouse' OR room_number IS NOT NULL", name="reservation_in_house_room"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    confirmation: Mapped[str] = mapped_column(String(40), unique=True)
    status: Mapped[str] = mapped_column(String(20), index=True)
    arrival: Mapped[date] = mapped_column(index=True)
    departure: Mapped[date] = mapped_column(index=True)
    arrival_time: Mapped[time | None]
    departure_time: Mapped[time | None]
    adults: Mapped[int]
    children: Mapped[int] = mapped_column(default=0)
    rooms: Mapped[int] = mapped_column(default=1)
    type_code: Mapped[str] = mapped_column(ForeignKey("room_types.code"))
    room_number: Mapped[str | None] = mapped_column(ForeignKey("rooms.number"), index=True)
    do_not_move: Mapped[bool] = mapped_column(default=False)
    share_group: Mapped[str | None] = mapped_column(String(40), index=True)
    party: Mapped[str | None] = mapped_column(String(50), index=True)
    night_cents: Mapped[int] = mapped_column(BigInteger, default=0)
    checked_in_on: Mapped[date | None]
    key_options: Mapped[str] = mapped_column(String(200), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    balance_cents: Mapped[int] = column_property(
        select(func.coalesce(func.sum(Posting.cents), 0))
        .where(Posting.reservation_id == id)
        .correlate_except(Posting)
        .scalar_subquery()
    )

    type: Mapped[RoomType] = relationship(lazy="joined")
    room: Mapped[Room | None] = relationship(lazy="joined")
    guest_rows: Mapped[list[ReservationGuest]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="ReservationGuest.position"
    )
    want_rows: Mapped[list[ReservationWant]] = relationship(lazy="selectin", cascade="all, delete-orphan")
    alerts: Mapped[list[Alert]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Alert.id"
    )
    comments: Mapped[list[Comment]] = relationship(
        lazy="selectin", cascade="all, delete-orphan", order_by="Comment.id"
    )
    postings: Mapped[list[Posting]] = relationship(order_by="Posting.id", cascade="all, delete-orphan")

    @property
    def guests(self) -> list[Profile]:
        return [row.profile for row in self.guest_rows]

    @property
    def wants(self) -> frozenset[str]:
        return frozenset(row.feature for row in self.want_rows)

    @property
    def holder(self) -> str:
        """Who holds the room's nights: the group of who share it, or this reservation alone."""
        return self.share_group or f"reservation {self.id}"


class Room(Base):
    __tablename__ = "rooms"
    __table_args__ = (CheckConstraint(_one_of("state", ROOM_STATES), name="room_state"),)
    number: Mapped[str] = mapped_column(String(20), primary_key=True)
    floor: Mapped[str] = mapped_column(String(20))
    type_code: Mapped[str] = mapped_column(ForeignKey("room_types.code"))
    state: Mapped[str] = mapped_column(String(20))
    key_sequence: Mapped[int] = mapped_column(default=0)
    key_options: Mapped[str] = mapped_column(String(200), default="")
    occupied: Mapped[bool] = column_property(
        exists()
        .where(Reservation.room_number == number, Reservation.status == "InHouse")
        .correlate_except(Reservation)
    )

    type: Mapped[RoomType] = relationship(lazy="joined")
    feature_rows: Mapped[list[RoomFeature]] = relationship(lazy="selectin", cascade="all, delete-orphan")

    @property
    def features(self) -> frozenset[str]:
        return frozenset(row.feature for row in self.feature_rows)


class ReservationGuest(Base):
    """Who stays; position 0 booked."""

    __tablename__ = "reservation_guests"
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"), index=True)
    profile: Mapped[Profile] = relationship(lazy="joined")


class ReservationWant(Base):
    __tablename__ = "reservation_wants"
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), primary_key=True)
    feature: Mapped[str] = mapped_column(String(20), primary_key=True)


class Alert(Base):
    """What the desk must be told when this guest comes; `stops`: no check-in without the desk."""

    __tablename__ = "alerts"
    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), index=True)
    code: Mapped[str] = mapped_column(String(20))
    area: Mapped[str] = mapped_column(String(20))
    description: Mapped[str] = mapped_column(String(2000))
    stops: Mapped[bool] = mapped_column(default=False)


class Comment(Base):
    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), index=True)
    text: Mapped[str] = mapped_column(String(2000))
    internal: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)


class RoomNight(Base):
    """One holder per room and night: of two kiosks that assign the last room, one breaks this key."""

    __tablename__ = "room_nights"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.number"), primary_key=True)
    night: Mapped[date] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(60), index=True)


class KeyGeneration(Base):
    """A sequence number that a room's lock was promised; allocated once, never again."""

    __tablename__ = "key_generations"
    room: Mapped[str] = mapped_column(ForeignKey("rooms.number"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(String(60))


class KeyCard(Base):
    """One card; several share a generation. A card's UID is active for one key at most."""

    __tablename__ = "key_cards"
    __table_args__ = (
        ForeignKeyConstraint(["room", "sequence"], ["key_generations.room", "key_generations.sequence"]),
        CheckConstraint("valid_until > valid_from", name="key_validity"),
        Index(
            "one_active_key_per_card",
            "card_uid",
            unique=True,
            sqlite_where=text("active AND card_uid IS NOT NULL"),
            postgresql_where=text("active AND card_uid IS NOT NULL"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    reservation_id: Mapped[int] = mapped_column(ForeignKey("reservations.id"), index=True)
    room: Mapped[str] = mapped_column(String(20))
    sequence: Mapped[int]
    valid_from: Mapped[datetime] = mapped_column(Moment)
    valid_until: Mapped[datetime] = mapped_column(Moment)
    card_uid: Mapped[str | None] = mapped_column(String(40))
    active: Mapped[bool] = mapped_column(default=True)


class ServiceRequest(Base):
    __tablename__ = "service_requests"
    __table_args__ = (CheckConstraint(_one_of("status", REQUEST_STATES), name="service_request_status"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    status: Mapped[str] = mapped_column(String(20))
    comment: Mapped[str] = mapped_column(String(2000), default="")
    priority: Mapped[str] = mapped_column(String(20), default="")
    room: Mapped[str] = mapped_column(String(20), default="")
    reservation_id: Mapped[int | None] = mapped_column(ForeignKey("reservations.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    guaranteed_by: Mapped[str] = mapped_column(String(100), default="")
    action: Mapped[str] = mapped_column(String(200), default="")
    close_description: Mapped[str] = mapped_column(String(2000), default="")
    closed_by: Mapped[str] = mapped_column(String(80), default="")
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class DoneRequest(Base):
    """What was answered to a request id, so that asking again does nothing twice."""

    __tablename__ = "done_requests"
    operation: Mapped[str] = mapped_column(String(40), primary_key=True)
    scope: Mapped[str] = mapped_column(String(80), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    location: Mapped[str] = mapped_column(String(400), default="")
    answer: Mapped[str] = mapped_column(Text)


class ArchivedDocument(Base):
    __tablename__ = "archived_documents"
    id: Mapped[str] = mapped_column(String(80), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    stored_at: Mapped[datetime] = mapped_column(Moment)
