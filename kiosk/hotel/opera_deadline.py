"""Connections that keep a wall-clock deadline.

A time-out of `requests` or urllib3 starts anew with each byte: a server that drips one byte per
half second holds a thread for hours. Here every connect, send and receive gets what is left of
the one deadline of the call, so the thread is free again when it passes, whatever the server does.
"""

from __future__ import annotations

import io
import socket
from collections.abc import Callable
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NewConnectionError


class Deadline:
    """When one call must be over, and how far it came.

    `asked` is True as soon as a byte of the request that matters may have left: before that,
    nothing can have been done at the other side.
    """

    def __init__(self, seconds: float, clock: Callable[[], float], whole: Deadline | None = None) -> None:
        self._clock = clock
        self._at = clock() + seconds
        self._whole = whole
        self._asked = False

    def part(self, *, matters: bool) -> Deadline:
        """For one request of the call: it ends when the call does, and knows of itself whether it was asked. Two
        requests of one call are on their way at once, so neither can be told by the other's."""
        part = Deadline(0, self._clock, self if matters else None)
        part._at = self._at
        return part

    @property
    def asked(self) -> bool:
        return self._asked

    @asked.setter
    def asked(self, asked: bool) -> None:
        self._asked = asked
        if asked and self._whole is not None:
            self._whole.asked = True

    @property
    def over(self) -> bool:
        return self._clock() >= self._at

    def left(self, at_least: float = 0.0) -> float:
        """Seconds left, more than `at_least`; TimeoutError when there are fewer."""
        left = self._at - self._clock()
        if left <= at_least:
            raise TimeoutError
        return left


class _Reader(io.RawIOBase):
    """What comes in, each receive with the time that is left."""

    def __init__(self, sock: Any, left: Callable[[], float]) -> None:
        self._sock = sock
        self._left = left
        # The socket's own file counts as its user: the socket stays open until this is closed,
        # as http.client expects of an answer that ends with the connection.
        self._file = sock.makefile("rb", buffering=0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._left())
        count: int | None = self._file.readinto(buffer)
        return count

    def close(self) -> None:
        self._file.close()
        super().close()


class TimedSocket:
    """A connected socket (plain or TLS) whose sends and receives end by the deadline."""

    def __init__(self, sock: Any, left: Callable[[], float]) -> None:
        self._sock = sock
        self._left = left

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._left())  # sendall's time-out is for all of it
        self._sock.sendall(data)

    def makefile(self, mode: str, *_: Any, **__: Any) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._left))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class DeadlineAdapter(HTTPAdapter):
    """`requests` over one connection at a time, kept alive; `deadline` is set before each request."""

    deadline: Deadline

    def __init__(self) -> None:
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def forget_connection(self) -> None:
        """The next request opens a new one: on a kept one, the other side may be hanging up just now."""
        self.poolmanager.clear()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[no-untyped-call, unused-ignore]
        adapter = self

        class Timed(HTTPConnection):
            """Opens, sends and receives by the adapter's deadline of the moment."""

            def _new_conn(self) -> socket.socket:
                return _connected(self, adapter.deadline)

            def connect(self) -> None:
                super().connect()
                sock: Any = TimedSocket(self.sock, lambda: adapter.deadline.left())
                self.sock = sock

            def send(self, data: Any) -> None:
                if self.sock is None:
                    self.connect()
                adapter.deadline.asked = True
                super().send(data)

        class Plain(Timed):
            pass

        class Tls(Timed, HTTPSConnection):
            pass

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class TlsPool(HTTPSConnectionPool):
            ConnectionCls = Tls

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": TlsPool}


def _connected(connection: HTTPConnection, deadline: Deadline) -> socket.socket:
    """Connect to the host's first address that answers, sharing what is left among them."""
    failure: OSError = OSError("no address")
    try:
        found = socket.getaddrinfo(connection.host, connection.port, type=socket.SOCK_STREAM)
        for index, (family, kind, protocol, _, address) in enumerate(found):
            sock = socket.socket(family, kind, protocol)
            try:
                sock.settimeout(deadline.left() / (len(found) - index))
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.connect(address)
                return sock
            except OSError as error:
                sock.close()
                failure = error
    except OSError as error:
        failure = error
    raise NewConnectionError(connection, type(failure).__name__)
