"""Effects: what can't be undone by pressing Back, done once; and after a crash found out.

| effect | done by | found by | where nobody can know |
|---|---|---|---|
| AssignRoom | postRoomAssignment | the reservation's room | – |
| CheckIn | postCheckIn | the reservation's state | – |
| CutKey | card written and read back, hotel told | the hotel's keys, the card on the encoder | staff are told; the next key gets a higher sequence |
| KeyInBooks | the hotel told of a key | told again, by a token | staff are told |
| EraseCard | card erased, hotel told | the card on the encoder | staff are told |
| KeyOutOfBooks | the hotel told that a card is void | told again | staff are told |
| MoveRoom, ExtendStay | the reservation changed | the reservation | – |
| PostCharge | a posting with our reference | the folio, by that reference | staff are told |
| PrintSlip | printer | – | staff are told; the guest may print again |
| AddCompanion | profile put on the booking | the booking's guests | – |
| SignCard | profile written, cards sealed in the outbox | – | signed again: nothing was kept |

After a crash each intended effect is found out (`recover`), and what a person must finish is told
to the desk once per interrupted visit. The ledger outlives updates: a field that is new here has a
default, one that is gone is ignored, and an effect that this version does not know is told as such.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import structlog
from pydantic import ValidationError

from hardware.errors import DeviceError, DeviceGone, DeviceNonsense, DeviceSilent
from hardware.printer.contract import Printed, Slip
from kiosk.charges import PostCharge
from kiosk.effect import Effect, Result, UnsureError
from kiosk.erase_effect import EraseCard, KeyOutOfBooks
from kiosk.facts import sure
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Guest, Stay
from kiosk.key_effects import CutKey, ExtendStay, KeyInBooks, KeyNotCut, MoveRoom
from kiosk.key_journal import JournalError
from kiosk.ledger import Entry, Ledger

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()

_NAME = 40
"""As much of a name as a hotel's system surely keeps (OPERA)."""
LATER = "later"
"""In the place of a visit: what must still be done, whoever is there."""


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
    kind.KIND: kind
    for kind in (
        AssignRoom,
        CheckIn,
        CutKey,
        KeyInBooks,
        EraseCard,
        KeyOutOfBooks,
        MoveRoom,
        ExtendStay,
        PrintSlip,
        PostCharge,
        AddCompanion,
        SignCard,
    )
}


async def once(terminal: Terminal, visit: str, effect: Effect) -> Result:
    """Do `effect`, or find that it was done already. Raises what its far side raises."""
    ledger = terminal.ledger
    key = ledger.opaque(effect.KIND, *effect.same())
    before = ledger.entry(key)
    if before is not None and before.state != "failed":
        ask = not isinstance(effect, CutKey | EraseCard | PrintSlip)  # a person stands there and can do it again
        found = await effect.find(terminal) if ask else before.result
        if found is not None:
            _settle(terminal, effect, key, found)
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
    except (DeviceError, KeyNotCut, JournalError) as error:
        if not _may_be_done(effect, error):
            ledger.settle(key, "failed")
        elif isinstance(effect, CutKey):  # the next card may be another one
            effect.note(terminal.journal, None, None, key)
        raise
    except asyncio.CancelledError:
        if isinstance(effect, CutKey) and not effect.under_way:
            ledger.settle(key, "failed")  # it waited for a card: nothing was written
        raise  # what else was left off in the middle is found out by `recover`
    _settle(terminal, effect, key, result)
    return result


def _settle(terminal: Terminal, effect: Effect, key: str, result: Result) -> None:
    """In this order: what the ledger calls done stands in the journal."""
    effect.note(terminal.journal, True, result, key)
    terminal.ledger.settle(key, "done", result)


def owe(terminal: Terminal, effect: Effect) -> str:
    """Done by `recover` as soon as the far side answers: for effects whose finding out is doing. Told: its key."""
    ledger = terminal.ledger
    key = ledger.opaque(effect.KIND, *effect.same())
    ledger.intend(key, LATER, ledger.opaque(effect.about()), effect.KIND, effect.model_dump(mode="json"))
    return key


def _may_be_done(effect: Effect, error: Exception) -> bool:
    """Whether a card may have been written though the encoder failed: then it is done again, or found out by `recover`."""
    under_way = isinstance(effect, EraseCard) or (isinstance(effect, CutKey) and effect.under_way)
    return under_way and isinstance(error, DeviceGone | DeviceSilent | DeviceNonsense | JournalError)


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
    found_out: list[_Found] = []
    for entry in terminal.ledger.unsettled():
        if entry.visit == current_visit or entry.key in terminal.held:
            continue
        try:
            found_out.append(await _found_out(terminal, entry))
        except HotelError as error:
            if entry.visit != LATER or error.trouble is not Trouble.BROKEN:
                raise
            # The hotel answers, and can't do this one now: it holds up nothing else.
            log.warning("still owed", effect=entry.kind, code=error.code)
    with terminal.ledger.together():
        for visit in dict.fromkeys(found.entry.visit for found in found_out):
            mine = [found for found in found_out if found.entry.visit == visit]
            tale = "; ".join(found.tale for found in mine if found.tale)
            if not tale:
                continue
            reservation = next(
                (id for found in mine if (id := found.entry.arguments.get("reservation_id"))), ""
            )
            words = tale if visit == LATER else f"Self check-in was interrupted: {tale}"
            terminal.tell_desk("INTERRUPTED", words, reservation)
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
    except (
        KeyError,
        ValidationError,
    ):  # of another version, or sealed with a key that this terminal had before
        return _Found(entry, "told", f"nobody knows here what became of '{entry.kind}'")
    found: Result | None = None
    done: bool | None = None
    try:
        found = await effect.find(terminal)
        done = found is not None
    except UnsureError:
        pass
    except HotelError as error:
        if error.trouble not in (Trouble.NOT_FOUND, Trouble.REFUSED, Trouble.CONFLICT):
            raise  # else it answers, and does not know the booking any more, or not so
    effect.note(terminal.journal, done, found, entry.key)
    if done is None:
        return _Found(entry, "told", effect.tale(None))
    return _Found(entry, "failed" if found is None else "done", effect.tale(found is not None), found)
