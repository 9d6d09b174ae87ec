"""Staff help a guest who is stuck: with the guest's consent they see what was refused and why, allow this one
step with a reason, or not, and hand the visit back. Whatever happens meanwhile, the visit stands where it was.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import structlog

from hardware.card_reader.contract import Card
from kiosk.facts import sure
from kiosk.help_given import RULES, Help, Stuck, put_down
from kiosk.hotel.model import Reservation
from kiosk.journey import until_it_works
from kiosk.key_journal import Act, Why
from kiosk.language import T, Text, verbatim
from kiosk.prompts import GO_ON, Answer, Choice, Chosen, Laid, Option, Takes, Tone
from kiosk.roles import Power, SignedIn
from kiosk.steps.session import still_may
from kiosk.steps.sign_in import NotStaff, said, sign_in
from kiosk.visit import Left, Visit, WentBack

log = structlog.get_logger()

STAFF = Option("staff", T("Staff"), quiet=True)
_GUESTS = (Why.BY_HAND, Why.IDLE)  # how a guest leaves; a card that was taken away is a colleague's doing


@dataclass(frozen=True, repr=False)
class Allowed:
    """The step is done. `id` is the reason's; `words` say it for the booking. `booking` where it was found or changed."""

    stuck: Stuck
    id: str
    words: str
    reservation_id: str = ""
    booking: Reservation | None = None
    approved_by: str = ""


Decide = Callable[[Visit, SignedIn], Awaitable[Allowed | None]]


@dataclass(frozen=True, repr=False)
class Refused:
    """The one step that a guest was refused. `decide` is what a colleague sees of it; None: not now."""

    stuck: Stuck
    decide: Decide


async def unless_allowed(visit: Visit, prompt: Choice, refused: Refused, *, back: bool = True) -> Answer | Allowed:
    """Ask the guest, as ever; a staff card laid down meanwhile may do the step instead."""
    if RULES[refused.stuck].power is None:
        return await visit.ask(prompt, back=back)
    by_number = (STAFF,) if visit.terminal.settings.access.pin_alone else ()
    prompt = replace(prompt, takes=prompt.takes | {Takes.CARD}, options=(*prompt.options, *by_number))
    while True:
        answer = await visit.ask(prompt, back=back)
        if not isinstance(answer, Laid) and answer != Chosen(STAFF.id):
            return answer
        allowed = await take_over(visit, answer.card if isinstance(answer, Laid) else None, refused)
        if allowed is not None:
            return allowed


async def take_over(visit: Visit, card: Card | None, refused: Refused) -> Allowed | None:
    """None: all is as before. Left only where the guest has gone."""
    allowed = await _with_a_colleague(visit, card, refused)
    if allowed is not None:
        await visit.ask(
            Choice(
                question=T("Back to you"),
                help=T("Your colleague at the desk has done this step. Please go on here."),
                picture="done",
                tone=Tone.OK,
                options=(GO_ON,),
            ),
            back=False,
        )
    return allowed


async def _with_a_colleague(visit: Visit, card: Card | None, refused: Refused) -> Allowed | None:
    who: SignedIn | None = None
    try:
        who = await sign_in(visit, card)
        if not who.may(Power.HELP_GUEST):
            await _not_for(who, visit)
        elif await _consent(visit, who):
            with _at_work(visit, who):
                return await _decided(visit, who, refused)
    except NotStaff:
        visit.notice(T("This is not a staff card"), Tone.WARN)
    except WentBack:
        pass
    except Left:
        if visit.left_by in _GUESTS and (who is None or visit.staff is None):
            raise
    finally:
        why = visit.left_by or Why.BY_HAND
        guest_left = visit.left_by if visit.left_by in _GUESTS and visit.staff is None else None
        visit.signed_off()
        visit.left_by = guest_left
        if who is not None:
            visit.terminal.journal.append(Act.SIGNED_OFF, by=who.person.id, why=why)
    return None


async def _decided(visit: Visit, who: SignedIn, refused: Refused) -> Allowed | None:
    """What was allowed stands, also where the card is taken away the moment after."""
    if not _may(still_may(visit, Power.HELP_GUEST), refused.stuck):
        await _for_a_manager(visit)
        return None
    allowed = await until_it_works(visit, partial(refused.decide, visit, who))
    visit.staff_card = None
    if visit.left_by is Why.CARD_REMOVED:
        visit.left_by = None
    if allowed is None:
        return None
    still_may(visit, sure(RULES[allowed.stuck].power))
    visit.helped.append(Help(who.person.id, RULES[allowed.stuck].why, allowed.words, allowed.approved_by))
    if allowed.reservation_id:
        await visit.while_waiting(put_down(visit.terminal, visit.helped, allowed.reservation_id), T("One moment, please"))
    return allowed


def _may(who: SignedIn, stuck: Stuck) -> bool:
    power = RULES[stuck].power
    return power is not None and who.may(power)


@contextmanager
def _at_work(visit: Visit, who: SignedIn) -> Iterator[None]:
    """The screens are theirs, in the house's language."""
    before = visit.language, visit.language_chosen, visit.progress, visit.may_go_back
    visit.staff, visit.signed_in = who, said(who)
    visit.language, visit.progress, visit.may_go_back = visit.terminal.settings.kiosk.languages[0], None, True
    try:
        yield
    finally:
        visit.language, visit.language_chosen, visit.progress, visit.may_go_back = before


async def _consent(visit: Visit, who: SignedIn) -> bool:
    """Asked of the guest, in their language."""
    answer = await visit.ask(
        Choice(
            question=T("May {name} help you here?", name=verbatim(who.person.name)),
            help=T("Your colleague at the desk then sees on this screen what is needed for this one step, and hands it back to you."),
            picture="colleague",
            options=(Option("yes", T("Yes, please")), Option("no", T("No"), quiet=True)),
        ),
        back=False,
    )
    return answer == Chosen("yes")


async def _not_for(who: SignedIn, visit: Visit) -> None:
    log.info("not for this role", number=who.person.id)
    await _said(visit, T("This is not for your role"), T("What a guest has begun is seen by reception and managers only."))


async def _for_a_manager(visit: Visit) -> None:
    await _said(visit, T("Only a manager may allow this"), T("Please call one, or help the guest at the desk."))


async def _said(visit: Visit, question: Text, help_text: Text) -> None:
    prompt = Choice(question=question, help=help_text, picture="card-wrong", tone=Tone.WARN, options=(GO_ON,))
    await visit.ask(prompt, back=False)
