"""The registration card: filled in from document and booking, corrected, agreed to, signed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import structlog

from kiosk import identity
from kiosk.effects.check_in import AddCompanion, SignCard
from kiosk.facts import Facts, sure
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Stay
from kiosk.identity import Proven
from kiosk.journey import until_it_works
from kiosk.language import T, Text, language
from kiosk.party import Companion, Party, likely
from kiosk.prompts import RegistrationCard, Signed
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import requirements
from kiosk.registration.listed import below, listed
from kiosk.registration.pdf import SignedCard, render, written_name
from kiosk.registration.profile import updated_profile
from kiosk.registration.words import house_rules
from kiosk.sections import Note
from kiosk.steps.complete_card import complete_card
from kiosk.visit import Visit

log = structlog.get_logger()


async def registration_card(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the form as it was signed; nothing where it was signed before."""
    terminal, booking = visit.terminal, sure(facts.reservation)
    if booking.stay is Stay.IN_HOUSE or terminal.signed_already(booking.id):
        return facts
    form, signature = await complete_card(visit, facts.form or _filled(visit, facts), partial(_prompt, facts), facts.party)
    await until_it_works(visit, partial(_sign, visit, facts, form, signature))
    return replace(facts, form=form)


def _filled(visit: Visit, facts: Facts) -> RegistrationForm:
    """With what those who come along have told already, where it is likely to be the same."""
    hotel, document = visit.terminal.settings.hotel, sure(facts.document)
    form = RegistrationForm.fill(
        document,
        sure(facts.reservation),
        sure(facts.guest),
        requirements(hotel.country, document.nationality),
        today=visit.terminal.today(),
        languages=(visit.language, "en"),
        proven=facts.proven,
        company=facts.party.company() if facts.party else None,
        portrait=facts.portrait is not None,
    )
    return form.suggesting(likely(sure(facts.guest), facts.party)) if facts.party else form


def _prompt(facts: Facts, form: RegistrationForm, notice: Text | None) -> RegistrationCard:
    guest = sure(facts.guest)
    name = guest.given_name or guest.family_name
    missing = bool(form.missing())
    signs, brief = T("Correct what has changed, then sign."), form.brief()
    if others := [each for each in facts.party.registered if each.own_card] if facts.party else []:
        for_all = _for_all(form, [sure(each.form) for each in others])
        signs, brief = T("{help} {more}", help=T("Correct what has changed."), more=for_all), for_all
    return RegistrationCard(
        question=T("A few more details, {name}", name=name) if missing else T("Is this right, {name}?", name=name),
        help=T("Please fill in what is missing, then sign.") if missing else signs,
        rows=form.rows(),
        brief=brief,
        signature=form.signature,
        notice=notice,
    )


_ALL = {2: T("You sign for both of you"), 3: T("You sign for all three"), 4: T("You sign for all four")}
_MOST_IN_A_LINE = 3


def _for_all(form: RegistrationForm, others: list[RegistrationForm]) -> Text:
    """One signature stands under the cards of all: said with their names, one a line where they are many."""
    names = [each.called() for each in (form, *others)]
    who = _ALL.get(len(names)) or T("You sign for all {count}", count=len(names))
    if len(names) > _MOST_IN_A_LINE:
        return T("{who}:\n{names}", who=who, names=below(names))
    return T("{who}: {names}", who=who, names=listed(names))


