"""The slip: printed if it can be; what stands on it is on the last screen too."""

from __future__ import annotations

from dataclasses import replace

import structlog

from hardware.errors import DeviceError
from kiosk.effects.check_in import PrintSlip
from kiosk.facts import Facts, sure
from kiosk.faults import sentence
from kiosk.language import T
from kiosk.prompts import Choice, Chosen, Option, Tone
from kiosk.slips import guest_slip
from kiosk.visit import Visit

log = structlog.get_logger()


async def receipt(visit: Visit, facts: Facts) -> Facts:
    """Returns facts that say whether the slip came out for certain."""
    booking = sure(facts.reservation)
    slip = guest_slip(visit.terminal.settings, visit.language, booking, sure(facts.room))
    copy_number = 0
    while True:
        effect = PrintSlip(visit=visit.id, what="stay", reservation_id=booking.id, copy_number=copy_number).of(slip)
        try:
            result = await visit.while_waiting(visit.once(effect), T("Printing your slip"))
        except DeviceError as error:
            log.warning("slip not printed", fault=error.fault)
            visit.terminal.tell_desk("PRINTER", f"{visit.terminal.settings.kiosk.name}: {error.fault}")
            if await _again(visit, error):
                continue
            return facts
        if result["sure"] or not await _came_out_badly(visit):
            return replace(facts, printed=True)
        copy_number += 1


async def _again(visit: Visit, error: DeviceError) -> bool:
    words = sentence(error.fault)
    answer = await visit.ask(
        Choice(
            question=words.question,
            help=T("Your check-in is done. Everything on the slip is also on the next screen. We have told the desk."),
            picture=words.picture,
            tone=Tone.WARN,
            options=(Option("skip", T("I don’t need it")), Option("again", T("Try again"))),
        )
    )
    return answer == Chosen("again")


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
