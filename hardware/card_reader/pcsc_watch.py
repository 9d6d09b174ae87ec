"""One physical PC/SC reader, in a thread of its own: what lies on it, and the jobs that are done on that.

Whether a reader is in its mind shows only when a card lies there: FF CA is answered by the reader itself. One answer
that makes no sense may be a card on its way out; where the next one makes none either, and the card has not moved, it is
the reader's own (`Babble`): it is lost, and for who opens it anew unknown until it has answered as it must.

Who borrows it, and for how long, is in `pcsc_reader.py`.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from hardware.card_reader.contract import Card, CardType
from hardware.card_reader.ntag424 import is_ntag424
from hardware.card_reader.pcsc_wire import (
    GET_UID,
    UID_LENGTHS,
    Answer,
    Nonsense,
    ReaderProfile,
    card_type,
    has_uid,
    narrowed,
    parse_answer,
    profile_of,
    read_binary,
)
from hardware.errors import DeviceMissetup
from hardware.transport.pcsc import CardLifted, Presence, Wire, WireGone

T = TypeVar("T")

WATCH_S = 0.1  # one look at the reader: how late a card, a loss or a job may be noticed
FOLLOW_S = 0.05  # who heard of a card mostly has something to do with it at once
SETTLE_S = 0.8  # pcscd notices a lifted card within 400 ms; a mute card is believed after this

BABBLED: set[str] = set()
"""Names of readers whose last answer made no sense. One that was unplugged is not held to it."""


class Babble(Nonsense):
    """The reader's own answer makes no sense, twice. Its wire is let go of."""

    def __init__(self, nonsense: Nonsense) -> None:
        Exception.__init__(self, str(nonsense))


class OddAnswer(CardLifted):
    """One answer without a status word, from a reader that then answered as it must: a card at the edge of the
    field, or one that talks so."""


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
        self.odd = False  # whether some answer had no status word

    def transmit(self, apdu: bytes) -> Answer:
        """One APDU. CardLifted when the card went, or when nobody waits for the result any more."""
        if not self._may_go_on():
            raise CardLifted
        answer = self._wire.transmit(apdu)
        try:
            return parse_answer(answer)
        except Nonsense:
            self.odd = True
            raise

    def reset(self) -> None:
        """Power the card anew: all authentication is forgotten. CardLifted if it is not there."""
        self._wire.reset()


class Borrower(Protocol):
    """Who has a share of a reader, and is told in the loop: what lies there now, and that the reader is lost."""

    @property
    def on_change(self) -> Callable[[Lying | None], None]: ...

    @property
    def on_loss(self) -> Callable[[], None]: ...


class PhysicalReader:
    """A physical reader with its thread. Lives from opening to loss or to the last lease's end."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.loop = asyncio.get_running_loop()
        self.lying: Lying | None = None
        self.lost: Exception | None = None  # WireGone, DeviceMissetup or Babble
        self.beat_s = time.monotonic()
        """When its thread last came back from the reader."""
        self.leases: list[Borrower] = []
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
            raise self.lost.with_traceback(None)
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

    def _gone(self, why: Exception) -> None:
        self.lost, self.lying = why, None
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
        except (WireGone, DeviceMissetup, Babble) as gone:
            (BABBLED.add if isinstance(gone, Babble) else BABBLED.discard)(self.wire.name)
            self._post(self._gone, gone)
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
        except (WireGone, Babble) as gone:
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
        """Ask the card that just came who it is; None if it is gone again. Babble if the answer makes no sense, nor
        the next one, though the card has not moved."""
        odd = False
        while True:
            try:
                lying = self._asked(since_s)
                BABBLED.discard(self.wire.name)
                return lying
            except CardLifted:
                again = False
            except Nonsense as nonsense:
                if odd:
                    raise Babble(nonsense) from nonsense
                again = odd = True
            if (presence := self._settled()) != self._presence:
                self._presence, odd = presence, False
                if not presence.card:
                    return None
            elif not again:
                return Lying(Card(b"", CardType.OTHER), since_s)  # it stays, and stays mute

    def _asked(self, since_s: float) -> Lying:
        self.wire.connect()
        try:
            atr = self._presence.atr
            return Lying(identify(Channel(self.wire, lambda: True), atr), since_s, atr)
        finally:
            self.wire.disconnect()

    def _settled(self) -> Presence:
        """What lies there as soon as that has changed, or after SETTLE_S; a job that comes meanwhile waits."""
        presence, until_s = self._presence, time.monotonic() + SETTLE_S
        while presence == self._presence and (left_s := until_s - time.monotonic()) > 0 and not self.given_back:
            presence = self.wire.wait(self._presence, left_s)
        return presence

    def ask_again(self, channel: Channel) -> None:
        """A job: after an answer without sense. CardLifted if the card has gone; Babble if it was the reader's."""
        channel.reset()
        try:
            ask_uid(channel, self._presence.atr)
        except Nonsense as nonsense:
            raise Babble(nonsense) from nonsense

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


def ask_uid(channel: Channel, atr: bytes) -> Answer:
    """The reader's own answer to who lies there. Nonsense for none, or a UID that no such card has."""
    uid = channel.transmit(GET_UID)
    if uid.good and len(uid.data) not in UID_LENGTHS and has_uid(atr):
        raise Nonsense(uid.data)
    return uid


def identify(channel: Channel, atr: bytes) -> Card:
    """UID and type of the card on `channel`. CardLifted if it does not tell; Nonsense: what the reader says is none."""
    said = card_type(atr)
    uid = ask_uid(channel, atr)
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
