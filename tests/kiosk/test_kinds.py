"""Whoever adds a kind of device is told here what it still lacks (README.md, How it is built)."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from hardware.device_view import PROOF_LASTS_S
from hardware.known_drivers import known_drivers
from hardware.readings import Kind
from kiosk.diagnosis.parts import LABELS
from kiosk.settings import Settings
from kiosk.steps.part_words import ICONS


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_its_room(kind: Kind) -> None:
    for name in ("contract", "checks", "behaviour", "conformance_ends"):
        assert find_spec(f"hardware.{kind}.{name}"), f"hardware/{kind}/{name}.py is missing"
    assert known_drivers(kind), f"hardware/{kind}/ has no driver"


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_its_place_wherever_each_has_one(kind: Kind) -> None:
    assert kind in PROOF_LASTS_S, "hardware/device_view.py: how long does a proof of it count?"
    assert kind.value in Settings.model_fields, "kiosk/settings.py: it has no section"
    assert kind in LABELS, "kiosk/diagnosis/parts.py: what is it called?"
    assert kind in ICONS, "kiosk/steps/part_words.py: which icon has its tile?"
