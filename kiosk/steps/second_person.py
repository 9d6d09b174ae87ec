"""What one person must not do alone: another reads what it is about, and agrees with their own card and PIN.

One approval is for one act. It stands in the journal by itself, and whoever gave it is signed off at once. Nobody
approves for somebody who gave them their PIN or card a day before: that would be one person with two cards. For a
master key the giver approves as little for whom they gave it to, nor do two who have theirs from the same hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from kiosk.key_journal import KIOSK, Act, Why
from kiosk.language import T, Text
from kiosk.prompts import Choice, Chosen, Laid, Option, Takes, Tone
from kiosk.roles import SignedIn
from kiosk.sections import TwoPerson
from kiosk.steps.session import cards_exchanged, still_here
from kiosk.steps.sign_in import NotStaff, sign_in
from kiosk.visit import Left, Visit, WentBack

NOT_WITHIN = timedelta(hours=24)
_MADE_BY = (Act.STAFF_ADDED, Act.STAFF_PIN, Act.STAFF_CARD)
_CANCEL = Option("cancel", T("Not now"), quiet=True)


@dataclass(frozen=True, repr=False)
class Matter:
    """What is to be approved: `what` as the second person reads it, the rest as it stands in the journal."""

    act: TwoPerson
    what: Text
    room: str = ""
    reservation: str = ""


async def second_person(visit: Visit, matter: Matter, *, ends: bool = False) -> str:
    """The number of who approved it; '' where one person is enough. WentBack. `ends`: the first person's work does."""
    if visit.terminal.access.needs_approval(matter.act) is None:
        return ""
    async with cards_exchanged(visit, ends=ends):
        while not (approved_by := await _second(visit, matter)):
            answer = await visit.ask(
                Choice(
                    question=T("Somebody else must approve this"),
                    help=T(
                        "Another person, who may approve: a manager. Nobody who has their PIN or card from you since yesterday; for a master key, nobody from whom you have yours either."
                    ),
                    picture="colleague",
                    tone=Tone.WARN,
                    options=(Option("again", T("Try again")), _CANCEL),
                )
            )
            if answer == Chosen(_CANCEL.id):
                raise WentBack
        return approved_by


async def _second(visit: Visit, matter: Matter) -> str:
    """The number of who agreed; '' where nobody did who may."""
    second = await _signed_in(visit, matter)
    if second is None:
        return ""
    journal = visit.terminal.journal
    try:
        first = still_here(visit)
        if not visit.terminal.access.approves(second, first, matter.act) or _may_be_one(visit, first, second, matter.act):
            return ""
        journal.append(
            Act.APPROVED,
            by=second.person.id,
            about=first.person.id,
            room=matter.room,
            reservation=matter.reservation,
            why=Why(matter.act),
        )
        return second.person.id
    finally:
        journal.append(Act.SIGNED_OFF, by=second.person.id, why=Why.BY_HAND)


async def _signed_in(visit: Visit, matter: Matter) -> SignedIn | None:
    reader, by_number = visit.terminal.settings.card_reader, visit.terminal.settings.access.pin_alone
    where = reader.position.value if reader else ""
    answer = await visit.ask(who_agrees(matter, where, by_number=by_number, back=visit.may_go_back))
    if answer == Chosen(_CANCEL.id):
        raise WentBack
    card = answer.card if isinstance(answer, Laid) else None
    try:
        return await sign_in(visit, card, T("PIN of the second person"), matter.what)
    except (NotStaff, WentBack):
        return None
    except Left:
        if visit.left_by:
            raise
        return None  # their card is locked, or nobody's
    finally:
        visit.staff_card = None


def _may_be_one(visit: Visit, first: SignedIn, second: SignedIn, act: TwoPerson) -> bool:
    """Whether one of them may have the PIN and card of the other, also by way of others whom they made up."""
    since = visit.terminal.clock.now() - NOT_WITHIN
    made = [(entry.by, entry.about) for entry in visit.terminal.journal.entries(since=since) if entry.act in _MADE_BY]
    if act is TwoPerson.MASTER_KEY:
        made += [(about, by) for by, about in made if by != KIOSK]  # the first manager has theirs from nobody
    theirs = {first.person.id}
    while more := {about for by, about in made if by in theirs} - theirs:
        theirs |= more
    return second.person.id in theirs


def who_agrees(matter: Matter, where: str, *, by_number: bool, back: bool = True) -> Choice:
    """Asked for what one person must not do alone."""
    number = (Option("number", T("Sign in with a number"), quiet=True),) if by_number else ()
    return Choice(
        question=T("A second person must agree"),
        help=T("Please exchange the card on the reader for the second person’s."),
        details=((T("What"), matter.what),),
        takes=frozenset({Takes.CARD}),
        where=where,
        options=number if back else (*number, _CANCEL),  # after a key was cut there is no Back
    )
