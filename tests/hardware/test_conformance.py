"""Every driver before every virtual end that plays it: what its kind promises, promise by promise.

Nothing is listed here. A driver file in `hardware/<kind>/` is found by itself, its ends by
`hardware/<kind>/conformance_ends.py`; without one the first test says what is missing. Most of the time is
spent waiting for what must not come, so all ends are tried at the same time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from typing import Any, cast

import pytest

from hardware.behaviour import Make, Run, VirtualEnd
from hardware.behaviour_common import the_loop_is_never_held
from hardware.conformance import Outcome, Result, attempt, promises, virtual_ends, without_end
from hardware.driver import DeviceSettings
from hardware.known_drivers import find_driver, known_drivers
from hardware.readings import Kind

Case = tuple[Kind, str, str]
CASES: list[Case] = [(kind, driver, end) for kind in Kind for driver, ends in virtual_ends(kind).items() for end in ends]
TRIED = [
    pytest.param(case, promise, id=f"{'-'.join(case)}-{cast(Any, promise).__name__}".replace(" ", "-"))
    for case in CASES
    for promise in promises(case[0])
]


async def started(case: Case) -> tuple[VirtualEnd, Make]:
    """A new end of the driver's own, and how the driver is made."""
    kind, driver, name = case
    end, make = virtual_ends(kind)[driver][name](), find_driver(kind, DeviceSettings("", driver, ""))
    await end.start()
    return end, make


async def trial(case: Case, end: VirtualEnd, make: Make, chosen: list[Run]) -> dict[tuple[Case, Run], Result]:
    """One driver before one end of its own, one promise after the other."""
    kind, driver, _ = case
    try:
        return {(case, promise): await attempt(promise, kind, driver, end, make) for promise in chosen}
    finally:
        await end.stop()


async def all_trials(chosen: Mapping[Case, list[Run]]) -> dict[tuple[Case, Run], Result]:
    """All at the same time, each driver's in two lanes; what measures the loop when nothing else runs in it.

    Nothing is asked before all ends stand: loading drivers and starting children holds the loop, in which the
    answers of most ends are given too.
    """
    waiting = {case: [one for one in some if one is not the_loop_is_never_held] for case, some in chosen.items()}
    lanes = [(case, some[lane::2]) for case, some in waiting.items() for lane in range(2) if some[lane::2]]
    standing = await asyncio.gather(*(started(case) for case, _ in lanes))
    tried = (trial(case, *end, some) for (case, some), end in zip(lanes, standing, strict=True))
    results: dict[tuple[Case, Run], Result] = {}
    for part in await asyncio.gather(*tried):
        results |= part
    for case, some in chosen.items():
        if the_loop_is_never_held in some:
            results |= await trial(case, *await started(case), [the_loop_is_never_held])
    return results


@pytest.fixture(scope="module")
def results(request: pytest.FixtureRequest) -> dict[tuple[Case, Run], Result]:
    """Of what was chosen to be run of this file."""
    chosen: dict[Case, list[Run]] = defaultdict(list)
    for item in request.session.items:
        if isinstance(item, pytest.Function) and item.originalname == test_keeps_what_its_kind_promises.__name__:
            chosen[item.callspec.params["case"]].append(item.callspec.params["promise"])
    return asyncio.run(all_trials(chosen))


@pytest.mark.parametrize("kind", Kind)
def test_every_driver_has_a_virtual_end(kind: Kind) -> None:
    missing = without_end(kind)
    assert not missing, "\n".join(missing)
    assert known_drivers(kind)


@pytest.mark.parametrize(("case", "promise"), TRIED)
def test_keeps_what_its_kind_promises(results: dict[tuple[Case, Run], Result], case: Case, promise: Run) -> None:
    result = results[case, promise]
    kind, driver, name = case
    if result.outcome is Outcome.NOT_TRIED and result.lacking in virtual_ends(kind)[driver][name].CANNOT:
        pytest.skip(result.words)
    assert result.outcome in (Outcome.KEPT, Outcome.NOT_OWED), f"{result.label}: {result.words}"
