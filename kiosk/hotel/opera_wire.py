"""OPERA Cloud's answers as the front desk's words. Pure: no I/O, no clock.

Every reader takes the JSON object of one answer and gives what `kiosk/hotel/model.py` defines, or
raises `Nonsense` with the path of the field that is missing or wrong – never its value.
Source: Oracle OPERA Cloud property APIs 25.5 (rsv, crm, fof, csh); builtin/README.md lists the paths.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from kiosk.hotel.model import (
    ACCESSIBLE,
    Address,
    Alert,
    Folio,
    FolioLine,
    Guest,
    Identification,
    Obstacle,
    Reservation,
    Room,
    RoomState,
    ServiceRequest,
    Stay,
)
from kiosk.hotel.opera_fields import (
    Json,
    Nonsense,
    amount,
    at,
    clock_time,
    count,
    day,
    flag,
    id_of,
    money,
    must,
    must_day,
    must_id,
    objects,
    text,
)
from kiosk.language import Money

CUT = 40  # crm: surname and givenName have maxLength 40

_STAYS = {
    "Reserved": Stay.RESERVED,
    "Requested": Stay.RESERVED,
    "DueIn": Stay.RESERVED,
    "Walkin": Stay.RESERVED,
    "InHouse": Stay.IN_HOUSE,
    "DueOut": Stay.IN_HOUSE,
    "PendingCheckout": Stay.IN_HOUSE,
    "CheckedOut": Stay.CHECKED_OUT,
    "Cancelled": Stay.CANCELLED,
    "NoShow": Stay.NO_SHOW,
    "Waitlisted": Stay.WAITLISTED,
}
_RATE = (
    "roomType",
    "roomTypeCharged",
    "ratePlanCode",
    "marketCode",
    "sourceCode",
    "numberOfUnits",
    "guestCounts",
    "start",
    "end",
)
_ROOM_STATES = {
    "Clean": RoomState.CLEAN,
    "Inspected": RoomState.INSPECTED,
    "Pickup": RoomState.PICKUP,
    "Dirty": RoomState.DIRTY,
    "OutOfOrder": RoomState.OUT_OF_ORDER,
    "OutOfService": RoomState.OUT_OF_SERVICE,
}


# --- reservations ----------------------------------------------------------------------------


def found(body: Json) -> tuple[Reservation, ...]:
    """rsv getHotelReservations: what each of the list tells; balance and needs only where told."""
    return tuple(_listed(each) for each in objects(body, "reservations.reservationInfo"))


def more(body: Json) -> bool:
    return flag(body, "reservations.hasMore")


def total(body: Json) -> int:
    """rsv getHotelReservations: how many there are, on all pages. Nonsense where it is not told."""
    if at(body, "reservations.totalResults") is None:
        raise Nonsense("reservations.totalResults")
    return count(body, "reservations.totalResults")


def reservation(body: Json) -> Reservation:
    """rsv getReservation. Nonsense when the list does not hold exactly one."""
    one = objects(body, "reservations.reservation")
    if len(one) != 1:
        raise Nonsense("reservations.reservation")
    return _whole(one[0])


def rates(body: Json) -> tuple[dict[str, Any], ...]:
    """What getReservation tells of each rate, as far as putReservation wants it again."""
    return tuple(
        {name: each[name] for name in _RATE if each.get(name) is not None}
        for one in objects(body, "reservations.reservation")
        for each in objects(one, "roomStay.roomRates")
    )


def _listed(json: Json) -> Reservation:
    stay = "roomStay"
    room = text(json, f"{stay}.roomId")
    kind = text(json, f"{stay}.roomType")  # of the room, for who was moved; what was booked is charged
    return Reservation(
        guests=(_listed_guest(json), *_accompanying(json)),
        adults=count(json, f"{stay}.adultCount"),
        children=count(json, f"{stay}.childCount"),
        rooms=count(json, f"{stay}.numberOfRooms", 1),
        room_type=text(json, f"{stay}.roomTypeCharged") or kind,
        room=Room(room, kind, state=_room_state(json, "roomStatus")) if room else None,
        balance=money(json, f"{stay}.balance"),
        **_stay(json),
    )


def _whole(json: Json) -> Reservation:
    rate = next(iter(objects(json, "roomStay.roomRates")), {})
    now = "roomStay.currentRoomInfo"
    kind = text(rate, "roomType") or text(json, f"{now}.roomType")
    room = text(json, f"{now}.roomId")
    guests = sorted(objects(json, "reservationGuests"), key=lambda each: not flag(each, "primary"))
    if not guests:
        raise Nonsense("reservationGuests")
    state = _room_state(json, "housekeeping.roomStatus")
    occupied = text(json, "housekeeping.frontOfficeStatus") == "Occupied"
    return Reservation(
        guests=tuple(_reservation_guest(each) for each in guests),
        adults=count(json, "roomStay.guestCounts.adults"),
        children=count(json, "roomStay.guestCounts.children"),
        rooms=count(rate, "numberOfUnits", 1),
        room_type=kind,
        room_type_name=text(json, f"{now}.roomDescription"),
        room=Room(room, text(json, f"{now}.roomType") or kind, state=state, occupied=occupied) if room else None,
        wants=frozenset(_wants(json)),
        alerts=tuple(
            Alert(text(each, "code"), text(each, "area"), text(each, "description"))
            for each in objects(json, "alerts")
        ),
        linked=tuple(_linked(json)),
        balance=money(json, "cashiering.revenuesAndBalances.balance"),
        **_stay(json),
    )


def _stay(json: Json) -> dict[str, Any]:
    """What list and whole reservation tell at the same place."""
    status = must(json, "reservationStatus")
    if status not in _STAYS:
        raise Nonsense("reservationStatus")
    times = "roomStay.expectedTimes"
    arrival, departure = must_day(json, "roomStay.arrivalDate"), must_day(json, "roomStay.departureDate")
    if departure < arrival:
        raise Nonsense("roomStay.departureDate")
    return {
        "id": must_id(json, "reservationIdList", "Reservation"),
        "confirmation": must_id(json, "reservationIdList", "Confirmation"),
        "stay": _STAYS[status],
        "arrival": arrival,
        "departure": departure,
        "arrival_time": clock_time(json, f"{times}.reservationExpectedArrivalTime"),
        "departure_time": clock_time(json, f"{times}.reservationExpectedDepartureTime"),
        "do_not_move": flag(json, "roomStay.roomNumberLocked"),
        "shares_with": tuple(
            id for each in objects(json, "sharedGuests") if (id := text(each, "reservationId.id"))
        ),
    }


def _wants(json: Json) -> Iterator[str]:
    for group in objects(json, "preferenceCollection"):
        if text(group, "preferenceType") == "ROOM_FEATURES":
            yield from (must(each, "preferenceValue") for each in objects(group, "preference"))


def _linked(json: Json) -> Iterator[str]:
    mine = id_of(json, "reservationIdList", "Reservation")
    for each in objects(json, "linkedReservation.reservationInfo"):
        other = must_id(each, "reservationIdList", "Reservation")
        if other != mine:
            yield other


# --- guests ----------------------------------------------------------------------------------


def profile(body: Json, profile_id: str) -> Guest:
    """crm getProfile. Birth date and a document's expiry have no valid form there, and stay empty."""
    details = at(body, "profileDetails")
    if not isinstance(details, dict):
        raise Nonsense("profileDetails")
    return _guest(details, profile_id)


