"""The technician at the terminal: how every part is, what is wrong with it, and whether it is well again.

No guest's data is reachable here: what is shown comes from the parts and their checks alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import TypeVar

from hardware.checks import Check, Outcome
from hardware.readings import Kind
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.parts import Part, parts
from kiosk.diagnosis.report import Report, accept
from kiosk.diagnosis.run import needs_somebody, try_all, try_check, try_part
from kiosk.facts import sure
from kiosk.faults import sentence
from kiosk.language import T, Text, verbatim
from kiosk.prompts import Answer, Choice, Chosen, Pick, PickRow, Prompt
from kiosk.roles import Power
from kiosk.steps.check_results import name, results
from kiosk.steps.hands import VisitHands
from kiosk.steps.kept_true import counted_down, kept_true
from kiosk.steps.part_words import (
    RECORDING,
    costs,
    drawing,
    hint,
    known,
    label,
    look,
    overview,
    part_page,
    recorded,
    short,
)
from kiosk.steps.session import cards_exchanged, still_may
from kiosk.steps.terminal_report import (
    Kept,
    begun,
    keep,
    keep_what_was_tried,
    shall_it_be_begun_anew,
    show_report,
)
from kiosk.terminal import Terminal
from kiosk.visit import Left, Visit, WentBack

Got = TypeVar("Got")

ASK_EVERY_S = 120.0
HOTEL_EVERY_S = 5.0
"""So often the hotel's system is asked for a sign of life while somebody looks: one call."""


async def diagnostics(visit: Visit, *, back: bool = True) -> None:
    """The overview, until Back, or for ever where there is nothing to go back to."""
    found = parts(visit.terminal)
    async with _asked_meanwhile(visit, found):
        if await shall_it_be_begun_anew(visit):
            await _chosen(visit, found, Chosen("new-terminal"))
        await _overview(visit, found, back)


async def _overview(visit: Visit, found: Sequence[Part], back: bool) -> None:
    while True:
        still_may(visit, Power.DIAGNOSE)
        visit.done_something, visit.may_go_back = False, True
        answer = await kept_true(visit, lambda: _seen(visit, found), back=back)
        still_may(visit, Power.DIAGNOSE)
        try:
            await _chosen(visit, found, answer)
        except WentBack:
            continue


def _seen(visit: Visit, found: Sequence[Part]) -> Prompt:
    terminal = visit.terminal
    return overview(look(found), terminal.now(), visit.leaves_in_s, terminal.recorder.visits_left)


@asynccontextmanager
async def _asked_meanwhile(visit: Visit, found: Sequence[Part]) -> AsyncIterator[None]:
    """Devices are asked all the time; the computer, the network, the hotel and the mail server while somebody looks."""
    silent = [part for part in found if part.kind is None and not all(map(needs_somebody, part.checks))]

    async def ask() -> None:
        while True:
            await try_all(visit.terminal, silent)
            await _hotel_changes(visit.terminal, silent)

    asking = asyncio.ensure_future(ask())
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def _hotel_changes(terminal: Terminal, found: Sequence[Part]) -> None:
    """Returns when the hotel's system went away or came back, at the latest when it is time to ask all anew. It may have
    been away for some calls only, when all were asked: these are asked again."""
    hotel = next(part for part in found if part.id == "hotel")
    sign_of_life = hotel.checks[0]
    for _ in range(round(ASK_EVERY_S / HOTEL_EVERY_S)):
        await terminal.clock.sleep(HOTEL_EVERY_S)
        before = terminal.book.last(sign_of_life.id)
        now = await try_check(terminal, hotel, sign_of_life)
        if before is None or before.result.outcome is not now.result.outcome:
            return
        if now.result.outcome is Outcome.WELL:
            for check in hotel.checks:
                if terminal.book.ill((check.id,)):
                    await try_check(terminal, hotel, check)


async def _chosen(visit: Visit, found: Sequence[Part], answer: Answer) -> None:
    """Who has their hands in the terminal does not touch its screen every minute."""
    chosen = next((part for part in found if answer == Chosen(part.id)), None)
    with visit.patient(visit.terminal.settings.access.repair_idle_s):
        if chosen is not None:
            await _part(visit, chosen)
        elif answer == Chosen(RECORDING):
            await _recording(visit)
        elif answer == Chosen("test-all"):
            await _test_all(visit, found)
        elif answer == Chosen("new-terminal"):
            await _new_terminal(visit, found)


async def _recording(visit: Visit) -> None:
    """A trace that is recorded, and its end."""
    recorder = visit.terminal.recorder
    if await counted_down(visit, recorded(recorder.visits_left)) == Chosen("stop"):
        recorder.switch_off()


# --- one part ---------------------------------------------------------------------------------------


async def _part(visit: Visit, part: Part) -> None:
    """Its page, until Back."""
    while True:
        answer = await kept_true(visit, lambda: part_page(part, part.view(), visit.terminal.now(), visit.leaves_in_s))
        still_may(visit, Power.DIAGNOSE)
        try:
            if answer == Chosen("known"):
                await _known_faults(visit, part)
            elif answer == Chosen("all"):
                await _check_part(visit, part)
            for check in part.checks:
                if answer == Chosen(f"check:{check.id}"):
                    await _check(visit, part, check)
        except WentBack:
            continue


