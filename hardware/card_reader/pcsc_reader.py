"""PC/SC readers: each physical one owned once, watched, and lent to one kind of device at a time.

A card reader, a key encoder and a document reader may be the same box. The first driver that
borrows it opens it in a worker thread of its own; the others share it. Who is inside
`Lease.hold()` has the card to itself: the others hear nothing of a card laid down meanwhile.

A reader that was lost (unplugged, pcscd down) stays lost: every call raises DeviceGone until the
driver closes and opens again, which is the supervisor's business. Nothing here tries again.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import TypeVar

from hardware.card_reader.pcsc_watch import BABBLED, Babble, Channel, Lying, OddAnswer, PhysicalReader
from hardware.card_reader.pcsc_wire import Nonsense
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.readings import Kind, Reading, State
from hardware.transport.pcsc import Wire, WireGone, make_wire

T = TypeVar("T")

OPEN_S = 5.0  # pcscd may just be starting
LOOK_S = 3.0  # asking what lies there, UID and type included
CLOSE_S = 2.0
MOST_STUCK = 3  # threads that a hung reader, or pcscd, may keep: each opening of it could cost one more

_readers: dict[str, PhysicalReader] = {}


@dataclass(eq=False)
class Lease:
    """One driver's share of a reader, got by `borrow`. Raises DeviceErrors of its driver's kind."""

    device: str
    kind: Kind
    on_change: Callable[[Lying | None], None]
    _reader: PhysicalReader = field(repr=False)
    on_loss: Callable[[], None] = lambda: None
    """Called in the loop when the reader is lost."""

    @property
    def reader_name(self) -> str:
        return self._reader.wire.name

    @property
    def lying(self) -> Lying | None:
        """What was seen last: at most WATCH_S and an identification old."""
        return self._reader.lying

    @property
    def sense(self) -> tuple[State, tuple[Fault, ...]]:
        """How a reader is that says what lies on it: well, or unknown since it made no sense when last asked of a card."""
        if self.reader_name in BABBLED:
            return State.UNKNOWN, (self.kind.fault("nonsense"),)
        return State.WELL, ()

    @property
    def lives(self) -> bool | None:
        """Whether the reader gives signs of life, while somebody waits at it or has its card work.

        It is looked at ten times a second, and a card's commands take one second, or two. None: it is lost.
        """
        if self._reader.lost is not None:
            return None
        return time.monotonic() - self._reader.beat_s < LOOK_S

    def readings(self, lying: Lying | None) -> tuple[Reading, ...]:
        """Of the reader and what lies on it, for its driver's status."""
        return (
            Reading("reader", "Reader", self.reader_name),
            Reading("card", "Card on the reader", lying.card.type.value if lying else "none"),
        )

    async def look(self) -> Lying | None:
        """What lies there now, asked of the reader."""
        return await self._do(self._reader.look, LOOK_S)

    async def perform(self, work: Callable[[Channel], T], within_s: float) -> T:
        """Run `work` on the card in the reader's thread, card powered anew, other programs locked out.

        CardLifted when the card goes, OddAnswer if it does not speak as cards do; DeviceSilent after `within_s`, and
        then no further APDU is sent; DeviceNonsense.
        """
        until_s = time.monotonic() + within_s
        given_up = threading.Event()

        def may_go_on() -> bool:
            self._reader.beat_s = time.monotonic()
            return not given_up.is_set() and time.monotonic() < until_s

        def run(wire: Wire) -> T:
            channel = Channel(wire, may_go_on)
            wire.connect()
            try:
                channel.reset()
                return self._made_sense(channel, work)
            finally:
                wire.disconnect()

        try:
            return await self._do(run, within_s)
        finally:
            given_up.set()

    def _made_sense(self, channel: Channel, work: Callable[[Channel], T]) -> T:
        """Whatever `work` made of an answer without sense: whose it was is found out."""
        try:
            done = work(channel)
        except Nonsense as nonsense:
            self._reader.ask_again(channel)
            if channel.odd:
                raise OddAnswer from nonsense
            raise
        if channel.odd:
            self._reader.ask_again(channel)
        return done

    @contextlib.asynccontextmanager
    async def hold(self, until_s: float) -> AsyncIterator[bool]:
        """Have the reader alone: the other borrowers hear of no card that is laid down meanwhile.

        Yields False if it did not become free before `until_s` (monotonic).
        """
        reader = self._reader
        try:
            async with asyncio.timeout(max(0.0, until_s - time.monotonic())):
                await reader.turn.acquire()
        except TimeoutError:
            yield False
            return
        reader.held = True
        try:
            yield True
        finally:
            reader.held = False
            reader.turn.release()
            if reader.lying is None:
                reader.tell()  # what they saw lying there may have gone

    async def next_card(
        self, after: Lying | None, until_s: float, not_uids: Collection[bytes] = ()
    ) -> Lying | None:
        """The first card laid down after `after` was; None when `until_s` (monotonic, may be infinite) has come.

        Those of `not_uids` are passed over; a card that shows no UID is none of them.
        """
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, until_s - time.monotonic())):
                while (lying := self.lying) is None or lying is after or (lying.card.uid and lying.card.uid in not_uids):
                    self._raise_if_lost()
                    await self._reader.changed.wait()
                return lying
        self._raise_if_lost()
        return None

    async def close(self) -> None:
        """Give it back; the last one closes the reader. May be called twice."""
        reader = self._reader
        if self not in reader.leases:
            return
        reader.leases.remove(self)
        if not reader.leases:
            await _end(reader)

    async def _do(self, run: Callable[[Wire], T], within_s: float) -> T:
        try:
            return await self._reader.do(run, within_s)
        except (WireGone, TimeoutError, Nonsense) as failed:
            raise _mapped(self.device, self.kind, failed) from failed

    def _raise_if_lost(self) -> None:
        if self._reader.lost is not None:
            raise _mapped(self.device, self.kind, self._reader.lost)


