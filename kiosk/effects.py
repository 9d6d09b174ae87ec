"""Effects: what can't be undone by pressing Back, each with how to do it and how to find out
whether it was done.

| effect | done by | found by | where nobody can know |
|---|---|---|---|
| AssignRoom | postRoomAssignment | the reservation's room | – |
| CheckIn | postCheckIn | the reservation's state | – |
| CutKey | card written and read back, hotel told | the hotel's keys, the card on the encoder | staff are told; the next key gets a higher sequence |
| PrintSlip | printer | – | staff are told; the guest may print again |
| AddCompanion | profile put on the booking | the booking's guests | – |
| SignCard | profile written, cards sealed in the outbox | – | signed again: nothing was kept |

After a crash each intended effect is found out (`recover`), and what a person must finish is told
to the desk once per interrupted visit. The ledger outlives updates: a field that is new here has a
default, one that is gone is ignored, and an effect that this version does not know is told as such.
"""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

import structlog
from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationError

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, CutResult, RoomKey
from hardware.printer.contract import Printed, Slip
from kiosk.facts import sure
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Guest, IssuedKey, Stay
from kiosk.ledger import Entry, Ledger

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()

Result = dict[str, Any]

_NAME = 40
"""As much of a name as a hotel's system surely keeps (OPERA)."""
LOOK_S = 0.5
"""How long a card that may have been cut is looked for on the encoder after a crash."""


class UnsureError(Exception):
    """Nobody can tell whether it was done: a person is told."""


class KeyNotCut(Exception):
    """The card was not written: `result.outcome` says why. The same effect may be tried again."""

    def __init__(self, result: CutResult) -> None:
        self.result = result
        super().__init__(result.outcome)


class Effect(BaseModel, ABC):
    """One act on the far side of a wire."""

    model_config = ConfigDict(frozen=True)
    KIND: ClassVar[str]

    def about(self) -> str:
        """The reservation (else the visit) this is about."""
        return str(getattr(self, "reservation_id", "") or getattr(self, "visit", ""))

    @abstractmethod
    def same(self) -> tuple[str, ...]:
        """The words that make two of these the same act."""

    @abstractmethod
    async def do(self, terminal: Terminal) -> Result: ...

    @abstractmethod
    async def find(self, terminal: Terminal) -> Result | None:
        """The result if it was done, None if it surely was not; UnsureError where nobody knows."""

    @abstractmethod
    def tale(self, done: bool | None) -> str:
        """For the desk, in English: what became of it; None is 'not known'."""


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

    def same(self) -> tuple[str, ...]:
        return (self.reservation_id,)

    async def do(self, terminal: Terminal) -> Result:
        await terminal.hotel.check_in(self.reservation_id)
        return {}

    async def find(self, terminal: Terminal) -> Result | None:
        stay = (await terminal.hotel.reservation(self.reservation_id)).stay
        return {} if stay is Stay.IN_HOUSE else None

    def tale(self, done: bool | None) -> str:
        words = {True: "is checked in", False: "is not checked in", None: "may be checked in"}
        return f"the guest {words[done]}"


class CutKey(Effect):
    """One card with a sequence that the hotel has allocated. `number` counts the guest's cards."""

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

    _card_came: asyncio.Event = PrivateAttr(default_factory=asyncio.Event)
    _asked_s: float | None = None
    _begun: bytes = b""

    @property
    def under_way(self) -> bool:
        """A card has come and is being written: too late to leave off."""
        return self._card_came.is_set()

    def asked(self) -> CutKey:
        """The guest is asked for the card now: one that lay there before does not count."""
        self._asked_s = time.monotonic()
        self._card_came.clear()
        return self

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
        cut = await terminal.key_encoder.cut(
            RoomKey(self.room, self.valid_from, self.valid_until, self.sequence),
            card_within_s=terminal.settings.keys.card_within_s,
            not_uids=frozenset(bytes.fromhex(uid) for uid in self.not_uids),
            only_uid=self._begun,
            after_s=self._asked_s,
            on_card=self._card_came.set,
        )
        if cut.outcome is not Cut.DONE:
            raise KeyNotCut(cut)
        return await self._tell_hotel(terminal, cut.uid)

    async def find(self, terminal: Terminal) -> Result | None:
        for key in await terminal.hotel.keys(self.reservation_id):
            if key.number == self.card_number and key.card_uid:
                return {"uid": key.card_uid}
        try:
            cut = await terminal.key_encoder.read(card_within_s=LOOK_S)
        except DeviceError as error:
            raise UnsureError from error
        key_there = cut.key if cut.outcome is Cut.DONE else None
        if key_there and key_there.room == self.room and key_there.sequence == self.sequence:
            return await self._tell_hotel(terminal, cut.uid)
        raise UnsureError

    async def _tell_hotel(self, terminal: Terminal, uid: bytes) -> Result:
        """The card is cut, whatever the hotel answers: what it could not be told, the desk is."""
        written = IssuedKey(
            self.reservation_id,
            self.room,
            self.sequence,
            self.valid_from,
            self.valid_until,
            card_uid=uid.hex(),
            number=self.card_number,
        )
        try:
            await terminal.hotel.key_written(written, terminal.ledger.opaque(self.KIND, *self.same()))
        except HotelError as error:
            log.warning("hotel not told of a key", trouble=error.trouble)
            terminal.tell_desk("KEY", self.tale(True) + ", the hotel's books do not know its card", self.reservation_id)
        return {"uid": uid.hex()}

    def tale(self, done: bool | None) -> str:
        words = {True: "was cut", False: "was not cut", None: "may have been cut: please cut a new one"}
        return f"key {self.number} for room {self.room} {words[done]}"


