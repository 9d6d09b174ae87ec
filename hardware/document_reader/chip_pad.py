"""Documents' chips on a reader: waits for one, reads it in the reader's thread, judges what it proves.

What a person causes is a result, what the reader can't do a DeviceError. A document that was lifted is
read on when it is called for again with the same password; what was read of it is kept for a minute at most.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

from hardware.card_reader.contract import Card, CardType
from hardware.card_reader.pcsc_watch import SETTLE_S, Lying, OddAnswer
from hardware.card_reader.pcsc_wire import GET_UID, Answer, Nonsense
from hardware.document_reader.chip_line import ChipChannel, ChipLine
from hardware.document_reader.contract import Chip, ChipRead, TravelDocument, Wanted
from hardware.passport import dg2, lds, proof
from hardware.passport.errors import AccessDenied, Guarded, Malformed, NoApplication, PassportError, Refused
from hardware.passport.files import File
from hardware.passport.meter import Tally, play
from hardware.passport.order import Order, Reading
from hardware.passport.password import Kind, Password
from hardware.passport.progress import Step
from hardware.passport.reader import Reader
from hardware.passport.trust import Trust
from hardware.passport.trust_store import TrustStore
from hardware.readings import Reading as Value
from hardware.readings import State
from hardware.transport.pcsc import CardLifted

READ_WITHIN_S = 60.0  # a passport takes 3 to 12 s; the slowest that were ever sold, half a minute
SPARE_S = 5.0  # beyond it, for the one command that is on its way
KEPT_S = 60.0
TELL_EVERY_S = 0.2
_WORTH_SAYING = 0.01
_CLOSED = 0x6982
_LEAST_EXTENDED = 7  # bytes: header, 00, two of length (ISO/IEC 7816-4 §5.1)
_MAYBE_RANDOM = 4  # bytes
_RANDOM_UID = 0x08  # first byte of four: made anew at every activation (ISO/IEC 14443-3 §6.5.4)

# What is known of one document does not fit another; told so, the one that lies there is read from the start.
_NEW_DOCUMENT = (Chip.UNREADABLE, Chip.NOT_A_DOCUMENT, Chip.NEEDS_CAN)

log = logging.getLogger(__name__)

T = TypeVar("T")
Told = Callable[[float], None]
Tap = Callable[[str, bytes, bytes, float], None]
"""Step, command, answer, seconds: for who traces."""


class Trusted:
    """The store in `folder`, loaded when it is first asked for and again when it has changed. Two threads may ask."""

    def __init__(self, folder: Path | None) -> None:
        self._store = TrustStore(folder) if folder else None
        self._state: object = None
        self._trust = Trust()
        self._lock = threading.Lock()

    @property
    def damaged(self) -> tuple[str, ...]:
        """Files, or folders, of the store that can't be read: what they hold is not trusted."""
        return self._store.damaged if self._store else ()

    def now(self) -> Trust:
        with self._lock:
            if self._store is not None and (state := self._store.state()) != self._state:
                self._trust, self._state = self._store.load(), state
                if self.damaged:
                    log.warning("trust store %s: can't be read: %s", self._store.directory, ", ".join(self.damaged))
            return self._trust

    def reading(self) -> Value:
        """For the technician."""
        trust = self.now()
        if self.damaged:
            said = f"can't be read, import again: {', '.join(self.damaged)}"
        else:
            said = f"{trust.certificates} country certificates" if trust.certificates else "nobody: nothing is imported"
        well = trust.certificates and not self.damaged
        return Value("trust", "Trusted", said, level=State.WELL if well else State.NEEDS_CARE)


class _TooLong(Exception):
    """The chip still answers, but nobody waits so long."""


class _TwoCards(Exception):
    """Another card answers than the one that was seen."""


@dataclass(eq=False)
class _Begun:
    """A reading that may go on: with the same password and order, after the card was lifted."""

    password: Password
    order: Wanted
    reader: Reader
    lying: Lying


