"""A clock for a trace that is played: it begins when the trace does, and can be moved on."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from datetime import UTC, datetime, timedelta


class MovedClock:
    """Goes by itself, and jumps ahead where a trace waited. Who sleeps past the new time wakes."""

    def __init__(self, start: datetime) -> None:
        self._start = start.astimezone(UTC)
        self._zero_s = time.monotonic()
        self._ahead_s = 0.0
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        return time.monotonic() - self._zero_s + self._ahead_s

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        until_s = self.monotonic() + seconds
        while (left_s := until_s - self.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._moved.wait()

    def move_to(self, at_s: float) -> None:
        """Not before now."""
        if at_s > self.monotonic():
            self._ahead_s += at_s - self.monotonic()
            self._moved.set()
            self._moved = asyncio.Event()
