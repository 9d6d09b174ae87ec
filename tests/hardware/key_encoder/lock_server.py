"""A lock server to play on, and a driver before it, over each of its three wires."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hardware.driver import DeviceSettings
from hardware.key_encoder.behaviour_doors import GUEST, KEY, Can
from hardware.key_encoder.contract import CutResult, Issue
from hardware.key_encoder.fias import FiasKeyEncoder
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.key_encoder.virtual_locks import LockCard

WIRES = ("dialled", "listening", "serial")
WITHIN_S = 10.0  # a busy machine; nothing waits this long when all is well


def utc() -> datetime:
    return datetime.now(UTC)


@dataclass
class LockDesk:
    """A person at the lock system's encoder."""

    server: VirtualLockServer
    can: Can

    def lay(self, card: int) -> bytes:
        self.lift()
        return self.server.system.lay(self.card(card).uid).uid

    def lift(self) -> None:
        self.server.system.first.lay(None)

    def card(self, number: int) -> LockCard:
        return self.server.system.card(bytes((4, 1, 1, 1, 1, 1, number)))

    def opens(self, card: int, room: str, at: datetime) -> bool:
        return self.server.system.house.door(room).try_card(self.card(card), at).opened


@dataclass
class Meeting:
    """Both ends."""

    server: VirtualLockServer
    driver: FiasKeyEncoder

    @property
    def desk(self) -> LockDesk:
        return LockDesk(self.server, Can(sees_cards=False, tells_sequence=False, issues=True))


def driver_for(address: str, **options: str) -> FiasKeyEncoder:
    given = {"time_zone": "UTC", "coder": "1", "workstation": "KIOSK1", **options}
    return FiasKeyEncoder(DeviceSettings("encoder", "fias", address, given), lambda _: None)


@asynccontextmanager
async def meeting(wire: str = "dialled", *, server: dict[str, Any] | None = None, **options: str) -> AsyncIterator[Meeting]:
    """Both up; both ended afterwards."""
    made = {"now": utc, **(server or {})}
    if wire == "listening":
        driver = driver_for("tcp://127.0.0.1:0", listen="yes", **options)
        opening = asyncio.create_task(driver.open())
        await until(lambda: driver.connection.port != 0)
        lock_server = VirtualLockServer(dial=f"127.0.0.1:{driver.connection.port}", **made)
        await lock_server.start()
        await opening
    else:
        lock_server = VirtualLockServer(serial=wire == "serial", **made)
        await lock_server.start()
        driver = driver_for(lock_server.address, **options)
        await driver.open()
    try:
        yield Meeting(lock_server, driver)
    finally:
        await driver.close()
        await lock_server.stop()


async def until(so: Callable[[], object]) -> None:
    """Until it is so; the loop goes on meanwhile."""
    async with asyncio.timeout(WITHIN_S):
        while not so():
            await asyncio.sleep(0.005)


async def cut(both: Meeting, issue: Issue = Issue.NEW, reservation: str = GUEST) -> CutResult:
    return await both.driver.cut(KEY, card_within_s=0, issue=issue, reservation=reservation)


async def waiting(both: Meeting) -> asyncio.Task[CutResult]:
    """A cut whose request has reached the lock server."""
    before = len(both.server.requests)
    task = asyncio.create_task(cut(both))
    await until(lambda: len(both.server.requests) > before)
    return task
