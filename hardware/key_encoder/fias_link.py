"""A FIAS link with a lock server, as the property's side (the interface, IFC) keeps it.

    we:          LS                    LA              KR …
    lock server:    LD LR LR … LA                          KA

Each LR says which fields of a record the lock server takes: no other is sent to it. LS also asks
whether the other end lives; it is answered by LA, by some servers with their whole LD … LA again.
LE ends the link; the next LS begins it anew within the same connection.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from datetime import datetime
from time import monotonic
from typing import Any

from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.fias_line import Line, NotTaken
from hardware.key_encoder.fias_wire import BadRecord, Broken, Record


class Nonsense(ConnectionError):
    """What came was no record: the link is broken off."""


class Link:
    """One connection. `answered` gets the records that are no link records; nothing here knows of keys."""

    def __init__(self, line: Line, now: Callable[[], datetime], answered: Callable[[Record], None]) -> None:
        self.up = asyncio.Event()
        self.ended = asyncio.Event()
        """The connection is no more; `trouble` says why."""
        self.trouble: OSError | None = None
        self.on_end: Callable[[], None] = lambda: None
        self.heard_s: float | None = None
        self.server = ""
        """What the lock server calls itself: IF and V# of its LD."""
        self.closed_by_server = False
        """It has said LE: the line is there, and nobody serves."""
        self._line = line
        self._now = now
        self._answered = answered
        self._takes: dict[str, frozenset[str]] = {}
        self._described = False
        self._outbox: asyncio.Queue[tuple[Record, asyncio.Future[None]]] = asyncio.Queue()
        self._tasks: list[asyncio.Task[None]] = []
        self._alive = asyncio.Event()

    @property
    def noise(self) -> int:
        return self._line.noise

    async def start(self) -> None:
        """Open the line and say LS. The link is up when `up` is set."""
        await self._line.open()
        for loop in (self._read(), self._write()):
            self._tasks.append(asyncio.create_task(self._until_broken(loop)))
        self._say("LS")

    async def close(self, cut: bool = False) -> None:
        """Say LE where somebody listens, and let go. Never raises."""
        if self.up.is_set() and not self.ended.is_set() and not cut:
            await asyncio.wait({self._say("LE")}, timeout=0.5)
        self._broke(ConnectionAbortedError("closed"))
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._line.close(cut)

    def takes(self, record: str) -> frozenset[str] | None:
        """The fields that the lock server wants in this record; None: it never said, so any."""
        if not self._described:
            return None
        return self._takes.get(record, frozenset())

    async def send(self, record: Record) -> None:
        """Returns when the record is on the wire. OSError if it may not be."""
        await asyncio.shield(self._put(record))

    async def ask_alive(self, within_s: float) -> None:
        """LS as life sign. TimeoutError if nothing is said in that time, OSError if the line is gone.

        Where it is answered by LD … LA, this waits for the end of that: until then the link is not up.
        """
        self._alive.clear()
        begun = self.up.is_set()
        async with asyncio.timeout(within_s):
            await self.send(self._link_record("LS"))
            await first_of(self._alive, self.ended)
            if begun and not self.closed_by_server:
                await first_of(self.up, self.ended)
        if self.trouble is not None:
            raise self.trouble

    # --- the two loops -----------------------------------------------------------------------------

    async def _until_broken(self, loop: Coroutine[Any, Any, None]) -> None:
        try:
            await loop
        except OSError as trouble:
            self._broke(trouble)

    def _broke(self, trouble: OSError) -> None:
        if self.trouble is None:
            self.trouble = trouble
        self.up.clear()
        if not self.ended.is_set():
            self.ended.set()
            self.on_end()
        while not self._outbox.empty():
            _, done = self._outbox.get_nowait()
            _fail(done, self.trouble)

    async def _write(self) -> None:
        while True:
            record, done = await self._outbox.get()
            try:
                await self._line.send(record)
            except OSError as trouble:
                _fail(done, trouble)
                if isinstance(trouble, NotTaken) and record.id == "LS" and self.up.is_set():
                    continue  # nobody listens just now; a request may be under way, and its answer come all the same
                raise
            if not done.done():
                done.set_result(None)

    async def _read(self) -> None:
        while True:
            for one in await self._line.read():
                if isinstance(one, Broken):
                    raise Nonsense(f"{one.why}, {one.size} bytes")
                self.heard_s = monotonic()
                self._alive.set()
                try:
                    self._take(one)
                except BadRecord as wrong:
                    raise Nonsense(f"{one.id}: {wrong}") from None

    # --- link records ------------------------------------------------------------------------------

    def _take(self, record: Record) -> None:
        match record.id:
            case "LS":
                self._asked()
            case "LD":
                self.server = f"{record.get('IF')} {record.get('V#')}".strip()
                self._takes, self._described = {}, True
                self.up.clear()
            case "LR":
                self._takes[record.get("RI")] = wire.read_field_list(record.get("FL"))
            case "LA":
                self._alive_now()
            case "LE":
                self.up.clear()
                self.closed_by_server = True
            case "DR":  # wants all guests; here are none
                self._say("DS")
                self._say("DE")
            case _:
                self._answered(record)

    def _asked(self) -> None:
        """LS of the lock server: it asks whether we live; after its LE, or at first, it wants to begin."""
        if self.closed_by_server:
            self.closed_by_server, self._described = False, False
            self._say("LS")
        self._say("LA")

    def _alive_now(self) -> None:
        if self.closed_by_server:
            return  # it ended the link itself; LA does not begin one
        if not self.up.is_set():
            self.up.set()
            self._say("LA")

    def _say(self, name: str) -> asyncio.Future[None]:
        return self._put(self._link_record(name))

    def _put(self, record: Record) -> asyncio.Future[None]:
        """Done when the record is on the wire. Nobody has to look at it."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        done.add_done_callback(lambda one: one.cancelled() or one.exception())
        if self.trouble is not None:
            done.set_exception(self.trouble)
        else:
            self._outbox.put_nowait((record, done))
        return done

    def _link_record(self, name: str) -> Record:
        return wire.record(name, wire.now_fields(self._now()))


def only(fields: Mapping[str, str], wanted: frozenset[str] | None) -> dict[str, str]:
    """Those fields which the lock server asked for, and which have a value."""
    return {name: value for name, value in fields.items() if value and (wanted is None or name in wanted)}


async def first_of(*awaited: asyncio.Event | asyncio.Future[Record]) -> None:
    """Until one of them is; none is cancelled but the waiting."""
    waiting = [asyncio.ensure_future(one.wait()) if isinstance(one, asyncio.Event) else one for one in awaited]
    try:
        await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one, given in zip(waiting, awaited, strict=True):
            if one is not given:
                one.cancel()


def _fail(done: asyncio.Future[None], trouble: OSError) -> None:
    if not done.done():
        done.set_exception(trouble)
