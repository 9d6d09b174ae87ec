"""rsv: getHotelReservations, getReservation, putReservation."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, func, or_, select

from kiosk.hotel.builtin import keys, rooms
from kiosk.hotel.builtin.desk import Call, Desk, Operation, conflict
from kiosk.hotel.builtin.names import search_key
from kiosk.hotel.builtin.profile_json import write_profile
from kiosk.hotel.builtin.stay_json import PARTS, list_item, whole
from kiosk.hotel.builtin.tables import Comment, Profile, Reservation, ReservationGuest
from kiosk.hotel.builtin.wire import Answer, Fields, Query, page

RESERVATIONS = "/rsv/v1/hotels/{hotelId}/reservations"
RESERVATION = RESERVATIONS + "/{reservationId}"

_SEARCH = frozenset(
    {
        "surname",
        "givenName",
        "confirmationNumberList",
        "reservationIdList",
        "arrivalStartDate",
        "arrivalEndDate",
        "departureStartDate",
        "departureEndDate",
        "profileId",
        "roomId",
        "linkedName",
        "reservationStatuses",
        "limit",
        "offset",
    }
)
_STATUSES = {
    "Cancelled": ("Cancelled",),
    "CheckedOut": ("CheckedOut",),
    "CheckedIn": ("InHouse",),
    "InHouse": ("InHouse",),
    "NoShow": ("NoShow",),
    "WaitList": ("Waitlisted",),
}
_CHANGE = frozenset({"reservationIdList", "hotelId", "comments", "reservationGuests", "roomStay"})
_STAY = frozenset({"arrivalDate", "departureDate", "roomRates", "currentRoomInfo"})
_RATE = frozenset({"roomType", "roomTypeCharged", "numberOfUnits", "guestCounts", "start", "end"})
_NOTE = frozenset({"comment", "id", "type"})
_COMMENT = frozenset({"text", "notificationLocation", "type", "internal", "commentTitle", "hotelId"})
_GUEST = frozenset({"profileInfo", "primary"})
_PROFILE_INFO = frozenset({"profileIdList", "profile"})


def get_hotel_reservations(desk: Desk, call: Call) -> Answer:
    limit = call.query.number("limit", 100, 1, 1000)
    offset = call.query.number("offset", 0, 0, 999_999_999)
    conditions = _conditions(desk, call.query)
    found: list[Reservation] = []
    total = 0
    if conditions is not None:
        matching = _matching(conditions)
        total = desk.session.scalar(select(func.count()).select_from(matching.subquery())) or 0
        query = select(Reservation).where(Reservation.id.in_(matching)).order_by(Reservation.id)
        found = list(desk.session.scalars(query.limit(limit).offset(offset)).unique())
    listed = [list_item(desk, reservation) for reservation in found]
    return Answer({"reservations": {"reservationInfo": listed, **page(len(found), total, offset, limit)}})


def _matching(conditions: list[ColumnElement[bool]]) -> Select[int]:
    """Ids of the reservations; conditions on Profile are about the guest who booked."""
    return (
        select(Reservation.id)
        .join(Reservation.guest_rows)
        .join(ReservationGuest.profile)
        .where(ReservationGuest.position == 0, *conditions)
    )


def _conditions(desk: Desk, query: Query) -> list[ColumnElement[bool]] | None:
    """What the query asks for; None when nothing can match (a name that is none)."""
    found: list[ColumnElement[bool]] = []
    if (surname := query.one("surname")) is not None:
        key = search_key(surname)
        if key is None:
            return None
        found.append(
            or_(Profile.family_key == key, Profile.family_key_cut == key, Profile.family_other_key == key)
        )
    if (given := query.one("givenName")) is not None:
        key = search_key(given)
        if key is None:
            return None
        found.append(Profile.given_key == key)
    if numbers := query.many("confirmationNumberList"):
        found.append(Reservation.confirmation.in_(numbers))
    if ids := query.many("reservationIdList"):
        found.append(Reservation.id.in_(_ids(ids)))
    if (profile := query.one("profileId")) is not None:
        found.append(Reservation.guest_rows.any(ReservationGuest.profile_id.in_(_ids((profile,)))))
    if (room := query.one("roomId")) is not None:
        found.append(Reservation.room_number == room)
    if (party := query.one("linkedName")) is not None:
        found.append(Reservation.party == party)
    found += _days(query)
    if statuses := query.choices("reservationStatuses", frozenset(_STATUSES) | {"DueIn", "DueOut"}):
        found.append(or_(*(_status(desk, status) for status in statuses)))
    return found


def _days(query: Query) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for name, column in (("arrival", Reservation.arrival), ("departure", Reservation.departure)):
        if (start := query.day(f"{name}StartDate")) is not None:
            found.append(column >= start)
        if (end := query.day(f"{name}EndDate")) is not None:
            found.append(column <= end)
    return found


def _status(desk: Desk, status: str) -> ColumnElement[bool]:
    if status == "DueIn":
        return (Reservation.status == "Reserved") & (Reservation.arrival <= desk.today)
    if status == "DueOut":
        return (Reservation.status == "InHouse") & (Reservation.departure <= desk.today)
    return Reservation.status.in_(_STATUSES[status])


def _ids(words: tuple[str, ...]) -> list[int]:
    """Internal ids; what is no number is nobody's id."""
    return [int(word) for word in words if word.isascii() and word.isdigit() and len(word) <= 15]


