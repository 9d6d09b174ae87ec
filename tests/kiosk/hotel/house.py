"""A built-in hotel that runs for the tests: seeded, in a child process, with its books open."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.hotel.backend import LOST_KEY
from kiosk.hotel.builtin.process import BuiltinHotel
from kiosk.hotel.opera import Charging, Credentials, OperaHotel
from tests.kiosk.hotel.books import Books

ZONE = "Europe/Budapest"


@dataclass(frozen=True)
class House:
    """Its address, what it lets us in with, and its books."""

    url: str
    hotel_id: str
    credentials: Credentials
    books: Books

    @asynccontextmanager
    async def client(self, url: str = "", deadline_s: float = 10) -> AsyncIterator[OperaHotel]:
        """A kiosk's way to it, or through whatever stands at `url`."""
        charging = Charging({LOST_KEY: "4300"}, cashier=7)
        hotel = OperaHotel(url or self.url, self.hotel_id, self.credentials, deadline_s, charging=charging)
        await hotel.open()
        try:
            yield hotel
        finally:
            await hotel.close()


@asynccontextmanager
async def running_house(state: Path) -> AsyncIterator[House]:
    builtin = BuiltinHotel(state, time_zone=ZONE)
    await builtin.start()
    try:
        told = json.loads(builtin.credentials_path.read_text())
        hotel_id = told.pop("hotel_id")
        books = Books(state / "hotel.sqlite", ZONE)
        yield House(builtin.base_url, hotel_id, Credentials(**told), books)
        books.close()
    finally:
        await builtin.stop()
