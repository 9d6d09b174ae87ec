"""The one pcscd of this machine, lent to whoever tests through it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.hardware.transport.pcscd import Pcscd, make_loopback_only


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
