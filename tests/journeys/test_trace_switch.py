"""Visits are recorded when a technician asks for it, and not for long."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kiosk.control import ask
from kiosk.prompts import (
    Choice,
    Welcome,
)
from kiosk.trace.file import folder
from tests.journeys.conftest import OpenLobby
from tests.journeys.trace import (
    command,
)


async def test_it_is_off_until_asked_for_and_off_again_by_itself(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    recorder = kiosk.terminal.recorder

    async def visit() -> None:
        await kiosk.guest.sees(Welcome)
        kiosk.guest.choose("check-in")
        await kiosk.guest.sees(Choice)
        kiosk.guest.start_over()
        await kiosk.guest.sees(Welcome)
        await kiosk.terminal.settle()

    def written() -> int:
        return len(list(folder(kiosk.terminal.settings.kiosk.state).glob("*")))

    await visit()
    assert written() == 0
    recorder.switch_on(2)
    for count in (1, 2):
        assert recorder.on
        await visit()
        assert written() == count
    assert not recorder.on
    await visit()
    recorder.switch_on(50)
    await kiosk.clock.move(3601)
    assert not recorder.on
    await visit()
    assert written() == 2
    for visits in (0, -1, 51):
        with pytest.raises(ValueError, match="1 to 50"):
            recorder.switch_on(visits)


async def test_it_is_switched_on_through_the_socket(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    state = kiosk.terminal.settings.kiosk.state
    told = await asyncio.to_thread(ask, state, "trace", "on", ("3",))
    assert told == {"recording": "the next 3"}
    assert kiosk.terminal.recorder.visits_left == 3
    assert (await asyncio.to_thread(ask, state, "trace", "off"))["recording"] == "no"
    assert not kiosk.terminal.recorder.on
    for verb, words in (("on", ("many",)), ("on", ("0",)), ("go", ())):
        with pytest.raises(ValueError, match="visits|on, off or show"):
            await asyncio.to_thread(ask, state, "trace", verb, words)
    assert "trace" not in await asyncio.to_thread(ask, state, "")


async def test_it_is_switched_on_by_the_command(lobby: OpenLobby, tmp_path: Path) -> None:
    kiosk = await lobby()
    state = kiosk.terminal.settings.kiosk.state
    ini = tmp_path / "kiosk.ini"
    ini.write_text(f"[kiosk]\ndemo = yes\nstate = {state}\n")
    code, out = await command("record", "on", "--visits", "2", "-c", str(ini))
    assert (code, out) == (0, f"recording: the next 2 visit(s), to {folder(state)}\n")
    assert kiosk.terminal.recorder.visits_left == 2
    assert await command("list", "-c", str(ini)) == (0, "none\n")
    assert await command("record", "off", "-c", str(ini)) == (0, "recording: no\n")
    assert not kiosk.terminal.recorder.on
    await kiosk.switched_off()
    code, out = await command("record", "on", "-c", str(ini))
    assert (code, "no kiosk is running" in out) == (1, True)
