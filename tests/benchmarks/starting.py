"""Process start to first welcome frame, against a bare Kivy app with one screen."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from tests.benchmarks.measured import Measured, load_now, spread
from tests.benchmarks.processes import bare, ini_in, kiosk_process

RUNS = 9


def measure() -> list[Measured]:
    """Both in turn, so that a busy minute of the machine meets both; medians."""
    with tempfile.TemporaryDirectory() as state:
        ini = ini_in(Path(state))
        kiosk_s, bare_s = [], []
        for run in range(RUNS + 1):
            with kiosk_process(ini) as (_, told):
                mine = told["since_start_ms"] / 1000
            other = bare("start")["since_start_ms"] / 1000
            if run:  # the first one compiles and fills the disk's cache
                kiosk_s.append(mine)
                bare_s.append(other)
    ratio = statistics.median(kiosk_s) / statistics.median(bare_s)
    details = {"kiosk_s": spread(kiosk_s), "bare_s": spread(bare_s), "load": load_now()}
    return [Measured("start", "process start to first welcome frame, over a bare Kivy app", ratio, 2.5, "x", details)]
