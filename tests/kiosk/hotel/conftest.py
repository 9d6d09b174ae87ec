"""What the tests of the hotel share."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio

from kiosk.hotel.opera import Credentials, OperaHotel
from tests.kiosk.hotel.bad_gateway import BadGateway
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.front import Front
from tests.kiosk.hotel.house import House, running_house

pytest.register_assert_rewrite(
    "tests.kiosk.hotel.backend_contract",
    "tests.kiosk.hotel.companion_contract",
    "tests.kiosk.hotel.finding_contract",
    "tests.kiosk.hotel.in_house_contract",
    "tests.kiosk.hotel.key_contract",
)

Connect = Callable[..., Awaitable[OperaHotel]]
CREDENTIALS = Credentials("kiosk", "secret", "0f5a3c1e-7b7d-4f0e-9a53-0d9c3a7b1f11", scope="rooms")


@pytest.fixture
async def gateway() -> AsyncIterator[BadGateway]:
    it = BadGateway()
    await it.start()
    yield it
    await it.stop()


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
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


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    """One built-in hotel for all tests of a run."""
    async with running_house(tmp_path_factory.mktemp("hotel")) as running:
        yield running


@pytest.fixture
def books(house: House) -> Books:
    return house.books


@pytest.fixture
async def hotel(house: House) -> AsyncIterator[OperaHotel]:
    async with house.client() as client:
        yield client


@pytest.fixture
def front(house: House) -> Iterator[Front]:
    """Between the kiosk and the hotel: writes down what goes by."""
    with Front({"/": (urlsplit(house.url).port or 0, "/")}) as passing:
        yield passing


@pytest.fixture
async def hotel_behind_front(house: House, front: Front) -> AsyncIterator[OperaHotel]:
    async with house.client(front.url) as client:
        await client.ping()  # the token is there
        front.exchanges.clear()
        yield client


@pytest.fixture
async def other_hotel(house: House) -> AsyncIterator[OperaHotel]:
    async with house.client() as client:
        yield client
