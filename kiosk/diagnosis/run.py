"""Trying checks: one, a part's, or all; each with its deadline, and nothing that goes wrong goes further.

Checks of one part come one after another, and so do those of parts that share a reader; others at the same time.
What needs a person comes after that, one by one in the parts' order, and is SKIPPED where nobody is there.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

from hardware.checks import Check, CheckResult, Hands, Outcome
from hardware.devices import NOT_OPEN
from hardware.errors import DeviceError
from hardware.readings import Kind, State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.hands import NO_HANDS, NONE_HERE, NOT_HERE, terminal_hands
from kiosk.diagnosis.parts import Part, PartView
from kiosk.faults import TABLE
from kiosk.hotel.backend import HotelError

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

log = structlog.get_logger()

NOBODY = "Nobody is there to help with it."
PAPER = "It uses something up, and nobody is there to see it."

REOPENED_WITHIN_S = 4.0  # a second try, and what a silent device takes to be found silent
SETTLED_WITHIN_S = 3.0  # twice as long as the supervision waits between two questions
LOOK_EVERY_S = 0.1
_FINE = (State.WELL, State.NEEDS_CARE)
_CLOSED = f"({NOT_OPEN})"  # how the words of a result end when the line was closed

OnTried = Callable[[Tried], None]
OnBegun = Callable[[Part, Check], None]


def _unheard(*_: object) -> None:
    """Nobody wants to know."""


async def try_check(
    terminal: Terminal, part: Part, check: Check, hands: Hands = NO_HANDS, on_begun: OnBegun = _unheard
) -> Tried:
    """Try one check. Whatever it raises is its result; cancelled, it leaves none."""
    if not hands.there and needs_somebody(check):
        skipped = CheckResult(Outcome.SKIPPED, NOBODY if check.hands else PAPER)
        return _tried(terminal, part, check, skipped, nobody=True)
    async with terminal.book.turn(part.meets or part.id):
        on_begun(part, check)
        began_s = time.monotonic()
        result = _coded(check, await _result(check, hands))
        if part.kind is not None and result.words.endswith(_CLOSED):
            result = await _opened_anew(terminal, part.kind, check, hands, result)
        took_s = round(time.monotonic() - began_s, 3)
        return _tried(terminal, part, check, result, took_s, nobody=result is NOT_HERE)


async def try_part(
    terminal: Terminal, part: Part, hands: Hands = NO_HANDS, on_tried: OnTried = _unheard, on_begun: OnBegun = _unheard
) -> tuple[Tried, ...]:
    """All checks of one part, in their order."""
    return await try_all(terminal, (part,), hands, on_tried, on_begun)


async def try_all(
    terminal: Terminal,
    parts: Sequence[Part],
    hands: Hands = NO_HANDS,
    on_tried: OnTried = _unheard,
    on_begun: OnBegun = _unheard,
) -> tuple[Tried, ...]:
    """All checks of these parts; `on_tried` hears of each when it is done, the result is in the parts' order."""
    done: dict[str, Tried] = {}

    async def each(part: Part, check: Check) -> None:
        tried = done[check.id] = await try_check(terminal, part, check, hands, on_begun)
        on_tried(tried)

    async def alone(part: Part) -> None:
        for check in part.checks:
            if not needs_somebody(check):
                await each(part, check)

    async with asyncio.TaskGroup() as tasks:
        for part in parts:
            tasks.create_task(alone(part))
    for part in parts:
        for check in part.checks:
            if needs_somebody(check):
                await each(part, check)
    return tuple(done[check.id] for part in parts for check in part.checks)


async def settled(parts: Sequence[Part], tried: Sequence[Tried]) -> tuple[tuple[Part, PartView], ...]:
    """How the parts are after these tries. The supervision asks a device every second or two: one whose checks were
    all well a moment ago (its cover is closed again) is given until it was asked once more."""
    outcomes: dict[str, set[Outcome]] = {}
    for each in tried:
        outcomes.setdefault(each.part, set()).add(each.result.outcome)
    proven = [part for part in parts if part.kind is not None and _found_well(outcomes.get(part.id, set()))]
    until_s = time.monotonic() + SETTLED_WITHIN_S
    while time.monotonic() < until_s and any(part.view().state not in _FINE for part in proven):
        await asyncio.sleep(LOOK_EVERY_S)
    return tuple((part, part.view()) for part in parts)


