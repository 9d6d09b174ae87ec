"""Moves, longer stays and keys cut without the hotel: what is sent, and what is left when an answer is lost or odd."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Identification
from kiosk.hotel.opera import OperaHotel
from tests.kiosk.hotel.bad_gateway import says, silent
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.conftest import Connect
from tests.kiosk.hotel.finding_contract import trouble
from tests.kiosk.hotel.front import Front
from tests.kiosk.hotel.in_house_contract import stays_on, wants_another
from tests.kiosk.hotel.key_contract import allocated, told
from tests.kiosk.hotel.staying import mornings, room_of, staying

RSV = "/rsv/v1/hotels/HOTEL/reservations"
FOF = "/fof/v1/hotels/HOTEL"


@pytest.fixture
def hotel(hotel_behind_front: OperaHotel) -> OperaHotel:
    return hotel_behind_front


def asked(front: Front) -> list[tuple[str, str]]:
    return [(each.method, each.path) for each in front.exchanges]


async def test_who_is_in_house(hotel: OperaHotel, front: Front, books: Books) -> None:
    await hotel.in_house()
    (one,) = front.exchanges
    both = ["InHouse", "DueOut"]
    assert (one.path, one.query) == (RSV, {"reservationStatuses": both, "limit": ["100"], "offset": ["0"]})
    front.exchanges.clear()
    number = next(iter(books.rooms()))
    await hotel.in_room(number)
    (one,) = front.exchanges
    assert (one.path, one.query["roomId"], one.query["reservationStatuses"]) == (RSV, [number], both)


async def test_rooms_to_move_to_are_free_from_today(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = staying(books)
    await hotel.free_rooms(booking, since=books.today)
    rooms = next(each for each in front.exchanges if each.path == f"{FOF}/rooms")
    assert rooms.query["hotelRoomStartDate"] == [books.today.isoformat()]
    assert rooms.query["hotelRoomEndDate"] == [booking.departure.isoformat()]


async def test_a_move(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking, room = await wants_another(hotel, books)
    front.exchanges.clear()
    await hotel.move(booking.id, room.number)
    path = f"{RSV}/{booking.id}"
    assert asked(front) == [("GET", path), ("PUT", path), ("GET", path)]
    (change,) = front.exchanges[1].json["reservations"]
    assert change == {
        "reservationIdList": [{"id": booking.id, "type": "Reservation"}],
        "hotelId": "HOTEL",
        "roomStay": {"currentRoomInfo": {"roomId": room.number}},
    }
    front.exchanges.clear()
    await hotel.move(booking.id, room.number)
    assert asked(front) == [("GET", path)], "who is there already is not moved again"


async def test_a_longer_stay(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = stays_on(books)
    later = booking.departure + timedelta(days=1)
    await hotel.extend(booking.id, later)
    (change,) = front.exchanges[1].json["reservations"]
    rate = {
        "roomType": booking.room_type,
        "numberOfUnits": 1,
        "guestCounts": {"adults": booking.adults, "children": booking.children},
        "start": booking.arrival.isoformat(),
        "end": later.isoformat(),
    }
    assert change["roomStay"] == {
        "arrivalDate": booking.arrival.isoformat(),
        "departureDate": later.isoformat(),
        "roomRates": [rate],
    }
    front.exchanges.clear()
    assert await trouble(hotel.extend(booking.id, booking.arrival)) is Trouble.REFUSED
    assert asked(front) == [("GET", f"{RSV}/{booking.id}")], "an earlier day is not even asked for"


@pytest.mark.parametrize("lost", [["PUT"], ["PUT", "PUT"]])
async def test_a_move_whose_answer_was_lost_is_done_once(
    lost: list[str], hotel: OperaHotel, front: Front, books: Books
) -> None:
    booking, room = await wants_another(hotel, books)
    old, front.lose = room_of(booking), list(lost)
    if len(lost) > 1:
        assert await trouble(hotel.move(booking.id, room.number)) is Trouble.BROKEN
    books.cleaned(old)
    assert room_of(await hotel.move(booking.id, room.number)) == room.number
    if len(lost) > 1:
        assert (await hotel.room(old)).state.value == "inspected", "the room that was left is not made dirty again"


async def test_a_longer_stay_whose_answer_was_lost_is_charged_once(
    hotel: OperaHotel, front: Front, books: Books
) -> None:
    booking = stays_on(books)
    later, front.lose = booking.departure + timedelta(days=1), ["PUT", "PUT"]
    assert await trouble(hotel.extend(booking.id, later)) is Trouble.BROKEN
    assert (await hotel.extend(booking.id, later)).departure == later
    assert len(books.postings(booking.id)) == 3


async def test_a_key_cut_without_the_hotel(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = staying(books)
    begin, until = mornings(booking, books)
    sequence, card = books.sequence(room_of(booking)) + 1, f"04{booking.id}0A"
    token = "11111111-2222-4333-8444-666666666666"
    key = await told(hotel, books, booking, sequence, card, token=token)
    post, get = front.exchanges
    path = f"{FOF}/reservations/{booking.id}/roomKeys"
    assert asked(front) == [("POST", path), ("GET", path)]
    assert post.headers["x-request-id"] == token
    assert post.json == {
        "reservationIdList": [{"id": booking.id, "type": "Reservation"}],
        "roomNumber": room_of(booking),
        "keyType": "New",
        "noOfKeys": 1,
        "keyValidityStart": begin.isoformat(),
        "keyValidityEnd": until.isoformat(),
        "keyTrack": {"keyTrack2": str(sequence)},
        "keyCardUId": card,
    }
    assert post.answer_json["keyTrack"] == {"keyTrack1": key.number, "keyTrack2": str(sequence)}
    assert get.query == {"includeInactiveRoomKeys": ["true"]}


async def test_a_key_that_was_told_though_the_answer_was_lost_is_one(
    hotel: OperaHotel, front: Front, books: Books
) -> None:
    booking = staying(books)
    sequence, card, front.lose = books.sequence(room_of(booking)) + 1, f"04{booking.id}0B", ["POST", "POST"]
    assert await trouble(told(hotel, books, booking, sequence, card)) is Trouble.BROKEN
    key = await told(hotel, books, booking, sequence, card)
    assert (key.sequence, key.active) == (sequence, True)
    assert books.keys(booking.id).count((sequence, card)) == 1


async def test_a_card_that_is_void(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = staying(books)
    key = await allocated(hotel, books, booking, "erased")
    front.exchanges.clear()
    await hotel.key_erased(key, "erased")
    (one,) = front.exchanges
    assert one.method == "PUT"
    assert one.json["roomKeyGuests"] == [{"keyNumber": int(key.number), "isInactive": True}]


async def test_whose_card_this_is(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = staying(books)
    key = replace(await allocated(hotel, books, booking, "whose"), card_uid=f"04{booking.id}0C")
    await hotel.key_written(key, "whose")
    front.exchanges.clear()
    assert await hotel.card_in_books(key.card_uid) == key
    read, keys = front.exchanges
    assert (read.path, read.query) == (
        f"{FOF}/roomKeysDetails",
        {"encoderId": [key.card_uid], "encoderIdType": ["CardUId"]},
    )
    assert (read.answer_json["room"], keys.path) == (key.room, f"{FOF}/reservations/{booking.id}/roomKeys")
    assert not {"guestLastName", "guestFirstName"} & set(read.answer_json)


@pytest.mark.parametrize(
    "answer",
    [
        b"{}",
        b'{"room":"305","guestLastName":"Nagy","keyOptions":"GAR,RFT"}',
        b'{"room":"305","keyOptions":"UID=04FFFFFF,RESERVATION=4711"}',  # the card on another encoder
        b'{"room":"305","keyOptions":"RESERVATION=4711"}',
    ],
)
async def test_an_answer_about_another_card_is_not_believed(answer: bytes, gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.good = answer
    assert await hotel.card_in_books("04A1B2C3") is None
    assert len(gateway.asked) == 1


def booking(departure: str = "2030-05-02", room: str = "305", status: str = "InHouse") -> bytes:
    return f"""{{"reservations":{{"reservation":[{{"reservationIdList":[{{"id":"7","type":"Reservation"}},
    {{"id":"70","type":"Confirmation"}}],"reservationStatus":"{status}","roomStay":{{"arrivalDate":"2030-05-01",
    "departureDate":"{departure}","currentRoomInfo":{{"roomId":"{room}"}},"roomRates":[{{"roomType":"DBL",
    "ratePlanCode":"BAR","start":"2030-05-01","end":"2030-05-01"}},{{"roomType":"DBL","ratePlanCode":"WEEK",
    "start":"2030-05-02","end":"2030-05-02"}}]}},"reservationGuests":[{{"primary":true,"profileInfo":{{
    "profileIdList":[{{"id":"1","type":"Profile"}}],"profile":{{"customer":{{"personName":[{{
    "surname":"Nagy"}}]}}}}}}}}]}}]}}}}""".encode()


async def test_a_hotel_that_says_yes_and_moves_nobody_is_found_out(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.good = booking()
    with pytest.raises(HotelError) as caught:
        await hotel.move("7", "306")
    assert (caught.value.trouble, caught.value.code) == (Trouble.REFUSED, "not-moved")
    later = datetime(2030, 5, 4, tzinfo=UTC).date()
    with pytest.raises(HotelError) as caught:
        await hotel.extend("7", later)
    assert (caught.value.trouble, caught.value.code) == (Trouble.REFUSED, "not-extended")


async def test_each_rate_is_told_again_and_the_last_holds_until_the_new_end(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [says(200, booking()), says(200, b"{}"), says(200, booking("2030-05-04"))]
    assert (await hotel.extend("7", datetime(2030, 5, 4, tzinfo=UTC).date())).departure.day == 4
    for part in (b'"ratePlanCode":"BAR","start":"2030-05-01","end":"2030-05-01"', b'"start":"2030-05-02","end":"2030-05-04"'):
        assert part in gateway.asked[1].body


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([says(404, b"{}")], Trouble.NOT_FOUND),
        ([says(200, booking()), says(400, b'{"o:errorCode":"ROOM_TAKEN"}')], Trouble.CONFLICT),
        ([says(200, booking()), says(400, b'{"o:errorCode":"ROOM_NOT_READY"}')], Trouble.REFUSED),
        ([says(200, booking()), says(502, b"<html>"), says(502, b"<html>")], Trouble.BROKEN),
        ([says(200, booking()), silent], Trouble.TIMEOUT),
        ([says(200, booking()), says(200, b"{}"), says(500, b""), says(500, b"")], Trouble.BROKEN),
    ],
)
async def test_what_goes_wrong_with_a_move_is_told_apart(
    faults: list[Any], expected: Trouble, gateway: Any, connect: Connect
) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = faults
    assert await trouble(hotel.move("7", "306")) is expected
    assert gateway.bad == []


KEY_7 = b'{"keyTrack":{"keyTrack1":"77","keyTrack2":"7"}}'


@pytest.mark.parametrize(
    ("faults", "expected"),
    [
        ([says(201, KEY_7.replace(b'"7"', b'"8"'))], Trouble.CONFLICT),  # a gateway that counts by itself
        ([says(400, b'{"o:errorCode":"SEQUENCE_TAKEN"}')], Trouble.CONFLICT),
        ([says(201, KEY_7), says(200, b"{}")], Trouble.BROKEN),
        ([silent], Trouble.TIMEOUT),
        ([says(500, b""), says(500, b"")], Trouble.BROKEN),
    ],
)
async def test_what_goes_wrong_with_a_told_key_is_told_apart(
    faults: list[Any], expected: Trouble, gateway: Any, connect: Connect
) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = faults
    now = datetime(2030, 5, 1, 15, tzinfo=UTC)
    post = hotel.post_key(
        "7", "305", 7, valid_from=now, valid_until=now + timedelta(days=1), card_uid="04A1B2C3", token="cut"
    )
    assert await trouble(post) is expected
    assert gateway.bad == []


HIDDEN = b"""{"profileDetails":{"customer":{"personName":[{"surname":"Nagy"}],"identifications":{"identificationInfo":[
{"identification":{"idType":"PASSPORT","idNumberMasked":"C030059XX","issuedCountry":"HU"}}]}}}}"""


async def test_a_hidden_document_number_is_no_number_and_is_never_written_back(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.good = HIDDEN
    guest = await hotel.guest("9")
    assert guest.identifications == (Identification("PASSPORT", "", "HU", masked="C030059XX"),)
    await hotel.save_guest(guest)
    assert b"identification" not in gateway.asked[1].body
