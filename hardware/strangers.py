"""What answers where somebody typed the wrong address: a computer on the network, another device on the line."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from hardware import virtual_server
from hardware.virtual_serial import VirtualSerial

BANNER = b"SSH-2.0-something\r\n"


class Stranger(Protocol):
    """Something else on a wire."""

    async def address(self) -> str: ...
    async def stop(self) -> None: ...


class TcpStranger(Stranger):
    """Greets, as many servers do, and listens."""

    def __init__(self) -> None:
        self._server: asyncio.Server | None = None
        self._greeted: set[asyncio.StreamWriter] = set()

    async def address(self) -> str:
        """Where it is, started if it was not."""
        if self._server is None:
            self._server = await asyncio.start_server(self._greet, "127.0.0.1", 0)
        return f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            await virtual_server.close(server)
            for writer in tuple(self._greeted):
                writer.transport.abort()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()  # it came as this ended
            return
        self._greeted.add(writer)
        writer.write(BANNER)
        try:
            await reader.read()
        except ConnectionError:
            return
        finally:
            self._greeted.discard(writer)
            writer.close()


class SerialStranger(Stranger):
    """Answers every question by noise."""

    def __init__(self) -> None:
        self._device: VirtualSerial | None = None

    async def address(self) -> str:
        if self._device is None:
            self._device = VirtualSerial()
            await self._device.start()
            await self._device.do("babble")
        return self._device.address

    async def stop(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            await device.stop()


STRANGERS: Mapping[str, type[Stranger]] = {"tcp": TcpStranger, "serial": SerialStranger}
