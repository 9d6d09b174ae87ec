"""The virtual ends that document readers' drivers are tried before: a swipe reader, and one with a chip's pad."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from datetime import date
from functools import cache
from itertools import count
from pathlib import Path

from hardware.behaviour import PLUG, UNPLUG, Act, Ends
from hardware.card_reader.virtual_cards import SmartCard
from hardware.document_reader import behaviour as b
from hardware.document_reader.behaviour import DocumentEnd
from hardware.document_reader.virtual import SPECIMEN, VirtualReader
from hardware.document_reader.virtual_family import Family
from hardware.document_reader.virtual_pad import DocumentPad
from hardware.file_ends import FilesEnd
from hardware.passport import lds
from hardware.passport.files import File
from hardware.passport.trust_store import TrustStore
from hardware.serial_ends import SerialEnd
from hardware.virtual import VirtualDevice

_SECRETS = (SPECIMEN.surname, "ANNA MARIA", "L898902C3", "740812")
_SAMPLES = {b.LAY: "chip-auth", b.COPIED: "copied-chip-auth", b.VANISHES: "vanishing", b.SLOW: "slow"}
_BANK_CARD = bytes.fromhex("04B1A2C3D4E580")
_numbers = count()
_making = threading.Lock()


class SwipeEnd(SerialEnd, DocumentEnd):
    """A swipe reader that can be asked whether it lives."""

    VERBS = {**SerialEnd.VERBS, "document": ("specimen",)}
    CANNOT = {"lift": "a swiped document is in the guest's hand"}
    secrets = _SECRETS
    size = "td3"

    def make(self) -> VirtualDevice:
        return VirtualReader()

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        return await super().do(act, *((self.size,) if act is b.LAY else words))


class UnaskedSwipeEnd(SwipeEnd):
    """One that only speaks when swiped, frames what it sends, and is given identity cards."""

    options = {}
    size = "td1"

    def make(self) -> VirtualDevice:
        return VirtualReader(b"\r\n", framed=True)


class FullPageEnd(FilesEnd, SerialEnd, DocumentEnd):
    """A reader of both: the zone from a swipe part, the chip on a pad, and a state that the driver trusts."""

    CANNOT = {"stranger": "pcscd says which reader is there"}
    secrets = _SECRETS
    proves = True
    device: VirtualReader

    def make(self) -> VirtualDevice:
        return VirtualReader()

    def files(self, folder: Path) -> Mapping[str, str]:
        TrustStore(folder).take(_family().master_list())
        return {"trust": str(folder)}

    async def start(self) -> None:
        await super().start()
        self.pad = DocumentPad(f"Virtual full page {next(_numbers)}", await asyncio.to_thread(_family))
        await self.pad.start()
        self.options = {**self.options, "zone": self.address}
        self.address = self.pad.address

    async def stop(self) -> None:
        await self.pad.stop()
        await super().stop()

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        if act in _SAMPLES:
            card = self.pad.lay(_SAMPLES[act])
            return await self.device.do("present", *lds.parse_dg1(card.contents.files[File.DG1]).lines)
        if act in (UNPLUG, PLUG):
            await self.pad.do(act.id)
        elif act in (b.LIFT, b.LAY_BACK):
            return await self.pad.do(act.id)
        elif act in (b.BANK_CARD, b.BESIDE):
            self.pad.place(SmartCard(_BANK_CARD))
            return {}
        return await super().do(act, *words)

    async def commands(self) -> int:
        return self.pad.apdus


def _family() -> Family:
    """Keys take time: one for all, with what is laid down here."""
    with _making:
        return _made()


@cache
def _made() -> Family:
    family = Family(date.today())
    for sample in _SAMPLES.values():
        family.contents(sample)
    return family


ENDS: Ends = {
    "serial_mrz": {"asked": SwipeEnd, "unasked": UnaskedSwipeEnd},
    "pcsc_chip": {"full page": FullPageEnd},
}
