"""A camera that looks for codes: a person shows one, covers the lens, pulls the plug."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.readings import Kind, State, Status
from hardware.scanner import camera
from hardware.scanner.camera import DRIVER
from hardware.scanner.contract import CodeScanned, Symbology
from hardware.scanner.virtual_camera import VirtualCamera, code_picture
from hardware.virtual_process import VirtualProcess


@pytest.fixture(autouse=True)
def sooner(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits, shorter."""
    monkeypatch.setattr(camera, "DARK_AFTER_S", 0.3)
    monkeypatch.setattr(camera, "STOPPED_AFTER_S", 1.0)
    monkeypatch.setattr(camera, "LOOK_EVERY_S", 0.05)


@pytest.fixture
async def end() -> AsyncIterator[VirtualCamera]:
    end = VirtualCamera()
    await end.start()
    yield end
    await end.stop()


@pytest.fixture
async def scanner(end: VirtualCamera, events: Any) -> AsyncIterator[Any]:
    driver = DRIVER(DeviceSettings("scanner", "camera", end.address), events)
    await driver.open()
    yield driver
    await driver.close()


async def until(scanner: Any, so: Any) -> Status | DeviceError:
    """Its next status of which that is so."""
    async with asyncio.timeout(10):
        while True:
            try:
                now: Status | DeviceError = await scanner.status()
            except DeviceError as trouble:
                now = trouble
            if so(now):
                return now
            await asyncio.sleep(0.02)


async def test_a_code_held_before_the_camera_is_told_once(scanner: Any, end: VirtualCamera, events: Any) -> None:
    before = time.monotonic()
    await end.do("show", "https://hotel.example/b/Ünï")
    event = await events.next()
    assert (event.device, event.kind) == ("scanner", Kind.SCANNER)
    assert event.what == CodeScanned("https://hotel.example/b/Ünï", Symbology.QR)
    assert before <= event.began_s <= time.monotonic()
    await end.do("show", "ANOTHER")
    assert (await events.next_what()).text == "ANOTHER"
    assert events.none


async def test_that_it_was_unplugged_is_known_at_once(scanner: Any, end: VirtualCamera) -> None:
    told = asyncio.Event()
    scanner.ask_me = told.set
    await end.do("unplug")
    async with asyncio.timeout(5):
        await told.wait()


async def test_a_camera_that_gives_pictures_is_well(scanner: Any) -> None:
    status = await scanner.status()
    assert (status.state, status.faults) == (State.WELL, ())
    assert time.monotonic() - status.proven_s < 5
    assert {reading.id: reading.value for reading in status.readings}["picture"] == "1280 × 720"


async def test_a_covered_lens_is_ill_until_it_is_uncovered(scanner: Any, end: VirtualCamera, events: Any) -> None:
    await end.do("cover")
    status = await until(scanner, lambda now: now.state is State.ILL)
    assert isinstance(status, Status)
    assert status.faults == (Fault.SCANNER_DARK,)
    await end.do("uncover")
    await until(scanner, lambda now: now.state is State.WELL)
    await end.do("show", "SEEN AGAIN")
    assert (await events.next_what()).text == "SEEN AGAIN"


async def test_a_camera_that_hangs_is_silent_not_well(scanner: Any, end: VirtualCamera) -> None:
    await end.do("freeze")
    silent = await until(scanner, lambda now: isinstance(now, DeviceError))
    assert isinstance(silent, DeviceSilent)
    assert silent.fault is Fault.SCANNER_SILENT
    await end.do("go")
    await until(scanner, lambda now: isinstance(now, Status) and now.state is State.WELL)


