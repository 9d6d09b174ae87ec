"""A complete self-test without a person: the command as it is typed, over the socket of a running kiosk; and alone."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hardware.checks import Outcome
from kiosk.build import open_kiosk
from kiosk.clock import SystemClock
from kiosk.prompts import Scene
from kiosk.settings import load
from tests.benchmarks.measured import Measured, load_now, spread
from tests.benchmarks.processes import ROOT, child_environment, ini_in

RUNS = int(os.environ.get("SELFTESTS", "5"))
LIMIT_S = 30.0


class _Nobody:
    """A front that nobody stands before."""

    def show(self, scene: Scene) -> None:
        pass

    def notice(self, words: Any, tone: Any) -> None:
        pass


async def _command(ini: Path) -> tuple[float, dict[str, Any]]:
    began = time.monotonic()
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "kiosk", "diagnose", "--json", "--config", str(ini),
        cwd=ROOT, env=child_environment(), stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, _ = await child.communicate()
    return time.monotonic() - began, json.loads(out)


async def _measure() -> list[Measured]:
    with tempfile.TemporaryDirectory() as directory:
        ini = ini_in(Path(directory))
        alone_s, _ = await _command(ini)
        async with open_kiosk(load(ini), SystemClock(), _Nobody()) as running:
            serving = asyncio.ensure_future(running.serve())
            try:
                found = [await _command(ini) for _ in range(RUNS)]
            finally:
                serving.cancel()
                await asyncio.gather(serving, return_exceptions=True)
    took = [seconds for seconds, _ in found]
    checks = [check for part in found[-1][1]["parts"] for check in part["checks"]]
    details = {
        "seconds": spread(took),
        "where no kiosk runs, s": round(alone_s, 2),
        "checks": {str(each): sum(check["outcome"] == each for check in checks) for each in Outcome},
        "slowest checks, s": {
            check["id"]: check["took_s"] for check in sorted(checks, key=lambda check: -check["took_s"])[:5]
        },
        "load": load_now(),
    }
    return [Measured("selftest", "complete unattended self-test, as a command", max(took), LIMIT_S, "s", details)]


def measure() -> list[Measured]:
    return asyncio.run(_measure())
