"""Serial lines – RS-232, USB-CDC, a pty: open, read, write, close, deadlines; nothing else.

The only file that imports pyserial, and only when a line is opened. pyserial blocks, so each
open line has one worker thread of its own; `cancel_read()` wakes it for a write or the end.
What pyserial, termios and the kernel raise comes out as OSError: FileNotFoundError and
PermissionError on opening, ConnectionError when the line breaks, TimeoutError when it is late.
"""

from __future__ import annotations

import asyncio
import errno
import os
import select
import termios
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from hardware.transport.line import Chunk, Chunks

if TYPE_CHECKING:
    import serial

OPEN_WITHIN_S = 3.0  # a USB port that the kernel is still setting up takes about one second
WRITE_WITHIN_S = 2.0
CLOSE_WITHIN_S = 2.0
LOOK_S = 0.05  # while a device takes nothing: how soon an end is noticed
FOREIGN = (OSError, ValueError, termios.error)  # all that pyserial raises: SerialException is an OSError
BAUDS = (300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600)
FLOWS = ("none", "rtscts", "xonxoff")


@dataclass(frozen=True)
class SerialAddress:
    """`serial:///dev/ttyACM0?baud=9600&bits=8&parity=N&stop=1&flow=none` (these are the defaults).

    `flow`: how the device says that its memory is full: `rtscts` by a wire, `xonxoff` by a byte.
    """

    path: str
    baud: int = 9600
    bits: int = 8
    parity: str = "N"  # N, E, O
    stop: int = 1
    flow: str = "none"

    @property
    def bytes_per_s(self) -> float:
        """With start and stop bits, and the parity's."""
        return self.baud / (1 + self.bits + self.stop + (self.parity != "N"))

    @classmethod
    def parse(cls, address: str) -> SerialAddress:
        """ValueError says what is wrong with it and what is allowed."""
        parts = urlsplit(address)
        if parts.scheme != "serial" or parts.netloc or not parts.path.startswith("/"):
            raise ValueError(f"{address!r}: a serial address is serial:///dev/ttyX?baud=9600")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        allowed: dict[str, tuple[str, ...]] = {
            "baud": tuple(map(str, BAUDS)), "bits": ("7", "8"), "parity": ("N", "E", "O"), "stop": ("1", "2"),
            "flow": FLOWS,
        }  # fmt: skip
        for key, value in options.items():
            if key not in allowed:
                raise ValueError(f"{address!r}: unknown {key!r}; allowed: {', '.join(allowed)}")
            if value not in allowed[key]:
                raise ValueError(f"{address!r}: {key}={value}; allowed: {', '.join(allowed[key])}")
        return cls(
            parts.path,
            int(options.get("baud", "9600")),
            int(options.get("bits", "8")),
            options.get("parity", "N"),
            int(options.get("stop", "1")),
            options.get("flow", "none"),
        )


@dataclass
class _Write:
    data: bytes
    within_s: float
    done: asyncio.Future[None]


