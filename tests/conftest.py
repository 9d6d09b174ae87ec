"""The one pcscd of this machine, lent to whoever tests through it; and children that begin warm (`tests/warm.py`)."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.hardware.transport.pcscd import Pcscd, make_loopback_only
from tests.warm import warm_python


@pytest.fixture(scope="session")
def loopback_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_loopback_only(tmp_path_factory.mktemp("preload"))


@pytest.fixture
async def pcscd(tmp_path: Path, loopback_only: Path) -> AsyncIterator[Pcscd]:
    daemon = Pcscd(tmp_path / "reader.conf.d", loopback_only)
    try:
        await daemon.start()
        yield daemon
    finally:
        await daemon.stop()


@pytest.fixture(scope="session")
def warm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with warm_python(tmp_path_factory.mktemp("warm")) as python:
        yield python


@pytest.fixture
def quick_children(monkeypatch: pytest.MonkeyPatch, warm: str) -> None:
    """Hotel, devices and commands begin with what they import already loaded."""
    monkeypatch.setattr(sys, "executable", warm)
