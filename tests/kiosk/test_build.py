"""What the kiosk gives to each device beside what stands in kiosk.ini, and what it is built without."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import hardware.document_reader
from hardware.readings import Kind
from kiosk.bench import Bench
from kiosk.build import _device_settings
from kiosk.settings import Settings

ANOTHER = '''
from hardware.document_reader.pcsc_chip import PcscChipReader


class AnotherBus(PcscChipReader):
    """Chips over another bus than PC/SC."""


DRIVER = AnotherBus
'''


@pytest.mark.parametrize(("driver", "told"), [("pcsc_chip", True), ("another_bus", True), ("serial_mrz", False)])
def test_whoever_judges_documents_is_told_whom_to_believe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, driver: str, told: bool
) -> None:
    """Found by review: only one driver was told, by its name; another one believed nobody, and said nothing."""
    (tmp_path / "another_bus.py").write_text(ANOTHER, "utf-8")
    monkeypatch.setattr(hardware.document_reader, "__path__", [*hardware.document_reader.__path__, str(tmp_path)])
    settings = Settings.model_validate(
        {
            "kiosk": {"demo": True, "state": tmp_path},
            "hotel": {"url": "http://127.0.0.1:1"},
            "document_reader": {"driver": driver, "address": "pcsc:"},
        }
    )
    clock: Any = SimpleNamespace(now=lambda: datetime(2026, 6, 1, 12, tzinfo=UTC))
    found = _device_settings(settings, tmp_path, Bench(settings, clock, date(2026, 6, 1)), clock)
    assert (found[Kind.DOCUMENT_READER].options.get("trust") == str(tmp_path / "trust")) is told
