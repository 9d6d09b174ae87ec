"""One more person on a booking: what is sent, and what is left when an answer is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Guest, Reservation
from kiosk.hotel.opera import OperaHotel
from tests.kiosk.hotel.bad_gateway import says
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.companion_contract import WIFE, alone
from tests.kiosk.hotel.front import Front

RSV = "/rsv/v1/hotels/HOTEL/reservations/"
PROFILES = "/crm/v1/profiles"
DOCUMENT = {"idType": "PASSPORT", "idNumber": "C01X00T47", "issuedCountry": "DE", "primaryInd": True}


@pytest.fixture
def hotel(hotel_behind_front: OperaHotel) -> OperaHotel:
    return hotel_behind_front


def _profiles(*ids: str) -> list[list[dict[str, str]]]:
    return [[{"id": each, "type": "Profile"}] for each in ids]


async def test_a_profile_is_made_and_then_named_beside_who_is_there(
    hotel: OperaHotel, front: Front, books: Books
) -> None:
    booking = alone(books)
    added = await hotel.add_companion(booking.id, WIFE)
    looked, made, named = front.exchanges
    assert (looked.method, looked.path) == ("GET", RSV + booking.id)
    assert (made.method, made.path, made.status) == ("POST", PROFILES, 201)
    assert made.json["profileDetails"]["profileType"] == "Guest"
    customer = made.json["profileDetails"]["customer"]
    assert (customer["gender"], customer["nationality"]) == ("F", "DE")
    assert customer["identifications"] == {"identificationInfo": [{"identification": DOCUMENT}]}
    assert "birthDate" not in customer
    assert made.answer_headers["location"].endswith(f"/{added.profile_id}")
    assert (named.method, named.path, named.status) == ("PUT", RSV + booking.id, 200)
    (change,) = named.json["reservations"]
    head, companion = change["reservationGuests"]
    ids = [each["profileInfo"]["profileIdList"] for each in (head, companion)]
    assert ids == _profiles(booking.guest.profile_id, added.profile_id)
    assert (head["primary"], companion["primary"]) == (True, False)
    assert set(head["profileInfo"]) == {"profileIdList"}
    told = companion["profileInfo"]["profile"]["customer"]
    assert told["birthDate"] == "1983-08-12"
    assert told["identifications"]["identificationInfo"][0]["identification"] == DOCUMENT | {"expirationDate": "2033-10-31"}


async def test_whose_profile_is_known_gets_no_second_one(hotel: OperaHotel, front: Front, books: Books) -> None:
    there, booking = alone(books), alone(books)
    known = (await hotel.add_companion(there.id, WIFE)).profile_id
    front.exchanges.clear()
    assert (await hotel.add_companion(booking.id, replace(WIFE, profile_id=known))).profile_id == known
    assert [(each.method, each.path) for each in front.exchanges] == [
        ("GET", RSV + booking.id),
        ("PUT", RSV + booking.id),
    ]


async def _added_after_lost(hotel: OperaHotel, books: Books, front: Front, *lost: str) -> tuple[Reservation, Guest]:
    """The answers to these methods are lost, the call fails, and is asked again."""
    booking = alone(books)
    front.lose = list(lost)
    with pytest.raises(HotelError) as caught:
        await hotel.add_companion(booking.id, WIFE)
    assert caught.value.trouble is Trouble.BROKEN
    assert caught.value.may_have_been_done
    assert front.lose == []
    return booking, await hotel.add_companion(booking.id, WIFE)


async def test_a_profile_whose_answer_was_lost_is_given_again(hotel: OperaHotel, front: Front, books: Books) -> None:
    before = books.profiles()
    booking, added = await _added_after_lost(hotel, books, front, "POST", "POST")
    assert books.profiles() - before == {added.profile_id}
    assert books.reservation(booking.id).guests[1:] == (added,)


async def test_who_was_named_though_the_answer_was_lost_is_one_person(
    hotel: OperaHotel, front: Front, books: Books
) -> None:
    before = books.profiles()
    booking, added = await _added_after_lost(hotel, books, front, "PUT", "PUT")
    assert books.profiles() - before == {added.profile_id}
    assert books.reservation(booking.id).guests[1:] == (added,)


async def test_an_answer_that_is_lost_once_is_not_noticed(hotel: OperaHotel, front: Front, books: Books) -> None:
    booking = alone(books)
    front.lose = ["GET", "POST", "PUT"]
    added = await hotel.add_companion(booking.id, WIFE)
    assert books.reservation(booking.id).guests[1:] == (added,)


async def test_the_request_id_tells_nobody_who_it_is_for(
    hotel: OperaHotel, front: Front, books: Books, house: Any
) -> None:
    """It is the same for the same kiosk credentials only; and another person has another."""
    booking = alone(books, room_for=3)
    await hotel.add_companion(booking.id, WIFE)
    await hotel.add_companion(booking.id, replace(WIFE, born=None, given_name="Else", identifications=()))
    first, second = (each.headers["x-request-id"] for each in front.exchanges if each.method == "POST")
    assert first != second
    stranger = OperaHotel(house.url, house.hotel_id, replace(house.credentials, client_secret="another"), 1)
    mine = OperaHotel(house.url, house.hotel_id, house.credentials, 1)
    assert mine._http.token_of("a", "b") != stranger._http.token_of("a", "b")


BOOKING = b"""{"reservations":{"reservation":[{"reservationIdList":[{"id":"7","type":"Reservation"},
{"id":"70","type":"Confirmation"}],"reservationStatus":"Reserved","roomStay":{"arrivalDate":"2030-05-01",
"departureDate":"2030-05-02"},"reservationGuests":[{"primary":true,"profileInfo":{"profileIdList":[{"id":"1",
"type":"Profile"}],"profile":{"customer":{"personName":[{"surname":"Nagy"}]}}}}]}]}}"""


@pytest.mark.parametrize(
    ("answers", "trouble", "asked"),
    [
        ([says(404, b"{}")], Trouble.NOT_FOUND, 1),
        ([says(200, b'{"reservations":{}}')], Trouble.BROKEN, 1),
        ([says(200, BOOKING), says(201, b"{}")], Trouble.BROKEN, 2),
        ([says(200, BOOKING), says(400, b'{"o:errorCode":"FIELD_INVALID"}')], Trouble.REFUSED, 2),
        ([says(200, BOOKING), says(500, b""), says(502, b"")], Trouble.BROKEN, 3),
        (
            [says(200, BOOKING), says(201, b"{}", "location: /crm/v1/profiles/2"), says(400, b"{}")],
            Trouble.REFUSED,
            3,
        ),
    ],
)  # fmt: skip
async def test_what_goes_wrong_is_told_apart(
    answers: list[Any], trouble: Trouble, asked: int, gateway: Any, connect: Callable[..., Awaitable[OperaHotel]]
) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = list(answers)
    with pytest.raises(HotelError) as caught:
        await hotel.add_companion("7", WIFE)
    assert (caught.value.call, caught.value.trouble) == ("add_companion", trouble)
    assert len(gateway.asked) == asked
    assert WIFE.family_name not in str(caught.value)
