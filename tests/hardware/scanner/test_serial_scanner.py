"""A person scans a code, pulls the plug, hangs the device: what the kiosk is told."""

from __future__ import annotations

import asyncio
import os
import pty
import threading
import time
import tty
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from hardware import serial_listener
from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.readings import State
from hardware.scanner.contract import Symbology
from hardware.scanner.serial import DRIVER
from hardware.scanner.virtual import VirtualScanner


@pytest.fixture
async def end(started: Any) -> VirtualScanner:
    return await started(VirtualScanner())


@pytest.fixture
async def scanner(end: VirtualScanner, events: Any) -> AsyncIterator[Any]:
    driver = DRIVER(DeviceSettings("scanner", "serial", end.address), events)
    await driver.open()
    yield driver
    await driver.close()


async def test_a_stranger_s_long_file_is_cut(
    scanner: Any, end: VirtualScanner, events: Any, tmp_path: Path
) -> None:
    file = tmp_path / "code"
    file.write_bytes(b"'; DROP TABLE guests; --" * 400)
    await end.do("scan-file", str(file), "data-matrix")
    code = await events.next_what()
    assert (len(code.text), code.cut, code.symbology) == (4096, True, Symbology.DATA_MATRIX)


async def test_nobody_knows_how_a_silent_scanner_is_until_it_scans(
    scanner: Any, end: VirtualScanner, events: Any
) -> None:
    assert (await scanner.status()).state is State.UNKNOWN
    await end.do("scan", "X")
    event = await events.next()
    status = await scanner.status()
    assert status.state is State.WELL
    assert status.proven_s is not None
    assert event.began_s <= status.proven_s <= time.monotonic()


async def test_a_scanner_that_hangs_is_silent_not_well(
    end: VirtualScanner, events: Any, asking: dict[str, str]
) -> None:
    driver = DRIVER(DeviceSettings("scanner", "serial", end.address, asking), events)
    await driver.open()
    await end.do("mute")
    with pytest.raises(DeviceSilent) as silent:
        await driver.status()
    assert silent.value.fault is Fault.SCANNER_SILENT
    await end.do("speak")
    assert (await driver.status()).state is State.WELL
    await driver.close()


async def test_an_answer_in_time_is_one_though_the_kiosk_stood_still(
    events: Any, asking: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serial_listener, "ANSWER_WITHIN_S", 0.2)
    master, slave = pty.openpty()
    tty.setraw(slave)
    asked, stands_still = threading.Event(), threading.Event()
    stands_still.set()

    def answers() -> None:
        for _ in range(2):
            os.read(master, 64)
            asked.set()
            stands_still.wait(5)
            os.write(master, bytes.fromhex(asking["answer"]))

    thread = threading.Thread(target=answers)
    thread.start()
    driver = DRIVER(DeviceSettings("scanner", "serial", f"serial://{os.ttyname(slave)}", asking), events)
    await driver.open()
    asked.clear()
    stands_still.clear()
    status = asyncio.create_task(driver.status())
    while not asked.is_set():
        await asyncio.sleep(0)
    stands_still.set()
    threading.Event().wait(0.5)
    assert (await status).state is State.WELL
    await driver.close()
    thread.join()
    for end in (master, slave):
        os.close(end)


async def test_a_wrong_question_is_no_proof(end: VirtualScanner, events: Any) -> None:
    options = {"ask": b"\x16M\rnosuch?.".hex(), "answer": b"NOSUCH1\x06.".hex()}
    driver = DRIVER(DeviceSettings("scanner", "serial", end.address, options), events)
    with pytest.raises(DeviceNonsense):
        await driver.open()
    await driver.close()


async def test_an_answer_that_comes_late_is_not_taken_for_a_code(
    end: VirtualScanner, events: Any, asking: dict[str, str]
) -> None:
    driver = DRIVER(DeviceSettings("scanner", "serial", end.address, asking), events)
    await driver.open()
    await end.do("tardy", "1100")
    with pytest.raises(DeviceSilent):
        await driver.status()
    await end.do("scan", "CODE")
    assert (await events.next_what()).text == "CODE"
    async with asyncio.timeout(5):
        while driver._owed:
            await asyncio.sleep(0.01)
    await end.do("scan", "CODE-2")
    assert (await events.next_what()).text == "CODE-2"
    assert driver.framing.noise == 0
    await driver.close()


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("serial:///dev/ttyX?baud=12", {}),
        ("tcp://127.0.0.1:1", {}),
        ("serial:///dev/ttyX", {"ask": "zz", "answer": "00"}),
        ("serial:///dev/ttyX", {"ask": "00"}),
        ("serial:///dev/ttyX", {"speed": "fast"}),
        ("serial:///dev/ttyX", {"ask_every_s": "often"}),
    ],
)
def test_wrong_settings_say_so(address: str, options: dict[str, str], events: Any) -> None:
    with pytest.raises(DeviceMissetup):
        DRIVER(DeviceSettings("scanner", "serial", address, options), events)


async def test_a_second_program_on_the_port_is_told_apart(scanner: Any, end: VirtualScanner, events: Any) -> None:
    other = DRIVER(DeviceSettings("scanner", "serial", end.address), events)
    with pytest.raises(DeviceGone, match="another program"):
        await other.open()
