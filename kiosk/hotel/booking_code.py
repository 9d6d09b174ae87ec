"""Booking codes: what this hotel signed for a guest before arrival, as text for a QR code.

    HB1.<base64url of payload and signature>

payload = version (1 byte, 1) · length and bytes of the hotel id · length and bytes of the
confirmation number · not-after (seconds since 1970, 4 bytes, big-endian); all ASCII. Signature:
Ed25519 (RFC 8032) over `b"lobby-kiosk booking code\\0"` and the payload. No name stands in it.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

PREFIX = "HB1."
VERSION = 1
_CONTEXT = b"lobby-kiosk booking code\0"
_SIGNATURE_BYTES = 64
_WORD = re.compile(rb"[A-Za-z0-9_-]{1,40}")
_LONGEST = 300
_LATEST = 0xFFFF_FFFF


@dataclass(frozen=True)
class SignedBooking:
    """What a verified code says."""

    version: int
    hotel_id: str
    confirmation: str
    not_after: datetime  # aware, UTC


def sign(key: Ed25519PrivateKey, hotel_id: str, confirmation: str, not_after: datetime) -> str:
    """The code's text, about 120 characters. ValueError for words or times that do not fit."""
    words = [word.encode("ascii") for word in (hotel_id, confirmation)]
    if not all(_WORD.fullmatch(word) for word in words):
        raise ValueError("hotel id and confirmation number: 1 to 40 letters, digits, _ or -")
    seconds = int(not_after.timestamp())
    if not 0 <= seconds <= _LATEST:
        raise ValueError("not_after does not fit")
    payload = (
        bytes([VERSION]) + b"".join(bytes([len(word)]) + word for word in words) + seconds.to_bytes(4, "big")
    )
    raw = payload + key.sign(_CONTEXT + payload)
    return PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def verify(text: str, public_key: Ed25519PublicKey, hotel_id: str, now: datetime) -> SignedBooking | None:
    """The booking, if this hotel signed exactly this text and it is not over; else None, never an exception."""
    raw = _unpack(text)
    if raw is None:
        return None
    payload, signature = raw[:-_SIGNATURE_BYTES], raw[-_SIGNATURE_BYTES:]
    try:
        public_key.verify(signature, _CONTEXT + payload)
    except InvalidSignature:
        return None
    booking = _read(payload)
    if booking is None or booking.hotel_id != hotel_id or now.timestamp() > booking.not_after.timestamp():
        return None
    return booking


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The hotel's `booking-code.pub` (PEM). ValueError if it is no Ed25519 key."""
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("booking-code.pub holds no Ed25519 key")
    return key


def _unpack(text: str) -> bytes | None:
    """The bytes, if `text` is their one spelling."""
    if not isinstance(text, str) or len(text) > _LONGEST or not text.startswith(PREFIX) or not text.isascii():
        return None
    body = text.removeprefix(PREFIX)
    try:
        raw = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    if base64.urlsafe_b64encode(raw).rstrip(b"=").decode() != body or len(raw) <= _SIGNATURE_BYTES:
        return None
    return raw


def _read(payload: bytes) -> SignedBooking | None:
    if payload[0] != VERSION:
        return None
    words: list[str] = []
    at = 1
    for _ in range(2):
        length = payload[at] if at < len(payload) else 0
        word = payload[at + 1 : at + 1 + length]
        if len(word) != length or not _WORD.fullmatch(word):
            return None
        words.append(word.decode("ascii"))
        at += 1 + length
    if len(payload) - at != 4:
        return None
    not_after = datetime.fromtimestamp(int.from_bytes(payload[at:], "big"), UTC)
    return SignedBooking(VERSION, words[0], words[1], not_after)
