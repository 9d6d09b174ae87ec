"""Effects: what can't be undone by pressing Back, done once; and after a crash found out.

| effect | done by | found by | where nobody can know |
|---|---|---|---|
| AssignRoom | postRoomAssignment | the reservation's room | – |
| CheckIn | postCheckIn | the reservation's state | – |
| CutKey | card written and read back, hotel told | the hotel's keys, the card on the encoder, a late answer | staff are told; the next key gets a higher sequence |
| CutMasterKey | card written and read back | the card on the encoder | staff are told |
| KeyInBooks | the hotel told of a key | told again, by a token | staff are told |
| EraseCard | card erased, hotel told | the card on the encoder | staff are told |
| KeyOutOfBooks | the hotel told that a card is void | told again | staff are told |
| MoveRoom, ExtendStay | the reservation changed | the reservation | – |
| PostCharge | a posting with our reference | the folio, by that reference | staff are told |
| SendMail | the mail server, or sealed for it | – | staff are told |
| PrintSlip | printer | – | staff are told; the guest may print again |
| AddCompanion | profile put on the booking | the booking's guests | – |
| SignCard | profile written, cards sealed in the outbox | – | signed again: nothing was kept |

After a crash each intended effect is found out (`recover`), and what a person must finish is told
to the desk once per interrupted visit. The ledger outlives updates: a field that is new here has a
default, one that is gone is ignored, and an effect that this version does not know is told as such.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from pydantic import ValidationError

from hardware.errors import DeviceError
from kiosk.effects.charges import PostCharge
from kiosk.effects.check_in import AddCompanion, AssignRoom, CheckIn, PrintSlip, SignCard
from kiosk.effects.effect import Effect, NotDone, Owed, Result, UnsureError
from kiosk.effects.erase import EraseCard, KeyOutOfBooks
from kiosk.effects.keys import CutKey, KeyInBooks
from kiosk.effects.mail import SendMail
from kiosk.effects.master_key import CutMasterKey
from kiosk.effects.stays import ExtendStay, MoveRoom
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.key_journal import JournalError
from kiosk.ledger import Entry

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()

_NOBODY_KNOWS = "nobody knows here what became of '{kind}'"
LATER = "later"
"""In the place of a visit: what must still be done, whoever is there."""

KINDS: dict[str, type[Effect]] = {
    kind.KIND: kind
    for kind in (
        AssignRoom,
        CheckIn,
        CutKey,
        CutMasterKey,
        KeyInBooks,
        EraseCard,
        KeyOutOfBooks,
        MoveRoom,
        ExtendStay,
        PrintSlip,
        SendMail,
        PostCharge,
        AddCompanion,
        SignCard,
    )
}


async def once(terminal: Terminal, visit: str, effect: Effect) -> Result:
    """Do `effect`, or find that it was done already. Raises what its far side raises."""
    ledger = terminal.ledger
    key = effect.key(ledger)
    before = ledger.entry(key)
    if before is not None and before.state != "failed":
        found = await effect.find(terminal) if effect.ASKS_FIRST else before.result
        if found is not None:
            kept = _as_kept(before)
            await _follow(terminal, before, kept, found, by_visit=visit)
            _settle(terminal, kept or effect, key, found)
            return found
        effect.tried_before(before.arguments)
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
    except (DeviceError, NotDone, JournalError) as error:
        if effect.may_be_done(error):
            _doubt(terminal, key, visit, effect, lost_sight=not isinstance(error, NotDone))
        elif not effect.stays_open(open_before=open_before):
            ledger.settle(key, "failed")
        raise
    except asyncio.CancelledError:
        if effect.under_way:
            _doubt(terminal, key, visit, effect, lost_sight=True)
        elif not effect.stays_open(open_before=open_before):
            ledger.settle(key, "failed")  # it waited for a person: nothing was done
        raise  # what else was left off in the middle is found out by `recover`
    _settle(terminal, effect, key, result)
    effect.after(terminal, result)
    return result


def _settle(terminal: Terminal, effect: Effect, key: str, result: Result) -> None:
    """In this order: what the ledger calls done stands in the journal."""
    try:
        effect.note(terminal.journal, True, result, key)
    except JournalError:
        terminal.ledger.settle(key, "intended", result)  # known, and still to be written down
        raise
    terminal.ledger.settle(key, "done", result)


def owe(terminal: Terminal, effect: Owed) -> str:
    """Done by `recover` as soon as the far side answers. Told: its key."""
    key = effect.key(terminal.ledger)
    _intend(terminal, key, LATER, effect)
    return key


def _intend(terminal: Terminal, key: str, visit: str, effect: Effect) -> None:
    subject = terminal.ledger.opaque(effect.about())
    terminal.ledger.intend(key, visit, subject, effect.KIND, effect.arguments())


def _doubt(terminal: Terminal, key: str, visit: str, effect: Effect, *, lost_sight: bool) -> None:
    """Written down at once, where there is something to write: the next try may never come."""
    if not effect.doubt(lost_sight=lost_sight):
        return
    _intend(terminal, key, visit, effect)
    try:
        effect.note(terminal.journal, None, None, key)
    except JournalError as error:  # `recover` writes it
        log.error("a doubt can't be written down", why=str(error))


def _as_kept(entry: Entry) -> Effect | None:
    """As the ledger has it; None for one of another version, or sealed with a key that this terminal had before."""
    try:
        return KINDS[entry.kind].model_validate(entry.arguments)
    except (KeyError, ValidationError):
        return None


async def _follow(
    terminal: Terminal, entry: Entry, effect: Effect | None, result: Result, *, by_visit: str = ""
) -> None:
    """Of one that the ledger has as open with its result, not all that follows may have been done."""
    if effect is not None and entry.state == "intended":
        await effect.follow(terminal, result, by_visit=by_visit)


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
            words = tale if visit == LATER else f"{_interrupted(mine)}: {tale}"
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


def _interrupted(found: list[_Found]) -> str:
    """What the visit was about, by what was left open of it: staff's work, a lost key, or a check-in."""
    effects = [effect for each in found if (effect := _as_kept(each.entry)) is not None]
    if any(effect.about_a_key_alone for effect in effects):
        return "A key at the terminal was interrupted"
    return "Self check-in was interrupted"


async def _found_out(terminal: Terminal, entry: Entry) -> _Found:
    effect = _as_kept(entry)
    if effect is None:
        return _Found(entry, "told", _NOBODY_KNOWS.format(kind=entry.kind))
    found: Result | None = None
    done: bool | None = None
    try:
        if entry.result is None:
            found = await effect.find(terminal)
        else:
            await _follow(terminal, entry, effect, entry.result)
            found = entry.result
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
