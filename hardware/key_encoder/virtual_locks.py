"""A lock maker's house, as the virtual lock server keeps it: rooms with generations of keys, cards, doors.

The doors are offline: what the server knows reaches a door only by the cards that touch it. A key
of a newer generation makes the door forget the older; a duplicate is of the same generation.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hardware.key_encoder.contract import Issue
from hardware.key_encoder.credential import Refusal
from hardware.key_encoder.virtual import AnyDoor, Now, Stays


@dataclass(frozen=True)
class LockKey:
    """What the lock maker writes on a card. Times aware."""

    number: int  # each writing has its own
    room: str
    generation: int
    valid_from: datetime
    valid_until: datetime
    issue: Issue
    reservation: str = ""


@dataclass
class LockCard:
    """A lock maker's card, and the key on it; None: blank."""

    uid: bytes
    key: LockKey | None = None


class LockDoor(AnyDoor[LockCard]):
    """One that reads the lock maker's keys."""

    def __init__(self, room: str, now: Now) -> None:
        super().__init__(room, now)
        self.newest = 0
        self._used: set[int] = set()

    def _refusal(self, card: LockCard, now: datetime) -> Refusal | Stays | None:
        key = card.key
        if key is None:
            return Refusal.BLANK
        if key.room != self.room:
            return Stays.OTHER_ROOM
        if key.generation < self.newest or key.number in self._used:
            return Stays.SUPERSEDED
        if now < key.valid_from:
            return Stays.TOO_EARLY
        if now >= key.valid_until:
            return Stays.TOO_LATE
        self.newest = key.generation
        if key.issue is Issue.ONE_SHOT:
            self._used.add(key.number)
        return None


class UnknownRoom(Exception):
    """Not in this house, or nobody has a key for it."""


class NothingToCopy(Exception):
    """A duplicate is wanted of a key that was never made, or is void."""


@dataclass
class _Room:
    generation: int = 0
    reservation: str | None = None  # whose key is good; None: nobody's


@dataclass
class House:
    """`rooms` None: every room that is asked for is there, but those in `unknown`."""

    now: Now
    rooms: frozenset[str] | None = None
    unknown: set[str] = field(default_factory=set)
    _kept: dict[str, _Room] = field(default_factory=dict)
    _doors: dict[str, LockDoor] = field(default_factory=dict)
    _written: int = 0

    def door(self, room: str) -> LockDoor:
        """The door of a room; it remembers what it has seen."""
        return self._doors.setdefault(room, LockDoor(room, self.now))

    def write(self, card: LockCard, room: str, since: datetime, until: datetime, issue: Issue, reservation: str) -> None:
        """A key on that card."""
        kept = self._room(room)
        if issue is Issue.NEW:
            kept.generation += 1
            kept.reservation = reservation
        elif kept.reservation is None:
            raise NothingToCopy
        self._written += 1
        card.key = LockKey(self._written, room, kept.generation, since, until, issue, reservation)

    def void(self, room: str, reservation: str) -> None:
        """The keys of that guest are not good any more; with "", of whoever has the room."""
        kept = self._room(room)
        if kept.reservation is None or reservation not in ("", kept.reservation):
            raise UnknownRoom
        kept.reservation = None

    def good(self, card: LockCard) -> bool:
        """Whether the server itself would call the card's key good."""
        key = card.key
        if key is None:
            return False
        kept = self._room(key.room)
        return kept.reservation is not None and kept.generation == key.generation

    def move(self, old_room: str, room: str, reservation: str, card: LockCard | None, until: datetime | None) -> None:
        """The guest's keys: void in the old room; the card that lies there is made one of the new."""
        before = card.key if card is not None else None
        self._room(room)
        self.void(old_room, reservation)
        if card is None or before is None or before.room != old_room:
            return
        self.write(card, room, before.valid_from, until or before.valid_until, Issue.NEW, reservation)

    def erase(self, card: LockCard) -> None:
        card.key = None

    def _room(self, room: str) -> _Room:
        if room in self.unknown or (self.rooms is not None and room not in self.rooms):
            raise UnknownRoom
        return self._kept.setdefault(room, _Room())


