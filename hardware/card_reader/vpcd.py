"""A virtual reader's pad behind the real pcscd: the card's side of vpcd's protocol.

vpcd (Debian: vsmartcard-vpcd) listens for a card on one TCP port per slot. A card that is laid
down connects, one that is lifted hangs up. Frames are a 2-byte big-endian length and data. Length
1 is control: 0 off, 1 on, 2 reset, 4 asks for the ATR; only the last is answered. All else is a
command APDU; pseudo-APDUs (FF …) come through as they are, so the reader's firmware answers here.

vpcd's other way, dialling out to the card, is of no use with the version in Debian 12: as soon as
the card hangs up, it passes the missing listening socket to FD_SET and pcscd is aborted.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable

from hardware.card_reader.virtual import VirtualReader
from hardware.transport.pcsc import CardLifted

OFF, ON, RESET, GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"


class VpcdLink:
    """Carries `reader`'s pad to the vpcd slot that listens on 127.0.0.1:`port`."""

    def __init__(self, reader: VirtualReader, port: int) -> None:
        self.reader = reader
        self.port = port
        self._tell: Callable[[], None] | None = None
        self._stay: asyncio.Task[None] | None = None
        self._count = -1  # which stay of which card `_stay` serves

    async def start(self) -> None:
        """Serve what lies on the pad from now on. vpcd must be listening."""
        loop = asyncio.get_running_loop()

        def tell() -> None:
            loop.call_soon_threadsafe(self._changed)

        self._tell = tell
        self.reader.watchers.append(tell)
        self._changed()

    async def stop(self) -> None:
        """May be called twice, and before it was started."""
        if self._tell is not None:
            self.reader.watchers.remove(self._tell)
            self._tell = None
        self._count = -1
        if self._stay is not None:
            self._stay.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._stay
            self._stay = None

    async def stayed(self) -> None:
        """Until the card that is served now is lifted, or pcscd has ended or never listened."""
        if self._stay is not None:
            await asyncio.wait({self._stay})

    def _changed(self) -> None:
        presence = self.reader.presence()
        if presence.count == self._count:
            return
        if self._stay is not None:
            self._stay.cancel()
            self._stay = None
        self._count = presence.count
        if presence.card:
            self._stay = asyncio.create_task(self._serve())

    async def _serve(self) -> None:
        """One stay of one card."""
        try:
            commands, answers = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            return  # pcscd is not there
        try:
            while True:
                _acknowledge_at_once(answers)
                size = int.from_bytes(await commands.readexactly(2), "big")
                answer = self._answer(await commands.readexactly(size))
                if answer is not None:
                    await asyncio.sleep(self.reader.took_s)
                    answers.write(len(answer).to_bytes(2, "big") + answer)
                    await answers.drain()
        except (asyncio.IncompleteReadError, ConnectionError, CardLifted):
            pass  # pcscd ended, or the card went in the middle of a command
        finally:
            answers.close()

    def _answer(self, command: bytes) -> bytes | None:
        if command == GET_ATR:
            return self.reader.presence().atr
        if command in (ON, RESET):
            self.reader.reset()
        if command in (ON, RESET, OFF):
            return None
        return self.reader.answer(command)


def _acknowledge_at_once(line: asyncio.StreamWriter) -> None:
    """vpcd sends length and data apart, and Nagle holds the data until the length is acknowledged."""
    line.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
