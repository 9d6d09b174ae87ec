"""A network cable that is pulled: nothing arrives any more, nothing is refused, nobody says goodbye.

Other than closing a port, this is what a switch that lost its power or a cut cable looks like. The kernel
drops each packet for a socket whose filter takes none (socket(7), SO_ATTACH_FILTER: a classic BPF program of
one instruction, `ret #0`), acknowledgements included; for that no rights are needed.
"""

from __future__ import annotations

import ctypes
import struct
from asyncio import Server, StreamWriter
from asyncio.trsock import TransportSocket
from collections.abc import Iterable
from socket import SOL_SOCKET, socket

_SO_ATTACH_FILTER, _SO_DETACH_FILTER = 26, 27  # linux/include/uapi/asm-generic/socket.h
_TAKE_NOTHING = struct.pack("HBBI", 0x06, 0, 0, 0)  # BPF_RET | BPF_K, 0 (linux/filter.h)


def pull(sock: socket | TransportSocket) -> None:
    """From now on nothing reaches this socket; one that listens hears nobody dial."""
    code = ctypes.create_string_buffer(_TAKE_NOTHING)
    sock.setsockopt(SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(code)))


def put_back(sock: socket | TransportSocket) -> None:
    sock.setsockopt(SOL_SOCKET, _SO_DETACH_FILTER, 0)


class Cable:
    """Of one virtual device: its port and its connections."""

    def __init__(self) -> None:
        self._out: list[socket | TransportSocket] = []

    def move(self, out: bool, server: Server | None, connections: Iterable[StreamWriter]) -> None:
        """Pull it, or put it back. Who was connected before has been missed meanwhile by both ends."""
        if out and not self._out:
            self._out = list(server.sockets) if server is not None else []
            for writer in connections:
                if (sock := writer.get_extra_info("socket")) is not None and not writer.is_closing():
                    self._out.append(sock)
            for sock in self._out:
                pull(sock)
        elif not out:
            mine, self._out = self._out, []
            for sock in mine:
                if sock.fileno() >= 0:
                    put_back(sock)
            for writer in tuple(connections):
                writer.transport.abort()
