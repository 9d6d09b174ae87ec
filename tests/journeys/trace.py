"""A visit that is recorded, and the file that is left of it; the same played, in this process or by the command."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from kiosk.language import Text
from kiosk.prompts import (
    Chosen,
    Scene,
    Tone,
    Welcome,
)
from kiosk.trace.file import Entry, read, write
from kiosk.trace.player import Played
from kiosk.trace.replay import replay
from tests.journeys.conftest import Lobby
from tests.journeys.test_check_in_leaves_no_trace import found_in


class Nobody:
    """A front that nobody stands before."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)

    def notice(self, words: Text, tone: Tone) -> None:
        """Not looked at."""

    def tone(self) -> bool:
        return False  # no loudspeaker


def records(kiosk: Lobby) -> None:
    """The next visit. Always with the same key: what is looked for in a trace stands in none by chance."""
    kiosk.terminal.recorder.key = lambda: b"of a test" * 3
    kiosk.terminal.recorder.switch_on()


def personal_in(path: Path) -> set[str]:
    """What of the guest stands in a trace, but for its last line, which is a hash."""
    return found_in(path.read_bytes().rstrip(b"\n").rpartition(b"\n")[0] + path.name.encode())


async def recorded(kiosk: Lobby) -> Path:
    """The trace of the visit that ends now."""
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: kiosk.terminal.recorder.last)
    path = kiosk.terminal.recorder.last
    assert path is not None
    await kiosk.switched_off()
    return path


async def leaves(kiosk: Lobby) -> Path:
    """Takes the key, and goes; the trace of it."""
    await kiosk.plays("key_encoder", "lift")
    await kiosk.until(lambda: kiosk.guest.desk.answer(kiosk.guest.scene.number, Chosen("done")))
    return await recorded(kiosk)


async def played(path: Path) -> tuple[Played, Nobody, list[str]]:
    front, said = Nobody(), list[str]()
    return await replay(read(path), front, said.append), front, said


async def went_the_same_way(path: Path) -> tuple[Played, Nobody, list[str]]:
    """Played to its end, as it was recorded."""
    outcome, front, said = await played(path)
    assert (outcome.departed, outcome.cannot) == (None, ""), f"{outcome}: {path}"
    return outcome, front, said


async def command(*words: str, typed: str = "", environ: dict[str, str] | None = None) -> tuple[int, str]:
    pipe, merged = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    whole = (sys.executable, "-m", "kiosk", "trace", *words)
    process = await asyncio.create_subprocess_exec(*whole, stdin=pipe, stdout=pipe, stderr=merged, env=environ)
    out, _ = await process.communicate(typed.encode())
    return process.returncode or 0, out.decode()


def written(state: Path, entry: Entry, more: Entry | None = None) -> Path:
    """A trace of one entry that no recorder has written; `more` of its settings."""
    settings = {"kiosk": {"exports": "/etc"}, "hotel": {"deadline_s": 10}, "keys": {}, "health": {"listen": "127.0.0.1:1"}}
    head = {"trace": 1, "time": "2026-11-26T17:00:00+01:00", "language": "en", "hotel-well": True, "devices": []}
    return write(state, "visit", head | {"settings": settings | (more or {})}, [{"at": 1.0} | entry])
