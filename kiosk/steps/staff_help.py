"""What a colleague sees of a step that was refused, and how they decide: facts for this one decision, no more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from hardware.document_reader.contract import TravelDocument
from kiosk.help_given import Stuck
from kiosk.hotel.model import Obstacle, Reservation, RoomState
from kiosk.language import T, Text, verbatim
from kiosk.portrait import Portrait
from kiosk.prompts import Chosen, Option, Sheet
from kiosk.registration.card import masked
from kiosk.roles import SignedIn
from kiosk.steps.take_over import Allowed, Refused
from kiosk.visit import Visit

PAYMENT_DUE = "PAYMENT_DUE"
"""The obstacle that "may pay later" takes away, and no other."""
NOT_NOW = Option("no", T("Not now"), quiet=True)
Row = tuple[Text, Text]


@dataclass(frozen=True)
class Reason:
    """Why a colleague allows it: what they choose, and what the booking's comment says."""

    id: str
    label: Text
    words: str


@dataclass(frozen=True, repr=False)
class Seen:
    """One sheet for a colleague."""

    question: Text
    look: Text
    caption: Text
    rows: tuple[Row, ...]
    reasons: tuple[Reason, ...]
    portrait: Portrait | None = None


async def decided(visit: Visit, seen: Seen) -> Reason | None:
    """The reason that they chose; None: not now."""
    answer = await visit.ask(
        Sheet(
            question=seen.question,
            help=seen.look,
            sections=((seen.caption, seen.rows),) if seen.rows else (),
            options=(*(Option(each.id, each.label) for each in seen.reasons), NOT_NOW),
            portrait=seen.portrait,
        ),
        back=False,
    )
    return next((each for each in seen.reasons if answer == Chosen(each.id)), None)


def plainly(stuck: Stuck, seen: Seen, reservation_id: str = "") -> Refused:
    """A step that is done by saying so."""

    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        reason = await decided(visit, seen)
        return None if reason is None else Allowed(stuck, reason.id, reason.words, reservation_id)

    return Refused(stuck, decide)


# --- the booking -----------------------------------------------------------------------------------

_TOLD = Reason("told", T("The guest has been told"), "what the desk had for them was told")


def alert(booking: Reservation) -> Refused:
    rows = tuple((T("For the guest"), verbatim(each.description or each.code)) for each in booking.alerts)
    seen = Seen(
        T("What the desk has for this guest"),
        T("Tell the guest, then let them go on. What stops the check-in in the hotel’s system still stops it."),
        T("Alerts"),
        rows,
        (_TOLD,),
    )
    return plainly(Stuck.ALERT, seen, booking.id)


_PAID = Reason("paid", T("It has been paid"), "the balance was paid at the desk")
_LATER = Reason("later", T("They may pay later"), "may pay the balance later")


def balance(booking: Reservation) -> Refused:
    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        now, look = booking, T("Take the money at the desk and book it there, or let them pay later.")
        while True:
            rows = ((T("Due"), T("{amount}", amount=now.balance)),) if now.balance is not None else ()
            reason = await decided(visit, Seen(T("The guest has to pay first"), look, T("Bill"), rows, (_PAID, _LATER)))
            if reason is None:
                return None
            if reason is _PAID:
                now = await _read_again(visit, booking)
                if now.balance is None:
                    look = T("The hotel’s system does not say that it is paid. Look there; here it can only be paid later.")
                    continue
                if now.balance.amount > 0:
                    look = T("In the hotel’s system it is not paid yet. Book it there, then choose it once more.")
                    continue
            return Allowed(Stuck.BALANCE, reason.id, reason.words, booking.id, now)

    return Refused(Stuck.BALANCE, decide)


def pays_later(allowed: Allowed) -> bool:
    return allowed.id == _LATER.id


_SPLIT = Reason("split", T("It has one room now"), "the booking was split into its rooms")


def rooms(booking: Reservation) -> Refused:
    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        now = booking
        while True:
            rows = ((T("Rooms"), verbatim(str(now.rooms))),)
            look = T("Split the booking in the hotel’s system: then each room is checked in by itself.")
            reason = await decided(visit, Seen(T("This booking has several rooms"), look, T("Booking"), rows, (_SPLIT,)))
            if reason is None:
                return None
            now = await _read_again(visit, booking)
            if now.rooms == 1:
                return Allowed(Stuck.ROOMS, reason.id, reason.words, booking.id, now)

    return Refused(Stuck.ROOMS, decide)


async def _read_again(visit: Visit, booking: Reservation) -> Reservation:
    return await visit.while_waiting(visit.terminal.hotel.reservation(booking.id), T("Asking the hotel"))


# --- the room --------------------------------------------------------------------------------------

_STATES: dict[RoomState, Text] = {
    RoomState.CLEAN: T("Clean, not inspected"),
    RoomState.INSPECTED: T("Inspected"),
    RoomState.PICKUP: T("To be picked up"),
    RoomState.DIRTY: T("Dirty"),
    RoomState.OUT_OF_ORDER: T("Out of order"),
    RoomState.OUT_OF_SERVICE: T("Out of service"),
}
_SEEN = Reason("seen", T("It is ready: I have seen it"), "the room was seen and is ready")
_SAID = Reason("said", T("Housekeeping says it is ready"), "housekeeping said that the room is ready")
_GIVEN = Reason("given", T("A room is assigned now"), "a room was assigned at the desk")


