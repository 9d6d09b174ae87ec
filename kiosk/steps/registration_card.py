"""The registration card: filled in from document and booking, corrected, agreed to, signed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial

import structlog

from hardware.errors import DeviceError
from hardware.printer.contract import Slip
from hardware.readings import Kind
from kiosk import identity
from kiosk.effects import SignCard
from kiosk.facts import Facts, sure
from kiosk.faults import sentence
from kiosk.hotel.backend import HotelError
from kiosk.hotel.model import Stay
from kiosk.identity import Proven
from kiosk.journey import until_it_works
from kiosk.language import T, Text, language
from kiosk.prompts import (
    Choice,
    Chosen,
    DateEntry,
    Option,
    Picked,
    Prompt,
    Reading,
    RegistrationCard,
    Signed,
    TextEntry,
    Typed,
)
from kiosk.registration.card import RegistrationForm
from kiosk.registration.fields import Wrong
from kiosk.registration.law import Field, requirements
from kiosk.registration.pdf import SignedCard, render
from kiosk.registration.words import house_rules, what_is_kept
from kiosk.settings import Note
from kiosk.slips import text_slip
from kiosk.visit import Visit, WentBack

log = structlog.get_logger()


async def registration_card(visit: Visit, facts: Facts) -> Facts:
    """Returns facts with the form as it was signed; nothing where it was signed before."""
    terminal, booking = visit.terminal, sure(facts.reservation)
    if booking.stay is Stay.IN_HOUSE or terminal.signed_already(booking.id):
        return facts
    form = facts.form or _filled(visit, facts)
    notice: Text | None = None
    while True:
        answer = await visit.ask(_prompt(form, facts, notice))
        notice = None
        if isinstance(answer, Chosen) and answer.id == "rules":
            await _read(visit, T("House rules"), house_rules(terminal.settings))
        elif isinstance(answer, Chosen) and answer.id == "kept":
            await _read(visit, T("What is kept, and for how long"), what_is_kept(form, terminal.settings), prints=True)
        elif answer == Chosen("fill-in"):
            form = await _fill_in(visit, form)
        elif isinstance(answer, Chosen) and answer.id.startswith("change:"):
            form = await _change(visit, form, answer.id.removeprefix("change:"))
        elif form.missing():
            notice = T("Please fill in what is still missing")
        elif isinstance(answer, Signed) and form.signature and not _is_a_signature(answer):
            notice = T("Please sign in the box, then go on")
        else:
            signature = answer if isinstance(answer, Signed) else Signed((), 1.0)
            await until_it_works(visit, partial(_sign, visit, facts, form, signature))
            return replace(facts, form=form)


def _filled(visit: Visit, facts: Facts) -> RegistrationForm:
    hotel, document = visit.terminal.settings.hotel, sure(facts.document)
    return RegistrationForm.fill(
        document,
        sure(facts.reservation),
        sure(facts.guest),
        requirements(hotel.country, document.nationality),
        today=visit.terminal.today(),
        languages=(visit.language, "en"),
        proven=facts.proven,
    )


def _prompt(form: RegistrationForm, facts: Facts, notice: Text | None) -> RegistrationCard:
    guest = sure(facts.guest)
    name = guest.given_name or guest.family_name
    missing = bool(form.missing())
    return RegistrationCard(
        question=T("A few more details, {name}", name=name) if missing else T("Is this right, {name}?", name=name),
        help=T("Please fill in what is missing, then sign.") if missing else T("Correct what has changed, then sign."),
        rows=form.rows(),
        brief=form.brief(),
        signature=form.signature,
        notice=notice,
    )


async def _read(visit: Visit, title: Text, paragraphs: tuple[Text, ...], *, prints: bool = False) -> None:
    """Until the guest has read it; `prints`: they may take it along on paper."""
    can_print = prints and visit.terminal.works(Kind.PRINTER)
    close = Option("close", T("Close"))
    options = (close, Option("print", T("Print this"), quiet=True)) if can_print else (close,)
    reading = Reading(question=title, paragraphs=paragraphs, options=options)
    while await visit.ask(reading, back=False) == Chosen("print"):
        await _print(visit, text_slip(visit.terminal.settings, visit.language, title, paragraphs))


async def _print(visit: Visit, slip: Slip) -> None:
    """A courtesy on paper: it holds nothing of the guest, and the way back stays open."""
    try:
        await visit.while_waiting(visit.terminal.printer.print(slip), T("Printing"))
    except DeviceError as error:
        log.warning("not printed", fault=error.fault)
        visit.notice(sentence(error.fault).question)


async def _change(visit: Visit, form: RegistrationForm, group: str) -> RegistrationForm:
    """Ask each field of the row; Back steps through them, from the first one to the card as it was."""
    fields = form.questions(group)
    changed, at = form, 0
    while at < len(fields):
        try:
            changed = await _ask(visit, changed, fields[at])
            at += 1
        except WentBack:
            if at == 0:
                return form
            at -= 1
    return changed


async def _fill_in(visit: Visit, form: RegistrationForm) -> RegistrationForm:
    """Ask all that is missing, one after another; Back steps through them, from the first one to the card."""
    asked: list[Field] = []
    at = 0
    while True:
        if at == len(asked):
            rest = [field for field in form.to_fill_in() if field not in asked]
            if not rest:
                return form
            asked.append(rest[0])
        still = sum(field not in asked for field in form.to_fill_in())
        try:
            form = await _ask(visit, form, asked[at], T("{number} of {of}", number=at + 1, of=len(asked) + still))
            at += 1
        except WentBack:
            if at == 0:
                return form
            at -= 1


async def _ask(visit: Visit, form: RegistrationForm, field: Field, count: Text | None = None) -> RegistrationForm:
    """`count`: which of the questions this is."""
    prompt = _counted(_spoken(visit, form).ask(field), count)
    while True:
        text = await _answer(visit, prompt)
        form = _spoken(visit, form)
        try:
            return form.with_value(field, text)
        except Wrong as wrong:
            prompt = _counted(form.ask(field, wrong.text), count)
            if isinstance(prompt, TextEntry):
                prompt = replace(prompt, value=text)  # to be corrected, not typed again


def _counted(prompt: Prompt, count: Text | None) -> Prompt:
    """With the number of the question before its help."""
    if count is None:
        return prompt
    return replace(prompt, help=T("{count} · {help}", count=count, help=prompt.help) if prompt.help else count)


def _spoken(visit: Visit, form: RegistrationForm) -> RegistrationForm:
    """The form as it understands the guest now: countries are typed in their language."""
    return replace(form, languages=(visit.language, "en"))


async def _answer(visit: Visit, prompt: Prompt) -> str:
    answer = await visit.ask(prompt)
    match prompt, answer:
        case TextEntry(), Typed():
            return answer.text
        case DateEntry(), Picked():
            return answer.day.isoformat()
        case Choice(), Chosen():
            return answer.id
    raise TypeError(type(answer))


def _is_a_signature(signed: Signed) -> bool:
    """More than a tap: some way was drawn (a tenth of the pad's width)."""
    way = sum(
        abs(x2 - x1) + abs(y2 - y1)
        for stroke in signed.strokes
        for (x1, y1), (x2, y2) in zip(stroke, stroke[1:], strict=False)
    )
    return way >= 0.1


async def _sign(visit: Visit, facts: Facts, form: RegistrationForm, signature: Signed) -> None:
    terminal, booking = visit.terminal, sure(facts.reservation)
    card_id = terminal.ledger.opaque("card", booking.id, visit.id)
    tongue = language(visit.language)
    card = SignedCard(
        id=card_id,
        form=form,
        hotel=terminal.settings.hotel.name,
        signed_at=terminal.now(),
        house_rules=tuple(tongue.say(rule) for rule in house_rules(terminal.settings)),
        strokes=signature.strokes,
        aspect=signature.aspect,
        language=visit.language,
    )
    effect = SignCard(reservation_id=booking.id, card_id=card_id)

    async def put_away() -> None:
        pdf = await asyncio.to_thread(render, card)
        await visit.once(effect.of(pdf, form.profile(sure(facts.guest))))
        await _note(visit, booking.id, facts.proven)

    await visit.while_waiting(put_away(), T("Storing your registration card safely"))


async def _note(visit: Visit, reservation_id: str, proven: Proven | None) -> None:
    """What was proven, as a comment on the booking: OPERA has no field for it. What the hotel does not take
    now, the desk is told."""
    wanted = visit.terminal.settings.identity.note
    if proven is None or wanted is Note.NEVER or (wanted is Note.UNPROVEN and not proven.unproven):
        return
    text = f"{visit.terminal.settings.kiosk.name}: document read by the kiosk: {identity.for_desk(proven)}"
    try:
        await visit.terminal.hotel.note(reservation_id, text)
    except HotelError as error:
        log.warning("booking not commented", trouble=error.trouble)
        visit.terminal.tell_desk("DOCUMENT", text, reservation_id)
