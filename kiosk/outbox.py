"""Outbox: what must leave this terminal, sealed on its disk until the other side has acknowledged it.

    <directory>/<random>.sealed        a JSON line (id, kind, since), then what `Seal` made of the content
    <directory>/quarantine/<random>    what can't be opened: damaged, or sealed by another key

Rules: `put` returns when it is on the disk (file and directory synced); a file is deleted only after
`send` has said so; killed in between, it is sent again, so the other side must take the same
id twice. The line is bound to the content: neither can be exchanged. Names and lines tell nothing
of a guest: ids are opaque. One process per directory.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from kiosk.clock import Clock, SystemClock
from kiosk.on_disk import sync
from kiosk.sealing import Seal

log = structlog.get_logger()

_FIRST_WAIT_S = 5.0
_LONGEST_WAIT_S = 900.0
_MOST_HEAD = 4096  # bytes of the JSON line


class OutboxError(Exception):
    """It could not be put on the disk (full, read-only): it is not kept, tell a person."""


Send = Callable[[str, str, bytes], Awaitable[bool]]
"""`send(id, kind, content)` hands one over; True only when the other side has acknowledged it."""


@dataclass(frozen=True)
class Pending:
    """What still waits. `next_try` is None before the first try."""

    id: str
    kind: str
    since: datetime
    tries: int = 0
    next_try: datetime | None = None


@dataclass(frozen=True)
class Round:
    """What one `deliver` did, by ids; `aside` counts files that could not be opened."""

    sent: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    aside: int = 0


class Outbox:
    """See the module's rules. `key` is the terminal's 32 bytes (`kiosk.credentials`)."""

    def __init__(self, directory: Path, key: bytes, clock: Clock | None = None) -> None:
        self.directory = directory
        self.quarantine = directory / "quarantine"
        self._seal = Seal(key)
        self._clock = clock or SystemClock()
        self._tries: dict[str, tuple[int, datetime]] = {}  # by file name
        self._busy = asyncio.Lock()
        self._news = asyncio.Event()
        self.quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
        for draft in directory.glob("*.draft"):  # `put` never returned for these
            draft.unlink(missing_ok=True)

    def put(self, id: str, kind: str, content: bytes) -> None:  # noqa: A002 - the field's word
        """Seal and keep; blocks for the disk (milliseconds). OutboxError when it can't be kept."""
        head = json.dumps({"id": id, "kind": kind, "since": self._clock.now().isoformat()})
        if len(head) > _MOST_HEAD:
            raise ValueError("id and kind are short, opaque words")
        name = secrets.token_hex(16)
        draft = self.directory / f"{name}.draft"
        try:
            _write_new(draft, head.encode() + b"\n" + self._seal.close(content, head))
            draft.rename(self.directory / f"{name}.sealed")
            sync(self.directory)
        except OSError as error:
            raise OutboxError(f"cannot be kept: {error.strerror}") from error
        self._news.set()

    def pending(self) -> tuple[Pending, ...]:
        """What waits, oldest first. Reads the lines only; what can't be read is left to `deliver`."""
        found = []
        for path in self._files():
            head = _head(path)
            if head:
                tries, next_try = self._tries.get(path.name, (0, None))
                found.append(Pending(head["id"], head["kind"], _when(head), tries, next_try))
        return tuple(sorted(found, key=lambda pending: pending.since))

    def aside(self) -> int:
        """How many files lie in quarantine: a technician must look."""
        return sum(1 for _ in self.quarantine.iterdir())

    async def deliver(self, send: Send, *, all_now: bool = False) -> Round:
        """Try what is due (or everything), one after the other. Never raises for a file or for `send`."""
        async with self._busy:
            sent, kept, aside = [], [], 0
            for path in await asyncio.to_thread(self._files):
                if not all_now and self._tries.get(path.name, (0, self._clock.now()))[1] > self._clock.now():
                    continue
                head, content = await asyncio.to_thread(self._open, path)
                if head is None or content is None:
                    aside += await asyncio.to_thread(self._put_aside, path)
                elif await self._hand_over(path, head, content, send):
                    sent.append(head["id"])
                else:
                    kept.append(head["id"])
            return Round(tuple(sent), tuple(kept), aside)

    async def run(self, send: Send) -> None:
        """Deliver until cancelled: at once what is put, again what failed when it is due."""
        while True:
            self._news.clear()
            await self.deliver(send)
            due = min((when for _, when in self._tries.values()), default=None)
            waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._news.wait())]
            if due is not None:
                seconds = max(0.0, (due - self._clock.now()).total_seconds())
                waits.append(asyncio.ensure_future(self._clock.sleep(seconds)))
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()

    async def _hand_over(self, path: Path, head: dict[str, str], content: bytes, send: Send) -> bool:
        why = "not acknowledged"
        try:
            done = await send(head["id"], head["kind"], content)
        except Exception as error:  # noqa: BLE001 - whatever it was, the item stays and is tried again
            done, why = False, type(error).__name__
        if not done:
            tries = self._tries.get(path.name, (0, None))[0] + 1
            wait_s = min(_LONGEST_WAIT_S, _FIRST_WAIT_S * 2 ** min(tries - 1, 16))
            self._tries[path.name] = (tries, self._clock.now() + timedelta(seconds=wait_s))
            log.warning("outbox.kept", id=head["id"], kind=head["kind"], tries=tries, why=why)
            return False
        await asyncio.to_thread(_delete, path)
        self._tries.pop(path.name, None)
        log.info("outbox.sent", id=head["id"], kind=head["kind"])
        return True

    def _files(self) -> list[Path]:
        return sorted(self.directory.glob("*.sealed"), key=lambda path: (_mtime(path), path.name))

    def _open(self, path: Path) -> tuple[dict[str, str] | None, bytes | None]:
        head = _head(path)
        if head is None:
            return None, None
        line, _, sealed = path.read_bytes().partition(b"\n")
        return head, self._seal.open(sealed, line.decode())

    def _put_aside(self, path: Path) -> int:
        path.rename(self.quarantine / path.name)
        sync(self.quarantine)
        sync(self.directory)
        self._tries.pop(path.name, None)
        log.error("outbox.quarantined", file=path.name)
        return 1


def _write_new(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _delete(path: Path) -> None:
    path.unlink(missing_ok=True)
    sync(path.parent)


def _head(path: Path) -> dict[str, str] | None:
    """The JSON line, or None where there is none to be trusted with reading."""
    try:
        with path.open("rb") as file:
            line = file.readline(_MOST_HEAD + 1)
        head = json.loads(line)
        _when(head)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not isinstance(head.get("id"), str) or not isinstance(head.get("kind"), str):
        return None
    return head if line.endswith(b"\n") else None


def _when(head: dict[str, str]) -> datetime:
    when = datetime.fromisoformat(head["since"])
    if when.tzinfo is None:
        raise ValueError("since must be aware")
    return when


def _mtime(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
