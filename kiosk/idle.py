"""Whether somebody is there still: how long nothing was touched, when that is asked, and when it is believed.

Staff have less time than guests: they are signed off `[access] idle_s` after their last touch, question included;
with their hands in the terminal, `[access] repair_idle_s`.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kiosk.language import T
from kiosk.prompts import StillThere

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

LEAST_IDLE_S = 5.0


class Idle:
    """Since the last touch. `staff` says whether it is they who work here now."""

    def __init__(self, terminal: Terminal, staff: Callable[[], bool]) -> None:
        self._terminal = terminal
        self._staff = staff
        self._staff_s = terminal.settings.access.idle_s
        self._last_touch_s = terminal.clock.monotonic()
        self._patient = False
        self._longest_s = 0.0  # without a touch, while staff had more time

    def touched(self) -> None:
        """Somebody is there at this moment."""
        now_s = self._terminal.clock.monotonic()
        if self._patient:
            self._longest_s = max(self._longest_s, now_s - self._last_touch_s)
        self._last_touch_s = now_s

    async def until(self, answer: asyncio.Future[Any]) -> bool:
        """True when answered, False when it is time to ask whether anybody is there."""
        clock = self._terminal.clock
        while not answer.done():
            left = self._last_touch_s + self._asks_after_s - clock.monotonic()
            if left <= 0:
                return False
            await first(answer, clock.sleep(left))
        return True

    @property
    def leaves_in_s(self) -> int:
        """Until staff who touch nothing are signed off."""
        left = self._last_touch_s + self._staff_s - self._terminal.clock.monotonic()
        return max(0, math.ceil(left))

    @property
    def left_alone(self) -> bool:
        """Whether the screen once stood for longer than staff have who have not their hands in the terminal."""
        return self._longest_s > self._terminal.settings.access.idle_s

    @contextmanager
    def patient(self, seconds: float) -> Iterator[None]:
        """Staff who have their hands elsewhere are signed off later, and signed off all the same."""
        before, self._staff_s, self._patient = self._staff_s, max(self._staff_s, seconds), True
        try:
            yield
        finally:
            self._staff_s, self._patient = before, False

    @property
    def _asks_after_s(self) -> float:
        settings = self._terminal.settings
        if not self._staff():
            return settings.kiosk.idle_s
        return max(self._staff_s - settings.kiosk.idle_warning_s, LEAST_IDLE_S)


def still_there(seconds: int, *, staff: bool) -> StillThere:
    """The question, by eye and ear."""
    words = T("Touch the screen anywhere to go on. Otherwise we start over, and what you entered is deleted.")
    if staff:
        words = T("Touch the screen anywhere to go on. Otherwise you are signed off.")
    return StillThere(question=T("Are you still there?"), help=words, seconds=seconds)


async def first(answer: asyncio.Future[Any], sleep: Awaitable[None]) -> None:
    """Until it is answered, or the time has come."""
    sleeping = asyncio.ensure_future(sleep)
    try:
        both: set[asyncio.Future[Any]] = {answer, sleeping}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        sleeping.cancel()
