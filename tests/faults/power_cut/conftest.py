"""A lobby whose terminal loses power, and the books of a guest to whom that did not happen."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kiosk.hotel.builtin.process import BuiltinHotel
from tests.faults.power_cut.world import HOTEL_ID, World, lobby


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hotel's state directory, filled once."""
    folder = tmp_path_factory.mktemp("seeded") / "hotel"

    async def fill() -> None:
        hotel = BuiltinHotel(folder, hotel_id=HOTEL_ID)
        await hotel.start()
        await hotel.stop()

    asyncio.run(fill())
    return folder


@pytest.fixture
async def world(tmp_path: Path, loopback_only: Path, seeded: Path) -> AsyncIterator[World]:
    async with lobby(tmp_path, loopback_only, seeded) as one:
        yield one
