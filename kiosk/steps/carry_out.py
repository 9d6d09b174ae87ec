"""Do what was chosen about a guest's keys: at the hotel first, then card by card."""

from __future__ import annotations

from dataclasses import replace

from hardware.key_encoder.contract import Cut, CutResult
from kiosk.effects.cards import KeyNotCut
from kiosk.effects.erase import EraseCard
from kiosk.effects.stays import ExtendStay, MoveRoom
from kiosk.facts import sure
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.journey import until_it_works
from kiosk.key_work import KeyAct, KeyWork
from kiosk.language import T, Text, verbatim
from kiosk.prompts import Answer, Choice, Option, Tone
from kiosk.steps.one_key import KeyOrder, cut_one, lay_any_card, opens_until
from kiosk.visit import Visit


async def at_the_hotel(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with the booking as it stands after a move or a longer stay."""
    booking, by = sure(work.booking), sure(visit.staff).person.id
    room = booking.room.number if booking.room else ""
    effect: MoveRoom | ExtendStay
    if work.act is KeyAct.MOVE:
        effect = MoveRoom(
            reservation_id=booking.id,
            room=sure(work.room).number,
            by=by,
            approved_by=work.approved_by,
            old_room=room,
            visit=visit.id,
            number=visit.changes,
        )
        words = T("Moving the guest")
    else:
        effect = ExtendStay(
            reservation_id=booking.id,
            room=room,
            departure=sure(work.departure),
            by=by,
            visit=visit.id,
            number=visit.changes,
        )
        words = T("Making the stay longer")
    try:
        await visit.while_waiting(visit.once(effect), words)
    except HotelError as error:
        if error.trouble not in (Trouble.CONFLICT, Trouble.REFUSED):
            raise
        visit.notice(T("The hotel’s system does not allow it: the room is taken for these nights."))
        return replace(work, act=None)
    visit.changes += 1
    return replace(
        work, booking=await visit.while_waiting(visit.terminal.hotel.reservation(booking.id), words)
    )


async def cut(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work with one more key cut."""
    order = _order(visit, work, visit.cuts + 1)
    uid = await cut_one(visit, order)
    if uid is None:
        visit.notice(T("No key was made"))
        return work
    offline = work.offline and replace(work.offline, newest=order.sequence or work.offline.newest)
    return replace(work, cut=work.cut + 1, older_die=not order.further, offline=offline)


def _order(visit: Visit, work: KeyWork, number: int) -> KeyOrder:
    by = sure(visit.staff).person.id
    further = work.act in (KeyAct.ONE_MORE, KeyAct.LONGER)
    if work.offline is not None:
        return KeyOrder(
            work.offline.reservation_id,
            work.offline.room,
            work.offline.until,
            further=further,
            number=number,
            of=number,
            why=work.why,
            by=by,
            approved_by=work.approved_by,
            sequence=work.offline.newest + (0 if further else 1),
        )
    booking = sure(work.booking)
    room, now = sure(booking.room).number, visit.terminal.now()
    valid = work.cut > 0 or any(key.active and key.room == room and key.valid_until > now for key in work.issued)
    return KeyOrder(
        booking.id,
        room,
        opens_until(visit, booking),
        further=further and valid,  # of no valid key there is no further one
        number=number,
        of=number,
        why=work.why,
        by=by,
        approved_by=work.approved_by,
    )


async def erase(visit: Visit, work: KeyWork) -> KeyWork:
    """Returns work when a card was erased, or nobody wanted it any more. Whose it was, its own books say."""
    prompt = lay_any_card(visit, T("Which card?"), T("Place it on the encoder. What is on it is erased at once."))
    there = await until_it_works(visit, lambda: visit.ask_while(prompt, _laid(visit)))
    if isinstance(there, Answer):
        return work
    if there.outcome not in (Cut.DONE, Cut.NOT_A_KEY):
        visit.notice(_NOT_ERASED.get(there.outcome, _COULD_NOT))
        return work
    effect = await EraseCard.of(
        visit.terminal,
        there,
        visit=visit.id,
        number=visit.erased,
        by=sure(visit.staff).person.id,
        why=work.why,
    )
    try:
        await visit.while_waiting(visit.once(effect), T("One moment, please"))
    except KeyNotCut as error:
        visit.notice(_NOT_ERASED.get(error.result.outcome, _COULD_NOT))
        return work
    visit.erased += 1
    visit.keys.pop(effect.uid, None)
    visit.notice(T("The card is empty"), Tone.OK)
    return work


async def _laid(visit: Visit) -> CutResult:
    """However long the card takes to come."""
    while True:
        there = await visit.terminal.key_encoder.read(card_within_s=visit.terminal.settings.keys.card_within_s)
        if there.outcome is not Cut.NO_CARD:
            return there


_COULD_NOT = T("The card could not be erased")
_NOT_ERASED: dict[Cut, Text] = {
    Cut.STAFF_CARD: T("That is a staff card: it was left as it is"),
    Cut.WRONG_TYPE: T("That is not a key card"),
    Cut.LIFTED: T("The card was taken away too early"),
    Cut.LOCKED: T("This card is locked by another system"),
    Cut.TWO_CARDS: T("There are two cards: please place only one"),
}


def room_of(work: KeyWork) -> str:
    if work.offline is not None:
        return work.offline.room
    room = sure(work.booking).room
    return room.number if room else ""


def made(room: str, *, older_die: bool) -> Choice:
    """A key was cut, and what became of the older ones."""
    older = T("End at the door") if older_die else T("Stay good")
    return Choice(
        question=T("The key is made"),
        help=T("Written, read back and checked."),
        tone=Tone.OK,
        details=((T("Room"), verbatim(room)), (T("Older keys"), older)),
        options=(Option("done", T("Done")), Option("more", T("One more key"), quiet=True)),
    )
