"""A reservation as the specification has it: an item of the list, and the whole."""

from __future__ import annotations

from datetime import date, datetime, time

from kiosk.hotel.builtin.desk import Desk
from kiosk.hotel.builtin.names import WIRE_LETTERS
from kiosk.hotel.builtin.profile_json import full_name, profile_ids, profile_type
from kiosk.hotel.builtin.rooms import nights, sharers
from kiosk.hotel.builtin.tables import Profile, Reservation
from kiosk.hotel.builtin.wire import Json, some

PARTS = frozenset(
    {
        "Reservation",
        "Comments",
        "Preferences",
        "Alerts",
        "Indicators",
        "LinkedReservations",
        "RevenuesAndBalances",
        "Shares",
    }
)

IN_RSV_ONLY = frozenset({"LinkedReservations", "Shares"})
"""fof's types have no place for the other reservations' ids."""

FEATURES = {
    "ACC": "Wheelchair accessible",
    "BALC": "Balcony",
    "VIEW": "River view",
    "QUIET": "Courtyard side",
    "TUB": "Bath tub",
    "CONN": "Connecting door",
}


def reservation_ids(reservation: Reservation) -> list[Json]:
    return [
        {"id": str(reservation.id), "type": "Reservation"},
        {"id": reservation.confirmation, "type": "Confirmation"},
    ]


def computed_status(desk: Desk, reservation: Reservation) -> str:
    """Reserved and due is DueIn; in house and leaving is DueOut."""
    if reservation.status == "Reserved" and reservation.arrival <= desk.today:
        return "DueIn"
    if reservation.status == "InHouse" and reservation.departure <= desk.today:
        return "DueOut"
    return reservation.status


def list_item(desk: Desk, reservation: Reservation) -> Json:
    """`reservationInfoType`."""
    stay = some(
        arrivalDate=reservation.arrival.isoformat(),
        departureDate=reservation.departure.isoformat(),
        expectedTimes=_expected(desk, reservation),
        adultCount=reservation.adults,
        childCount=reservation.children,
        roomType=reservation.room.type_code if reservation.room else reservation.type_code,
        roomTypeCharged=reservation.type_code,
        numberOfRooms=reservation.rooms,
        roomId=reservation.room_number,
        rateAmount=desk.money(reservation.night_cents),
        linkCode=reservation.party,
        balance=desk.money(reservation.balance_cents),
        roomNumberLocked=reservation.do_not_move,
    )
    return some(
        reservationIdList=reservation_ids(reservation),
        roomStay=stay,
        reservationGuest=guest_info(reservation.guests[0]),
        sharedGuests=_sharers(desk, reservation),
        roomStatus=reservation.room.state if reservation.room else None,
        hotelId=desk.hotel_id,
        createDateTime=_moment(desk, reservation.created_at),
        reservationStatus=reservation.status,
        computedReservationStatus=computed_status(desk, reservation),
    )


def guest_info(profile: Profile) -> Json:
    """`resGuestInfoType` without dates."""
    return some(
        givenName=profile.given_name[:WIRE_LETTERS],
        middleName=profile.middle_name[:WIRE_LETTERS],
        surname=profile.family_name[:WIRE_LETTERS],
        alternateGivenName=profile.given_other[:WIRE_LETTERS],
        alternateSurname=profile.family_other[:WIRE_LETTERS],
        fullName=full_name(profile),
        language=profile.language,
        nationality=some(code=profile.nationality),
        nameType="Guest",
        id=str(profile.id),
        type="Profile",
    )


def whole(desk: Desk, reservation: Reservation, *, rsv: bool = True, parts: frozenset[str] = PARTS) -> Json:
    """`hotelReservationType` of rsv, or of fof, which has no place for dates and the room's state."""
    answer = some(
        reservationIdList=reservation_ids(reservation),
        roomStay=_room_stay(desk, reservation),
        reservationGuests=[
            {
                "profileInfo": {
                    "profileIdList": profile_ids(profile),
                    "profile": profile_type(profile, dates=rsv),
                },
                "primary": position == 0,
            }
            for position, profile in enumerate(reservation.guests)
        ],
        housekeeping=_housekeeping(reservation) if rsv else None,
        hotelId=desk.hotel_id,
        roomStayReservation=True,
        reservationStatus=reservation.status,
        computedReservationStatus=computed_status(desk, reservation),
        walkIn=False,
        createDateTime=_moment(desk, reservation.created_at),
        party=reservation.party,
    )
    for part, make in _PARTS.items():
        if part in parts and (rsv or part not in IN_RSV_ONLY):
            answer |= make(desk, reservation)
    return answer


