"""Our own open credential: what stands on a key card, 48 bytes, and how a lock checks it. Pure.

    offset  bytes  what
    0       2      magic "LK"
    2       1      version, 1
    3       1      purpose: "K" a room's key, "M" a master key, "S" a staff badge
    4       1      id of the property key that made the MAC
    5       8      room, or a master key's set of doors: ASCII, padded with zeros
    13      4      valid from, minutes since 1970-01-01 00:00 UTC, big-endian
    17      4      valid until, likewise; the key opens before this minute
    21      4      sequence of the room's or set's keys, big-endian
    25      7      zeros
    32      16     MAC: HMAC-SHA256 under the property key, first 16 bytes

It fills a plain Ultralight's pages 4–15 or the three data blocks of a Classic sector; header in
the first unit and MAC in the last block, which gives a safe order of writing (`storage_card.py`).

The MAC covers a label, the card's whole UID with its length, and bytes 0–31: an altered card and a
copy on another UID fail alike, and can't be told apart. HMAC rather than AES-CMAC: it is in
Python's own library, takes a 32-byte key as it is, has no block cipher that must be compared in
constant time, and costs a lock two SHA-256 runs of two blocks; 128 bits are what CMAC would give.
A card whose UID can be set to another's is still a copy (MIFARE Classic and "magic" cards); only
cards that authenticate themselves stop that.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from hardware.key_encoder.contract import Opens, RoomKey
from hardware.secret_keys import SecretKeys

LENGTH = 48
MAC_LENGTH = 16
BLANK = bytes(LENGTH)

_MAGIC = b"LK"
_VERSION = 1
_STAFF = b"S"
_PURPOSE = {Opens.ROOM: b"K", Opens.SET: b"M"}
_OPENS = {purpose: opens for opens, purpose in _PURPOSE.items()}
_MAC_LABEL = b"room key 1\0"
_SECTOR_LABEL = b"sector key 1\0"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST = 2**32 - 1


class Refusal(StrEnum):
    """Why bytes on a card are no key."""

    BLANK = "blank"
    NOT_OURS = "not-ours"  # another system's data, or a card that was half written
    STAFF_CARD = "staff-card"
    OTHER_VERSION = "other-version"
    OTHER_PROPERTY = "other-property"  # made under a key id that this property doesn't have
    FORGED = "forged"  # altered, a copy on another card, or another property's key of the same id


@dataclass(frozen=True)
class PropertyKeys(SecretKeys):
    """The property's secret keys for room keys."""

    WHAT: ClassVar[str] = "property key"
    CREDENTIAL: ClassVar[str] = "property-key"
    OPTION: ClassVar[str] = "property_key_file"


def encode(key: RoomKey, uid: bytes, keys: PropertyKeys) -> bytes:
    """48 bytes for the card with this UID. Seconds are cut off. ValueError for a key that can't be."""
    valid_from, valid_until = _minutes(key.valid_from), _minutes(key.valid_until)
    if valid_from >= valid_until:
        raise ValueError("a key ends after it begins")
    if not 0 <= key.sequence <= _MOST:
        raise ValueError("a sequence number has 32 bits")
    body = b"".join(
        (
            _MAGIC,
            bytes((_VERSION,)),
            _PURPOSE[key.opens],
            bytes((keys.current,)),
            _room(key.room),
            valid_from.to_bytes(4, "big"),
            valid_until.to_bytes(4, "big"),
            key.sequence.to_bytes(4, "big"),
            bytes(7),
        )
    )
    return body + _mac(keys.keys[keys.current], uid, body)


def decode(data: bytes, uid: bytes, keys: PropertyKeys) -> RoomKey | Refusal:
    """The key on a card, or why there is none. Times in UTC. Says nothing about now or here."""
    if len(data) != LENGTH:
        return Refusal.NOT_OURS
    if data == BLANK:
        return Refusal.BLANK
    body, mac = data[:-MAC_LENGTH], data[-MAC_LENGTH:]
    if body[:2] != _MAGIC:
        return Refusal.NOT_OURS
    if body[3:4] == _STAFF:
        return Refusal.STAFF_CARD
    opens = _OPENS.get(body[3:4])
    if body[2] != _VERSION or opens is None:
        return Refusal.OTHER_VERSION
    secret = keys.keys.get(body[4])
    if secret is None:
        return Refusal.OTHER_PROPERTY
    if not hmac.compare_digest(mac, _mac(secret, uid, body)):
        return Refusal.FORGED
    return RoomKey(
        room=body[5:13].rstrip(b"\0").decode("ascii"),
        valid_from=_moment(body[13:17]),
        valid_until=_moment(body[17:21]),
        sequence=int.from_bytes(body[21:25], "big"),
        opens=opens,
    )


def staff_mark() -> bytes:
    """What stands on a staff badge, so that no encoder overwrites it. It proves nothing, to nobody."""
    return (_MAGIC + bytes((_VERSION,)) + _STAFF).ljust(LENGTH, b"\0")


def is_staff(data: bytes) -> bool:
    """Whether the first bytes of a card's key area say that it is a staff badge."""
    return data[:2] == _MAGIC and data[3:4] == _STAFF


def sector_key(keys: PropertyKeys, uid: bytes) -> bytes:
    """The property's own key A for a Classic card's sector, another one for each card: 6 bytes."""
    return _hmac(keys.keys[keys.current], _SECTOR_LABEL, uid)[:6]


def _mac(secret: bytes, uid: bytes, body: bytes) -> bytes:
    return _hmac(secret, _MAC_LABEL, bytes((len(uid),)) + uid + body)[:MAC_LENGTH]


def _hmac(secret: bytes, label: bytes, data: bytes) -> bytes:
    return hmac.new(secret, label + data, hashlib.sha256).digest()


def _room(room: str) -> bytes:
    if not 1 <= len(room) <= 8 or not room.isascii() or not room.isprintable():
        raise ValueError("a room on a key is 1 to 8 printable ASCII characters")
    return room.encode("ascii").ljust(8, b"\0")


def _minutes(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a key's times are aware")
    minutes = (moment - _EPOCH) // timedelta(minutes=1)
    if not 0 <= minutes <= _MOST:
        raise ValueError("a key's times lie after 1970")
    return minutes


def _moment(data: bytes) -> datetime:
    return _EPOCH + timedelta(minutes=int.from_bytes(data, "big"))
