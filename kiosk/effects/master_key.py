"""Effect: one card that opens a set of doors – a floor, all of them – for some hours. No guest's, so that the hotel
is not told of it: it stands in the journal alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from hardware.errors import DeviceError
from hardware.key_encoder.contract import Cut, Opens, RoomKey
from kiosk.effects.cards import LOOK_S
from kiosk.effects.effect import Result, UnsureError
from kiosk.effects.keys import CutKey
from kiosk.key_journal import Act

if TYPE_CHECKING:
    from kiosk.terminal import Terminal


class CutMasterKey(CutKey):
    """`room` is the name of the set; reservation and the hotel's number of the card are ''."""

    KIND: ClassVar[str] = "cut-master-key"

    @property
    def where(self) -> str:
        return f"the doors of {self.room}"

    def wanted(self) -> RoomKey:
        return replace(super().wanted(), opens=Opens.SET)

    def act(self) -> Act:
        return Act.MASTER_CUT

    def tale(self, done: bool | None) -> str:
        words = {True: "was cut", False: "was not cut", None: "may have been cut: please make all of these anew"}
        return f"a master key for {self.where} {words[done]}"

    async def find(self, terminal: Terminal) -> Result | None:
        """The card itself, as long as it lies there; nobody else knows of it."""
        try:
            there = await terminal.key_encoder.read(card_within_s=LOOK_S)
        except DeviceError as error:
            raise UnsureError from error
        if there.outcome is Cut.DONE and there.key == self.wanted() and there.uid.hex() not in self.not_uids:
            return {"uid": there.uid.hex()}
        raise UnsureError

    async def _is_cut(self, terminal: Terminal, uid: bytes, *, by_visit: str = "") -> Result:
        return {"uid": uid.hex()}
