"""A master key: which doors, why, a second person, the card. For managers."""

from __future__ import annotations

from kiosk.journey import Journey, Step
from kiosk.language import T
from kiosk.steps.master_key import MasterWork, agree, choose_doors, choose_why, cut_master_key

MASTER_KEY = Journey(
    name="master-key",
    title=T("Master key"),
    begin=MasterWork,
    steps=(
        Step(choose_doors, stage=T("Which doors")),
        Step(choose_why, stage=T("Which doors")),
        Step(agree, stage=T("A second person")),
        Step(cut_master_key, stage=T("The card")),
    ),
)
