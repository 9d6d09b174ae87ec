"""Step by step: Enter plays the next thing that a person does, `q` ends it, and so does an input that has ended."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable

from kiosk.trace.player import Stopped

QUIT = "q"
_PIECE = 4096


class Turns:
    """Lines of standard input, read without a thread: one that waits for Enter would keep Ctrl-C waiting too."""

    def __init__(self, say: Callable[[str], None]) -> None:
        """`say` is given what comes next, without a line's end."""
        self._say = say
        self._read = b""

    async def wait(self, words: str) -> None:
        """Stopped where nothing more is wanted, or can be."""
        self._say(f"{'':11}{words}  ⏎ ")
        line = await self._line()
        if line is None:
            self._say("\n")
            raise Stopped(", since the input has ended")
        if line.strip().lower() == QUIT:
            raise Stopped(" by hand")

    async def _line(self) -> str | None:
        """None: there is none any more."""
        while b"\n" not in self._read:
            if sys.stdin is None or sys.stdin.closed or not (piece := await self._piece(sys.stdin.fileno())):
                return None
            self._read += piece
        line, _, self._read = self._read.partition(b"\n")
        return line.decode("utf-8", "replace")

    async def _piece(self, file: int) -> bytes:
        """What is there, b'' at the end. A plain file can't be waited for, and need not be."""
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        try:
            loop.add_reader(file, ready.set)
        except (PermissionError, OSError):
            return _taken(file)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(file)
        return _taken(file)


def _taken(file: int) -> bytes:
    try:
        return os.read(file, _PIECE)
    except OSError:
        return b""  # a terminal that has gone
