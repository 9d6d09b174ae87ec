"""Key encoders: a key for rooms and a time, written to a card, read back, erased.

Some write the card themselves; some ask the lock maker's server, which writes it on an encoder
of its own. Some have a stock of cards and a motor; an open pad leaves the handling to people.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hardware.card_reader.contract import CardType
from hardware.driver import Driver
from hardware.readings import Kind


@dataclass(frozen=True)
class RoomKey:
    """What a key opens and when. `room` at most 8 ASCII characters; times aware, minute's precision.

    `sequence` is allocated by the hotel per room: a door that has seen a higher one refuses
    this one. Further keys for the same guest share it. 0 on a key that was read: the lock maker does not say.
    """

    room: str
    valid_from: datetime
    valid_until: datetime
    sequence: int


class Issue(StrEnum):
    """What becomes of the room's older keys. Our own credential says it by its sequence alone."""

    NEW = "new"  # they die when this one first touches the door
    DUPLICATE = "duplicate"  # they stay good
    ONE_SHOT = "one-shot"  # they stay good, and this one opens once


class Cut(StrEnum):
    """How cutting, reading or erasing a key ended: what a person can cause is a result."""

    DONE = "done"  # written, read back, equal
    NO_CARD = "no-card"  # nothing lay there within the time given
    LIFTED = "lifted"  # taken away before read back: not to be believed, lay it back
    WRONG_TYPE = "wrong-type"  # a bank card, a phone, a passport
    LOCKED = "locked"  # written pages are read-only or a foreign key protects them
    WORN_OUT = "worn-out"  # written, read back different
    TWO_CARDS = "two-cards"
    ANOTHER_CARD = "another-card"  # not the one that was begun
    NOT_A_KEY = "not-a-key"  # on reading: not ours, altered, or a copy on another UID
    STAFF_CARD = "staff-card"  # laid on the encoder: refused, not overwritten
    BUSY = "busy"  # the lock server or its encoder serves somebody else: nothing was written
    ROOM_UNKNOWN = "room-unknown"  # the lock server knows no such room or guest: nothing was written


class Rehearsed(StrEnum):
    """How a rehearsal on a test card ended."""

    DONE = "done"  # written, read back and erased each time
    NO_CARD = "no-card"
    LIFTED = "lifted"  # what was begun may be rehearsed on again
    WRONG_TYPE = "wrong-type"
    LOCKED = "locked"
    WORN_OUT = "worn-out"  # written or erased, read back different
    TWO_CARDS = "two-cards"
    NOT_BLANK = "not-blank"  # a guest's or staff's card, or data of somebody else: left as it was


class Handled(StrEnum):
    """How the handling of a card ended."""

    DONE = "done"
    BY_HAND = "by-hand"  # an open pad: a person lays the card down and takes it away
    EMPTY = "empty"  # no card to feed, or none to eject or capture
    FULL = "full"  # the bin of captured cards
    JAMMED = "jammed"


class Level(StrEnum):
    """How many cards are left."""

    PLENTY = "plenty"
    LOW = "low"
    EMPTY = "empty"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Stock:
    """The cards in a dispenser; `count` where it counts them."""

    level: Level = Level.UNKNOWN
    count: int | None = None


@dataclass(frozen=True)
class CutResult:
    """`uid` and `card_type` of the card where one was seen; `key` what was read back or read."""

    outcome: Cut
    uid: bytes = b""
    card_type: CardType = CardType.OTHER
    key: RoomKey | None = None


@dataclass(frozen=True)
class Rehearsal:
    """`rounds` that were whole, and what the slowest of them took."""

    outcome: Rehearsed
    rounds: int = 0
    slowest_s: float = 0.0
    card_type: CardType = CardType.OTHER


class KeyEncoder(Driver):
    """Writes keys. Never tells a key's secret, never believes a write that it has not read back."""

    KIND = Kind.KEY_ENCODER

    @abstractmethod
    async def cut(
        self,
        key: RoomKey,
        *,
        card_within_s: float,
        issue: Issue = Issue.NEW,
        reservation: str = "",
        not_uids: frozenset[bytes] = frozenset(),
        only_uid: bytes = b"",
        after_s: float | None = None,
        on_card: Callable[[bytes], None] | None = None,
        on_late: Callable[[CutResult], None] | None = None,
    ) -> CutResult:
        """Wait for a card laid down after `after_s`, write `key`, read it back, compare.

        `issue` and `reservation` are for a lock server, which keeps the keys of a room itself.
        `after_s` is of `time.monotonic()`, None: when this call began. A card lying there from
        before must be lifted first; a card in `not_uids` (the first key of two) is waited out
        until it is exchanged; with `only_uid`, that of a card which was begun, no other is written.
        `on_card` is called when the card has come, with its UID where that is known: to be cancelled only
        before that. `on_late` is told how it ended after all, where that comes after this has raised.
        """

    @abstractmethod
    async def read(self, *, card_within_s: float) -> CutResult:
        """Read the key on the card that lies there, MAC checked."""

    @abstractmethod
    async def erase(self, *, card_within_s: float) -> CutResult:
        """Overwrite the key's area with zeros and read it back."""

    async def void(self, room: str, reservation: str) -> Cut | None:  # noqa: ARG002 - for those that have a server
        """Tell the locks that no key of that guest opens that room any more. None: there is nobody to tell,
        the doors learn it from the next key."""
        return None

    @property
    def rehearses(self) -> bool:
        """Whether `rehearse` can be called: not where a lock server makes the keys, which knows real rooms only."""
        return False

    async def rehearse(
        self, rounds: int, *, card_within_s: float, on_round: Callable[[int], None] = lambda done: None
    ) -> Rehearsal:
        """Write, read back and erase a key that opens nothing, so many times, on the card that lies there or comes.

        Only on a blank card or one that was rehearsed on before: looked at anew before every write, any other
        is left as it was. `on_round` is told the rounds that are done.
        """
        raise NotImplementedError("this encoder has no test key: ask rehearses first")

    @abstractmethod
    async def lies_there(self) -> bool | None:
        """Whether a card lies on the encoder now; None where this model can't know."""

    async def feed(self) -> Handled:
        """Bring a card from the stock to the encoder."""
        return Handled.BY_HAND

    async def eject(self) -> Handled:
        """Hand the card on the encoder out."""
        return Handled.BY_HAND

    async def capture(self) -> Handled:
        """Take the card on the encoder in."""
        return Handled.BY_HAND

    async def stock(self) -> Stock:
        """The cards that are left to feed."""
        return Stock()
