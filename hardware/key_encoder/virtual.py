"""The far end of a key: a virtual door that reads cards as a lock does, and an encoder's pad.

The door has a reader of its own (`Firmware`) and reads over the same APDUs as the kiosk. It
opens for a key with this property's MAC on this very card, for this room or a set it belongs to, at this
time, and none older than the newest it has seen of these: sequence numbers only grow, also across a power
cut of a lock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from hardware.card_reader.contract import CardType
from hardware.card_reader.ntag424 import is_ntag424
from hardware.card_reader.pcsc_wire import (
    GET_UID,
    Answer,
    Nonsense,
    Refused,
    card_type,
    parse_answer,
    profile_of,
)
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import VirtualCard
from hardware.card_reader.virtual_firmware import Firmware
from hardware.card_reader.wallet import Wallet
from hardware.key_encoder.aes_card import READ_KEY
from hardware.key_encoder.area import KEY_CARDS, area_of
from hardware.key_encoder.contract import Opens, RoomKey
from hardware.key_encoder.credential import PropertyKeys, Refusal, decode

Now = Callable[[], datetime]
C = TypeVar("C")  # what is held against a door


class Stays(StrEnum):
    """Why a door stays shut for a key that is ours."""

    OTHER_ROOM = "other-room"
    TOO_EARLY = "too-early"
    TOO_LATE = "too-late"
    SUPERSEDED = "superseded"  # a newer key has opened this door
    UNREADABLE = "unreadable"  # no key card, or one that no known key opens


@dataclass(frozen=True)
class DoorAnswer:
    """What a door did with a card. `reason` is empty when it opened."""

    opened: bool
    reason: Refusal | Stays | None = None

    def __str__(self) -> str:
        return "opened" if self.opened else f"shut: {self.reason}"


class AnyDoor(Generic[C]):
    """One room's lock, of whatever maker. `now` gives its own clock, aware."""

    def __init__(self, room: str, now: Now) -> None:
        self.room = room
        self.log: list[tuple[datetime, DoorAnswer]] = []
        self._now = now

    def try_card(self, card: C, at: datetime | None = None) -> DoorAnswer:
        """Hold a card against it, now or at another time."""
        now = at or self._now()
        reason = self._refusal(card, now)
        answer = DoorAnswer(reason is None, reason)
        self.log.append((now, answer))
        return answer

    def _refusal(self, card: C, now: datetime) -> Refusal | Stays | None:
        raise NotImplementedError

    def try_for_people(self, card: C, moment: str | None = None) -> dict[str, str]:
        """As `try_card`, in words."""
        at = datetime.fromisoformat(moment) if moment is not None else None
        if at is not None and at.tzinfo is None:
            raise ValueError("a time with its offset from UTC: 2030-01-31T12:00+01:00")
        return {"room": self.room, "door": str(self.try_card(card, at))}

    def log_for_people(self) -> dict[str, str]:
        return {f"{when:%Y-%m-%d %H:%M:%S}": str(what) for when, what in self.log}


def sets_of(room: str) -> frozenset[str]:
    """What the virtual house has told its doors: all of them are `all`, those of a floor `floor-1` …"""
    floor = room[:-2]
    return frozenset({"all", f"floor-{floor}"} if floor.isdigit() else {"all"})


class Door(AnyDoor[VirtualCard]):
    """One that reads our own credential. `sets`: the master keys that it opens for."""

    def __init__(self, room: str, keys: PropertyKeys, now: Now, sets: frozenset[str] = frozenset()) -> None:
        super().__init__(room, now)
        self.newest = -1  # highest sequence seen of the room's keys
        self._sets = dict.fromkeys(sets, -1)  # … and of each set's
        self._keys = keys

    def _refusal(self, card: VirtualCard, now: datetime) -> Refusal | Stays | None:
        key = self.reads(card)
        if not isinstance(key, RoomKey):
            return key
        master = key.opens is Opens.SET
        if key.room not in self._sets if master else key.room != self.room:
            return Stays.OTHER_ROOM
        if key.sequence < (self._sets[key.room] if master else self.newest):
            return Stays.SUPERSEDED
        if now < key.valid_from:
            return Stays.TOO_EARLY
        if now >= key.valid_until:
            return Stays.TOO_LATE
        if master:
            self._sets[key.room] = key.sequence
        else:
            self.newest = key.sequence
        return None

    def reads(self, card: VirtualCard) -> RoomKey | Refusal | Stays:
        """What the lock finds on it, before it looks at room, time and sequence."""
        channel = _LockReader(card)
        kind = card_type(card.atr)
        if is_ntag424(channel, card.atr):
            kind = CardType.NTAG424
        if kind not in KEY_CARDS:
            return Stays.UNREADABLE
        uid = channel.transmit(GET_UID).data
        try:
            area = area_of(channel, kind, uid, self._keys, READ_KEY)
            area.open()
            return decode(area.read(), uid, self._keys)
        except (Refused, Nonsense):
            return Stays.UNREADABLE


class _LockReader:
    """The reader in a lock: it activates the card and speaks to it, with no slot or host between."""

    def __init__(self, card: VirtualCard) -> None:
        self.profile = profile_of("lock")
        self._card = card
        self._firmware = Firmware(self.profile)
        self.reset()

    def transmit(self, apdu: bytes) -> Answer:
        return parse_answer(self._firmware.answer(apdu, self._card))

    def reset(self) -> None:
        self._card.activate()


class VirtualEncoder(VirtualReader):
    """A pad for key cards, and the house's doors to try them at."""

    verbs = {
        **VirtualReader.verbs,
        "try-door": "hold the card on the pad against a door: ROOM [ISO time, by default now]",
        "door-log": "what a door has seen: ROOM",
    }

    def __init__(
        self,
        name: str,
        keys: PropertyKeys,
        now: Now = lambda: datetime.now(UTC),
        *,
        wallet: Wallet | None = None,
    ) -> None:
        super().__init__(name, wallet=wallet)
        self._keys = keys
        self._now = now
        self._doors: dict[str, Door] = {}

    def door(self, room: str) -> Door:
        """The door of a room; it remembers what it has seen."""
        if room not in self._doors:
            self._doors[room] = Door(room, self._keys, self._now, sets_of(room))
        return self._doors[room]

    async def do(self, verb: str, *words: str) -> dict[str, str]:
        match verb, words:
            case "try-door", ((room,) | (room, _)):
                with self._changed:  # a card speaks to one reader at a time
                    return self.door(room).try_for_people(self._in_hand(), *words[1:])
            case "door-log", (room,):
                return self.door(room).log_for_people()
        return await super().do(verb, *words)

    def _in_hand(self) -> VirtualCard:
        card = self.card or (self.lifted[0] if self.lifted else None)
        if card is None:
            raise ValueError("no card lies on the pad, and none was lifted from it")
        return card
