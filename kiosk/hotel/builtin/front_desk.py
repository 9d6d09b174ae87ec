"""fof: getHotelRooms, getSuggestedRooms, verifyCheckinReservation, postRoomAssignment, postCheckIn, deleteCheckin."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from kiosk.hotel.builtin import keys, rooms
from kiosk.hotel.builtin.desk import Call, Desk, Operation, conflict
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.stay_json import FEATURES, whole
from kiosk.hotel.builtin.tables import ROOM_STATES, Reservation, Room
from kiosk.hotel.builtin.wire import Answer, Fields, Json, Query, page, some

HOTEL = "/fof/v1/hotels/{hotelId}"
STAY = HOTEL + "/reservations/{reservationId}"

_ROOMS = frozenset(
    {
        "roomType",
        "roomFeatureCode",
        "hotelRoomStatus",
        "hotelFORoomStatus",
        "floor",
        "fromRoomNumber",
        "toRoomNumber",
        "hotelRoomStartDate",
        "hotelRoomEndDate",
        "reservationId",
        "limit",
        "offset",
    }
)
_CRITERIA = frozenset({"hotelId", "reservationIdList", "roomId", "roomNumberLocked"})
_CHECK_IN = frozenset(
    {
        "roomId",
        "ignoreWarnings",
        "stopCheckin",
        "printRegistration",
        "overrideAdvancePaymentValidation",
        "checkInInitiatedBy",
    }
)


def get_hotel_rooms(desk: Desk, call: Call) -> Answer:
    limit = call.query.number("limit", 200, 1, 1000)
    offset = call.query.number("offset", 0, 0, 999_999_999)
    conditions = _room_conditions(desk, call.query)
    total = desk.session.scalar(select(func.count()).select_from(Room).where(*conditions)) or 0
    query = select(Room).where(*conditions).order_by(Room.number).limit(limit).offset(offset)
    found = list(desk.session.scalars(query).unique())
    return Answer(
        {
            "hotelRoomsDetails": {"room": [_room(room) for room in found], "hotelId": desk.hotel_id},
            **page(len(found), total, offset, limit),
        }
    )


def _room_conditions(desk: Desk, query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [rooms.has_feature(code) for code in query.many("roomFeatureCode")]
    if types := query.many("roomType"):
        found.append(Room.type_code.in_(types))
    if states := query.choices("hotelRoomStatus", frozenset(ROOM_STATES)):
        found.append(Room.state.in_(states))
    if len(vacancy := query.choices("hotelFORoomStatus", frozenset({"Vacant", "Occupied"}))) == 1:
        found.append(Room.occupied.is_(vacancy[0] == "Occupied"))
    if (floor := query.one("floor")) is not None:
        found.append(Room.floor == floor)
    if (first := query.one("fromRoomNumber")) is not None:
        found.append(Room.number >= first)
    if (last := query.one("toRoomNumber")) is not None:
        found.append(Room.number <= last)
    start, end = query.day("hotelRoomStartDate"), query.day("hotelRoomEndDate")
    if (start is None) != (end is None) or (start and end and end < start):
        raise Refusal(
            "QUERY_INVALID", "The first and the last day belong together.", where="hotelRoomEndDate"
        )
    reservation = query.one("reservationId")
    holder = desk.reservation(reservation).holder if reservation is not None else ""
    if start and end:
        found.append(rooms.is_free(start, end, holder))
    return found


def _room(room: Room) -> Json:
    """`roomType` of fof."""
    return {
        "roomId": room.number,
        "floor": room.floor,
        "accessible": "ACC" in room.features,
        "roomFeatures": [
            {"code": code, "description": FEATURES.get(code, code)} for code in sorted(room.features)
        ],
        "roomType": {
            "roomType": room.type_code,
            "shortDescription": room.type.name,
            "maximumOccupancy": room.type.most_guests,
        },
        "housekeeping": {
            "roomStatus": {
                "roomStatus": room.state,
                "frontOfficeStatus": "Occupied" if room.occupied else "Vacant",
            }
        },
    }


def get_suggested_rooms(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"])
    arrival = call.query.day("startDate") or reservation.arrival
    stay = (reservation.departure - reservation.arrival).days
    departure = arrival + timedelta(days=call.query.number("nights", stay, 0, 365))
    room_type = call.query.one("roomType") or reservation.type_code
    found = rooms.suggestions(desk, reservation, room_type, arrival, departure)
    return Answer({"suggestedRoomsType": [{"roomId": room.number} for room in found]})


def obstacles(desk: Desk, reservation: Reservation, *, pay_later: bool = False) -> list[tuple[str, str]]:
    """Everything that stands in the way of a check-in now: (code, what to tell the desk)."""
    if reservation.status == "InHouse":
        return [("ALREADY_CHECKED_IN", "The guest is in house.")]
    if reservation.status != "Reserved":
        return [("NOT_RESERVED", "The reservation is not in reserved state.")]
    found: list[tuple[str, str]] = []
    if reservation.arrival > desk.today:
        found.append(("NOT_DUE_IN", "The arrival is on a later day."))
    if reservation.departure < desk.today:
        found.append(("STAY_OVER", "The departure was on an earlier day."))
    if reservation.rooms > 1:
        found.append(("MUST_SPLIT", "The booking is for several rooms."))
    if reservation.room is None:
        found.append(("NO_ROOM", "No room is assigned."))
    else:
        if reservation.room.state not in rooms.READY:
            found.append(("ROOM_NOT_READY", "Housekeeping has not released the room."))
        if _occupied_by_others(desk, reservation):
            found.append(("ROOM_OCCUPIED", "The last guest is still in the room."))
    if reservation.balance_cents > 0 and not pay_later:
        found.append(("PAYMENT_DUE", "Money is due before check-in."))
    if any(alert.stops and alert.area == "CheckIn" for alert in reservation.alerts):
        found.append(("CHECK_IN_STOPPED", "An alert stops the check-in."))
    return found


def _occupied_by_others(desk: Desk, reservation: Reservation) -> bool:
    inside = desk.session.scalars(
        select(Reservation).where(
            Reservation.room_number == reservation.room_number, Reservation.status == "InHouse"
        )
    ).unique()
    return any(other.holder != reservation.holder for other in inside)


def verify_check_in(desk: Desk, call: Call) -> Answer:
    call.query.choices("verifyCheckinInstructions", frozenset({"ExcludeRoomSuggestion"}))
    reservation = desk.reservation(call.path["reservationId"])
    warnings = [{"code": code, "shortText": note} for code, note in obstacles(desk, reservation)]
    return Answer(some(reservation=[whole(desk, reservation, rsv=False)], warnings=warnings))


def post_room_assignment(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    criteria = Fields.of(call.body, "", frozenset({"criteria"})).fields("criteria", _CRITERIA)
    desk.must_be_ours(criteria, "hotelId")
    desk.must_be_this(criteria, "reservationIdList", "Reservation", str(reservation.id))
    rooms.assign(desk, reservation, criteria.needed("roomId", 20))
    if "roomNumberLocked" in criteria:
        reservation.do_not_move = criteria.flag("roomNumberLocked")
    return Answer(
        {}, 201, location=f"/fof/v1/hotels/{desk.hotel_id}/reservations/{reservation.id}/roomAssignments"
    )


def post_check_in(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    body = Fields.of(
        call.body, "", frozenset({"reservation", "fetchReservationInstruction", "includeNotifications"})
    )
    asked = body.fields("reservation", _CHECK_IN)
    if asked.flag("stopCheckin") or asked.flag("printRegistration"):
        raise asked.bad("stopCheckin" if asked.flag("stopCheckin") else "printRegistration")
    asked.flag("ignoreWarnings")
    asked.text("checkInInitiatedBy", 40)
    body.flag("includeNotifications")
    if body.value.get("fetchReservationInstruction", []) not in ([], ["ReservationDetail"]):
        raise body.bad("fetchReservationInstruction")
    for code, note in obstacles(desk, reservation, pay_later=asked.flag("overrideAdvancePaymentValidation")):
        raise conflict(code, note)
    if asked.text("roomId", 20, reservation.room_number or "") != reservation.room_number:
        raise conflict("ROOM_DIFFERS", "The reservation has another room.")
    reservation.status = "InHouse"
    reservation.checked_in_on = desk.today
    desk.session.flush()
    desk.session.expire(reservation.room)  # its occupancy is reckoned anew
    return Answer(
        {"reservation": [whole(desk, reservation, rsv=False)]},
        201,
        location=f"/rsv/v1/hotels/{desk.hotel_id}/reservations/{reservation.id}",
    )


def delete_check_in(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    state, unassign = (
        call.query.choices("roomStatus", frozenset(ROOM_STATES)),
        call.query.flag("unassignRoom"),
    )
    if reservation.status != "InHouse" or reservation.room is None:
        raise conflict("NOT_IN_HOUSE", "The guest is not in house.")
    if reservation.checked_in_on != desk.today:
        raise conflict("CHECKED_IN_EARLIER", "Only a check-in of today can be reversed.")
    if state:
        reservation.room.state = state[0]
    reservation.status = "Reserved"
    reservation.checked_in_on = None
    keys.void_all(desk, reservation)
    if unassign:
        rooms.release(desk, reservation)
    desk.session.flush()
    return Answer({})


OPERATIONS = (
    Operation("getHotelRooms", "GET", HOTEL + "/rooms", get_hotel_rooms, _ROOMS),
    Operation(
        "getSuggestedRooms",
        "GET",
        STAY + "/suggestedRooms",
        get_suggested_rooms,
        frozenset({"roomType", "startDate", "nights"}),
    ),
    Operation(
        "verifyCheckinReservation",
        "GET",
        STAY + "/verifyCheckIns",
        verify_check_in,
        frozenset({"verifyCheckinInstructions"}),
    ),
    Operation("postRoomAssignment", "POST", STAY + "/roomAssignments", post_room_assignment, takes_body=True),
    Operation("postCheckIn", "POST", STAY + "/checkIns", post_check_in, takes_body=True),
    Operation(
        "deleteCheckin",
        "DELETE",
        STAY + "/checkIns",
        delete_check_in,
        frozenset({"roomStatus", "unassignRoom"}),
    ),
)
