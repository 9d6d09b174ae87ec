"""Check in: the order of the house. Change the tuple to change the order."""

from __future__ import annotations

from hardware.readings import Kind
from kiosk.facts import Facts
from kiosk.journey import Journey, Repeat, Step
from kiosk.language import T
from kiosk.steps.booking_cases import which_booking
from kiosk.steps.companion_card import companion_card, with_the_card
from kiosk.steps.companions import next_companion, still_to_come, who_comes_along, with_what_was_told
from kiosk.steps.cut_keys import cut_keys
from kiosk.steps.farewell import farewell
from kiosk.steps.find_booking import find_booking, with_what_was_typed
from kiosk.steps.get_room import get_room
from kiosk.steps.paper_signature import paper_signature
from kiosk.steps.receipt import receipt
from kiosk.steps.registration_card import registration_card
from kiosk.steps.verify_identity import verify_identity

CHECK_IN = Journey(
    name="check-in",
    title=T("Check in"),
    begin=Facts,
    needs=frozenset({Kind.DOCUMENT_READER}),
    steps=(
        Step(find_booking, stage=T("Your booking"), kept=with_what_was_typed),
        Step(verify_identity, stage=T("Your document"), when=lambda facts: not facts.fitting),
        Step(which_booking, stage=T("Your document")),
        Step(who_comes_along, stage=T("Registration")),
        Repeat(
            (
                Step(next_companion, stage=T("Registration"), kept=with_what_was_told),
                Step(
                    companion_card,
                    stage=T("Registration"),
                    when=lambda facts: facts.has_card_to_see,
                    kept=with_the_card,
                ),
            ),
            over=still_to_come,
        ),
        Step(registration_card, stage=T("Registration")),
        Step(get_room, stage=T("Your room")),
        Step(paper_signature, stage=T("Your room")),
        Step(cut_keys, stage=T("Your key"), when=lambda facts: not facts.has_key),
        Step(receipt, stage=T("Your stay")),
        Step(farewell, stage=T("Your stay")),
    ),
)
