"""Staff at the terminal: they sign in, do what they may, and are signed off before the next guest."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hardware.card_reader.contract import Card
from kiosk.journey import Ended, run
from kiosk.journeys.master_key import MASTER_KEY
from kiosk.journeys.reissue_key import REISSUE_KEY
from kiosk.key_journal import Act, Why
from kiosk.key_work import KeyWork
from kiosk.language import T, Text, verbatim
from kiosk.prompts import Choice, Chosen, Option, Tone
from kiosk.roles import Power
from kiosk.steps.export_journal import export_journal
from kiosk.steps.key_reports import key_journal, shift_report
from kiosk.steps.master_key import MasterWork, makes_master_keys
from kiosk.steps.people import people
from kiosk.steps.session import still_here, still_may
from kiosk.steps.sign_in import NotStaff, said, sign_in
from kiosk.terminal import Terminal
from kiosk.visit import Visit, WentBack


@dataclass(frozen=True)
class _Work:
    """One entry of the menu, for those who may."""

    id: str
    label: Text
    power: Power
    do: Callable[[Visit], Awaitable[object]]
    here: Callable[[Terminal], bool] = lambda terminal: True  # whether this terminal can


async def _keys(visit: Visit) -> object:
    return await run(REISSUE_KEY, visit, KeyWork())


async def _master_key(visit: Visit) -> object:
    return await run(MASTER_KEY, visit, MasterWork())


async def _diagnostics(visit: Visit, *, back: bool = True) -> None:
    """Who has more to do than this is asked anew who they are, where the parts' longer time has been used: whoever
    came meanwhile may see the parts, and no key."""
    from kiosk.journeys.diagnostics import diagnostics  # what measures a machine is loaded when somebody asks

    try:
        await diagnostics(visit, back=back)
    except WentBack:
        if visit.left_alone:
            visit.notice(T("Nobody touched the screen for long. Please sign in again."))
            visit.left(Why.IDLE)
        raise


MENU = (
    _Work("keys", T("Keys of a room or guest"), Power.REISSUE, _keys),
    _Work("master", T("Master key"), Power.MASTER_KEY, _master_key, makes_master_keys),
    _Work("journal", T("Journal of keys"), Power.SEE_JOURNAL, key_journal),
    _Work("export", T("Export the journal"), Power.SEE_JOURNAL, export_journal),
    _Work("shift", T("Shift report"), Power.SEE_JOURNAL, shift_report),
    _Work("staff", T("Who works here"), Power.MANAGE_STAFF, people),
    _Work("diagnose", T("Devices and faults"), Power.DIAGNOSE, _diagnostics),
)


async def staff(visit: Visit, card: Card | None) -> None:
    """From the card, or the quiet word on the welcome screen, to signed off. A guest's key card is not staff's."""
    try:
        who = await sign_in(visit, card)
    except NotStaff:
        await _a_guests_card(visit)
        return
    visit.staff, visit.signed_in = who, said(who)
    try:
        await _menu(visit)
    finally:
        visit.staff, visit.signed_in = None, None
        visit.terminal.journal.append(Act.SIGNED_OFF, by=who.person.id, why=visit.left_by or Why.BY_HAND)


async def _menu(visit: Visit) -> None:
    """Until they leave, or may not be here any more: every entry ends here again."""
    while True:
        who = still_here(visit)
        visit.progress = None
        visit.done_something, visit.may_go_back = False, True
        if [work.power for work in MENU if who.may(work.power)] == [Power.DIAGNOSE]:
            await _diagnostics(visit, back=False)  # a technician has nothing to choose from
            continue
        here = tuple(work for work in MENU if work.here(visit.terminal))
        answer = await visit.ask(menu(who.powers, here), back=False)
        for work in here:
            if answer == Chosen(work.id) and who.may(work.power):  # whatever a screen offers
                still_may(visit, work.power)
                try:
                    await work.do(visit)
                except (Ended, WentBack):
                    continue


def menu(powers: frozenset[Power], here: tuple[_Work, ...] = MENU) -> Choice:
    """What somebody with these powers can begin at this terminal."""
    may = tuple(Option(work.id, work.label) for work in here if work.power in powers)
    nothing = None if may else T("There is nothing here for your role yet.")
    return Choice(question=T("What would you like to do?"), help=nothing, options=may, equals=True)


async def _a_guests_card(visit: Visit) -> None:
    """A room key on the staff's reader: its guest is told where it belongs."""
    await visit.ask(
        Choice(
            question=T("This is not a staff card"),
            help=T(
                "Room keys are not read here. If yours does not open, {name} will help you.",
                name=verbatim(visit.terminal.settings.hotel.name),
            ),
            picture="card-wrong",
            tone=Tone.WARN,
            options=(Option("done", T("All right")), Option("person", T("Call us"), quiet=True)),
        )
    )
