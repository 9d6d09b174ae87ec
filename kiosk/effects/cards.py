"""Effects on a card that a person lays on the encoder: it may be written though the encoder failed."""

from __future__ import annotations

from typing import ClassVar

from hardware.errors import DeviceGone, DeviceNonsense, DeviceSilent
from hardware.key_encoder.contract import Cut, CutResult
from kiosk.effects.effect import Effect, NotDone
from kiosk.key_journal import JournalError

LOOK_S = 0.5
"""How long a card that may have been cut is looked for on the encoder after a crash."""
MAY_CARRY_IT = (Cut.LIFTED, Cut.WORN_OUT)
"""How a cut ended after which the card may open the door all the same."""


class KeyNotCut(NotDone):
    """The card was not written: `result.outcome` says why. The same effect may be tried again."""

    def __init__(self, result: CutResult) -> None:
        self.result = result
        super().__init__(result.outcome)


class CardEffect(Effect):
    """Once it was under way, only the card itself, or the lock's side, says whether it was done."""

    ASKS_FIRST: ClassVar[bool] = False

    def may_be_done(self, error: Exception) -> bool:
        return self.under_way and isinstance(error, DeviceGone | DeviceSilent | DeviceNonsense | JournalError)

    def stays_open(self, *, open_before: bool) -> bool:
        return open_before
