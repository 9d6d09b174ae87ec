"""The virtual ends that card readers' drivers are tried before: pads on which cards are lost in different ways."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from itertools import count
from pathlib import Path
from typing import ClassVar

from hardware.behaviour import HANG, RECOVER, Act, Ends, VirtualEnd
from hardware.card_reader.behaviour import CardEnd
from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.contract import CardType
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.secret_keys import create_keys

_numbers = count()
KNOWN_BY_PCSCD = "pcscd says which reader is there, and answers for it"


class PadEnd(VirtualEnd, CardEnd):
    """A PC/SC reader in this process. It hangs once it has a card to ask: before that it has nothing to say."""

    CANNOT = {"stranger": KNOWN_BY_PCSCD, "garble": KNOWN_BY_PCSCD}
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
            self.device.lift()
            self.device.unplug()
            self.device.plug()
            return {}
        said = await super().do(act, *words)
        if act is HANG:
            self.device.place(specimen(CardType.ULTRALIGHT))
        return said


class CardReaderEnd(PadEnd):
    """Before a driver that has a staff card key."""

    _folder: Path | None = None

    async def start(self) -> None:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="kiosk-staff-key-"))
            await asyncio.to_thread(create_keys, StaffCardKeys, self._folder / "key")
            self.options = {StaffCardKeys.OPTION: str(self._folder / "key")}
        await super().start()

    async def restore(self, *, kept: bool = False) -> None:
        """With the key it had: a file takes the disk its time."""
        await super().stop()
        await super().start()

    async def stop(self) -> None:
        await super().stop()
        folder, self._folder = self._folder, None
        if folder is not None:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)


class LosingCardReaderEnd(CardReaderEnd):
    """A card that is lost half-way is an error of the wire there, not 63 00."""

    CANNOT = {**CardReaderEnd.CANNOT, "hang": "it hangs like the other one"}
    LOSES_WITH_STATUS = False


ENDS: Ends = {"pcsc": {"63 00 first": CardReaderEnd, "wire error": LosingCardReaderEnd}}
