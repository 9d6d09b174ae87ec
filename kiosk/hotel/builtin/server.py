"""Serving: a listening socket first, then one line that says where, then requests until told to stop."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable

import uvicorn

from kiosk.hotel.builtin.app import PropertySystem


class AnnouncingServer(uvicorn.Server):
    """Calls `announce` once requests are answered."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. OSError if the port is taken."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(64)
    return listener


def base_url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(
    hotel: PropertySystem, listener: socket.socket, announce: Callable[[], None], *, with_parent: bool
) -> None:
    """Until SIGINT or SIGTERM, or – `with_parent` – until standard input ends: a child must not outlive its parent.

    Access is not logged: a query string holds guests' names.
    """
    config = uvicorn.Config(
        hotel.app,
        access_log=False,
        log_level="warning",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=75,  # a client that thinks between two requests finds its connection again
    )
    server = AnnouncingServer(config, announce)

    async def run() -> None:
        watch = asyncio.create_task(_end_with_input(server)) if with_parent else None
        try:
            await server.serve(sockets=[listener])
        finally:
            if watch:
                watch.cancel()

    asyncio.run(run())


async def _end_with_input(server: uvicorn.Server) -> None:
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), sys.stdin
    )
    await reader.read()
    server.should_exit = True
