"""OPERA Cloud as the hotel behind the kiosk, against the built-in hotel that speaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from backend_contract import BackendContract

from kiosk.hotel.backend import Hotel
from kiosk.hotel.opera import OperaHotel


class TestOpera(BackendContract):
    @pytest.fixture
    async def hotel(self, house: Any) -> AsyncIterator[OperaHotel]:
        hotel = house.client()
        await hotel.open()
        yield hotel
        await hotel.close()

    @pytest.fixture
    async def other_hotel(self, house: Any) -> AsyncIterator[OperaHotel]:
        hotel = house.client()
        await hotel.open()
        yield hotel
        await hotel.close()

    def test_it_is_a_hotel(self, house: Any) -> None:
        hotel: Hotel = house.client()
        assert hotel
