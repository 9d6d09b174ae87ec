"""`kiosk trace …` as a technician types it: what it says, and with which code it ends."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
from pathlib import Path

import pytest

from kiosk.prompts import Choice, Welcome
from kiosk.trace.file import read, write
from tests.journeys.conftest import OpenLobby
from tests.journeys.trace import command, leaves, recorded, records, written


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
    for how in ("show", "--json"), ("show",):
        code, out = await command(*how, str(path))
        assert code == 0
        assert out.replace("\n", "").isprintable(), out
    other = path.rename(path.with_name("\x1b[2Jvisit.trace"))
    other.write_text("none")
    code, out = await command("replay", str(other))
    assert (code, out) == (2, f"{path.parent}/[2Jvisit.trace: is no trace\n")


@pytest.mark.parametrize(
    ("typed", "words"), [("", "stopped, since the input has ended"), ("\nq\n", "stopped by hand")], ids=["closed", "q"]
)
async def test_who_wants_no_more_steps_is_told_how_far_it_went(lobby: OpenLobby, typed: str, words: str) -> None:
    code, out = await command("replay", "--step", str(await begun(lobby)), typed=typed)
    last = out.splitlines()[-1]
    assert (code, "The same way so far; line" in last, words in last) == (3, True, True), out


async def test_ctrl_c_between_two_steps_ends_it_at_once(lobby: OpenLobby) -> None:
    process = await stepping(await begun(lobby))
    process.send_signal(signal.SIGINT)
    out, _ = await process.communicate()
    assert (process.returncode, out.decode().strip()) == (130, "stopped")


@pytest.mark.skipif(shutil.which("Xvfb") is None, reason="needs Xvfb")
async def test_a_window_whose_screen_goes_ends_it_in_words(lobby: OpenLobby, tmp_path: Path) -> None:
    path = await begun(lobby)
    reading, writing = os.pipe()
    told = ("-displayfd", str(writing), "-screen", "0", "1200x2000x24", "-nolisten", "tcp")
    server = await asyncio.create_subprocess_exec("Xvfb", *told, pass_fds=(writing,), stderr=asyncio.subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as number:
        screen = f":{(await asyncio.to_thread(number.readline)).strip()}"
    process = await stepping(path, "--screen", DISPLAY=screen, TMPDIR=str(tmp_path))
    server.kill()
    await server.wait()
    out, _ = await process.communicate()
    assert (process.returncode, "its screen has gone" in out.decode()) == (3, True), out.decode()
    assert not list(tmp_path.glob("kiosk-trace-*"))
    code, said = await command("replay", "--screen", str(path), environ={**os.environ, "DISPLAY": screen})
    assert (code, said) == (3, f"no window can be opened on {screen} (AttributeError)\n")


async def test_a_visit_of_staff_of_an_older_version_is_shown_and_not_played(tmp_path: Path) -> None:
    path = written(tmp_path, {"what": "touch", "chosen": "staff"})
    code, out = await command("replay", str(path))
    assert (code, "recorded by an older version: it can be shown, not played" in out) == (3, True)
    assert (await command("show", str(path)))[0] == 0


@pytest.mark.parametrize("content", ["", "{}\n", "no trace at all", '{"trace":99}\n'])
async def test_what_is_no_trace_is_a_sentence_and_the_code_of_a_wrong_call(tmp_path: Path, content: str) -> None:
    path = tmp_path / "no.trace"
    path.write_text(content)
    for words in (("show",), ("replay",), ("replay", "--screen"), ("replay", "--json")):
        code, out = await command(*words, str(path))
        assert (code, out.startswith(f"{path}: "), out.count("\n")) == (2, True, 1)


async def begun(lobby: OpenLobby) -> Path:
    """A check-in that is soon left off."""
    kiosk = await lobby()
    records(kiosk)
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("check-in")
    await kiosk.guest.sees(Choice)
    kiosk.guest.start_over()
    return await recorded(kiosk)


async def stepping(path: Path, *words: str, **environ: str) -> asyncio.subprocess.Process:
    """… played until Enter is waited for."""
    pipe, merged = asyncio.subprocess.PIPE, asyncio.subprocess.STDOUT
    whole = (sys.executable, "-m", "kiosk", "trace", "replay", "--step", *words, str(path))
    process = await asyncio.create_subprocess_exec(*whole, stdin=pipe, stdout=pipe, stderr=merged, env={**os.environ, **environ})
    assert process.stdout is not None
    said = await process.stdout.readuntil("⏎ ".encode())
    assert b"check-in" in said
    return process
