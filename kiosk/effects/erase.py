"""Effect: the key on one card is erased, and the hotel's books and the journal know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import structlog

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, CutResult
from kiosk.effects.cards import LOOK_S, MAY_CARRY_IT, CardEffect, KeyNotCut
from kiosk.effects.effect import Owed, Result, UnsureError
from kiosk.hotel.backend import HotelError
from kiosk.key_journal import Act, KeyJournal, Why

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()


class EraseCard(CardEffect):
    """`uid`, `room` and `sequence`: what was read on the card that lies there, as far as it could be.

    A lock maker's server deletes all keys of the card's guest at once: then all of them are void in the books.
    """

    KIND: ClassVar[str] = "erase-card"
    visit: str
    number: int  # of the cards that this visit erases
    by: str
    why: Why
    reservation_id: str = ""
    uid: str = ""
    room: str = ""
    sequence: int | None = None

    @property
    def about_a_key_alone(self) -> bool:
        return True

    def same(self) -> tuple[str, ...]:
        return (self.visit, self.uid, str(self.number))

    @classmethod
    async def of(
        cls, terminal: Terminal, there: CutResult, *, visit: str, number: int, by: str, why: Why
    ) -> EraseCard:
        """Whose key it is stands in the hotel's books, else in this terminal's journal; else only the card is known."""
        known, room = await _owner(terminal, there.uid), there.key.room if there.key else ""
        return cls(
            visit=visit,
            number=number,
            by=by,
            why=why,
            reservation_id=known if terminal.journal.takes(reservation=known) else "",
            uid=there.uid.hex(),
            room=room if terminal.journal.takes(room=room) else "",
            sequence=there.key.sequence or None if there.key else None,
        )

    async def do(self, terminal: Terminal) -> Result:
        erased = await terminal.key_encoder.erase(card_within_s=LOOK_S)  # it lies there: it has just been read
        if erased.outcome is not Cut.DONE:
            if erased.outcome in MAY_CARRY_IT:
                self._write(terminal.journal, Act.UNSURE, erased.uid.hex())
            raise KeyNotCut(erased)
        return await self._tell_hotel(terminal, erased.uid)

    async def find(self, terminal: Terminal) -> Result | None:
        try:
            there = await terminal.key_encoder.read(card_within_s=LOOK_S)
        except DeviceError as error:
            raise UnsureError from error
        if not self.uid or there.uid.hex() != self.uid:
            raise UnsureError
        if there.outcome is Cut.DONE:
            return None
        if there.outcome is Cut.NOT_A_KEY:
            return await self._tell_hotel(terminal, there.uid)
        raise UnsureError

    async def _tell_hotel(self, terminal: Terminal, uid: bytes) -> Result:
        result: Result = {"uid": uid.hex()}
        if self.reservation_id:
            result["all"] = all_keys = await terminal.key_encoder.lies_there() is None
            told = KeyOutOfBooks(
                reservation_id=self.reservation_id,
                uid=uid.hex(),
                all_keys=all_keys,
                token=self.key(terminal.ledger),
            )
            try:
                await told.do(terminal)
            except HotelError as error:
                log.warning("hotel not told of an erased key", trouble=error.trouble)
                terminal.owe(told)
        return result

    def tale(self, done: bool | None) -> str:
        words = {True: "was erased", False: "was not erased", None: "may have been erased"}
        return f"a key card {words[done]}"

    def note(self, journal: KeyJournal, done: bool | None, result: Result | None, key: str) -> None:
        if done is None:
            self._write(journal, Act.UNSURE, self.uid)
        elif done and result is not None:
            self._write(journal, Act.ERASED, str(result["uid"]), key)
            if result.get("all"):
                journal.append(Act.VOIDED, by=self.by, reservation=self.reservation_id, room=self.room, why=self.why)

    def _write(self, journal: KeyJournal, act: Act, uid: str, effect: str = "") -> None:
        journal.append(
            act,
            by=self.by,
            reservation=self.reservation_id,
            room=self.room,
            card=bytes.fromhex(uid),
            sequence=self.sequence,
            why=self.why,
            effect=effect,
        )


class KeyOutOfBooks(Owed):
    """What the hotel must still hear of a card that was erased: its key is void, or all of the guest's are."""

    KIND: ClassVar[str] = "key-out-of-books"
    reservation_id: str
    uid: str
    all_keys: bool
    token: str

    def same(self) -> tuple[str, ...]:
        return (self.token,)

    async def do(self, terminal: Terminal) -> Result:
        hotel = terminal.hotel
        if self.all_keys:
            await hotel.drop_key(self.reservation_id)
            return {}
        for key in await hotel.keys(self.reservation_id):
            if key.active and key.card_uid.lower() == self.uid:
                await hotel.key_erased(key, self.token)
        return {}

    def untold(self) -> str:
        return "a key card was erased, and the hotel's books do not take it"


async def _owner(terminal: Terminal, uid: bytes) -> str:
    """The reservation for which this card was cut last; '' where nobody knows."""
    if not uid:
        return ""
    try:
        known = await terminal.hotel.card_in_books(uid.hex())
    except HotelError as error:
        log.warning("whose card it is not asked", trouble=error.trouble)
        known = None
    if known is not None:
        return known.reservation_id
    here = [entry for entry in terminal.journal.entries() if entry.card == uid.hex() and entry.act in _ABOUT_A_KEY]
    return here[-1].reservation if here and here[-1].act != Act.ERASED else ""


_ABOUT_A_KEY = (Act.CUT, Act.REPLACED, Act.MASTER_CUT, Act.UNSURE, Act.ERASED)
