"""What was done and what still must be: the kiosk's memory across a power cut.

Rules:
1. An Effect is written down as *intended*, sealed, before its far side is touched; as *done*
   with its result after the far side answered. The same key never does twice.
2. An Effect found *intended* at the next start is never simply done again: the far side is
   asked first, and where it can't tell, a person is told (`kiosk/effects/doing.py`).
3. Only opaque keys stand here in clear; arguments and results are sealed with the terminal's key.

A table of our own rather than a workflow engine: DBOS (3.4, on SQLite) was tried. It resumes
async workflows on an event loop of its own in another thread, where the drivers, which belong
to the one loop of this process, can't be awaited; it is one per process; and it adds six
threads and 1.1 % of a core at rest. Each of our effects is one step between two gestures of a
guest, and after a crash it is not to be continued but found out.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kiosk.clock import Clock
from kiosk.sealing import Seal

_SCHEMA = """
CREATE TABLE IF NOT EXISTS effects (
    key TEXT PRIMARY KEY,
    visit TEXT NOT NULL,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('intended', 'done', 'failed', 'told')),
    at REAL NOT NULL,
    arguments BLOB NOT NULL,
    result BLOB
);
CREATE INDEX IF NOT EXISTS effects_by_state ON effects (state);
CREATE INDEX IF NOT EXISTS effects_by_subject ON effects (subject);
CREATE TABLE IF NOT EXISTS tries (at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS numbers (day TEXT PRIMARY KEY, last INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS waiting (subject TEXT NOT NULL, day TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (subject, day));
CREATE TABLE IF NOT EXISTS against (document TEXT NOT NULL, day TEXT NOT NULL, PRIMARY KEY (document, day));
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, sealed BLOB NOT NULL
);
"""

_KEEP_S = 3 * 24 * 3600
"""Settled effects are forgotten after three days: long enough to come back for a key."""


@dataclass(frozen=True)
class Entry:
    """One effect as the ledger holds it."""

    key: str
    visit: str
    subject: str
    kind: str
    state: str
    arguments: dict[str, Any]
    result: dict[str, Any] | None


class Ledger:
    """SQLite (WAL, every commit on disk). Calls take under a millisecond or two and run on the loop."""

    def __init__(self, path: Path, seal: Seal, clock: Clock) -> None:
        self._seal = seal
        self._clock = clock
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)
        path.chmod(0o600)
        self._forget()

    def close(self) -> None:
        self._db.close()

    def opaque(self, *words: str) -> str:
        """A name that only this terminal can make from these words, and nobody can turn back."""
        return hmac.new(self._seal.key, "\0".join(words).encode(), hashlib.sha256).hexdigest()[:32]

    @contextmanager
    def together(self) -> Iterator[None]:
        """All of what is written inside, or none of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    # effects

    def entry(self, key: str) -> Entry | None:
        row = self._db.execute("SELECT * FROM effects WHERE key = ?", (key,)).fetchone()
        return self._entry(row) if row else None

    def intend(self, key: str, visit: str, subject: str, kind: str, arguments: dict[str, Any]) -> None:
        """Write down before the far side is touched. `subject` is what it is about, made opaque."""
        sealed = self._seal.close(json.dumps(arguments).encode(), key)
        self._db.execute(
            "INSERT INTO effects (key, visit, subject, kind, state, at, arguments) "
            "VALUES (?, ?, ?, ?, 'intended', ?, ?) "
            "ON CONFLICT (key) DO UPDATE SET visit = excluded.visit, state = 'intended', at = excluded.at, "
            "arguments = excluded.arguments, result = NULL",
            (key, visit, subject, kind, self._now(), sealed),
        )

    def settle(self, key: str, state: str, result: dict[str, Any] | None = None) -> None:
        """`state` is done (with its result), failed (surely not done) or told (a person knows)."""
        sealed = None if result is None else self._seal.close(json.dumps(result).encode(), key)
        self._db.execute(
            "UPDATE effects SET state = ?, result = ?, at = ? WHERE key = ?", (state, sealed, self._now(), key)
        )

    def unsettled(self) -> tuple[Entry, ...]:
        """Effects that were intended when the power went, in their order."""
        rows = self._db.execute("SELECT * FROM effects WHERE state = 'intended' ORDER BY at, rowid").fetchall()
        return tuple(self._entry(row) for row in rows)

    def done_about(self, subject: str) -> frozenset[str]:
        """The kinds of effect that were done about this subject within the days the ledger keeps."""
        rows = self._db.execute("SELECT kind FROM effects WHERE subject = ? AND state = 'done'", (subject,))
        return frozenset(kind for (kind,) in rows.fetchall())

    # look-ups that found nothing, across restarts

    def count_try(self) -> None:
        self._db.execute("INSERT INTO tries VALUES (?)", (self._now(),))

    def tries_since(self, seconds: float) -> int:
        row = self._db.execute("SELECT count(*) FROM tries WHERE at > ?", (self._now() - seconds,)).fetchone()
        return int(row[0])

    # numbers of those who wait, from 1 each day

    def number_of(self, subject: str, day: str) -> tuple[int, bool]:
        """The number with which `subject` (made opaque) waits on this day, and whether it is a new one."""
        row = self._db.execute("SELECT number FROM waiting WHERE subject = ? AND day = ?", (subject, day)).fetchone()
        if row is not None:
            return int(row[0]), False
        with self.together():
            number = self._next_number(day)
            self._db.execute("INSERT INTO waiting VALUES (?, ?, ?)", (subject, day, number))
        return number, True

    def _next_number(self, day: str) -> int:
        row = self._db.execute(
            "INSERT INTO numbers VALUES (?, 1) ON CONFLICT (day) DO UPDATE SET last = last + 1 RETURNING last", (day,)
        ).fetchone()
        return int(row[0])

    # documents that spoke against themselves, for their day

    def speaks_against(self, document: str, day: str) -> None:
        """`document` is made opaque."""
        self._db.execute("INSERT OR IGNORE INTO against VALUES (?, ?)", (document, day))

    def spoke_against(self, document: str, day: str) -> bool:
        row = self._db.execute("SELECT 1 FROM against WHERE document = ? AND day = ?", (document, day)).fetchone()
        return row is not None

    # what a person must be told, until the hotel has it

    def tell(self, code: str, text: str, reservation_id: str = "", token: str = "") -> None:
        token = token or uuid.uuid4().hex
        words = json.dumps({"code": code, "text": text, "reservation_id": reservation_id, "token": token}).encode()
        self._db.execute(
            "INSERT INTO messages (at, sealed) VALUES (?, ?)", (self._now(), self._seal.close(words, "message"))
        )

    def messages(self) -> Iterator[tuple[int, dict[str, str]]]:
        for number, sealed in self._db.execute("SELECT id, sealed FROM messages ORDER BY id").fetchall():
            words = self._seal.open(sealed, "message")
            if words is not None:
                yield number, json.loads(words)

    def told(self, message: int) -> None:
        self._db.execute("DELETE FROM messages WHERE id = ?", (message,))

    # for who looks on

    def waiting(self) -> dict[str, int]:
        """How many effects are not settled, and how many messages the hotel has not got."""
        (effects,) = self._db.execute("SELECT count(*) FROM effects WHERE state = 'intended'").fetchone()
        (messages,) = self._db.execute("SELECT count(*) FROM messages").fetchone()
        return {"effects": int(effects), "messages": int(messages)}

    # inside

    def _now(self) -> float:
        return self._clock.now().timestamp()

    def _entry(self, row: tuple[Any, ...]) -> Entry:
        key, visit, subject, kind, state, _at, arguments, result = row
        return Entry(key, visit, subject, kind, state, self._unseal(arguments, key) or {}, self._unseal(result, key))

    def _unseal(self, sealed: bytes | None, key: str) -> dict[str, Any] | None:
        words = self._seal.open(sealed, key) if sealed is not None else None
        return None if words is None else dict(json.loads(words))

    def _forget(self) -> None:
        old = self._now() - _KEEP_S
        self._db.execute("DELETE FROM effects WHERE state <> 'intended' AND at < ?", (old,))
        self._db.execute("DELETE FROM tries WHERE at < ?", (old,))
        before = (datetime.fromtimestamp(old, UTC).date().isoformat(),)
        self._db.execute("DELETE FROM against WHERE day < ?", before)
        self._db.execute("DELETE FROM waiting WHERE day < ?", before)
        self._db.execute("DELETE FROM numbers WHERE day < ?", before)
