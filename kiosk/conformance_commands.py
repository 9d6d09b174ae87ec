"""`kiosk conformance`: what the kind promises, tried with a driver before a real device and a person's hands.

What to do is asked on standard error, and answered by Enter; what a hand can't do is not tried, and said so.
"""

from __future__ import annotations

import asyncio
import json
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated

import typer

from hardware.behaviour import FarEnd, Nobody, NotTried, Person, suite
from hardware.conformance import Outcome, Result, run
from hardware.driver import DeviceSettings
from hardware.errors import DeviceMissetup
from hardware.known_drivers import check, find_driver, known_drivers
from hardware.readings import Kind
from kiosk.commands import Exit, Json, fail, printable

_SAID = {Outcome.NOT_TRIED: "not tried", Outcome.NOT_OWED: "not owed"}
_SKIPS = ("s", "skip")

Options = Annotated[
    list[str] | None, typer.Option("--option", "-o", metavar="KEY=VALUE", help="As in the device's section of kiosk.ini.")
]


def conformance(
    kind: Annotated[Kind, typer.Option(help="The kind of device.")],
    address: Annotated[str, typer.Option(help="As in kiosk.ini: tcp://…, serial:///dev/…, pcsc:NAME …")],
    driver: Annotated[str, typer.Option(help="By default the only one of its kind.")] = "",
    option: Options = None,
    without_hands: Annotated[bool, typer.Option("--without-hands", help="Ask nobody to do anything.")] = False,
    as_json: Json = False,
) -> None:
    """Whether a driver keeps its kind's promises before a real device: kept, broken, not tried.

    The kiosk must not run meanwhile. Printers print, key encoders write to what is laid on them."""
    settings = _settings(kind, driver, address, option or [])
    person: Person = Nobody() if without_hands else AtTheTerminal()
    end = suite(kind).by_hand(address, settings.options, person)
    tell = (lambda result: None) if as_json else for_people
    try:
        results = asyncio.run(_tried(kind, settings, end, tell))
    except DeviceMissetup as wrong:
        fail(str(wrong), Exit.WRONG)
    counts = Counter(result.outcome for result in results)
    if as_json:
        typer.echo(json.dumps(_told(kind, settings, results, counts)))
    else:
        typer.echo(", ".join(f"{counts[outcome]} {_SAID.get(outcome, outcome.value)}" for outcome in Outcome))
    raise typer.Exit(
        Exit.FAILED if counts[Outcome.BROKEN] else Exit.UNKNOWN if counts[Outcome.NOT_TRIED] else Exit.DONE
    )


async def _tried(
    kind: Kind, settings: DeviceSettings, end: FarEnd, tell: Callable[[Result], None]
) -> tuple[Result, ...]:
    try:
        return await run(kind, settings.driver, end, find_driver(kind, settings), tell)
    finally:
        await end.stop()


def _settings(kind: Kind, driver: str, address: str, options: list[str]) -> DeviceSettings:
    """Exit 2 for what kiosk.ini could not hold either."""
    known = known_drivers(kind)
    if not driver and len(known) != 1:
        fail(f"--driver: say which; known: {', '.join(known)}", Exit.WRONG)
    pairs = dict(each.partition("=")[::2] for each in options)
    if any("=" not in each for each in options):
        fail("--option: KEY=VALUE", Exit.WRONG)
    settings = DeviceSettings(kind.value, driver or known[0], address, pairs)
    try:
        check(kind, settings, virtual=False)
    except DeviceMissetup as wrong:
        fail(str(wrong), Exit.WRONG)
    return settings


def for_people(result: Result) -> None:
    """One promise for people. A device's own words are a stranger's."""
    typer.echo(f"{_SAID.get(result.outcome, result.outcome.value):10} {result.label}")
    if result.words:
        typer.echo(f"{'':10} {printable(result.words)}")


def _told(
    kind: Kind, settings: DeviceSettings, results: tuple[Result, ...], counts: Counter[Outcome]
) -> dict[str, object]:
    return {
        "kind": kind.value,
        "driver": settings.driver,
        "address": settings.address,
        "promises": [
            {"id": each.promise, "promise": each.label, "outcome": each.outcome.value, "words": each.words}
            for each in results
        ],
        "counts": {outcome.value: counts[outcome] for outcome in Outcome},
    }


class AtTheTerminal:
    """Who typed the command, and stands before the device."""

    async def please(self, words: str) -> None:
        if (await self._ask(f"{words}\n[Enter: done, s: skip] ")).lower() in _SKIPS:
            raise NotTried("hands", "skipped")

    async def answer(self, question: str) -> str:
        said = await self._ask(f"{question}\n[s: skip] ")
        if said.lower() in _SKIPS:
            raise NotTried("eyes", "skipped")
        return said

    async def _ask(self, words: str) -> str:
        """In a thread of its own: the loop goes on, and Ctrl-C waits for no Enter."""
        loop = asyncio.get_running_loop()
        said: asyncio.Future[str] = loop.create_future()

        def hear(line: str) -> None:
            if not said.done():
                said.set_result(line)

        def listen() -> None:
            line = sys.stdin.readline()
            with suppress(RuntimeError):  # called off meanwhile
                loop.call_soon_threadsafe(hear, line)

        typer.echo(f"\n>>> {words}", nl=False, err=True)
        threading.Thread(target=listen, name="terminal", daemon=True).start()
        line = await said
        if not line:
            raise NotTried("hands", "nobody answers on standard input")
        return line.strip()
