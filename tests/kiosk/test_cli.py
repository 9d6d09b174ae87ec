"""The `kiosk` command: what it prints, what it ends with, and never a traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from hardware.known_drivers import known_drivers
from hardware.readings import Kind
from tests.warm import COLD

pytestmark = pytest.mark.usefixtures("quick_children")
ROOT = Path(__file__).resolve().parents[2]


def kiosk(*words: str, python: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [python or sys.executable, "-m", "kiosk", *words],
        cwd=ROOT, env={**clean, **environ}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_help_names_every_command() -> None:
    done = kiosk("--help")
    assert done.returncode == 0
    for command in ("run", "config", "virtual", "hotel", "trust", "staff", "journal", "faults", "diagnose", "conformance"):
        assert command in done.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("--help",), 0, "self-service front desk"),
        (("config", "check"), 0, "is right"),
        (("conformance", "--kind", "toaster", "--address", "tcp://127.0.0.1:1"), 2, "toaster"),
        (("diagnose", "printer", "--config", "none.ini"), 2, "can't be read"),
        (("document", "read"), 2, "say what opens the chip"),
        (("faults", "printer.paper-out"), 0, "paper"),
        (("hotel", "serve", "--port", "many"), 2, "--port"),
        (("journal", "verify", "--config", "none.ini"), 2, "can't be read"),
        (("run", "--config", "none.ini"), 2, "can't be read"),
        (("staff", "list", "--config", "none.ini"), 2, "can't be read"),
        (("trace", "show", "none.jsonl"), 2, "none.jsonl"),
        (("trust", "check", "none.ml"), 2, "none.ml"),
        (("virtual", "--config", "none.ini"), 2, "can't be read"),
        (("virtual", "passport", "list"), 0, "pace-cam"),
    ],
    ids=lambda given: "-".join(given[:2]) if isinstance(given, tuple) else "",
)
def test_every_command_starts_in_a_python_that_has_loaded_nothing(words: tuple[str, ...], code: int, said: str) -> None:
    """All others here begin warm."""
    done = kiosk(*words, python=COLD)
    assert done.returncode == code, done
    assert said in done.stdout + done.stderr


def test_the_delivered_configuration_is_right() -> None:
    done = kiosk("config", "check")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(kiosk("config", "check", "--json").stdout)
    assert told["hotel"]["name"] == "Hotel Duna"
    assert "wifi_password" not in told["slip"]
    assert told["warnings"] == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[kiosk]\nidel_s = 1\n", "[kiosk] idel_s: is unknown"),
        ("[printer]\ndriver = escpos\naddress = virtual\n", "allowed only with [kiosk] demo = yes"),
        ("[kiosk]\ndemo = no\n", "[hotel] url: found 'builtin', allowed only with [kiosk] demo = yes"),
        ("[hotel]\nurl = https://opera.example\n", "[registration] archive: found 'builtin', allowed: https://"),
        ("[kiosk]\ndemo = yes\nlanguages = en xx\n", "[kiosk] languages: found"),
    ],
)
def test_a_wrong_configuration_ends_with_2_and_a_line(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(text)
    for command in (("config", "check"), ("run",)):
        done = kiosk(*command, "--config", str(path))
        assert done.returncode == 2
        assert told in done.stderr
        assert str(path) in done.stderr


def test_a_lock_server_that_anybody_could_play_is_told(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(
        "[kiosk]\ndemo = yes\n[key_encoder]\ndriver = fias\naddress = tcp://192.0.2.5:5010\nlisten = yes\n", "utf-8"
    )
    done = kiosk("config", "check", "--config", str(path))
    assert done.returncode == 2
    assert "[key_encoder] server: is missing" in done.stderr


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("[scanner]\ndriver = tpc\naddress = virtual\n", f"[scanner] no 'tpc'; known: {', '.join(known_drivers(Kind.SCANNER))}\n"),
        ("[scanner]\ndriver = serial\naddress = tcp//x\n", "[scanner] 'tcp//x': a serial address is"),
        ("[scanner]\ndriver = serial\naddress = virtual\nspeeed = 9600\n", "[scanner] speeed: is unknown; allowed: answer,"),
        ("[scanner]\ndriver = keyboard\naddress = virtual\nlayout = fr\n", "[scanner] layout = fr: allowed: us, de, hu"),
        ("[scanner]\ndriver = camera\naddress = virtual\ncodes = qr gs1\n", "[scanner] codes = qr gs1: allowed: qr aztec"),
        ("[printer]\ndriver = escpos\naddress = http:/wrong\n", "[printer] http:/wrong: a printer is tcp://"),
        ("[printer]\ndriver = escpos\naddress = usb://04b8\n", "[printer] 'usb://04b8': a USB address is usb://04b8:0202"),
        ("[printer]\ndriver = escpos\naddress = virtual\nprofile = TM-X\n", "[printer] profile = TM-X: known are"),
        ("[printer]\ndriver = escpos\naddress = virtual\ncodepage = cp1\n", "[printer] codepage = cp1: allowed with profile TM-T20II: auto"),
        ("[key_encoder]\ndriver = fias\naddress = tcp://h:1\nkey_coder = 1\n", "[key_encoder] key_coder: is unknown; allowed: answer"),
        ("[key_encoder]\ndriver = fias\naddress = tcp://h:1\nanswer_within_s = 5\n", "[key_encoder] answer_within_s = 5: seconds"),
        ("[key_encoder]\ndriver = fias\naddress = tcp://h\n", "[key_encoder] tcp://h: a lock server is tcp://host:port"),
        ("[key_encoder]\ndriver = pcsc\naddress = pcsc:\nkey_file = x\n", "[key_encoder] key_file: is unknown; allowed: cards, property"),
    ],
)
def test_what_no_driver_can_work_with_is_told_beforehand(tmp_path: Path, section: str, told: str) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(f"[kiosk]\ndemo = yes\n{section}")
    done = kiosk("config", "check", "--config", str(path))
    assert (done.returncode, done.stdout) == (2, "")
    assert told in done.stderr


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("[identity]\nunproven = go-on\nunknown_country = go-on\nno_chip = go-on\n", "asks in vain"),
        ("[identity]\nno_chip = go-on\n", "who says that the document has no chip"),
        ("[document_reader]\ndriver = serial_mrz\naddress = virtual\n", "driver = serial_mrz reads no chips"),
    ],
)
def test_a_policy_that_asks_in_vain_is_said_and_allowed(tmp_path: Path, section: str, told: str) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(f"[kiosk]\ndemo = yes\n{section}")
    done = kiosk("config", "check", "--config", str(path))
    assert (done.returncode, done.stderr.count("\n")) == (0, 1)
    assert told in done.stderr
    as_json = kiosk("config", "check", "--config", str(path), "--json")
    assert (as_json.returncode, as_json.stderr) == (0, "")
    assert [told in each for each in json.loads(as_json.stdout)["warnings"]] == [True]
    path.write_text(f"[kiosk]\ndemo = yes\n[identity]\nrequire = zone\n{section.replace('[identity]', '')}")
    assert kiosk("config", "check", "--config", str(path)).stderr == ""


def test_a_missing_configuration_ends_with_2(tmp_path: Path) -> None:
    done = kiosk("run", "--config", str(tmp_path / "none.ini"))
    assert done.returncode == 2
    assert "can't be read" in done.stderr


def test_a_lobby_without_a_display_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(f"[kiosk]\nstate = {tmp_path}\n[hotel]\nurl = https://hotel.example\n[registration]\narchive = https://archive.example\n")
    done = kiosk("run", "--config", str(path))
    assert done.returncode == 1
    assert "No display" in done.stderr


def test_playing_without_a_running_kiosk_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(f"[kiosk]\ndemo = yes\nstate = {tmp_path}\n")
    done = kiosk("virtual", "printer", "paper-out", "--config", str(path))
    assert done.returncode == 1
    assert "no kiosk is running" in done.stderr


def test_a_wrong_call_ends_with_2() -> None:
    assert kiosk("dance").returncode == 2
    assert kiosk("hotel", "serve", "--port", "many").returncode == 2
