"""Rooms: which are free, which fit, and giving one to a reservation – once."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.exc import IntegrityError

from kiosk.hotel.builtin.desk import Desk, conflict
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import Posting, Reservation, Room, RoomFeature, RoomNight

READY = ("Inspected", "Clean")
"""States in which a guest is let in; only an inspected room is suggested."""

NOT_FOR_GUESTS = ("OutOfOrder", "OutOfService")
MOST_NIGHTS = 365
"""How far ahead a departure may lie."""


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
    _hold(desk, reservation, number, reservation.arrival, reservation.departure)
    reservation.room_number = number
    desk.session.flush()


def must_be_reserved(reservation: Reservation) -> None:
    if reservation.status == "InHouse":
        raise conflict("ALREADY_CHECKED_IN", "The guest is in house.")
    if reservation.status != "Reserved":
        raise conflict("NOT_RESERVED", "The reservation is not in reserved state.")


def release(desk: Desk, reservation: Reservation, *, since: date = date.min) -> None:
    """Let the room go, unless somebody who shares it still has it; nights before `since` were slept there."""
    if reservation.room_number is None:
        return
    others = _others_in_group(desk, reservation)
    if not any(other.room_number == reservation.room_number for other in others):
        desk.session.execute(
            delete(RoomNight).where(
                RoomNight.room == reservation.room_number,
                RoomNight.holder == reservation.holder,
                RoomNight.night >= since,
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


def move(desk: Desk, reservation: Reservation, number: str) -> None:
    """Another room for who is in house, from today to the departure. The old one is to be cleaned."""
    old = reservation.room
    if reservation.status != "InHouse" or old is None:
        raise conflict("NOT_IN_HOUSE", "Who is not in house is given a room by an assignment.")
    if old.number == number:
        return
    if reservation.do_not_move:
        raise conflict("DO_NOT_MOVE", "The desk has locked the room number.")
    room = desk.session.get(Room, number, with_for_update={"of": Room}, populate_existing=True)
    if room is None:
        raise Refusal("ROOM_UNKNOWN", where="roomStay.currentRoomInfo.roomId")
    _share_must_fit(desk, reservation, number)
    if room.occupied:
        raise conflict("ROOM_TAKEN", "Somebody is in the room.")
    if room.state != "Inspected":
        raise conflict("ROOM_NOT_READY", "Housekeeping has not released the room.")
    if room.type.most_guests < max(len(reservation.guests), reservation.adults + reservation.children):
        raise conflict("TOO_MANY_GUESTS", "The room is for fewer people.")
    _hold(desk, reservation, number, max(reservation.arrival, desk.today), reservation.departure)
    release(desk, reservation, since=desk.today)
    old.state = "Dirty"
    reservation.room_number = number
    desk.session.flush()
    desk.session.expire(old)  # its occupancy is reckoned anew
    desk.session.expire(room)
    desk.session.expire(reservation, ["room"])


def extend(desk: Desk, reservation: Reservation, departure: date) -> None:
    """The same room for more nights, each charged like those before."""
    if reservation.status != "InHouse" or reservation.room_number is None:
        raise conflict("NOT_IN_HOUSE", "Who is not in house books other days.")
    if departure == reservation.departure:
        return
    if departure < reservation.departure or departure > desk.today + timedelta(days=MOST_NIGHTS):
        raise Refusal("FIELD_INVALID", where="reservations[0].roomStay.departureDate")
    _hold(desk, reservation, reservation.room_number, reservation.departure, departure)
    more = (departure - max(reservation.departure, reservation.arrival + timedelta(days=1))).days
    reservation.departure = departure
    reservation.postings.append(
        Posting(
            code="1000",
            description="Accommodation",
            cents=reservation.night_cents * more,
            posted_on=desk.today,
        )
    )
    desk.session.flush()
    desk.session.expire(reservation, ["balance_cents"])


def _share_must_fit(desk: Desk, reservation: Reservation, number: str) -> None:
    rooms = {other.room_number for other in _others_in_group(desk, reservation)} - {None}
    if rooms and number not in rooms:
        raise conflict("ROOM_DIFFERS", "Who shares the room has another one.")


def _hold(desk: Desk, reservation: Reservation, number: str, arrival: date, departure: date) -> None:
    span = nights(arrival, departure)
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
