"""Effects: what can't be undone by pressing Back, done once; and after a crash found out.

| effect | done by | found by | where nobody can know |
|---|---|---|---|
| AssignRoom | postRoomAssignment | the reservation's room | – |
| CheckIn | postCheckIn | the reservation's state | – |
| CutKey | card written and read back, hotel told | the hotel's keys, the card on the encoder, a late answer | staff are told; the next key gets a higher sequence |
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
from kiosk.key_effects import MAY_CARRY_IT, CutKey, KeyInBooks, KeyNotCut
from kiosk.key_journal import JournalError
from kiosk.ledger import Entry, Ledger
from kiosk.stay_effects import ExtendStay, MoveRoom

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()

_NAME = 40
"""As much of a name as a hotel's system surely keeps (OPERA)."""
_NOBODY_KNOWS = "nobody knows here what became of '{kind}'"
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
            found = await _known(terminal, before, by_visit=visit) if isinstance(effect, CutKey) else found
            _settle(terminal, _as_kept(before) or effect, key, found)
            return found
        if isinstance(effect, CutKey):
            effect.doubted_before(before.arguments.get("doubts", ()))
    open_before = before is not None and before.state == "intended"
    _intend(terminal, key, visit, effect)
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
        if _may_be_done(effect, error):
            _doubt(terminal, key, visit, effect, lost_sight=not isinstance(error, KeyNotCut))
        elif not _in_doubt(effect, open_before):
            ledger.settle(key, "failed")
        raise
    except asyncio.CancelledError:
        if isinstance(effect, CutKey) and effect.under_way:
            _doubt(terminal, key, visit, effect, lost_sight=True)
        elif isinstance(effect, CutKey) and not _in_doubt(effect, open_before):
            ledger.settle(key, "failed")  # it waited for a card: nothing was written
        raise  # what else was left off in the middle is found out by `recover`
    _settle(terminal, effect, key, result)
    if isinstance(effect, CutKey):
        effect.tell_of_others(terminal, result)
    return result


def _settle(terminal: Terminal, effect: Effect, key: str, result: Result) -> None:
    """In this order: what the ledger calls done stands in the journal."""
    try:
        effect.note(terminal.journal, True, result, key)
    except JournalError:
        terminal.ledger.settle(key, "intended", result)  # known, and still to be written down
        raise
    terminal.ledger.settle(key, "done", result)


def owe(terminal: Terminal, effect: Effect) -> str:
    """Done by `recover` as soon as the far side answers: for effects whose finding out is doing. Told: its key."""
    key = terminal.ledger.opaque(effect.KIND, *effect.same())
    _intend(terminal, key, LATER, effect)
    return key


def _intend(terminal: Terminal, key: str, visit: str, effect: Effect) -> None:
    subject = terminal.ledger.opaque(effect.about())
    terminal.ledger.intend(key, visit, subject, effect.KIND, effect.arguments())


def _may_be_done(effect: Effect, error: Exception) -> bool:
    """Whether a card may have been written though the encoder failed: then it is done again, or found out by `recover`."""
    if isinstance(error, KeyNotCut):
        return isinstance(effect, CutKey) and error.result.outcome in MAY_CARRY_IT
    under_way = isinstance(effect, EraseCard) or (isinstance(effect, CutKey) and effect.under_way)
    return under_way and isinstance(error, DeviceGone | DeviceSilent | DeviceNonsense | JournalError)


def _in_doubt(effect: Effect, open_before: bool) -> bool:
    """Whether a try before this one may have been done: a later one that was not does not make it undone."""
    return isinstance(effect, CutKey | EraseCard) and (open_before or getattr(effect, "in_doubt", False))


def _doubt(terminal: Terminal, key: str, visit: str, effect: Effect, *, lost_sight: bool) -> None:
    """Written down at once: the next card may be another one, and the next try may never come."""
    if not isinstance(effect, CutKey):
        return
    effect.doubt(lost_sight=lost_sight)
    _intend(terminal, key, visit, effect)
    try:
        effect.note(terminal.journal, None, None, key)
    except JournalError as error:  # `recover` writes it
        log.error("a card in doubt can't be written down", why=str(error))


def _as_kept(entry: Entry) -> Effect | None:
    """As the ledger has it; None for one of another version, or sealed with a key that this terminal had before."""
    try:
        return KINDS[entry.kind].model_validate(entry.arguments)
    except (KeyError, ValidationError):
        return None


async def _known(terminal: Terminal, entry: Entry, *, by_visit: str = "") -> Result:
    """The result that stands in the ledger, of an effect of which not all that follows may have been done."""
    effect, result = _as_kept(entry), sure(entry.result)
    if isinstance(effect, CutKey) and entry.state == "intended":
        await effect.after(terminal, bytes.fromhex(str(result["uid"])), by_visit=by_visit)
    return result


def came_late(terminal: Terminal, effect: CutKey, uid: bytes) -> None:
    """A lock server says, after nobody waited any more, that it has written the card.

    Who tries again has this one; who has gone is told of at the desk, by `recover`.
    """
    key = terminal.ledger.opaque(effect.KIND, *effect.same())
    entry = terminal.ledger.entry(key)
    if entry is None or entry.state == "done":  # for another card
        effect.tell_of_others(terminal, {"uid": ""})
        return
    log.warning("key cut, told late", effect=effect.KIND)
    result = {"uid": uid.hex()}
    terminal.ledger.settle(key, "intended", result)
    try:
        effect.note(terminal.journal, True, result, key)
    except JournalError as error:  # written when it is settled
        log.error("a late key can't be written down", why=str(error))
    terminal.wake_errands()


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
        except JournalError as error:
            log.error("found out, and can't be written down", effect=entry.kind, why=str(error))
        except Exception as error:  # noqa: BLE001 - one that breaks holds up no other, and a person knows
            log.error("can't be found out", effect=entry.kind, error=type(error).__name__)
            found_out.append(_Found(entry, "told", _NOBODY_KNOWS.format(kind=entry.kind)))
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
    effect = _as_kept(entry)
    if effect is None:
        return _Found(entry, "told", _NOBODY_KNOWS.format(kind=entry.kind))
    found: Result | None = None
    done: bool | None = None
    try:
        found = await effect.find(terminal) if entry.result is None else await _known(terminal, entry)
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
