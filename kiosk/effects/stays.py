"""Effects about a stay that end or lengthen its keys: a guest is moved to another room, or leaves on another day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, ClassVar

import structlog

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut
from hardware.readings import Kind
from kiosk.effects.effect import Effect, Result, beside
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.key_journal import Act, KeyJournal, Why

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()


class MoveRoom(Effect):
    """A guest in house gets another room; the keys of the old one are void."""

    KIND: ClassVar[str] = "move-room"
    reservation_id: str
    room: str
    by: str
    approved_by: str = ""
    old_room: str = ""
    visit: str = ""
    number: int = 0  # of the changes of this visit: who moves back, and here once more, is moved three times

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.room, self.visit, str(self.number))

    async def do(self, terminal: Terminal) -> Result:
        if not terminal.journal.takes(reservation=self.reservation_id, room=self.room):
            raise HotelError("move", Trouble.REFUSED)
        await terminal.hotel.move(self.reservation_id, self.room)
        return await self._tell_locks(terminal)

    async def find(self, terminal: Terminal) -> Result | None:
        room = (await terminal.hotel.reservation(self.reservation_id)).room
        return await self._tell_locks(terminal) if room and room.number == self.room else None

    async def _tell_locks(self, terminal: Terminal) -> Result:
        """The lock server, where there is one, ends the keys of the old room; said twice it is the same."""
        if not self.old_room or terminal.devices.get(Kind.KEY_ENCODER) is None:
            return {}
        try:
            ended = await terminal.key_encoder.void(self.old_room, self.reservation_id)
        except DeviceError as error:
            log.warning("locks not told of a move", fault=error.fault)
            ended = Cut.BUSY
        if ended is Cut.DONE:
            return {"voided": True}
        if ended not in (None, Cut.ROOM_UNKNOWN):
            words = f"the guest of room {self.old_room} was moved to {self.room}, and the lock server could not be told"
            words += f": please take back the keys of room {self.old_room} there"
            token = terminal.ledger.opaque("void", *self.same())
            terminal.tell_desk("KEY", words, self.reservation_id, token=token)
        return {}

    def tale(self, done: bool | None) -> str:
        words = {True: "was moved", False: "was not moved", None: "may have been moved"}
        return f"the guest {words[done]} to room {self.room}"

    def note(self, journal: KeyJournal, done: bool | None, result: Result | None, key: str) -> None:
        if done:
            journal.append(
                Act.MOVED,
                by=self.by,
                approved_by=self.approved_by,
                reservation=self.reservation_id,
                room=self.room,
                why=Why.ROOM_CHANGED,
                effect=key,
            )
        if done and result and result.get("voided"):
            journal.append(
                Act.VOIDED,
                by=self.by,
                approved_by=self.approved_by,
                reservation=self.reservation_id,
                room=self.old_room,
                why=Why.ROOM_CHANGED,
                effect=beside(key, "voided "),
            )


class ExtendStay(Effect):
    """A guest in house leaves on another day."""

    KIND: ClassVar[str] = "extend-stay"
    reservation_id: str
    room: str
    departure: date
    by: str
    visit: str = ""
    number: int = 0

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.departure.isoformat(), self.visit, str(self.number))

    async def do(self, terminal: Terminal) -> Result:
        await terminal.hotel.extend(self.reservation_id, self.departure)
        return {}

    async def find(self, terminal: Terminal) -> Result | None:
        booking = await terminal.hotel.reservation(self.reservation_id)
        return {} if booking.departure == self.departure else None

    def tale(self, done: bool | None) -> str:
        words = {True: "leaves", False: "does not leave", None: "may leave"}
        return f"the guest {words[done]} on {self.departure.isoformat()}"

    def note(self, journal: KeyJournal, done: bool | None, result: Result | None, key: str) -> None:
        if done:
            journal.append(
                Act.EXTENDED,
                by=self.by,
                reservation=self.reservation_id,
                room=self.room,
                why=Why.LONGER_STAY,
                effect=key,
            )
