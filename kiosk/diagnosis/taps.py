"""Taps: a check that waits for a device's event has it before any visit, which never hears of it.

A code held to the scanner as a test begins no check-in.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

from hardware.readings import DeviceEvent, Kind


@dataclass(eq=False)
class _Waiting:
    kind: Kind
    since_s: float
    got: asyncio.Future[DeviceEvent]


class Taps:
    """Who waits for events now, the longest first."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []

    @property
    def waited_for(self) -> frozenset[Kind]:
        """Kinds of device whose next event is a check's."""
        return frozenset(each.kind for each in self._waiting if not each.got.done())

    def take(self, event: DeviceEvent) -> bool:
        """Give it to who waits for one of its kind; False: nobody does."""
        for each in self._waiting:
            if each.kind is event.kind and event.began_s >= each.since_s and not each.got.done():
                each.got.set_result(event)
                return True
        return False

    async def next(self, kind: Kind, within_s: float) -> DeviceEvent | None:
        """The next event of this kind that began after this call; None when there was none in time."""
        waiting = _Waiting(kind, time.monotonic(), asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            async with asyncio.timeout(within_s):
                return await waiting.got
        except TimeoutError:
            return None
        finally:
            self._waiting.remove(waiting)
