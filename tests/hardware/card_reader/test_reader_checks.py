"""A technician lays cards on the reader: noticed, proven, and how far its field reaches."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware import reach
from hardware.card_reader.behaviour_pad import UIDS, specimen
from hardware.card_reader.checks import checks
from hardware.card_reader.contract import CardType, Issued
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.checks import Outcome
from hardware.errors import DeviceGone
from hardware.key_encoder.contract import Rehearsed
from tests.hardware.drivers import encoder_at, new_pad, property_key, staff_reader_at
from tests.hardware.hands import Person, tried

NOTICES, REACH = "card_reader.notices", "card_reader.reach"


@pytest.fixture
async def pad() -> AsyncIterator[VirtualReader]:
    async with new_pad("HID OMNIKEY 5022") as reader:
        yield reader


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
async def reader(pad: VirtualReader, tmp_path: Path, person: Person) -> AsyncIterator[PcscCardReader]:
    async with staff_reader_at(pad.address, tmp_path, person.event_came) as driver:
        yield driver


async def test_any_card_is_noticed_and_its_uid_is_not_told(
    pad: VirtualReader, reader: PcscCardReader, person: Person
) -> None:
    async def lay() -> None:
        pad.place(specimen(CardType.ULTRALIGHT))

    person.does = {"Lay a card": lay}
    result = await tried(checks(reader), NOTICES, person)
    assert result.outcome is Outcome.WELL
    assert "can’t be asked" in result.words
    assert UIDS[7].hex() not in repr(result).lower()


async def test_a_staff_card_proves_itself_within_its_time(
    pad: VirtualReader, reader: PcscCardReader, person: Person, tmp_path: Path
) -> None:
    card = Ntag424Card(UIDS[7])
    pad.place(card)
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    result = await tried(checks(reader), NOTICES, person)
    assert result.outcome is Outcome.WELL
    assert [value.id for value in result.measured] == ["proof"]
    before = card.content()
    async with encoder_at(pad.address, property_key(tmp_path)) as encoder:
        found = await encoder.rehearse(1, card_within_s=1)
    assert found.outcome is Rehearsed.NOT_BLANK, "and on the encoder no test is written over it"
    assert card.content() == before
    assert (await tried(checks(reader), NOTICES, person)).outcome is Outcome.WELL


async def test_nobody_lays_a_card(reader: PcscCardReader, person: Person) -> None:
    person.patience_s = 0.1
    assert (await tried(checks(reader), NOTICES, person)).outcome is Outcome.UNSURE


async def test_a_card_that_is_raised_slowly_is_seen_for_long(
    pad: VirtualReader, reader: PcscCardReader, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "LEAST_RAISED_S", 0.3)
    pad.place(specimen(CardType.NTAG213))

    async def out_of_reach() -> None:
        await asyncio.sleep(0.6)
        pad.lift()

    person.does = {"Raise": out_of_reach}
    result = await tried(checks(reader), REACH, person)
    assert result.outcome is Outcome.WELL
    assert 0.5 < result.measured[0].value < 3


async def test_a_weak_field_loses_the_card_at_once(
    pad: VirtualReader, reader: PcscCardReader, person: Person
) -> None:
    pad.place(specimen(CardType.NTAG213))

    async def lift() -> None:
        pad.lift()

    person.does = {"Raise": lift}
    result = await tried(checks(reader), REACH, person)
    assert result.outcome is Outcome.ILL
    assert "weak" in result.words


async def test_a_card_that_comes_and_goes_is_told(
    pad: VirtualReader, reader: PcscCardReader, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "LEAST_RAISED_S", 0.0)
    card = specimen(CardType.NTAG213)
    pad.place(card)

    async def flicker() -> None:
        for _ in range(4):
            pad.lift()
            await asyncio.sleep(0.5)
            pad.place(card)
            await asyncio.sleep(0.5)
        pad.lift()

    person.does = {"Raise": flicker}
    result = await tried(checks(reader), REACH, person)
    assert result.outcome is Outcome.ILL
    assert "came and went" in result.words


async def test_a_reader_pulled_out_meanwhile_is_gone(
    pad: VirtualReader, reader: PcscCardReader, person: Person
) -> None:
    pad.place(specimen(CardType.NTAG213))

    async def unplug() -> None:
        pad.unplug()

    person.does = {"Raise": unplug}
    with pytest.raises(DeviceGone):
        await tried(checks(reader), REACH, person)
