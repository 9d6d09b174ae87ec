"""Memory after 200 check-ins against after 20: the whole kiosk with its window, each guest another person.

Besides the resident set the unique set (USS) is told, which shared libraries don't blur, and both
of the children. The garbage collector runs before each reading; nothing is handed back by force.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
from pathlib import Path

import psutil

from tests.benchmarks.books import Books
from tests.benchmarks.guest import ROUTES, Guest
from tests.benchmarks.lobby import open_lobby
from tests.benchmarks.measured import Measured, load_now
from tests.benchmarks.touching import Glass

FIRST, LAST = 20, 200
EVERY = 20
MB = 1024 * 1024


def _reading() -> dict[str, float]:
    gc.collect()
    kiosk = psutil.Process()
    mine = kiosk.memory_full_info()
    children = [each.memory_full_info().uss for each in kiosk.children(recursive=True)]
    return {
        "rss_mb": round(mine.rss / MB, 1),
        "uss_mb": round(mine.uss / MB, 1),
        "children_uss_mb": round(sum(children) / MB, 1),
        "objects": len(gc.get_objects()),
    }


async def _guests() -> dict[int, dict[str, float]]:
    found: dict[int, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as directory:
        async with open_lobby(Path(directory)) as lobby:
            terminal = lobby.running.terminal
            books = Books(terminal.settings.kiosk.state, terminal.today())
            books.book(LAST)
            await lobby.window.ready.wait()
            guest = Guest(lobby, Glass(down_s=0.0), pace_s=0.0)
            for number in range(LAST):
                await guest.check_in(number, ROUTES[number % len(ROUTES)])
                books.sweep(number)
                if (number + 1) % EVERY == 0:
                    found[number + 1] = _reading()
                    print(f"  {number + 1}: {found[number + 1]}", file=sys.stderr, flush=True)
            books.close()
    return found


def measure() -> list[Measured]:
    """Growth of the resident set, in per cent."""
    found = asyncio.run(_guests())
    grown = {what: round(100 * (found[LAST][what] / found[FIRST][what] - 1), 2) for what in found[FIRST]}
    details = {"grown_percent": grown, "after": found, "load": load_now()}
    return [Measured("memory", "resident memory after 200 check-ins, over after 20", grown["rss_mb"], 5.0, "%", details)]
