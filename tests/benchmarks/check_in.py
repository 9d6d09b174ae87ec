"""Machine time of a whole check-in: from each answer to the next screen's first flip, added up.

The real kiosk with its window, the built-in hotel in a process of its own, virtual devices. The
hotel's calls count; the movement of devices (the card while it is laid and written, the paper) is
taken out, and listed. A guest looks at each screen for a moment, so what the kiosk does meanwhile
behind it is not waited for; what is still going on when the guest touches is.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks.books import Books
from tests.benchmarks.guest import ROUTES, Guest, Transition
from tests.benchmarks.lobby import open_lobby
from tests.benchmarks.measured import Measured, load_now, spread
from tests.benchmarks.touching import Glass

EACH = 4
"""Guests per route."""
REST_S = 4.0
"""So long after all is ready the first guest comes: the window is at rest by then."""
PACE_S = 0.5


async def _guests() -> dict[str, list[list[Transition]]]:
    with tempfile.TemporaryDirectory() as directory:
        async with open_lobby(Path(directory)) as lobby:
            terminal = lobby.running.terminal
            books = Books(terminal.settings.kiosk.state, terminal.today())
            books.book(EACH * len(ROUTES))
            await lobby.window.ready.wait()
            await asyncio.sleep(REST_S)
            guest, told = Guest(lobby, Glass(), pace_s=PACE_S), {route: [] for route in ROUTES}
            for number in range(EACH * len(ROUTES)):
                route = ROUTES[number % len(ROUTES)]
                told[route].append(await guest.check_in(number, route))
            books.close()
            return told


def _machine_s(transitions: Sequence[Transition]) -> float:
    return sum(each.machine for each in transitions)


def _list(transitions: Sequence[Transition]) -> list[dict[str, Any]]:
    return [
        {
            "from": each.before,
            "to": each.after,
            "machine_s": round(each.machine, 3),
            "of it hotel_s": round(each.hotel, 3),
            "of it drawing_s": round(each.drawing, 3),
            "left out": list(each.moves),
        }
        for each in transitions
    ]


def measure() -> list[Measured]:
    """The median guest of the slowest route."""
    told = asyncio.run(_guests())
    medians = {route: statistics.median(map(_machine_s, guests)) for route, guests in told.items()}
    slowest = max(medians, key=lambda route: medians[route])
    shown = min(told[slowest], key=lambda one: abs(_machine_s(one) - medians[slowest]))
    details = {
        "by_route_s": {route: spread([_machine_s(one) for one in guests]) for route, guests in told.items()},
        "slowest_route": slowest,
        "transitions": _list(shown),
        "load": load_now(),
    }
    what = "machine time of a check-in (median guest of the slowest route)"
    return [Measured("check-in", what, medians[slowest], 1.0, "s", details)]
