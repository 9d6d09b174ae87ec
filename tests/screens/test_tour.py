"""`kiosk run` without a display: a guest's whole check-in by real touches in the real window."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def tour(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tour's folder, after it has ended well."""
    folder = tmp_path_factory.mktemp("tour")
    text = (ROOT / "kiosk.ini").read_text("utf-8").replace("state = out/state", f"state = {folder / 'state'}")
    (folder / "kiosk.ini").write_text(text, "utf-8")
    environ = {
        name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "run", "--config", str(folder / "kiosk.ini"), "--tour", str(folder / "out")],
        cwd=ROOT, env=environ, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return folder / "out"


def test_every_screen_is_there_as_a_picture(tour: Path) -> None:
    pictures = sorted(path.name for path in tour.glob("[0-9]*.png"))
    for words in ("welcome", "a-few-more-details", "signed", "place-a-key-card-here", "floor"):
        assert any(words in name for name in pictures), pictures
    with Image.open(tour / pictures[0]) as picture:
        assert picture.size == (1080, 1920)


def test_the_key_opens_the_guests_door_and_no_other(tour: Path) -> None:
    key = json.loads((tour / "key.json").read_text("utf-8"))
    answers = list(key["doors"].values())
    assert answers[0] == "opened"
    assert answers[1:] == ["shut: other-room", "shut: too-late"]
    assert len(key["card"]["uid"]) == 14


def test_the_slips_code_joins_the_guest_to_the_wifi(tour: Path) -> None:
    with Image.open(tour / "slip.png") as slip:
        (code,) = zxingcpp.read_barcodes(slip)
    assert code.text == "WIFI:T:WPA;S:duna-guest;P:kek-duna-1849;;"
