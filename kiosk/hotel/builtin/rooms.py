"""Rooms: which are free, which fit, and giving one to a reservation – once."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError

from kiosk.hotel.builtin.desk import Desk, conflict
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import Reservation, Room, RoomFeature, RoomNight

READY = ("Inspected", "Clean")
"""States in which a guest is let in; only an inspected room is suggested."""

NOT_FOR_GUESTS = ("OutOfOrder", "OutOfService")


def nights(arrival: date, departure: date) -> list[date]:
    """The nights that a stay needs its room for; a day's use needs one too."""
    return [arrival + timedelta(days=n) for n in range(max(1, (departure - arrival).days))]


def is_free(arrival: date, departure: date, holder: str = "") -> ColumnElement[bool]:
    """For a query on Room: nobody but `holder` has it in these nights."""
    span = nights(arrival, departure)
    return ~exists().where(
        RoomNight.room == Room.number,
        RoomNight.night.between(span[0], span[-1]),
        RoomNight.holder != holder,
    )


def has_feature(feature: str) -> ColumnElement[bool]:
    return exists().where(RoomFeature.room == Room.number, RoomFeature.feature == feature)


def suggestions(
    desk: Desk, reservation: Reservation, room_type: str, arrival: date, departure: date
) -> list[Room]:
    """Inspected, vacant, free, of that type, with all wanted features; fewest unasked-for features first."""
    wants = reservation.wants
    query = select(Room).where(
        Room.type_code == room_type,
        Room.state == "Inspected",
        ~Room.occupied,
        is_free(arrival, departure, reservation.holder),
        *(has_feature(feature) for feature in wants),
    )
    found = list(desk.session.scalars(query))
    # An accessible room is kept for who needs it as long as there is another.
    return sorted(found, key=lambda r: ("ACC" in r.features - wants, len(r.features - wants), r.number))


def assign(desk: Desk, reservation: Reservation, number: str) -> None:
    """Give the room for all nights, or refuse; `ROOM_TAKEN` when somebody was faster."""
    must_be_reserved(reservation)
    if reservation.rooms > 1:
        raise conflict("MUST_SPLIT", "The booking is for several rooms.")
    if reservation.room_number == number:
        return
    if reservation.do_not_move and reservation.room_number:
        raise conflict("DO_NOT_MOVE", "The desk has locked the room number.")
    room = desk.session.get(Room, number, with_for_update={"of": Room})
    if room is None:
        raise Refusal("ROOM_UNKNOWN", where="criteria.roomId")
    if room.type_code != reservation.type_code:
        raise conflict("ROOM_TYPE_DIFFERS", "The room is not of the booked type.")
    if room.state in NOT_FOR_GUESTS or (reservation.arrival <= desk.today and room.state not in READY):
        raise conflict("ROOM_NOT_READY", "Housekeeping has not released the room.")
    _share_must_fit(desk, reservation, number)
    release(desk, reservation)
    _hold(desk, reservation, number)
    reservation.room_number = number
    desk.session.flush()


def must_be_reserved(reservation: Reservation) -> None:
    if reservation.status == "InHouse":
        raise conflict("ALREADY_CHECKED_IN", "The guest is in house.")
    if reservation.status != "Reserved":
        raise conflict("NOT_RESERVED", "The reservation is not in reserved state.")


def release(desk: Desk, reservation: Reservation) -> None:
    """Let the room go, unless somebody who shares it still has it."""
    if reservation.room_number is None:
        return
    others = _others_in_group(desk, reservation)
    if not any(other.room_number == reservation.room_number for other in others):
        desk.session.execute(
            delete(RoomNight).where(
                RoomNight.room == reservation.room_number, RoomNight.holder == reservation.holder
            )
        )
    reservation.room_number = None


def _others_in_group(desk: Desk, reservation: Reservation) -> list[Reservation]:
    if reservation.share_group is None:
        return []
    query = select(Reservation).where(
        Reservation.share_group == reservation.share_group,
        Reservation.id != reservation.id,
        Reservation.status.in_(("Reserved", "InHouse")),
    )
    return list(desk.session.scalars(query))


def sharers(desk: Desk, reservation: Reservation) -> list[Reservation]:
    """Who else has a part of this room, cancelled ones left out."""
    return sorted(_others_in_group(desk, reservation), key=lambda other: other.id)


def _share_must_fit(desk: Desk, reservation: Reservation, number: str) -> None:
    rooms = {other.room_number for other in _others_in_group(desk, reservation)} - {None}
    if rooms and number not in rooms:
        raise conflict("ROOM_DIFFERS", "Who shares the room has another one.")


def _hold(desk: Desk, reservation: Reservation, number: str) -> None:
    span = nights(reservation.arrival, reservation.departure)
    held = {
        row.night: row.holder
        for row in desk.session.scalars(
            select(RoomNight).where(RoomNight.room == number, RoomNight.night.between(span[0], span[-1]))
        )
    }
    if any(holder != reservation.holder for holder in held.values()):
        raise conflict("ROOM_TAKEN", "The room is no longer free for these nights.")
    desk.session.add_all(
        RoomNight(room=number, night=night, holder=reservation.holder) for night in span if night not in held
    )
    try:
        desk.session.flush()
    except IntegrityError:
        raise conflict("ROOM_TAKEN", "The room is no longer free for these nights.") from None
