"""The hotel's day: it ends some hours after midnight, and its clock changes twice a year."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo


def business_date(now: datetime, zone: tzinfo, ends: time) -> date:
    """The hotel's date at `now` (aware): until `ends` on the hotel's clock it is still yesterday.

    A guest at 01:30 with yesterday's booking is on time. `ends` 00:00 makes it the calendar's day.
    """
    if now.tzinfo is None:
        raise ValueError("now must be aware")
    local = now.astimezone(zone)
    # Wall-clock time is compared: what the guest and the desk's clock say, on the night of a change too.
    return local.date() - timedelta(days=1) if local.time() < ends else local.date()


def door_time(day: date, at: time, zone: tzinfo, *, later: bool = False) -> datetime:
    """This wall-clock time at the hotel, as an aware datetime in `zone`, for a key's validity.

    In spring an hour is missing: a time in it is moved on to when the clock goes on (02:30 → 03:30).
    In autumn an hour comes twice: the first one, or with `later` the second, so that a key from
    `door_time(…)` until `door_time(…, later=True)` never closes a guest out.
    """
    there = datetime.combine(day, at.replace(tzinfo=None), zone).replace(fold=int(later))
    back = there.astimezone(UTC).astimezone(zone)
    if back.replace(tzinfo=None) == there.replace(tzinfo=None):
        return there
    # The hour that does not exist: fold=0 reads it with the offset before the change, which lands after it.
    return there.replace(fold=0).astimezone(UTC).astimezone(zone)
