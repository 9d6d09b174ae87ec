"""Tells other machines how the terminal is: `/health` as JSON, `/metrics` for Prometheus.

Rules:
1. 200 only where the terminal is well or needs care (`health.py`, rule 3), else 503.
2. Nobody who asks can hold anything: few at a time, little from each, all of it within `WITHIN_S`, and what is
   answered is looked up once a second at most.
"""

from __future__ import annotations

import asyncio
import importlib
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import structlog

from hardware.readings import State
from kiosk.health import Health

log = structlog.get_logger()

WITHIN_S = 5.0  # from the first byte to the last
MOST_AT_ONCE = 8
MOST_BYTES = 4096  # of a request
KEPT_S = 1.0
AGAIN_AFTER_S = 30.0
"""So long until a place is tried again that somebody else had: a kiosk that is just ending lets go of it."""

_SERVES = (State.WELL, State.NEEDS_CARE)
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 503: "Service Unavailable"}


@dataclass(frozen=True)
class _Page:
    status: int
    kind: str
    body: bytes
    made_s: float = 0.0


class HealthServer:
    """Two pages over HTTP/1.1, one connection a request. `listen` is `host:port`, "" for nowhere."""

    def __init__(self, health: Health, listen: str) -> None:
        self._health = health
        self._listen = listen
        self._server: asyncio.Server | None = None
        self._warned = False
        self._asking: dict[asyncio.Task[None], None] = {}  # the longest first
        self._kept: dict[str, _Page] = {}

    @property
    def port(self) -> int:
        """The one that was bound; 0 where nobody listens."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server and self._server.sockets else 0

    async def run(self, sleep: Callable[[float], Awaitable[None]]) -> None:
        """For ever: a place that could not be had is tried again."""
        while self._listen:
            await sleep(AGAIN_AFTER_S)
            await self.open()

    async def open(self) -> None:
        """A port that somebody else has is a warning, told once: guests are served all the same."""
        if not self._listen or self._server is not None:
            return
        host, _, port = self._listen.rpartition(":")
        try:
            self._server = await asyncio.start_server(self._serve, host.strip("[]"), int(port), limit=MOST_BYTES)
        except OSError as error:
            if not self._warned:
                log.warning("nobody can ask how this terminal is", listen=self._listen, why=error.strerror)
            self._warned = True

    async def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
        for task in tuple(self._asking):
            task.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            writer.transport.abort()
            return
        if len(self._asking) >= MOST_AT_ONCE:  # who dawdles makes room: a monitor that asks is always answered
            slowest = next(iter(self._asking))
            del self._asking[slowest]
            slowest.cancel()
        self._asking[task] = None
        try:
            async with asyncio.timeout(WITHIN_S):
                writer.write(_answer(await self._page(reader)))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass  # gone, too slow, or too much: whoever it is asks again
        finally:
            writer.transport.abort()
            self._asking.pop(task, None)

    async def _page(self, reader: asyncio.StreamReader) -> tuple[_Page, bool]:
        """The page, and whether only its head is wanted."""
        head = await reader.readuntil(b"\r\n\r\n")
        words = head.split(b"\r\n", 1)[0].decode("ascii", "replace").split(" ")
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return _said(400), False
        method, path, _ = words
        make = {"/health": self._health_page, "/metrics": self._metrics_page}.get(path.partition("?")[0])
        if make is None:
            return _said(404), method == "HEAD"
        if method not in ("GET", "HEAD"):
            return _said(405), False
        return await self._fresh(path.partition("?")[0], make), method == "HEAD"

    async def _fresh(self, path: str, make: Callable[[], Awaitable[_Page]]) -> _Page:
        kept = self._kept.get(path)
        if kept is None or monotonic() - kept.made_s > KEPT_S:
            await self._health.load()
            kept = self._kept[path] = await make()
        return kept

    async def _health_page(self) -> _Page:
        report = self._health.report()
        body = json.dumps(report, ensure_ascii=False).encode() + b"\n"
        return _Page(200 if report["state"] in _SERVES else 503, "application/json", body, monotonic())

    async def _metrics_page(self) -> _Page:
        await asyncio.to_thread(importlib.import_module, "kiosk.metrics")
        from kiosk import metrics

        return _Page(200, metrics.CONTENT_TYPE, metrics.page(self._health), monotonic())


def _said(status: int) -> _Page:
    return _Page(status, "text/plain; charset=utf-8", f"{_REASONS[status]}\n".encode())


def _answer(asked: tuple[_Page, bool]) -> bytes:
    page, head_only = asked
    lines = (
        f"HTTP/1.1 {page.status} {_REASONS[page.status]}",
        f"Content-Type: {page.kind}",
        f"Content-Length: {len(page.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    )
    return "\r\n".join((*lines, "", "")).encode() + (b"" if head_only else page.body)
