"""The test key: written, read back and erased to see whether an encoder does it, on a card that is nobody's. Pure.

It opens nothing: its room is a word that no door has, it ended in 2012, and its sequence is below every other.
A card is rehearsed on only where it holds nothing, or this key, whole or half written; every other is left alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hardware.key_encoder.area import KeyArea
from hardware.key_encoder.contract import Rehearsed, RoomKey
from hardware.key_encoder.credential import BLANK, LENGTH, PropertyKeys, decode, encode

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Times of many different bits, so that a bit that sticks is found: 1991 to 2012.
_FROM, _UNTIL = (_EPOCH + timedelta(minutes=minutes) for minutes in (0x00AAAAAA, 0x01555555))
TEST_KEY = RoomKey("*TEST*", _FROM, _UNTIL, 0)

_PAGE = 4
# As the cards are delivered: an empty message, on NTAG213 behind a note of its lock bytes (NTAG213/215/216 §8.5.6).
_AS_DELIVERED = tuple(
    bytes.fromhex(pages).ljust(LENGTH, b"\0") for pages in ("0103A00C340300FE", "0103A00C", "0300FE00")
)


def is_free(data: bytes, uid: bytes, keys: PropertyKeys) -> bool:
    """Whether what stands in a card's key area may be written over by a test."""
    if data == BLANK or data in _AS_DELIVERED or decode(data, uid, keys) == TEST_KEY:
        return True
    ours = encode(TEST_KEY, uid, keys)  # a test that was broken off leaves some of its pages
    pages = range(0, LENGTH, _PAGE)
    return len(data) == LENGTH and all(data[at : at + _PAGE] in (bytes(_PAGE), ours[at : at + _PAGE]) for at in pages)


def one_round(area: KeyArea, uid: bytes, keys: PropertyKeys) -> Rehearsed:
    """Write, read back, erase, read back; nothing at all on a card that is not free."""
    if not is_free(area.read(), uid, keys):
        return Rehearsed.NOT_BLANK
    area.write(encode(TEST_KEY, uid, keys))
    if decode(area.read(), uid, keys) != TEST_KEY:
        return Rehearsed.WORN_OUT
    area.write(BLANK)
    return Rehearsed.DONE if area.read() == BLANK else Rehearsed.WORN_OUT
