"""Checks of the computer itself: disk, memory, temperature, load, time, open files.

Read from the kernel; nothing is written but one small file in the state directory, which is removed at once.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import resource
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from kiosk.language import T

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

MB = 1024 * 1024
DISK_LEAST_MB = 500.0  # a year of journals and logs; below it a key may find no room to be written down
MEMORY_LEAST_MB = 150.0  # what a passport with its picture and a registration card take beside the kiosk
TEMPERATURE_MOST = 85.0  # °C: processors throttle from about here, and a guest waits
LOAD_MOST = 4.0  # runnable processes to a core over five minutes
FILES_MOST = 70.0  # % of what this process may have open
CLOCK_ERROR_MOST_MS = 500.0

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised


class _Timex(ctypes.Structure):
    """struct timex of adjtimex(2), as far as it is looked at; `rest` is longer than any kernel's."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),  # µs
        ("esterror", ctypes.c_long),
        ("rest", ctypes.c_byte * 256),
    )


def checks(terminal: Terminal) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    state = terminal.settings.kiosk.state
    return tuple(
        Check(f"machine.{what}", label.key, _asked(measure), within_s=10.0)
        for what, label, measure in (
            ("disk", T("Room on the disk"), lambda: disk(state)),
            ("memory", T("Free memory"), memory),
            ("temperature", T("Temperature"), temperature),
            ("load", T("Load"), load),
            ("clock", T("Clock is kept right"), clock),
            ("files", T("Open files"), files),
        )
    )


_ONE_AT_A_TIME = ThreadPoolExecutor(1, thread_name_prefix="machine")
"""A disk that never answers has one thread, however often it is asked, and leaves everybody else theirs."""


def _asked(measure: Callable[[], CheckResult]) -> Run:
    """In a thread: a disk that is slow holds up its check, and no guest."""

    async def run(hands: Hands) -> CheckResult:
        return await asyncio.get_running_loop().run_in_executor(_ONE_AT_A_TIME, measure)

    return run


def disk(state: Path) -> CheckResult:
    """Room where the state lies, and that something can be written there."""
    there = next(folder for folder in (state, *state.parents) if folder.exists())
    free_mb = psutil.disk_usage(str(there)).free / MB
    measured = (Measured("disk-free", "Free on the disk", round(free_mb), "MB", least=DISK_LEAST_MB),)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"\0" * 4096)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return CheckResult(Outcome.ILL, f"Nothing can be written there: {error.strerror}.", measured)
    return _judged(measured, "The disk is nearly full.")


def memory() -> CheckResult:
    found = psutil.virtual_memory()
    own_mb = psutil.Process().memory_info().rss / MB
    return _judged(
        (
            Measured("memory-free", "Free memory", round(found.available / MB), "MB", least=MEMORY_LEAST_MB),
            Measured("memory-own", "Used by this program", round(own_mb), "MB"),
        ),
        "Memory is nearly used up.",
    )


def temperature() -> CheckResult:
    """The hottest of all sensors; many machines have none, and say nothing."""
    groups = psutil.sensors_temperatures() if hasattr(psutil, "sensors_temperatures") else {}
    found = [each.current for group in groups.values() for each in group if each.current and each.current > 0]
    if not found:
        return CheckResult(Outcome.SKIPPED, "This machine has no sensor of temperature that can be read.")
    hottest = Measured("temperature", "Hottest sensor", round(max(found), 1), "°C", most=TEMPERATURE_MOST)
    return _judged((hottest,), "It is too hot: clean the fan, free the vents.")


def load() -> CheckResult:
    per_core = os.getloadavg()[1] / (os.cpu_count() or 1)
    return _judged(
        (Measured("load", "Load of a core, 5 min", round(per_core, 2), "", most=LOAD_MOST),),
        "Something keeps the processor busy.",
    )


def clock() -> CheckResult:
    """Whether the kernel's clock is synchronised (adjtimex(2)); against the hotel's the network's check compares."""
    timex = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        state = -1
    if state < 0:
        return CheckResult(Outcome.UNSURE, "The kernel does not tell whether its clock is synchronised.")
    if state == _TIME_ERROR:
        return CheckResult(Outcome.UNSURE, "Nothing synchronises the clock: switch on systemd-timesyncd or chrony.")
    error_ms = round(timex.maxerror / 1000, 1)
    return _judged(
        (Measured("clock-error", "Clock is right within", error_ms, "ms", most=CLOCK_ERROR_MOST_MS),),
        "The clock was not compared for a long time.",
    )


def files() -> CheckResult:
    """Files and connections that this process has open, of those it may have: a leak shows here first."""
    count = len(os.listdir("/proc/self/fd"))
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    share = 100 * count / most if most > 0 else 0.0
    return _judged(
        (
            Measured("files", "Open files", count),
            Measured("files-share", "Of those allowed", round(share, 1), "%", most=FILES_MOST),
        ),
        "Too many files are open: restart the kiosk, and report it.",
    )


def _judged(measured: tuple[Measured, ...], ill: str) -> CheckResult:
    if all(each.within for each in measured):
        return CheckResult(Outcome.WELL, "As it should be.", measured)
    return CheckResult(Outcome.ILL, ill, measured)
