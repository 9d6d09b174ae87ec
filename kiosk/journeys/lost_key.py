"""Lost key: the guest proves who they are, agrees, and has a new key; the old ones die."""

from __future__ import annotations

from kiosk.facts import Facts
from kiosk.journey import Journey, Step
from kiosk.language import T
from kiosk.steps.lost_key import NEEDS, agree, my_stay, new_key, take_it
from kiosk.steps.verify_identity import verify_identity

LOST_KEY = Journey(
    name="lost-key",
    title=T("My key is lost"),
    begin=Facts,
    needs=NEEDS,
    steps=(
        Step(verify_identity, stage=T("Your document")),
        Step(my_stay, stage=T("Your document")),
        Step(agree, stage=T("Your key")),
        Step(new_key, stage=T("Your key")),
        Step(take_it, stage=T("Your key")),
    ),
)
