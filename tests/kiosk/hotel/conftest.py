"""What the tests of the hotel share."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent))  # for the modules beside this one
pytest.register_assert_rewrite("backend_contract")

from bad_gateway import BadGateway  # noqa: E402
from books import Books  # noqa: E402

from kiosk.hotel.builtin.process import BuiltinHotel  # noqa: E402
from kiosk.hotel.opera import Credentials, OperaHotel  # noqa: E402

CREDENTIALS = Credentials("kiosk", "secret", "0f5a3c1e-7b7d-4f0e-9a53-0d9c3a7b1f11", scope="rooms")


@pytest.fixture
async def gateway() -> AsyncIterator[BadGateway]:
    it = BadGateway()
    await it.start()
    yield it
    await it.stop()


@pytest.fixture
async def connect() -> AsyncIterator[Callable[..., Awaitable[OperaHotel]]]:
    """Opens a hotel at an address with a short deadline, and closes it after the test."""
    hotels: list[OperaHotel] = []

    async def connected(url: str, deadline_s: float = 0.6, **options: Any) -> OperaHotel:
        hotel = OperaHotel(url, "HOTEL", CREDENTIALS, deadline_s, **options)
        hotels.append(hotel)
        await hotel.open()
        return hotel

    yield connected
    for hotel in hotels:
        await hotel.close()


@dataclass(frozen=True)
class House:
    """A built-in hotel that runs: its address, what it lets us in with, and its books."""

    url: str
    hotel_id: str
    credentials: Credentials
    books: Books

    def client(self, url: str = "", deadline_s: float = 10) -> OperaHotel:
        return OperaHotel(url or self.url, self.hotel_id, self.credentials, deadline_s)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """A seeded built-in hotel in a child process, one for all tests of a run."""
    state = tmp_path_factory.mktemp("hotel")
    builtin = BuiltinHotel(state, time_zone="Europe/Budapest")
    await builtin.start()
    told = json.loads(builtin.credentials_path.read_text())
    hotel_id = told.pop("hotel_id")
    books = Books(state / "hotel.sqlite", "Europe/Budapest")
    yield House(builtin.base_url, hotel_id, Credentials(**told), books)
    books.close()
    await builtin.stop()


@pytest.fixture
def books(house: House) -> Books:
    return house.books
