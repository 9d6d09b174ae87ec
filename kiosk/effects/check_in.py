"""Effects of a check-in: room, arrival, who comes along, the signed card, the paper."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from hardware.printer.contract import Printed, Slip
from kiosk.effects.effect import Effect, Result, UnsureError
from kiosk.facts import sure
from kiosk.hotel.model import Guest, Stay
from kiosk.hotel.same_person import plain_number
from kiosk.ledger import Ledger

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

_NAME = 40
"""As much of a name as a hotel's system surely keeps (OPERA)."""


class AssignRoom(Effect):
    KIND: ClassVar[str] = "assign-room"
    reservation_id: str
    room: str

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.room)

    async def do(self, terminal: Terminal) -> Result:
        await terminal.hotel.assign_room(self.reservation_id, self.room)
        return {}

    async def find(self, terminal: Terminal) -> Result | None:
        room = (await terminal.hotel.reservation(self.reservation_id)).room
        return {} if room and room.number == self.room else None

    def tale(self, done: bool | None) -> str:
        words = {True: "is assigned", False: "is not assigned", None: "may be assigned"}
        return f"room {self.room} {words[done]}"


class CheckIn(Effect):
    KIND: ClassVar[str] = "check-in"
    reservation_id: str
    pays_later: bool = False  # a colleague let them

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id,)

    async def do(self, terminal: Terminal) -> Result:
        await terminal.hotel.check_in(self.reservation_id, pays_later=self.pays_later)
        return {}

    async def find(self, terminal: Terminal) -> Result | None:
        stay = (await terminal.hotel.reservation(self.reservation_id)).stay
        return {} if stay is Stay.IN_HOUSE else None

    def tale(self, done: bool | None) -> str:
        words = {True: "is checked in", False: "is not checked in", None: "may be checked in"}
        return f"the guest {words[done]}"


class PrintSlip(Effect):
    """`slip` is made again from the visit; only its name is kept."""

    KIND: ClassVar[str] = "print-slip"
    visit: str
    what: str
    reservation_id: str = ""  # of whom the desk is told; entries of older versions have none
    copy_number: int = 0
    by: str = ""  # the staff number of who prints it

    ASKS_FIRST: ClassVar[bool] = False

    _slip: Slip | None = None

    def of(self, slip: Slip) -> PrintSlip:
        self._slip = slip
        return self

    def same(self) -> tuple[str, ...]:
        return (self.visit, self.what, str(self.copy_number))

    async def do(self, terminal: Terminal) -> Result:
        printed = await terminal.printer.print(sure(self._slip))
        return {"sure": printed is Printed.DONE}

    async def find(self, terminal: Terminal) -> Result | None:
        raise UnsureError

    def tale(self, done: bool | None) -> str:
        return f"the slip ({self.what}) may not have been printed"


class AddCompanion(Effect):
    """One who comes along, at the hotel: onto the booking, or into the profile that the booking names.

    `person` is opaque: document number, or name and birth date, as only this terminal can make it of them.
    """

    KIND: ClassVar[str] = "add-companion"
    reservation_id: str
    person: str

    _guest: Guest | None = None

    @classmethod
    def of(cls, guest: Guest, reservation_id: str, ledger: Ledger) -> AddCompanion:
        effect = cls(reservation_id=reservation_id, person=_person(ledger, guest)[0])
        effect._guest = guest
        return effect

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.person)

    async def do(self, terminal: Terminal) -> Result:
        await terminal.hotel.add_companion(self.reservation_id, sure(self._guest))
        return {}

    async def find(self, terminal: Terminal) -> Result | None:
        guests = (await terminal.hotel.reservation(self.reservation_id)).guests
        return {} if any(self.person in _person(terminal.ledger, guest) for guest in guests) else None

    def tale(self, done: bool | None) -> str:
        words = {True: "is on the booking", False: "is not on the booking", None: "may be on the booking"}
        return f"one who comes along {words[done]}"


def _person(ledger: Ledger, guest: Guest) -> tuple[str, ...]:
    """All that this person is known by, opaque: their documents, from the first on; then name and birth date."""
    names = [" ".join(name[:_NAME].casefold().split()) for name in (guest.family_name, guest.given_name)]
    born = guest.born.isoformat() if guest.born else ""
    numbers = (plain_number(known) for known in guest.identifications)
    documents = [ledger.opaque("document", number) for number in numbers if number]
    return (*documents, ledger.opaque("person", *names, born))


class SignCard(Effect):
    """The signed registration cards of a party, into the outbox; what the head's tells, into the hotel's profile."""

    KIND: ClassVar[str] = "sign-card"
    reservation_id: str
    card_id: str

    _pdf: bytes = b""
    _guest: Guest | None = None
    _others: Sequence[tuple[str, bytes]] = ()

    def of(self, pdf: bytes, guest: Guest, others: Sequence[tuple[str, bytes]] = ()) -> SignCard:
        """`others`: id and PDF of each card that the same signature covers."""
        self._pdf, self._guest, self._others = pdf, guest, tuple(others)
        return self

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id, self.card_id)

    async def do(self, terminal: Terminal) -> Result:
        await terminal.hotel.save_guest(sure(self._guest), self.reservation_id)
        for card_id, pdf in (*self._others, (self.card_id, self._pdf)):
            await asyncio.to_thread(terminal.outbox.put, card_id, "registration-card", pdf)
        return {}

    async def find(self, terminal: Terminal) -> Result | None:
        return None  # a card that was not put away whole is signed again

    def tale(self, done: bool | None) -> str:
        return "the registration card must be signed again"
