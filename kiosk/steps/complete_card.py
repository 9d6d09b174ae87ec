"""A registration card on the screen until it is whole: read, filled in, corrected, and agreed to or signed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import structlog

from hardware.errors import DeviceError
from hardware.printer.contract import Slip
from hardware.readings import Kind
from kiosk.faults import sentence
from kiosk.language import T, Text
from kiosk.party import Party
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
from kiosk.registration.law import Field
from kiosk.registration.words import house_rules, what_is_kept
from kiosk.slips import text_slip
from kiosk.visit import Visit, WentBack

log = structlog.get_logger()

Ask = Callable[[RegistrationForm, Text | None], RegistrationCard]
"""The card as a prompt, with a notice."""


async def complete_card(
    visit: Visit, form: RegistrationForm, ask: Ask, party: Party | None = None
) -> tuple[RegistrationForm, Signed]:
    """The form as it was agreed to, and its signature, which has no strokes where none was asked for."""
    settings = visit.terminal.settings
    notice: Text | None = None
    while True:
        prompt = ask(form, notice)
        answer = await visit.ask(prompt)
        notice = None
        if isinstance(answer, Chosen) and answer.id == "rules":
            await _read(visit, T("House rules"), house_rules(settings))
        elif isinstance(answer, Chosen) and answer.id == "kept":
            await _read(visit, T("What is kept, and for how long"), what_is_kept(form, settings, party), prints=True)
        elif answer == Chosen("fill-in"):
            form = await _fill_in(visit, form)
        elif isinstance(answer, Chosen) and answer.id.startswith("change:"):
            form = await ask_each(visit, form, form.questions(answer.id.removeprefix("change:"))) or form
        elif form.missing():
            notice = T("Please fill in what is still missing")
        elif isinstance(answer, Signed) and prompt.signature and not _is_a_signature(answer):
            notice = T("Please sign in the box, then go on")
        else:
            return form, answer if isinstance(answer, Signed) else Signed((), 1.0)


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


async def ask_each(
    visit: Visit,
    form: RegistrationForm,
    fields: Sequence[Field],
    *,
    count: bool = False,
    enough: Callable[[RegistrationForm], bool] = lambda form: False,
) -> RegistrationForm | None:
    """Ask these fields; Back steps through them, from the first one out of it: None. No more of them than is
    `enough` once one was answered."""
    at = 0
    while at < len(fields):
        number = T("{number} of {of}", number=at + 1, of=len(fields)) if count else None
        try:
            form = await _ask(visit, form, fields[at], number)
            if enough(form):
                return form
            at += 1
        except WentBack:
            if at == 0:
                return None
            at -= 1
    return form


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
