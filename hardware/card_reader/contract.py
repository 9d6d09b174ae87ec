"""Card readers: a contactless card laid on a reader, its UID and type, and whether it is a staff card."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from hardware.driver import Driver
from hardware.readings import Kind


class CardType(StrEnum):
    """What lies there: by PC/SC part 3 (the ATR's historical bytes), an NTAG 424 by its own word."""

    CLASSIC_1K = "mifare-classic-1k"
    CLASSIC_4K = "mifare-classic-4k"
    ULTRALIGHT = "mifare-ultralight"
    NTAG213 = "ntag213"
    NTAG215 = "ntag215"
    NTAG216 = "ntag216"
    NTAG424 = "ntag424"  # NTAG 424 DNA: authenticates itself by AES
    SMARTCARD = "smartcard"  # any other of ISO 14443-4: passport, bank card, phone
    OTHER = "other"


@dataclass(frozen=True)
class Card:
    """A card as it lies there. `uid` is 4, 7 or 10 bytes."""

    uid: bytes
    type: CardType


@dataclass(frozen=True)
class CardPresented:
    """Event: a card came to lie on the reader."""

    card: Card


@dataclass(frozen=True)
class CardRemoved:
    """Event: the reader is empty again."""


class Proven(StrEnum):
    """How a challenge to a card ended."""

    PROVEN = "proven"  # it has the key that only this house's staff card of this UID has
    NOT_OURS = "not-ours"  # it could have answered, and did not: no staff card, or another house's
    LIFTED = "lifted"  # gone, or exchanged, before it had answered
    CANT = "cant"  # a kind of card that can't be asked, or a terminal without staff card keys: a bare UID


@dataclass(frozen=True)
class CardProof:
    """What a card proved of itself. `uid` is believed only with PROVEN."""

    outcome: Proven
    uid: bytes = b""


class Issued(StrEnum):
    """How making a staff card, or taking one back, ended."""

    DONE = "done"  # written, and proven by a challenge; taking back: as delivered again
    NO_CARD = "no-card"  # nothing lay there within the time given
    LIFTED = "lifted"  # taken away: what was begun is gone on with when it is laid back
    WRONG_TYPE = "wrong-type"  # no NTAG 424 DNA
    NOT_BLANK = "not-blank"  # a guest's key card, or a card under keys that we don't know: left as it was
    NOT_OURS = "not-ours"  # on taking back: no staff card, or another house's
    TWO_CARDS = "two-cards"
    WORN_OUT = "worn-out"  # written, read back different


@dataclass(frozen=True)
class CardIssue:
    """`uid` of the card where one was seen."""

    outcome: Issued
    uid: bytes = b""


class CardReader(Driver):
    """Reads what lies on it. Writes staff cards only, when told to."""

    KIND = Kind.CARD_READER

    @abstractmethod
    async def present(self) -> Card | None:
        """The card lying there now, or None."""

    @abstractmethod
    async def prove(self, card: Card, *, within_s: float) -> CardProof:
        """Challenge `card`, which was presented and must still lie there: is it a staff card of this house?"""

    @abstractmethod
    async def issue(
        self,
        *,
        card_within_s: float,
        on_card: Callable[[], None] | None = None,
        not_uids: Collection[bytes] = (),
        in_use: Callable[[bytes], bool] = lambda uid: False,
    ) -> CardIssue:
        """Make a blank NTAG 424 DNA a staff card; one of ours already is DONE, a half-made one is finished.
        A blank one that says it is a card `in_use` is NOT_BLANK: it would be told that card's keys.

        Takes the card that lies there, or waits for one; cards of `not_uids` are passed over. `on_card` is called when it has come: to be
        cancelled only before that. DeviceMissetup where this terminal has no staff card key.
        """

    @abstractmethod
    async def withdraw(
        self,
        *,
        card_within_s: float,
        on_card: Callable[[], None] | None = None,
        not_uids: Collection[bytes] = (),
    ) -> CardIssue:
        """Bring a staff card of ours back to how it was delivered; likewise."""
