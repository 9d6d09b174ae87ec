"""Staff sign in: their card answers a challenge, they type the PIN; or number and PIN, where that is allowed."""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from hardware.card_reader.contract import Card, CardProof, Proven
from hardware.readings import Kind
from kiosk.access import Refusal, Refused
from kiosk.journey import until_it_works
from kiosk.key_journal import KIOSK, Act, Why
from kiosk.language import TN, T, Text, verbatim
from kiosk.prompts import GO_ON, Choice, Keys, Laid, Option, Takes, TextEntry, Tone, Typed
from kiosk.roles import Role, SignedIn
from kiosk.visit import Left, Visit

log = structlog.get_logger()

PROVE_WITHIN_S = 3.0
LONGEST_PIN = 12
ROLES: dict[Role, Text] = {
    Role.RECEPTION: T("Reception"),
    Role.MANAGER: T("Manager"),
    Role.TECHNICIAN: T("Technician"),
}
_WHY: dict[Refusal, Why] = {
    Refusal.WRONG: Why.WRONG_PIN,
    Refusal.WAIT: Why.WRONG_PIN,
    Refusal.LOCKED: Why.LOCKED,
    Refusal.CARD_NEEDED: Why.CARD_NOT_PROVEN,
    Refusal.CARD_UNKNOWN: Why.CARD_UNKNOWN,
    Refusal.CARD_NOT_PROVEN: Why.CARD_NOT_PROVEN,
}


class NotStaff(Exception):  # noqa: N818 - a way to go on, like WentBack
    """A card that is no staff card: a guest's key, perhaps."""


@dataclass(frozen=True)
class Way:
    """How somebody signs in: by a card that was challenged, or by their number."""

    proof: CardProof | None = None
    number: str = ""


async def sign_in(
    visit: Visit, card: Card | None, question: Text | None = None, about: Text | None = None
) -> SignedIn:
    """Who stands there; `about` is what for. NotStaff for a card that is none; Left where they are not let in; WentBack."""
    way = await _way(visit, card)
    visit.staff_card = way.proof.uid if way.proof is not None else None
    access, error, wait_s = visit.terminal.access, None, 0.0
    while True:
        held = access.held(card=way.proof, number=way.number)
        before = access.wrong_in_a_row(card=way.proof, number=way.number)
        if held is not None:
            _recorded(visit, way, held.why, before, tried=False)
            error, wait_s = await _held(visit, held), held.wait_s or 0.0
        pin = await visit.ask_for(Typed, _pin(visit, question, about, error, wait_s, way.proof is not None))
        got = await visit.while_waiting(
            access.sign_in(pin.text, card=way.proof, number=way.number), T("One moment, please")
        )
        _recorded(visit, way, got.why if isinstance(got, Refused) else "right", before, tried=True)
        if isinstance(got, SignedIn):
            visit.terminal.journal.append(Act.SIGNED_IN, by=got.person.id)
            if got.wrong_before:
                visit.notice(
                    TN(
                        "{count} wrong try since your last time",
                        "{count} wrong tries since your last time",
                        got.wrong_before,
                    )
                )
            return got
        known = access.known(card=way.proof, number=way.number)
        visit.terminal.journal.append(Act.REFUSED, by=KIOSK, why=_WHY[got.why], about=known)
        log.warning("staff not signed in", why=got.why)
        error, wait_s = await _held(visit, got), got.wait_s or 0.0


def _recorded(visit: Visit, way: Way, outcome: str, before: int, *, tried: bool) -> None:
    """For a trace, where a technician has asked for one: never what was typed, nor who it was."""
    access, proof = visit.terminal.access, way.proof
    person = access.person(access.known(card=proof, number=way.number))
    visit.terminal.recorder.signed_in(
        outcome,
        number=person.id if person is not None else "",
        roles=person.roles if person is not None else (),
        card=proof.uid if proof is not None else None,
        before=before,
        tried=tried,
    )


def said(who: SignedIn) -> Text:
    """As their screens say it: "Reception · 3 · Anna"."""
    role = next(role for role in (Role.MANAGER, Role.RECEPTION, Role.TECHNICIAN) if role in who.person.roles)
    return T("{role} · {name}", role=ROLES[role], name=verbatim(who.person.name))


async def _way(visit: Visit, card: Card | None) -> Way:
    """Asks for the card, or where that is allowed for the number."""
    terminal = visit.terminal
    number = terminal.settings.access.pin_alone
    while card is None:
        if not terminal.works(Kind.CARD_READER) and number:
            return await _by_number(visit)
        reader = terminal.settings.card_reader
        answer = await visit.ask(
            Choice(
                question=T("Your staff card, please"),
                help=T("Lay it on the reader and leave it there while you work."),
                picture="key-card",
                takes=frozenset({Takes.CARD}),
                where=reader.position.value if reader else "",
                options=(Option("number", T("Sign in with my number"), quiet=True),) if number else (),
            )
        )
        if not isinstance(answer, Laid):
            return await _by_number(visit)
        card = answer.card
    laid = card
    proof = await until_it_works(
        visit,
        lambda: visit.while_waiting(
            terminal.card_reader.prove(laid, within_s=PROVE_WITHIN_S), T("Reading the card")
        ),
    )
    if proof.outcome is Proven.NOT_OURS or (
        proof.outcome is Proven.CANT and not terminal.settings.access.bare_uid
    ):
        raise NotStaff
    return Way(proof)


async def _by_number(visit: Visit) -> Way:
    answer = await visit.ask_for(
        Typed, TextEntry(question=T("Your staff number"), keys=Keys.PIN, max_length=6)
    )
    return Way(number=answer.text.strip())


def _pin(
    visit: Visit, question: Text | None, about: Text | None, error: Text | None, wait_s: float, by_card: bool
) -> TextEntry:
    return TextEntry(
        question=question or T("Your PIN"),
        help=about or (T("Leave your card where it is.") if by_card else None),
        keys=Keys.PIN,
        secret=True,
        least=visit.terminal.settings.access.pin_length,
        max_length=LONGEST_PIN,
        error=error,
        wait_s=wait_s,
        action=T("Sign in"),
    )


async def _held(visit: Visit, refused: Refused) -> Text:
    """What to say beside the next question; Left where there is none."""
    match refused.why:
        case Refusal.WRONG:
            return T("Wrong PIN.")
        case Refusal.WAIT if refused.wait_s is not None and refused.wait_s <= LONGEST_WAIT_S:
            return T("Too many wrong tries.")
    question, help_text = _REFUSED[refused.why]
    await visit.ask(
        Choice(question=question, help=help_text, picture="card-wrong", tone=Tone.WARN, options=(GO_ON,)),
        back=False,
    )
    raise Left


LONGEST_WAIT_S = 60.0
"""Nobody stands there longer: they come back later."""

_REFUSED: dict[Refusal, tuple[Text, Text]] = {
    Refusal.WAIT: (
        T("Please come back later"),
        T("After so many wrong tries nobody can sign in so for a while."),
    ),
    Refusal.LOCKED: (
        T("This way in is locked"),
        T("There were too many wrong tries. A manager can unlock it."),
    ),
    Refusal.CARD_NEEDED: (T("Please use your staff card"), T("Here nobody signs in without one.")),
    Refusal.CARD_UNKNOWN: (
        T("This card is nobody’s"),
        T("It was taken back, or never given to anybody. Ask a manager."),
    ),
    Refusal.CARD_NOT_PROVEN: (
        T("The card did not prove itself"),
        T("Please lay it down once more, flat and alone."),
    ),
}
