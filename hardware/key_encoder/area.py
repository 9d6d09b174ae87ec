"""Where a key stands on a card: one area of 48 bytes, whatever the card is."""

from __future__ import annotations

from typing import Protocol

from hardware.card_reader.contract import CardType
from hardware.key_encoder.aes_card import WRITE_KEY, AesCardArea
from hardware.key_encoder.credential import PropertyKeys, sector_key
from hardware.key_encoder.storage_card import STORAGE, CardChannel, StorageCardArea

KEY_CARDS = (*STORAGE, CardType.NTAG424)


class KeyArea(Protocol):
    """The key area of one card. Its calls raise Refused, OtherCard, or what the channel raises.

    Taken away at any moment a card is as it was before, or no key, or the new key whole; and the same
    calls take it up again.
    """

    def open(self) -> None:
        """Make sure that it is this card, and get access to the area."""

    def read(self) -> bytes:
        """The 48 bytes; zeros where there never were any."""

    def write(self, data: bytes) -> None:
        """All 48 bytes, in an order that is safe against lifting."""


def area_of(
    channel: CardChannel, kind: CardType, uid: bytes, keys: PropertyKeys, aes_key: int = WRITE_KEY
) -> KeyArea:
    """The area on a card of one of `KEY_CARDS`; `aes_key`: what an NTAG 424 DNA is read with."""
    if kind is CardType.NTAG424:
        return AesCardArea(channel, uid, keys, aes_key)
    return StorageCardArea(channel, kind, uid, sector_key(keys, uid))
