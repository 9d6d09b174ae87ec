"""A virtual device beside the kiosk: it can be played with, and it never outlives who started it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from hardware.driver import DeviceSettings
from hardware.errors import DeviceGone
from hardware.scanner.serial import DRIVER
from hardware.virtual_process import VirtualProcess, VirtualProcessError

SCANNER = "hardware.scanner.virtual"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed can't tidy up: let it lie in the test's own folder."""
    monkeypatch.setenv("TMPDIR", str(tmp_path))


@pytest.fixture
async def process() -> AsyncIterator[VirtualProcess]:
    process = VirtualProcess(SCANNER, "--end", "crlf")
    await process.start()
    yield process
    await process.stop()


async def test_a_code_goes_from_one_process_to_the_other(process: VirtualProcess, events: Any) -> None:
    driver = DRIVER(DeviceSettings("scanner", "serial", process.address), events)
    await driver.open()
    assert "scan" in process.verbs
    await process.do("scan", "Szoba – 部屋 – غرفة\x00", "qr")
    assert (await events.next_what()).text == "Szoba – 部屋 – غرفة\ufffd"
    await driver.close()


async def test_a_word_it_does_not_know_is_refused_with_those_it_does(process: VirtualProcess) -> None:
    with pytest.raises(ValueError, match=r"unknown verb 'dance'; known: scan, "):
        await process.do("dance")
    with pytest.raises(ValueError, match="scan TEXT"):
        await process.do("scan")
    await process.do("scan", "still there")


async def test_killed_it_is_gone_for_the_driver_and_for_us(process: VirtualProcess, events: Any) -> None:
    driver = DRIVER(DeviceSettings("scanner", "serial", process.address), events)
    await driver.open()
    await process.kill()
    await driver._listening
    with pytest.raises(DeviceGone):
        await driver.status()
    with pytest.raises(VirtualProcessError, match="not running"):
        await process.do("scan", "x")
    await driver.close()
    await process.start()
    assert await process.do("scan", "x") == {"bytes": "6"}


async def test_stopped_it_takes_its_folder_with_it() -> None:
    process = VirtualProcess(SCANNER)
    await process.start()
    folder = Path(process.address.removeprefix("serial://").partition("?")[0]).parent
    assert folder.is_dir()
    assert folder.stat().st_mode & 0o077 == 0
    await process.stop()
    await process.stop()
    assert not folder.exists()


async def test_a_module_that_is_none_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VirtualProcessError, match="has ended"):
        await VirtualProcess("hardware.scanner.nosuch").start()
    assert "nosuch" in capfd.readouterr().err


async def test_it_ends_when_its_parent_is_killed() -> None:
    """The parent starts it, tells us its number, and is killed: no orphan stays."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c",
        "import asyncio\n"
        "from hardware.virtual_process import VirtualProcess\n"
        "async def main():\n"
        f"    process = VirtualProcess({SCANNER!r})\n"
        "    await process.start()\n"
        "    print(process._child.pid, flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n",
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert parent.stdout is not None
    child = psutil.Process(int(await asyncio.wait_for(parent.stdout.readline(), 30)))
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(child.wait, 10)
    assert not child.is_running()
    await parent.stdout.read()
