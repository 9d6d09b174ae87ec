"""What the virtual printer hangs on: a TCP port, a pty as serial line, or a bus of virtual USB devices.

An end is plugged in with what converses over it, and unplugged. Over TCP a conversation is one client's;
a serial line and a USB device don't know who is at the other end, nor that it has gone.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from pathlib import Path
from typing import Protocol

from hardware import virtual_server
from hardware.transport.virtual_usb import Converse, VirtualUsbDevice
from hardware.virtual_cable import Cable
from hardware.virtual_port import VirtualPort

# What a receipt printer keeps before it stops taking more, and asks the other end to do the same.
BUFFER_BYTES = 4096
BAUD = 115200
VENDOR, PRODUCT, SERIAL = 0x04B8, 0x0202, "V0000001"  # as the most common of Epson's TM series

NO_CABLE = "this printer hangs on no network: unplug it"


class End(Protocol):
    """One end. `address` is for the driver, known once it was plugged in."""

    address: str

    async def plug(self, converse: Converse) -> None: ...
    async def unplug(self) -> None: ...
    def cable(self, *, out: bool) -> None:
        """Pull the network cable, or put it back in; ValueError where there is none."""

    async def remove(self) -> None:
        """Leave nothing behind."""


class TcpEnd:
    """One client at a time: others are accepted and hear nothing."""

    def __init__(self, port: int) -> None:
        self.address = ""
        self._port = port
        self._server: asyncio.Server | None = None
        self._connections: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._turn = asyncio.Lock()
        self._cable = Cable()
        self._converse: Converse | None = None

    async def plug(self, converse: Converse) -> None:
        self._converse = converse
        # A small receive window, so that a printer that has stopped soon stops its client too.
        sock = socket.create_server(("127.0.0.1", self._port), reuse_port=False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        self._server = await asyncio.start_server(self._accept, sock=sock, limit=BUFFER_BYTES)
        self._port = sock.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"

    async def unplug(self) -> None:
        server, self._server = self._server, None
        if server is None:
            return
        await virtual_server.close(server)
        for writer in tuple(self._connections):
            writer.transport.abort()
        tasks = tuple(self._serving)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def cable(self, *, out: bool) -> None:
        self._cable.move(out, self._server, self._connections)

    async def remove(self) -> None:
        await self.unplug()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._server is None:
            writer.transport.abort()  # it came as the plug was pulled
            return
        task = asyncio.current_task()
        if task is not None:
            self._serving.add(task)
        self._connections.add(writer)
        try:
            async with self._turn:
                if self._converse is not None:
                    await self._converse(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the plug was pulled
        finally:
            self._connections.discard(writer)
            if task is not None:
                self._serving.discard(task)
            writer.close()


class SerialEnd:
    """Unplugged is the USB adapter of a serial line: the port itself goes. The kernel's buffer of a pty stands
    for the wire with which a printer says that its memory is full.
    """

    def __init__(self) -> None:
        self._port = VirtualPort()
        self.address = f"serial://{self._port.path}?baud={BAUD}"
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.ReadTransport | None = None
        self._conversation: asyncio.Task[None] | None = None

    async def plug(self, converse: Converse) -> None:
        master = self._port.plug()
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(limit=BUFFER_BYTES)
        protocol = asyncio.StreamReaderProtocol(reader)
        self._reading, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(os.dup(master), "rb", 0))
        transport, flow = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, os.fdopen(master, "wb", 0))
        self._writer = asyncio.StreamWriter(transport, flow, None, loop)
        self._conversation = asyncio.create_task(self._hold(converse, reader, self._writer), name="virtual line")

    async def _hold(self, converse: Converse, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await converse(reader, writer)

    async def unplug(self) -> None:
        task, self._conversation = self._conversation, None
        self._port.unplug()
        if self._reading is not None:
            self._reading.close()
        if self._writer is not None:
            self._writer.transport.abort()
        self._reading = self._writer = None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def cable(self, *, out: bool) -> None:
        raise ValueError(NO_CABLE)

    async def remove(self) -> None:
        await self.unplug()
        self._port.remove()


class UsbEnd(VirtualUsbDevice):
    """A printer on a bus of its own."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kiosk-usb-"))
        super().__init__(self._folder, VENDOR, PRODUCT, SERIAL)

    def cable(self, *, out: bool) -> None:
        raise ValueError(NO_CABLE)

    async def remove(self) -> None:
        await self.unplug()
        shutil.rmtree(self._folder, ignore_errors=True)


def end_on(bus: str, port: int = 0) -> End:
    """ValueError for a bus that there is none of."""
    if bus == "tcp":
        return TcpEnd(port)
    if bus == "serial":
        return SerialEnd()
    if bus == "usb":
        return UsbEnd()
    raise ValueError(f"no bus {bus!r}; there are: {', '.join(BUSES)}")


BUSES = ("tcp", "serial", "usb")
