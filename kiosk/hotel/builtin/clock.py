"""The hotel's clock: its own time zone, and a business date that ends in the small hours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def system_now() -> datetime:
    """The machine's time, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class HotelClock:
    """`business_date()` is yesterday until `day_ends`: who arrives at 01:30 arrives yesterday evening.

    `shift` moves the clock by whole days (`for_day`), so that a demo or a test has the day it wants.
    """

    zone: ZoneInfo
    day_ends: time = time(4, 0)
    source: Callable[[], datetime] = field(default=system_now, repr=False)
    shift: timedelta = timedelta()

    @classmethod
    def for_day(
        cls, zone: ZoneInfo, today: date | None, *, source: Callable[[], datetime] = system_now
    ) -> HotelClock:
        """A clock whose business date is `today` now (None: the real one), and goes on from there."""
        clock = cls(zone, source=source)
        return cls(zone, source=source, shift=today - clock.business_date()) if today else clock

    def now(self) -> datetime:
        """Aware, in the hotel's zone."""
        local = self.source().astimezone(self.zone)
        return (local.replace(tzinfo=None) + self.shift).replace(tzinfo=self.zone)

    def business_date(self) -> date:
        now = self.now()
        return now.date() - timedelta(days=1) if now.time() < self.day_ends else now.date()
