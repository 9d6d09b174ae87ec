"""`kiosk virtual passport`: what it prints, what it ends with."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.usefixtures("quick_children")
ROOT = Path(__file__).resolve().parents[2]


def passport(*words: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [sys.executable, "-m", "kiosk", "virtual", "passport", *words],
        cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr + done.stdout
    return done


def test_every_sample_is_listed() -> None:
    told = json.loads(passport("list", "--json").stdout)
    assert {"bac", "pace-cam", "card-can", "copied", "impostor"} <= told.keys()
    assert all(told.values())
    assert "pace-cam" in passport("list").stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("serve",), "--vpcd"),
        (("serve", "--vpcd", "--sample", "unheard-of"), "unheard-of"),
        (("serve", "--vpcd", "--surname", "Müller"), "surname"),
        (("serve", "--vpcd", "--born", "yesterday"), "yesterday"),
    ],
)
def test_a_wrong_call_ends_with_2_and_a_line(words: tuple[str, ...], told: str) -> None:
    done = passport(*words)
    assert done.returncode == 2
    assert told in done.stderr


def test_without_pcscd_it_says_so(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    done = passport("serve", "--vpcd", "--port", str(port), "--sample", "bac", "--trust", str(tmp_path / "trust"))
    assert done.returncode == 1
    assert "pcscd" in done.stderr
    assert "opened by: --document L898902C3 --born 740812 --expires" in done.stdout
    assert {path.name for path in (tmp_path / "trust").iterdir()} == {"utopia.ml", "utopia.crl"}
