"""OPERA Cloud as the hotel behind the kiosk, against the built-in hotel that speaks it."""

from __future__ import annotations

from kiosk.hotel.backend import Hotel
from kiosk.hotel.opera import OperaHotel
from tests.kiosk.hotel.backend_contract import BackendContract


class TestOpera(BackendContract):
    """Everything a hotel must do."""

    def test_it_is_a_hotel(self, hotel: OperaHotel) -> None:
        as_seen_by_the_kiosk: Hotel = hotel
        assert as_seen_by_the_kiosk