def _reservation_guest(json: Json) -> Guest:
    details = at(json, "profileInfo.profile")
    if not isinstance(details, dict):
        raise Nonsense("reservationGuests.profileInfo.profile")
    return _guest(details, must_id(json, "profileInfo.profileIdList", "Profile"))


def _guest(json: Json, profile_id: str) -> Guest:
    names = objects(json, "customer.personName")
    main = next((each for each in names if text(each, "nameType") in ("Primary", "")), None)
    if main is None:
        raise Nonsense("customer.personName")
    other: Json = next((each for each in names if text(each, "nameType") == "Alternate"), {})
    middle = text(main, "middleName")
    given, family = _uncut(text(main, "givenName"), middle, must(main, "surname"), text(main, "salutation"))
    sex = text(json, "customer.gender")[:1].upper()
    return Guest(
        profile_id=profile_id,
        given_name=given,
        family_name=family,
        middle_name=middle,
        name_other=(text(other, "givenName"), text(other, "surname")),
        language=text(json, "customer.language"),
        nationality=text(json, "customer.nationality") or text(json, "customer.citizenCountry.code"),
        born=day(json, "customer.birthDate"),
        sex=sex if sex in ("F", "M", "X") else "",
        address=_address(json),
        email=text(_primary(json, "emails.emailInfo", "email"), "emailAddress"),
        phone=text(_primary(json, "telephones.telephoneInfo", "telephone"), "phoneNumber"),
        identifications=tuple(_identifications(json)),
    )


def _uncut(given: str, middle: str, family: str, greeting: str) -> tuple[str, str]:
    """Names of more than 40 letters are whole only in the salutation, "Given Middle Family"."""
    if max(len(given), len(family)) < CUT or not greeting.startswith(given):
        return given, family
    at_family = greeting.find(family, len(given))
    if at_family < 0:
        return given, family
    if len(given) >= CUT:
        given = greeting[:at_family].strip().removesuffix(middle).strip()
    return given, greeting[at_family:] if len(family) >= CUT else family


def _primary(json: Json, path: str, key: str) -> dict[str, Any]:
    """The primary one of a profile's addresses, e-mails or telephones, else the first; {} for none."""
    each = [value for info in objects(json, path) if isinstance(value := info.get(key), dict)]
    return next((one for one in each if flag(one, "primaryInd")), each[0] if each else {})


def _address(json: Json) -> Address:
    one = _primary(json, "addresses.addressInfo", "address")
    lines = one.get("addressLine") or []
    if not isinstance(lines, list) or not all(isinstance(line, str) for line in lines):
        raise Nonsense("address.addressLine")
    return Address(
        tuple(line for line in lines if line),
        text(one, "postalCode"),
        text(one, "cityName"),
        text(one, "country.code"),
    )