async def borrow(
    address: str, device: str, kind: Kind, on_change: Callable[[Lying | None], None] = lambda _: None
) -> Lease:
    """Open the reader at `address`, or share it if it is open. `on_change` is called in the loop.

    DeviceGone: no such reader now. DeviceMissetup: no PC/SC on this machine. DeviceNonsense: of what lies there it says
    nothing that makes sense.
    """
    wire = make_wire(address)
    if wire is None:
        raise DeviceGone(device, kind.fault("gone"), "no such virtual reader")
    shared = _shared(wire.name)
    if shared is None:
        reader = await _opened(wire, device, kind)
        shared = _shared(wire.name)  # `pcsc:` and part of a name are known by the full one only now
        if shared is None:
            _readers[wire.name] = shared = reader
        else:
            reader.end()
    lease = Lease(device, kind, on_change, shared)
    shared.leases.append(lease)
    return lease


def _shared(name: str) -> PhysicalReader | None:
    reader = _readers.get(name)
    usable = reader is not None and reader.lost is None and reader.loop is asyncio.get_running_loop()
    return reader if usable else None


_opened_once: dict[str, list[PhysicalReader]] = {}
"""By the name that was asked for: those whose thread still runs, in use or hanging in a call."""


async def _opened(wire: Wire, device: str, kind: Kind) -> PhysicalReader:
    running = _opened_once[wire.name] = [one for one in _opened_once.get(wire.name, ()) if one.thread.is_alive()]
    if sum(one.given_back for one in running) >= MOST_STUCK:
        raise DeviceSilent(device, kind.fault("silent"), "hangs since it was last used")
    reader = PhysicalReader(wire)
    running.append(reader)
    try:
        async with asyncio.timeout(OPEN_S):
            await reader.opened
    except (WireGone, TimeoutError, DeviceMissetup, Babble) as failed:
        reader.end()
        raise _mapped(device, kind, failed) from failed
    return reader


async def _end(reader: PhysicalReader) -> None:
    if _readers.get(reader.wire.name) is reader:
        del _readers[reader.wire.name]
    reader.end()
    with contextlib.suppress(TimeoutError):  # a thread stuck in pcscd is left to die with the process
        async with asyncio.timeout(CLOSE_S):
            await asyncio.shield(reader.ended)


def _mapped(device: str, kind: Kind, failed: Exception) -> DeviceError:
    if isinstance(failed, TimeoutError):
        return DeviceSilent(device, kind.fault("silent"))
    if isinstance(failed, Nonsense):
        return DeviceNonsense(device, kind.fault("nonsense"), str(failed))
    if isinstance(failed, DeviceMissetup):
        return DeviceMissetup(device, failed.fault, failed.vendor)
    return DeviceGone(device, kind.fault("gone"), str(failed))
