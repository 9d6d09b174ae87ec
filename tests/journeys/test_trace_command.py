"""`kiosk trace …` as a technician types it: what it says, and with which code it ends."""

from __future__ import annotations

from pathlib import Path

from kiosk.trace.file import read, write
from tests.journeys.conftest import OpenLobby
from tests.journeys.trace import (
    command,
    leaves,
    records,
    written,
)


async def test_the_command_plays_it_in_a_process_of_its_own(lobby: OpenLobby, tmp_path: Path) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_farewell("ready")
    path = await leaves(kiosk)
    code, out = await command("replay", str(path))
    assert code == 0, out
    assert out.splitlines()[-1].startswith("The same way: ")
    code, out = await command("show", str(path))
    assert (code, "check-in done" in out) == (0, True)
    code, out = await command("replay", "--step", str(path), typed="\n" * 40)
    assert (code, out.count("⏎")) == (0, sum(entry["what"] in ("touch", "given") for entry in read(path).entries) + 1)
    path.write_text(path.read_text("utf-8").replace("check-in", "check-out"))
    code, out = await command("replay", str(path))
    assert (code, out) == (2, f"{path}: was changed after it was written\n")


async def test_where_there_is_no_screen_that_is_said_and_no_departure(tmp_path: Path) -> None:
    path = written(tmp_path, {"what": "touch", "chosen": "check-in"})
    nothing = {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    code, out = await command("replay", "--screen", str(path), environ=nothing)
    assert (code, out) == (3, "no DISPLAY and no Xvfb: apt-get install xvfb\n")


async def test_a_trace_commands_no_terminal(tmp_path: Path) -> None:
    """Whoever made the file: `show` writes letters, and no sequence that a terminal obeys."""
    head = {"trace": 1, "time": "2026", "language": "\x1b]0;x\x07", "devices": 5}
    path = write(tmp_path, "visit", head, [{"at": 1.0, "what": "touch\x1b[2J", "chosen": "\x9b31m"}])
    code, out = await command("show", str(path))
    assert code == 0
    assert out.replace("\n", "").isprintable(), out
