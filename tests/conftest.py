"""The one pcscd of this machine, lent to whoever tests through it; and children that begin warm (`tests/warm.py`)."""

from __future__ import annotations

import signal
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

from tests.hardware.transport.pcscd import Pcscd, make_loopback_only
from tests.warm import warm_python

TAKE_TURNS = (
    "tests/faults/power_cut/",
    "tests/hardware/transport/test_ntag424_vpcd.py",
    "tests/hardware/transport/test_passport_vpcd.py",
    "tests/hardware/transport/test_pcsc_vpcd.py",
    "tests/hardware/transport/test_pcscd_turn.py",
    "tests/kiosk/staff/test_staff_commands.py",
    "tests/kiosk/test_conformance_commands.py",
    "tests/kiosk/test_document_commands.py",
)
"""Most of what stands here needs pcscd, and has it alone: side by side, each would wait for the others."""


class _OneForPcscd(LoadFileScheduling):  # type: ignore[misc]
    """A file goes to one process, and all that take turns at pcscd to the same one."""

    def _split_scope(self, nodeid: str) -> str:
        return "pcscd" if nodeid.startswith(TAKE_TURNS) else super()._split_scope(nodeid)


def pytest_configure() -> None:
    """What runs as a shell's background job ignores Ctrl-C, and so would every child that a test wants to end by it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadFileScheduling | None:
    return _OneForPcscd(config, log) if config.getvalue("dist") == "loadfile" else None


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