async def test_a_camera_that_hangs_from_the_start_is_silent(
    end: VirtualCamera, events: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(camera, "FIRST_WITHIN_S", 0.5)
    await end.do("freeze")
    for path in Path(end.address.removeprefix("file://")).iterdir():
        path.unlink()
    driver = DRIVER(DeviceSettings("scanner", "camera", end.address), events)
    with pytest.raises(DeviceSilent, match="no picture"):
        await driver.open()


async def test_what_is_no_picture_is_counted_and_the_next_code_is_read(
    scanner: Any, end: VirtualCamera, events: Any
) -> None:
    await end.do("garbage")
    odd = await until(scanner, lambda now: isinstance(now, DeviceError))
    assert isinstance(odd, DeviceNonsense)
    assert scanner._eye.noise > 0
    await end.do("go")
    await end.do("show", "AFTERWARDS")
    assert (await events.next_what()).text == "AFTERWARDS"


async def test_a_pulled_plug_is_gone_and_comes_back(scanner: Any, end: VirtualCamera, events: Any) -> None:
    await end.do("unplug")
    gone = await until(scanner, lambda now: isinstance(now, DeviceError))
    assert isinstance(gone, DeviceGone)
    assert gone.fault is Fault.SCANNER_GONE
    with pytest.raises(DeviceGone):
        await scanner.open()
    await end.do("plug")
    await scanner.open()
    await end.do("show", "BACK")
    assert (await events.next_what()).text == "BACK"


async def test_a_still_picture(tmp_path: Path, events: Any) -> None:
    lying = Image.new("L", (640, 480), 180)
    lying.paste(code_picture("LYING THERE"), (100, 100))
    lying.save(tmp_path / "code.png")
    driver = DRIVER(DeviceSettings("scanner", "camera", f"file://{tmp_path / 'code.png'}"), events)
    await driver.open()
    assert (await events.next_what()).text == "LYING THERE"
    assert (await driver.status()).state is State.WELL
    await driver.close()
    assert events.none


async def test_a_film_is_read_as_it_runs_and_then_the_camera_has_stopped(tmp_path: Path, events: Any) -> None:
    film = bytearray()
    for text in ("", "FIRST", "FIRST", "", "SECOND", ""):
        picture = Image.new("L", (640, 480), 180)
        if text:
            picture.paste(code_picture(text), (100, 100))
        picture.save(tmp_path / "frame.jpg", quality=85)
        film += (tmp_path / "frame.jpg").read_bytes()
    (tmp_path / "walk-by.mjpeg").write_bytes(film)
    driver = DRIVER(DeviceSettings("scanner", "camera", f"file://{tmp_path / 'walk-by.mjpeg'}"), events)
    await driver.open()
    assert [(await events.next_what()).text for _ in range(2)] == ["FIRST", "SECOND"]
    assert isinstance(await until(driver, lambda now: isinstance(now, DeviceError)), DeviceSilent)
    await driver.close()
    assert events.none


async def test_other_codes_are_read_where_kiosk_ini_says_so(end: VirtualCamera, events: Any) -> None:
    driver = DRIVER(DeviceSettings("scanner", "camera", end.address, {"codes": "aztec ean"}), events)
    await driver.open()
    await end.do("show", "NOT ASKED FOR", "qr")
    await end.do("show", "BOARDING", "aztec")
    assert await events.next_what() == CodeScanned("BOARDING", Symbology.AZTEC)
    await end.do("show", "4006381333931", "ean")
    assert await events.next_what() == CodeScanned("4006381333931", Symbology.EAN)
    await driver.close()


async def test_closing_leaves_no_thread_and_no_event_comes_after_it(
    scanner: Any, end: VirtualCamera, events: Any
) -> None:
    await scanner.close()
    await scanner.close()
    assert not [one for one in threading.enumerate() if one.name == "camera"]
    await end.do("show", "TOO LATE")
    with pytest.raises(DeviceGone, match="not open"):
        await scanner.status()
    assert events.none


@pytest.mark.parametrize(
    ("address", "options", "said"),
    [
        ("camera:", {}, "camera:///dev/video0"),
        ("serial:///dev/ttyACM0", {}, "camera:///dev/video0"),
        ("camera:///dev/video0", {"codes": "qr maxicode"}, "data-matrix"),
        ("camera:///dev/video0", {"size": "big"}, "1280x720"),
        ("camera:///dev/video0", {"baud": "9600"}, "codes, size"),
    ],
)
def test_wrong_settings_say_what_is_allowed(address: str, options: dict[str, str], said: str, events: Any) -> None:
    with pytest.raises(DeviceMissetup, match=said):
        DRIVER(DeviceSettings("scanner", "camera", address, options), events)


@pytest.mark.parametrize(
    ("address", "error", "said"),
    [
        ("camera:///dev/video-nothing-here", DeviceGone, "no such camera"),
        ("camera:///dev/null", DeviceMissetup, "no stream of pictures"),
        ("file:///nothing/here.png", DeviceGone, "no such file"),
    ],
)
async def test_what_is_no_camera(address: str, error: type[DeviceError], said: str, events: Any) -> None:
    driver = DRIVER(DeviceSettings("scanner", "camera", address), events)
    with pytest.raises(error, match=said):
        await driver.open()
    with pytest.raises(DeviceGone):
        await driver.status()
    await driver.close()


async def test_the_camera_of_the_demo_runs_as_a_process_of_its_own(events: Any) -> None:
    child = VirtualProcess("hardware.scanner.virtual_camera")
    await child.start()
    try:
        driver = DRIVER(DeviceSettings("scanner", "camera", child.address), events)
        await driver.open()
        await child.do("scan", "https://hotel.example/b/1")
        assert await events.next_what() == CodeScanned("https://hotel.example/b/1", Symbology.QR)
        await driver.close()
    finally:
        await child.stop()
