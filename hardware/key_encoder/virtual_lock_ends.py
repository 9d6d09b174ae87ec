"""The wire of the virtual lock server: a TCP port, a connection that it dials itself, or a pty.

Each gives whole records and takes whole records; what came damaged is `Broken` on TCP and is asked
for again on the pty (NAK). On the pty the property's side goes first when both ask at once.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Protocol

from hardware.key_encoder.fias_wire import ACK, ENQ, NAK, Broken, Control, Framing, Record, encode
from hardware.virtual_serial import VirtualSerial

REPLY_WITHIN_S = 1.0
MOST_TRIES = 5

Took = Callable[["Wire", Record | Broken], None]


class Wire(Protocol):
    """One connection, while it lasts."""

    async def say(self, record: Record, *, damaged: bool = False) -> None: ...
    def raw(self, data: bytes) -> None: ...
    def cut(self) -> None: ...


class TcpWire:
    """`lost` is called once when the connection is no more."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, took: Took) -> None:
        self._reader = reader
        self.writer = writer
        self._took = took
        self._framing = Framing()

    async def serve(self) -> None:
        """Until it is closed."""
        try:
            while data := await self._reader.read(4096):
                for one in self._framing.feed(data):
                    if not isinstance(one, Control):
                        self._took(self, one)
        except ConnectionError:
            pass
        finally:
            self.writer.close()

    async def say(self, record: Record, *, damaged: bool = False) -> None:
        data = encode(record)
        self.raw(data.replace(b"|", b"\x01", 1) if damaged else data)

    def raw(self, data: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(data)

    def cut(self) -> None:
        """What was sent still goes out; then it is closed."""
        self.writer.close()


class PtyWire(VirtualSerial):
    """The serial line: its plug, and FIAS's link layer instead of a scanner's questions."""

    def __init__(self, took: Took) -> None:
        super().__init__()
        self._took = took
        self._framing = Framing(serial=True)
        self._replies: asyncio.Queue[Control] = asyncio.Queue()
        self._turn = asyncio.Lock()
        self._idle = asyncio.Event()  # the property's side is not about to send
        self._idle.set()

    def _hear(self) -> None:
        if self._master is None:
            return
        try:
            data = os.read(self._master, 4096)
        except OSError:
            return
        for one in self._framing.feed(data):
            if isinstance(one, Record):
                self.raw(bytes((ACK,)))
                self._idle.set()
                self._took(self, one)
            elif isinstance(one, Broken):
                self.raw(bytes((NAK,)))
            elif one is Control.ENQ:
                self._idle.clear()
                self.raw(bytes((ACK,)))
            else:
                self._replies.put_nowait(one)

    async def say(self, record: Record, *, damaged: bool = False) -> None:
        """ENQ, ACK, record, ACK. ConnectionError if nobody acknowledges it."""
        data = encode(record, serial=True)
        async with self._turn:
            for attempt in range(MOST_TRIES):
                await self._quiet()
                if not await self._reply_to(bytes((ENQ,))):
                    continue
                spoilt = damaged and attempt == 0
                if await self._reply_to(data[:-1] + bytes((data[-1] ^ 0x55,)) if spoilt else data):
                    return
        raise ConnectionError("nobody acknowledges")

    async def _quiet(self) -> None:
        try:
            async with asyncio.timeout(REPLY_WITHIN_S):
                await self._idle.wait()
        except TimeoutError:
            self._idle.set()  # it asked and then sent nothing

    async def _reply_to(self, data: bytes) -> bool:
        while not self._replies.empty():
            self._replies.get_nowait()
        self.raw(data)
        try:
            async with asyncio.timeout(REPLY_WITHIN_S):
                return await self._replies.get() is Control.ACK
        except TimeoutError:
            return False

    def raw(self, data: bytes) -> None:
        if self._master is not None:
            try:
                os.write(self._master, data)
            except OSError:
                return  # a full line loses it, as a real one does

    def cut(self) -> None:
        self.unplug()
