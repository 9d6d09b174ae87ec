"""Every key that was ever cut is accounted for, over power cuts, months and two processes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta, timezone
from pathlib import Path

import pytest

from kiosk.access import STAFF, Access
from kiosk.key_journal import GUEST, HEAD, KIOSK, Act, JournalError, KeyJournal, Why, files_of
from kiosk.ledger import Ledger
from kiosk.roles import Role
from kiosk.sealing import Seal
from kiosk.sections import AccessSection
from tests.kiosk.staff.conftest import KEY, MovedClock
from tests.kiosk.staff.journal import filled, found, head_of, lines, opened, verified


@pytest.fixture
def journal(tmp_path: Path, clock: MovedClock) -> Iterator[KeyJournal]:
    one = opened(tmp_path, clock)
    yield one
    one.close()


def test_a_key_is_written_down_with_who_when_which_room_which_card_why_and_by_whom_approved(
    journal: KeyJournal, clock: MovedClock, tmp_path: Path
) -> None:
    journal.append(
        Act.REPLACED, by="2", approved_by="1", reservation="4711", room="107", card=b"\x04\xa1", sequence=3,
        issue="new", why=Why.LOST_KEY, effect="ab" * 16,
    )  # fmt: skip
    (raw,) = lines(tmp_path)
    told = json.loads(raw)
    assert told.pop("hash")
    assert told == {
        "number": 1, "at": "2026-11-23T14:00:00.000+00:00", "act": "replaced", "by": "2", "approved_by": "1",
        "reservation": "4711", "room": "107", "card": "04a1", "sequence": 3, "issue": "new", "why": "lost-key",
        "effect": "ab" * 16,
    }  # fmt: skip
    (entry,) = journal.entries(room="107", since=clock.now())
    assert (entry.by, entry.approved_by, entry.at) == ("2", "1", clock.now())
    assert list(journal.entries(room="108")) == []
    assert list(journal.entries(until=clock.now())) == []


def test_the_same_effect_stands_there_once_whoever_asks_again(
    journal: KeyJournal, tmp_path: Path, clock: MovedClock
) -> None:
    first = journal.append(Act.CUT, by=GUEST, room="107", effect="cd" * 16)
    clock.pass_s(60)
    assert journal.append(Act.CUT, by=GUEST, room="107", effect="cd" * 16) == first
    again = opened(tmp_path, clock)
    assert again.append(Act.CUT, by=GUEST, room="107", effect="cd" * 16) == first
    again.close()
    assert len(lines(tmp_path)) == 1
    assert journal.append(Act.CUT, by=GUEST, room="107").number == 2  # without effect: each its own


@pytest.mark.parametrize(
    "words",
    [
        {"by": "Anna Eriksson"},
        {"by": "0"},
        {"by": GUEST, "reservation": "Anna Eriksson"},
        {"by": GUEST, "reservation": "Eriksson, Anna"},
        {"by": GUEST, "room": "107 Anna Eriksson"},
        {"by": GUEST, "approved_by": "night manager"},
        {"by": GUEST, "about": "Casey"},
        {"by": GUEST, "issue": "One more"},
        {"by": GUEST, "effect": "Anna"},
        {"by": GUEST, "reservation": "4711\n"},
    ],
)
def test_a_name_or_a_sentence_is_not_taken(journal: KeyJournal, tmp_path: Path, words: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="takes no such") as caught:
        journal.append(Act.CUT, **words)  # type: ignore[arg-type]
    assert not any(value and value in str(caught.value) for value in words.values() if value != GUEST)
    assert lines(tmp_path) == []


def test_files_and_the_key_are_for_this_user_alone(journal: KeyJournal, tmp_path: Path) -> None:
    journal.append(Act.SIGNED_IN, by="1")
    paths = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert len(paths) == 3
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in paths)
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o700


def test_each_day_is_signed_when_the_next_begins(tmp_path: Path, clock: MovedClock) -> None:
    filled(tmp_path, clock)
    acts = [(json.loads(raw)["act"], json.loads(raw)["at"][:10]) for raw in lines(tmp_path)]
    days = [day for act, day in acts if act == "cut"]
    signatures = [day for act, day in acts if act == "signature"]
    assert signatures == sorted(set(days))[1:]
    report = verified(tmp_path)
    assert (found(report), report.whole, len(report.keys)) == ([], True, 1)


def test_a_day_on_which_nothing_more_happens_is_signed_too(journal: KeyJournal, clock: MovedClock) -> None:
    assert journal.sign_if_due() is None
    journal.append(Act.SIGNED_IN, by="1")
    assert journal.sign_if_due() is None
    clock.pass_s(24 * 3600)
    signature = journal.sign_if_due()
    assert signature is not None
    assert (signature.act, signature.by, signature.key) == (Act.SIGNATURE, KIOSK, journal.public_key.hex())
    assert journal.sign_if_due() is None
    clock.pass_s(24 * 3600)
    assert journal.sign_if_due() is None


def test_before_it_is_taken_away_all_of_it_is_signed(journal: KeyJournal, tmp_path: Path) -> None:
    assert journal.sign() is None
    journal.append(Act.SIGNED_IN, by="1")
    journal.sign()
    assert verified(tmp_path).unsigned == 0
    last = journal.sign()
    assert last is not None
    assert last.number == 2


def test_the_chain_goes_on_over_months_and_never_back(tmp_path: Path, clock: MovedClock) -> None:
    journal = opened(tmp_path, clock)
    for _ in range(4):
        journal.append(Act.CUT, by=GUEST)
        clock.pass_s(20 * 24 * 3600)
    clock.set(-24 * 100)
    journal.append(Act.CUT, by=GUEST)
    journal.close()
    assert [path.name for path in files_of(tmp_path)] == [f"keys-{month}.jsonl" for month in ("2026-11", "2026-12", "2027-01")]  # fmt: skip
    report = verified(tmp_path)
    assert found(report) == [("clock-back", report.last - 1)]  # the signature of the day before, then the key
    assert report.whole


def test_two_processes_add_to_one_chain(journal: KeyJournal, tmp_path: Path, clock: MovedClock) -> None:
    other = opened(tmp_path, clock)
    for number in range(6):
        (journal, other)[number % 2].append(Act.CUT, by=GUEST, effect=f"{number:032x}")
    assert journal.by_effect(f"{5:032x}") is None  # the other's, not looked for yet
    assert journal.append(Act.CUT, by=GUEST, effect=f"{5:032x}").number == 6
    other.close()
    assert [json.loads(raw)["number"] for raw in lines(tmp_path)] == [1, 2, 3, 4, 5, 6]
    assert found(verified(tmp_path)) == []


@pytest.mark.parametrize("kept", [1, 20, -1, 0])
def test_a_line_torn_by_a_power_cut_is_closed_and_said_and_its_effect_written_again(
    tmp_path: Path, clock: MovedClock, kept: int
) -> None:
    """The cut falls within the line, after all of it but its end, before all of it."""
    filled(tmp_path, clock, 3)
    journal = opened(tmp_path, clock)
    before = head_of(tmp_path)
    assert before is not None
    journal.append(Act.CUT, by=GUEST, effect="ee" * 16)
    (path,) = files_of(tmp_path)
    whole = path.read_bytes()
    last = whole.splitlines(keepends=True)[-1]
    path.write_bytes(whole[: len(whole) - len(last)] + last[:kept])
    journal._heads.write(type(before)(before.number, before.hash, json.loads(last)["hash"], before.turn + 9))
    journal.close()

    again = opened(tmp_path, clock)
    entry = again.append(Act.CUT, by=GUEST, effect="ee" * 16)
    again.close()
    report = verified(tmp_path)
    assert report.whole
    torn = [raw for raw in lines(tmp_path) if raw == last[:kept]]
    if kept == -1 or kept == 0:  # all of it was there
        assert (entry.number, found(report)) == (before.number + 1, [])
    else:
        assert len(torn) == 1
        assert (entry.number, found(report)) == (before.number + 2, [("torn", before.number + 1)])


def test_power_that_went_between_the_line_and_its_head_loses_nothing(tmp_path: Path, clock: MovedClock) -> None:
    journal = opened(tmp_path, clock)
    journal.append(Act.CUT, by=GUEST)
    before = (tmp_path / HEAD).read_bytes()
    journal.append(Act.CUT, by=GUEST, effect="ff" * 16)
    after = (tmp_path / HEAD).read_bytes()
    # Of the two writes around the line the first has come to the disk: places are written in turn.
    (tmp_path / HEAD).write_bytes(before[:4096] + after[4096:])
    head = head_of(tmp_path)
    assert head is not None
    assert (head.number, head.next) == (1, json.loads(lines(tmp_path)[1])["hash"])
    journal.close()
    again = opened(tmp_path, clock)
    assert again.append(Act.CUT, by=GUEST, effect="ff" * 16).number == 2
    again.append(Act.CUT, by=GUEST)
    again.close()
    assert found(verified(tmp_path)) == []
    assert len(lines(tmp_path)) == 3


def test_a_tail_that_was_cut_off_stays_to_be_seen(tmp_path: Path, clock: MovedClock) -> None:
    filled(tmp_path, clock, 6)
    (path,) = files_of(tmp_path)
    content = lines(tmp_path)
    path.write_bytes(b"".join(line + b"\n" for line in content[:-2]))
    assert found(verified(tmp_path)) == [("cut-off", len(content) - 1)]
    journal = opened(tmp_path, clock)
    journal.append(Act.CUT, by=GUEST)
    journal.close()
    report = verified(tmp_path)
    assert ("missing", len(content) - 1) in found(report)
    assert ("lost", len(content) + 1) in found(report)
    assert not report.whole


def test_a_journal_that_was_emptied_or_deleted_stays_to_be_seen(tmp_path: Path, clock: MovedClock) -> None:
    filled(tmp_path, clock, 6)
    count = len(lines(tmp_path))
    for path in files_of(tmp_path):
        path.unlink()
    assert found(verified(tmp_path)) == [("cut-off", 1)]
    journal = opened(tmp_path, clock)
    journal.append(Act.CUT, by=GUEST)
    journal.close()
    assert found(verified(tmp_path)) == [("missing", 1), ("lost", count + 1)]


def test_a_file_cut_while_the_kiosk_runs_is_noticed_with_the_next_entry(
    journal: KeyJournal, tmp_path: Path
) -> None:
    for _ in range(4):
        journal.append(Act.CUT, by=GUEST)
    (path,) = files_of(tmp_path)
    os.truncate(path, len(lines(tmp_path)[0]) + 1)
    journal.append(Act.CUT, by=GUEST)
    assert found(verified(tmp_path)) == [("missing", 2), ("lost", 5)]


def test_without_its_memory_of_the_newest_it_goes_on_and_says_so(tmp_path: Path, clock: MovedClock) -> None:
    filled(tmp_path, clock, 3)
    count = len(lines(tmp_path))
    (tmp_path / HEAD).unlink()
    assert found(verified(tmp_path)) == [("no-head", count)]
    (tmp_path / HEAD).unlink()
    opened(tmp_path, clock).close()
    assert found(verified(tmp_path)) == [("lost", count + 1)]


def test_a_full_disk_is_said_and_the_entry_is_there_once_when_there_is_room_again(
    journal: KeyJournal, tmp_path: Path
) -> None:
    journal.append(Act.CUT, by=GUEST)
    (path,) = files_of(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    full = max(path.stat().st_size + 40, (tmp_path / HEAD).stat().st_size)
    while path.stat().st_size + 40 < full:  # the head's file is the longer one at first
        journal.append(Act.CUT, by=GUEST)
        full = max(path.stat().st_size + 40, (tmp_path / HEAD).stat().st_size)
    resource.setrlimit(resource.RLIMIT_FSIZE, (full, hard))
    try:
        with pytest.raises(JournalError, match="too large|space"):
            journal.append(Act.CUT, by=GUEST, effect="dd" * 16)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    journal.append(Act.CUT, by=GUEST, effect="dd" * 16)
    report = verified(tmp_path)
    assert report.whole
    assert [what for what, _ in found(report)] == ["torn"]
    assert sum(b"dd" * 16 in raw for raw in lines(tmp_path)) >= 1
    assert len(list(journal.entries())) == report.entries


def test_an_entry_dated_with_any_zone_is_written_in_one(journal: KeyJournal, clock: MovedClock) -> None:
    from zoneinfo import ZoneInfo

    clock.wall = clock.wall.astimezone(ZoneInfo("Europe/Budapest")) + timedelta(microseconds=1234)
    entry = journal.append(Act.CUT, by=GUEST)
    assert entry.at.isoformat(timespec="microseconds") == "2026-11-23T14:00:00.001000+00:00"
    assert list(journal.entries()) == [entry]


_ADDS = """
import sys
from pathlib import Path
from kiosk.clock import SystemClock
from kiosk.key_journal import GUEST, Act, KeyJournal
from kiosk.sealing import Seal
journal = KeyJournal(Path(sys.argv[1]), Seal(bytes(range(32))), SystemClock())
for number in range(int(sys.argv[2]), 10**6):
    journal.append(Act.CUT, by=GUEST, room="107", effect=f"{number:032x}")
    print(number, flush=True)
