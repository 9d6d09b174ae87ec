"""Card readers: a contactless card laid on a reader, its UID, type and content."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hardware.driver import Driver
from hardware.readings import Kind


class CardType(StrEnum):
    """What PC/SC part 3 says lies there (from the ATR's historical bytes)."""

    CLASSIC_1K = "mifare-classic-1k"
    CLASSIC_4K = "mifare-classic-4k"
    ULTRALIGHT = "mifare-ultralight"
    NTAG213 = "ntag213"
    NTAG215 = "ntag215"
    NTAG216 = "ntag216"
    SMARTCARD = "smartcard"  # ISO 14443-4: passport, bank card, phone
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


class CardReader(Driver):
    """Reads what lies on it; never writes."""

    KIND = Kind.CARD_READER

    @abstractmethod
    async def present(self) -> Card | None:
        """The card lying there now, or None."""
