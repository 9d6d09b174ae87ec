"""Faults are planted in children of all kinds, again and again: each begins warm (`tests/warm.py`)."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def every_child_is_quick(quick_children: None) -> None:
    """Hotel, devices and the kiosk itself."""
