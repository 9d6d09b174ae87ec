"""What a journey's children may not lose by beginning warm (`tests/warm.py`): their words, their ends, their exit code."""

from __future__ import annotations

import shutil
import signal
import subprocess
from pathlib import Path

import pytest
import requests

from hardware.virtual_process import VirtualProcess
from kiosk.hotel.builtin.process import BuiltinHotel


def answers(hotel: BuiltinHotel) -> bool:
    try:
        return requests.get(f"{hotel.base_url}/booking-code.pub", timeout=5).status_code == 200
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("killed", [True, False])
async def test_a_hotel_is_gone_as_soon_as_its_end_is_known(tmp_path: Path, killed: bool) -> None:
    hotel = BuiltinHotel(tmp_path)
    await hotel.start()
    assert answers(hotel)
    if killed:
        hotel.kill()
    await hotel.stop()
    assert not answers(hotel)


async def test_a_hotel_that_can_not_start_says_so_by_its_exit_code(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="exit code 2"):
        await BuiltinHotel(tmp_path, database="nonsense://").start()


async def test_a_device_ends_in_order_and_tidies_up_but_not_when_it_is_killed() -> None:
    for end, tidy in (("stop", True), ("kill", False)):
        device = VirtualProcess("hardware.scanner.virtual")
        await device.start()
        line = Path(device.address.removeprefix("serial://").partition("?")[0])
        assert line.exists()
        await getattr(device, end)()
        assert line.parent.exists() != tidy
        shutil.rmtree(line.parent, ignore_errors=True)


def test_a_command_says_what_is_wrong_and_ends_with_its_code(warm: str) -> None:
    done = subprocess.run([warm, "-m", "kiosk", "dance"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert "No such command" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_reaches_a_child(warm: str, number: signal.Signals) -> None:
    """A device ends in order by either."""
    words = [warm, "-m", "hardware.printer.virtual", "--port", "0"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline()
        child.send_signal(number)
        assert child.wait(20) == 0


def test_all_other_words_are_pythons(warm: str) -> None:
    said = subprocess.run([warm, "-c", "import sys; print(sys.argv, 'kiosk' in sys.modules)", "a b"], capture_output=True)
    assert said.stdout == b"['-c', 'a b'] False\n"
