"""How the kiosk and a lock server meet: one dials, the other listens, or they share a serial line."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from time import monotonic

from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.key_encoder.fias_line import Line, SerialFiasLine, TcpLine
from hardware.key_encoder.fias_link import Link, Nonsense, first_of
from hardware.key_encoder.fias_options import Options
from hardware.key_encoder.fias_requests import Requests
from hardware.transport.tcp import WATCHED_GONE_AFTER_S, TcpListener, TcpTransport

# Every wait, and why it is so long.
CONNECT_WITHIN_S = 3.0  # a server in the same building
ARRIVE_WITHIN_S = 3.0  # a lock server that dials does so every few seconds; the port stays open between two looks
START_WITHIN_S = 5.0  # LD, a dozen LR and LA; some pause between each
ALIVE_EVERY_S = 1.0  # how old a sign of life may be before the server is asked: so it is at each look, by some 40 bytes
ALIVE_WITHIN_S = 3.0  # LA is said by what keeps the link, and needs no encoder; with the look before it, within 5 s


class Connection:
    """The one link that is good now, however it came about. Raises DeviceErrors of the encoder `name`."""

    def __init__(self, name: str, options: Options, requests: Requests) -> None:
        self.on_loss: Callable[[], None] = lambda: None
        """Called when the link ends."""
        self.strangers = 0
        """Who dialled in and was not the lock server."""
        self._name = name
        self._options = options
        self._requests = requests
        self._swap = asyncio.Lock()
        self._link: Link | None = None
        self._listener: TcpListener | None = None
        self._arrived = asyncio.Event()
        self._arrivals: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Connect, or wait for the lock server to; then LS … LA. DeviceSilent where no LA comes."""
        if self._options.listen:
            await self._be_there()
        else:
            await self.close()
            await self._begin(await self._connect())
        link = self.live()
        try:
            async with asyncio.timeout(START_WITHIN_S):
                await first_of(link.up, link.ended)
        except TimeoutError:
            await self._let_go()
            raise DeviceSilent(self._name, Fault.KEY_ENCODER_SILENT, "no LA to our LS") from None
        if link.trouble is not None:
            trouble = self.error(link.trouble)
            await self._let_go()
            raise trouble

    async def close(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        for task in tuple(self._arrivals):
            task.cancel()
        await self._let_go()

    def live(self) -> Link:
        link = self._link
        if link is None:
            raise DeviceGone(self._name, Fault.KEY_ENCODER_GONE, "not open")
        if link.trouble is not None:
            raise self.error(link.trouble)
        return link

    async def heard_lately(self) -> Link:
        """The link, by its last sign of life; asked by LS where that is older than 1 s. DeviceSilent where it is down."""
        link = self.live()
        if link.heard_s is None or monotonic() - link.heard_s > ALIVE_EVERY_S:
            try:
                await link.ask_alive(ALIVE_WITHIN_S)
            except OSError as trouble:
                raise self.error(trouble) from trouble
        if not link.up.is_set():
            why = "it has ended the link (LE)" if link.closed_by_server else "the link has not begun"
            raise DeviceSilent(self._name, Fault.KEY_ENCODER_SILENT, why)
        return link

    async def answers(self) -> bool | None:
        """Beside a request: whether anything comes to our LS. None: there is no link to say it on, and the request ends by that."""
        link = self._link
        if link is None or not link.up.is_set():
            return None
        try:
            await link.ask_alive(ALIVE_WITHIN_S)
        except TimeoutError:
            return False
        except OSError:
            return None
        return True

    def replaced(self, link: Link) -> bool:
        """Whether a newer connection is there in its place."""
        return self._link not in (link, None)

    @property
    def port(self) -> int:
        """The one at which a lock server may dial in; 0 where none can."""
        return self._listener.port if self._listener is not None else 0

    @property
    def linked(self) -> bool:
        """Whether requests can be made now."""
        return self._link is not None and self._link.up.is_set()

    @property
    def broken(self) -> bool:
        """Whether the connection has been lost, and the next call will say so."""
        return self._link is not None and self._link.ended.is_set()

    def error(self, trouble: OSError) -> DeviceError:
        why = trouble.strerror or str(trouble)
        if isinstance(trouble, Nonsense):
            return DeviceNonsense(self._name, Fault.KEY_ENCODER_NONSENSE, why)
        if isinstance(trouble, PermissionError):
            return DeviceMissetup(self._name, Fault.BAD_ADDRESS, why)
        if isinstance(trouble, TimeoutError):
            return DeviceSilent(self._name, Fault.KEY_ENCODER_SILENT, why or "no answer")
        return DeviceGone(self._name, Fault.KEY_ENCODER_GONE, why)

    async def _be_there(self) -> None:
        """The port is opened once and stays; whoever dialled meanwhile is the link."""
        if self._listener is None:
            try:
                self._listener = await TcpListener.open(
                    self._options.host, self._options.port, self._came, WATCHED_GONE_AFTER_S
                )
            except OSError as wrong:
                raise DeviceMissetup(self._name, Fault.BAD_ADDRESS, str(wrong)) from wrong
        if self._link is not None and self._link.ended.is_set():
            await self._let_go()
        if self._link is None:
            self._arrived.clear()
            try:
                async with asyncio.timeout(ARRIVE_WITHIN_S):
                    await self._arrived.wait()
            except TimeoutError:
                raise DeviceGone(self._name, Fault.KEY_ENCODER_GONE, "no lock server has dialled in") from None

    def _came(self, transport: TcpTransport) -> None:
        if self._options.server not in ("", transport.peer):
            self.strangers += 1
            task = asyncio.get_running_loop().create_task(transport.close(cut=True))
        else:
            task = asyncio.get_running_loop().create_task(self._take_over(transport))
        self._arrivals.add(task)
        task.add_done_callback(self._arrivals.discard)

    async def _take_over(self, transport: TcpTransport) -> None:
        """A newer connection replaces the older."""
        try:
            async with self._swap:
                await self._begin(TcpLine(transport, self._options.charset))
        except asyncio.CancelledError:
            await transport.close(cut=True)
            raise
        except DeviceError:
            return  # gone again already: the next one counts
        self._arrived.set()

    async def _begin(self, line: Line) -> None:
        link = Link(line, lambda: self._options.local(datetime.now(UTC)), self._requests.heard)
        link.on_end = self.on_loss
        older, self._link = self._link, link
        if older is not None:
            await older.close(cut=True)
        try:
            await link.start()
        except OSError as trouble:
            await self._let_go()
            raise self.error(trouble) from trouble

    async def _connect(self) -> Line:
        options = self._options
        if options.serial is not None:
            return SerialFiasLine(options.serial, options.charset)
        try:
            transport = await TcpTransport.open(options.host, options.port, CONNECT_WITHIN_S, WATCHED_GONE_AFTER_S)
        except OSError as gone:
            raise DeviceGone(self._name, Fault.KEY_ENCODER_GONE, str(gone)) from gone
        return TcpLine(transport, options.charset)

    async def _let_go(self) -> None:
        link, self._link = self._link, None
        if link is not None:
            await link.close(cut=self._requests.waits)
