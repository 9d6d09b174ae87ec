"""A technician holds five codes to the scanner."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from hardware.checks import Outcome
from hardware.driver import DeviceSettings
from hardware.scanner.checks import CODES, checks
from hardware.scanner.serial import DRIVER
from hardware.scanner.virtual import VirtualScanner
from tests.hardware.hands import Person, tried


@pytest.fixture
async def end(started: Any) -> VirtualScanner:
    return await started(VirtualScanner())


@pytest.fixture
def person() -> Person:
    return Person()


@pytest.fixture
async def scanner(end: VirtualScanner, person: Person, asking: dict[str, str]) -> AsyncIterator[Any]:
    driver = DRIVER(DeviceSettings("scanner", "serial", end.address, asking), person.event_came)
    await driver.open()
    yield driver
    await driver.close()


async def test_five_codes_are_read_and_none_of_them_is_kept(
    scanner: Any, end: VirtualScanner, person: Person
) -> None:
    person.does = {"Hold code": lambda: end.do("scan", "a guest's secret", "qr")}
    result = await tried(checks(scanner), "scanner.codes", person)
    assert result.outcome is Outcome.WELL
    assert result.measured[0].value == CODES
    assert "secret" not in repr(result)


async def test_three_codes_of_five_prove_nothing(scanner: Any, end: VirtualScanner, person: Person) -> None:
    person.does = {f"code {number} ": lambda: end.do("scan", "9", "ean") for number in (1, 2, 3)}
    person.patience_s = 0.5
    result = await tried(checks(scanner), "scanner.codes", person)
    assert result.outcome is Outcome.UNSURE
    assert result.measured[0].value == 3


async def test_codes_that_come_damaged_make_it_ill(
    scanner: Any, end: VirtualScanner, person: Person, tmp_path: Any
) -> None:
    file = tmp_path / "code"
    file.write_bytes(b"\xff\xfe\xfa broken")
    person.does = {"Hold code": lambda: end.do("scan-file", str(file), "qr")}
    assert (await tried(checks(scanner), "scanner.codes", person)).outcome is Outcome.ILL


async def test_nobody_scans(scanner: Any, person: Person) -> None:
    person.patience_s = 0.05
    assert (await tried(checks(scanner), "scanner.codes", person)).outcome is Outcome.UNSURE


async def test_a_scanner_that_can_be_asked_says_that_it_is_there(scanner: Any, person: Person) -> None:
    assert (await tried(checks(scanner), "scanner.answers", person)).outcome is Outcome.WELL


async def test_a_scanner_that_can_t_be_asked_and_was_not_used_is_not_well(end: VirtualScanner, person: Person) -> None:
    driver = DRIVER(DeviceSettings("scanner", "serial", end.address), person.event_came)
    await driver.open()
    try:
        assert (await tried(checks(driver), "scanner.answers", person)).outcome is Outcome.UNSURE
    finally:
        await driver.close()
