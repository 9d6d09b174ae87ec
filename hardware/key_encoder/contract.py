"""Key encoders: a key for rooms and a time, written to a card, read back, erased."""

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
    this one. Further keys for the same guest share it.
    """

    room: str
    valid_from: datetime
    valid_until: datetime
    sequence: int


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


@dataclass(frozen=True)
class CutResult:
    """`uid` and `card_type` of the card where one was seen; `key` what was read back or read."""

    outcome: Cut
    uid: bytes = b""
    card_type: CardType = CardType.OTHER
    key: RoomKey | None = None


class KeyEncoder(Driver):
    """Writes keys. Never tells a key's secret, never believes a write that it has not read back."""

    KIND = Kind.KEY_ENCODER

    @abstractmethod
    async def cut(
        self,
        key: RoomKey,
        *,
        card_within_s: float,
        not_uids: frozenset[bytes] = frozenset(),
        only_uid: bytes = b"",
        after_s: float | None = None,
        on_card: Callable[[], None] | None = None,
    ) -> CutResult:
        """Wait for a card laid down after `after_s`, write `key`, read it back, compare.

        `after_s` is of `time.monotonic()`, None: when this call began. A card lying there from
        before must be lifted first; a card in `not_uids` (the first key of two) is waited out
        until it is exchanged; with `only_uid`, that of a card which was begun, no other is written.
        `on_card` is called when the card has come: to be cancelled only
        before that.
        """

    @abstractmethod
    async def read(self, *, card_within_s: float) -> CutResult:
        """Read the key on the card that lies there, MAC checked."""

    @abstractmethod
    async def erase(self, *, card_within_s: float) -> CutResult:
        """Overwrite the key's area with zeros and read it back."""

    @abstractmethod
    async def lies_there(self) -> bool | None:
        """Whether a card lies on the encoder now; None where this model can't know."""
