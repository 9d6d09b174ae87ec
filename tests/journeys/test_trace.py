"""A visit is recorded without the person in it, and played again on virtual devices to the same end."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from kiosk.language import Text
from kiosk.prompts import Choice, Chosen, Farewell, Scene, Tone, Welcome
from kiosk.trace.file import read
from kiosk.trace.player import Played
from kiosk.trace.replay import replay
from tests.journeys.test_check_in_leaves_no_trace import found_in

Open = Callable[..., Awaitable[Any]]


class Nobody:
    """A front that nobody stands before."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)

    def notice(self, words: Text, tone: Tone) -> None:
        """Not looked at."""


async def recorded(kiosk: Any) -> Path:
    """The trace of the visit that ends now."""
    await kiosk.guest.sees(Welcome)
    await kiosk.until(lambda: kiosk.terminal.recorder.last)
    path: Path = kiosk.terminal.recorder.last
    await kiosk.switched_off()
    return path


async def leaves(kiosk: Any) -> Path:
    """Takes the key, and goes; the trace of it."""
    await kiosk.plays("key_encoder", "lift")
    await kiosk.until(lambda: kiosk.guest.desk.answer(kiosk.guest.scene.number, Chosen("done")))
    return await recorded(kiosk)


async def played(path: Path) -> tuple[Played, Nobody, list[str]]:
    front, said = Nobody(), list[str]()
    return await replay(path, front, said.append), front, said


async def test_a_check_in_is_recorded_and_played_to_the_same_farewell(lobby: Open) -> None:
    kiosk = await lobby()
    kiosk.terminal.recorder.switch_on()
    await kiosk.to_farewell("ready", keys=2)
    path = await leaves(kiosk)
    assert path.stat().st_mode & 0o777 == 0o600
    assert not found_in(path.read_bytes())
    outcome, front, said = await played(path)
    assert outcome.departed is None, outcome.departed
    assert outcome.scenes > 10
    assert outcome.effects == 5
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)
    assert "check-in: done" in "".join(said)


async def test_a_printer_without_paper_is_played_as_such(lobby: Open) -> None:
    kiosk = await lobby()
    kiosk.terminal.recorder.switch_on()
    await kiosk.to_keys("ready")
    await kiosk.plays("printer", "paper-out")
    await kiosk.goes_on(Choice)
    await kiosk.plays("printer", "paper-in")
    await kiosk.works("printer")
    kiosk.guest.choose("again")
    await kiosk.goes_on(Farewell)
    outcome, front, said = await played(await leaves(kiosk))
    assert outcome.departed is None, outcome.departed
    assert "print-slip: printer.paper-out" in "".join(said)
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)


async def test_a_hotel_that_goes_down_and_comes_back_is_played_as_such(lobby: Open) -> None:
    kiosk = await lobby()
    kiosk.terminal.recorder.switch_on()
    await kiosk.to_registration("ready")
    await kiosk.plays("hotel", "off")
    await kiosk.goes_on(Choice)
    await kiosk.plays("hotel", "on")
    kiosk.guest.choose("again")
    await kiosk.goes_on(Farewell)
    path = await leaves(kiosk)
    assert any(entry.get("trouble") == "down" for entry in read(path).entries)
    outcome, front, _ = await played(path)
    assert outcome.departed is None, outcome.departed
    assert any(isinstance(scene.prompt, Farewell) for scene in front.scenes)
