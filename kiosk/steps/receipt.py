"""The slip: printed if it can be; what stands on it is on the last screen too."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import structlog

from hardware.errors import DeviceError, Fault
from hardware.printer.contract import Slip
from kiosk.effects.check_in import PrintSlip
from kiosk.facts import Facts, sure
from kiosk.faults import sentence
from kiosk.language import T
from kiosk.prompts import Answer, Choice, Chosen, Option, Tone
from kiosk.slips import guest_slip
from kiosk.steps.mail_slip import mail_slip
from kiosk.visit import Visit

log = structlog.get_logger()


async def receipt(visit: Visit, facts: Facts) -> Facts:
    """Returns facts that say whether the slip came out for certain."""
    booking = sure(facts.reservation)
    copy_number = 0
    while True:
        slip = _slip(visit, facts)
        effect = PrintSlip(visit=visit.id, what="stay", reservation_id=booking.id, copy_number=copy_number).of(slip)
        try:
            result = await visit.while_waiting(visit.once(effect), T("Printing your slip"))
        except DeviceError as error:
            log.warning("slip not printed", fault=error.fault)
            visit.terminal.tell_desk("PRINTER", f"{visit.terminal.settings.kiosk.name}: {error.fault}")
            chosen = await _what_now(visit, error)
            if chosen == Chosen("mail"):
                return replace(facts, mailed=await mail_slip(visit, facts, partial(_slip, visit, facts)))
            if chosen != Chosen("again"):
                return facts
            continue
        if result["sure"] or not await _came_out_badly(visit):
            return replace(facts, printed=True)
        copy_number += 1


def _slip(visit: Visit, facts: Facts) -> Slip:
    """In the language that is spoken now."""
    return guest_slip(visit.terminal.settings, visit.language, sure(facts.reservation), sure(facts.room))


async def _what_now(visit: Visit, error: DeviceError) -> Answer:
    return await visit.ask(without_paper(error.fault, mail=visit.terminal.mails))


def without_paper(fault: Fault, *, mail: bool) -> Choice:
    """`mail`: whether the slip can be had by e-mail instead."""
    words = sentence(fault)
    by_mail = Option("mail", T("Send it by e-mail"))
    without = Option("skip", T("Continue without the slip"))
    again = Option("again", T("Try again"))
    return Choice(
        question=words.question,
        help=T("Your check-in is done. Everything on the slip is also on the next screen. We have told the desk."),
        picture=words.picture,
        tone=Tone.WARN,
        options=(by_mail, again, without) if mail else (without, again),
    )


async def _came_out_badly(visit: Visit) -> bool:
    """The printer fell silent after the last line: only the guest can tell."""
    answer = await visit.ask(
        Choice(
            question=T("Is your slip complete?"),
            help=T("The printer did not tell us. If something is missing, we print it again."),
            picture="printer-paper",
            options=(Option("yes", T("Yes, all there")), Option("again", T("Print it again"))),
        )
    )
    return answer == Chosen("again")