def _room_stay(desk: Desk, reservation: Reservation) -> Json:
    people = {"adults": reservation.adults, "children": reservation.children}
    return some(
        currentRoomInfo=some(
            roomType=reservation.room.type_code if reservation.room else reservation.type_code,
            roomId=reservation.room_number,
            roomDescription=reservation.type.name,
        ),
        roomRates=[
            some(
                guestCounts=people,
                roomType=reservation.type_code,
                numberOfUnits=reservation.rooms,
                roomId=reservation.room_number,
                total={"amountAfterTax": _stay_cents(reservation) / 100, "currencyCode": desk.currency},
            )
        ],
        guestCounts=people,
        arrivalDate=reservation.arrival.isoformat(),
        departureDate=reservation.departure.isoformat(),
        expectedTimes=_expected(desk, reservation),
        roomNumberLocked=reservation.do_not_move,
    )


def _stay_cents(reservation: Reservation) -> int:
    return (
        reservation.night_cents * len(nights(reservation.arrival, reservation.departure)) * reservation.rooms
    )


def _housekeeping(reservation: Reservation) -> Json:
    if reservation.room is None:
        return {}
    occupied = "Occupied" if reservation.room.occupied else "Vacant"
    return {"roomStatus": reservation.room.state, "frontOfficeStatus": occupied}


def _preferences(desk: Desk, reservation: Reservation) -> Json:
    wants = [
        {"preferenceValue": code, "description": FEATURES.get(code, code)}
        for code in sorted(reservation.wants)
    ]
    return some(
        preferenceCollection=[
            {"preferenceType": "ROOM_FEATURES", "reservationPreference": True, "preference": wants}
        ]
        if wants
        else []
    )


def _comments(desk: Desk, reservation: Reservation) -> Json:
    return some(
        comments=[
            {
                "comment": {
                    "text": {"value": row.text},
                    "notificationLocation": "GEN",
                    "type": "RESERVATION",
                    "internal": row.internal,
                    "createDateTime": _moment(desk, row.created_at),
                },
                "id": str(row.id),
                "type": "Comment",
            }
            for row in reservation.comments
        ]
    )


def _alerts(desk: Desk, reservation: Reservation) -> Json:
    return some(
        alerts=[
            {
                "code": row.code,
                "area": row.area,
                "description": row.description,
                "screenNotification": True,
                "stopCheckInCheckOut": row.stops,
                "id": str(row.id),
                "type": "Alert",
            }
            for row in reservation.alerts
        ]
    )


def _shares(desk: Desk, reservation: Reservation) -> Json:
    return some(sharedGuests=_sharers(desk, reservation))


def _sharers(desk: Desk, reservation: Reservation) -> list[Json]:
    return [
        {
            "profileId": profile_ids(other.guests[0])[0],
            "reservationId": reservation_ids(other)[0],
            "firstName": other.guests[0].given_name,
            "lastName": other.guests[0].family_name,
        }
        for other in sharers(desk, reservation)
    ]


def _linked(desk: Desk, reservation: Reservation) -> Json:
    if reservation.party is None:
        return {}
    others = (
        desk.session.query(Reservation)
        .filter(Reservation.party == reservation.party, Reservation.id != reservation.id)
        .order_by(Reservation.id)
    )
    linked = [
        some(
            reservationIdList=reservation_ids(other),
            givenName=other.guests[0].given_name[:WIRE_LETTERS],
            surname=other.guests[0].family_name[:WIRE_LETTERS],
            roomType=other.type_code,
            room=other.room_number,
            reservationStatus=other.status,
            hotelId=desk.hotel_id,
            adultCount=other.adults,
            childCount=other.children,
        )
        for other in others
    ]
    return (
        {"linkedReservation": {"reservationInfo": linked, "linkedName": reservation.party}} if linked else {}
    )


def _balances(desk: Desk, reservation: Reservation) -> Json:
    paid = -sum(row.cents for row in reservation.postings if row.cents < 0)
    balances = {"totalPayment": desk.money(paid), "balance": desk.money(reservation.balance_cents)}
    return {"cashiering": {"revenuesAndBalances": balances}}


def _indicators(desk: Desk, reservation: Reservation) -> Json:
    counts = {
        "ALERTS": len(reservation.alerts),
        "COMMENTS": len(reservation.comments),
        "PREFERENCES": len(reservation.wants),
    }
    return some(
        reservationIndicators=[{"indicatorName": name, "count": n} for name, n in counts.items() if n]
    )


_PARTS = {
    "Preferences": _preferences,
    "Comments": _comments,
    "Alerts": _alerts,
    "Shares": _shares,
    "LinkedReservations": _linked,
    "RevenuesAndBalances": _balances,
    "Indicators": _indicators,
}


def _expected(desk: Desk, reservation: Reservation) -> Json:
    return some(
        reservationExpectedArrivalTime=_at(desk, reservation.arrival, reservation.arrival_time),
        reservationExpectedDepartureTime=_at(desk, reservation.departure, reservation.departure_time),
    )


def _at(desk: Desk, day: date, when: time | None) -> str | None:
    return datetime.combine(day, when, desk.clock.zone).isoformat() if when else None


def _moment(desk: Desk, moment: datetime) -> str:
    return moment.astimezone(desk.clock.zone).isoformat(timespec="seconds")
