"""Idle CPU at the welcome screen, over a minute: animation, supervision of devices and errands included."""

from __future__ import annotations

import tempfile
import threading
import time
from pathlib import Path

import psutil

from tests.benchmarks.measured import Measured, load_now
from tests.benchmarks.processes import ini_in, kiosk_process

SETTLE_S = 20
MEASURE_S = 60


def measure() -> list[Measured]:
    """The kiosk's own process; its children (built-in hotel, virtual devices) apart."""
    with tempfile.TemporaryDirectory() as state, kiosk_process(ini_in(Path(state))) as (process, _):
        threading.Event().wait(SETTLE_S)
        kiosk = psutil.Process(process.pid)
        children = kiosk.children(recursive=True)
        before, began = _busy_s([kiosk]), time.monotonic()
        children_before = _busy_s(children)
        threading.Event().wait(MEASURE_S)
        took = time.monotonic() - began
        mine = 100 * (_busy_s([kiosk]) - before) / took
        theirs = 100 * (_busy_s(children) - children_before) / took
    details = {"children_percent": round(theirs, 2), "seconds": round(took, 1), "load": load_now()}
    return [Measured("idle", "CPU of the kiosk's process at the welcome screen", mine, 5.0, "%", details)]


def _busy_s(processes: list[psutil.Process]) -> float:
    return sum(times.user + times.system for times in (each.cpu_times() for each in processes))
