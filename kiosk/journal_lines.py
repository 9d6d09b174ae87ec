"""One line of the journal of keys: its words, its bytes, its hash, its signature. No disk."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

GUEST = "guest"
KIOSK = "kiosk"
"""Who does things that no signed-in person does."""


class Act(StrEnum):
    """What was done."""

    CUT = "cut"  # a key, older ones stay good
    REPLACED = "replaced"  # a key, all older ones die
    MASTER_CUT = "master-cut"  # a key to a set of doors, which stands in the place of the room
    ERASED = "erased"
    UNSURE = "unsure"  # a card that may or may not have been written
    REFUSED_CARD = "refused-card"  # a key that was not cut: wrong type, worn out, staff card …
    MOVED = "moved"
    EXTENDED = "extended"
    VOIDED = "voided"  # keys taken back in the hotel's books
    APPROVED = "approved"  # by a second person, what `about` is about to do
    HELPED = "helped"  # a refused step of a guest's visit done by staff
    SIGNED_IN = "signed-in"
    SIGNED_OFF = "signed-off"
    REFUSED = "refused"  # somebody was not let in
    STAFF_ADDED = "staff-added"
    STAFF_REMOVED = "staff-removed"
    STAFF_ROLES = "staff-roles"
    STAFF_CARD = "staff-card"
    STAFF_CARD_TAKEN = "staff-card-taken"
    STAFF_PIN = "staff-pin"
    STAFF_UNLOCKED = "staff-unlocked"
    EXPORTED = "exported"  # this journal, to a file or on paper
    SIGNATURE = "signature"  # the terminal signs all that stands before
    TORN = "torn"  # a power cut tore the line before; nothing else happened
    LOST = "lost"  # entries that were here are gone, or what stands here is not what was written


class Why(StrEnum):
    """Why it was done. Codes only: free text would come to hold names."""

    CHECK_IN = "check-in"
    ONE_MORE = "one-more"
    LOST_KEY = "lost-key"
    DEAD_KEY = "dead-key"
    ROOM_CHANGED = "room-changed"
    LONGER_STAY = "longer-stay"
    LEFT_BEHIND = "left-behind"
    HOTEL_UNREACHABLE = "hotel-unreachable"
    ROOM_NOT_CLEAN = "room-not-clean"
    BALANCE = "balance"
    NAME_MISMATCH = "name-mismatch"
    DOCUMENT = "document"
    ALERT = "alert"  # the desk had something to tell the guest
    OBSTACLE = "obstacle"  # the hotel would not check them in
    MASTER_KEY = "master-key"
    OTHER_ROOM = "other-room"
    WRONG_PIN = "wrong-pin"
    LOCKED = "locked"
    CARD_UNKNOWN = "card-unknown"
    CARD_NOT_PROVEN = "card-not-proven"
    CARD_REMOVED = "card-removed"
    IDLE = "idle"
    BY_HAND = "by-hand"
    NOT_ANY_MORE = "not-any-more"  # their role, their card or they themselves were taken away
    FIRST_MANAGER = "first-manager"
    OTHER = "other"


@dataclass(frozen=True)
class Entry:
    """One line. Empty fields are not written."""

    number: int
    at: datetime
    act: str  # an Act of this or a later version
    by: str  # a staff number, GUEST or KIOSK
    approved_by: str = ""
    reservation: str = ""
    room: str = ""
    card: str = ""  # UID, hexadecimal
    sequence: int | None = None
    issue: str = ""
    why: str = ""
    until: str = ""  # when the key ends, UTC
    about: str = ""  # the staff number that an act on staff is about
    effect: str = ""
    torn: str = ""  # SHA-256 of the line that a power cut tore
    key: str = ""  # of a signature: the public key, hexadecimal
    signature: str = ""
    previous: str = ""
    hash: str = ""


_SHAPES = {
    "by": re.compile(r"[1-9][0-9]{0,8}|guest|kiosk"),
    "approved_by": re.compile(r"([1-9][0-9]{0,8})?"),
    "about": re.compile(r"([1-9][0-9]{0,8})?"),
    "reservation": re.compile(r"[A-Za-z0-9_.:-]{0,64}"),
    "room": re.compile(r"[!-~]{0,20}|[ -~]{1,8}"),  # what a key can carry (`RoomKey`)
    "card": re.compile(r"([0-9a-f]{2}){0,10}"),
    "issue": re.compile(r"[a-z-]{0,20}"),
    "until": re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}Z)?"),
    "effect": re.compile(r"[0-9a-f]{0,64}"),
}
"""No blank in any of them but a room's, which is short: a name, a sentence, a note is refused."""