def _found_well(outcomes: set[Outcome]) -> bool:
    return Outcome.WELL in outcomes and not outcomes & {Outcome.ILL, Outcome.UNSURE}


def needs_somebody(check: Check) -> bool:
    return check.hands or check.moves


async def _opened_anew(
    terminal: Terminal, kind: Kind, check: Check, hands: Hands, result: CheckResult
) -> CheckResult:
    """A line that was closed before says nothing of its device. The supervision opens it anew: what comes of that
    is the fault, or the check is tried once more."""
    until_s = time.monotonic() + REOPENED_WITHIN_S
    while time.monotonic() < until_s:
        view = terminal.devices.view(kind)
        if view is not None and view.state in _FINE:
            return await _result(check, hands)
        if view is not None and view.faults and f"({view.note})" != _CLOSED:
            note = f" ({view.note})" if view.note else ""
            return CheckResult(result.outcome, f"{view.faults[0]}{note}", fault=view.faults[0])
        await asyncio.sleep(LOOK_EVERY_S)
    return result


async def _result(check: Check, hands: Hands) -> CheckResult:
    try:
        async with asyncio.timeout(check.within_s):
            return _within_limits(await _run(check, hands))
    except DeviceError as error:
        return CheckResult(Outcome.ILL, _words(error), fault=error.fault)
    except HotelError as error:
        code = f" ({error.code})" if error.code else ""
        return CheckResult(Outcome.ILL, f"{error.call}: {error.trouble}{code}", fault=f"hotel.{error.trouble}")
    except TimeoutError:
        return CheckResult(Outcome.UNSURE, f"It did not end within {check.within_s:g} s.")
    except Exception as bug:  # noqa: BLE001 - a check's bug is no device's fault; its text may be personal
        log.error("check broke", check=check.id, error=type(bug).__name__)
        return CheckResult(Outcome.UNSURE, f"The check itself broke ({type(bug).__name__}).")


def _coded(check: Check, result: CheckResult) -> CheckResult:
    """A check of what is no device is its own code, where the table of faults has it."""
    if result.outcome is not Outcome.ILL or result.fault is not None or check.id not in TABLE:
        return result
    return replace(result, fault=check.id)


async def _run(check: Check, hands: Hands) -> CheckResult:
    """To its end, or until a person says that this terminal has no such thing."""
    at_terminal = terminal_hands(hands) if check.optional else None
    if at_terminal is None:
        return await check.run(hands)
    told = asyncio.ensure_future(at_terminal.not_fitted())
    running = asyncio.ensure_future(check.run(hands))
    try:
        await asyncio.wait({told, running}, return_when=asyncio.FIRST_COMPLETED)
        return running.result() if running.done() else NONE_HERE
    finally:
        told.cancel()
        running.cancel()
        await asyncio.gather(told, running, return_exceptions=True)


def _within_limits(result: CheckResult) -> CheckResult:
    """What was measured beyond its limits is not well, whatever else was."""
    beyond = [value.label for value in result.measured if not value.within]
    if result.outcome is not Outcome.WELL or not beyond:
        return result
    return replace(result, outcome=Outcome.ILL, words=f"Out of its limits: {', '.join(beyond)}. {result.words}".rstrip())


def _words(error: DeviceError) -> str:
    return f"{error.fault}" + (f" ({error.vendor})" if error.vendor else "")


def _tried(
    terminal: Terminal, part: Part, check: Check, result: CheckResult, took_s: float = 0.0, *, nobody: bool = False
) -> Tried:
    tried = Tried(part.id, check.id, check.label, result, terminal.now(), took_s, nobody)
    terminal.book.write(tried, terminal.clock.monotonic())
    return tried
