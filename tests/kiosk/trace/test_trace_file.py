"""A trace that is not whole is told in one line."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from kiosk.trace.file import KEPT, VERSION, Damaged, read, write

ENTRIES = [{"at": 0.0, "what": "scene", "kind": "Welcome"}, {"at": 1.5, "what": "touch", "chosen": "check-in"}]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    return write(tmp_path, "visit", {"trace": 1, "time": "2026-11-26T17:00:00+01:00"}, ENTRIES)


def test_what_was_written_is_read(trace: Path) -> None:
    assert list(read(trace).entries) == ENTRIES
    assert read(trace).head["trace"] == 1


def test_it_is_for_its_user_alone_and_old_ones_go(tmp_path: Path) -> None:
    for _ in range(KEPT + 3):
        path = write(tmp_path, "visit", {"trace": 1}, ENTRIES)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    kept = list(path.parent.iterdir())
    assert len(kept) == KEPT
    assert path in kept


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda lines: lines[:-1], "its end is missing"),
        (lambda lines: lines[:2] + lines[3:], "its end is missing"),
        (lambda lines: [lines[0], lines[2], lines[1], lines[3]], "was changed"),
        (lambda lines: [lines[0], lines[1].replace("Welcome", "Farewell"), *lines[2:]], "was changed"),
        (lambda lines: [lines[0], lines[1][:10] + "\n", *lines[2:]], "line 2 is damaged"),
        (lambda lines: [lines[0], "[]\n", *lines[2:]], "line 2 is damaged"),
        (lambda lines: lines[1:], "is no trace$"),
        (lambda lines: [lines[0].replace('"trace":1', '"trace":true'), *lines[1:]], "is no trace$"),
        (lambda lines: [lines[0].replace('"trace":1', '"trace":99'), *lines[1:]], "version 99, which this kiosk does not know"),
        (lambda lines: ["{}\n"] * 3_000_000, "is too long"),
        (lambda lines: [], "is empty"),
        (lambda lines: ["\x00\xff" * 100], "is no trace$"),
        (lambda lines: ["[" * 100_000], "is no trace$"),
        (lambda lines: [lines[0], "[" * 100_000 + "\n", *lines[2:]], "line 2 is damaged"),
    ],
)
def test_each_damage_is_told_in_a_line(trace: Path, damage: object, words: str) -> None:
    lines = trace.read_text("utf-8").splitlines(keepends=True)
    trace.write_text("".join(damage(lines)), "utf-8")  # type: ignore[operator]
    with pytest.raises(Damaged, match=words) as damaged:
        read(trace)
    assert str(damaged.value).startswith(str(trace))
    assert "\n" not in str(damaged.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Damaged, match="can’t be read: No such file"):
        read(tmp_path / "none.trace")


def test_an_entry_without_its_time_is_damaged(tmp_path: Path) -> None:
    path = write(tmp_path, "visit", {"trace": 1}, [{"what": "scene"}])
    with pytest.raises(Damaged, match="line 2"):
        read(path)
    assert json.loads(path.read_text("utf-8").splitlines()[-1])["end"] == 2


@pytest.mark.parametrize("at", ["NaN", "Infinity", "1e300", "-1", "1" + "0" * 400, '"1"'])
def test_a_time_to_which_no_clock_can_be_moved_is_damaged(tmp_path: Path, at: str) -> None:
    path = write(tmp_path, "visit", {"trace": 1}, [{"at": 7777, "what": "scene"}])
    lines = path.read_text("utf-8").replace("7777", at).splitlines(keepends=True)
    end = {"end": 2, "sha256": hashlib.sha256("".join(lines[:2]).encode()).hexdigest()}
    path.write_text("".join(lines[:2]) + json.dumps(end) + "\n", "utf-8")
    with pytest.raises(Damaged, match="line 2"):
        read(path)


def test_a_gigabyte_is_too_long_and_not_read_to_its_end(tmp_path: Path) -> None:
    huge = tmp_path / "huge.trace"
    with huge.open("wb") as file:
        file.truncate(1 << 30)
    with pytest.raises(Damaged, match="is too long"):
        read(huge)


def test_who_may_not_read_it_is_told(trace: Path) -> None:
    me, nobody = os.geteuid(), 65534
    trace.chmod(0)
    if me == 0:
        os.seteuid(nobody)
    try:
        with pytest.raises(Damaged, match="can’t be read: Permission denied"):
            read(trace)
    finally:
        os.seteuid(me)


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.trace"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero"), tmp_path):
        with pytest.raises(Damaged, match="is no file"):
            read(path)


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_older_traces_are_read(tmp_path: Path, version: int) -> None:
    assert read(write(tmp_path, "visit", {"trace": version}, ENTRIES)).head["trace"] == version


def test_what_a_kiosk_left_that_ended_while_it_wrote_goes_with_the_next(tmp_path: Path) -> None:
    path = write(tmp_path, "visit", {"trace": 1}, ENTRIES)
    half = path.with_suffix(".new")
    half.write_text("half")
    write(tmp_path, "visit", {"trace": 1}, ENTRIES)
    assert not half.exists()