"""


def test_killed_at_any_moment_beside_another_process_every_effect_stands_there_once(
    tmp_path: Path, clock: MovedClock
) -> None:
    """The other process, this one, lives on and adds its own meanwhile."""
    here = opened(tmp_path, clock)
    told = -1
    for killed_after in (1, 4, 2, 7, 3):
        with subprocess.Popen([sys.executable, "-c", _ADDS, tmp_path, str(told + 1)], stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            for _ in range(killed_after):
                told = int(child.stdout.readline())
                here.append(Act.SIGNED_IN, by="1")
            child.kill()
    again = here.append(Act.CUT, by=GUEST, room="107", effect=f"{told:032x}")
    here.close()
    effects = [json.loads(raw).get("effect") for raw in lines(tmp_path) if b'"effect"' in raw]
    assert len(effects) == len(set(effects))
    assert set(effects) >= {f"{number:032x}" for number in range(told + 1)}
    assert again.act == Act.CUT
    report = verified(tmp_path)
    assert report.whole
    assert {what for what, _ in found(report)} <= {"torn", "clock-back"}  # this process has another clock


@pytest.mark.parametrize("how", ["gone", "zeroed"])
def test_a_tail_that_was_cut_off_with_the_memory_of_it_is_not_whole_after_a_restart(
    tmp_path: Path, clock: MovedClock, how: str
) -> None:
    filled(tmp_path, clock, 6)
    (path,) = files_of(tmp_path)
    path.write_bytes(b"".join(line + b"\n" for line in lines(tmp_path)[:-2]))
    if how == "gone":
        (tmp_path / HEAD).unlink()
    else:
        (tmp_path / HEAD).write_bytes(bytes(8192))
    opened(tmp_path, clock).close()
    report = verified(tmp_path)
    assert [what for what, _ in found(report)] == ["lost"]
    assert not report.whole


@pytest.mark.parametrize("beside", ["ledger", "staff"])
def test_a_journal_that_begins_anew_beside_what_was_done_is_not_whole(
    tmp_path: Path, clock: MovedClock, beside: str
) -> None:
    opened(tmp_path, clock).close()
    assert verified(tmp_path).whole  # a new terminal
    (tmp_path / HEAD).unlink()
    if beside == "ledger":
        ledger = Ledger(tmp_path / "ledger.db", Seal(KEY), clock)
        ledger.intend("k", "v", "s", "cut-key", {})
        ledger.close()
    else:
        access = Access(tmp_path / STAFF, clock, Seal(KEY), AccessSection())
        access.add("Casey", frozenset({Role.MANAGER}))
        access.close()
    opened(tmp_path, clock).close()
    assert found(verified(tmp_path)) == [("lost", 1)]
    assert not verified(tmp_path).whole


@pytest.mark.parametrize(("room", "taken"), [("101 A", True), ("P#1", True), ("107 Anna Eriksson", False), ("Ő12", False)])
def test_a_room_is_taken_as_a_key_can_carry_it(journal: KeyJournal, room: str, taken: bool) -> None:
    assert journal.takes(room=room, reservation="4711") is taken
    assert not journal.takes(room="107", reservation="R 1")
    if taken:
        assert journal.append(Act.CUT, by=GUEST, room=room).room == room


def test_when_a_key_ends_stands_there_in_utc(journal: KeyJournal, clock: MovedClock) -> None:
    journal.append(Act.CUT, by=GUEST, room="107", until=clock.now().astimezone(timezone(timedelta(hours=1))))
    assert [entry.until for entry in journal.entries()] == ["2026-11-23T14:00Z"]
