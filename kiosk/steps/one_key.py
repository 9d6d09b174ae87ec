"""One key: allocated by the hotel, written to a card that a person lays down, read back, told to the hotel.

For a guest and for staff alike. Who walks away, leaves a card lying or takes it too early is part of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, Issue, Opens
from kiosk.business_day import door_time
from kiosk.effects.cards import MAY_CARRY_IT, KeyNotCut
from kiosk.effects.charges import PostCharge
from kiosk.effects.effect import Result
from kiosk.effects.keys import CutKey
from kiosk.effects.master_key import CutMasterKey
from kiosk.faults import sentence
from kiosk.hotel.model import Reservation
from kiosk.key_journal import GUEST, Why
from kiosk.language import T, Text
from kiosk.prompts import GO_ON, Answer, Choice, Chosen, LayKeyCard, Option, Tone
from kiosk.visit import Visit

log = structlog.get_logger()

_AGAIN: dict[Cut, Text] = {
    Cut.NO_CARD: T("waiting for the card"),
    Cut.LIFTED: T("Taken too early: please place the same card again"),
    Cut.WRONG_TYPE: T("That is not a key card: please take one from the tray"),
    Cut.LOCKED: T("This card can’t be used: please take another"),
    Cut.WORN_OUT: T("This card is worn out: please take another"),
    Cut.ANOTHER_CARD: T("Please place the card that was there before"),
    Cut.TWO_CARDS: T("There are two cards: please place only one"),
    Cut.NOT_A_KEY: T("This card can’t be used: please take another"),
    Cut.STAFF_CARD: T("That is a staff card: please take one from the tray"),
    Cut.BUSY: T("The key encoder is busy: one moment please"),
    Cut.ROOM_UNKNOWN: T("The locks do not know this room yet"),
}
_CAN_BE_COPIED = T("This card could be copied: a master key needs an NTAG 424 DNA card")
KEY_READY = T("Your key is ready: you can take the card")
LOOK_EVERY_S = 0.5
LOOK_S = 0.1
"""How often, and for how long, is looked whether the card before has been taken."""
MOST_FAILED = 4
"""Cards that may carry a key although it was not read back from them: more is no accident."""
ASK_AGAIN_S = 3.0
"""How long a lock server that was busy is left alone; the guest sees why it takes long."""
_TAKEN = Chosen("taken")


@dataclass(frozen=True)
class KeyOrder:
    """A key to be cut. `number` of `of` cards of this visit; `by`, `approved_by`: staff numbers.

    `sequence`: of a key that the hotel could not be asked for, or must not be told of: with `opens` a master key's,
    whose `room` is the name of its set.
    """

    reservation_id: str
    room: str
    until: datetime
    further: bool = False  # older keys stay good
    number: int = 1
    of: int = 1
    not_uids: tuple[str, ...] = ()
    why: Why = Why.CHECK_IN
    charge: PostCharge | None = None
    by: str = GUEST
    approved_by: str = ""
    sequence: int | None = None
    opens: Opens = Opens.ROOM


def opens_until(visit: Visit, booking: Reservation) -> datetime:
    """When a key of this booking ends: its own time of departure, or the house's."""
    hotel = visit.terminal.settings.hotel
    return door_time(booking.departure, booking.departure_time or hotel.check_out_until, hotel.zone)


