"""Charges: what is sent, and what is left when an answer is lost or odd."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from kiosk.hotel.backend import LOST_KEY, HotelError, Trouble
from kiosk.hotel.opera import Charging
from kiosk.language import Money
from tests.kiosk.hotel.bad_gateway import cut, says, silent
from tests.kiosk.hotel.conftest import Connect
from tests.kiosk.hotel.finding_contract import trouble

PATH = "/csh/v1/hotels/HOTEL/reservations/7"
FEE = Money(Decimal("12.50"), "EUR")
CHARGING = Charging({LOST_KEY: "4300"}, cashier=101)


def bill(*references: str) -> bytes:
    postings = [{"transactionAmount": 12.5, "reference": each} for each in references]
    balance = {"amount": 12.5 * len(postings), "currencyCode": "EUR"}
    window = {"balance": balance, "folios": [{"postings": postings}]}
    return json.dumps({"reservationFolioInformation": {"folioWindows": [window]}}).encode()


async def test_the_bill_is_looked_at_and_then_charged(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, charging=CHARGING)
    gateway.bad = [says(200, bill("another's")), says(201, b"{}")]
    await hotel.charge("7", LOST_KEY, FEE, "ours")
    look, post = gateway.asked
    assert (look.method, look.path.partition("?")[0]) == ("GET", f"{PATH}/folios")
    assert (post.method, post.path) == ("POST", f"{PATH}/charges")
    posting = {
        "transactionCode": "4300",
        "price": {"amount": 12.5, "currencyCode": "EUR"},
        "postingQuantity": 1,
        "postingReference": "ours",
    }
    assert json.loads(post.body) == {"criteria": {"hotelId": "HOTEL", "charges": [posting], "cashierId": 101}}
    assert post.headers["x-request-id"]


async def test_what_stands_on_the_bill_is_not_posted_again(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, charging=CHARGING)
    gateway.bad = [says(200, bill("another's", "ours"))]
    await hotel.charge("7", LOST_KEY, FEE, "ours")
    assert [each.method for each in gateway.asked] == ["GET"]


async def test_a_use_without_a_code_is_not_even_asked_for(gateway: Any, connect: Connect) -> None:
    for charging in (None, Charging({LOST_KEY: ""})):
        hotel = await connect(gateway.url, charging=charging)
        assert await trouble(hotel.charge("7", LOST_KEY, FEE, "ours")) is Trouble.REFUSED
    assert gateway.asked == []


@pytest.mark.parametrize(
    ("fault", "expected", "open_"),
    [
        (cut, Trouble.BROKEN, True),
        (silent, Trouble.TIMEOUT, True),
        (says(500, b"{}"), Trouble.BROKEN, True),
        (says(400, b'{"o:errorCode":"NOT_IN_HOUSE"}'), Trouble.REFUSED, False),
        (says(404, b"{}"), Trouble.NOT_FOUND, False),
    ],
)
async def test_a_posting_whose_answer_is_lost_is_not_repeated_and_the_same_when_asked_again(
    fault: Any, expected: Trouble, open_: bool, gateway: Any, connect: Connect
) -> None:
    hotel = await connect(gateway.url, charging=CHARGING)
    gateway.bad = [says(200, bill()), fault, says(200, bill()), says(201, b"{}")]
    with pytest.raises(HotelError) as caught:
        await hotel.charge("7", LOST_KEY, FEE, "ours")
    assert (caught.value.trouble, caught.value.may_have_been_done) == (expected, open_)
    assert [each.method for each in gateway.asked] == ["GET", "POST"]
    await hotel.charge("7", LOST_KEY, FEE, "ours")
    first, second = (each for each in gateway.asked if each.method == "POST")
    assert (first.headers["x-request-id"], first.body) == (second.headers["x-request-id"], second.body)


@pytest.mark.parametrize("answer", [b"{}", b"[]", b'{"reservationFolioInformation":{"folioWindows":[1]}}'])
async def test_who_can_not_read_the_bill_posts_nothing(answer: bytes, gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, charging=CHARGING)
    gateway.good = answer
    assert await trouble(hotel.charge("7", LOST_KEY, FEE, "ours")) in (Trouble.BROKEN, Trouble.NOT_FOUND)
    assert {each.method for each in gateway.asked} == {"GET"}
