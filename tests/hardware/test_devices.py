"""Plugs pulled and put back, devices that hang, states that grow old: what the terminal is told, and when.

Real drivers, real wires, virtual devices; only the clock is moved by the test.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from hardware.device_view import PROOF_LASTS_S, DeviceView
from hardware.devices import POLL_EVERY_S, Devices
from hardware.document_reader.contract import DocumentPresented
from hardware.document_reader.virtual import VirtualReader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, DeviceMissetup, DeviceSilent, Fault
from hardware.known_drivers import check, find_driver, known_drivers
from hardware.readings import DeviceEvent, Kind, State
from hardware.scanner.contract import CodeScanned
from hardware.scanner.virtual import VirtualScanner
from tests.hardware.moved_time import MovedTime

WITHIN_S = 10.0


@pytest.fixture
async def moved() -> MovedTime:
    return MovedTime()


@pytest.fixture
async def make(moved: MovedTime, events: Any) -> AsyncIterator[Callable[..., Devices]]:
    made: list[Devices] = []

    def devices(*settings: tuple[Kind, VirtualScanner | VirtualReader, dict[str, str]]) -> Devices:
        drivers = {Kind.SCANNER: "serial", Kind.DOCUMENT_READER: "serial_mrz"}
        listed = {
            kind: DeviceSettings(kind.value, drivers[kind], end.address, options)
            for kind, end, options in settings
        }
        made.append(Devices(listed, events, now=moved.now, sleep=moved.sleep))
        return made[-1]

    yield devices
    for one in made:
        await one.close()


@pytest.fixture
async def end(started: Any) -> VirtualScanner:
    return await started(VirtualScanner())


def state_of(devices: Devices, kind: Kind = Kind.SCANNER) -> tuple[State, tuple[Fault, ...]]:
    view = devices.view(kind)
    assert view is not None
    return view.state, view.faults


async def test_what_is_listed_is_opened_and_its_events_arrive(
    make: Any, started: Any, end: VirtualScanner, events: Any
) -> None:
    reader = await started(VirtualReader())
    devices = make((Kind.SCANNER, end, {}), (Kind.DOCUMENT_READER, reader, {}))
    await devices.start()
    await end.do("scan", "HELLO")
    await reader.do("specimen", "td1")
    arrived = {event.kind: event.what for event in (await events.next(), await events.next())}
    assert isinstance(arrived[Kind.SCANNER], CodeScanned)
    assert isinstance(arrived[Kind.DOCUMENT_READER], DocumentPresented)
    assert devices.get(Kind.PRINTER) is None
    assert devices.view(Kind.PRINTER) is None
    assert [view.name for view in devices.views()] == ["scanner", "document_reader"]


async def test_a_device_that_answers_is_well_one_that_only_listens_is_unknown(
    make: Any, started: Any, end: VirtualScanner, asking: dict[str, str]
) -> None:
    reader = await started(VirtualReader())
    devices = make((Kind.SCANNER, end, asking), (Kind.DOCUMENT_READER, reader, {}))
    await devices.start()
    assert state_of(devices) == (State.WELL, ())
    assert state_of(devices, Kind.DOCUMENT_READER) == (State.UNKNOWN, ())


async def test_a_pulled_plug_is_noticed_within_two_seconds_and_so_is_its_return(
    make: Any, end: VirtualScanner, events: Any, moved: MovedTime, asking: dict[str, str]
) -> None:
    devices = make((Kind.SCANNER, end, asking))
    await devices.start()
    seen: list[tuple[State, tuple[Fault, ...]]] = []
    devices.watch(lambda view: seen.append((view.state, view.faults)))
    await end.do("unplug")
    await devices.get(Kind.SCANNER)._listening  # the kernel has told the driver
    await moved.pass_(POLL_EVERY_S)
    assert state_of(devices) == (State.GONE, (Fault.SCANNER_GONE,))
    for _ in range(20):  # gone for long: it is still looked for often
        await moved.pass_(1.5)
    assert set(moved.slept[-10:]) == {1.5}
    await end.do("plug")
    await moved.pass_(1.5)
    assert state_of(devices) == (State.WELL, ())
    assert seen == [(State.GONE, (Fault.SCANNER_GONE,)), (State.WELL, ())]
    await end.do("scan", "AGAIN")
    assert (await events.next_what()).text == "AGAIN"


async def test_a_device_absent_at_start_does_not_hold_up_the_others(
    make: Any, started: Any, end: VirtualScanner, moved: MovedTime
) -> None:
    reader = await started(VirtualReader())
    await reader.do("unplug")
    devices = make((Kind.SCANNER, end, {}), (Kind.DOCUMENT_READER, reader, {}))
    await devices.start()
    assert state_of(devices, Kind.DOCUMENT_READER) == (State.GONE, (Fault.DOCUMENT_READER_GONE,))
    assert state_of(devices) == (State.UNKNOWN, ())
    await reader.do("plug")
    await moved.pass_(0.5, sleepers=2)
    assert state_of(devices, Kind.DOCUMENT_READER) == (State.UNKNOWN, ())


async def test_a_hung_device_is_unknown_and_recovers(
    make: Any, end: VirtualScanner, moved: MovedTime, asking: dict[str, str]
) -> None:
    devices = make((Kind.SCANNER, end, asking))
    await devices.start()
    await end.do("mute")
    await moved.pass_(POLL_EVERY_S)
    assert state_of(devices) == (State.UNKNOWN, (Fault.SCANNER_SILENT,))
    await end.do("speak")
    await moved.pass_(POLL_EVERY_S)
    assert state_of(devices) == (State.WELL, ())


async def test_a_device_hung_for_long_is_opened_anew_more_and_more_rarely(
    make: Any, end: VirtualScanner, moved: MovedTime, asking: dict[str, str]
) -> None:
    await end.do("mute")
    devices = make((Kind.SCANNER, end, asking))
    await devices.start()
    for _ in range(5):
        await moved.pass_(8.0)
    assert moved.slept[:6] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0]
    assert state_of(devices) == (State.UNKNOWN, (Fault.SCANNER_SILENT,))
    await end.do("speak")
    await moved.pass_(8.0)
    assert state_of(devices) == (State.WELL, ())


async def test_a_state_grown_old_is_unknown_never_green(
    make: Any, end: VirtualScanner, events: Any, moved: MovedTime
) -> None:
    devices = make((Kind.SCANNER, end, {}))
    await devices.start()
    await end.do("scan", "X")
    await events.next()
    await moved.pass_(POLL_EVERY_S)
    assert state_of(devices) == (State.WELL, ())
    moved.ahead_s += PROOF_LASTS_S[Kind.SCANNER] + 1  # not even the supervision has run
    assert state_of(devices) == (State.UNKNOWN, ())
    seen: list[DeviceView] = []
    devices.watch(seen.append)
    await moved.pass_(POLL_EVERY_S)
    assert [view.state for view in seen] == [State.UNKNOWN]
    assert seen[0].proven_s is not None


async def test_a_device_in_use_is_not_asked(
    make: Any, end: VirtualScanner, moved: MovedTime, asking: dict[str, str]
) -> None:
    devices = make((Kind.SCANNER, end, asking))
    await devices.start()
    await moved.all_asleep(1)
    await end.do("mute")
    before = int((await end.do("mute"))["asked"])
    using = asyncio.create_task(devices.get(Kind.SCANNER).status())
    while (await end.do("mute"))["asked"] == str(before):
        await moved.all_asleep(1)
        await asyncio.to_thread(lambda: None)
    await moved.pass_(POLL_EVERY_S)
    await moved.pass_(POLL_EVERY_S)
    assert int((await end.do("mute"))["asked"]) == before + 1
    with pytest.raises(DeviceSilent):
        await using
    assert state_of(devices) == (State.UNKNOWN, (Fault.SCANNER_SILENT,))


async def test_a_fault_met_in_use_is_known_at_once(
    make: Any, end: VirtualScanner, moved: MovedTime, events: Any
) -> None:
    devices = make((Kind.SCANNER, end, {}))
    await devices.start()
    scanner = devices.get(Kind.SCANNER)
    await moved.all_asleep(1)
    await end.do("unplug")
    await scanner._listening
    with pytest.raises(DeviceError):
        await scanner.status()
    assert state_of(devices) == (State.GONE, (Fault.SCANNER_GONE,))
    await end.do("plug")
    await moved.asleep_for(0.5)
    await moved.pass_(0.5)
    assert state_of(devices) == (State.UNKNOWN, ())


async def test_a_bug_in_one_place_stops_nobody_else_and_tells_nothing(
    started: Any, end: VirtualScanner, moved: MovedTime, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    arrived: asyncio.Queue[DeviceEvent] = asyncio.Queue()

    def on_event(event: DeviceEvent) -> None:
        if event.kind is Kind.SCANNER and event.what.text == "ERIKSSON":
            raise RuntimeError(event.what.text)
        arrived.put_nowait(event)

    reader = await started(VirtualReader())
    listed = {
        Kind.SCANNER: DeviceSettings("scanner", "serial", end.address),
        Kind.DOCUMENT_READER: DeviceSettings("reader", "serial_mrz", reader.address),
    }
    devices = Devices(listed, on_event, now=moved.now, sleep=moved.sleep)
    await devices.start()
    await end.do("scan", "ERIKSSON")
    await reader.do("specimen")
    assert (await asyncio.wait_for(arrived.get(), WITHIN_S)).kind is Kind.DOCUMENT_READER
    await asyncio.wait({devices.get(Kind.SCANNER)._listening})
    await moved.pass_(POLL_EVERY_S, sleepers=2)
    await moved.pass_(POLL_EVERY_S, sleepers=2)
    await end.do("scan", "NEXT")
    assert (await asyncio.wait_for(arrived.get(), WITHIN_S)).what.text == "NEXT"
    await devices.close()
    assert "ERIKSSON" not in caplog.text


async def test_after_closing_nothing_is_left_and_nothing_comes(
    make: Any, started: Any, end: VirtualScanner, events: Any, asking: dict[str, str]
) -> None:
    threads, tasks = threading.active_count(), len(asyncio.all_tasks())
    reader = await started(VirtualReader())
    devices = make((Kind.SCANNER, end, asking), (Kind.DOCUMENT_READER, reader, {}))
    await devices.start()
    assert threading.active_count() == threads + 2
    await devices.close()
    await devices.close()
    await end.do("scan", "LATE")
    assert threading.active_count() == threads
    assert len(asyncio.all_tasks()) == tasks
    assert events.none


async def test_closing_in_the_middle_of_a_question_is_quick(
    make: Any, end: VirtualScanner, asking: dict[str, str]
) -> None:
    await end.do("mute")
    devices = make((Kind.SCANNER, end, asking))
    starting = asyncio.create_task(devices.start())
    while int((await end.do("mute"))["asked"]) == 0:
        await asyncio.to_thread(lambda: None)
    began = time.monotonic()
    await devices.close()
    assert time.monotonic() - began < 1.0
    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)


async def test_a_watcher_that_left_hears_nothing(
    make: Any, end: VirtualScanner, moved: MovedTime
) -> None:
    devices = make((Kind.SCANNER, end, {}))
    seen: list[DeviceView] = []
    leave = devices.watch(seen.append)
    await devices.start()
    leave()
    leave()
    await end.do("unplug")
    await devices.get(Kind.SCANNER)._listening  # the kernel has told the driver
    await moved.pass_(POLL_EVERY_S)
    assert state_of(devices)[0] is State.GONE
    assert seen == []


def test_a_driver_that_is_not_there_is_named_with_those_that_are(events: Any) -> None:
    with pytest.raises(DeviceMissetup) as missing:
        Devices({Kind.SCANNER: DeviceSettings("scanner", "telepathy", "serial:///dev/x")}, events)
    assert missing.value.fault is Fault.NO_DRIVER
    assert "serial" in missing.value.vendor


@pytest.mark.parametrize("name", ["contract", "virtual", "serial_wire", "../errors", "", "__init__"])
def test_what_is_no_driver_is_not_loaded_as_one(name: str) -> None:
    with pytest.raises(DeviceMissetup):
        find_driver(Kind.SCANNER, DeviceSettings("scanner", name, "serial:///dev/x"))


def test_every_file_that_says_so_is_a_driver_of_its_kind() -> None:
    assert "serial" in known_drivers(Kind.SCANNER)
    assert "serial_mrz" in known_drivers(Kind.DOCUMENT_READER)
    for kind in Kind:
        for name in known_drivers(kind):
            assert find_driver(kind, DeviceSettings("x", name, "")).KIND is kind
            with pytest.raises(DeviceMissetup) as unknown:
                check(kind, DeviceSettings("x", name, "", {"no-such-key": "1"}), virtual=True)
            assert unknown.value.fault is Fault.BAD_OPTION
