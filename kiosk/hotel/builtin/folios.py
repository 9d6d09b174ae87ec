"""csh: getFolio, postBillingCharges. Dates of postings are left out: the specification has no room for them (README)."""

from __future__ import annotations

from kiosk.hotel.builtin.desk import Call, Desk, Operation
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.stay_json import computed_status, guest_info, reservation_ids
from kiosk.hotel.builtin.tables import Posting, Reservation
from kiosk.hotel.builtin.wire import Answer, Fields, Json, some

FOLIOS = "/csh/v1/hotels/{hotelId}/reservations/{reservationId}/folios"
CHARGES = "/csh/v1/hotels/{hotelId}/reservations/{reservationId}/charges"
BY_HAND = {"4300": "Lost key", "4310": "Luggage storage", "4900": "Miscellaneous"}
"""Transaction codes that may be posted by hand; the others are the night audit's and the cashier's."""
MOST_CENTS = 10**10
_CRITERIA = frozenset({"hotelId", "charges", "reservationId", "cashierId"})
_CHARGE = frozenset(
    {"transactionCode", "price", "postingQuantity", "postingReference", "postingRemark", "folioWindowNo"}
)
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
    return some(reference=row.reference) | {
        "transactionNo": row.id,
        "transactionCode": row.code,
        "transactionDescription": row.description,
        "transactionAmount": row.cents / 100,
        "postedAmount": desk.money(row.cents),
        "quantity": 1,
        "folioWindowNo": 1,
        **side,
    }


def post_billing_charges(desk: Desk, call: Call) -> Answer:
    key = call.path["reservationId"]
    reservation = desk.reservation(key, lock=True)
    asked = Fields.of(call.body, "", frozenset({"criteria"})).fields("criteria", _CRITERIA)
    desk.must_be_ours(asked, "hotelId")
    if "reservationId" in asked and _id_in(asked) != key:
        raise asked.bad("reservationId")
    asked.number("cashierId")
    charge = asked.only("charges", _CHARGE)
    code, reference = charge.needed("transactionCode", 80), charge.text("postingReference").strip()
    if code not in BY_HAND:
        raise Refusal("TRANSACTION_CODE_UNKNOWN", where=f"{charge.path}.transactionCode")
    if reservation.status != "InHouse":
        raise Refusal("NOT_IN_HOUSE")
    if charge.number("folioWindowNo") not in (None, 1):
        raise charge.bad("folioWindowNo")
    cents = _cents(desk, charge)
    row = next((each for each in reservation.postings if reference and each.reference == reference), None)
    if row is None:
        row = Posting(
            code=code,
            description=BY_HAND[code],
            cents=cents,
            posted_on=desk.today,
            reference=reference,
        )
        reservation.postings.append(row)
        desk.session.flush()
    elif (row.code, row.cents) != (code, cents):
        raise Refusal("REFERENCE_REUSED", where=f"{charge.path}.postingReference")
    return Answer({"postings": [_posting(desk, row)]}, 201)


def _id_in(asked: Fields) -> str:
    return asked.fields("reservationId", frozenset({"id", "type"})).needed("id", 80)


def _cents(desk: Desk, charge: Fields) -> int:
    """What is charged, in hundredths: more than nothing, and no part of a hundredth."""
    price = charge.fields("price", frozenset({"amount", "currencyCode"}))
    if price.text("currencyCode", 20, desk.currency) != desk.currency:
        raise price.bad("currencyCode")
    amount, quantity = price.value.get("amount"), charge.number("postingQuantity")
    if isinstance(amount, bool) or not isinstance(amount, int | float) or not 0 < amount < MOST_CENTS:
        raise price.bad("amount")
    if quantity is not None and not 0 < quantity <= 100:
        raise charge.bad("postingQuantity")
    cents = round(amount * 100)
    if abs(cents - amount * 100) > 1e-4 or not cents:
        raise price.bad("amount")
    return cents * (1 if quantity is None else quantity)


OPERATIONS = (
    Operation("postBillingCharges", "POST", CHARGES, post_billing_charges, takes_body=True),
    Operation("getFolio", "GET", FOLIOS, get_folio, frozenset({"fetchInstructions", "summaryOnly"})),
)
