"""The ledger outlives updates of the kiosk: whatever version wrote an effect, the desk is told of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.effects.doing import recover
from kiosk.effects.keys import CutKey
from kiosk.key_journal import Why
from kiosk.ledger import Ledger


def left_open(ledger: Ledger, kind: str, arguments: dict[str, Any], key: str = "") -> None:
    ledger.intend(key or kind, "a visit before", ledger.opaque("77"), kind, arguments)


def states(ledger: Ledger, *keys: str) -> list[str]:
    return [entry.state if (entry := ledger.entry(key)) else "" for key in keys]


async def test_an_effect_of_an_older_version_lacks_a_field(stand: Any) -> None:
    left_open(stand.terminal.ledger, "print-slip", {"visit": "a visit before", "what": "stay"})
    assert await recover(stand.terminal) == 1
    ((_, words),) = stand.terminal.ledger.messages()
    assert words["code"] == "INTERRUPTED"
    assert "slip (stay)" in words["text"]


async def test_an_effect_of_a_newer_version_has_one_more_or_is_not_known_at_all(stand: Any) -> None:
    ledger = stand.terminal.ledger
    left_open(ledger, "print-slip", {"visit": "a visit before", "what": "stay", "reservation_id": "77", "tray": 2})
    left_open(ledger, "park-car", {"reservation_id": "77"})
    assert await recover(stand.terminal) == 2
    ((_, words),) = ledger.messages()
    assert "slip (stay)" in words["text"]
    assert "'park-car'" in words["text"]
    assert words["reservation_id"] == "77"
    assert states(ledger, "print-slip", "park-car") == ["told", "told"]
    assert await recover(stand.terminal) == 0


async def test_an_effect_that_another_key_has_sealed_is_told_and_holds_up_nothing(stand: Any) -> None:
    ledger = stand.terminal.ledger
    left_open(ledger, "check-in", {})  # what a ledger reads that it can't unseal
    assert await recover(stand.terminal) == 1
    assert states(ledger, "check-in") == ["told"]


async def test_an_effect_of_the_guest_who_stands_there_is_left_alone(stand: Any) -> None:
    left_open(stand.terminal.ledger, "print-slip", {"visit": "a visit before", "what": "stay"})
    assert await recover(stand.terminal, current_visit="a visit before") == 0
    assert states(stand.terminal.ledger, "print-slip") == ["intended"]


KEY = "ab" * 16
MOVED = {"reservation_id": "R 1", "room": "107", "by": "1"}
"""A blank, which the journal of keys does not take: from an entry that is older than the check for it."""


async def test_an_entry_that_can_not_be_written_down_holds_up_no_other_and_the_desk_is_told(stand: Any) -> None:
    ledger = stand.terminal.ledger
    left_open(ledger, "move-room", MOVED, KEY)
    ledger.settle(KEY, "intended", {})  # done, as is known
    left_open(ledger, "print-slip", {"visit": "a visit before", "what": "stay"})
    assert await recover(stand.terminal) == 2
    ((_, words),) = ledger.messages()
    assert "'move-room'" in words["text"]
    assert "slip (stay)" in words["text"]
    assert states(ledger, KEY, "print-slip") == ["told", "told"]


async def test_what_is_done_and_can_not_be_written_down_now_is_written_later(stand: Any, tmp_path: Path) -> None:
    ledger, journal = stand.terminal.ledger, tmp_path / "journal"
    left_open(ledger, "move-room", MOVED | {"reservation_id": "77"}, KEY)
    ledger.settle(KEY, "intended", {})
    journal.rename(tmp_path / "aside")
    journal.touch()  # in its place something that nothing can be written into
    assert await recover(stand.terminal) == 0
    assert states(ledger, KEY) == ["intended"]
    journal.unlink()
    (tmp_path / "aside").rename(journal)
    assert await recover(stand.terminal) == 1
    assert [entry.room for entry in stand.terminal.journal.entries()] == ["107"]


MASTER = {
    "reservation_id": "", "room": "all", "valid_from": "2026-11-23T14:00:00Z", "valid_until": "2026-11-24T02:00:00Z",
    "sequence": 29926440, "card_number": "", "number": 1, "visit": "a visit before", "by": "3", "approved_by": "4",
    "why": "other",
}  # fmt: skip


async def test_staffs_work_that_was_interrupted_is_not_called_a_check_in(stand: Any) -> None:
    left_open(stand.terminal.ledger, "cut-master-key", MASTER, KEY)
    assert await recover(stand.terminal) == 1
    ((_, words),) = stand.terminal.ledger.messages()
    assert words["text"] == (
        "A key at the terminal was interrupted: a master key for the doors of all may have been cut: "
        "please make all of these anew"
    )
    (entry,) = stand.terminal.journal.entries()
    assert (entry.act, entry.room, entry.by, entry.approved_by) == ("unsure", "all", "3", "4")


@pytest.mark.parametrize(
    ("left", "begins"),
    [
        ({"what": "shift-40-1", "by": "3"}, "A key at the terminal was interrupted: the slip (shift-40-1)"),
        ({"what": "stay"}, "Self check-in was interrupted: the slip (stay)"),
    ],
)
async def test_a_report_of_staff_and_a_guests_slip_are_told_apart(stand: Any, left: dict[str, str], begins: str) -> None:
    left_open(stand.terminal.ledger, "print-slip", {"visit": "a visit before", **left})
    assert await recover(stand.terminal) == 1
    ((_, words),) = stand.terminal.ledger.messages()
    assert words["text"].startswith(begins)


@pytest.mark.parametrize(
    ("change", "alone"),
    [({}, False), ({"by": "3"}, True), ({"why": Why.LOST_KEY}, True), ({"by": "3", "why": Why.DEAD_KEY}, True)],
)
def test_a_key_is_of_a_check_in_where_its_guest_began_it_and_none_was_lost(change: dict[str, str], alone: bool) -> None:
    guests = MASTER | {"room": "107", "reservation_id": "77", "by": "guest", "approved_by": "", "why": Why.CHECK_IN}
    assert CutKey.model_validate(guests | change).about_a_key_alone is alone


async def test_a_letter_of_which_nobody_knows_is_told_without_its_address(stand: Any) -> None:
    left_open(
        stand.terminal.ledger, "send-mail", {"visit": "a visit before", "what": "stay", "to": "ab12", "reservation_id": "77"}
    )
    assert await recover(stand.terminal) == 1
    ((_, words),) = stand.terminal.ledger.messages()
    assert words["text"] == "Self check-in was interrupted: the slip (stay) may not have been sent by e-mail"
    assert words["reservation_id"] == "77"