async def _known_faults(visit: Visit, part: Part) -> None:
    """What can be wrong with this kind, and what to do then; until Back."""
    while True:
        answer = await counted_down(visit, known_faults(part))
        fault = next((fault for fault in known(part) if answer == Chosen(fault)), None)
        if fault is not None:
            try:
                await counted_down(visit, known_fault(fault))
            except WentBack:
                continue


def known_faults(part: Part) -> Pick:
    return Pick(
        question=T("{part}: known faults", part=part.label),
        rows=tuple(PickRow(str(code), _called(code), hint(code)) for code in known(part)),
    )


def _called(code: str) -> Text:
    return verbatim(code) if (words := short(code)) == verbatim(code) else T("{part} · {code}", part=words, code=code)


def known_fault(fault: str) -> Choice:
    """What to do, in words and in a drawing; what it costs, and what goes on meanwhile."""
    severity, still = costs(sentence(fault))
    return Choice(
        question=sentence(fault).question,
        help=hint(fault),
        details=((T("Fault code"), verbatim(str(fault))), (T("How bad it is"), severity), (T("Meanwhile"), still)),
        picture=drawing(fault),
        options=(),  # only to be read: Back
    )


async def _check(visit: Visit, part: Part, check: Check) -> None:
    """One check, again and again where that is wanted."""
    while True:
        hands = VisitHands(visit, label(check))
        async with AsyncExitStack() as stack:
            if part.kind is Kind.CARD_READER and check.hands:  # the technician's own card makes room
                await stack.enter_async_context(cards_exchanged(visit))
            tried = await hands.help_with(try_check(visit.terminal, part, check, hands))
        if tried is None:
            return
        title = T("{part} · {what}", part=part.label, what=label(check))
        if await counted_down(visit, results(title, (tried,), again=True), back=False) != Chosen("again"):
            return


async def _check_part(visit: Visit, part: Part) -> None:
    """All checks of one part, with the technician's hands."""
    every: list[Tried] = []
    work = partial(try_part, visit.terminal, part)
    await _helped(visit, part.label, (part,), work, every.append, with_hands=True)
    await _told(visit, part.label, (part,), every)


# --- all parts ---------------------------------------------------------------------------------------


async def _test_all(visit: Visit, found: Sequence[Part]) -> None:
    """What needs no hands."""
    every: list[Tried] = []
    work = partial(try_all, visit.terminal, found)
    await _helped(visit, T("Testing what needs no hands"), found, work, every.append, with_hands=False)
    await _told(visit, T("Tested without hands"), found, [each for each in every if not each.nobody])


async def _told(visit: Visit, title: Text, found: Sequence[Part], tried: Sequence[Tried]) -> None:
    """What came of it in the parts' order, also where it was stopped before its end."""
    if tried:
        await counted_down(visit, results(title, _in_order(found, tried)), back=False)


def _in_order(found: Sequence[Part], tried: Sequence[Tried]) -> list[Tried]:
    order = [check.id for part in found for check in part.checks]
    return sorted(tried, key=lambda each: order.index(each.check))


async def _new_terminal(visit: Visit, found: Sequence[Part]) -> None:
    """Everything, one after the other; and a report that says so, kept before anybody has touched anything."""
    every: list[Tried] = []
    by = sure(visit.staff).person.id
    shown: tuple[Report, Kept] | None
    work = partial(accept, visit.terminal, by=by)
    with begun(visit.terminal):
        try:
            report = await _helped(visit, T("Testing the terminal"), found, work, every.append, with_hands=True)
        except Left:
            await keep_what_was_tried(visit.terminal, found, every, by=by)
            raise
        if report is not None:
            shown = report, await keep(visit, report)
        else:
            shown = await visit.while_waiting(
                keep_what_was_tried(visit.terminal, found, every, by=by), T("Keeping the report")
            )
    if shown is not None:
        await show_report(visit, shown[0], _in_order(found, every), shown[1], stopped=report is None)


async def _helped(
    visit: Visit,
    title: Text,
    found: Sequence[Part],
    work: Callable[..., Awaitable[Got]],
    on_tried: Callable[[Tried], None] = lambda tried: None,
    *,
    with_hands: bool,
) -> Got | None:
    """Many checks, and how far they are. None: stopped by hand."""
    checks = [check for part in found for check in part.checks if with_hands or not needs_somebody(check)]
    hands = VisitHands(visit, title, of=len(checks))

    def begun(part: Part, check: Check) -> None:
        if with_hands and needs_somebody(check):
            hands.begins(label(check))

    def ended(tried: Tried) -> None:
        on_tried(tried)
        if not tried.nobody:
            hands.ended(name(tried), tried.result.outcome)

    async with AsyncExitStack() as stack:
        if with_hands and any(part.kind is Kind.CARD_READER for part in found):
            await stack.enter_async_context(cards_exchanged(visit))
        doing = work(hands=hands if with_hands else NO_HANDS, on_tried=ended, on_begun=begun)
        return await hands.help_with(doing)