def _identifications(json: Json) -> Iterator[Identification]:
    for info in objects(json, "customer.identifications.identificationInfo"):
        here = "identification"
        yield Identification(
            text(info, f"{here}.idType"),
            text(info, f"{here}.idNumber"),
            text(info, f"{here}.issuedCountry"),
            day(info, f"{here}.expirationDate"),
            text(info, f"{here}.idNumberMasked"),
        )


def _listed_guest(json: Json) -> Guest:
    who = "reservationGuest"
    given, family = text(json, f"{who}.givenName"), must(json, f"{who}.surname")
    middle = text(json, f"{who}.middleName")
    whole_family, _, rest = text(json, f"{who}.fullName").partition(", ")  # "Family, Given Middle", never cut
    if len(family) >= CUT and whole_family.startswith(family):
        family = whole_family
    if len(given) >= CUT and rest.startswith(given):
        given = rest.removesuffix(middle).rstrip()
    return Guest(
        profile_id=text(json, f"{who}.id"),
        given_name=given,
        family_name=family,
        middle_name=middle,
        name_other=(text(json, f"{who}.alternateGivenName"), text(json, f"{who}.alternateSurname")),
        language=text(json, f"{who}.language"),
        nationality=text(json, f"{who}.nationality.code"),
        born=day(json, f"{who}.birthDate"),
    )


def _accompanying(json: Json) -> Iterator[Guest]:
    for each in objects(json, "reservationGuest.accompanyGuests"):
        yield Guest(
            profile_id=id_of(each, "profileIdList", "Profile"),
            given_name=text(each, "firstName"),
            family_name=text(each, "lastName"),
            name_other=(text(each, "alternateFirstName"), text(each, "alternateLastName")),
        )


# --- rooms, bill, desk -----------------------------------------------------------------------


def _room_state(json: Json, path: str) -> RoomState:
    """Not told is DIRTY: no room is given away on silence."""
    value = text(json, path)
    if value and value not in _ROOM_STATES:
        raise Nonsense(path)
    return _ROOM_STATES.get(value, RoomState.DIRTY)


def rooms(body: Json) -> tuple[Room, ...]:
    """fof getHotelRooms."""
    return tuple(_room(each) for each in objects(body, "hotelRoomsDetails.room"))


def _room(json: Json) -> Room:
    features = {must(each, "code") for each in objects(json, "roomFeatures")}
    if flag(json, "accessible"):
        features.add(ACCESSIBLE)
    status = "housekeeping.roomStatus"
    return Room(
        number=must(json, "roomId"),
        room_type=must(json, "roomType.roomType"),
        floor=text(json, "floor"),
        state=_room_state(json, f"{status}.roomStatus"),
        # Not told is occupied: no guest is sent into a room on silence.
        occupied=text(json, f"{status}.frontOfficeStatus") != "Vacant",
        features=frozenset(features),
    )


def suggestions(body: Json) -> tuple[str, ...]:
    """fof getSuggestedRooms: room numbers, best first."""
    return tuple(must(each, "roomId") for each in objects(body, "suggestedRoomsType"))


def obstacles(body: Json) -> tuple[Obstacle, ...]:
    """fof verifyCheckinReservation: its warnings."""
    return tuple(Obstacle(must(each, "code"), text(each, "shortText")) for each in objects(body, "warnings"))


def folio(body: Json, reservation_id: str) -> Folio:
    """csh getFolio: all windows as one bill; Nonsense when they are in several currencies."""
    windows = objects(body, "reservationFolioInformation.folioWindows")
    balances = [balance for window in windows if (balance := money(window, "balance"))]
    currencies = {balance.currency for balance in balances}
    if len(currencies) != 1:
        raise Nonsense("folioWindows.balance")
    currency = currencies.pop()
    postings = [
        posting
        for window in windows
        for bill in objects(window, "folios")
        for posting in objects(bill, "postings")
    ]
    owed = sum((balance.amount for balance in balances), Decimal(0))
    return Folio(reservation_id, Money(owed, currency), tuple(_line(each, currency) for each in postings))


def _line(json: Json, currency: str) -> FolioLine:
    posted = money(json, "postedAmount")
    return FolioLine(
        text(json, "transactionDescription"),
        posted or Money(amount(json, "transactionAmount"), currency),
        day(json, "transactionDate"),
        text(json, "reference"),
    )


def service_requests(body: Json) -> tuple[ServiceRequest, ...]:
    """fof getServiceRequests: taken as soon as somebody's name or another status stands there."""
    return tuple(
        ServiceRequest(
            id=must(each, "serviceRequestId.id"),
            code=text(each, "code"),
            text=text(each, "comment"),
            reservation_id=id_of(each, "reservationIdList", "Reservation"),
            room=text(each, "room"),
            taken=bool(text(each, "guaranteedBy")) or text(each, "status") != "Open",
        )
        for each in objects(body, "serviceRequestsDetails")
    )
