"""What ChipPad needs of a reader, whatever bus it is on. `hardware/transport/pcsc_reader.py` has one: Lease."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol, TypeVar

from hardware.card_reader.pcsc_wire import Answer
from hardware.transport.pcsc_watch import Lying

T = TypeVar("T")


class ChipChannel(Protocol):
    """The card that lies there, inside `perform`."""

    def transmit(self, apdu: bytes) -> Answer:
        """One APDU; CardLifted (`hardware.transport.pcsc`) when the card went. Blocks."""

    def reset(self) -> None:
        """Power the card anew; CardLifted if it is not there."""


class ChipLine(Protocol):
    """A reader, for who has it. Times are `time.monotonic()`; what the reader can't do is a DeviceError."""

    def hold(self, until_s: float) -> AbstractAsyncContextManager[bool]:
        """Have it alone; False where it did not become free in time."""

    async def look(self) -> Lying | None:
        """What lies there now; the same object as long as it lies there."""

    async def next_card(self, after: Lying | None, until_s: float) -> Lying | None:
        """The first one laid down after `after` was; None when the time has come."""

    async def perform(self, work: Callable[[ChipChannel], T], within_s: float) -> T:
        """Run `work` in a thread, the card powered anew; what it raises goes through."""