async def _sign(visit: Visit, facts: Facts, form: RegistrationForm, signature: Signed) -> None:
    """Everybody to the hotel, and all cards into the outbox, the head's own last."""
    terminal, booking = visit.terminal, sure(facts.reservation)
    card = _card(visit, facts, form, signature)
    others = facts.party.registered if facts.party else ()
    cards = [_companions_card(card, visit, facts, number, each) for number, each in enumerate(others, 2) if each.own_card]
    effect = SignCard(reservation_id=booking.id, card_id=card.id)

    async def put_away() -> None:
        pdf = await asyncio.to_thread(render, card)
        pdfs = [(each.id, await asyncio.to_thread(render, each)) for each in cards]
        if facts.party:
            _tell_desk(visit, facts.party, booking.id)
        for each in facts.party.persons if facts.party else ():
            await _add(visit, AddCompanion.of(each.as_guest(), booking.id, terminal.ledger))
        await visit.once(effect.of(pdf, updated_profile(sure(facts.guest), form), pdfs))
        for proven in (facts.proven, *(each.proven for each in others)):
            await _note(visit, booking.id, proven)

    await visit.while_waiting(put_away(), T("Storing your registration card safely"))


async def _add(visit: Visit, companion: AddCompanion) -> None:
    """A booking that has no place for them is for the desk: the guest has done their part."""
    try:
        await visit.once(companion)
    except HotelError as error:
        if error.trouble is not Trouble.REFUSED:
            raise
        log.warning("companion refused", code=error.code)
        text = f"{visit.terminal.settings.kiosk.name}: {companion.tale(False)}, the hotel refused; see the registration card"
        token = visit.terminal.ledger.opaque("refused", *companion.same(), visit.id)
        visit.terminal.tell_desk("PARTY", text, companion.reservation_id, token=token)


def _card(visit: Visit, facts: Facts, form: RegistrationForm, signature: Signed) -> SignedCard:
    terminal, tongue = visit.terminal, language(visit.language)
    return SignedCard(
        id=terminal.ledger.opaque("card", sure(facts.reservation).id, visit.id),
        form=form,
        hotel=terminal.settings.hotel.name,
        signed_at=terminal.now(),
        house_rules=tuple(tongue.say(rule) for rule in house_rules(terminal.settings)),
        strokes=signature.strokes,
        aspect=signature.aspect,
        language=visit.language,
    )


def _companions_card(heads: SignedCard, visit: Visit, facts: Facts, number: int, whose: Companion) -> SignedCard:
    """One signature covers the cards of a family or group: it stands on each that the law wants signed so."""
    form = sure(whose.form)
    return replace(
        heads,
        id=visit.terminal.ledger.opaque("card", sure(facts.reservation).id, visit.id, str(number)),
        form=form,
        house_rules=(),
        strokes=heads.strokes if form.signature else (),
        signer=written_name(heads.form) if form.signature else "",
    )


def _tell_desk(visit: Visit, party: Party, reservation_id: str) -> None:
    """What the desk has still to do for the party, without a name; told again, it is the same message."""
    name = visit.terminal.settings.kiosk.name
    told = (
        (party.later, "to be registered later: {count} of this booking"),
        (party.told_children, "please check the ages: {count} told as children, more than the booking has"),
        (party.strangers, "please check the names: {count} of the party showed one that is not on the booking"),
        (party.unregistered, "please check the party: {count} whom the booking names were not registered"),
        (party.alike, "please check the documents: {count} of the party may be somebody who was registered before"),
    )
    for at, (count, words) in enumerate(told):
        if count:
            token = visit.terminal.ledger.opaque("party", reservation_id, visit.id, str(at))
            visit.terminal.tell_desk("PARTY", f"{name}: {words.format(count=count)}", reservation_id, token=token)


async def _note(visit: Visit, reservation_id: str, proven: Proven | None) -> None:
    """What was proven, as a comment on the booking: OPERA has no field for it. What the hotel does not take
    now, the desk is told."""
    policy = visit.terminal.settings.identity
    if proven is None or policy.note is Note.NEVER or (policy.note is Note.UNPROVEN and not proven.marked(policy)):
        return
    text = f"{visit.terminal.settings.kiosk.name}: document read by the kiosk: {identity.for_desk(proven)}"
    try:
        await visit.terminal.hotel.note(reservation_id, text)
    except HotelError as error:
        log.warning("booking not commented", trouble=error.trouble)
        visit.terminal.tell_desk("DOCUMENT", text, reservation_id)
