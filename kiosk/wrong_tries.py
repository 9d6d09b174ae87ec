"""Wrong PINs: how they slow down and stop whoever guesses, and nobody else.

What one robot can do in 24 hours: 12 tries without a card, and 4 with each staff card it has found, two
of a person's at most: 20. One that a person lost is taken back long before.

A try is on the disk as wrong before the PIN is looked at, and struck off when it was right: pulling the
plug gives no free guess. Time is counted, not read from the clock: within one boot of the machine by its
monotonic clock, over a boot by how far the wall clock has come beyond the latest it was ever seen at. A
clock set back opens nothing; who can set it forward and restart the machine owns this file anyway.
"""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from kiosk.clock import Clock

DAY_S = 24 * 3600.0


class Kind(StrEnum):
    """What a limit is kept for."""

    CARD = "card"  # each staff card that has proven itself
    NUMBER = "number"  # each staff number tried without a card, whether anybody has it or not
    TERMINAL = "terminal"  # all tries here without a card that has proven itself
    SHELL = "shell"  # each staff number tried by command


@dataclass(frozen=True)
class Rule:
    """`waits_s` after the first, second … wrong try in a row, the last for all later ones."""

    waits_s: tuple[float, ...]
    most_a_day: int  # within any 24 hours, right ones between them or not
    lock_after: int | None = None  # in a row; then until a manager unlocks


