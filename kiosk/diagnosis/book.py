"""What checks have found, and when: kept in memory until the kiosk ends, nothing personal in it.

A result has its age. What was well longer ago than results of its part last (`parts.py`; what hands have found,
`LASTS_S`) proves nothing any more; what was ill stays ill until the same check comes out well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from hardware.checks import CheckResult, Outcome

LASTS_S = 24 * 3600.0
"""A result of hands: so long nobody expects a technician to come again."""


@dataclass(frozen=True)
class Tried:
    """One check that was tried (or skipped), with its result."""

    part: str
    check: str
    label: str
    result: CheckResult
    at: datetime  # the hotel's wall clock
    took_s: float = 0.0
    nobody: bool = False  # skipped for want of a person, not because there is nothing to try


class Book:
    """The newest result of every check; and whose turn it is at a device."""

    def __init__(self) -> None:
        self._tried: dict[str, tuple[Tried, float]] = {}
        self._since: dict[str, datetime] = {}
        self._watchers: list[Callable[[Tried], None]] = []
        self._not_for_us: set[str] = set()
        self._faults: dict[str, Tried] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def write(self, tried: Tried, now_s: float) -> None:
        """A check that was only skipped leaves what was known before it."""
        if tried.result.outcome is Outcome.SKIPPED:
            self._not_for_us.add(tried.check)
            return
        self._not_for_us.discard(tried.check)
        before = self.last(tried.check)
        self._tried[tried.check] = (tried, now_s)
        if tried.result.outcome is Outcome.ILL:
            self._faults[tried.part] = tried
        if before is None or before.result.outcome is not tried.result.outcome:
            self._since[tried.check] = tried.at
            for watcher in self._watchers:
                watcher(tried)

    def watch(self, watcher: Callable[[Tried], None]) -> None:
        """Called when a check came out otherwise than the last time."""
        self._watchers.append(watcher)

    def last(self, check: str) -> Tried | None:
        """The newest result of this check, of whatever age."""
        found = self._tried.get(check)
        return found[0] if found else None

    def since(self, check: str) -> datetime | None:
        """When this check first came out as it last did."""
        return self._since.get(check)

    def ill(self, checks: Iterable[str]) -> tuple[Tried, ...]:
        """Those that came out ill when they were last tried."""
        found = (self.last(check) for check in checks)
        return tuple(each for each in found if each is not None and each.result.outcome is Outcome.ILL)

    def well(self, checks: Iterable[str], now_s: float, lasts_s: float = LASTS_S) -> tuple[Tried, ...]:
        """Those that came out well, not longer ago than `lasts_s`."""
        return tuple(each for each in self.fresh(checks, now_s, lasts_s) if each.result.outcome is Outcome.WELL)

    def fresh(self, checks: Iterable[str], now_s: float, lasts_s: float = LASTS_S) -> tuple[Tried, ...]:
        """Those that were tried, not longer ago than `lasts_s`; whatever came of it."""
        found = (self._tried.get(check) for check in checks)
        return tuple(each[0] for each in found if each is not None and now_s - each[1] <= lasts_s)

    def skipped(self, check: str) -> bool:
        """Whether it was only skipped when it was last asked for."""
        return check in self._not_for_us

    def not_fitted(self, check: str) -> bool:
        """Whether somebody has said, when it was last tried, that this terminal has none. That does not age."""
        last = self.last(check)
        return last is not None and last.result.outcome is Outcome.NOT_FITTED

    def last_fault(self, part: str) -> Tried | None:
        """What was last wrong with this part, also where it is over."""
        return self._faults.get(part)

    def turn(self, meets: str) -> asyncio.Lock:
        """Who holds it has this device for a check; two that share a reader share the turn."""
        return self._turns.setdefault(meets, asyncio.Lock())
