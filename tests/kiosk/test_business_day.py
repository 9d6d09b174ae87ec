"""What day it is at the hotel, and when a key begins and ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.business_day import business_date, door_time

BUDAPEST = ZoneInfo("Europe/Budapest")
ENDS = time(4, 0)
SPRING = date(2026, 3, 29)  # 02:00 → 03:00
AUTUMN = date(2026, 10, 25)  # 03:00 → 02:00


@pytest.mark.parametrize(
    ("local", "day"),
    [
        (datetime(2026, 11, 24, 1, 30), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 3, 59, 59), date(2026, 11, 23)),
        (datetime(2026, 11, 24, 4, 0), date(2026, 11, 24)),
        (datetime(2026, 11, 24, 23, 59), date(2026, 11, 24)),
        (datetime(2027, 1, 1, 0, 5), date(2026, 12, 31)),
        (datetime(2026, 3, 29, 3, 30), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 4, 0), date(2026, 3, 29)),
        (datetime(2026, 10, 25, 2, 30), date(2026, 10, 24)),
        (datetime(2026, 10, 25, 2, 30, fold=1), date(2026, 10, 24)),
        (datetime(2026, 10, 25, 4, 0), date(2026, 10, 25)),
    ],
)
def test_a_guest_after_midnight_comes_on_the_day_before(local: datetime, day: date) -> None:
    assert business_date(local.replace(tzinfo=BUDAPEST).astimezone(UTC), BUDAPEST, ENDS) == day


def test_a_day_that_ends_at_midnight_is_the_calendars() -> None:
    assert business_date(datetime(2026, 11, 23, 23, 30, tzinfo=UTC), BUDAPEST, time(0, 0)) == date(
        2026, 11, 24
    )


def test_a_clock_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        business_date(datetime(2026, 11, 24, 1, 30), BUDAPEST, ENDS)


def test_the_missing_hour_in_spring_moves_on() -> None:
    assert door_time(SPRING, time(2, 30), BUDAPEST).isoformat() == "2026-03-29T03:30:00+02:00"
    assert door_time(SPRING, time(2, 30), BUDAPEST, later=True).isoformat() == "2026-03-29T03:30:00+02:00"
    assert door_time(SPRING, time(11, 0), BUDAPEST).isoformat() == "2026-03-29T11:00:00+02:00"


def test_the_hour_that_comes_twice_in_autumn_is_told_apart() -> None:
    first = door_time(AUTUMN, time(2, 30), BUDAPEST)
    second = door_time(AUTUMN, time(2, 30), BUDAPEST, later=True)
    assert (first.isoformat(), second.isoformat()) == (
        "2026-10-25T02:30:00+02:00",
        "2026-10-25T02:30:00+01:00",
    )
    assert second.astimezone(UTC) - first.astimezone(UTC) == timedelta(hours=1)


def test_a_night_of_the_change_is_an_hour_shorter_or_longer() -> None:
    for change, hours in ((SPRING, 20), (AUTUMN, 22)):
        begin = door_time(change - timedelta(days=1), time(14, 0), BUDAPEST)
        end = door_time(change, time(11, 0), BUDAPEST)
        assert end.astimezone(UTC) - begin.astimezone(UTC) == timedelta(hours=hours)


@given(
    st.dates(date(2020, 1, 1), date(2040, 1, 1)),
    st.times(),
    st.sampled_from(["Europe/Budapest", "America/St_Johns", "Asia/Tehran", "Australia/Lord_Howe", "UTC"]),
)
def test_a_keys_end_is_never_before_its_beginning(day: date, at: time, name: str) -> None:
    zone = ZoneInfo(name)
    first, last = door_time(day, at, zone), door_time(day, at, zone, later=True)
    assert first.astimezone(UTC) <= last.astimezone(UTC)
    # What comes back is a time that the hotel's clock really shows.
    assert first.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == first.replace(tzinfo=None)
