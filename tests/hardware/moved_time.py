"""A clock that runs, and that a test puts forward."""

from __future__ import annotations

import asyncio
import time

WITHIN_S = 10.0


class MovedTime:
    """A clock that runs, and that a test can put forward; a sleep that ends when it is."""

    def __init__(self) -> None:
        self.ahead_s = 0.0
        self.slept: list[float] = []
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []
        self.lying_down = asyncio.Event()

    def now(self) -> float:
        return time.monotonic() + self.ahead_s

    async def sleep(self, seconds: float) -> None:
        sleeper = (self.ahead_s + seconds, asyncio.get_running_loop().create_future())
        self.slept.append(seconds)
        self.sleepers.append(sleeper)
        self.lying_down.set()
        try:
            await sleeper[1]
        finally:
            self.sleepers.remove(sleeper)

    async def pass_(self, seconds: float, sleepers: int = 1) -> None:
        """Put the clock forward once so many sleep, and return when so many sleep again."""
        await self.all_asleep(sleepers)
        self.move(seconds)
        await self.all_asleep(sleepers)

    async def asleep_for(self, seconds: float) -> None:
        """Wait until somebody lies down for so long."""
        async with asyncio.timeout(WITHIN_S):
            while self.slept[-1:] != [seconds]:
                self.lying_down.clear()
                await self.lying_down.wait()

    async def all_asleep(self, count: int) -> None:
        async with asyncio.timeout(WITHIN_S):
            while self.asleep < count:
                self.lying_down.clear()
                await self.lying_down.wait()

    @property
    def asleep(self) -> int:
        """How many sleep."""
        return sum(not sleeper.done() for _, sleeper in self.sleepers)

    def move(self, seconds: float) -> None:
        """Put the clock forward, whoever sleeps or not."""
        self.ahead_s += seconds
        for due_s, sleeper in self.sleepers:
            if due_s <= self.ahead_s + 1e-6 and not sleeper.done():
                sleeper.set_result(None)
