"""The running kiosk's Unix socket: how `kiosk virtual …` and `kiosk diagnose` reach it. Only its own user opens it.

One JSON object a line in, one a line out: `{"do": "printer", "verb": "paper-out", "words": []}` →
`{"done": {...}}` or `{"error": "…"}`; `{"do": ""}` lists devices and their verbs. `{"diagnose": {...}}` is
answered by several lines, between which the other side may answer questions (`kiosk/diagnosis/talk.py`).
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

ANSWER_WITHIN_S = 30
LINE = 1 << 20


class Bench(Protocol):
    """What the socket plays with (`kiosk/bench.py`), and each other thing that it reaches."""

    def verbs(self) -> dict[str, dict[str, str]]: ...

    async def do(self, device: str, verb: str, *words: str) -> dict[str, str]: ...


class Desk(Protocol):
    """Who answers `diagnose` (`kiosk/diagnosis/talk.py`)."""

    async def talk(
        self, asked: Any, tell: Callable[[dict[str, Any]], None], heard: asyncio.Queue[dict[str, Any]]
    ) -> None: ...


class Does(Protocol):
    """One thing that can be told to do something."""

    async def do(self, verb: str, *words: str) -> dict[str, str]: ...


class Reached:
    """What this kiosk's user may reach: what every kiosk has, and in a demonstration its bench."""

    def __init__(self, own: Mapping[str, Does], bench: Bench | None) -> None:
        self._own = own
        self._bench = bench

    def verbs(self) -> dict[str, dict[str, str]]:
        """Of what can be played with alone: the rest has commands of its own."""
        return self._bench.verbs() if self._bench else {}

    async def do(self, device: str, verb: str, *words: str) -> dict[str, str]:
        if device in self._own:
            return await self._own[device].do(verb, *words)
        if self._bench is None:
            raise ValueError("there are no virtual devices: this is no demonstration")
        return await self._bench.do(device, verb, *words)


def socket_path(state: Path) -> Path:
    return state / "kiosk.sock"


class ControlSocket:
    """Serves one bench, and one desk for technicians, until closed."""

    def __init__(self, path: Path, bench: Bench, desk: Desk | None = None) -> None:
        self._path = path
        self._bench = bench
        self._desk = desk
        self._server: asyncio.Server | None = None
        self._talking: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)  # nobody else may ever connect, not even for a moment
        try:
            self._server = await asyncio.start_unix_server(self._talk, self._path, limit=LINE)
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            for task in self._talking:
                task.cancel()
            await asyncio.gather(*self._talking)
            await self._server.wait_closed()
            self._path.unlink(missing_ok=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101
        self._talking.add(task)
        try:
            line = await reader.readline()
            if self._desk is not None and (asked := _diagnosis(line)) is not None:
                await _talked(self._desk, asked, reader, writer)
                return
            writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            pass  # who asked has gone, or sent a line longer than any command
        except asyncio.CancelledError:
            pass  # the kiosk ends
        finally:
            self._talking.discard(task)
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(line)
            device, verb = str(asked["do"]), str(asked.get("verb", ""))
            words = [str(word) for word in asked.get("words", [])]
            if not device:
                return {"done": self._bench.verbs()}
            return {"done": await self._bench.do(device, verb, *words)}
        except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError) as error:
            return {"error": str(error)}


def _diagnosis(line: bytes) -> Any:
    """What is to be diagnosed; None where this line asks for something else."""
    try:
        asked = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return asked.get("diagnose") if isinstance(asked, dict) else None


async def _talked(desk: Desk, asked: Any, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until it has ended, or who asked has gone: then nothing goes on behind a guest's back."""
    heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue(maxsize=8)

    def tell(message: dict[str, Any]) -> None:
        if not writer.is_closing():
            writer.write(json.dumps(message).encode() + b"\n")

    talking = asyncio.ensure_future(desk.talk(asked, tell, heard))
    listening = asyncio.ensure_future(_listen(reader, heard))
    try:
        await asyncio.wait({talking, listening}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in (talking, listening):
            task.cancel()
        ended, _ = await asyncio.gather(talking, listening, return_exceptions=True)
    if isinstance(ended, Exception):
        tell({"error": f"the diagnosis broke ({type(ended).__name__})"})
    await writer.drain()


async def _listen(reader: asyncio.StreamReader, heard: asyncio.Queue[dict[str, Any]]) -> None:
    """Every line is an answer; what is none, or comes too often, ends the talk."""
    while line := await reader.readline():
        answer = json.loads(line)
        if not isinstance(answer, dict):
            return
        heard.put_nowait(answer)


def ask(state: Path, device: str, verb: str = "", words: tuple[str, ...] = ()) -> dict[str, Any]:
    """Ask the running kiosk. ConnectionError where none runs, ValueError with what it said against it."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(ANSWER_WITHIN_S)
        try:
            connection.connect(str(socket_path(state)))
        except OSError as error:
            raise ConnectionError(f"no kiosk is running with its state in {state}") from error
        connection.sendall(json.dumps({"do": device, "verb": verb, "words": words}).encode() + b"\n")
        with connection.makefile("rb") as lines:
            answer: dict[str, Any] = json.loads(lines.readline() or b'{"error": "no answer"}')
    if "error" in answer:
        raise ValueError(answer["error"])
    return dict(answer["done"])
