"""Every operation, both ways: what exactly is sent, and where in the answer each value stood.

A front between kiosk and the built-in hotel writes down what goes by.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from kiosk.hotel.model import Address, Identification, Reservation, Stay
from kiosk.hotel.opera import OperaHotel
from kiosk.language import Money
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.front import Exchange, Front
from tests.kiosk.hotel.staying import brought_in, without_room

H = "/hotels/HOTEL"


@pytest.fixture
def hotel(hotel_behind_front: OperaHotel) -> OperaHotel:
    return hotel_behind_front


def asked(front: Front, method: str, path: str, query: dict[str, list[str]] | None = None) -> Exchange:
    """The one request that went by, and that it was this one, with the headers of every request."""
    (one,) = front.exchanges
    front.exchanges.clear()
    assert (one.method, one.path, one.query) == (method, path, query or {})
    assert one.headers["authorization"].startswith("Bearer ")
    assert one.headers["x-app-key"]
    assert one.headers["x-hotelid"] == "HOTEL"
    assert one.headers["accept"] == "application/json"
    if one.body:
        assert one.headers["content-type"] == "application/json;charset=UTF-8"
    return one


def ids(booking: Reservation) -> list[dict[str, str]]:
    return [{"id": booking.id, "type": "Reservation"}, {"id": booking.confirmation, "type": "Confirmation"}]


def only_id(booking: Reservation) -> list[dict[str, str]]:
    return [{"id": booking.id, "type": "Reservation"}]


def amount(money: Money | None) -> dict[str, Any]:
    assert money
    return {"amount": float(money.amount), "currencyCode": money.currency}


async def test_token(house: Any, front: Front) -> None:
    async with house.client(front.url) as client:
        await client.ping()
    token, rooms = front.exchanges
    assert (token.method, token.path) == ("POST", "/oauth/v1/tokens")
    assert token.body.startswith(b"grant_type=client_credentials&scope=")
    assert token.headers["authorization"].startswith("Basic ")
    assert token.headers["x-app-key"] == house.credentials.app_key
    assert token.answer_json["token_type"] == "Bearer"
    assert rooms.headers["authorization"] == f"Bearer {token.answer_json['access_token']}"
    assert (rooms.path, rooms.query) == (f"/fof/v1{H}/rooms", {"limit": ["1"]})
    assert len(rooms.answer_json["hotelRoomsDetails"]["room"]) == 1


async def test_search_by_confirmation_number(hotel: OperaHotel, front: Front, books: Books) -> None:
    expected = next(each for each in books.reservations() if each.room and each.shares_with)
    (found,) = await hotel.find_by_confirmation(expected.confirmation)
    query = {"confirmationNumberList": [expected.confirmation], "limit": ["100"], "offset": ["0"]}
    one = asked(front, "GET", f"/rsv/v1{H}/reservations", query)
    (told,) = one.answer_json["reservations"]["reservationInfo"]
    guest, stay = told["reservationGuest"], told["roomStay"]
    assert told["reservationIdList"] == ids(found)
    assert (guest["id"], guest["surname"]) == (found.guest.profile_id, found.guest.family_name)
    assert (stay["arrivalDate"], stay["departureDate"]) == (found.arrival.isoformat(), found.departure.isoformat())
    assert (stay["adultCount"], stay["childCount"]) == (found.adults, found.children)
    assert (stay["roomType"], stay["numberOfRooms"]) == (found.room_type, found.rooms)
    assert found.room
    assert (stay["roomId"], told["roomStatus"].lower()) == (found.room.number, found.room.state.value)
    assert stay["roomNumberLocked"] is found.do_not_move
    assert stay["balance"] == amount(found.balance)
    assert tuple(each["reservationId"]["id"] for each in told["sharedGuests"]) == found.shares_with


async def test_search_by_name_and_days(hotel: OperaHotel, front: Front, books: Books) -> None:
    expected = next(each for each in books.reservations() if each.guest.name_other[1])
    name, day = expected.guest.name_other[1], expected.arrival.isoformat()
    found = await hotel.find_by_name(name, arrival=expected.arrival, departure=expected.departure)
    query = {
        "surname": [name],
        "arrivalStartDate": [day],
        "arrivalEndDate": [day],
        "departureStartDate": [expected.departure.isoformat()],
        "departureEndDate": [expected.departure.isoformat()],
        "limit": ["100"],
        "offset": ["0"],
    }
    one = asked(front, "GET", f"/rsv/v1{H}/reservations", query)
    told = one.answer_json["reservations"]["reservationInfo"]
    assert [each["reservationGuest"]["alternateSurname"] for each in told] == [name] * len(found)


async def test_search_by_given_name_and_day(hotel: OperaHotel, front: Front, books: Books) -> None:
    expected = books.reservations()[0]
    day = expected.arrival.isoformat()
    found = await hotel.find_by_given_name(expected.guest.given_name, arrival=expected.arrival)
    query = {
        "givenName": [expected.guest.given_name],
        "arrivalStartDate": [day],
        "arrivalEndDate": [day],
        "limit": ["100"],
        "offset": ["0"],
    }
    one = asked(front, "GET", f"/rsv/v1{H}/reservations", query)
    assert len(one.answer_json["reservations"]["reservationInfo"]) == len(found) > 0


async def test_arrivals(hotel: OperaHotel, front: Front, books: Books) -> None:
    day = books.today.isoformat()
    await hotel.arrivals(books.today)
    every, over = sorted(front.exchanges, key=lambda one: len(one.query))
    query = {"arrivalStartDate": [day], "arrivalEndDate": [day], "limit": ["1"]}
    assert every.query == query
    assert over.query == {**query, "reservationStatuses": ["Cancelled", "NoShow", "WaitList", "InHouse", "CheckedOut"]}
    assert {(one.method, one.path) for one in (every, over)} == {("GET", f"/rsv/v1{H}/reservations")}
    assert every.answer_json["reservations"]["totalResults"] > over.answer_json["reservations"]["totalResults"] > 0


async def test_odd_words_are_never_sent(hotel: OperaHotel, front: Front) -> None:
    for words in ("", "%", "Na_y", "N", "Nagy\n", "N" * 81):
        assert await hotel.find_by_name(words) == ()
        assert await hotel.find_by_confirmation(words + "*") == ()
    assert front.exchanges == []


async def test_reservation(hotel: OperaHotel, front: Front, books: Books) -> None:
    everything = books.reservations()
    for expected in (
        next(each for each in everything if each.room and each.alerts),
        next(each for each in everything if each.wants and each.arrival_time),
        next(each for each in everything if each.linked),
        next(each for each in everything if len(each.guests) > 1),
        next(each for each in everything if each.rooms > 1),
    ):
        booking = await hotel.reservation(expected.id)
        parts = ["Reservation", "Preferences", "Alerts", "LinkedReservations", "RevenuesAndBalances", "Shares"]
        one = asked(front, "GET", f"/rsv/v1{H}/reservations/{expected.id}", {"fetchInstructions": parts})
        (told,) = one.answer_json["reservations"]["reservation"]
        stay, rate = told["roomStay"], told["roomStay"]["roomRates"][0]
        assert told["reservationIdList"] == ids(booking)
        assert (rate["roomType"], rate["numberOfUnits"]) == (booking.room_type, booking.rooms)
        assert stay["guestCounts"] == {"adults": booking.adults, "children": booking.children}
        assert stay["currentRoomInfo"]["roomDescription"] == booking.room_type_name
        assert stay["roomNumberLocked"] is booking.do_not_move
        people = [each["profileInfo"]["profileIdList"][0]["id"] for each in told["reservationGuests"]]
        assert people == [each.profile_id for each in booking.guests]
        if booking.room:
            assert stay["currentRoomInfo"]["roomId"] == booking.room.number
            assert told["housekeeping"]["roomStatus"].lower() == booking.room.state
            assert (told["housekeeping"]["frontOfficeStatus"] == "Occupied") is booking.room.occupied
        if booking.arrival_time:
            moment = datetime.fromisoformat(stay["expectedTimes"]["reservationExpectedArrivalTime"])
            assert (moment.date(), moment.time()) == (booking.arrival, booking.arrival_time)
        alerts = [(each["code"], each["area"], each["description"]) for each in told.get("alerts", [])]
        assert alerts == [(each.code, each.area, each.description) for each in booking.alerts]
        wants = {p["preferenceValue"] for each in told.get("preferenceCollection", []) for p in each["preference"]}
        assert wants == booking.wants
        linked = told.get("linkedReservation", {}).get("reservationInfo", [])
        assert tuple(each["reservationIdList"][0]["id"] for each in linked) == booking.linked
        assert told["cashiering"]["revenuesAndBalances"]["balance"] == amount(booking.balance)


async def test_profile(hotel: OperaHotel, front: Front, books: Books) -> None:
    expected = next(each.guest for each in books.reservations() if each.guest.address.city and each.guest.nationality)
    guest = await hotel.guest(expected.profile_id)
    parts = {"fetchInstructions": ["Profile", "Address", "Communication"]}
    told = asked(front, "GET", f"/crm/v1/profiles/{expected.profile_id}", parts).answer_json["profileDetails"]
    (name, *_) = told["customer"]["personName"]
    assert (name["nameType"], name["givenName"], name["surname"]) == ("Primary", guest.given_name, guest.family_name)
    assert told["customer"]["gender"] == guest.sex
    assert told["customer"]["nationality"] == guest.nationality
    assert "birthDate" not in told["customer"]
    address = told["addresses"]["addressInfo"][0]["address"]
    assert (tuple(address["addressLine"]), address["cityName"]) == (guest.address.lines, guest.address.city)


async def test_what_the_registration_card_says(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = books.take(each for each in books.due_in() if len(each.guests) == 1)
    guest = replace(
        booking.guest,
        given_name="Ilona",
        middle_name="Réka",
        family_name="Kiss",
        name_other=("", ""),
        language="hu",
        nationality="HU",
        born=date(1984, 2, 29),
        sex="F",
        address=Address(("Fő utca 1.",), "1011", "Budapest", "HU"),
        email="ilona@example.com",
        phone="+36 1 555 0100",
        identifications=(Identification("PASSPORT", "BH1234567", "HU", date(2031, 3, 31)),),
    )
    await hotel.save_guest(guest, booking.id)
    document = {"idType": "PASSPORT", "idNumber": "BH1234567", "issuedCountry": "HU", "primaryInd": True}
    customer = {
        "personName": [{"nameType": "Primary", "givenName": "Ilona", "middleName": "Réka", "surname": "Kiss"}],
        "identifications": {"identificationInfo": [{"identification": document}]},
        "gender": "F",
        "language": "hu",
        "nationality": "HU",
        "citizenCountry": {"code": "HU"},
    }
    address = {
        "addressLine": ["Fő utca 1."],
        "postalCode": "1011",
        "cityName": "Budapest",
        "country": {"code": "HU"},
        "primaryInd": True,
    }
    details: dict[str, Any] = {
        "customer": customer,
        "addresses": {"addressInfo": [{"address": address}]},
        "emails": {"emailInfo": [{"email": {"emailAddress": "ilona@example.com", "primaryInd": True}}]},
        "telephones": {"telephoneInfo": [{"telephone": {"phoneNumber": "+36 1 555 0100", "primaryInd": True}}]},
    }
    owner = [{"id": guest.profile_id, "type": "Profile"}]
    profile, dates = sorted(front.exchanges, key=lambda each: each.path)  # asked at the same time
    front.exchanges[:] = [profile]
    one = asked(front, "PUT", f"/crm/v1/profiles/{guest.profile_id}")
    assert one.json == {"profileIdList": owner, "profileDetails": details}
    assert one.status == 200
    front.exchanges[:] = [dates]
    one = asked(front, "PUT", f"/rsv/v1{H}/reservations/{booking.id}")
    document["expirationDate"] = "2031-03-31"
    customer["birthDate"] = "1984-02-29"
    info = {"profileIdList": owner, "profile": details}
    change = {
        "reservationIdList": only_id(booking),
        "hotelId": "HOTEL",
        "reservationGuests": [{"profileInfo": info}],
    }
    assert one.json == {"reservations": [change]}
    assert one.status == 200


async def test_without_a_reservation_no_dates_are_sent(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = books.take(books.due_in())
    await hotel.save_guest(replace(booking.guest, born=date(1984, 2, 29)))
    assert b"1984" not in asked(front, "PUT", f"/crm/v1/profiles/{booking.guest.profile_id}").body


async def test_note(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = books.take(books.due_in())
    await hotel.note(booking.id, "Typed in: „okmány”")
    comment = {
        "text": {"value": "Typed in: „okmány”"},
        "type": "RESERVATION",
        "notificationLocation": "GEN",
        "internal": True,
    }
    change = {"reservationIdList": only_id(booking), "hotelId": "HOTEL", "comments": [{"comment": comment}]}
    assert asked(front, "PUT", f"/rsv/v1{H}/reservations/{booking.id}").json == {"reservations": [change]}


async def test_free_rooms(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = next(each for each in books.due_in() if each.room is None)
    rooms = await hotel.free_rooms(booking)
    suggested, free = sorted(front.exchanges, key=lambda each: each.path)  # asked at the same time
    front.exchanges[:] = [suggested]
    numbers = asked(front, "GET", f"/fof/v1{H}/reservations/{booking.id}/suggestedRooms").answer_json
    assert [room.number for room in rooms][: len(numbers["suggestedRoomsType"])] == [
        each["roomId"] for each in numbers["suggestedRoomsType"]
    ]
    front.exchanges[:] = [free]
    query = {
        "roomType": [booking.room_type],
        "hotelRoomStatus": ["Inspected"],
        "hotelFORoomStatus": ["Vacant"],
        "hotelRoomStartDate": [booking.arrival.isoformat()],
        "hotelRoomEndDate": [booking.departure.isoformat()],
        "reservationId": [booking.id],
        "limit": ["1000"],
    }
    told = asked(front, "GET", f"/fof/v1{H}/rooms", query).answer_json["hotelRoomsDetails"]["room"]
    assert {each["roomId"] for each in told} == {room.number for room in rooms}
    by_number = {room.number: room for room in rooms}
    for each in told:
        room = by_number[each["roomId"]]
        assert (each["floor"], each["roomType"]["roomType"]) == (room.floor, room.room_type)
        assert {feature["code"] for feature in each["roomFeatures"]} == room.features
        assert each["accessible"] is ("ACC" in room.features)
        assert each["housekeeping"]["roomStatus"] == {"roomStatus": "Inspected", "frontOfficeStatus": "Vacant"}


async def test_room(hotel: OperaHotel, front: Front, books: Books) -> None:
    number = next(iter(books.rooms()))
    await hotel.room(number)
    asked(front, "GET", f"/fof/v1{H}/rooms", {"fromRoomNumber": [number], "toRoomNumber": [number]})


async def test_assignment_check_in_and_its_undoing(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking, room = await without_room(hotel, books)
    stay = f"/fof/v1{H}/reservations/{booking.id}"
    front.exchanges.clear()
    verify = {"verifyCheckinInstructions": ["ExcludeRoomSuggestion"]}
    obstacles = await hotel.obstacles(booking.id)
    warnings = asked(front, "GET", f"{stay}/verifyCheckIns", verify).answer_json["warnings"]
    assert [(each["code"], each["shortText"]) for each in warnings] == [(o.code, o.note) for o in obstacles]
    assert [each.code for each in obstacles] == ["NO_ROOM"]
    await hotel.assign_room(booking.id, room.number)
    one = asked(front, "POST", f"{stay}/roomAssignments")
    criteria = {"hotelId": "HOTEL", "reservationIdList": only_id(booking), "roomId": room.number}
    assert (one.json, one.status) == ({"criteria": criteria}, 201)
    await hotel.obstacles(booking.id)
    assert "warnings" not in asked(front, "GET", f"{stay}/verifyCheckIns", verify).answer_json
    await hotel.check_in(booking.id)
    one = asked(front, "POST", f"{stay}/checkIns")
    told = {"ignoreWarnings": False, "stopCheckin": False, "printRegistration": False}
    assert (one.json, one.status) == ({"reservation": told, "includeNotifications": False}, 201)
    assert books.reservation(booking.id).stay is Stay.IN_HOUSE
    await hotel.undo_check_in(booking.id)
    one = asked(front, "DELETE", f"{stay}/checkIns")
    assert (one.body, one.status) == (b"", 200)


async def test_keys(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = await brought_in(hotel, books)
    assert booking.room
    path = f"/fof/v1{H}/reservations/{booking.id}/roomKeys"
    begin = datetime.combine(booking.arrival, time(14), books.zone)
    until = datetime.combine(booking.departure, time(11), books.zone)
    token = "11111111-2222-4333-8444-555555555555"
    for further, kind in ((False, "New"), (True, "Duplicate")):
        front.exchanges.clear()
        key = await hotel.allocate_key(
            booking.id, booking.room.number, valid_from=begin, valid_until=until, further=further, token=token + kind
        )
        one = asked(front, "POST", path)
        assert one.json == {
            "reservationIdList": only_id(booking),
            "roomNumber": booking.room.number,
            "keyType": kind,
            "noOfKeys": 1,
            "keyValidityStart": begin.isoformat(),
            "keyValidityEnd": until.isoformat(),
        }
        assert one.answer_json["keyTrack"] == {"keyTrack1": key.number, "keyTrack2": str(key.sequence)}
        assert one.status == 201
    await hotel.key_written(replace(key, card_uid="04A1B2C3D4E5F6"), token)
    one = asked(front, "PUT", path)
    assert one.headers["x-request-id"] == token
    card = {"keyNumber": int(key.number), "guestKeyOptions": "UID=04A1B2C3D4E5F6"}
    assert one.json == {
        "reservationIdList": only_id(booking),
        "roomNumber": booking.room.number,
        "roomKeyGuests": [card],
    }
    _, told = await hotel.keys(booking.id)
    one = asked(front, "GET", path, {"includeInactiveRoomKeys": ["true"]})
    entry = one.answer_json["roomKeysInfoList"][1]
    assert (entry["roomId"], entry["reservationId"]["id"]) == (told.room, told.reservation_id)
    assert entry["keyTrack"] == {"keyTrack1": told.number, "keyTrack2": str(told.sequence)}
    assert entry["guestInfo"] == {**card, "isInactive": not told.active}
    assert (told.valid_from, told.valid_until, told.card_uid) == (begin, until, "04A1B2C3D4E5F6")
    await hotel.drop_key(booking.id)
    asked(front, "DELETE", path)


async def test_bill(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = next(each for each in books.reservations() if each.balance and each.balance.amount > 0)
    folio = await hotel.folio(booking.id)
    parts = {"fetchInstructions": ["Postings", "Windowbalances"]}
    one = asked(front, "GET", f"/csh/v1{H}/reservations/{booking.id}/folios", parts)
    (window,) = one.answer_json["reservationFolioInformation"]["folioWindows"]
    assert window["balance"] == amount(folio.balance)
    lines = [
        (each["transactionDescription"], Decimal(str(each["postedAmount"]["amount"])))
        for each in window["folios"][0]["postings"]
    ]
    assert lines == [(line.description, line.amount.amount) for line in folio.lines]
    assert all("transactionDate" not in each for each in window["folios"][0]["postings"])


async def test_service_request(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = books.reservations()[3]
    path = f"/fof/v1{H}/serviceRequests"
    request = await hotel.request_service("HELP", "Please come.", reservation_id=booking.id, room="101")
    one = asked(front, "POST", path)
    assert one.json == {
        "serviceRequestsDetails": [
            {
                "hotelId": "HOTEL",
                "code": "HELP",
                "comment": "Please come.",
                "reservationIdList": only_id(booking),
                "room": "101",
                "status": "Open",
            }
        ]
    }
    assert one.status == 201
    assert one.answer_headers["location"].endswith(f"/{request.id}")
    told = await hotel.service_request(request.id, reservation_id=booking.id, room="101")
    one = asked(front, "GET", path, {"reservationId": [booking.id], "room": ["101"]})
    entry = one.answer_json["serviceRequestsDetails"][0]
    assert (entry["serviceRequestId"]["id"], entry["code"], entry["comment"]) == (told.id, told.code, told.text)
    assert (entry["status"], told.taken) == ("Open", False)
