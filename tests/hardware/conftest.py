"""What device tests share: a far end to play with, a driver before it, and its events to wait for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import settings

from hardware.card_reader.virtual import VirtualReader
from hardware.document_reader.virtual_family import Family
from hardware.readings import DeviceEvent
from hardware.virtual_serial import VirtualSerial
from tests.hardware.drivers import new_pad

# By the wall's clock an example takes as long as a busy machine makes it take.
settings.register_profile("busy", deadline=None)
settings.load_profile("busy")

WITHIN_S = 10.0  # a busy machine; nothing waits this long when all is well

# The question that the virtual devices answer (Honeywell's), as in kiosk.ini.
ASKING = {"ask": "16 4d 0d 63 62 72 65 6e 61 3f 2e", "answer": "43 42 52 45 4e 41 31 06 2e", "ask_every_s": "0"}


class Events:
    """Collects events and waits for the next one."""

    def __init__(self) -> None:
        self.queue: asyncio.Queue[DeviceEvent] = asyncio.Queue()

    def __call__(self, event: DeviceEvent) -> None:
        self.queue.put_nowait(event)

    async def next(self) -> DeviceEvent:
        return await asyncio.wait_for(self.queue.get(), WITHIN_S)

    async def next_what(self) -> Any:
        return (await self.next()).what

    @property
    def none(self) -> bool:
        return self.queue.empty()


@pytest.fixture
def events() -> Events:
    return Events()


@pytest.fixture
def asking() -> dict[str, str]:
    return dict(ASKING)


@pytest.fixture
async def started() -> AsyncIterator[Callable[[VirtualSerial], Any]]:
    """Starts virtual ends and stops them after the test."""
    running: list[VirtualSerial] = []

    async def start(end: VirtualSerial) -> VirtualSerial:
        await end.start()
        running.append(end)
        return end

    yield start
    for end in running:
        await end.stop()


@pytest.fixture
async def pad() -> AsyncIterator[VirtualReader]:
    """A PC/SC reader with nothing on it."""
    async with new_pad() as reader:
        yield reader


@pytest.fixture(scope="session")
def family() -> Family:
    """Virtual documents, good and bad, as of 2 May 2030: one for all, their keys take time to make."""
    return Family(date(2030, 5, 2))
