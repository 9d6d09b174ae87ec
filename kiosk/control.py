"""The running kiosk's Unix socket: how `kiosk virtual …` reaches it. Only its own user opens it.

One JSON object a line in, one a line out: `{"do": "printer", "verb": "paper-out", "words": []}` →
`{"done": {...}}` or `{"error": "…"}`; `{"do": ""}` lists devices and their verbs.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

ANSWER_WITHIN_S = 30
_LINE = 1 << 20


class Bench(Protocol):
    """What the socket plays with (`kiosk/bench.py`), and each other thing that it reaches."""

    def verbs(self) -> dict[str, dict[str, str]]: ...

    async def do(self, device: str, verb: str, *words: str) -> dict[str, str]: ...


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
    """Serves one bench until closed."""

    def __init__(self, path: Path, bench: Bench) -> None:
        self._path = path
        self._bench = bench
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._path.unlink(missing_ok=True)
        before = os.umask(0o177)  # nobody else may ever connect, not even for a moment
        try:
            self._server = await asyncio.start_unix_server(self._talk, self._path, limit=_LINE)
        finally:
            os.umask(before)

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()
            self._path.unlink(missing_ok=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError):
            pass  # who asked has gone, or sent a line longer than any command
        finally:
            writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        try:
            asked = json.loads(line)
            device, verb = str(asked["do"]), str(asked.get("verb", ""))
            words = [str(word) for word in asked.get("words", [])]
            if not device:
                return {"done": self._bench.verbs()}
            return {"done": await self._bench.do(device, verb, *words)}
        except (ValueError, KeyError, TypeError, AttributeError, OSError) as error:
            return {"error": str(error)}


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
