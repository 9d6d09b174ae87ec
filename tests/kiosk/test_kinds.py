"""Whoever adds a kind of device is told here all that it still lacks (README.md, How it is built)."""

from __future__ import annotations

import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from hardware.device_view import PROOF_LASTS_S
from hardware.errors import Fault
from hardware.known_drivers import known_drivers
from hardware.readings import Kind
from kiosk.diagnosis.parts import LABELS
from kiosk.settings import Settings
from kiosk.steps.part_words import ICONS
from kiosk.welcome import DEVICES_MISSING
from tests.faults.devices.stand import SAID

ROOT = Path(__file__).resolve().parents[2]
ROOM = ("contract", "behaviour", "conformance_ends", "checks")


def lacks(kind: str) -> list[str]:
    """Each place that does not know it, and what that place asks."""
    room = [] if find_spec(f"hardware.{kind}") else [f"hardware/{kind}/__init__.py is missing"]
    room += [f"hardware/{kind}/{name}.py is missing" for name in ROOM if room or not find_spec(f"hardware.{kind}.{name}")]
    if room or not known_drivers(Kind(kind)):
        room.append(f"hardware/{kind}/ has no driver")
    code, codes = kind.replace("_", "-"), set(map(str, Fault))
    faults = [f"{code}.{what}" for what in ("gone", "silent", "nonsense")]
    told: dict[str, str] = {**SAID}
    asked = [
        *((fault in codes, f"hardware/errors.py: it has no fault {fault}") for fault in faults),
        (kind in PROOF_LASTS_S, "hardware/device_view.py: how long does a proof of it count?"),
        (kind in Settings.model_fields, "kiosk/settings.py: it has no section"),
        (kind in LABELS, "kiosk/diagnosis/parts.py: what is it called?"),
        (_drawn("icons", ICONS.get(kind, "")), "kiosk/steps/part_words.py: which icon has its tile?"),
        (_drawn("drawings", f"part-{code}"), f"assets/drawings/part-{code}.svg is missing: its page shows it"),
        (kind in told, "tests/faults/devices/stand.py: what are guests told who must do without it?"),
        (bool(told.get(kind)) == (kind in DEVICES_MISSING), "kiosk/welcome.py: the same"),
        *((f"hardware.{kind}" in rooms, f"pyproject.toml: [tool.importlinter] “{name}” leaves it out") for name, rooms in _kept_from()),
    ]
    return room + [question for known, question in asked if not known]


def _kept_from() -> list[tuple[str, list[str]]]:
    """What must know no kind of device, and the rooms that are named there."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    return [(each["name"], each["forbidden_modules"]) for each in contracts if "hardware.printer" in each["forbidden_modules"]]


def _drawn(folder: str, name: str) -> bool:
    return (ROOT / "assets" / folder / f"{name}.svg").exists()


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_its_place_wherever_each_has_one(kind: Kind) -> None:
    missing = lacks(kind)
    assert not missing, "\n".join(missing)


def test_of_a_kind_that_has_only_a_name_all_is_told_at_once() -> None:
    told = lacks("jukebox")
    assert [each.split(": ")[0] for each in told] == [
        "hardware/jukebox/__init__.py is missing",
        *(f"hardware/jukebox/{name}.py is missing" for name in ROOM),
        "hardware/jukebox/ has no driver",
        *["hardware/errors.py"] * 3,
        "hardware/device_view.py",
        "kiosk/settings.py",
        "kiosk/diagnosis/parts.py",
        "kiosk/steps/part_words.py",
        "assets/drawings/part-jukebox.svg is missing",
        "tests/faults/devices/stand.py",
        *["pyproject.toml"] * 2,
    ]