RULES: dict[Kind, Rule] = {
    # Who has the card is its owner or a thief. A thief gets four tries at a million PINs; an owner who has
    # forgotten theirs goes to a manager. Only this card is locked: nobody without it can do that to them.
    Kind.CARD: Rule((0, 5, 30), most_a_day=8, lock_after=4),
    # Anybody can try a number, so it must not be locked for good; the day's limit opens by itself, and the
    # number's owner comes in with their card at any time.
    Kind.NUMBER: Rule((0, 5, 30, 120), most_a_day=5),
    # One robot that goes through all numbers.
    Kind.TERMINAL: Rule((0, 2, 5, 10, 30, 60), most_a_day=12),
    # Who types commands here is the terminal's own user, and could copy the file; this keeps a shell that
    # was left open from being a short cut. Not shared with the screen: a robot there must not stop a manager here.
    Kind.SHELL: Rule((0, 2, 10, 60), most_a_day=10),
}

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tries (id INTEGER PRIMARY KEY, key TEXT NOT NULL, at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS tries_by_key ON tries (key, at);
CREATE TABLE IF NOT EXISTS streaks (key TEXT PRIMARY KEY, wrong INTEGER NOT NULL, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS counted_time (
    one INTEGER PRIMARY KEY CHECK (one = 1), at REAL NOT NULL, wall REAL NOT NULL, monotonic REAL NOT NULL,
    boot TEXT NOT NULL
);
"""


@dataclass(frozen=True)
class Key:
    """What one limit counts: its kind, and a name that tells nothing."""

    kind: Kind
    name: str = ""

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True)
class Held:
    """No try is looked at now. `wait_s` None: until a manager unlocks."""

    wait_s: float | None
    locked: bool  # by the day's or the card's limit, and not only for a growing moment


@dataclass(frozen=True)
class Try:
    """A try that is counted; `before` were wrong in a row before it."""

    keys: tuple[Key, ...]
    rows: tuple[int, ...]
    before: int


class WrongTries:
    """The counters, in the database of `access.py`. `boot` names this boot of the machine."""

    def __init__(self, db: sqlite3.Connection, clock: Clock, boot: str) -> None:
        self._db = db
        self._clock = clock
        self._boot = boot
        db.executescript(_SCHEMA)

    def begin(self, keys: tuple[Key, ...]) -> Try | Held:
        """Count a try at all of these, on the disk, or say why it may not be made."""
        with together(self._db):
            now = self._now()
            if held := self._held(keys, now):
                return held
            before = self.in_a_row(keys)
            rows = tuple(
                int(self._db.execute("INSERT INTO tries (key, at) VALUES (?, ?)", (str(key), now)).lastrowid or 0)
                for key in keys
            )
            for key in keys:
                self._db.execute(
                    "INSERT INTO streaks VALUES (?, 1, ?) "
                    "ON CONFLICT (key) DO UPDATE SET wrong = wrong + 1, at = excluded.at",
                    (str(key), now),
                )
            return Try(keys, rows, before)

    def was_right(self, one: Try) -> None:
        """It was no wrong try, and the row of wrong ones is over; what the day has seen stays counted."""
        with together(self._db):
            self._db.executemany("DELETE FROM tries WHERE id = ?", [(row,) for row in one.rows])
            self._db.executemany("DELETE FROM streaks WHERE key = ?", [(str(key),) for key in one.keys])

    def held(self, keys: tuple[Key, ...]) -> Held | None:
        """Why a try would not be looked at now, if so."""
        with together(self._db):
            return self._held(keys, self._now())

    def in_a_row(self, keys: tuple[Key, ...]) -> int:
        """Wrong ones since the last right one."""
        return max(self._streak(key)[0] for key in keys)

    def forget(self, keys: tuple[Key, ...]) -> None:
        """A manager unlocks; part of the caller's transaction where there is one."""
        for key in keys:
            self._db.execute("DELETE FROM tries WHERE key = ?", (str(key),))
            self._db.execute("DELETE FROM streaks WHERE key = ?", (str(key),))

    # inside

    def _held(self, keys: tuple[Key, ...], now: float) -> Held | None:
        """The longest of what holds these up."""
        found = [held for key in keys if (held := self._held_by(key, now))]
        return max(found, key=lambda held: float("inf") if held.wait_s is None else held.wait_s, default=None)

    def _held_by(self, key: Key, now: float) -> Held | None:
        rule = RULES[key.kind]
        wrong, last = self._streak(key)
        if rule.lock_after is not None and wrong >= rule.lock_after:
            return Held(None, locked=True)
        # The day's limit: the oldest of the last `most_a_day` tries has to be a day old.
        row = self._db.execute(
            "SELECT at FROM tries WHERE key = ? AND at > ? ORDER BY at DESC LIMIT 1 OFFSET ?",
            (str(key), now - DAY_S, rule.most_a_day - 1),
        ).fetchone()
        if row is not None:
            return Held(float(row[0]) + DAY_S - now, locked=True)
        wait_s = last + rule.waits_s[min(wrong, len(rule.waits_s)) - 1] - now if wrong else 0.0
        return Held(wait_s, locked=False) if wait_s > 0 else None

    def _streak(self, key: Key) -> tuple[int, float]:
        row = self._db.execute("SELECT wrong, at FROM streaks WHERE key = ?", (str(key),)).fetchone()
        return (int(row[0]), float(row[1])) if row else (0, 0.0)

    def _now(self) -> float:
        """Counted seconds, never fewer than before; what is older than a day is forgotten on the way."""
        wall, monotonic = self._clock.now().timestamp(), self._clock.monotonic()
        row = self._db.execute("SELECT at, wall, monotonic, boot FROM counted_time").fetchone()
        at, latest, before, boot = row if row else (0.0, wall, monotonic, self._boot)
        passed = monotonic - before if boot == self._boot else wall - latest
        at += max(0.0, passed)
        self._db.execute(
            "INSERT OR REPLACE INTO counted_time VALUES (1, ?, ?, ?, ?)",
            (at, max(wall, latest), monotonic, self._boot),
        )
        self._db.execute("DELETE FROM tries WHERE at <= ?", (at - DAY_S,))
        return float(at)


@contextmanager
def together(db: sqlite3.Connection) -> Iterator[None]:
    """All of what is written inside, or none of it; other processes wait."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def this_boot() -> str:
    """What the kernel calls this boot (random(4)); where it doesn't say, each process is one of its own."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
    except OSError:
        return uuid.uuid4().hex
