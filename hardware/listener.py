"""What scanners and swipe readers share: they speak when a person did something, and are listened to.

Whether such a device lives is known when it has just read something. Before the first reading its state is
UNKNOWN without a fault: the wire is there, nobody knows more.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from time import monotonic
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from hardware.driver import DeviceSettings, Driver, Emit
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceSilent, Fault
from hardware.readings import DeviceEvent, Reading, State, Status
from hardware.transport.line import Chunk


class Framing(Protocol):
    """Bytes → things read; the wire files' classes."""

    noise: int

    @property
    def waits_s(self) -> float | None: ...

    def feed(self, data: bytes, at_s: float) -> list[Any]: ...

    def quiet(self) -> list[Any]: ...


class Line(Protocol):
    """A transport that gives what comes, when it came. OSErrors as of its file."""

    @property
    def broken(self) -> OSError | None: ...

    async def open(self) -> None: ...
    async def read(self, within_s: float | None = None) -> Chunk | None: ...
    async def close(self) -> None: ...


LineT = TypeVar("LineT", bound=Line)


class Listener(Driver, Generic[LineT]):
    """A driver that listens. A subclass gives the line and the framing, and says what was read."""

    GONE: ClassVar[Fault]
    SILENT: ClassVar[Fault]

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        self.framing = self.new_framing()
        self.read = 0  # things read since the kiosk started
        self._line: LineT | None = None
        self._listening: asyncio.Task[None] | None = None
        self._proven_s: float | None = None
        self._fed_s = 0.0  # when a person's bytes came; what else comes does not break the quiet after them

    @abstractmethod
    def new_line(self) -> LineT:
        """A line that is not open yet."""

    @abstractmethod
    def new_framing(self) -> Framing:
        """An empty framing."""

    @abstractmethod
    def happened(self, what: Any) -> DeviceEvent:
        """The event for one thing that the framing found."""

    def proves(self, what: Any) -> bool:
        """Whether one thing that the framing found shows that the device is well."""
        return True

    def persons(self, chunk: Chunk) -> bytes:
        """What of it a person's act sent."""
        return chunk.data

    async def open(self) -> None:
        """Open the line; DeviceError too where its first state is one."""
        await self.close()
        line = self.new_line()
        try:
            await line.open()
        except OSError as trouble:
            raise self.device_error(trouble) from trouble
        self._line, self.framing, self._proven_s = line, self.new_framing(), None
        self._listening = asyncio.create_task(self._listen(line), name=f"listen {self.name}")
        try:
            await self.status()
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        task, line = self._listening, self._line
        self._listening = self._line = None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if line is not None:
            await line.close()

    def device_error(self, trouble: OSError) -> DeviceError:
        """What the transport raised, as this device's fault."""
        why = trouble.strerror or ""
        if isinstance(trouble, PermissionError):
            return DeviceMissetup(self.name, Fault.BAD_ADDRESS, why)
        if isinstance(trouble, TimeoutError):
            return DeviceSilent(self.name, self.SILENT, why or "the port does not open")
        return DeviceGone(self.name, self.GONE, why)

    def _alive(self) -> LineT:
        line, task = self._line, self._listening
        if line is None or task is None:
            raise DeviceGone(self.name, self.GONE, "not open")
        if line.broken is not None:
            raise self.device_error(line.broken)
        if task.done():
            raise DeviceGone(self.name, self.GONE, "the listener ended")
        return line

    def _so_far(self, *own: Reading) -> Status:
        """WELL with the time of the last proof, or UNKNOWN."""
        readings = (
            *own,
            Reading("read", "Read", str(self.read)),
            Reading("noise", "Noise", str(self.framing.noise)),
        )
        state = State.UNKNOWN if self._proven_s is None else State.WELL
        return Status(state, readings=readings, proven_s=self._proven_s)

    async def _listen(self, line: LineT) -> None:
        """Ends with the line; `status()` then says why."""
        try:
            while True:
                waits_s = self.framing.waits_s
                chunk = await line.read(None if waits_s is None else max(0.0, self._fed_s + waits_s - monotonic()))
                if chunk is None:
                    self._found(self.framing.quiet())
                else:
                    self._feed(self.persons(chunk), chunk.at_s)
        except OSError:
            self.ask_me()

    def _feed(self, data: bytes, at_s: float) -> None:
        if data:
            self._fed_s = at_s
            self._found(self.framing.feed(data, at_s))

    def _found(self, things: list[Any]) -> None:
        for thing in things:
            self.read += 1
            if self.proves(thing):
                self._proven_s = monotonic()
            self.emit(self.happened(thing))
