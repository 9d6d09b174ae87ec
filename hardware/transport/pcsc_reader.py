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
import queue
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hardware.card_reader.contract import Card, CardType
from hardware.card_reader.ntag424 import is_ntag424
from hardware.card_reader.pcsc_wire import (
    GET_UID,
    UID_LENGTHS,
    Answer,
    Nonsense,
    ReaderProfile,
    card_type,
    narrowed,
    parse_answer,
    profile_of,
    read_binary,
)
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent
from hardware.readings import Kind
from hardware.transport.pcsc import CardLifted, Presence, Wire, WireGone, make_wire

T = TypeVar("T")

WATCH_S = 0.1  # one look at the reader: how late a card, a loss or a job may be noticed
FOLLOW_S = 0.05  # who heard of a card mostly has something to do with it at once
OPEN_S = 5.0  # pcscd may just be starting
LOOK_S = 3.0  # asking what lies there, UID and type included
SETTLE_S = 0.8  # pcscd notices a lifted card within 400 ms; a mute card is believed after this
CLOSE_S = 2.0
MOST_STUCK = 3  # threads that a hung reader, or pcscd, may keep: each opening of it could cost one more


@dataclass(frozen=True, eq=False)
class Lying:
    """One card's stay on the reader; laid down again, it is another one (identity counts).

    `since_s` is `time.monotonic()` of its arrival. A mute card has no UID and type OTHER.
    """

    card: Card
    since_s: float
    atr: bytes = b""


@dataclass(eq=False)
class _Job:
    run: Callable[[Wire], Any]
    done: asyncio.Future[Any]
    until_s: float
    given_up: bool = False


class Channel:
    """The card that lies there, for a function given to `Lease.perform`: in the worker thread."""

    def __init__(self, wire: Wire, may_go_on: Callable[[], bool]) -> None:
        self._wire = wire
        self._may_go_on = may_go_on
        self.profile: ReaderProfile = profile_of(wire.name)

    def transmit(self, apdu: bytes) -> Answer:
        """One APDU. CardLifted when the card went, or when nobody waits for the result any more."""
        if not self._may_go_on():
            raise CardLifted
        return parse_answer(self._wire.transmit(apdu))

    def reset(self) -> None:
        """Power the card anew: all authentication is forgotten. CardLifted if it is not there."""
        self._wire.reset()


