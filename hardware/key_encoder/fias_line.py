"""What carries FIAS records: a TCP connection, or a serial line with ENQ, ACK, NAK and LRC.

Both raise OSError only: ConnectionError when the line is gone, TimeoutError when the other end takes no more.
"""

from __future__ import annotations

import asyncio
from typing import Protocol

from hardware.key_encoder.fias_wire import ACK, CHARSET, ENQ, NAK, Broken, Control, Framing, Record, encode
from hardware.transport.serial import SerialAddress, SerialLine
from hardware.transport.tcp import TcpTransport

WRITE_WITHIN_S = 3.0
REPLY_WITHIN_S = 1.5  # ENQ and a record are acknowledged by the other end's line driver, not by its server
MOST_TRIES = 3  # the serial link's own repetition of a record that came damaged, no retry of a request
READ_BYTES = 4096
_LONG_S = 3600.0


class NotTaken(TimeoutError):
    """A record was not acknowledged, however often it was sent; the line is there, and nothing half sent on it."""


class Line(Protocol):
    """Records out and in. One task reads; one task sends, and not the one that reads."""

    @property
    def noise(self) -> int: ...

    async def open(self) -> None: ...
    async def read(self) -> list[Record | Broken]: ...
    async def send(self, record: Record) -> None: ...
    async def close(self, cut: bool = False) -> None: ...


class TcpLine:
    """Bare records: TCP itself delivers whole or not at all."""

    def __init__(self, transport: TcpTransport, charset: str = CHARSET) -> None:
        self._transport = transport
        self._charset = charset
        self._framing = Framing(charset=charset)

    @property
    def noise(self) -> int:
        return self._framing.noise

    async def open(self) -> None:
        return

    async def read(self) -> list[Record | Broken]:
        """What has come; perhaps nothing that is whole yet."""
        try:
            data = await self._transport.read(READ_BYTES, _LONG_S)
        except TimeoutError:
            return []
        return [one for one in self._framing.feed(data) if not isinstance(one, Control)]

    async def send(self, record: Record) -> None:
        await self._transport.write(encode(record, charset=self._charset), WRITE_WITHIN_S)

    async def close(self, cut: bool = False) -> None:
        await self._transport.close(cut)


class SerialFiasLine:
    """ENQ – ACK – record with LRC – ACK. A record that came damaged is answered by NAK and sent again.

    Where both ends ask at the same time, this one goes first: the lock server's ENQ is answered afterwards.
    """

    def __init__(self, address: SerialAddress, charset: str = CHARSET) -> None:
        self._line = SerialLine(address)
        self._charset = charset
        self._framing = Framing(serial=True, charset=charset)
        self._replies: asyncio.Queue[Control] = asyncio.Queue()
        self._sending = False
        self._asked = False  # the other end waits for our ACK to its ENQ

    @property
    def noise(self) -> int:
        return self._framing.noise

    async def open(self) -> None:
        await self._line.open()

    async def read(self) -> list[Record | Broken]:
        chunk = await self._line.read()
        found: list[Record | Broken] = []
        for one in self._framing.feed(chunk.data) if chunk else ():
            if isinstance(one, Record):
                found.append(one)
                await self._say(ACK)
            elif isinstance(one, Broken):
                await self._say(NAK)  # it comes again: nothing is lost
            elif one is not Control.ENQ:
                self._replies.put_nowait(one)
            elif self._sending:
                self._asked = True
            else:
                await self._say(ACK)
        return found

    async def send(self, record: Record) -> None:
        data = encode(record, charset=self._charset, serial=True)
        self._sending = True
        try:
            for _ in range(MOST_TRIES):
                if await self._reply_to(bytes((ENQ,))) and await self._reply_to(data):
                    return
        finally:
            self._sending = False
            if self._asked:
                self._asked = False
                await self._say(ACK)
        raise NotTaken("the record was not acknowledged")

    async def close(self, cut: bool = False) -> None:
        await self._line.close()

    async def _reply_to(self, data: bytes) -> bool:
        """Whether it was acknowledged. What was said before is no reply."""
        while not self._replies.empty():
            self._replies.get_nowait()
        await self._line.write(data, WRITE_WITHIN_S)
        try:
            async with asyncio.timeout(REPLY_WITHIN_S):
                return await self._replies.get() is Control.ACK
        except TimeoutError:
            return False

    async def _say(self, control: int) -> None:
        await self._line.write(bytes((control,)), WRITE_WITHIN_S)
