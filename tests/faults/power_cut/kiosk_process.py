"""The real kiosk without a window, to be killed: `python kiosk_process.py kiosk.ini`.

Front is a guest who does on each screen what a guest would, up to the farewell. Every scene, log
line and stretch of time goes to stdout as a line of JSON; commands come on stdin, one a line:
`move SECONDS` moves the clock, `limit BYTES` lets no file grow beyond (as a full disk), `free` ends that.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog

from kiosk.build import Running, open_kiosk
from kiosk.clock import SystemClock
from kiosk.language import Text, language
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    DateEntry,
    Picked,
    RegistrationCard,
    Scene,
    Signed,
    TextEntry,
    Tone,
    Typed,
)
from kiosk.settings import load

SIGNATURE = Signed(strokes=(((0.1, 0.2), (0.3, 0.1), (0.5, 0.25), (0.9, 0.15)),), aspect=3.0)
TYPED = (("country", "Hungary"), ("postcode", "6720"), ("birth", "Nagy Anna"))


class MovableClock(SystemClock):
    """The machine's own, until it is moved: who sleeps past the new time wakes."""

    def __init__(self) -> None:
        self._moved_s = 0.0
        self._moves = asyncio.Condition()

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=self._moved_s)

    def monotonic(self) -> float:
        return super().monotonic() + self._moved_s

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        async with self._moves:
            while (left := until - self.monotonic()) > 0:
                try:
                    async with asyncio.timeout(left):
                        await self._moves.wait()
                except TimeoutError:
                    return

    async def move(self, seconds: float) -> None:
        self._moved_s += seconds
        async with self._moves:
            self._moves.notify_all()


class Guest:
    """A Front with a finger."""

    running: Running

    def show(self, scene: Scene) -> None:
        say(scene=type(scene.prompt).__name__, question=language("en").say(scene.prompt.question))
        answer = self._answer(scene)
        if answer is not None:
            loop = asyncio.get_running_loop()
            loop.call_soon(lambda: self.running.reception.answer(scene.number, answer))

    def notice(self, words: Text, tone: Tone) -> None:
        say(notice=language("en").say(words))

    def _answer(self, scene: Scene) -> Answer | None:
        prompt = scene.prompt
        if isinstance(prompt, RegistrationCard):
            missing = [row.field for row in prompt.rows if row.missing]
            return Chosen(f"change:{missing[0]}") if missing else SIGNATURE
        if isinstance(prompt, TextEntry):
            question = prompt.question.key.lower()
            return Typed(next((words for about, words in TYPED if about in question), "Szeged"))
        if isinstance(prompt, DateEntry):
            return Picked(prompt.latest)
        if isinstance(prompt, Choice):
            return self._choose([option.id for option in prompt.options])
        return None

    def _choose(self, options: list[str]) -> Answer | None:
        """One key; tried again only when the test says so."""
        if options[0] == "again":
            return None
        return Chosen("1" if "1" in options else options[0])

    def press(self, option: str) -> None:
        self.running.reception.answer(self.running.reception.scene.number, Chosen(option))


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def log_line(logger: Any, method: str, event: dict[str, Any]) -> str:
    return json.dumps({"log": event.pop("event"), "level": method, **event}, default=str)


async def obey(commands: asyncio.StreamReader, clock: MovableClock, guest: Guest) -> None:
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    while line := (await commands.readline()).decode().split():
        match line:
            case ["move", seconds]:
                await clock.move(float(seconds))
            case ["limit", size]:
                resource.setrlimit(resource.RLIMIT_FSIZE, (int(size), unlimited[1]))
            case ["free"]:
                resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
            case ["press", option]:
                guest.press(option)
        say(obeyed=line[0])


async def serve(ini: Path) -> None:
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    clock, guest = MovableClock(), Guest()
    began_s = time.monotonic()
    async with open_kiosk(load(ini), clock, front=guest) as running:
        guest.running = running
        say(opened_s=round(time.monotonic() - began_s, 3))
        serving = asyncio.ensure_future(running.serve())
        await asyncio.wait({serving, asyncio.ensure_future(obey(commands, clock, guest))}, return_when="FIRST_COMPLETED")
        if serving.done():
            serving.result()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


if __name__ == "__main__":
    structlog.configure(processors=[structlog.processors.add_log_level, log_line])
    asyncio.run(serve(Path(sys.argv[1])))