class _Reader:
    """A physical reader with its thread. Lives from opening to loss or to the last lease's end."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.loop = asyncio.get_running_loop()
        self.lying: Lying | None = None
        self.lost: str | None = None
        self.beat_s = time.monotonic()
        """When its thread last came back from the reader."""
        self.leases: list[Lease] = []
        self.turn = asyncio.Lock()
        self.held = False
        self.changed = asyncio.Event()
        self.opened: asyncio.Future[None] = self.loop.create_future()
        self.ended: asyncio.Future[None] = self.loop.create_future()
        self._jobs: queue.SimpleQueue[_Job] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._presence = Presence()
        self._news = False
        self._lying: Lying | None = None  # the thread's own view
        self.thread = threading.Thread(target=self._main, name=f"pcsc {wire.name}", daemon=True)
        self.thread.start()

    # --- in the loop

    async def do(self, run: Callable[[Wire], T], within_s: float) -> T:
        """Run in the thread. TimeoutError after `within_s`; the job then sends nothing more."""
        if self.lost is not None:
            raise WireGone(self.lost)
        job = _Job(run, self.loop.create_future(), time.monotonic() + within_s)
        self._jobs.put(job)
        self.wire.wake()
        try:
            async with asyncio.timeout(within_s):
                return await job.done  # type: ignore[no-any-return]
        finally:
            job.given_up = True

    @property
    def given_back(self) -> bool:
        return self._ending.is_set()

    def end(self) -> None:
        self._ending.set()
        self.wire.wake()

    def _seen(self, lying: Lying | None) -> None:
        self.lying = lying
        self._stir()
        if not self.held:
            self.tell()

    def tell(self) -> None:
        for lease in tuple(self.leases):
            lease.on_change(self.lying)

    def _gone(self, vendor: str) -> None:
        self.lost, self.lying = vendor, None
        if _readers.get(self.wire.name) is self:
            del _readers[self.wire.name]
        self._stir()
        self.tell()
        for lease in tuple(self.leases):
            lease.on_loss()

    def _stir(self) -> None:
        self.changed.set()
        self.changed = asyncio.Event()

    # --- in the thread

    def _main(self) -> None:
        try:
            self.wire.open()
            self._look(0)
            self._post(_settle, self.opened, None, None)
            while not self._ending.is_set():
                self.beat_s = time.monotonic()
                try:
                    job = self._jobs.get(timeout=FOLLOW_S) if self._news else self._jobs.get_nowait()
                except queue.Empty:
                    self._news = False
                    self._look(WATCH_S)
                else:
                    self._work(job)
        except (WireGone, DeviceMissetup) as gone:
            self._post(self._gone, str(gone))
            self._post(_settle, self.opened, None, gone)
            self._refuse_the_rest(gone)
        finally:
            self.wire.close()
            self._post(_settle, self.ended, None, None)

    def _work(self, job: _Job) -> None:
        if job.given_up:
            return
        try:
            result = job.run(self.wire)
        except WireGone as gone:
            self._post(_settle, job.done, None, gone)
            raise
        except Exception as failed:  # noqa: BLE001 - whatever it is, it belongs to who waits for it
            self._post(_settle, job.done, None, failed)
        else:
            self._post(_settle, job.done, result, None)

    def _refuse_the_rest(self, gone: Exception) -> None:
        while not self._jobs.empty():
            self._post(_settle, self._jobs.get_nowait().done, None, gone)

    def _look(self, within_s: float) -> Lying | None:
        """Wait for a change and tell the loop of it."""
        presence = self.wire.wait(self._presence, within_s)
        if presence != self._presence:
            arrived_s = time.monotonic()
            self._presence = presence
            self._lying = self._identified(arrived_s) if presence.card else None
            self._news = True
            self._post(self._seen, self._lying)
        return self._lying

    def look(self, wire: Wire) -> Lying | None:
        """A job: what lies there at this moment."""
        return self._look(0)

    def _identified(self, since_s: float) -> Lying | None:
        """Ask the card that just came who it is; None if it is gone again."""
        try:
            self.wire.connect()
            try:
                atr = self._presence.atr
                return Lying(identify(Channel(self.wire, lambda: True), atr), since_s, atr)
            finally:
                self.wire.disconnect()
        except (CardLifted, Nonsense):
            presence = self.wire.wait(self._presence, SETTLE_S)
            if presence == self._presence:
                return Lying(Card(b"", CardType.OTHER), since_s)  # it stays, and stays mute
            self._presence = presence
            return self._identified(since_s) if presence.card else None

    def _post(self, call: Callable[..., None], *words: Any) -> None:
        with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
            self.loop.call_soon_threadsafe(call, *words)


def _settle(future: asyncio.Future[Any], result: Any, failed: Exception | None) -> None:
    if future.done():
        return
    if failed is not None:
        future.set_exception(failed)
        future.exception()  # who waited may have gone: not worth a warning
    else:
        future.set_result(result)


def identify(channel: Channel, atr: bytes) -> Card:
    """UID and type of the card on `channel`. CardLifted if it does not tell."""
    said = card_type(atr)
    uid = channel.transmit(GET_UID)
    if uid.status == 0x6300:
        raise CardLifted
    if not uid.good or len(uid.data) not in UID_LENGTHS:
        return Card(b"", said if said is CardType.SMARTCARD else CardType.OTHER)
    if said is CardType.SMARTCARD and is_ntag424(channel, atr):
        return Card(uid.data, CardType.NTAG424)
    if said is not CardType.ULTRALIGHT:
        return Card(uid.data, said)
    pages = channel.transmit(read_binary(0))
    if not pages.good:
        raise CardLifted  # page 0 can always be read while the card lies there
    return Card(uid.data, narrowed(said, pages.data))


_readers: dict[str, _Reader] = {}


@dataclass(eq=False)
class Lease:
    """One driver's share of a reader, got by `borrow`. Raises DeviceErrors of its driver's kind."""

    device: str
    kind: Kind
    on_change: Callable[[Lying | None], None]
    _reader: _Reader = field(repr=False)
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
    def lives(self) -> bool | None:
        """Whether the reader gives signs of life, while somebody waits at it or has its card work.

        It is looked at ten times a second, and a card's commands take one second, or two. None: it is lost.
        """
        if self._reader.lost is not None:
            return None
        return time.monotonic() - self._reader.beat_s < LOOK_S

    async def look(self) -> Lying | None:
        """What lies there now, asked of the reader."""
        return await self._do(self._reader.look, LOOK_S)

    async def perform(self, work: Callable[[Channel], T], within_s: float) -> T:
        """Run `work` on the card in the reader's thread, card powered anew, other programs locked out.

        CardLifted when the card goes; DeviceSilent after `within_s`, and then no further APDU is sent.
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
                return work(channel)
            finally:
                wire.disconnect()

        try:
            return await self._do(run, within_s)
        finally:
            given_up.set()

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
            raise _mapped(self.device, self.kind, WireGone(self._reader.lost))


async def borrow(
    address: str, device: str, kind: Kind, on_change: Callable[[Lying | None], None] = lambda _: None
) -> Lease:
    """Open the reader at `address`, or share it if it is open. `on_change` is called in the loop.

    DeviceGone: no such reader now. DeviceMissetup: no PC/SC on this machine.
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


def _shared(name: str) -> _Reader | None:
    reader = _readers.get(name)
    return reader if reader and reader.loop is asyncio.get_running_loop() else None


_opened_once: dict[str, list[_Reader]] = {}
"""By the name that was asked for: those whose thread still runs, in use or hanging in a call."""


async def _opened(wire: Wire, device: str, kind: Kind) -> _Reader:
    running = _opened_once[wire.name] = [one for one in _opened_once.get(wire.name, ()) if one.thread.is_alive()]
    if sum(one.given_back for one in running) >= MOST_STUCK:
        raise DeviceSilent(device, kind.fault("silent"), "hangs since it was last used")
    reader = _Reader(wire)
    running.append(reader)
    try:
        async with asyncio.timeout(OPEN_S):
            await reader.opened
    except (WireGone, TimeoutError, DeviceMissetup) as failed:
        reader.end()
        raise _mapped(device, kind, failed) from failed
    return reader


async def _end(reader: _Reader) -> None:
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
