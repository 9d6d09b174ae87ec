"""What waits on the terminal is safe there, gets away in the end, and is gone afterwards."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.outbox import Outbox, OutboxError, Round

KEY = b"k" * 32
CARD = b"%PDF-1.4 Kov\xc3\xa1cs Anna"


class MovedClock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 23, 14, 5, tzinfo=UTC)
        self.moved = asyncio.Event()

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return self.at.timestamp()

    async def sleep(self, seconds: float) -> None:
        until = self.at + timedelta(seconds=seconds)
        while self.at < until:
            self.moved.clear()
            await self.moved.wait()

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.moved.set()


class Archive:
    """The other side: takes everything, or refuses while `down`."""

    def __init__(self) -> None:
        self.down = False
        self.tries = 0
        self.taken: dict[str, bytes] = {}
        self.heard = asyncio.Event()

    async def __call__(self, id: str, kind: str, content: bytes) -> bool:  # noqa: A002
        self.tries += 1
        self.heard.set()
        if self.down:
            raise ConnectionRefusedError("Kovács Anna's card was not taken")
        self.taken[id] = content
        return True


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def archive() -> Archive:
    return Archive()


@pytest.fixture
def outbox(tmp_path: Path, clock: MovedClock) -> Outbox:
    return Outbox(tmp_path / "outbox", KEY, clock)


def lying(outbox: Outbox) -> bytes:
    return b"".join(
        path.name.encode() + path.read_bytes() for path in outbox.directory.rglob("*") if path.is_file()
    )


async def test_what_was_acknowledged_is_gone(outbox: Outbox, archive: Archive) -> None:
    outbox.put("card-1", "registration-card", CARD)
    assert [(p.id, p.kind, p.tries) for p in outbox.pending()] == [("card-1", "registration-card", 0)]
    assert await outbox.deliver(archive) == Round(sent=("card-1",))
    assert archive.taken == {"card-1": CARD}
    assert outbox.pending() == ()
    assert lying(outbox) == b""


def test_nobody_reads_it_on_the_disk(outbox: Outbox) -> None:
    outbox.put("card-1", "registration-card", CARD)
    assert b"Anna" not in lying(outbox)
    for path in outbox.directory.glob("*.sealed"):
        assert path.stat().st_mode & 0o777 == 0o600
        assert "card" not in path.name


async def test_a_new_start_finds_it(outbox: Outbox, archive: Archive) -> None:
    outbox.put("card-1", "registration-card", CARD)
    again = Outbox(outbox.directory, KEY)
    assert await again.deliver(archive) == Round(sent=("card-1",))
    assert archive.taken["card-1"] == CARD


async def test_a_refusal_is_tried_again_later_and_later(
    outbox: Outbox, archive: Archive, clock: MovedClock
) -> None:
    outbox.put("card-1", "registration-card", CARD)
    archive.down = True
    waits = []
    for tries in range(1, 11):
        assert (await outbox.deliver(archive)).kept == ("card-1",)
        (waiting,) = outbox.pending()
        assert waiting.tries == tries
        assert waiting.next_try is not None
        waits.append((waiting.next_try - clock.now()).total_seconds())
        clock.move(waits[-1] - 0.001)
        assert await outbox.deliver(archive) == Round()
        clock.move(0.001)
    assert waits[:3] == [5, 10, 20]
    assert waits[-1] == 900
    archive.down = False
    assert await outbox.deliver(archive) == Round(sent=("card-1",))


async def test_a_card_that_was_not_acknowledged_stays(outbox: Outbox) -> None:
    async def send(id: str, kind: str, content: bytes) -> bool:  # noqa: A002
        return False

    outbox.put("card-1", "registration-card", CARD)
    assert await outbox.deliver(send) == Round(kept=("card-1",))
    assert outbox.pending()[0].tries == 1


async def test_it_runs_by_itself(outbox: Outbox, archive: Archive, clock: MovedClock) -> None:
    archive.down = True
    running = asyncio.create_task(outbox.run(archive))
    outbox.put("card-1", "registration-card", CARD)
    await archive.heard.wait()
    archive.down = False
    while not archive.taken:
        clock.move(5)
        await asyncio.wait_for(_turn(), 1)
    outbox.put("card-2", "registration-card", CARD)
    while len(archive.taken) < 2:
        await asyncio.wait_for(_turn(), 1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert set(archive.taken) == {"card-1", "card-2"}


async def _turn() -> None:
    await asyncio.to_thread(lambda: None)


@pytest.mark.parametrize("where", [0, 5, -1, -20])
async def test_a_damaged_file_is_set_aside_and_the_rest_goes(
    outbox: Outbox, archive: Archive, where: int
) -> None:
    outbox.put("card-1", "registration-card", CARD)
    (path,) = outbox.directory.glob("*.sealed")
    damaged = bytearray(path.read_bytes())
    damaged[where] ^= 1
    path.write_bytes(damaged)
    outbox.put("card-2", "registration-card", CARD)
    assert await outbox.deliver(archive) == Round(sent=("card-2",), aside=1)
    assert outbox.aside() == 1
    assert (outbox.quarantine / path.name).read_bytes() == damaged
    assert await outbox.deliver(archive) == Round()


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200))
def test_whatever_lies_there_nothing_is_raised(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    outbox = Outbox(tmp_path_factory.mktemp("outbox"), KEY)
    (outbox.directory / "x.sealed").write_bytes(content)
    outbox.pending()
    assert asyncio.run(outbox.deliver(Archive())) == Round(aside=1)


async def test_another_terminals_key_opens_nothing_and_loses_nothing(
    outbox: Outbox, archive: Archive
) -> None:
    outbox.put("card-1", "registration-card", CARD)
    other = Outbox(outbox.directory, b"x" * 32)
    assert await other.deliver(archive) == Round(aside=1)
    assert archive.taken == {}
    (path,) = outbox.quarantine.iterdir()
    path.rename(outbox.directory / path.name)  # the technician, the right key restored
    assert await outbox.deliver(archive) == Round(sent=("card-1",))


async def test_a_card_cannot_be_sent_as_another(outbox: Outbox, archive: Archive) -> None:
    outbox.put("card-1", "registration-card", CARD)
    (path,) = outbox.directory.glob("*.sealed")
    path.write_bytes(path.read_bytes().replace(b"card-1", b"card-2", 1))
    assert await outbox.deliver(archive) == Round(aside=1)
    assert archive.taken == {}


def test_a_disk_that_keeps_nothing_is_told(outbox: Outbox) -> None:
    outbox.quarantine.rmdir()
    outbox.directory.rmdir()
    with pytest.raises(OutboxError, match="cannot be kept"):
        outbox.put("card-1", "registration-card", CARD)


# A real process is killed (SIGKILL) before every single line of kiosk/outbox.py in turn: one parent
# forks a child per line, the child puts two items and delivers them to a file.
KILLED = r"""
import asyncio, json, os, signal, sys
from pathlib import Path
from kiosk import outbox as module
from kiosk.outbox import Outbox