async def cut_one(visit: Visit, order: KeyOrder) -> str | None:
    """The card's UID ('' where the lock's server tells none), or None where the person goes on without it."""
    effect = await visit.while_waiting(_allocated(visit, order), T("Preparing your key"))
    number, wanted = order.number, order.of
    master = order.opens is Opens.SET
    state, lying, failed, pause_s = _AGAIN[Cut.NO_CARD], await _lies_there(visit), 0, 0.0
    if lying is None and number > 1:
        answer = await visit.ask(_make_room(_prompt(visit, number, wanted, state, master=master)))
        if answer != _TAKEN:
            return None
    while True:
        prompt, asked = _prompt(visit, number, wanted, state, master=master), effect.asked()
        try:
            got: Answer | Result | None = None
            if lying:
                got, lying = await visit.ask_while(_take_first(prompt), _taken(visit)), False
            if not isinstance(got, Answer):
                got = await visit.ask_while(prompt, _cut(visit, asked, pause_s), too_late=lambda: effect.under_way)
        except KeyNotCut as error:
            effect.begun_on(error.result)
            state = _AGAIN[error.result.outcome]
            if master and error.result.outcome is Cut.WRONG_TYPE:
                state = _CAN_BE_COPIED
            pause_s = ASK_AGAIN_S if error.result.outcome is Cut.BUSY else 0.0
            if error.result.outcome is Cut.ROOM_UNKNOWN:
                await _room_unknown(visit, effect)
                return None
            failed += error.result.outcome in MAY_CARRY_IT
            if failed == MOST_FAILED:
                await _too_many(visit, effect)
                return None
            continue
        except DeviceError as error:
            log.warning("key not cut", fault=error.fault)
            words = sentence(error.fault)
            if not await _again(visit, words.question, words.help, words.picture):
                return None
            continue
        if isinstance(got, Answer):
            if got == Chosen("no-card"):
                await visit.call_person("NO-CARDS", effect.reservation_id)
                continue
            return None
        uid = str(got["uid"])
        _is_cut(visit, uid, order.reservation_id)
        return uid


async def _cut(visit: Visit, effect: CutKey, pause_s: float) -> Result:
    """However long the card takes to come: whether anybody is still there is the visit's to ask."""
    await visit.terminal.clock.sleep(pause_s)
    while True:
        try:
            result: Result = await visit.once(effect)
            return result
        except KeyNotCut as error:
            if error.result.outcome is not Cut.NO_CARD:
                raise


async def _too_many(visit: Visit, effect: CutKey) -> None:
    """Cards that failed may carry the key all the same: the desk knows, and makes this one."""
    words = f"{MOST_FAILED} cards failed while key {effect.number} for {effect.where} was written: please replace all keys"
    help_text = T("It did not work with these cards. The desk has been told, and helps you at once.")
    await _desk_makes_it(visit, effect, words, help_text)


async def _room_unknown(visit: Visit, effect: CutKey) -> None:
    """Nothing that a guest can do: somebody must look into the lock maker's own system."""
    words = f"the lock server does not know room {effect.room} or its guest: please make key {effect.number} there"
    help_text = T("The locks do not know this room yet. The desk has been told, and helps you at once.")
    await _desk_makes_it(visit, effect, words, help_text)


async def _desk_makes_it(visit: Visit, effect: CutKey, words: str, help_text: Text) -> None:
    visit.terminal.tell_desk("KEY", words, effect.reservation_id)
    await visit.ask(
        Choice(
            question=T("The desk makes this key"),
            help=help_text,
            picture="colleague",
            tone=Tone.WARN,
            options=(GO_ON,),
        ),
        back=False,
    )


async def _lies_there(visit: Visit) -> bool | None:
    """A card that lies there from before is not taken for the new one. None: this encoder can't know."""
    try:
        return await visit.terminal.key_encoder.lies_there()
    except DeviceError:
        return False  # said when the card is to be cut


def _take_first(prompt: LayKeyCard) -> LayKeyCard:
    """The card that lies there is the guest's last key, or somebody else's card."""
    if prompt.number > 1:
        question, help_text = (
            T("Take your key"),
            T("It is ready. As soon as you have taken it, we make the next one."),
        )
        state = T("comes next")
    else:
        question, help_text = T("Please take this card"), T("As soon as it is gone, we make your key.")
        state = T("Please take this card, then place a new one")
    return replace(prompt, question=question, help=help_text, state=state, lifting=True, instead_of=(KEY_READY,))


