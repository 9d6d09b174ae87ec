"""What every driver must do, whatever its kind: COMMON."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from time import monotonic
from typing import Any

from hardware.behaviour import (
    GARBLE,
    HANG,
    PLUG,
    RECOVER,
    UNPLUG,
    FarEnd,
    Meeting,
    Misbehaved,
    NotOwed,
    Run,
    suite,
)
from hardware.devices import OPEN_WITHIN_S
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceSilent
from hardware.readings import State, Status

LOST_WITHIN_S = 5.0  # from the pulled plug to a status that says so
CALLED_OFF_WITHIN_S = 1.0
LOOP_HELD_S = 0.05
TICK_S = 0.002
TRIES = 3  # a busy machine may hold the loop once; a driver does it every time
LOOK_EVERY_S = 0.05
MOMENTS = (0, 1, 5, 40)  # turns of the loop after which a call is called off

Met = Meeting[Any, FarEnd]


async def it_opens_and_says_how_it_is(m: Met) -> None:
    status = await m.status()
    if status.state is State.GONE:
        raise Misbehaved("just opened, it says gone")
    if status.state is State.WELL and status.faults:
        raise Misbehaved(f"well, with faults: {', '.join(status.faults)}")
    if status.proven_s is not None and status.proven_s > monotonic():
        raise Misbehaved("proven in the future")
    ids = [reading.id for reading in status.readings]
    if len(set(ids)) != len(ids):
        raise Misbehaved("two readings have one id")


async def a_device_that_is_not_there_does_not_open(m: Met) -> None:
    await m.closes()
    await m.end.do(UNPLUG)
    await m.fails(m.driver.open(), DeviceGone, DeviceSilent, what="opened, unplugged", within_s=OPEN_WITHIN_S)
    await m.end.do(PLUG)
    await m.reopens()
    await m.status()


async def unplugged_it_says_so_in_time_and_comes_back(m: Met) -> None:
    await m.end.do(UNPLUG)
    await _lost(m)
    await _all_fail(m, "unplugged", DeviceGone, DeviceSilent)
    await m.closes()
    await m.end.do(PLUG)
    await m.opens()
    await m.status()


async def _lost(m: Met) -> None:
    until_s = monotonic() + LOST_WITHIN_S
    while True:
        try:
            status = await m.status()
        except (DeviceGone, DeviceSilent) as lost:
            m.heard(lost)
            return
        if monotonic() > until_s:
            raise Misbehaved(f"unplugged for {LOST_WITHIN_S:g} s, it says {status.state}")
        await asyncio.sleep(LOOK_EVERY_S)


async def its_faults_tell_nothing_of_the_guest_before(m: Met) -> None:
    """Nor do its logs: both are looked through when any promise has been tried."""
    await suite(m.kind).work(m)
    await m.end.do(UNPLUG)
    await _lost(m)
    await _all_fail(m, "unplugged after its work", DeviceGone, DeviceSilent)
    await m.closes()
    await m.end.do(PLUG)


async def silence_is_never_well(m: Met) -> None:
    """At once, or when what was on its way has come: a last answer, a last picture."""
    await m.end.do(HANG)
    since_s = monotonic()
    try:
        while True:
            status = await m.status()
            if claimed_since(status, since_s) is None:
                break
            if monotonic() > since_s + LOST_WITHIN_S:
                never_well(status, since_s, "silent")
            await asyncio.sleep(LOOK_EVERY_S)
    except DeviceError as error:
        m.heard(error)
        if isinstance(error, DeviceMissetup):
            raise Misbehaved(f"silent, and {error}") from error
    await m.end.do(RECOVER)
    await m.reopens()
    await m.status()


def claimed_since(status: Status, since_s: float) -> State | None:
    """What good it says of a time after `since_s`; None where it says none, or leaves it to its last proof."""
    if status.state not in (State.WELL, State.NEEDS_CARE):
        return None
    return status.state if status.proven_s is None or status.proven_s > since_s else None


def never_well(status: Status, since_s: float, what: str) -> None:
    """Since then nothing has proven it."""
    if (claimed := claimed_since(status, since_s)) is not None:
        raise Misbehaved(f"{what}: {claimed}, and nothing has proven it")


async def a_silent_device_is_not_opened_as_well(m: Met) -> None:
    await m.closes()
    await m.end.do(HANG)
    await _doubtful(m, m.driver, "silent from the beginning")
    await m.end.do(RECOVER)
    await m.reopens()


async def nonsense_is_no_answer(m: Met) -> None:
    await m.closes()
    await m.end.do(GARBLE)
    await _doubtful(m, m.driver, "answered by nonsense")
    await m.nothing_more("nonsense on the wire")
    await m.end.do(RECOVER)
    await m.reopens()


async def what_is_no_such_device_is_refused(m: Met) -> None:
    await m.closes()
    await _doubtful(m, m.another(await m.end.stranger()), "another device at this address")


async def _doubtful(m: Met, driver: Any, what: str) -> None:
    """It does not open, or nothing is claimed of it."""
    since_s = monotonic()
    try:
        await m.opens(driver)
        never_well(await driver.status(), since_s, what)
    except DeviceError as error:
        m.heard(error)
    await m.closes(driver)


async def closing_never_fails(m: Met) -> None:
    """Before it was opened, and twice."""
    never = m.another()
    for driver in (never, never, m.driver, m.driver):
        await m.closes(driver)


async def closed_it_is_gone(m: Met) -> None:
    await m.closes()
    await _all_fail(m, "closed", DeviceGone)
    await m.opens()
    await m.status()


async def _all_fail(m: Met, when: str, *wanted: type[DeviceError]) -> None:
    """Whatever it is asked."""
    for name, call in suite(m.kind).calls(m.driver).items():
        with suppress(NotOwed):
            await m.fails(_known(call()) if name == "lies_there" else call(), *wanted, what=f"{name}, {when}")


async def _known(call: Coroutine[Any, Any, object]) -> object:
    answer = await call
    if answer is None:
        raise NotOwed("what a model can't know, it can't open or closed")
    return answer


async def a_call_that_is_called_off_lets_go_of_the_wire(m: Met) -> None:
    """At any moment: it ends at once, and who opens the device next finds it free."""
    await m.end.emptied()
    for name, call in suite(m.kind).calls(m.driver).items():
        for turns in MOMENTS:
            task = asyncio.ensure_future(call())
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait({task}, timeout=CALLED_OFF_WITHIN_S)
            if not task.done():
                raise Misbehaved(f"{name}: called off, it went on for {CALLED_OFF_WITHIN_S:g} s")
            if not task.cancelled() and (failed := task.exception()) and not isinstance(failed, DeviceError):
                raise Misbehaved(f"{name}: called off, it raised {type(failed).__name__}")
        await m.closes()
        following = m.another()
        await m.opens(following)
        await following.status()
        await m.closes(following)
        await m.opens()


async def the_loop_is_never_held(m: Met) -> None:
    """By opening, asking and the kind's own work."""
    longest_s = []
    for _ in range(TRIES):
        async with _Watch() as watch:
            await m.reopens()
            await m.status()
            await suite(m.kind).work(m)
        longest_s.append(watch.longest_s)
        if watch.longest_s <= LOOP_HELD_S:
            return
    raise Misbehaved(f"the loop stood still for {min(longest_s) * 1000:.0f} ms, not {LOOP_HELD_S * 1000:.0f}")