base, key = Path(sys.argv[1]), b"k" * 32

def child(directory, at):
    left = [at]
    def trace(frame, event, arg):
        if frame.f_code.co_filename != module.__file__:
            return None
        if event == "line":
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        return trace
    async def send(id, kind, content):
        with (directory / "taken").open("a") as file:
            file.write(id + " " + content.decode() + "\n")
        return True
    async def work():
        import threading
        threading.settrace(trace)
        sys.settrace(trace)
        box = Outbox(directory / "box", key)
        for id in ("a", "b"):
            box.put(id, "card", b"content-" + id.encode())
            with (directory / "promised").open("a") as file:
                file.write(id + "\n")
        await box.deliver(send)
        sys.settrace(None)
    asyncio.run(work())
    os._exit(0)

async def after(directory):
    left = {}
    async def send(id, kind, content):
        left[id] = content.decode()
        return True
    box = Outbox(directory / "box", key)
    waiting = [p.id for p in box.pending()]
    round = await box.deliver(send)
    files = [p.name for p in (directory / "box").iterdir() if p.is_file()]
    return {"left": left, "waiting": waiting, "aside": round.aside + box.aside(), "files": files}

lives = (base / "lives").open("w", buffering=1)
at = 0
while True:
    at += 1
    directory = base / str(at)
    directory.mkdir()
    pid = os.fork()
    if pid == 0:
        child(directory, at)
    _, status = os.waitpid(pid, 0)
    read = lambda name: (directory / name).read_text().split("\n")[:-1] if (directory / name).exists() else []
    lives.write(json.dumps({"at": at, "killed": os.WIFSIGNALED(status), "promised": read("promised"),
                      "taken": read("taken"), **asyncio.run(after(directory))}) + "\n")
    if not os.WIFSIGNALED(status):
        break
"""


def test_killed_at_any_line_nothing_promised_is_lost_and_nothing_is_broken(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, timeout=120, check=True
    )
    lives = [json.loads(line) for line in (tmp_path / "lives").read_text().splitlines()]
    assert len(lives) > 60
    assert [life["killed"] for life in lives] == [True] * (len(lives) - 1) + [False]
    for life in lives:
        arrived = {line.split()[0] for line in life["taken"]} | set(life["left"])
        assert set(life["promised"]) <= arrived, life
        assert all(content == f"content-{id}" for id, content in life["left"].items()), life
        assert life["aside"] == 0, life
        assert life["files"] == [], life
    # Killed between acknowledgement and deletion it is sent twice, never more.
    assert any({line.split()[0] for line in life["taken"]} & set(life["left"]) for life in lives)
