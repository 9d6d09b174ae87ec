"""The journal of keys: what was done to which card, for which room, by whom, why, approved by whom.

    <state>/journal/keys-2026-11.jsonl    one JSON object a line; a month a file, one chain over all
    <state>/journal-head                  sealed: the newest number and hash (`kiosk/journal_head.py`)
    <state>/journal-key                   the terminal's own signing key (Ed25519 seed, 0600)

Rules:
1. Only added to. Each entry holds the hash of the one before and its own (SHA-256 over its canonical
   JSON, `kiosk/journal_lines.py`); each day is signed. `kiosk/journal_check.py` finds what was changed.
2. `append` returns when it is on the disk. The same `effect` stands here once, whoever asks again.
3. No names and no free text: numbers, codes, and the reservation's id.
4. A line that a power cut tore stays as it is, and the next entry says so. Where entries are gone, the
   chain goes on from the sealed head: the hole stays to be seen.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.clock import Clock
from kiosk.credentials import load_or_create
from kiosk.journal_beside import used
from kiosk.journal_head import Head, HeadFile
from kiosk.journal_lines import (
    GUEST,
    KIOSK,
    SIGNED_AS,
    Act,
    Entry,
    Why,
    check_shapes,
    key_id,
    read,
    sealed,
    signed,
    written,
)
from kiosk.on_disk import sync
from kiosk.sealing import Seal

__all__ = ["GUEST", "KIOSK", "Act", "Entry", "JournalError", "KeyJournal", "Why", "entries_in", "files_of"]

log = structlog.get_logger()

JOURNAL_KEY = "journal-key"
HEAD = "journal-head"
DIRECTORY = "journal"
_EFFECT = re.compile(rb'"effect":"([0-9a-f]+)"')
_DAY = re.compile(rb'"at":"([0-9]{4}-[0-9]{2}-[0-9]{2})T')
ROOM = 1 << 20
"""Bytes: so much must be free for what a key leaves behind in journal and ledger."""
_FILES_KNOWN = 2  # this month's and last month's: an effect is asked for again within days, if at all


class JournalError(Exception):
    """It can't be written down (disk full, read-only): what it was about must not be done unseen."""


def files_of(state: Path) -> list[Path]:
    """In the order of their entries."""
    return sorted((state / DIRECTORY).glob("keys-[0-9][0-9][0-9][0-9]-[0-9][0-9].jsonl"))


def entries_in(
    state: Path, *, since: datetime | None = None, until: datetime | None = None, room: str = "",
    reservation: str = "", by: str = ""
) -> Iterator[Entry]:  # fmt: skip
    """In their order, `until` left out; what can't be read is left out (`kiosk journal verify` tells)."""
    for path in files_of(state):
        for raw in path.read_bytes().split(b"\n"):
            entry = found.entry if (found := read(raw)) else None
            if (
                entry is not None
                and (since is None or entry.at >= since)
                and (until is None or entry.at < until)
                and room in ("", entry.room)
                and reservation in ("", entry.reservation)
                and by in ("", entry.by)
            ):
                yield entry


