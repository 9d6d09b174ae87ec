"""What lies behind the virtual lock server's wire: encoders, the cards on them, doors, and what a person does with them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.fias_wire import Record, Status
from hardware.key_encoder.virtual import Now
from hardware.key_encoder.virtual_lock_session import Request, Session
from hardware.key_encoder.virtual_locks import House, LockCard, LockKey, NothingToCopy, UnknownRoom

CARD_VERBS = {
    "room-unknown": "ROOM: the house has no such room",
    "room-known": "ROOM: it has",
    "encoder-empty": "the encoder waits for no card: NR at once; again: it does",
    "lay-card": "[UID]: lay a card on the encoder, a new one or one of before",
    "lift": "take it away",
    "show": "the card on the encoder",
    "try-door": "ROOM [ISO time]: hold the card against a door",
    "door-log": "ROOM: what a door has seen",
}


@dataclass
class Coder:
    """One encoder of the lock system."""

    card: LockCard | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    laid: asyncio.Event = field(default_factory=asyncio.Event)
    empty: bool = False
    lifted: LockCard | None = None  # the last one

    def lay(self, card: LockCard | None) -> None:
        self.lifted, self.card = self.card or self.lifted, card
        if card is None:
            self.laid.clear()
        else:
            self.laid.set()


class LockSystem:
    """Each encoder (KC) is made when it is first asked for. `uids`: whether a card's UID is told ($2)."""

    def __init__(self, now: Now, *, uids: bool = True, card_within_s: float) -> None:
        self.house = House(now)
        self.card_within_s = card_within_s
        self._now = now
        self._uids = uids
        self._coders: dict[str, Coder] = {}
        self._wallet: dict[bytes, LockCard] = {}

    def coder(self, name: str) -> Coder:
        return self._coders.setdefault(name, Coder())

    @property
    def first(self) -> Coder:
        """The encoder on which a person lays cards."""
        return next(iter(self._coders.values())) if self._coders else self.coder("1")

    def card(self, uid: bytes) -> LockCard:
        """A card of before, or a new one."""
        return self._wallet.setdefault(uid, LockCard(uid))

    def lay(self, uid: bytes = b"") -> LockCard:
        """Lay that card on the encoder; without a UID one that nobody has seen yet."""
        card = self.card(uid or bytes((4, 0xC0, 0xDE, 0, 0, 0, len(self._wallet) + 1)))
        self.first.lay(card)
        return card

    async def work(self, session: Session, request: Request) -> Record:
        """What the request wants done, and KA. A second one at the same encoder finds it busy."""
        asked, coder = request.record, self.coder(request.coder)
        if coder.turn.locked():
            return session.answer(asked, Status.BUSY)
        async with coder.turn:
            try:
                if asked.id == "KD":
                    return self._delete(session, request, coder)
                if asked.id == "KM":
                    until = self._aware(request.until)
                    self.house.move(request.old_room, request.room, request.reservation, coder.card, until)
                    return session.answer(asked, Status.OK, **self._uid(coder.card))
                card = await self._card(coder)
                if card is None:
                    return session.answer(asked, Status.NO_RESPONSE)
                return self._read(session, asked, card) if asked.id == "KZ" else self._cut(session, request, card)
            except UnknownRoom:
                return session.answer(asked, Status.NO_GUEST, CT="room or guest not found")
            except NothingToCopy:
                return session.answer(asked, Status.UNPROCESSABLE, CT="no key to copy")

    def _cut(self, session: Session, request: Request, card: LockCard) -> Record:
        since, until = self._aware(request.since), self._aware(request.until)
        if since is None or until is None:
            return session.answer(request.record, Status.UNPROCESSABLE, CT="no dates")
        self.house.write(card, request.room, since, until, request.issue, request.reservation)
        return session.answer(request.record, Status.OK, **self._uid(card))

    def _read(self, session: Session, asked: Record, card: LockCard) -> Record:
        key = card.key
        if key is None:
            return session.answer(asked, Status.UNPROCESSABLE, CT="no key", **self._uid(card))
        return session.answer(asked, Status.OK, **_said(key, self._now()), **self._uid(card))

    def _delete(self, session: Session, request: Request, coder: Coder) -> Record:
        """The guest's keys; and the card on the encoder, if it is one of them."""
        self.house.void(request.room, request.reservation)
        card = coder.card
        if card is not None and card.key is not None and card.key.room == request.room:
            self.house.erase(card)
        return session.answer(request.record, Status.OK, **self._uid(card))

    async def _card(self, coder: Coder) -> LockCard | None:
        if coder.empty:
            return None
        try:
            async with asyncio.timeout(self.card_within_s):
                await coder.laid.wait()
        except TimeoutError:
            return None
        return coder.card

    def _uid(self, card: LockCard | None) -> dict[str, str]:
        return {"$2": card.uid.hex().upper()} if card is not None and self._uids else {}

    def _aware(self, naive: datetime | None) -> datetime | None:
        return naive.replace(tzinfo=self._now().tzinfo) if naive else None

    # --- played with -------------------------------------------------------------------------------

    def play(self, verb: str, *words: str) -> dict[str, str]:
        """One of CARD_VERBS; what is now so. ValueError if it can't be."""
        match verb, words:
            case "lay-card", ():
                self.lay()
            case "lay-card", (uid,):
                self.lay(bytes.fromhex(uid))
            case "lift", ():
                self.first.lay(None)
            case "encoder-empty", ():
                self.first.empty = not self.first.empty
            case "room-unknown", (room,):
                self.house.unknown.add(room)
            case "room-known", (room,):
                self.house.unknown.discard(room)
            case "try-door", ((room,) | (room, _)):
                return self.house.door(room).try_for_people(self._in_hand(), *words[1:])
            case "door-log", (room,):
                return self.house.door(room).log_for_people()
            case "show", ():
                pass
            case _:
                raise ValueError(f"{verb}: {CARD_VERBS.get(verb, 'unknown')}")
        card = self.first.card
        return {
            "card": "lock-card" if card else "none",
            "uid": card.uid.hex() if card else "",
            "content": _shown(card.key) if card and card.key else "",
        }

    def _in_hand(self) -> LockCard:
        """The card on the encoder, or the last one that lay there."""
        card = self.first.card or self.first.lifted
        if card is None:
            raise ValueError("no card lies on the encoder, and none was lifted from it")
        return card


def _said(key: LockKey, now: datetime) -> dict[str, str]:
    zone = now.tzinfo
    since, until = key.valid_from.astimezone(zone), key.valid_until.astimezone(zone)
    return {
        "RN": key.room,
        "G#": key.reservation,
        "GA": wire.date_field(since),
        "GD": wire.date_field(until),
        "DT": wire.time_field(until),
    }


def _shown(key: LockKey) -> str:
    return f"key {key.number} for room {key.room} until {key.valid_until:%Y-%m-%d %H:%M}, {key.issue}"
