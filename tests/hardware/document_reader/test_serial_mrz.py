"""A guest swipes a document, well, badly, too fast; the reader is unplugged or hangs."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest

from hardware.document_reader.contract import DocumentPresented, DocumentUnreadable, Unreadable
from hardware.document_reader.serial_mrz import DRIVER
from hardware.document_reader.virtual import ENDS, SPECIMENS, VirtualReader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, Fault
from hardware.readings import Kind


@pytest.fixture
async def end(started: Any) -> VirtualReader:
    return await started(VirtualReader())


@pytest.fixture
async def reader(end: VirtualReader, events: Any) -> AsyncIterator[Any]:
    driver = DRIVER(
        DeviceSettings("reader", "serial_mrz", end.address, today=lambda: date(2026, 3, 1)), events
    )
    await driver.open()
    yield driver
    await driver.close()


@pytest.mark.parametrize("size", SPECIMENS)
async def test_a_swiped_document_is_presented(reader: Any, end: VirtualReader, events: Any, size: str) -> None:
    before = time.monotonic()
    await end.do("specimen", size)
    event = await events.next()
    assert isinstance(event.what, DocumentPresented)
    document = event.what.document
    assert (document.surname, document.given_names) == ("ERIKSSON", "ANNA MARIA")
    assert document.born == date(1974, 8, 12)
    assert (event.device, event.kind) == ("reader", Kind.DOCUMENT_READER)
    assert before <= event.began_s <= time.monotonic()


@pytest.mark.parametrize("framed", [False, True])
@pytest.mark.parametrize("ending", ENDS)
async def test_readers_end_their_lines_as_they_like(started: Any, events: Any, ending: str, framed: bool) -> None:
    end = await started(VirtualReader(ENDS[ending], framed))
    driver = DRIVER(DeviceSettings("reader", "serial_mrz", end.address), events)
    await driver.open()
    for size in SPECIMENS:
        await end.do("present", *SPECIMENS[size])
        assert isinstance(await events.next_what(), DocumentPresented)
    await driver.close()
    assert events.none


async def test_a_slow_swipe_is_one_document(reader: Any, end: VirtualReader, events: Any) -> None:
    await end.do("slow", *SPECIMENS["td3"])
    assert isinstance(await events.next_what(), DocumentPresented)
    assert events.none


@pytest.mark.parametrize(
    ("play", "why"),
    [
        (("swipe-bad",), Unreadable.CHECK_DIGIT),
        (("partial",), Unreadable.PARTIAL),
        (("present", "V" + SPECIMENS["td3"][0][1:], SPECIMENS["td3"][1]), Unreadable.NOT_IDENTITY),
        (("present", SPECIMENS["td3"][0].replace("S", "#"), SPECIMENS["td3"][1]), Unreadable.FORMAT),
    ],
)
async def test_a_bad_swipe_says_why_and_the_next_one_is_read(
    reader: Any, end: VirtualReader, events: Any, play: tuple[str, ...], why: Unreadable
) -> None:
    await end.do(*play)
    assert await events.next_what() == DocumentUnreadable(why)
    await end.do("specimen")
    assert isinstance(await events.next_what(), DocumentPresented)


async def test_line_noise_is_nobody_s_document(end: VirtualReader, events: Any, asking: dict[str, str]) -> None:
    driver = DRIVER(DeviceSettings("reader", "serial_mrz", end.address, asking), events)
    await driver.open()
    await end.do("garbage", "ff00fe" * 30)
    while {reading.id: reading.value for reading in (await driver.status()).readings}["noise"] == "0":
        pass  # each status asks over the wire: this goes on until the line has fallen quiet
    await end.do("specimen", "td1")
    assert isinstance(await events.next_what(), DocumentPresented)
    await driver.close()
    assert events.none


async def test_a_pulled_plug_in_the_middle_of_a_swipe(reader: Any, end: VirtualReader, events: Any) -> None:
    await end.do("partial")
    await end.do("unplug")
    await reader._listening
    with pytest.raises(DeviceGone) as gone:
        await reader.status()
    assert gone.value.fault is Fault.DOCUMENT_READER_GONE
    await end.do("plug")
    await reader.open()
    await end.do("specimen")
    assert isinstance(await events.next_what(), DocumentPresented)
    assert events.none


async def test_nothing_of_the_guest_is_logged_or_shown(
    reader: Any, end: VirtualReader, events: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await end.do("specimen")
    event = await events.next()
    await end.do("swipe-bad")
    await events.next()
    shown = caplog.text + repr(event) + str(event) + repr(event.what) + repr(await reader.status())
    for secret in ("ERIKSSON", "ANNA", "L898902C3", "740812"):
        assert secret not in shown
