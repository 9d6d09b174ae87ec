"""Conformance: what each kind promises, tried with any driver, before a virtual end or a real device.

`behaviour_common.py` has what holds for every kind; `hardware/<kind>/behaviour.py` adds its own. In `make test` every
driver that `known_drivers` finds meets every virtual end of `hardware/<kind>/conformance_ends.py`; `kiosk conformance`
runs the same before a real device, with a person's hands.
"""

from __future__ import annotations

import asyncio
import importlib
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from hardware.behaviour import (
    Ends,
    FarEnd,
    Make,
    Meeting,
    Misbehaved,
    NotOwed,
    NotTried,
    Run,
    VirtualEnd,
    suite,
)
from hardware.behaviour_common import COMMON
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceSilent
from hardware.known_drivers import known_drivers
from hardware.place import place
from hardware.readings import Kind

VIRTUAL_WITHIN_S = 60.0
BY_HAND_WITHIN_S = 1800.0


class Outcome(StrEnum):
    """What came of one promise. Only KEPT and NOT_OWED speak for a driver."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_TRIED = "not-tried"
    NOT_OWED = "not-owed"


@dataclass(frozen=True)
class Result:
    """`words` say what was expected and found, or why it was not tried; `lacking` what could not be played."""

    promise: str
    outcome: Outcome
    words: str = ""
    lacking: str = ""

    @property
    def label(self) -> str:
        """The promise as a sentence."""
        return re.sub("_s(?=_|$)", "'s", self.promise).replace("_", " ").capitalize()


def promises(kind: Kind) -> tuple[Run, ...]:
    """All that a driver of this kind must keep."""
    return (*COMMON, *suite(kind).promises)


def virtual_ends(kind: Kind) -> Ends:
    """What plays the drivers of this kind."""
    return cast(Ends, importlib.import_module(f"hardware.{kind}.conformance_ends").ENDS)


def without_end(kind: Kind) -> tuple[str, ...]:
    """Drivers that nothing plays, each in words for whoever added it."""
    module, ends = f"hardware/{kind}/conformance_ends.py", virtual_ends(kind)
    unplayed = [
        f"hardware/{kind}/{name}.py has no virtual end: write one and add it to ENDS in {module} as {name!r} "
        "(hardware/README.md, Adding a driver)"
        for name in known_drivers(kind)
        if not ends.get(name)
    ]
    unknown = [f"{module}: {name!r} plays no driver; hardware/{kind}/{name}.py has no DRIVER" for name in ends if name not in known_drivers(kind)]
    return (*unplayed, *unknown)


async def attempt(promise: Run, kind: Kind, driver: str, end: FarEnd, make: Make) -> Result:
    """Try one promise with a new driver before `end`, which is well and is left well."""
    within_s = VIRTUAL_WITHIN_S if isinstance(end, VirtualEnd) else BY_HAND_WITHIN_S
    name = cast(Any, promise).__name__
    outcome, words, lacking = Outcome.KEPT, "", ""
    try:
        meeting: Meeting[Any, FarEnd] = Meeting(kind, driver, end, make)
        try:
            async with asyncio.timeout(within_s):
                await meeting.begin()
                await promise(meeting)
        finally:
            await meeting.finish()
        meeting.nothing_personal()
    except NotTried as untried:
        outcome, words, lacking = Outcome.NOT_TRIED, str(untried), untried.what
    except NotOwed as why:
        outcome, words = Outcome.NOT_OWED, str(why)
    except Exception as broken:  # noqa: BLE001 - whatever a driver raises is what was found
        outcome, words = Outcome.BROKEN, _in_words(broken, within_s)
    await end.restore(kept=outcome is Outcome.KEPT)
    return Result(name, outcome, words, lacking)


def _in_words(broken: Exception, within_s: float) -> str:
    if isinstance(broken, (Misbehaved, DeviceError)):
        return str(broken)
    if isinstance(broken, TimeoutError):
        return f"no end within {within_s:g} s"
    where = place(broken)  # the driver's, or its virtual end's
    return f"{type(broken).__name__}{where and f' at {where}'}, which is no DeviceError"


async def run(kind: Kind, driver: str, end: FarEnd, make: Make, told: Callable[[Result], None]) -> tuple[Result, ...]:
    """All promises before a real device, one after the other; `told` of each as it ends.

    One that does not open is tried no further: is it the driver, or is it off? DeviceMissetup where trying
    again will not help.
    """
    results: list[Result] = []
    why = await _does_not_open(kind, driver, end, make)
    for promise in promises(kind):
        untried = Result(cast(Any, promise).__name__, Outcome.NOT_TRIED, f"it does not open: {why}", "device")
        results.append(untried if why else await attempt(promise, kind, driver, end, make))
        told(results[-1])
    return tuple(results)


async def _does_not_open(kind: Kind, driver: str, end: FarEnd, make: Make) -> str:
    meeting: Meeting[Any, FarEnd] = Meeting(kind, driver, end, make)
    try:
        await meeting.begin()
    except (DeviceGone, DeviceSilent) as away:
        return str(away)
    except DeviceMissetup:
        raise
    except Exception:  # noqa: BLE001 - whatever a driver raises; a promise says it better
        return ""
    finally:
        with suppress(Misbehaved):
            await meeting.finish()
    return ""