def get_reservation(desk: Desk, call: Call) -> Answer:
    parts = frozenset(call.query.choices("fetchInstructions", PARTS)) or PARTS
    reservation = desk.reservation(call.path["reservationId"])
    return Answer({"reservations": {"reservation": [whole(desk, reservation, parts=parts)]}})


def put_reservation(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    change = Fields.of(call.body, "", frozenset({"reservations"})).only("reservations", _CHANGE)
    desk.must_be_this(change, "reservationIdList", "Reservation", str(reservation.id))
    desk.must_be_ours(change, "hotelId")
    for note in change.each("comments", _NOTE):
        if "id" in note:
            raise note.bad("id")  # an old comment is not changed
        comment = note.fields("comment", _COMMENT)
        text = comment.fields("text", frozenset({"value", "language"})).needed("value", 2000)
        reservation.comments.append(
            Comment(text=text, internal=comment.flag("internal", True), created_at=desk.now)
        )
    for guest in change.each("reservationGuests", _GUEST):
        _write_guest(desk, reservation, guest)
    if "roomStay" in change:
        _change_stay(desk, reservation, change.fields("roomStay", _STAY))
    desk.session.flush()
    return Answer({"reservations": {"reservation": [whole(desk, reservation)]}})


def _change_stay(desk: Desk, reservation: Reservation, stay: Fields) -> None:
    """For who is in house: another room, a later departure. What else is told must be as it is."""
    if stay.day("arrivalDate") not in (None, reservation.arrival):
        raise stay.bad("arrivalDate")
    departure = stay.day("departureDate") or reservation.departure
    for rate in stay.each("roomRates", _RATE, most=1):
        same = {
            "roomType": reservation.type_code,
            "roomTypeCharged": reservation.type_code,
            "numberOfUnits": reservation.rooms,
            "guestCounts": {"adults": reservation.adults, "children": reservation.children},
            "start": reservation.arrival.isoformat(),
            "end": departure.isoformat(),
        }
        for name, value in rate.value.items():
            if value != same[name]:
                raise rate.bad(name)
    if "departureDate" in stay:
        rooms.extend(desk, reservation, departure)
    if "currentRoomInfo" in stay:
        now = stay.fields("currentRoomInfo", frozenset({"roomId"}))
        before = reservation.room_number
        rooms.move(desk, reservation, now.needed("roomId", 20))
        if reservation.room_number != before:
            keys.void_all(desk, reservation)


def _write_guest(desk: Desk, reservation: Reservation, guest: Fields) -> None:
    """A guest of this booking; or, with `primary` false, one more. Who is not in the list stays, too."""
    info = guest.fields("profileInfo", _PROFILE_INFO)
    ids = [entry.text("id", 80) for entry in info.each("profileIdList", frozenset({"id", "type"}))]
    profile = next((p for p in reservation.guests if [str(p.id)] == ids), None)
    if profile is None:
        if len(ids) != 1 or "primary" not in guest or guest.flag("primary"):
            raise info.bad("profileIdList")
        profile = desk.profile(ids[0], lock=True)
        _add_guest(reservation, profile)
    elif guest.flag("primary", profile is reservation.guests[0]) != (profile is reservation.guests[0]):
        raise guest.bad("primary")
    if "profile" in info:
        write_profile(profile, Fields(info.value["profile"], f"{info.path}.profile"))


def _add_guest(reservation: Reservation, profile: Profile) -> None:
    if reservation.status not in ("Reserved", "InHouse"):
        raise conflict("NOT_RESERVED", "Nobody is added to a stay that is over, or will not be.")
    if len(reservation.guest_rows) >= reservation.type.most_guests * reservation.rooms:
        raise conflict("TOO_MANY_GUESTS", "The room is for fewer people.")
    last = max(row.position for row in reservation.guest_rows)
    reservation.guest_rows.append(ReservationGuest(position=last + 1, profile=profile))


OPERATIONS = (
    Operation("getHotelReservations", "GET", RESERVATIONS, get_hotel_reservations, _SEARCH),
    Operation("getReservation", "GET", RESERVATION, get_reservation, frozenset({"fetchInstructions"})),
    Operation("putReservation", "PUT", RESERVATION, put_reservation, takes_body=True),
)
