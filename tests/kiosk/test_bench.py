"""The demonstration's passports: a sample guest's document on the virtual full-page reader, read by the driver."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hardware.document_reader.contract import Chip, ChipRead, DocumentPresented, TravelDocument, Wanted
from hardware.document_reader.pcsc_chip import PcscChipReader
from hardware.driver import DeviceSettings
from hardware.passport.findings import Answer, Reason
from hardware.passport.password import Password
from hardware.passport.trust_store import TrustStore
from hardware.readings import DeviceEvent
from kiosk.bench import Bench
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.settings import Settings

TODAY = date(2026, 6, 1)


@dataclass
class Desk:
    """The bench, the driver before it, and what it told."""

    bench: Bench
    driver: PcscChipReader
    events: list[DeviceEvent] = field(default_factory=list)

    async def plays(self, verb: str, *words: str) -> TravelDocument:
        """What the printed zone says that was swiped."""
        heard = len(self.events)
        await self.bench.do("document_reader", verb, *words)
        async with asyncio.timeout(20):
            while len(self.events) == heard:
                await asyncio.sleep(0)
        what = self.events[-1].what
        assert isinstance(what, DocumentPresented)
        return what.document

    async def reads(self, password: Password, within_s: float = 5) -> ChipRead:
        return await self.driver.read_chip(
            password, document_within_s=within_s, order=Wanted(portrait=True), on_progress=lambda part: None
        )


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    settings = Settings.model_validate(
        {
            "kiosk": {"demo": True, "state": tmp_path},
            "hotel": {"url": "http://127.0.0.1:1"},
            "document_reader": {"driver": "pcsc_chip", "address": "virtual"},
        }
    )
    clock: Any = SimpleNamespace(now=lambda: datetime(2026, 6, 1, 12, tzinfo=UTC))
    bench = Bench(settings, clock, TODAY)
    await bench.start()
    options = bench.options["document_reader"] | {"trust": str(tmp_path / "trust")}
    address = bench.addresses["document_reader"]
    events: list[DeviceEvent] = []
    driver = PcscChipReader(
        DeviceSettings("document_reader", "pcsc_chip", address, options, lambda: TODAY), events.append
    )
    await driver.open()
    yield Desk(bench, driver, events)
    await driver.close()
    await bench.stop()


@pytest.mark.parametrize("sample", ["ready", "not-ready", "long-name", "same-name-1"])
async def test_a_sample_guests_passport_is_genuine_and_no_copy(desk: Desk, sample: str) -> None:
    zone = await desk.plays("present", sample)
    assert zone.number == SAMPLES[sample].document.number
    found = await desk.reads(Password.of(zone))
    assert found.outcome is Chip.READ
    assert found.document
    assert found.proof
    assert (found.document.number, found.document.surname) == (zone.number, zone.surname)
    assert (found.proof.genuine.answer, found.proof.not_copied.answer) == (Answer.YES, Answer.YES)
    assert found.portrait
    assert await desk.driver.lies_there() is True
    await desk.bench.take_document()
    assert await desk.driver.lies_there() is None


async def test_every_state_of_a_sample_guest_is_trusted_and_no_other(desk: Desk, tmp_path: Path) -> None:
    await desk.bench.warm()
    issuers = {sample.document.issuer for sample in SAMPLES.values()}
    trusted = TrustStore(tmp_path / "trust").listed().authorities
    assert len(trusted) == len(issuers)
    assert "UN" not in trusted


@pytest.mark.parametrize(
    ("verb", "genuine", "not_copied"),
    [
        ("copied", Answer.YES, Answer.NO),
        ("forged", Answer.NO, Answer.NOT_POSSIBLE),
        ("other-name", Answer.NO, Answer.NOT_POSSIBLE),
        ("unknown-country", Answer.NOT_POSSIBLE, Answer.NOT_POSSIBLE),
    ],
)
async def test_what_is_wrong_with_a_passport_is_played_too(
    desk: Desk, verb: str, genuine: Answer, not_copied: Answer
) -> None:
    zone = await desk.plays(verb, "ready")
    found = await desk.reads(Password.of(zone))
    assert found.proof
    assert (found.proof.genuine.answer, found.proof.not_copied.answer) == (genuine, not_copied)
    if verb == "unknown-country":
        assert found.proof.genuine.reason is Reason.UNKNOWN_COUNTRY
    assert found.document
    assert (found.document.surname == zone.surname) is (verb != "other-name")


async def test_what_a_person_does_with_a_passport_is_played_too(desk: Desk) -> None:
    password = Password.of(await desk.plays("no-chip"))
    assert (await desk.reads(password, within_s=0.1)).outcome is Chip.NO_CHIP
    password = Password.of(await desk.plays("vanish"))
    assert (await desk.reads(password)).outcome is Chip.LIFTED
    assert (await desk.plays("present", "ready", "card-can")).number == SAMPLES["ready"].document.number
    assert (await desk.reads(password)).opened.startswith("PACE")
    await desk.bench.do("document_reader", "bank-card")
    assert (await desk.reads(password)).outcome is Chip.TWO_CARDS
    await desk.bench.do("document_reader", "lift")
    await desk.bench.do("document_reader", "bank-card")
    assert (await desk.reads(password)).outcome is Chip.NOT_A_DOCUMENT


async def test_an_unknown_kind_or_guest_is_refused_in_words(desk: Desk) -> None:
    with pytest.raises(ValueError, match="no sample 'nobody'"):
        await desk.bench.do("document_reader", "present", "nobody")
    with pytest.raises(ValueError, match="no kind 'unheard-of'"):
        await desk.bench.do("document_reader", "present", "ready", "unheard-of")