class SerialLine:
    """One open line. One reader at a time; writes may come from any task of the same loop."""

    def __init__(self, address: SerialAddress) -> None:
        self.address = address
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._port: serial.Serial | None = None
        self._chunks = Chunks()
        self._writes: deque[_Write] = deque()
        self._closing = threading.Event()
        self._waking = threading.Lock()  # a port is not woken and closed at the same time
        self._cut = False
        self.taken = 0
        """Bytes that have left; once it is closed, without those that never did."""
        self._opened: asyncio.Future[None] | None = None
        self._ended: asyncio.Future[None] | None = None

    @property
    def broken(self) -> OSError | None:
        """Why the line is no more, as soon as the worker has seen it; None while it is open."""
        return self._chunks.broken

    async def open(self, within_s: float = OPEN_WITHIN_S) -> None:
        """Open it; what was sent before is thrown away. A line object is opened once."""
        if self._thread is not None:
            raise RuntimeError("a SerialLine is opened once")
        self._loop = asyncio.get_running_loop()
        self._opened, self._ended = self._loop.create_future(), self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name=f"serial {self.address.path}", daemon=True)
        self._thread.start()
        try:
            async with asyncio.timeout(within_s):
                await asyncio.shield(self._opened)
        except BaseException:
            await self.close()
            raise

    async def read(self, within_s: float | None = None) -> Chunk | None:
        """The next bytes; None if none came in that time. ConnectionError once the line is broken."""
        return await self._chunks.next(within_s)

    async def write(self, data: bytes, within_s: float = WRITE_WITHIN_S) -> None:
        """Hand all of `data` to the kernel."""
        if self.broken is not None:
            raise self.broken
        if self._loop is None or self._port is None:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the line is not open")
        job = _Write(data, within_s, self._loop.create_future())
        self._writes.append(job)
        self._wake()
        try:
            async with asyncio.timeout(within_s):  # wait_for() can swallow a cancellation before Python 3.12
                await job.done
        except TimeoutError:
            if job.done.cancelled() or job.done.exception():
                raise  # else it went out in time, and this loop was late to look

    async def close(self, cut: bool = False) -> None:
        """Let go of the line and wait for the worker's end. Never raises, may be called twice.

        `cut`: what the kernel has not sent yet is thrown away.
        """
        self._cut = self._cut or cut
        self._closing.set()
        self._wake()
        if self._ended is None:
            return
        # A worker stuck in the kernel's open() ends by itself later: it is a daemon and sees `_closing`.
        await asyncio.wait({self._ended}, timeout=CLOSE_WITHIN_S)
        if self._opened is not None and self._opened.done() and not self._opened.cancelled():
            self._opened.exception()
        if self._ended.done() and self._thread is not None:
            self._thread.join(CLOSE_WITHIN_S)

    def _wake(self) -> None:
        """End the worker's waiting for bytes. Not while it closes the port: its pipe would be another's by then."""
        with self._waking:
            if self._port is not None:
                self._port.cancel_read()

    # --- the worker thread -------------------------------------------------------------------

    def _work(self) -> None:
        import serial

        why: OSError = ConnectionAbortedError(errno.ECONNABORTED, "the line was closed")
        port = None
        try:
            port = serial.Serial(
                self.address.path,
                self.address.baud,
                bytesize=self.address.bits,
                parity=self.address.parity,
                stopbits=self.address.stop,
                rtscts=self.address.flow == "rtscts",
                xonxoff=self.address.flow == "xonxoff",
                timeout=None,
                exclusive=True,
            )
            self._port = port
            self._tell(lambda: self._settle(self._opened, None))
            self._serve(port)
            if self._cut and (unsent := port.out_waiting):
                port.reset_output_buffer()
                self.taken -= unsent
        except FOREIGN as foreign:
            why = ours(foreign, opening=port is None)
        finally:
            with self._waking:
                self._port = None
            if port is not None:
                port.close()
            self._tell(lambda: self._end(why))

    def _serve(self, port: serial.Serial) -> None:
        while not self._closing.is_set():
            while self._writes:
                self._write(port, self._writes.popleft())
            first = port.read(1)
            if first:
                at_s = monotonic()
                chunk = Chunk(first + port.read(port.in_waiting), at_s)
                self._tell(lambda chunk=chunk: self._chunks.put(chunk))  # type: ignore[misc]

    def _write(self, port: serial.Serial, job: _Write) -> None:
        if job.done.cancelled():
            return
        try:
            self._put(port.fileno(), job)
        except TimeoutError as late:
            closed = ConnectionAbortedError(errno.ECONNABORTED, "the line was closed")
            said = closed if self._closing.is_set() else late
            self._tell(lambda: self._settle(job.done, said))
        except OSError as foreign:
            broken = ours(foreign, opening=False)
            self._tell(lambda: self._settle(job.done, broken))
            raise
        else:
            self._tell(lambda: self._settle(job.done, None))

    def _put(self, line: int, job: _Write) -> None:
        """Not pyserial's write(): while a device that has stopped takes nothing, that one asks the kernel
        without a pause, and can't be called off."""
        ends_s, left = monotonic() + job.within_s, job.data
        while left:
            _, ready, _ = select.select([], [line], [], min(LOOK_S, max(0.0, ends_s - monotonic())))
            if self._closing.is_set() or job.done.cancelled():
                raise TimeoutError(errno.ECANCELED, "called off")
            if ready:
                with suppress(BlockingIOError):
                    count = os.write(line, left)
                    left, self.taken = left[count:], self.taken + count
                    continue
                self._closing.wait(LOOK_S)  # writable, and yet full: a pty is so
            if monotonic() >= ends_s:
                raise TimeoutError(errno.ETIMEDOUT, "the line takes no more bytes")

    def _tell(self, what: Callable[[], object]) -> None:
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    # --- back on the loop's thread -----------------------------------------------------------

    def _end(self, why: OSError) -> None:
        self._chunks.end(why)
        self._settle(self._opened, why)
        for job in self._writes:
            self._settle(job.done, why)
        self._writes.clear()
        self._settle(self._ended, None)

    @staticmethod
    def _settle(future: asyncio.Future[None] | None, error: OSError | None) -> None:
        if future is None or future.done():
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


class SerialTransport:
    """The same line in the shape of TcpTransport (`line.py`): bytes, ConnectionError, TimeoutError."""

    def __init__(self, line: SerialLine) -> None:
        self._line = line
        self._kept = b""

    @classmethod
    async def open(cls, address: SerialAddress, within_s: float) -> SerialTransport:
        line = SerialLine(address)
        try:
            await line.open(within_s)
        except FileNotFoundError as missing:
            raise ConnectionError(f"open: {missing.strerror}") from missing
        return cls(line)

    async def read(self, at_most: int, within_s: float) -> bytes:
        if not self._kept:
            chunk = await self._line.read(within_s)
            if chunk is None:
                raise TimeoutError("read")
            self._kept = chunk.data
        some, self._kept = self._kept[:at_most], self._kept[at_most:]
        return some

    async def write(self, data: bytes, within_s: float) -> None:
        await self._line.write(data, within_s)

    async def close(self, cut: bool = False) -> None:
        await self._line.close(cut)

    @property
    def taken(self) -> int:
        """Bytes that have left since it was opened; exact once it is closed."""
        return self._line.taken

    @property
    def broke(self) -> bool:
        """Whether the port itself went."""
        return isinstance(self._line.broken, ConnectionResetError)


def ours(foreign: Exception, *, opening: bool) -> OSError:
    """A foreign exception as one of the four that callers know."""
    number = getattr(foreign, "errno", None) or 0
    if opening:
        if number in (errno.ENOENT, errno.ENXIO, errno.ENODEV):
            return FileNotFoundError(number, "no such port")
        if number in (errno.EACCES, errno.EPERM):
            return PermissionError(number, "no right to open the port: is the user in group dialout?")
        if number in (errno.EAGAIN, errno.EBUSY):
            return ConnectionRefusedError(errno.EBUSY, "another program has the port")
        return ConnectionRefusedError(number or errno.EIO, f"the port can't be opened ({type(foreign).__name__})")
    return ConnectionResetError(number or errno.EIO, "the line broke")
