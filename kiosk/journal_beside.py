"""Whether a terminal has been used, by what lies beside its journal of keys: then an empty one was emptied."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_USED = (("ledger.db", "SELECT 1 FROM effects WHERE kind IN ('cut-key', 'erase-card', 'move-room', 'extend-stay')"),
         ("staff.db", "SELECT 1 FROM people"))  # fmt: skip
"""Files of the same directory, and what only stands there after something was written into the journal."""


def used(state: Path) -> bool:
    """What can't be read tells nothing: whoever opens it to use it says so."""
    return any(_has_rows(state / name, query) for name, query in _USED)


def _has_rows(path: Path, query: str) -> bool:
    if not path.exists():
        return False
    try:
        with closing(sqlite3.connect(path)) as db:
            return db.execute(f"{query} LIMIT 1").fetchone() is not None
    except sqlite3.Error:
        return False