class PrintSlip(Effect):
    """`slip` is made again from the visit; only its name is kept."""

    KIND: ClassVar[str] = "print-slip"
    visit: str
    what: str
    reservation_id: str = ""  # of whom the desk is told; entries of older versions have none
    copy_number: int = 0

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
    numbers = ("".join(sign for sign in known.number.upper() if sign.isalnum()) for known in guest.identifications)
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


KINDS: dict[str, type[Effect]] = {
    kind.KIND: kind for kind in (AssignRoom, CheckIn, CutKey, PrintSlip, AddCompanion, SignCard)
}


async def once(terminal: Terminal, visit: str, effect: Effect) -> Result:
    """Do `effect`, or find that it was done already. Raises what its far side raises."""
    ledger = terminal.ledger
    key = ledger.opaque(effect.KIND, *effect.same())
    before = ledger.entry(key)
    if before is not None and before.state != "failed":
        found = await effect.find(terminal) if not isinstance(effect, CutKey | PrintSlip) else before.result
        if found is not None:
            ledger.settle(key, "done", found)
            return found
    ledger.intend(key, visit, ledger.opaque(effect.about()), effect.KIND, effect.model_dump(mode="json"))
    try:
        result = await effect.do(terminal)
    except HotelError as error:
        if not error.may_have_been_done:
            ledger.settle(key, "failed")
            raise
        found = await _ask_far_side(terminal, key, effect)
        if found is None:
            raise
        result = found
    except (DeviceError, KeyNotCut):
        ledger.settle(key, "failed")
        raise
    except asyncio.CancelledError:
        if isinstance(effect, CutKey) and not effect.under_way:
            ledger.settle(key, "failed")  # it waited for a card: nothing was written
        raise  # what else was left off in the middle is found out by `recover`
    ledger.settle(key, "done", result)
    return result


async def _ask_far_side(terminal: Terminal, key: str, effect: Effect) -> Result | None:
    """After an answer that was lost: done, surely not done (None), or still open in the ledger."""
    try:
        found = await effect.find(terminal)
    except (HotelError, UnsureError):
        return None  # stays intended: the next start or `recover` asks again
    if found is None:
        terminal.ledger.settle(key, "failed")
    return found


async def recover(terminal: Terminal, current_visit: str = "") -> int:
    """Find out what became of every effect that a crash or a lost answer left open; tell the desk.

    Effects of `current_visit` are left alone. Returns how many were settled. Raises HotelError
    while the hotel can't be asked: nothing is settled then, call again when it answers.
    """
    found_out = [
        await _found_out(terminal, entry)
        for entry in terminal.ledger.unsettled()
        if entry.visit != current_visit
    ]
    with terminal.ledger.together():
        for visit in dict.fromkeys(found.entry.visit for found in found_out):
            mine = [found for found in found_out if found.entry.visit == visit]
            tale = "; ".join(found.tale for found in mine)
            reservation = next((id for found in mine if (id := found.entry.arguments.get("reservation_id"))), "")
            terminal.tell_desk("INTERRUPTED", f"Self check-in was interrupted: {tale}", reservation)
        for found in found_out:
            terminal.ledger.settle(found.entry.key, found.state, found.result)
            log.warning("effect found out", effect=found.entry.kind, state=found.state)
    return len(found_out)


@dataclass(frozen=True)
class _Found:
    """What became of an effect that was left open: its next state in the ledger, and what the desk reads."""

    entry: Entry
    state: str
    tale: str
    result: Result | None = None


async def _found_out(terminal: Terminal, entry: Entry) -> _Found:
    try:
        effect = KINDS[entry.kind].model_validate(entry.arguments)
    except (KeyError, ValidationError):  # of another version, or sealed with a key that this terminal had before
        return _Found(entry, "told", f"nobody knows here what became of '{entry.kind}'")
    try:
        found = await effect.find(terminal)
    except UnsureError:
        return _Found(entry, "told", effect.tale(None))
    except HotelError as error:
        if error.trouble not in (Trouble.NOT_FOUND, Trouble.REFUSED):
            raise
        return _Found(entry, "told", effect.tale(None))  # it answers, and does not know the booking any more
    return _Found(entry, "failed" if found is None else "done", effect.tale(found is not None), found)
