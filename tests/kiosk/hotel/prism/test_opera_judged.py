"""The whole contract again, every request and every answer judged by the published specification."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from kiosk.hotel.backend import LOST_KEY
from kiosk.hotel.model import Identification
from kiosk.hotel.opera import OperaHotel
from kiosk.language import Money
from tests.kiosk.hotel.backend_contract import BackendContract
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.companion_contract import WIFE, alone
from tests.kiosk.hotel.staying import mornings, without_room

ASKED = {
    "getToken",
    "getHotelReservations",
    "getReservation",
    "putReservation",
    "getProfile",
    "postProfile",
    "putProfile",
    "getHotelRooms",
    "getSuggestedRooms",
    "verifyCheckinReservation",
    "postRoomAssignment",
    "postCheckIn",
    "deleteCheckin",
    "postRoomKey",
    "getRoomKeys",
    "putRoomKeys",
    "deleteRoomKey",
    "getKeyOptions",
    "readRoomKey",
    "getFolio",
    "postBillingCharges",
    "postServiceRequests",
    "getServiceRequests",
}


class TestOperaJudged(BackendContract):
    """Through Prism. It may have nothing to say of any test."""

    @pytest.fixture(autouse=True)
    def nothing_to_complain_of(self, judged: Any) -> Iterator[None]:
        before = judged.complaints()
        yield
        assert judged.complaints() - before == Counter()


async def test_every_operation_of_a_stay_goes_by_the_judge(hotel: OperaHotel, books: Books, judged: Any) -> None:
    before, begin = judged.complaints(), len(judged.exchanges)
    booking, room = await without_room(hotel, books)
    await hotel.find_by_name(booking.guest.family_name, arrival=booking.arrival, departure=booking.departure)
    await hotel.find_by_given_name(booking.guest.given_name, arrival=booking.arrival)
    await hotel.find_by_confirmation(booking.confirmation)
    guest = await hotel.guest((await hotel.reservation(booking.id)).guest.profile_id)
    documents = (Identification("PASSPORT", "X1234567", "HU", date(2033, 1, 2)),)
    await hotel.save_guest(replace(guest, born=date(1990, 5, 6), identifications=documents), booking.id)
    await hotel.add_companion(alone(books).id, WIFE)
    await hotel.note(booking.id, "Typed in.")
    await hotel.assign_room(booking.id, room.number)
    assert await hotel.obstacles(booking.id) == ()
    await hotel.check_in(booking.id)
    start, until = mornings(booking, books)
    key = await hotel.allocate_key(
        booking.id, room.number, valid_from=start, valid_until=until, further=False, token="judged"
    )
    await hotel.key_written(replace(key, card_uid="0411223344"), "judged too")
    assert await hotel.card_in_books("0411223344") is not None
    told = await hotel.post_key(
        booking.id,
        room.number,
        key.sequence + 1,
        valid_from=start,
        valid_until=until,
        card_uid="0411223355",
        token="cut without the hotel",
    )
    await hotel.key_erased(told, "judged three")
    assert await hotel.key_options(booking.id)
    assert booking.id in {each.id for each in await hotel.in_house()}
    assert [each.id for each in await hotel.in_room(room.number)] == [booking.id]
    await hotel.extend(booking.id, booking.departure)
    await hotel.drop_key(booking.id)
    await hotel.charge(booking.id, LOST_KEY, Money(Decimal("12.50"), books.currency), "judged")
    assert "judged" in {line.reference for line in (await hotel.folio(booking.id)).lines}
    asked = await hotel.request_service("HELP", "Please come.", reservation_id=booking.id)
    await hotel.service_request(asked.id, reservation_id=booking.id)
    await hotel.undo_check_in(booking.id)
    assert judged.complaints() - before == Counter()
    which = operations(judged.specifications)
    assert {which(each.method, each.path) for each in judged.exchanges[begin:]} == ASKED
    assert {each.status for each in judged.exchanges[begin:]} <= {200, 201}


def operations(folder: Path) -> Callable[[str, str], str]:
    """Names the operation of a method and path, from the specifications themselves."""
    table: list[tuple[str, re.Pattern[str], str]] = []
    for file in folder.glob("*.json"):
        told = json.loads(file.read_text())
        for path, methods in told["paths"].items():
            pattern = re.compile(re.sub(r"\{[^}]+\}", "[^/]+", told["basePath"] + path))
            table += [
                (method.upper(), pattern, what["operationId"])
                for method, what in methods.items()
                if isinstance(what, dict)
            ]

    def which(method: str, path: str) -> str:
        (name,) = (name for m, pattern, name in table if m == method and pattern.fullmatch(path))
        return name

    return which


class WrongToken(BaseHTTPRequestHandler):
    """A gateway that gives out a number as token."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        body = b'{"access_token": 5}'
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def wrong_gateway() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), WrongToken) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_judge_is_awake(judged: Any, wrong_gateway: str) -> None:
    """Without this, its silence would prove nothing: a wrong request, and a wrong answer."""

    def ask(url: str, key: str) -> int:
        form = {"grant_type": "client_credentials"}
        headers = {"x-app-key": key}
        told = requests.post(f"{url}/oauth/v1/tokens", form, headers=headers, auth=("a", "b"), timeout=120)
        return told.status_code

    with judged.another("oauth", wrong_gateway) as wrong:
        assert ask(wrong.url, "no UUID") == 422
        assert any("x-app-key" in each for each in wrong.complaints())
        assert ask(wrong.url, "0f5a3c1e-7b7d-4f0e-9a53-0d9c3a7b1f11") == 500
        assert any("access_token" in each for each in wrong.complaints())
    logged = [each for each in wrong.complaints() if each.startswith("oauth: ")]
    assert len(logged) == 2, "its log is read, too"
