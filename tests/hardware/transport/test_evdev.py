"""Input devices: the right one is found, and the numbers are the kernel's."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.scanner.keyboard_wire import LAYOUTS, encode_keys
from hardware.transport.evdev import EVENT, EVIOCGNAME, EVIOCGRAB, EvdevAddress, EvdevLine, find

LETTERS = "1000000000007 ff9f207ac14057ff febeffdfffefffff fffffffffffffffe"  # a USB keyboard's capabilities
VOLUME = "3e000b 0 0 0"

READER = """
import asyncio, sys
from hardware.driver import DeviceSettings
from hardware.scanner.keyboard import DRIVER

async def main():
    scanned = asyncio.Queue()
    driver = DRIVER(DeviceSettings("scanner", "keyboard", "evdev://" + sys.argv[1]), scanned.put_nowait)
    await driver.open()
    print("open", flush=True)
    event = await scanned.get()
    readings = {reading.id: reading.value for reading in (await driver.status()).readings}
    print(event.what.symbology, event.what.text, readings["model"], flush=True)
    await driver.close()

asyncio.run(main())
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    for number, name, keys in (
        (0, "AT Translated Set 2 keyboard", LETTERS),
        (3, "Lobby Imager 1950", LETTERS),
        (4, "Lobby Imager 1950", VOLUME),
        (5, "Twin Reader", LETTERS),
        (6, "Twin Reader", LETTERS),
    ):
        device = tmp_path / f"event{number}" / "device"
        (device / "capabilities").mkdir(parents=True)
        (device / "name").write_text(name + "\n")
        (device / "capabilities" / "key").write_text(keys + "\n")
    (tmp_path / "event7").mkdir()
    return tmp_path


@pytest.mark.parametrize("name", ["Lobby Imager 1950", "imager"])
def test_of_a_scanner_s_two_devices_the_one_with_letters_is_taken(machine: Path, name: str) -> None:
    assert find(name, machine) == Path("/dev/input/event3")


def test_a_name_that_is_not_there_says_what_is(machine: Path) -> None:
    with pytest.raises(FileNotFoundError, match="Lobby Imager 1950, Twin Reader"):
        find("Zebra", machine)


def test_a_name_that_two_have_wants_a_path(machine: Path) -> None:
    with pytest.raises(FileNotFoundError, match="by-id"):
        find("Twin Reader", machine)


def test_the_numbers_are_those_of_this_machine_s_headers(tmp_path: Path) -> None:
    source = tmp_path / "numbers.c"
    source.write_text(
        "#include <linux/input.h>\n#include <stdio.h>\n"
        'int main(void) { printf("%zu %lu %lu %d %d %d %d %d", sizeof(struct input_event), (unsigned long) EVIOCGRAB,'
        " (unsigned long) EVIOCGNAME(256), EV_KEY, SYN_DROPPED, KEY_ENTER, KEY_A, MSC_SCAN); }\n"
    )
    subprocess.run(["gcc", "-o", tmp_path / "numbers", source], check=True, timeout=60)
    said = subprocess.run([tmp_path / "numbers"], check=True, capture_output=True, timeout=10).stdout.split()
    assert list(map(int, said)) == [EVENT.size, EVIOCGRAB, EVIOCGNAME, 1, 3, 28, 30, 4]


async def test_a_file_that_is_no_device_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"keys")
    with pytest.raises(OSError, match="can't be grabbed"):
        await EvdevLine(EvdevAddress.parse(f"evdev://{tmp_path / 'file'}")).open()


def test_the_grab_is_made_by_a_real_ioctl_before_a_key_is_read(tmp_path: Path) -> None:
    """The driver as it stands, in a program of its own: libc's ioctl() is watched, a pipe brings the events."""
    library = tmp_path / "input_device.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, Path(__file__).with_name("input_device.c")], check=True)
    os.mkfifo(tmp_path / "event0")
    keys = os.open(tmp_path / "event0", os.O_RDWR)
    command = [sys.executable, "-c", READER, str(tmp_path / "event0")]
    env = {**os.environ, "LD_PRELOAD": str(library), "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stderr is not None
        try:
            assert reader.stdout.readline() == b"open\n"
            assert [reader.stderr.readline() for _ in range(2)] == [b"EVIOCGNAME 256\n", b"EVIOCGRAB 1\n"]
            os.write(keys, encode_keys("]C0BOOKING-7\n", LAYOUTS["us"]))
            assert reader.stdout.readline() == b"code128 BOOKING-7 Piped Scanner\n"
            assert reader.wait(20) == 0
        finally:
            reader.kill()
            os.close(keys)
