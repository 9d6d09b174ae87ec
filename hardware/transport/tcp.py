"""A TCP connection to a device: open, read, write, close, each within its time; nothing else.

Whatever asyncio and the kernel raise comes out as one of two: ConnectionError – refused,
unreachable, closed by the other end – or TimeoutError: late, and perhaps still there.
Deadlines are `asyncio.timeout`: Python 3.11's `wait_for` may swallow a cancellation.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

# A peer that lost its power or its cable says nothing: after so long without an acknowledgement the kernel
# calls it gone. Where nothing was sent it asks by keep-alives, a few within that time. A printer that is busy
# feeding takes nothing for a while and acknowledges late; a peer that always reads can be watched more closely.
GONE_AFTER_S = 20
WATCHED_GONE_AFTER_S = 4
KEEPALIVE_TRIES = 3
# A connection that won't close in order within this is cut.
CLOSE_WITHIN_S = 0.5


class TcpTransport:
    """One connection. `write` returns when the kernel has taken every byte, not when they arrived."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, host: str, port: int, within_s: float, gone_after_s: int = GONE_AFTER_S) -> TcpTransport:
        """Connect. ConnectionError if refused or unreachable, TimeoutError if nobody answers."""
        try:
            async with asyncio.timeout(within_s):
                reader, writer = await asyncio.open_connection(host, port)
        except (OSError, UnicodeError) as error:  # UnicodeError: no such host can exist
            raise _named("connect", error) from error
        return cls._ready(reader, writer, gone_after_s)

    @classmethod
    def _ready(
        cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, gone_after_s: int
    ) -> TcpTransport:
        writer.transport.set_write_buffer_limits(high=0)
        try:
            _keep_alive(writer.get_extra_info("socket"), gone_after_s)
        except OSError as gone:
            writer.transport.abort()
            raise _named("connect", gone) from gone
        return cls(reader, writer)

    @property
    def peer(self) -> str:
        """The other end's address."""
        return str((self._writer.get_extra_info("peername") or ("",))[0])

    @property
    def is_open(self) -> bool:
        return not (self._writer.is_closing() or self._reader.at_eof())

    async def read(self, at_most: int, within_s: float) -> bytes:
        """One to `at_most` bytes, as soon as there are any."""
        try:
            async with asyncio.timeout(within_s):
                some = await self._reader.read(at_most)
        except OSError as error:
            raise _named("read", error) from error
        if not some:
            raise ConnectionError("read: end of stream")
        return some

    async def write(self, data: bytes, within_s: float) -> None:
        """All of `data`. After any error nobody knows how much of it arrived."""
        try:
            self._writer.write(data)
            async with asyncio.timeout(within_s):
                await self._writer.drain()
        except OSError as error:
            raise _named("write", error) from error

    async def close(self, cut: bool = False) -> None:
        """Let go. Never raises, may be called twice.

        `cut` resets the connection: what the other end has not taken yet is thrown away, and it
        learns at once that nobody waits any more, even if it is too busy to read.
        """
        if cut and not self._writer.is_closing():
            sock = self._writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self._writer.transport.abort()
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._writer.wait_closed()
        except OSError:  # TimeoutError is one
            self._writer.transport.abort()


@dataclass(frozen=True)
class TcpAddress:
    """`tcp://192.0.2.10:9100`."""

    host: str
    port: int

    @classmethod
    def parse(cls, address: str, usual_port: int | None = None) -> TcpAddress:
        """ValueError says what is wrong with it and what is allowed. `usual_port`: of a device that has one, where
        none is named."""
        wrong = ValueError(f"{address!r}: a TCP address is tcp://host:port")
        try:
            parts = urlsplit(address)
            host, port = parts.hostname, parts.port
        except ValueError:
            raise wrong from None
        if port is None:
            port = usual_port
        if parts.scheme != "tcp" or not host or port is None or parts.path.strip("/") or parts.query:
            raise wrong
        return cls(host, port)


class TcpListener:
    """A port on which a device dials in. `arrived` gets each connection; what becomes of it is the caller's."""

    def __init__(self, server: asyncio.Server) -> None:
        self._server = server
        self.port = int(server.sockets[0].getsockname()[1])
        """The one that was bound, where 0 asked for a free one."""

    @classmethod
    async def open(
        cls, host: str, port: int, arrived: Callable[[TcpTransport], None], gone_after_s: int = GONE_AFTER_S
    ) -> TcpListener:
        """Bind to that address of this machine and no other. ConnectionError if it can't be."""

        def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                line = TcpTransport._ready(reader, writer, gone_after_s)
            except ConnectionError:
                return  # gone before it was here
            arrived(line)

        try:
            return cls(await asyncio.start_server(accept, host, port, reuse_address=True))
        except (OSError, UnicodeError) as error:
            raise _named("listen", error) from error

    def close(self) -> None:
        """Take no more connections; those that are there stay. May be called twice."""
        self._server.close()


def _keep_alive(sock: socket.socket, gone_after_s: int) -> None:
    """With TCP_USER_TIMEOUT set it is that time, not the count of keep-alives, which ends a connection (tcp(7))."""
    every_s = gone_after_s // (KEEPALIVE_TRIES + 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, every_s)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, every_s)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, KEEPALIVE_TRIES)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * gone_after_s)


def _named(doing: str, error: Exception) -> ConnectionError | TimeoutError:
    # The kernel's ETIMEDOUT is a TimeoutError too, but it means that the peer is gone.
    if isinstance(error, TimeoutError) and error.errno is None:
        return TimeoutError(doing)
    if isinstance(error, OSError) and error.strerror:
        return ConnectionError(f"{doing}: {error.strerror}")
    return ConnectionError(f"{doing}: {type(error).__name__}")
