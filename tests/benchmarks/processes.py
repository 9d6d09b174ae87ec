"""The kiosk and the bare app as processes of their own."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
WITHIN_S = 60


def child_environment() -> dict[str, str]:
    """As a user's: bytecode is kept, so that no run but the first compiles anything."""
    left_out = ("PYTHONDONTWRITEBYTECODE", "WAYLAND_DISPLAY", "KIOSK_INI")
    return {**{name: value for name, value in os.environ.items() if name not in left_out}, "PYTHONPATH": str(ROOT)}


def ini_in(state: Path, **changes: str) -> Path:
    """The delivered kiosk.ini, with a state directory of its own; `key_encoder__driver="fias"` changes it."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read(ROOT / "kiosk.ini", "utf-8")
    parser["kiosk"]["state"] = str(state / "state")
    for name, value in changes.items():
        section, key = name.split("__")
        parser[section][key] = value
    path = state / "kiosk.ini"
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)
    return path


def bare(*words: str) -> dict[str, Any]:
    """Run the bare app; what it said."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tests/benchmarks/bare.py"), *words],
        env=child_environment(), cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=True,
    )  # fmt: skip
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


@contextmanager
def kiosk_process(ini: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    """`kiosk run`, once it has shown its first frame; with what it logged of that. Ended by SIGTERM."""
    process = subprocess.Popen(
        [str(Path(sys.executable).with_name("kiosk")), "run", "--config", str(ini)],
        env=child_environment(), cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        yield process, _logged(process, "first frame")
    finally:
        process.terminate()
        process.communicate(timeout=WITHIN_S)


def _logged(process: subprocess.Popen[str], event: str) -> dict[str, Any]:
    said = []
    for line in process.stderr or ():
        said.append(line)
        if line.startswith("{") and (told := json.loads(line)).get("event") == event:
            return dict(told)
    raise RuntimeError(f"the kiosk ended without {event!r}: {''.join(said[-5:])}")
