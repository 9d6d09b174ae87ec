"""Effects about keys: cut one, tell the hotel of one afterwards.

What was done to a key, for whom, why and by whom, goes into the journal (`key_journal.py`) before the
ledger calls it done: a power cut between the two finds it again, and it stands there once.
"""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import structlog
from pydantic import PrivateAttr

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, CutResult, Issue, RoomKey
from kiosk.effects.cards import LOOK_S, MAY_CARRY_IT, CardEffect, KeyNotCut
from kiosk.effects.charges import PostCharge
from kiosk.effects.effect import Owed, Result, UnsureError, beside
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import IssuedKey
from kiosk.key_journal import GUEST, Act, JournalError, KeyJournal, Why

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()

LONGEST_ROOM = 8
"""As much of a room's name as a key can carry (`RoomKey`)."""


class CutKey(CardEffect):
    """One card with a sequence that the hotel has allocated. `number` counts the cards of a visit.

    `by`, `approved_by`: staff numbers, or the guest alone. A `card_number` of '' says that the hotel could not
    be asked: the sequence is the terminal's own, and the hotel hears of the key later.
    """

    KIND: ClassVar[str] = "cut-key"
    reservation_id: str
    room: str
    valid_from: datetime
    valid_until: datetime
    sequence: int
    card_number: str  # the hotel's, of this card
    number: int
    visit: str
    not_uids: tuple[str, ...] = ()
    issue: Issue = Issue.NEW
    by: str = GUEST
    approved_by: str = ""
    why: Why = Why.CHECK_IN
    charge: PostCharge | None = None  # what its guest has agreed to pay for it
    doubts: tuple[str, ...] = ()  # in the ledger: UIDs of cards that may carry it; '' where the UID is not known

    _card_came: asyncio.Event = PrivateAttr(default_factory=asyncio.Event)
    _asked_s: float | None = None
    _begun: bytes = b""
    _seen: bytes = b""  # the card that came last
    _doubts: list[str] = PrivateAttr(default_factory=list)
    _lost_sight: bool = False  # of a card in doubt, by a fault

    def model_post_init(self, _context: Any, /) -> None:
        self._doubts.extend(self.doubts)

    @property
    def under_way(self) -> bool:
        """A card has come and is being written: too late to leave off."""
        return self._card_came.is_set()

    def asked(self) -> CutKey:
        """The guest is asked for the card now: one that lay there before does not count."""
        self._asked_s = time.monotonic()
        self._card_came.clear()
        self._seen = b""
        return self

    @property
    def about_a_key_alone(self) -> bool:
        return super().about_a_key_alone or self.why is not Why.CHECK_IN

    def may_be_done(self, error: Exception) -> bool:
        if isinstance(error, KeyNotCut):
            return error.result.outcome in MAY_CARRY_IT
        return super().may_be_done(error)

    def stays_open(self, *, open_before: bool) -> bool:
        """A card may carry it that was not read back: it stays so until one is known to."""
        return open_before or bool(self._doubts)

    def doubt(self, *, lost_sight: bool) -> bool:
        """The next card may be another one, and the next try may never come. `lost_sight`: nobody can say which way
        the last one went."""
        self._lost_sight = self._lost_sight or lost_sight
        if self._seen.hex() not in self._doubts:
            self._doubts.append(self._seen.hex())
        return True

    def tried_before(self, arguments: Result) -> None:
        self._doubts.extend(uid for uid in arguments.get("doubts", ()) if uid not in self._doubts)
        self._lost_sight = True

    def arguments(self) -> Result:
        return super().arguments() | {"doubts": list(self._doubts)}

    def after(self, terminal: Terminal, result: Result) -> None:
        """It is on a card now; one that was lost sight of may carry it too."""
        if self._lost_sight and any(not uid or uid != result["uid"] for uid in self._doubts):
            words = f"one card more than is known may carry key {self.number} for {self.where}"
            words += ": please replace all keys if it does not turn up"
            token = terminal.ledger.opaque("one-more", *self.same())
            terminal.tell_desk("KEY", words, self.reservation_id, token=token)

    @property
    def where(self) -> str:
        """What it opens, for the desk."""
        return f"room {self.room}"

    def wanted(self) -> RoomKey:
        """What is to stand on the card."""
        return RoomKey(self.room, self.valid_from, self.valid_until, self.sequence)

    def begun_on(self, failed: CutResult) -> None:
        """A card that was lifted may carry the key already: it goes on no other, or there would be one more
        than anybody knows. A card that is no good is let go."""
        if failed.outcome is Cut.LIFTED:
            self._begun = failed.uid
        elif failed.outcome not in (Cut.ANOTHER_CARD, Cut.TWO_CARDS):
            self._begun = b""

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.room, self.visit, str(self.number))

    async def do(self, terminal: Terminal) -> Result:
        self._must_be_possible(terminal.journal)
        cut = await terminal.key_encoder.cut(
            self.wanted(),
            card_within_s=terminal.settings.keys.card_within_s,
            issue=self.issue,
            reservation=self.reservation_id,
            not_uids=frozenset(bytes.fromhex(uid) for uid in self.not_uids),
            only_uid=self._begun,
            after_s=self._asked_s,
            on_card=self._came,
            on_late=lambda late: self._came_late(terminal, late.uid),
        )
        if cut.outcome is not Cut.DONE:
            self._note_refused(terminal.journal, cut)
            raise KeyNotCut(cut)
        return await self._is_cut(terminal, cut.uid, by_visit=self.visit)

    def _must_be_possible(self, journal: KeyJournal) -> None:
        """Asked before any card is: what can't be written down, or on no card, is not cut."""
        journal.must_have_room()
        if not (1 <= len(self.room) <= LONGEST_ROOM and journal.takes(reservation=self.reservation_id, room=self.room)):
            raise KeyNotCut(CutResult(Cut.ROOM_UNKNOWN))

    def _came(self, uid: bytes) -> None:
        self._seen = uid
        self._card_came.set()

    def _came_late(self, terminal: Terminal, uid: bytes) -> None:
        """A lock server says, after nobody waited any more, that it has written the card.

        Who tries again has this one; who has gone is told of at the desk, by `doing.recover`.
        """
        key = self.key(terminal.ledger)
        entry = terminal.ledger.entry(key)
        if entry is None or entry.state == "done":  # for another card
            self.after(terminal, {"uid": ""})
            return
        log.warning("key cut, told late", effect=self.KIND)
        result = {"uid": uid.hex()}
        terminal.ledger.settle(key, "intended", result)
        try:
            self.note(terminal.journal, True, result, key)
        except JournalError as error:  # written when it is settled
            log.error("a late key can't be written down", why=str(error))
        terminal.wake_errands()

    async def follow(self, terminal: Terminal, result: Result, *, by_visit: str) -> None:
        await self._is_cut(terminal, bytes.fromhex(str(result["uid"])), by_visit=by_visit)

    async def _is_cut(self, terminal: Terminal, uid: bytes, *, by_visit: str = "") -> Result:
        """What follows from a card that is known to be cut; asked for twice, it is the same."""
        if self.charge is not None:
            terminal.owe(self.charge, by_visit=by_visit)
        return await self._tell_hotel(terminal, uid)

    async def find(self, terminal: Terminal) -> Result | None:
        known = await terminal.hotel.keys(self.reservation_id)
        for key in known:
            if self.card_number and key.number == self.card_number and key.card_uid:
                return await self._is_cut(terminal, bytes.fromhex(key.card_uid))
        try:
            cut = await terminal.key_encoder.read(card_within_s=LOOK_S)
        except DeviceError as error:
            raise UnsureError from error
        another = any(key.card_uid.lower() == cut.uid.hex() and self._like(key) for key in known)
        if cut.outcome is Cut.DONE and cut.key is not None and self._is_it(cut.key, cut.uid) and not another:
            return await self._is_cut(terminal, cut.uid)
        raise UnsureError

    def _like(self, key: IssuedKey) -> bool:
        """Another key in the books that its card could be taken for this one: the guest's first of two."""
        return key.active and key.room == self.room and key.sequence == self.sequence

    def _is_it(self, there: RoomKey, uid: bytes) -> bool:
        """Whether the key on the card is this one; a lock server, which tells no sequence, by its end and its card."""
        if there.room != self.room:
            return False
        if there.sequence:
            return there == self.wanted() and uid.hex() not in self.not_uids
        return there.valid_until == self.valid_until and bool(uid) and uid.hex() not in self.not_uids

    async def _tell_hotel(self, terminal: Terminal, uid: bytes) -> Result:
        """The card is cut, whatever the hotel answers: what it can't be told now it is told later."""
        told = KeyInBooks(
            reservation_id=self.reservation_id,
            room=self.room,
            valid_from=self.valid_from,
            valid_until=self.valid_until,
            sequence=self.sequence,
            card_number=self.card_number,
            uid=uid.hex(),
            token=self.key(terminal.ledger),
        )
        try:
            if not self.card_number:
                raise HotelError("key_written", Trouble.DOWN)  # it was away when the key was asked for
            await told.do(terminal)
        except HotelError as error:
            log.warning("hotel not told of a key", trouble=error.trouble)
            terminal.owe(told)
        return {"uid": uid.hex()}

    def tale(self, done: bool | None) -> str:
        words = {True: "was cut", False: "was not cut", None: "may have been cut: please cut a new one"}
        fee = self.charge if done is None else None
        unpaid = f"; {fee.amount} {fee.currency} for it are not on the bill" if fee else ""
        return f"key {self.number} for {self.where} {words[done]}{unpaid}"

    def act(self) -> Act:
        """As which it stands in the journal."""
        return Act.REPLACED if self.issue is Issue.NEW else Act.CUT

    def note(self, journal: KeyJournal, done: bool | None, result: Result | None, key: str) -> None:
        if done is False:
            return
        for card in [str(result["uid"])] if result else self._doubts or [""]:
            journal.append(
                self.act() if done else Act.UNSURE,
                by=self.by,
                approved_by=self.approved_by,
                reservation=self.reservation_id,
                room=self.room,
                card=bytes.fromhex(card),
                sequence=self.sequence,
                issue=self.issue.value,
                why=self.why,
                until=self.valid_until,
                effect=key if done else beside(key, f"unsure {self.sequence} {card}"),
            )

    def _note_refused(self, journal: KeyJournal, cut: CutResult) -> None:
        """A card that was there and does not carry the key, as far as anybody knows."""
        if cut.outcome in (Cut.NO_CARD, Cut.ANOTHER_CARD, Cut.BUSY, *MAY_CARRY_IT):
            return
        journal.append(
            Act.REFUSED_CARD,
            by=self.by,
            reservation=self.reservation_id,
            room=self.room,
            card=cut.uid,
            sequence=self.sequence,
            why=self.why,
        )


class KeyInBooks(Owed):
    """What the hotel must still hear of a key that was cut; with the same `token` it stands in the books once."""

    KIND: ClassVar[str] = "key-in-books"
    reservation_id: str
    room: str
    valid_from: datetime
    valid_until: datetime
    sequence: int
    card_number: str
    uid: str
    token: str

    def same(self) -> tuple[str, ...]:
        return (self.token,)

    async def do(self, terminal: Terminal) -> Result:
        if self.card_number:
            await terminal.hotel.key_written(self._written(), self.token)
        else:
            await terminal.hotel.post_key(
                self.reservation_id,
                self.room,
                self.sequence,
                valid_from=self.valid_from,
                valid_until=self.valid_until,
                card_uid=self.uid,
                token=self.token,
            )
        return {}

    def untold(self) -> str:
        return f"key {self.sequence} for room {self.room} is cut, and the hotel's books do not take it: please replace it"

    def _written(self) -> IssuedKey:
        return IssuedKey(
            self.reservation_id,
            self.room,
            self.sequence,
            self.valid_from,
            self.valid_until,
            card_uid=self.uid,
            number=self.card_number,
        )
