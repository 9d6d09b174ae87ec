"""A person before the terminal, as checks see them: does what is asked, looks, and answers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from hardware.checks import Check, CheckResult
from hardware.readings import DeviceEvent, Kind
from kiosk.diagnosis.taps import Taps

Act = Callable[[], Awaitable[object]]
LONGEST_S = 5.0
"""No event is waited for longer, however patient a check is."""


class Person:
    """`does`: what they do when they are told words that hold a key; `says`: what they answer to a question (yes)."""

    there = True

    def __init__(self, does: dict[str, Act] | None = None, says: dict[str, bool | None] | None = None) -> None:
        self.does = does or {}
        self.says = says or {}
        self.told: list[str] = []
        self.asked: list[str] = []
        self.seen: list[tuple[int, int]] = []
        self.taps = Taps()
        self.patience_s = LONGEST_S
        self._doing: list[asyncio.Task[None]] = []

    def event_came(self, event: DeviceEvent) -> None:
        self.taps.take(event)

    async def please(self, words: str, picture: str = "") -> None:
        self.told.append(words)
        for key, act in self.does.items():
            if key in words:
                self._doing.append(asyncio.ensure_future(self._do(act)))

    async def _do(self, act: Act) -> None:
        await act()

    async def saw(self, question: str) -> bool | None:
        self.asked.append(question)
        return next((said for key, said in self.says.items() if key in question), True)

    async def event(self, kind: Kind, within_s: float) -> DeviceEvent | None:
        return await self.taps.next(kind, min(within_s, self.patience_s))

    def progress(self, done: int, of: int) -> None:
        self.seen.append((done, of))

    async def done(self) -> None:
        """All that was begun has come to its end, without a mistake."""
        await asyncio.gather(*self._doing)


def check_of(found: tuple[Check, ...], id: str) -> Check:
    return next(check for check in found if check.id == id)


async def tried(found: tuple[Check, ...], id: str, person: Person) -> CheckResult:
    """What comes of this check with this person."""
    result = await check_of(found, id).run(person)
    await person.done()
    return result