class _Watch:
    """How long the loop stood still, at most."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    async def __aenter__(self) -> _Watch:
        self._task = asyncio.create_task(self._tick())
        await asyncio.sleep(0)
        return self

    async def __aexit__(self, *how: object) -> None:
        await asyncio.sleep(TICK_S)
        self._task.cancel()

    async def _tick(self) -> None:
        while True:
            before_s = monotonic()
            await asyncio.sleep(TICK_S)
            self.longest_s = max(self.longest_s, monotonic() - before_s - TICK_S)


async def an_event_says_when_its_act_began(m: Met) -> None:
    happens = _happens(m)
    before_s = monotonic()
    await happens(m)
    event = await m.told("what a person did")
    if event.began_s < before_s:
        raise Misbehaved(f"its act began {monotonic() - event.began_s:.3f} s ago, not {monotonic() - before_s:.3f} at most")


async def closed_it_tells_nothing(m: Met) -> None:
    happens = _happens(m)
    await m.closes()
    while not m.events.empty():
        m.events.get_nowait()
    await happens(m)
    await m.nothing_more("closed")


def _happens(m: Met) -> Run:
    happens = suite(m.kind).happens
    if happens is None:
        raise NotOwed("devices of this kind tell nothing by themselves")
    return happens


COMMON: tuple[Run, ...] = (
    it_opens_and_says_how_it_is,
    a_device_that_is_not_there_does_not_open,
    unplugged_it_says_so_in_time_and_comes_back,
    its_faults_tell_nothing_of_the_guest_before,
    silence_is_never_well,
    a_silent_device_is_not_opened_as_well,
    nonsense_is_no_answer,
    what_is_no_such_device_is_refused,
    closing_never_fails,
    closed_it_is_gone,
    a_call_that_is_called_off_lets_go_of_the_wire,
    the_loop_is_never_held,
    an_event_says_when_its_act_began,
    closed_it_tells_nothing,
)