def _make_room(prompt: LayKeyCard) -> LayKeyCard:
    """Where nothing sees the card go, the guest says so: else the first key would be written again."""
    enough = tuple(option for option in prompt.other if option.id == "enough")
    return replace(_take_first(prompt), other=(Option(_TAKEN.id, T("I have taken it")), *enough))


async def _taken(visit: Visit) -> None:
    """Until the card that lies there is gone, or exchanged for another at once."""
    encoder = visit.terminal.key_encoder
    before = await encoder.read(card_within_s=LOOK_S)
    now = before
    while now.uid and now.uid == before.uid:
        await visit.terminal.clock.sleep(LOOK_EVERY_S)
        now = await encoder.read(card_within_s=LOOK_S)


async def _allocated(visit: Visit, order: KeyOrder) -> CutKey:
    """The hotel gives the room's next sequence; asked again for the same card, the same one."""
    terminal = visit.terminal
    begin = terminal.now().replace(second=0, microsecond=0)
    effect = (CutKey if order.opens is Opens.ROOM else CutMasterKey)(
        reservation_id=order.reservation_id,
        room=order.room,
        valid_from=begin,
        valid_until=order.until,
        sequence=order.sequence or 0,
        card_number="",
        number=order.number,
        visit=visit.id,
        not_uids=order.not_uids,
        issue=Issue.DUPLICATE if order.further else Issue.NEW,
        by=order.by,
        approved_by=order.approved_by,
        why=order.why,
        charge=order.charge,
    )
    if order.sequence is not None:
        return effect
    issued = await terminal.hotel.allocate_key(
        order.reservation_id,
        order.room,
        valid_from=begin,
        valid_until=order.until,
        further=order.further,
        token=terminal.ledger.opaque(
            "key", order.reservation_id, visit.id, order.room, effect.issue.value, str(order.number)
        ),
    )
    return effect.model_copy(
        update={
            "valid_from": issued.valid_from,
            "valid_until": issued.valid_until,
            "sequence": issued.sequence,
            "card_number": issued.number,
        }
    )


def lay_any_card(visit: Visit, question: Text, help_text: Text) -> LayKeyCard:
    """Not for a new key: a card that staff want to see, or to have empty. Answered by the encoder, or left."""
    return LayKeyCard(
        question=question,
        help=help_text,
        number=1,
        of=1,
        state=_AGAIN[Cut.NO_CARD],
        where=_where(visit),
        other=(Option("leave", T("Leave"), quiet=True),),
    )


def _where(visit: Visit) -> str:
    encoder = visit.terminal.settings.key_encoder
    return encoder.position.value if encoder else "right"


def _prompt(visit: Visit, number: int, wanted: int, state: Text, *, master: bool = False) -> LayKeyCard:
    enough = Option("enough", T("One key is enough") if number == 2 else T("That is enough"), quiet=True)
    return LayKeyCard(
        question=T("Place a key card here"),
        help=T("Hold an NTAG 424 DNA card on the mark until you hear the tone.")
        if master
        else T("Take one from the tray and hold it on the mark until you hear the tone."),
        number=number,
        of=wanted,
        state=state,
        where=_where(visit),
        other=(*((enough,) if number > 1 else ()), Option("no-card", T("The tray is empty"), quiet=True)),
    )


async def _again(visit: Visit, question: Text, help_text: Text, picture: str) -> bool:
    desk = T("Without this key") if visit.staff else T("Get my key at the desk")
    answer = await visit.ask(
        Choice(
            question=question,
            help=help_text,
            picture=picture,
            tone=Tone.WARN,
            options=(Option("again", T("Try again")), Option("desk", desk)),
        )
    )
    return answer == Chosen("again")


def _is_cut(visit: Visit, uid: str, reservation_id: str) -> None:
    """Said, and remembered: a key that is left lying when its visit ends is taken back."""
    visit.cuts += 1
    if uid:
        visit.keys[uid] = reservation_id
    visit.notice(KEY_READY, Tone.OK)
