"""A trace as a file: a head, one thing that happened a line, and an end that proves that none is missing.

Files are for this kiosk's user alone, few, and of a size that can be sent by mail.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk import on_disk

FOLDER = "traces"
VERSION = 2
FIRST_WITH_STAFF = 2
"""Older ones do not say who of the staff signed in, and whether their PIN was right."""
KEPT = 20
MOST_BYTES = 4_000_000
_ENDING = ".trace"
_READ_BYTES = 2 * MOST_BYTES
_MOST_LINES = 20_000
_UNFINISHED = ".new"
_LONGEST_S = 7 * 24 * 3600.0
"""No visit lasts so long."""

Entry = dict[str, Any]
NOT_SO = (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError)
"""What comes of words that no recorder writes."""


class Damaged(ValueError):
    """This is no trace, or not a whole one; `str()` is one line that names the file."""


class Unheard(Exception):  # noqa: N818 - it becomes a Damaged where the file is known
    """This line says nothing that can be played. `line` is of the trace's file."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True)
class Trace:
    """`head`: version, when, of which kiosk's settings; `entries` in the order in which they happened."""

    path: Path
    head: Entry
    entries: tuple[Entry, ...]


def folder(state: Path) -> Path:
    return state / FOLDER


def write(state: Path, name: str, head: Entry, entries: Iterable[Entry]) -> Path:
    """Into the state directory; the oldest go when there are too many."""
    where = folder(state)
    where.mkdir(mode=0o700, parents=True, exist_ok=True)
    lines = "".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in (head, *entries))
    end = {"end": lines.count("\n"), "sha256": hashlib.sha256(lines.encode()).hexdigest()}
    for left in where.glob(f"*{_UNFINISHED}"):  # of a kiosk that ended while it wrote
        left.unlink(missing_ok=True)
    path = _free(where, name)
    on_disk.replace(path, lines + json.dumps(end) + "\n")
    for old in sorted(where.glob(f"*{_ENDING}"), key=lambda each: each.stat().st_mtime_ns)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def _free(where: Path, name: str) -> Path:
    number = 1
    while (path := where / f"{name}-{number}{_ENDING}").exists():
        number += 1
    return path


def read(path: Path) -> Trace:
    """Damaged says what is wrong with it."""
    lines = _content(path).splitlines(keepends=True)
    if not lines:
        raise Damaged(f"{path}: is empty")
    if len(lines) > _MOST_LINES:
        raise Damaged(f"{path}: is too long for a trace")
    found = [_entry(path, number, line) for number, line in enumerate(lines, 1)]
    _of_our_version(path, found[0])
    *told, end = found
    if "sha256" not in end or end.get("end") != len(told):
        raise Damaged(f"{path}: its end is missing")
    if end["sha256"] != hashlib.sha256(b"".join(lines[:-1])).hexdigest():
        raise Damaged(f"{path}: was changed after it was written")
    for number, entry in enumerate(told[1:], 2):
        if not _in_time(entry.get("at")) or not isinstance(entry.get("what"), str):
            raise Damaged(f"{path}: line {number} is damaged")
    return Trace(path, told[0], tuple(told[1:]))


def _entry(path: Path, number: int, line: bytes) -> Entry:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        entry = None
    if not isinstance(entry, dict):
        raise Damaged(f"{path}: line {number} is damaged" if number > 1 else f"{path}: is no trace")
    return entry


def _content(path: Path) -> bytes:
    """Of a plain file, and not more of it than a trace can have: what has no end is not waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise Damaged(f"{path}: is no file")
        with open(handle, "rb") as file:
            text = file.read(_READ_BYTES + 1)
    except OSError as error:
        raise Damaged(f"{path}: can’t be read: {error.strerror}") from None
    if len(text) > _READ_BYTES:
        raise Damaged(f"{path}: is too long for a trace")
    return text


def _of_our_version(path: Path, head: Entry) -> None:
    """Older ones are read too."""
    version = head.get("trace")
    if not isinstance(version, int) or isinstance(version, bool):
        raise Damaged(f"{path}: is no trace")
    if not 1 <= version <= VERSION:
        raise Damaged(f"{path}: is a trace of version {version}, which this kiosk does not know (it reads 1 to {VERSION})")


def _in_time(at: object) -> bool:
    """A number, and one that a clock can be moved to: neither NaN nor endless."""
    return isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at <= _LONGEST_S