class ChipPad:
    """A reader that was borrowed, and what is trusted. One reading at a time."""

    def __init__(
        self,
        line: ChipLine,
        trusted: Trusted,
        today: Callable[[], date],
        *,
        long_answers: bool = True,
        tap: Tap | None = None,
    ) -> None:
        self._reader = line
        self.trusted = trusted
        self._today = today
        self._long_answers = long_answers
        self._tap = tap
        self._begun: _Begun | None = None
        self._forgetting: asyncio.TimerHandle | None = None

    def forget(self) -> None:
        """Nothing is gone on with."""
        self._begun = None
        if self._forgetting is not None:
            self._forgetting.cancel()
            self._forgetting = None

    async def read(
        self, password: Password, *, document_within_s: float, order: Wanted, on_progress: Told
    ) -> ChipRead:
        begun = self._begun
        self.forget()
        until_s = time.monotonic() + document_within_s
        async with self._reader.hold(until_s) as ours:
            lying = await self._next(begun.lying if begun else None, until_s) if ours else None
            if lying is None:
                self._keep(begun)
                return ChipRead(Chip.NO_CHIP)
            if (outcome := _no_document(lying.card)) is not None:
                return ChipRead(outcome, why=lying.card.type)
            fits = begun is not None and (begun.password, begun.order) == (password, order)
            if begun is None or not fits or _other_chip(begun.lying, lying):
                begun = _Begun(password, order, Reader(password, self._order(order), lying.atr), lying)
            elif begun.lying is not lying:
                begun.lying = lying
                found = await self._perform(begun, on_progress)
                if found.outcome not in _NEW_DOCUMENT:
                    return found
                begun = _Begun(password, order, Reader(password, self._order(order), lying.atr), lying)
            return await self._perform(begun, on_progress)

    async def _next(self, lifted: Lying | None, until_s: float) -> Lying | None:
        """A card that lies there, or comes. The one that was just lifted is believed only when it stays:
        readers notice late."""
        lying = await self._reader.look()
        if lying is not None and lying is lifted:
            lying = await self._reader.next_card(lifted, min(until_s, time.monotonic() + SETTLE_S))
        return lying or await self._reader.next_card(None, until_s)

    def _order(self, wanted: Wanted) -> Order:
        groups = (
            File.DG1,
            *([File.DG11, File.DG12] if wanted.details else []),
            *([File.DG2] if wanted.portrait else []),
        )
        return Order(
            groups, pace=wanted.pace, every_proof=wanted.every_proof, long_answers=self._long_answers
        )

    async def _perform(self, begun: _Begun, on_progress: Told) -> ChipRead:
        loop, began_s = asyncio.get_running_loop(), time.monotonic()
        tallies: list[Tally] = []
        pulse = _Pulse(on_progress, begun.reader.part)

        def told(step: Step) -> None:
            with contextlib.suppress(RuntimeError):  # the loop has ended: nobody is left to tell
                loop.call_soon_threadsafe(pulse.enter, step)

        def work(channel: ChipChannel) -> tuple[Reading, proof.Proof]:
            _same_card(channel, begun.lying.card.uid)
            line = _Line(channel, self._tap, told, began_s + READ_WITHIN_S)
            try:
                reading, _ = play(begun.reader, line, time.monotonic, line.enter, tallies)
            except CardLifted:
                if not line.long_lost:
                    raise
                channel.reset()  # lifted all the same, if it is not there
                begun.reader.files.medium.lost()
                self._long_answers = False
                reading, _ = play(begun.reader, line, time.monotonic, line.enter, tallies)
            return reading, proof.judge(reading, self.trusted.now(), self._moment())

        try:
            reading, proven = await self._reader.perform(work, READ_WITHIN_S + SPARE_S)
            return _read(reading, proven, begun.order, self._today(), tallies)
        except OddAnswer:
            return _not_read(Chip.UNREADABLE, "an answer without status word", tallies)
        except CardLifted:
            self._keep(begun)
            return _not_read(Chip.LIFTED, "", tallies)
        except _TwoCards:
            return _not_read(Chip.TWO_CARDS, "another card answers than was seen", tallies)
        except _TooLong:
            return _not_read(Chip.UNREADABLE, f"no end within {READ_WITHIN_S:g} s", tallies)
        except Nonsense as nonsense:
            return _not_read(Chip.UNREADABLE, f"an answer without status word, {nonsense}", tallies)
        except PassportError as error:
            return _not_read(_outcome(error, begun), str(error), tallies, begun.reader.pace_failed)
        finally:
            pulse.end()

    def _keep(self, begun: _Begun | None) -> None:
        if begun is not None:
            self._begun = begun
            self._forgetting = asyncio.get_running_loop().call_later(KEPT_S, self.forget)

    def _moment(self) -> datetime:
        """Now, on the day that the terminal goes by."""
        return datetime.combine(self._today(), datetime.now(UTC).time(), UTC)


class _Pulse:
    """In the loop: says how far a reading is, several times a second, also while the chip works on one command."""

    def __init__(self, told: Told, part: float) -> None:
        self._told = told
        self._said = part
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False
        self.enter(Step("", part))

    def enter(self, step: Step) -> None:
        self._step, self._since_s = step, time.monotonic()
        if self._timer is None or step.part - self._said >= _WORTH_SAYING or step.part >= 1.0:
            self._beat()

    def end(self) -> None:
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()

    def _beat(self) -> None:
        if self._ended:
            return
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(TELL_EVERY_S, self._beat)
        self._said = max(self._said, self._step.estimate(time.monotonic() - self._since_s))
        self._told(self._said)


