"""csh: getFolio. Dates of postings are left out: the specification has no room for them (README)."""

from __future__ import annotations

from kiosk.hotel.builtin.desk import Call, Desk, Operation
from kiosk.hotel.builtin.stay_json import computed_status, guest_info, reservation_ids
from kiosk.hotel.builtin.tables import Posting, Reservation
from kiosk.hotel.builtin.wire import Answer, Json, some

FOLIOS = "/csh/v1/hotels/{hotelId}/reservations/{reservationId}/folios"
PARTS = frozenset({"Reservation", "Postings", "Totalbalance", "Windowbalances"})


def get_folio(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"])
    parts = frozenset(call.query.choices("fetchInstructions", PARTS)) or PARTS
    if call.query.flag("summaryOnly"):
        parts -= {"Postings"}
    information = some(
        reservationInfo=_stay(desk, reservation) if "Reservation" in parts else None,
        folioWindows=[_window(desk, reservation, parts)],
    )
    return Answer({"reservationFolioInformation": information})


def _stay(desk: Desk, reservation: Reservation) -> Json:
    return {
        "reservationIdList": reservation_ids(reservation),
        "roomStay": some(
            arrivalDate=reservation.arrival.isoformat(),
            departureDate=reservation.departure.isoformat(),
            adultCount=reservation.adults,
            childCount=reservation.children,
            roomType=reservation.type_code,
            roomId=reservation.room_number,
            balance=desk.money(reservation.balance_cents),
        ),
        "reservationGuest": guest_info(reservation.guests[0]),
        "hotelId": desk.hotel_id,
        "reservationStatus": reservation.status,
        "computedReservationStatus": computed_status(desk, reservation),
    }


def _window(desk: Desk, reservation: Reservation, parts: frozenset[str]) -> Json:
    charged = sum(row.cents for row in reservation.postings if row.cents > 0)
    paid = -sum(row.cents for row in reservation.postings if row.cents < 0)
    window: Json = {"folioWindowNo": 1, "emptyFolio": not reservation.postings}
    if parts & {"Windowbalances", "Totalbalance"}:
        window |= {
            "revenue": desk.money(charged),
            "payment": desk.money(paid),
            "balance": desk.money(charged - paid),
        }
    if "Postings" in parts:
        postings = [_posting(desk, row) for row in reservation.postings]
        window["folios"] = [{"folioAmount": desk.money(charged), "postings": postings}]
    return window


def _posting(desk: Desk, row: Posting) -> Json:
    amount = desk.money(abs(row.cents))
    side = {"debitAmount": amount} if row.cents >= 0 else {"creditAmount": amount}
    return {
        "transactionNo": row.id,
        "transactionCode": row.code,
        "transactionDescription": row.description,
        "transactionAmount": row.cents / 100,
        "postedAmount": desk.money(row.cents),
        "quantity": 1,
        "folioWindowNo": 1,
        **side,
    }


OPERATIONS = (
    Operation("getFolio", "GET", FOLIOS, get_folio, frozenset({"fetchInstructions", "summaryOnly"})),
)