SIGNED_AS = b"lobby kiosk, journal of keys\0"
_EMPTY = {field.name: None if field.default is MISSING else field.default for field in fields(Entry)}
_TYPES = {"number": int, "sequence": int}


def check_shapes(entry: Entry) -> None:
    """ValueError names the field, never what stood in it."""
    for name, shape in _SHAPES.items():
        if not shape.fullmatch(getattr(entry, name)):
            raise ValueError(f"the journal of keys takes no such {name}")


def written(entry: Entry, *without: str) -> bytes:
    """Canonical JSON: keys sorted, no blanks, ASCII; empty fields left out."""
    full = {name: value for name, value in asdict(entry).items() if value != _EMPTY[name] and name not in without}
    return _canonical(full | {"at": entry.at.astimezone(UTC).isoformat(timespec="milliseconds")})


def _canonical(words: dict[str, Any]) -> bytes:
    return json.dumps(words, sort_keys=True, separators=(",", ":")).encode("ascii")


def sealed(entry: Entry) -> Entry:
    """With its own hash."""
    return _with(entry, hash=hashlib.sha256(written(entry, "hash")).hexdigest())


def signed(entry: Entry, key: Ed25519PrivateKey) -> Entry:
    """With the key's name and signature over all but signature and hash; the hash comes after."""
    entry = _with(entry, key=key.public_key().public_bytes_raw().hex())
    return _with(entry, signature=key.sign(SIGNED_AS + written(entry, "signature", "hash")).hex())


def _with(entry: Entry, **words: str) -> Entry:
    return Entry(**{**{field.name: getattr(entry, field.name) for field in fields(Entry)}, **words})


@dataclass(frozen=True)
class Line:
    """A line that is one of the journal, by its form; `whole`: its own hash fits."""

    entry: Entry
    whole: bool
    signature_holds: bool | None  # None: not signed


def read(raw: bytes) -> Line | None:
    """What stands in a line (without its end), or None where it is no entry.

    Words of a later version are hashed and otherwise left aside.
    """
    try:
        words = json.loads(raw)
        if not isinstance(words, dict) or _canonical(words) != raw:
            return None
        known = {name: words[name] for name in _EMPTY if name in words}
        at = datetime.fromisoformat(known["at"])
        if at.tzinfo is None or any(type(value) is not _TYPES.get(name, str) for name, value in known.items()):
            return None
        entry = Entry(**(known | {"at": at}))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    rest = {name: value for name, value in words.items() if name != "hash"}
    whole = hashlib.sha256(_canonical(rest)).hexdigest() == entry.hash
    return Line(entry, whole, _signature_holds(entry, rest) if entry.act == Act.SIGNATURE else None)


def _signature_holds(entry: Entry, words: dict[str, Any]) -> bool:
    said = _canonical({name: value for name, value in words.items() if name != "signature"})
    try:
        key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(entry.key))
        key.verify(bytes.fromhex(entry.signature), SIGNED_AS + said)
    except (InvalidSignature, ValueError):
        return False
    return True


def key_id(public_key: bytes) -> str:
    """What stands on paper beside an export: the first 16 hexadecimal digits of SHA-256 of the public key."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def grouped(key: str) -> str:
    """A key's id as it is read aloud."""
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))
