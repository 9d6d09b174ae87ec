"""The virtual ends that card readers' drivers are tried before: pads on which cards are lost in different ways."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import ClassVar

from hardware.behaviour import GARBLE, HANG, RECOVER, Act, Ends, VirtualEnd
from hardware.card_reader.behaviour import CardEnd
from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.file_ends import FilesEnd
from hardware.secret_keys import create_keys

_numbers = count()
KNOWN_BY_PCSCD = "pcscd says which reader is there, and answers for it"


class PadEnd(VirtualEnd, CardEnd):
    """A PC/SC reader in this process. It hangs, and answers nonsense, once it has a card to ask: before that it has
    nothing to say."""

    VERBS = {"garble": ("babble", "on")}
    CANNOT = {"stranger": KNOWN_BY_PCSCD}
    MAKE: ClassVar[str] = "ACS ACR1252 PICC"
    LOSES_WITH_STATUS: ClassVar[bool] = True
    secrets = tuple(uid.hex() for uid in UIDS.values())
    device: VirtualReader

    def make(self) -> VirtualReader:
        reader = VirtualReader(f"{self.MAKE} {next(_numbers)}", loses_with_status=self.LOSES_WITH_STATUS)
        self.pad = reader
        return reader

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        if act is RECOVER:
            await self.device.do("babble", "off")
            self.device.lift()
            self.device.unplug()
            self.device.plug()
            return {}
        said = await super().do(act, *words)
        if act in (HANG, GARBLE):
            self.device.place(specimen(CardType.ULTRALIGHT))
        return said


class CardReaderEnd(FilesEnd, PadEnd):
    """Before a driver that has a staff card key."""

    def files(self, folder: Path) -> Mapping[str, str]:
        create_keys(StaffCardKeys, folder / "key")
        return {StaffCardKeys.OPTION: str(folder / "key")}


class LosingCardReaderEnd(CardReaderEnd):
    """A card that is lost half-way is an error of the wire there, not 63 00."""

    CANNOT = {**CardReaderEnd.CANNOT, "hang": "it hangs like the other one"}
    LOSES_WITH_STATUS = False


ENDS: Ends = {"pcsc": {"63 00 first": CardReaderEnd, "wire error": LosingCardReaderEnd}}
