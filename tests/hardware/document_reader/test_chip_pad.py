"""Documents' chips on a reader that is not on PC/SC: whoever gives the four calls of ChipLine reads them."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from typing import TypeVar

from hardware.card_reader.contract import Card, CardType
from hardware.card_reader.pcsc_wire import GET_UID, Answer, parse_answer
from hardware.document_reader.chip_line import ChipChannel, ChipLine
from hardware.document_reader.chip_pad import ChipPad, Trusted
from hardware.document_reader.contract import Chip, ChipRead, Wanted
from hardware.document_reader.virtual_chip import Chip as VirtualChip
from hardware.document_reader.virtual_family import Family
from hardware.passport.findings import Answer as Said
from hardware.passport.password import Password
from hardware.passport.trust_store import TrustStore
from hardware.transport.pcsc_watch import Lying

T = TypeVar("T")
UID = bytes.fromhex("04112233445566")


class Bus:
    """One card that lies there for good."""

    def __init__(self, transmit: Callable[[bytes], bytes], reset: Callable[[], None]) -> None:
        self._transmit, self.reset = transmit, reset
        self._lying = Lying(Card(UID, CardType.SMARTCARD), time.monotonic())

    def transmit(self, apdu: bytes) -> Answer:
        return parse_answer(UID + b"\x90\x00" if apdu == GET_UID else self._transmit(apdu))

    @contextlib.asynccontextmanager
    async def hold(self, until_s: float) -> AsyncIterator[bool]:
        yield True

    async def look(self) -> Lying | None:
        return self._lying

    async def next_card(self, after: Lying | None, until_s: float) -> Lying | None:
        return None if after is self._lying else self._lying

    async def perform(self, work: Callable[[ChipChannel], T], within_s: float) -> T:
        self.reset()
        return await asyncio.wait_for(asyncio.to_thread(work, self), within_s)


async def read(line: ChipLine, secret: Password, family: Family, store: Path) -> ChipRead:
    pad = ChipPad(line, Trusted(store), lambda: family.today)
    return await pad.read(secret, document_within_s=5, order=Wanted(), on_progress=lambda part: None)


async def test_a_passport_on_another_bus_is_read_and_proven(family: Family, tmp_path: Path) -> None:
    TrustStore(tmp_path).take(family.master_list())
    contents = family.contents("chip-auth")
    chip = VirtualChip(contents)
    secret = Password.of(contents.description.document)
    found = await read(Bus(chip.transmit, chip.reset), secret, family, tmp_path)
    assert found.outcome is Chip.READ
    assert found.proof is not None
    assert (found.proof.genuine.answer, found.proof.not_copied.answer) == (Said.YES, Said.YES)


async def test_what_has_no_such_application_is_no_document(family: Family, tmp_path: Path) -> None:
    line = Bus(lambda apdu: b"\x6a\x82", lambda: None)
    found = await read(line, Password.mrz("L898902C3", "740812", date.today().strftime("%y%m%d")), family, tmp_path)
    assert found.outcome is Chip.NOT_A_DOCUMENT
