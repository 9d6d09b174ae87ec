"""A TCP connection to a device: open, read, write, close, each within its time; nothing else.

Whatever asyncio and the kernel raise comes out as one of two: ConnectionError – refused,
unreachable, closed by the other end – or TimeoutError: late, and perhaps still there.
Deadlines are `asyncio.timeout`: Python 3.11's `wait_for` may swallow a cancellation.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import socket
import struct
import termios
from asyncio.trsock import TransportSocket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

# A peer that lost its power or its cable says nothing: after so long without an acknowledgement the kernel
# calls it gone. A printer that is busy feeding may acknowledge late; a peer that always reads is given less.
GONE_AFTER_S = 20
WATCHED_GONE_AFTER_S = 4
# Where nothing is on its way the kernel asks the peer by a keep-alive, which its kernel acknowledges, and says what
# room there is, however busy the device itself may be. Many small printers have one CPU: each may be lost or late.
KEEPALIVE_EVERY_S = 1
ROOM_LOOK_S = 0.01  # how often to look whether the peer has made room, while it has none
# A connection that won't close in order within this is cut.
CLOSE_WITHIN_S = 0.5

# struct tcp_info (linux/tcp.h): tcpi_last_data_recv and tcpi_last_ack_recv in ms, tcpi_snd_wnd in bytes (Linux 5.4).
_INFO_BYTES = 232
_LAST_HEARD, _LAST_HEARD_AT = struct.Struct("=2I"), 52
_WINDOW, _WINDOW_AT = struct.Struct("=I"), 228
_INT = struct.Struct("=i")
_ANY = 1 << 30


class TcpTransport:
    """One connection. `write` returns when the kernel has taken every byte, not when they arrived.

    The kernel gets no more than the peer has room for. What waits for room would keep it from asking by
    keep-alives: it would ask by window probes, more and more rarely, and soon nobody knew whether the peer is there.
    """

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

    @property
    def unheard_s(self) -> float | None:
        """How long nothing has come from the peer's kernel, which is asked every second. None: it is not open."""
        if self._writer.is_closing():
            return None
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
        return float(min(_LAST_HEARD.unpack_from(info, _LAST_HEARD_AT))) / 1000

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
        left = memoryview(data)
        try:
            async with asyncio.timeout(within_s):
                while left:
                    room = self._room()
                    if room > 0:
                        self._writer.write(left[:room])
                        left = left[room:]
                        await self._writer.drain()
                    elif self._reader.at_eof():
                        raise ConnectionResetError(errno.ECONNRESET, "closed by the other end")  # it makes none any more
                    else:
                        await asyncio.sleep(ROOM_LOOK_S)
        except OSError as error:
            raise _named("write", error) from error

    def _room(self) -> int:
        """How many bytes the peer takes now, beyond those on their way to it."""
        if self._writer.is_closing():
            return _ANY  # the write says why
        info = self._socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
        (window,) = _WINDOW.unpack_from(info, _WINDOW_AT)
        (on_their_way,) = _INT.unpack(fcntl.ioctl(self._socket.fileno(), termios.TIOCOUTQ, bytes(_INT.size)))
        return int(window - on_their_way)

    @property
    def _socket(self) -> TransportSocket:
        sock: TransportSocket = self._writer.get_extra_info("socket")
        return sock

    async def close(self, cut: bool = False) -> None:
        """Let go. Never raises, may be called twice.

        `cut` resets the connection: what the other end has not taken yet is thrown away, and it
        learns at once that nobody waits any more, even if it is too busy to read.
        """
        if cut and not self._writer.is_closing():
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
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
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, KEEPALIVE_EVERY_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, KEEPALIVE_EVERY_S)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1000 * gone_after_s)


def _named(doing: str, error: Exception) -> ConnectionError | TimeoutError:
    # The kernel's ETIMEDOUT is a TimeoutError too, but it means that the peer is gone.
    if isinstance(error, TimeoutError) and error.errno is None:
        return TimeoutError(doing)
    if isinstance(error, OSError) and error.strerror:
        return ConnectionError(f"{doing}: {error.strerror}")
    return ConnectionError(f"{doing}: {type(error).__name__}")