class _Line:
    """The channel as a reading wants it: bytes to bytes, with a deadline."""

    def __init__(self, channel: ChipChannel, tap: Tap | None, told: Callable[[Step], None], until_s: float) -> None:
        self._channel, self._tap, self._told, self._until_s = channel, tap, told, until_s
        self.long_lost = False
        self._long_carried = False
        self._step = Step("", 0.0)

    def enter(self, step: Step) -> None:
        self._step = step
        self._told(step)

    def __call__(self, command: bytes) -> bytes:
        begun_s = time.monotonic()
        if begun_s > self._until_s:
            raise _TooLong
        answer = self._carried(command)
        whole = answer.data + answer.status.to_bytes(2, "big")
        if self._tap is not None:
            self._tap(self._step.name, command, whole, time.monotonic() - begun_s)
        return whole

    def _carried(self, command: bytes) -> Answer:
        """Readers that can't carry commands of extended length say that the card has gone (pcsc-lite:
        SCARD_E_NOT_TRANSACTED), at the first one."""
        extended = len(command) >= _LEAST_EXTENDED and command[4] == 0
        try:
            answer = self._channel.transmit(command)
        except CardLifted:
            self.long_lost = extended and not self._long_carried
            raise
        self._long_carried = self._long_carried or extended
        return answer


def _no_document(card: Card) -> Chip | None:
    """What can be told before a word is spoken. Where a reader can make no sense of what lies there, it
    is mostly two cards that talk at once."""
    if card.type is CardType.SMARTCARD:
        return None
    return Chip.TWO_CARDS if card.type is CardType.OTHER and not card.uid else Chip.NOT_A_DOCUMENT


def _same_card(channel: ChipChannel, seen: bytes) -> None:
    """Of two cards a reader may have seen one and now talk to the other. Two with random UIDs can't be told."""
    uid = channel.transmit(GET_UID)
    if uid.good and seen and uid.data != seen and not (_is_random(seen) and _is_random(uid.data)):
        raise _TwoCards


def _other_chip(one: Lying, two: Lying) -> bool:
    """Whether it can't be the one that was lifted, by what both say before a word is spoken. Of a UID made anew
    each time only its length tells (ISO/IEC 14443-3: four bytes random, seven and ten are the chip's own); what
    then still could be exchanged, signed hashes and keys tie together."""
    uids = one.card.uid, two.card.uid
    fixed = any(len(uid) > _MAYBE_RANDOM for uid in uids)
    return one.atr != two.atr or (fixed and uids[0] != uids[1])


def _is_random(uid: bytes) -> bool:
    return len(uid) == 4 and uid[0] == _RANDOM_UID


def _outcome(error: PassportError, begun: _Begun) -> Chip:
    if isinstance(error, AccessDenied):
        return Chip.WRONG_PASSWORD
    if isinstance(error, Guarded):
        return Chip.GUARDED
    closed = isinstance(error, Refused) and error.sw == _CLOSED
    if closed and begun.reader.pace_failed and begun.password.kind is Kind.MRZ:
        return Chip.NEEDS_CAN
    if isinstance(error, NoApplication) and not closed:
        return Chip.NOT_A_DOCUMENT
    return Chip.UNREADABLE


def _read(
    reading: Reading, proven: proof.Proof, order: Wanted, today: date, tallies: list[Tally]
) -> ChipRead:
    document = lds.parse_dg1(reading.files[File.DG1]).document(today)
    if not isinstance(document, TravelDocument):
        raise Malformed(f"EF.DG1: {document}")
    missing = {file.title: why for file, why in reading.failed.items()}

    def parsed(file: File, parse: Callable[[bytes], T]) -> T | None:
        try:
            return parse(reading.files[file]) if file in reading.files else None
        except PassportError as error:
            missing[file.title] = str(error)
            return None

    faces = parsed(File.DG2, dg2.parse_dg2) if order.portrait else None
    return ChipRead(
        Chip.READ, document, proven, faces[0].image if faces else None,
        parsed(File.DG11, lds.parse_dg11), parsed(File.DG12, lds.parse_dg12),
        opened=reading.opened, pace_failed=reading.pace_failed, missing=missing,
        files={file.title: len(data) for file, data in reading.files.items()},
        seconds=_seconds(tallies), tallies=_counted(tallies),
    )  # fmt: skip


def _not_read(outcome: Chip, why: str, tallies: list[Tally], pace_failed: str = "") -> ChipRead:
    return ChipRead(
        outcome, why=why, pace_failed=pace_failed, seconds=_seconds(tallies), tallies=_counted(tallies)
    )


def _counted(tallies: list[Tally]) -> tuple[Tally, ...]:
    """Those parts in which the chip was asked something."""
    return tuple(tally for tally in tallies if tally.commands)


def _seconds(tallies: list[Tally]) -> float:
    return sum(tally.seconds for tally in tallies)