def room_not_ready(booking: Reservation, still: Callable[[Visit], Awaitable[Sequence[Obstacle]]]) -> Refused:
    """`still`: what the hotel's check-in has against it. It is the judge: a dirty or taken room stays refused."""

    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        look = T("You may say that it is ready. The hotel’s system still checks the guest in, or refuses to.")
        while True:
            now = await _read_again(visit, booking)
            rows, reasons = await _of_the_room(visit, now)
            reason = await decided(visit, Seen(T("The guest’s room is not inspected"), look, T("Room"), rows, reasons))
            if reason is None:
                return None
            found = await visit.while_waiting(still(visit), T("Asking the hotel"))
            if not found:
                return Allowed(Stuck.ROOM, reason.id, reason.words, booking.id, await _read_again(visit, booking))
            look = T("The hotel’s system refuses: {why} Change it there, then choose once more.", why=_notes(found))

    return Refused(Stuck.ROOM, decide)


async def _of_the_room(visit: Visit, booking: Reservation) -> tuple[tuple[Row, ...], tuple[Reason, ...]]:
    if booking.room is None:
        return ((T("Room"), T("None is assigned")), (T("Booked"), verbatim(booking.room_type_name or booking.room_type))), (_GIVEN,)
    room = await visit.while_waiting(visit.terminal.hotel.room(booking.room.number), T("Asking the hotel"))
    state = T("{state}, still taken", state=_STATES[room.state]) if room.occupied else _STATES[room.state]
    return ((T("Room"), verbatim(room.number)), (T("State"), state)), (_SEEN, _SAID)


_CLEARED = Reason("again", T("It is settled: ask the hotel again"), "what stood in the way at the hotel was settled")


def obstacle(reservation_id: str, found: Sequence[Obstacle], still: Callable[[Visit], Awaitable[Sequence[Obstacle]]]) -> Refused:
    async def decide(visit: Visit, who: SignedIn) -> Allowed | None:
        left, look = found, T("Settle it in the hotel’s system. The kiosk can’t pass over it.")
        while True:
            money = (_LATER,) if {each.code for each in left} == {PAYMENT_DUE} else ()
            rows = tuple((verbatim(each.code), verbatim(each.note)) for each in left)
            question = T("The hotel does not check the guest in")
            reason = await decided(visit, Seen(question, look, T("Why"), rows, (_CLEARED, *money)))
            if reason is None:
                return None
            if reason is _LATER:
                return Allowed(Stuck.BALANCE, reason.id, reason.words, reservation_id)
            left = await visit.while_waiting(still(visit), T("Asking the hotel"))
            if not left:
                return Allowed(Stuck.OBSTACLE, reason.id, reason.words, reservation_id)
            look = T("It still stands there. Settle it in the hotel’s system, then ask again.")

    return Refused(Stuck.OBSTACLE, decide)


def _notes(found: Sequence[Obstacle]) -> Text:
    return verbatim(" ".join(each.note or each.code for each in found))


# --- the document ----------------------------------------------------------------------------------

_LOOKED = Reason("looked", T("It is genuine and theirs"), "the document was looked at and is the guest's")
_KNOWN = Reason("known", T("I know this guest"), "the guest is known to staff, the document was looked at")


def document_rows(document: TravelDocument) -> tuple[Row, ...]:
    """What was read of it, to be held against what is printed."""
    rows = [(T("Name"), verbatim(f"{document.surname} {document.given_names}".strip()))]
    if document.born:
        rows.append((T("Date of birth"), T("{day}", day=document.born)))
    rows.append((T("Document number"), verbatim(masked(document.number))))
    if document.expires:
        rows.append((T("Valid until"), T("{day}", day=document.expires)))
    return tuple(rows)


def document(shown: TravelDocument, why: Text, portrait: Portrait | None) -> Refused:
    """Not proven by its chip, or it has none."""
    seen = Seen(
        T("Is this document genuine?"),
        T("{why} Look at the document and at the guest: it goes on marked as not proven.", why=why),
        T("Document"),
        document_rows(shown),
        (_LOOKED, _KNOWN),
        portrait,
    )
    return plainly(Stuck.DOCUMENT, seen)


def differs(zone: TravelDocument, chip: TravelDocument, unlike: Sequence[str], portrait: Portrait | None) -> Refused:
    """Print and chip say different things: both, side by side."""
    rows = tuple(
        (T("{field}: print, chip", field=_FIELDS[name]), verbatim(f"{_plain(zone, name)} ≠ {_plain(chip, name)}")) for name in unlike
    )
    seen = Seen(
        T("Print and chip differ"),
        T("This can be a forgery. Let the guest go on only if the print is surely genuine."),
        T("Document"),
        rows,
        (_LOOKED,),
        portrait,
    )
    return plainly(Stuck.DIFFERS, seen)


def _plain(of: TravelDocument, name: str) -> str:
    value = str(getattr(of, name) or "–")
    return masked(value) if name == "number" else value


_FIELDS: dict[str, Text] = {
    "number": T("Document number"),
    "born_text": T("Date of birth"),
    "expires": T("Valid until"),
    "surname": T("Family name"),
    "given_names": T("Given names"),
    "issuer": T("Issuing state"),
    "nationality": T("Nationality"),
    "sex": T("Sex"),
}


def typed(shown: TravelDocument) -> Refused:
    seen = Seen(
        T("Is this what stands in the document?"),
        T("The guest typed it, no device has read it. Hold it against the document and the guest."),
        T("Typed"),
        document_rows(shown),
        (_LOOKED,),
    )
    return plainly(Stuck.TYPED, seen)


_STILL_GOOD = Reason("valid", T("It is accepted all the same"), "the expired document was accepted")


def expired(shown: TravelDocument) -> Refused:
    seen = Seen(
        T("This document has expired"),
        T("Only where the law lets it stand: some states have made theirs valid for longer."),
        T("Document"),
        document_rows(shown),
        (_STILL_GOOD,),
    )
    return plainly(Stuck.EXPIRED, seen)
