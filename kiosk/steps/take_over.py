"""Staff help a guest who is stuck: with the guest's consent they see the visit, do the one step that was
refused, with a reason, and hand it back. It stands in the journal, and on the booking.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from hardware.card_reader.contract import Card
from kiosk.access import Power, SignedIn
from kiosk.hotel.backend import HotelError
from kiosk.key_journal import Act, Why
from kiosk.language import T, Text, verbatim
from kiosk.prompts import GO_ON, Choice, Chosen, Option, Sheet, Tone
from kiosk.steps.sign_in import NotStaff, said, sign_in
from kiosk.visit import Visit, WentBack

log = structlog.get_logger()


@dataclass(frozen=True, repr=False)
class Refused:
    """The one step that a guest was refused, as a colleague may do it: why it was refused, what they should
    look at, and what they say by doing it. `facts` are shown to them only."""

    why: Why
    question: Text
    look: Text
    allow: Text
    reservation_id: str = ""
    facts: tuple[tuple[Text, Text], ...] = ()
    portrait: bytes | None = None  # of the chip, where the house's policy lets staff see it


async def take_over(visit: Visit, card: Card, refused: Refused) -> bool:
    """Whether the step is done: allowed by somebody who may, with the guest's consent. Else all is as before."""
    try:
        who = await sign_in(visit, card)
    except (NotStaff, WentBack):
        return False
    try:
        if not who.may(Power.HELP_GUEST) or not await _consent(visit, who):
            return False
        return await _looked_at(visit, who, refused)
    finally:
        visit.staff, visit.signed_in, visit.staff_card = None, None, False
        visit.terminal.journal.append(Act.SIGNED_OFF, by=who.person.id, why=Why.BY_HAND)


async def _consent(visit: Visit, who: SignedIn) -> bool:
    """Asked of the guest, in their language."""
    answer = await visit.ask(
        Choice(
            question=T("May {name} help you here?", name=verbatim(who.person.name)),
            help=T(
                "Your colleague at the desk then sees your booking on this screen, and goes on with you from here."
            ),
            picture="colleague",
            options=(Option("yes", T("Yes, please")), Option("no", T("No"), quiet=True)),
        ),
        back=False,
    )
    return answer == Chosen("yes")


async def _looked_at(visit: Visit, who: SignedIn, refused: Refused) -> bool:
    visit.staff, visit.signed_in = who, said(who)
    answer = await visit.ask(
        Sheet(
            question=refused.question,
            help=refused.look,
            sections=((T("Guest"), refused.facts),) if refused.facts else (),
            options=(Option("allow", refused.allow), Option("no", T("Not now"))),
            portrait=refused.portrait,
        ),
        back=False,
    )
    if answer != Chosen("allow"):
        return False
    visit.terminal.journal.append(
        Act.HELPED, by=who.person.id, reservation=refused.reservation_id, why=refused.why
    )
    if refused.reservation_id:
        await _note(visit, who, refused)
    visit.staff, visit.signed_in = None, None
    await visit.ask(
        Choice(
            question=T("Back to you"),
            help=T("Your colleague has done this step. Please go on with your check-in."),
            picture="done",
            tone=Tone.OK,
            options=(GO_ON,),
        ),
        back=False,
    )
    return True


async def _note(visit: Visit, who: SignedIn, refused: Refused) -> None:
    text = f"{visit.terminal.settings.kiosk.name}: staff {who.person.id} let the guest go on ({refused.why.value})"
    try:
        await visit.terminal.hotel.note(refused.reservation_id, text)
    except HotelError as error:
        log.warning("booking not commented", trouble=error.trouble)
        visit.terminal.tell_desk("HELPED", text, refused.reservation_id)
