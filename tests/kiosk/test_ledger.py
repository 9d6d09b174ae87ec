"""The ledger remembers what was intended and done, and tells nothing to who reads the disk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.ledger import Ledger
from kiosk.sealing import Seal


class StandingClock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: StandingClock) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "ledger.db", Seal(bytes(32)), clock)
    yield ledger
    ledger.close()


def reopened(tmp_path: Path, clock: StandingClock, key: bytes = bytes(32)) -> Ledger:
    return Ledger(tmp_path / "ledger.db", Seal(key), clock)


def test_what_was_intended_is_there_after_a_restart(
    tmp_path: Path, ledger: Ledger, clock: StandingClock
) -> None:
    ledger.intend("k1", "visit", "subject", "check-in", {"reservation_id": "77"})
    ledger.close()
    again = reopened(tmp_path, clock)
    (entry,) = again.unsettled()
    assert (entry.key, entry.kind, entry.arguments) == ("k1", "check-in", {"reservation_id": "77"})
    again.settle("k1", "done", {"uid": "04a1"})
    assert again.unsettled() == ()
    found = again.entry("k1")
    assert found is not None
    assert found.result == {"uid": "04a1"}
    assert again.done_about("subject") == {"check-in"}
    again.close()


def test_nothing_that_was_meant_stands_on_the_disk_in_clear(tmp_path: Path, ledger: Ledger) -> None:
    ledger.intend(
        "k1",
        ledger.opaque("v"),
        ledger.opaque("4711"),
        "check-in",
        {"reservation_id": "R4711", "room": "412"},
    )
    ledger.tell("APPROVE", "document of ERIKSSON", "R4711")
    ledger.close()
    disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert b"R4711" not in disk
    assert b"ERIKSSON" not in disk
    assert b'"412"' not in disk


def test_another_terminals_key_reads_nothing(tmp_path: Path, ledger: Ledger, clock: StandingClock) -> None:
    ledger.intend("k1", "v", "s", "check-in", {"reservation_id": "77"})
    ledger.tell("HELP", "words")
    ledger.close()
    other = reopened(tmp_path, clock, bytes([1]) * 32)
    assert other.unsettled()[0].arguments == {}
    assert list(other.messages()) == []
    other.close()


def test_a_message_waits_until_it_was_told(ledger: Ledger) -> None:
    ledger.tell("ALERT", "a guest waits", "77")
    ((number, words),) = ledger.messages()
    token = words.pop("token")
    assert words == {"code": "ALERT", "text": "a guest waits", "reservation_id": "77"}
    ledger.tell("ALERT", "a guest waits", "77")
    (_, (_, other)) = ledger.messages()
    assert token not in ("", other["token"])  # two calls of one guest are two
    ledger.told(number)
    ledger.told(number + 1)
    assert list(ledger.messages()) == []


def test_what_is_written_together_is_written_whole_or_not_at_all(ledger: Ledger) -> None:
    with pytest.raises(RuntimeError), ledger.together():
        ledger.tell("ALERT", "half")
        raise RuntimeError
    assert list(ledger.messages()) == []


def test_tries_are_counted_for_an_hour_and_over_a_restart(
    tmp_path: Path, ledger: Ledger, clock: StandingClock
) -> None:
    ledger.count_try()
    ledger.close()
    again = reopened(tmp_path, clock)
    again.count_try()
    assert again.tries_since(3600) == 2
    clock.at += timedelta(hours=2)
    assert again.tries_since(3600) == 0
    again.close()


def test_waiting_numbers_begin_anew_each_day(ledger: Ledger) -> None:
    day, next_day = "2026-11-23", "2026-11-24"
    assert [ledger.number_of(who, day) for who in ("a", "b", "a")] == [(1, True), (2, True), (1, False)]
    assert ledger.number_of("b", next_day) == (1, True)


def test_settled_effects_are_forgotten_after_days_open_ones_are_not(
    tmp_path: Path, ledger: Ledger, clock: StandingClock
) -> None:
    ledger.intend("done", "v", "s", "check-in", {})
    ledger.settle("done", "done", {})
    ledger.intend("open", "v", "s", "check-in", {})
    ledger.close()
    clock.at += timedelta(days=4)
    again = reopened(tmp_path, clock)
    assert again.entry("done") is None
    assert [entry.key for entry in again.unsettled()] == ["open"]
    again.close()


def test_a_document_that_spoke_against_itself_is_remembered_across_a_restart_and_for_its_day(
    tmp_path: Path, ledger: Ledger, clock: StandingClock
) -> None:
    document = ledger.opaque("document", "UTO", "L898902C3")
    ledger.speaks_against(document, "2026-11-23")
    ledger.speaks_against(document, "2026-11-23")
    ledger.close()
    again = reopened(tmp_path, clock)
    assert again.spoke_against(document, "2026-11-23")
    assert not again.spoke_against(document, "2026-11-24")
    assert not again.spoke_against(again.opaque("document", "UTO", "X1"), "2026-11-23")
    assert b"L898902C3" not in (tmp_path / "ledger.db").read_bytes()
    again.close()
    clock.at += timedelta(days=4)
    later = reopened(tmp_path, clock)
    assert not later.spoke_against(document, "2026-11-23")
    later.close()
