"""What tests of our own encoder share."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hardware.drivers import property_key


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    return property_key(tmp_path)
