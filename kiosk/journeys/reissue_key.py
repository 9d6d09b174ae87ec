"""Reissue a key: whose, what, why; at the hotel, on the card, in the journal. For staff who may."""

from __future__ import annotations

from kiosk.journey import Journey, Step
from kiosk.key_work import KeyAct, KeyWork
from kiosk.language import T
from kiosk.roles import Power
from kiosk.steps.carry_out import at_the_hotel, erase
from kiosk.steps.find_stay import find_stay
from kiosk.steps.key_acts import (
    approve,
    choose_act,
    choose_departure,
    choose_reason,
    choose_room,
    cut_now,
    one_more,
)
from kiosk.steps.session import still_may
from kiosk.visit import Visit


async def _move_or_longer(visit: Visit, work: KeyWork) -> KeyWork:
    still_may(visit, Power.REISSUE)
    return await at_the_hotel(visit, work)


async def _erase(visit: Visit, work: KeyWork) -> KeyWork:
    still_may(visit, Power.REISSUE)
    return await erase(visit, work)


REISSUE_KEY = Journey(
    name="reissue-key",
    title=T("Keys"),
    begin=KeyWork,
    steps=(
        Step(find_stay, stage=T("Whose key")),
        Step(choose_act, stage=T("What to do")),
        Step(
            choose_reason,
            stage=T("What to do"),
            when=lambda work: work.offline is None and work.act in (KeyAct.ONE_MORE, KeyAct.REPLACE),
        ),
        Step(choose_room, stage=T("What to do"), when=lambda work: work.act is KeyAct.MOVE),
        Step(choose_departure, stage=T("What to do"), when=lambda work: work.act is KeyAct.LONGER),
        Step(approve, stage=T("What to do")),
        Step(_move_or_longer, stage=T("The card"), when=lambda work: work.act in (KeyAct.MOVE, KeyAct.LONGER)),
        Step(_erase, stage=T("The card"), when=lambda work: work.act is KeyAct.ERASE),
        Step(cut_now, stage=T("The card"), when=lambda work: work.act not in (None, KeyAct.ERASE)),
        Step(one_more, stage=T("The card"), when=lambda work: work.cut > 0),
    ),
)
