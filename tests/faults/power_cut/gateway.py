"""Between kiosk and hotel: every request goes through, until the power is to be cut at one of them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class When(StrEnum):
    """Where the power goes: before the far side has heard of it, or before its answer is read."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Asked:
    """One request that the hotel answered."""

    method: str
    path: str
    status: int
    body: bytes = b""

    def is_(self, method: str, end: str) -> bool:
        return self.method == method and self.path.partition("?")[0].endswith(end)


class Gateway:
    """Listens on a port of its own; `to` is the hotel's."""

    def __init__(self) -> None:
        self.port = 0
        self.to = 0
        self.asked: list[Asked] = []
        self._cut: tuple[str, str, When, Callable[[], None]] | None = None
        self._news = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """As a network that is down: nobody listens."""
        if self._server is not None:
            self._server.close()
            for task in tuple(self._serving):
                task.cancel()
            await asyncio.gather(*self._serving, return_exceptions=True)
            await self._server.wait_closed()

    def cut_at(self, method: str, end: str, when: When, cut: Callable[[], None]) -> None:
        """At the next request of this kind: `cut()`, and its answer (or the request) gets nowhere."""
        self._cut = (method, end, when, cut)

    def count(self, method: str, end: str) -> int:
        """How many were answered well."""
        return sum(one.is_(method, end) and one.status < 300 for one in self.asked)

    async def until(self, enough: Callable[[Gateway], bool], within_s: float = 20) -> None:
        async with asyncio.timeout(within_s), self._news:
            await self._news.wait_for(lambda: enough(self))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        try:
            while await self._one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # one of both ends has gone, or the network is down
        finally:
            self._serving.discard(task)
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head, body = await _message(reader)
        method, path, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
        ours = self._cut
        meant = ours if ours and Asked(method, path, 0).is_(ours[0], ours[1]) else None
        if meant and meant[2] is When.BEFORE:
            return self._now(meant)
        hotel_says, to_hotel = await asyncio.open_connection("127.0.0.1", self.to)
        try:
            to_hotel.write(head + body)
            answer, content = await _message(hotel_says)
        finally:
            to_hotel.close()
        async with self._news:
            self.asked.append(Asked(method, path, int(answer.split(b" ")[1]), body))
            self._news.notify_all()
        if meant:
            return self._now(meant)
        writer.write(answer + content)
        await writer.drain()
        return True

    def _now(self, cut: tuple[str, str, When, Callable[[], None]]) -> bool:
        self._cut = None
        cut[3]()
        return False


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Head and body; both ends say how long a body is."""
    head = await reader.readuntil(b"\r\n\r\n")
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.split(b":")[1])
        assert not line.startswith(b"transfer-encoding:"), "chunks are not carried here"
    return head, await reader.readexactly(length)
