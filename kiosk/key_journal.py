"""The journal of keys: what was done to which card, for which room, by whom, why, approved by whom.

    <state>/journal/keys-2026-11.jsonl    one JSON object a line; a month a file, one chain over all
    <state>/journal-head                  sealed: the newest number and hash, so that a cut tail is found
    <state>/journal-key                   the terminal's own signing key (Ed25519 seed, 0600)

Rules:
1. Only added to. Each entry holds the hash of the one before and its own (SHA-256 over its canonical
   JSON); once a day the terminal signs. `kiosk/journal_check.py` finds what was changed afterwards.
2. `append` returns when it is on the disk. The same `effect` stands here once, whoever asks again.
3. No names and no free text: numbers, codes, and the reservation's id.
4. A line that a power cut tore stays as it is, and the next entry says so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kiosk.clock import Clock
from kiosk.sealing import Seal

GUEST = "guest"
KIOSK = "kiosk"
"""Who does things that no signed-in person does."""


class Act(StrEnum):
    """What was done."""

    CUT = "cut"  # a key, older ones stay good
    REPLACED = "replaced"  # a key, all older ones die
    ERASED = "erased"
    UNSURE = "unsure"  # a card that may or may not have been written
    REFUSED_CARD = "refused-card"  # a key that was not cut: wrong type, worn out, staff card …
    MOVED = "moved"
    EXTENDED = "extended"
    VOIDED = "voided"  # keys taken back in the hotel's books
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
    AFTER_POWER_CUT = "after-power-cut"
    ROOM_NOT_CLEAN = "room-not-clean"
    BALANCE = "balance"
    NAME_MISMATCH = "name-mismatch"
    DOCUMENT = "document"
    MASTER_KEY = "master-key"
    OTHER_ROOM = "other-room"
    WRONG_PIN = "wrong-pin"
    LOCKED = "locked"
    CARD_UNKNOWN = "card-unknown"
    CARD_NOT_PROVEN = "card-not-proven"
    CARD_REMOVED = "card-removed"
    IDLE = "idle"
    BY_HAND = "by-hand"
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
    about: str = ""  # the staff number that an act on staff is about
    effect: str = ""
    previous: str = ""
    hash: str = ""


class KeyJournal:
    """Adds to the journal; several processes may (each addition holds a file lock). On the loop only."""

    def __init__(self, state: Path, seal: Seal, clock: Clock) -> None:
        raise NotImplementedError

    def close(self) -> None:
        raise NotImplementedError

    @property
    def key_id(self) -> str:
        """What stands on paper beside an export: the first 16 hexadecimal digits of SHA-256 of the public key."""
        raise NotImplementedError

    @property
    def public_key(self) -> bytes:
        """32 bytes (RFC 8032)."""
        raise NotImplementedError

    def append(
        self,
        act: Act,
        *,
        by: str,
        approved_by: str = "",
        reservation: str = "",
        room: str = "",
        card: bytes = b"",
        sequence: int | None = None,
        issue: str = "",
        why: Why | None = None,
        about: str = "",
        effect: str = "",
    ) -> Entry:
        """Write it down; blocks for the disk (milliseconds). With an `effect` that stands here: that entry.

        ValueError for a word of the wrong shape (a name, a sentence). The first of a day is signed over before.
        """
        raise NotImplementedError

    def sign_if_due(self) -> Entry | None:
        """Sign what stands here once a day, for terminals where nothing happens."""
        raise NotImplementedError

    def by_effect(self, effect: str) -> Entry | None:
        """The entry of this effect in this month's and last month's file."""
        raise NotImplementedError

    def entries(
        self, *, since: datetime | None = None, until: datetime | None = None, room: str = "",
        reservation: str = "", by: str = ""
    ) -> Iterator[Entry]:  # fmt: skip
        """In their order; what can't be read is left out (`kiosk journal verify` tells)."""
        raise NotImplementedError
