"""A technician lays a sample document down: mechanisms and times are told, the person is not."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from hardware.checks import Outcome
from hardware.document_reader.checks import checks
from hardware.document_reader.pcsc_chip import DRIVER as CHIP_DRIVER
from hardware.document_reader.serial_mrz import DRIVER as ZONE_DRIVER
from hardware.document_reader.virtual import VirtualReader as VirtualSwipe
from hardware.document_reader.virtual_family import Family
from hardware.document_reader.virtual_pad import DocumentPad
from hardware.driver import DeviceSettings
from hardware.passport.document import TravelDocument
from hardware.passport.mrz import build
from tests.hardware.hands import Person, tried

_numbers = itertools.count()
SAMPLE = "document_reader.sample"


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
async def pad(family: Family) -> AsyncIterator[DocumentPad]:
    reader = DocumentPad(f"Virtual chip reader check {next(_numbers)}", family)
    await reader.start()
    yield reader
    await reader.stop()


@pytest.fixture
async def swipe(started: Any) -> VirtualSwipe:
    end: VirtualSwipe = await started(VirtualSwipe())
    return end


@pytest.fixture
async def reader(pad: DocumentPad, swipe: VirtualSwipe, family: Family, person: Person) -> AsyncIterator[Any]:
    settings = DeviceSettings("reader", "pcsc_chip", pad.address, {"zone": swipe.address}, lambda: family.today)
    driver = CHIP_DRIVER(settings, person.event_came)
    await driver.open()
    yield driver
    await driver.close()


def lays(pad: DocumentPad, swipe: VirtualSwipe, sample: str, person: Person) -> TravelDocument:
    """The hand lays this document down, and it is swiped."""
    pad.lay(sample)
    assert pad.card is not None
    description = pad.card.contents.description  # type: ignore[attr-defined]
    pad.lift()
    lines = build(description.document, description.form)

    async def act() -> None:
        await swipe.do("present", *lines)
        pad.lay(sample)

    person.does = {"Lay a sample": act}
    document: TravelDocument = description.document
    return document


@pytest.mark.parametrize(("sample", "opened"), [("chip-auth", "PACE"), ("bac", "BAC")])
async def test_each_mechanism_is_told_with_its_time_and_nothing_of_the_person(
    reader: Any, pad: DocumentPad, swipe: VirtualSwipe, person: Person, sample: str, opened: str
) -> None:
    document = lays(pad, swipe, sample, person)
    result = await tried(checks(reader), SAMPLE, person)
    assert result.outcome is Outcome.WELL, result
    assert f"Opened by {opened}" in result.words
    ids = {value.id for value in result.measured}
    assert {"zone", "chip", "apdus", "step-EF.SOD", "step-EF.DG1"} <= ids
    assert ("step-PACE" in ids) == (opened == "PACE")
    for secret in (document.surname, document.given_names, document.number, document.issuer, document.nationality):
        assert secret not in repr(result)
    assert person.seen[-1] == (100, 100)


async def test_a_document_without_a_chip_says_nothing_against_the_reader(
    reader: Any, pad: DocumentPad, swipe: VirtualSwipe, person: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hardware.document_reader.checks.CHIP_WITHIN_S", 0.3)
    person.does = {"Lay a sample": lambda: swipe.do("specimen")}
    result = await tried(checks(reader), SAMPLE, person)
    assert result.outcome is Outcome.UNSURE
    assert "no chip answered" in result.words


async def test_a_zone_that_is_misread_again_and_again_makes_it_ill(
    reader: Any, swipe: VirtualSwipe, person: Person
) -> None:
    person.does = {word: lambda: swipe.do("swipe-bad") for word in ("Lay a sample", "once more")}
    result = await tried(checks(reader), SAMPLE, person)
    assert result.outcome is Outcome.ILL
    assert "3 times" in result.words


async def test_nobody_lays_a_document(reader: Any, person: Person) -> None:
    person.patience_s = 0.1
    assert (await tried(checks(reader), SAMPLE, person)).outcome is Outcome.UNSURE


async def test_a_reader_of_zones_alone_is_well_by_the_zone(swipe: VirtualSwipe, person: Person, family: Family) -> None:
    driver = ZONE_DRIVER(DeviceSettings("r", "serial_mrz", swipe.address, today=lambda: family.today), person.event_came)
    await driver.open()
    try:
        person.does = {"Lay a sample": lambda: swipe.do("specimen", "td1")}
        result = await tried(checks(driver), SAMPLE, person)
        assert result.outcome is Outcome.WELL
        assert "ERIKSSON" not in repr(result)
    finally:
        await driver.close()
