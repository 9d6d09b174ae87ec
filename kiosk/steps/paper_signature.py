"""Where the law wants ink on paper, a finger on glass is none: the desk has the card and the key.

Germany, for foreign guests: a signature pad gives no handwritten signature (`registration/law.py`).
"""

from __future__ import annotations

from kiosk.facts import Facts, sure
from kiosk.language import T
from kiosk.registration.law import Medium, Whose, requirements
from kiosk.steps.booking_cases import led_to_a_person
from kiosk.visit import Visit


async def paper_signature(visit: Visit, facts: Facts) -> Facts:
    """Goes on where the screen's signature is enough; else the journey ends at the desk, all prepared."""
    law = requirements(visit.terminal.settings.hotel.country, sure(facts.document).nationality)
    if law.medium is Medium.PAPER and law.signature is not Whose.NONE:
        await led_to_a_person(
            visit,
            T("Only your signature on paper is missing"),
            T("You are checked in. The law asks for a signature on paper: please sign at the desk, where your key is waiting."),
            "sign-here",
            code="SIGNATURE",
            reservation_id=sure(facts.reservation).id,
        )
    return facts
