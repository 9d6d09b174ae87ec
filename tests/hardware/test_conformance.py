"""Every driver before every virtual end that plays it: what its kind promises, promise by promise.

Nothing is listed here. A driver file in `hardware/<kind>/` is found by itself, its ends by
`hardware/<kind>/conformance_ends.py`; without one the first test says what is missing. Most of the time is
spent waiting for what must not come, so all ends are tried at the same time.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, cast

import pytest

from hardware.behaviour import Run, VirtualEnd
from hardware.conformance import (
    Outcome,
    Result,
    attempt,
    promises,
    the_loop_is_never_held,
    virtual_ends,
    without_end,
)
from hardware.devices import find_driver, known_drivers
from hardware.driver import DeviceSettings
from hardware.readings import Kind

Case = tuple[Kind, str, str]
CASES: list[Case] = [(kind, driver, end) for kind in Kind for driver, ends in virtual_ends(kind).items() for end in ends]
TRIED = [
    pytest.param(case, promise, id=f"{'-'.join(case)}-{cast(Any, promise).__name__}".replace(" ", "-"))
    for case in CASES
    for promise in promises(case[0])
]


async def trial(case: Case, end: VirtualEnd, chosen: Iterable[Run]) -> dict[tuple[Case, Run], Result]:
    """One driver before one end of it, one promise after the other."""
    kind, driver, _ = case
    make = find_driver(kind, DeviceSettings("", driver, ""))
    return {(case, promise): await attempt(promise, kind, driver, end, make) for promise in chosen}


async def all_trials(chosen: Mapping[Case, list[Run]]) -> dict[tuple[Case, Run], Result]:
    """All at the same time; what measures the loop when nothing else runs in it."""
    ends = {case: virtual_ends(case[0])[case[1]][case[2]]() for case in chosen}
    await asyncio.gather(*(end.start() for end in ends.values()))
    results: dict[tuple[Case, Run], Result] = {}
    for part in await asyncio.gather(
        *(
            trial(case, ends[case], [promise for promise in some if promise is not the_loop_is_never_held])
            for case, some in chosen.items()
        )
    ):
        results |= part
    for case, some in chosen.items():
        if the_loop_is_never_held in some:
            results |= await trial(case, ends[case], [the_loop_is_never_held])
    await asyncio.gather(*(end.stop() for end in ends.values()))
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
    assert without_end(kind) == ()
    assert known_drivers(kind)


@pytest.mark.parametrize(("case", "promise"), TRIED)
def test_keeps_what_its_kind_promises(results: dict[tuple[Case, Run], Result], case: Case, promise: Run) -> None:
    result = results[case, promise]
    kind, driver, name = case
    if result.outcome is Outcome.NOT_TRIED and result.lacking in virtual_ends(kind)[driver][name].CANNOT:
        pytest.skip(result.words)
    assert result.outcome in (Outcome.KEPT, Outcome.NOT_OWED), f"{result.label}: {result.words}"
