"""Between kiosk and printer: all goes through, until the power is to be cut at a slip."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from hardware.printer.virtual_parser import Command, Parser
from tests.faults.power_cut.gateway import When


class PaperLine:
    """`address` is for the kiosk; `to` is the printer's."""

    def __init__(self) -> None:
        self.address = ""
        self.to = ""
        self._cut: tuple[When, Callable[[], None]] | None = None
        self._knife = False
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.address = f"tcp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()

    def cut_at_slip(self, when: When, cut: Callable[[], None]) -> None:
        """Before: as soon as the slip begins, of which the printer gets nothing. After: the slip lies
        in the tray, and what the printer says of it is not heard any more."""
        self._cut, self._knife = (when, cut), False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        where = urlsplit(self.to)
        printer_says, to_printer = await asyncio.open_connection(where.hostname, where.port)
        ways = [
            asyncio.ensure_future(self._there(reader, to_printer)),
            asyncio.ensure_future(self._back(printer_says, writer)),
        ]
        self._tasks.update(ways)
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        self._tasks.difference_update(ways)
        writer.close()
        to_printer.close()

    async def _there(self, reader: asyncio.StreamReader, to_printer: asyncio.StreamWriter) -> None:
        parser = Parser()
        while data := await reader.read(65536):
            names = {found.name for found in parser.feed(data) if isinstance(found, Command)}
            if self._cut and self._cut[0] is When.BEFORE and "ESC @" in names:
                self._now()
                return
            to_printer.write(data)
            await to_printer.drain()
            self._knife = self._knife or "GS V" in names

    async def _back(self, printer_says: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await printer_says.read(65536):
            if self._cut and self._knife:
                self._now()
                return
            writer.write(data)
            await writer.drain()

    def _now(self) -> None:
        if self._cut is not None:
            cut, self._cut = self._cut[1], None
            cut()
