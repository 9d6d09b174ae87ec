"""The real kiosk without a window, to be killed: `python kiosk_process.py kiosk.ini [NUMBER PIN ROOM [journal]]`.

Front is a guest who does on each screen what a guest would, up to the farewell; cards and documents
are laid down by the test. With a staff number it is somebody of the staff who replaces a room's keys;
with `journal` the power goes when the key stands in the journal and not yet as done in the ledger. Every scene and log line goes to stdout as a line of JSON. It ends when
its stdin closes, so that it never outlives the test.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import structlog

import kiosk
from kiosk.build import Running, open_kiosk
from kiosk.clock import SystemClock
from kiosk.language import Text, language
from kiosk.ledger import Ledger
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    DateEntry,
    Pick,
    Picked,
    RegistrationCard,
    Scene,
    Sheet,
    Signed,
    TextEntry,
    Tone,
    Typed,
    Welcome,
)
from kiosk.settings import load

SIGNATURE = Signed(strokes=(((0.1, 0.2), (0.3, 0.1), (0.5, 0.25), (0.9, 0.15)),), aspect=3.0)
TYPED = (("country", "Hungary"), ("postcode", "6720"), ("birth", "Nagy Anna"))


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

    def tone(self) -> bool:
        return False  # no loudspeaker

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
        """One key; the slip where it is offered; nothing is tried again."""
        if options[0] == "again":
            return None
        return Chosen(next((wish for wish in ("1", "slip") if wish in options), options[0]))


class Staff(Guest):
    """Signs in by number, replaces the keys of one room, and goes."""

    def __init__(self, number: str, pin: str, room: str) -> None:
        self._number, self._pin, self._room = number, pin, room
        self._left = ["staff", "keys"]

    def _answer(self, scene: Scene) -> Answer | None:
        prompt = scene.prompt
        if isinstance(prompt, Welcome):
            return Chosen(self._left.pop(0)) if self._left[:1] == ["staff"] else None
        if isinstance(prompt, TextEntry):
            return Typed(self._pin if prompt.secret else self._number)
        if isinstance(prompt, Pick):
            said = language("en").say
            return Chosen(next(row.id for row in prompt.rows if row.detail and said(row.detail).startswith(self._room)))
        if isinstance(prompt, Sheet):
            return Chosen("replace")
        if isinstance(prompt, Choice):
            ids = [option.id for option in prompt.options]
            return Chosen(self._left.pop(0)) if self._left and "keys" in ids else self._choose(ids)
        return None

    def _choose(self, options: list[str]) -> Answer | None:
        return None if options[0] in ("again", "keys") else Chosen(options[0])


def power_goes_after_the_journal(ledger: Ledger) -> None:
    """At the very moment at which the ledger would say that a key is cut."""
    settle = ledger.settle

    def settles(key: str, state: str, result: dict[str, Any] | None = None) -> None:
        entry = ledger.entry(key)
        if state == "done" and entry is not None and entry.kind == "cut-key":
            os.kill(os.getpid(), signal.SIGKILL)
        settle(key, state, result)

    ledger.settle = settles  # type: ignore[method-assign]


def say(**what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


def log_line(logger: Any, method: str, event: dict[str, Any]) -> str:
    return json.dumps({"log": event.pop("event"), "level": method, **event}, default=str)


async def serve(ini: Path, words: list[str]) -> None:
    stdin = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stdin), sys.stdin)
    guest = Staff(*words[:3]) if words else Guest()
    say(runs=str(Path(kiosk.__file__).parent), pid=os.getpid())
    async with open_kiosk(load(ini), SystemClock(), front=guest) as running:
        guest.running = running
        if words[3:] == ["journal"]:
            power_goes_after_the_journal(running.terminal.ledger)
        serving, alone = asyncio.ensure_future(running.serve()), asyncio.ensure_future(stdin.read())
        await asyncio.wait({serving, alone}, return_when=asyncio.FIRST_COMPLETED)
        if serving.done():
            serving.result()
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)


if __name__ == "__main__":
    structlog.configure(processors=[structlog.processors.add_log_level, log_line])
    asyncio.run(serve(Path(sys.argv[1]), sys.argv[2:]))
