"""How long this process has been running."""

from __future__ import annotations

import os
import time
from pathlib import Path

_START_FIELD = 22  # of /proc/self/stat: clock ticks from boot to the process's start (proc(5))


def uptime_s() -> float:
    """Seconds since the process was started, to one clock tick (10 ms)."""
    # The second field is the program's name in brackets, and may hold blanks and brackets itself.
    after_name = Path("/proc/self/stat").read_text("ascii", "replace").rpartition(")")[2].split()
    started_s = int(after_name[_START_FIELD - 3]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
