"""A line of bytes to a device, whichever the bus: what TcpTransport, SerialTransport and UsbTransport share,
and what waits to be read of a device that speaks by itself (SerialLine, EvdevLine).

All raise ConnectionError – not there, taken, broken –, TimeoutError – late, and perhaps still there –,
and on opening PermissionError and BusMissing, which only a person can cure.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol


class BusMissing(Exception):
    """This machine lacks what the bus needs; `str()` says which package."""


class ByteLine(Protocol):
    """One open line. One task reads and one writes at a time."""

    async def read(self, at_most: int, within_s: float) -> bytes:
        """One to `at_most` bytes, as soon as there are any."""

    async def write(self, data: bytes, within_s: float) -> None:
        """All of `data`. After any error nobody knows how much of it arrived."""

    async def close(self, cut: bool = False) -> None:
        """Let go; `cut`: what has not arrived yet never shall. Never raises, may be called twice."""


@dataclass(frozen=True)
class Chunk:
    """Bytes that came together; `at_s` is `time.monotonic()` of the first of them."""

    data: bytes = field(repr=False)
    at_s: float


class Chunks:
    """What came over a line and was not read yet, and how it ended; on the loop's thread."""

    def __init__(self) -> None:
        self.broken: OSError | None = None
        self._came: asyncio.Queue[Chunk | OSError] = asyncio.Queue()

    def put(self, chunk: Chunk) -> None:
        self._came.put_nowait(chunk)

    def end(self, why: OSError) -> None:
        """Nothing comes after what is there. The first reason counts."""
        if self.broken is None:
            self.broken = why
            self._came.put_nowait(why)

    async def next(self, within_s: float | None) -> Chunk | None:
        """None if none came in that time. The reason of its end once all was read."""
        if self.broken is not None and self._came.empty():
            raise self.broken
        try:
            async with asyncio.timeout(within_s):
                chunk = await self._came.get()
        except TimeoutError:
            if self._came.empty():
                return None
            chunk = self._came.get_nowait()  # it came in time; this loop was late to look
        if isinstance(chunk, OSError):
            raise chunk
        return chunk
