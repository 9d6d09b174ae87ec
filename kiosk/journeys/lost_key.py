"""Lost key: the guest proves who they are, agrees, and has a new key; the old ones die."""

from __future__ import annotations

from functools import partial

from hardware.readings import Kind
from kiosk.facts import Facts
from kiosk.journey import Journey, Step
from kiosk.language import T
from kiosk.steps.find_booking import find_booking, with_what_was_typed
from kiosk.steps.lost_key import agree, my_stay, new_keys, take_them
from kiosk.steps.verify_identity import verify_identity

LOST_KEY = Journey(
    name="lost-key",
    title=T("My key is lost"),
    begin=partial(Facts, by_words=True),  # again, when the document by itself found nothing
    needs=frozenset({Kind.DOCUMENT_READER, Kind.KEY_ENCODER}),
    steps=(
        Step(find_booking, stage=T("Your document"), when=lambda facts: facts.by_words, kept=with_what_was_typed),
        Step(verify_identity, stage=T("Your document"), when=lambda facts: not facts.fitting),
        Step(my_stay, stage=T("Your document")),
        Step(agree, stage=T("Your key")),
        Step(new_keys, stage=T("Your key")),
        Step(take_them, stage=T("Your key")),
    ),
)
