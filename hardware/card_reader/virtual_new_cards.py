"""Factory-new virtual cards of every type."""

from __future__ import annotations

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import (
    NTAG,
    ClassicCard,
    MuteCard,
    NtagCard,
    SmartCard,
    UltralightCard,
    VirtualCard,
)
from hardware.card_reader.virtual_ntag424 import Ntag424Card


def make_card(kind: CardType, uid: bytes) -> VirtualCard:
    """A factory-new card. ValueError for a UID that doesn't fit the type."""
    if kind in NTAG:
        return NtagCard(uid, kind)
    if kind is CardType.NTAG424:
        return Ntag424Card(uid)
    if kind in (CardType.CLASSIC_1K, CardType.CLASSIC_4K):
        return ClassicCard(uid, kind)
    if kind is CardType.ULTRALIGHT:
        return UltralightCard(uid)
    return SmartCard(uid) if kind is CardType.SMARTCARD else MuteCard(uid)
