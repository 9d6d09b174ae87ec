"""The newest number and hash of the journal of keys, sealed with the terminal's key.

Kept beside the journal, so that a tail that was cut off, rewritten or added to by another hand is found on
the terminal itself. Two places in one file are written in turn, each within one sector of the disk, which a
power cut leaves old or new. Before an entry is written its hash stands here as `next`, and after it as `hash`: what a
power cut leaves between them is told from what a hand has done.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from kiosk.sealing import Seal

_PLACE = 4096  # bytes: a block of the disk each
_LARGEST = 512
_NAME = "journal head"


@dataclass(frozen=True)
class Head:
    """Entry `number` with `hash` is on the disk; `next` may be, as number + 1."""

    number: int = 0
    hash: str = ""
    next: str = ""
    turn: int = 0


class HeadFile:
    """`<state>/journal-head`, mode 0600. Whoever adds to the journal holds its lock."""

    def __init__(self, path: Path, seal: Seal) -> None:
        self._seal = seal
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        os.fchmod(self._file, 0o600)

    def close(self) -> None:
        os.close(self._file)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process adds meanwhile (milliseconds)."""
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def read(self) -> Head | None:
        """The newer of the two places that can be read, or None."""
        found = [head for place in (0, 1) if (head := self._at(place))]
        return max(found, key=lambda head: head.turn, default=None)

    def write(self, head: Head, *, at_once: bool = True) -> Head:
        """On the disk when it returns; not `at_once`: with the next write, at the latest."""
        sealed = self._seal.close(json.dumps(asdict(head)).encode(), _NAME)
        os.pwrite(self._file, len(sealed).to_bytes(2, "big") + sealed, _PLACE * (head.turn % 2))
        if at_once:
            os.fdatasync(self._file)
        return head

    def _at(self, place: int) -> Head | None:
        raw = os.pread(self._file, _LARGEST, _PLACE * place)
        clear = self._seal.open(raw[2 : 2 + int.from_bytes(raw[:2], "big")], _NAME) if len(raw) > 2 else None
        return None if clear is None else Head(**json.loads(clear))