class KeyJournal:
    """Adds to the journal; several processes may (each holds a file lock while it does). On the loop only."""

    def __init__(self, state: Path, seal: Seal, clock: Clock) -> None:
        self._state = state
        self._clock = clock
        self._key = Ed25519PrivateKey.from_private_bytes(load_or_create(state, JOURNAL_KEY, 32))
        (state / DIRECTORY).mkdir(mode=0o700, exist_ok=True)
        self._heads = HeadFile(state / HEAD, seal)
        self._effects: dict[str, bytes] = {}
        self._seen: tuple[Path | None, int] = (None, 0)  # how far the newest file is known
        self._last: Entry | None = None  # the last readable entry
        self._unsigned_since = ""  # the day of the oldest entry that no signature stands behind
        with self._adding():  # what a power cut or a hand has left is closed at once
            pass

    def close(self) -> None:
        self._heads.close()

    @property
    def key_id(self) -> str:
        return key_id(self.public_key)

    @property
    def public_key(self) -> bytes:
        """32 bytes (RFC 8032)."""
        return self._key.public_key().public_bytes_raw()

    def sign_report(self, content: bytes) -> bytes:
        """The terminal's own signature; `content` begins with a label that no line of the journal has."""
        if content.startswith(SIGNED_AS):
            raise ValueError("a line of the journal is signed by the journal alone")
        return self._key.sign(content)

    def append(
        self,
        act: Act,
        *,
        by: str,
        approved_by: str = "",
        reservation: str = "",
        room: str = "",
        card: bytes = b"",
        sequence: int | None = None,
        issue: str = "",
        why: Why | None = None,
        until: datetime | None = None,
        about: str = "",
        effect: str = "",
    ) -> Entry:
        """Write it down; blocks for the disk (milliseconds). With an `effect` that stands here: that entry.

        ValueError for a word of the wrong shape (a name, a sentence). The first of a day signs those before.
        """
        entry = Entry(
            number=0, at=self._now(), act=act, by=by, approved_by=approved_by, reservation=reservation,
            room=room, card=card.hex(), sequence=sequence, issue=issue, why=why or "",
            until=f"{until.astimezone(UTC):%Y-%m-%dT%H:%MZ}" if until else "", about=about, effect=effect,
        )  # fmt: skip
        check_shapes(entry)
        with self._adding() as head:
            if effect and (there := self.by_effect(effect)):
                return there
            return self._add(entry, self._sign(head, due_only=True))[0]

    def sign_if_due(self) -> Entry | None:
        """Sign the days before today, for terminals where nothing happens. None: signed already."""
        with self._adding() as head:
            before = self._last
            self._sign(head, due_only=True)
            return self._last if self._last is not before else None

    def sign(self) -> Entry | None:
        """Sign all that stands here now, before it is taken away. None where there is nothing."""
        with self._adding() as head:
            self._sign(head, due_only=False)
            return self._last

    def export(self, *, by: str) -> bytes:
        """All of it, with the word that it was taken away, signed to its end."""
        self.append(Act.EXPORTED, by=by)
        self.sign()
        with self._heads.locked():
            return b"".join(path.read_bytes() for path in files_of(self._state))

    def by_effect(self, effect: str) -> Entry | None:
        """The entry of this effect in this month's and last month's file."""
        found = read(self._effects[effect]) if effect in self._effects else None
        return found.entry if found is not None and found.whole else None

    def entries(
        self, *, since: datetime | None = None, until: datetime | None = None, room: str = "",
        reservation: str = "", by: str = ""
    ) -> Iterator[Entry]:  # fmt: skip
        """See `entries_in`."""
        return entries_in(self._state, since=since, until=until, room=room, reservation=reservation, by=by)

    # inside

    @contextmanager
    def _adding(self) -> Iterator[Head]:
        """What others have added is known, what a power cut or a hand has left is closed."""
        try:
            with self._heads.locked():
                yield self._settled()
        except OSError as error:
            raise JournalError(f"the journal of keys can't be written: {error.strerror}") from error

    def must_have_room(self) -> None:
        """JournalError where the next entries would find no room: asked before a key is cut, so that none is unseen."""
        try:
            disk = os.statvfs(self._state / DIRECTORY)
        except OSError as error:
            raise JournalError(f"the journal of keys can't be reached: {error.strerror}") from error
        if disk.f_bavail * disk.f_frsize < ROOM or disk.f_flag & os.ST_RDONLY:
            raise JournalError("the journal of keys has no room on its disk")

    def takes(self, *, reservation: str = "", room: str = "") -> bool:
        """Whether `append` takes these words: asked before that is done which they are about."""
        try:
            check_shapes(Entry(0, self._now(), Act.CUT, KIOSK, reservation=reservation, room=room))
        except ValueError:
            return False
        return True

    def _now(self) -> datetime:
        """As it is written: UTC, to the millisecond."""
        now = self._clock.now().astimezone(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _settled(self) -> Head:
        """The head that the next entry follows, on the disk."""
        torn = self._catch_up()
        head, last = self._heads.read(), self._last
        if head is None:  # at the first start, or somebody took it away
            lost = last is not None or used(self._state)
            head = self._heads.write(Head(last.number, last.hash) if last else Head())
        elif last is not None and head.next and last.hash == head.next:
            lost = False
            head = self._heads.write(Head(last.number, last.hash, turn=head.turn + 1))
        else:
            lost = (last.hash if last else "") != head.hash
        if lost:
            log.error("the journal of keys is not as it was left", number=head.number)
        return self._say(Act.LOST if lost else Act.TORN, head, torn) if lost or torn else head

    def _say(self, act: Act, head: Head, torn: bytes = b"") -> Head:
        """Of the journal itself, right after the line that it is about."""
        digest = hashlib.sha256(torn).hexdigest() if torn else ""
        entry = Entry(number=0, at=self._now(), act=act, by=KIOSK, torn=digest)
        return self._add(entry, head, same_file=bool(torn))[1]

    def _sign(self, head: Head, *, due_only: bool) -> Head:
        since = self._unsigned_since
        if not since or (due_only and since == self._now().date().isoformat()):
            return head
        return self._add(Entry(number=0, at=self._now(), act=Act.SIGNATURE, by=KIOSK), head)[1]

    def _add(self, entry: Entry, head: Head, *, same_file: bool = False) -> tuple[Entry, Head]:
        """One line, between two looks ahead in the head."""
        entry = replace(entry, number=head.number + 1, previous=head.hash)
        entry = sealed(signed(entry, self._key) if entry.act == Act.SIGNATURE else entry)
        head = self._heads.write(Head(head.number, head.hash, entry.hash, head.turn + 1))
        path = self._path(entry, same_file)
        new = not path.exists()
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            _write_all(file, written(entry) + b"\n")
            os.fdatasync(file)
            if new:
                sync(path.parent)
        finally:
            os.close(file)
        self._catch_up()
        # Lost in a power cut, this leaves the head as it was announced above: the line is found, and taken.
        return entry, self._heads.write(Head(entry.number, entry.hash, turn=head.turn + 1), at_once=False)

    def _path(self, entry: Entry, same_file: bool) -> Path:
        """This month's file; never one before the newest, so that the files' order is the entries'."""
        newest = next(reversed(files_of(self._state)), None)
        this = self._state / DIRECTORY / f"keys-{entry.at:%Y-%m}.jsonl"
        return newest if newest is not None and (same_file or newest > this) else this

    def _catch_up(self) -> bytes:
        """Learn what this process has not read yet; the last line where it is no entry (now ended), else nothing."""
        path, at = self._seen
        files = files_of(self._state)
        if path is not None and (path not in files or path.stat().st_size < at):  # a hand was here
            self._last, path = None, None
        torn = b""
        for each in files[-_FILES_KNOWN:] if path is None else [file for file in files if file >= path]:
            torn = self._learn(each, at if each == path else 0)
        return torn

    def _learn(self, path: Path, at: int) -> bytes:
        with path.open("r+b") as file:
            file.seek(at)
            *lines, rest = file.read().split(b"\n")
            if rest:
                file.write(b"\n")
                file.flush()
                os.fdatasync(file.fileno())
                lines.append(rest)
            self._seen = (path, file.tell())
        for raw in lines:
            self._note(raw)
        whole = (line.entry for raw in reversed(lines) if (line := read(raw)) is not None and line.whole)
        self._last = next(whole, self._last)
        return lines[-1] if lines and read(lines[-1]) is None else b""

    def _note(self, raw: bytes) -> None:
        """What must be known of every line; thousands at a start, so that they are only skimmed."""
        if found := _EFFECT.search(raw):
            self._effects[found[1].decode()] = raw
        if b'"act":"signature"' in raw:
            self._unsigned_since = ""
        elif not self._unsigned_since and (found := _DAY.search(raw)):
            self._unsigned_since = found[1].decode()


def _write_all(file: int, data: bytes) -> None:
    while data:
        data = data[os.write(file, data) :]
