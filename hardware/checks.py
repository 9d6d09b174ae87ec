"""Checks: what a part of the terminal can be made to do to prove that it is well.

A status is what a device says of itself; a check makes it work: print a page, write a card ten times.
Each kind has its checks in `hardware/<kind>/checks.py`, on its contract alone, so that every driver of the
kind has them: `def checks(device: Printer) -> tuple[Check, ...]`. What a person must do or say comes
through `Hands`; without a person (`Hands` that answer nothing) a check that needs them is SKIPPED, never WELL.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from hardware.readings import DeviceEvent, Kind


class Outcome(StrEnum):
    """What a check has found. What nobody could see is UNSURE, what nobody tried SKIPPED: neither is WELL.
    NOT_FITTED: a person says that this terminal has none, which is no fault of it."""

    WELL = "well"
    ILL = "ill"
    UNSURE = "unsure"
    SKIPPED = "skipped"
    NOT_FITTED = "not-fitted"


@dataclass(frozen=True)
class Measured:
    """A value and its limits: `Measured("round-trip", "Round trip", 142, "ms", most=800)`."""

    id: str
    label: str
    value: float
    unit: str = ""
    least: float | None = None
    most: float | None = None

    @property
    def within(self) -> bool:
        return (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)


@dataclass(frozen=True)
class CheckResult:
    """What came of one check. `words`: one plain English sentence for the technician, nothing personal. `fault`: its
    code in the table of faults, a device's or of what is none (`mail.login`)."""

    outcome: Outcome
    words: str = ""
    measured: tuple[Measured, ...] = ()
    fault: str | None = None


class Hands(Protocol):
    """The person before the terminal, if there is one. Nobody there: None, at once."""

    async def please(self, words: str, picture: str = "") -> None:
        """Show what to do now; returns when it is shown. Goes on without an answer: an event or a card is one."""

    async def saw(self, question: str) -> bool | None:
        """A question that only eyes or ears can answer; None: nobody there, or not known."""

    async def event(self, kind: Kind, within_s: float) -> DeviceEvent | None:
        """The next event of this kind of device that began after this call; None in time, or nobody there."""

    def progress(self, done: int, of: int) -> None:
        """How far the check is."""

    @property
    def there(self) -> bool:
        """Whether a person is there at all."""


Run = Callable[[Hands], Awaitable[CheckResult]]


@dataclass(frozen=True)
class Check:
    """One thing to try. `id` is `<part>.<what>` (`printer.page`); `hands`: a person must do or see something;
    `moves`: it uses something up (paper), so that the night watch leaves it out; `optional`: not every terminal has
    one, and a person before it may say so."""

    id: str
    label: str
    run: Run
    hands: bool = False
    moves: bool = False
    optional: bool = False
    within_s: float = 30.0
