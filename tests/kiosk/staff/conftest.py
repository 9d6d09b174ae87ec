"""A store of the staff on the disk, and a clock whose wall can be set without time passing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardProof, Proven
from kiosk.access import Access, Changed
from kiosk.pins import Work
from kiosk.roles import Role
from kiosk.sealing import Seal
from kiosk.sections import AccessSection

KEY = bytes(range(32))
PIN, OTHER_PIN, WRONG_PIN = "739418", "529064", "846203"
CARD, OTHER_CARD = bytes.fromhex("04a1b2c3d4e5f6"), bytes.fromhex("04998877665544")
LITTLE_WORK = Work(passes=1, memory_kib=8)
"""For a PIN where the test is not about what it costs."""


class MovedClock:
    """`pass_s` lets time pass; `set` sets the wall clock, as an administrator or a radio does."""

    def __init__(self) -> None:
        self.wall = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
        self.passed = 1000.0

    def now(self) -> datetime:
        return self.wall

    def monotonic(self) -> float:
        return self.passed

    async def sleep(self, seconds: float) -> None:
        self.pass_s(seconds)

    def pass_s(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)
        self.passed += seconds

    def set(self, hours: float) -> None:
        self.wall += timedelta(hours=hours)

    def boot(self, off_s: float) -> None:
        """The machine was off for so long: the monotonic clock begins anew."""
        self.wall += timedelta(seconds=off_s)
        self.passed = 10.0


Open = Callable[..., Access]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def opened(tmp_path: Path, clock: MovedClock) -> Iterator[Open]:
    """Opens the same file again and again; words are those of `[access]`."""
    stores: list[Access] = []

    def open_(*, boot: str = "first", key: bytes = KEY, work: Work = LITTLE_WORK, **words: object) -> Access:
        settings = AccessSection(**words)  # type: ignore[arg-type]
        store = Access(tmp_path / "staff.db", clock, Seal(key), settings, boot=boot, work=work)
        stores.append(store)
        return store

    yield open_
    for store in stores:
        store.close()


def proven(uid: bytes = CARD) -> CardProof:
    return CardProof(Proven.PROVEN, uid)


async def manned(store: Access) -> Access:
    """1, a manager, and 2, of the reception; each with a card and a PIN."""
    for name, role, pin, uid in (
        ("Manager Morgan", Role.MANAGER, PIN, CARD),
        ("Clerk Casey", Role.RECEPTION, OTHER_PIN, OTHER_CARD),
    ):
        person = store.add(name, frozenset({role}))
        assert await store.set_pin(person.id, pin) is Changed.DONE
        assert store.give_card(person.id, uid) is Changed.DONE
    return store
