"""A camera as scanner: `driver = camera`, `address = camera:///dev/video0` (or `file:///…`, see
camera_frames.py).

Options: `codes` (what is looked for: any of qr aztec data-matrix pdf417 code128 ean; qr if not said),
`size` (1280x720: what the camera is asked for).

Pictures are looked at in a thread of this device, five a second; none is kept, none leaves this file but as
a code. A camera that gives pictures is well; one that stops is silent, so unknown, and so is one that sends
what is no picture; one that sees nothing but black for two seconds is ill: something covers it. Written for USB cameras (UVC) that Linux knows
by Video4Linux2. Tried: the driver with files in the camera's place, the V4L2 calls against a node
that answers them as the kernel does. A real camera – its exposure, its focus, codes on shining telephones –
could not be tried.
"""

from __future__ import annotations

import asyncio
import errno
import re
import threading
from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from hardware.driver import DeviceSettings, Emit
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.readings import DeviceEvent, Reading, State, Status
from hardware.scanner.camera_frames import HEIGHT, WIDTH, CameraAddress, Frames
from hardware.scanner.camera_wire import Look, Told, codes_wanted, look
from hardware.scanner.contract import Scanner
from hardware.transport.v4l2 import NoCamera

FIRST_WITHIN_S = 5.0  # a USB camera that is woken takes up to two seconds for its first picture
LOOK_EVERY_S = 0.2
FRAME_WITHIN_S = 0.5
STOPPED_AFTER_S = 2.0
DARK_AFTER_S = 2.0
CLOSE_WITHIN_S = 2.0
_SIZE = re.compile(r"(\d{3,4})x(\d{3,4})")


class CameraScanner(Scanner):
    """One camera that looks for codes."""

    OPTIONS: ClassVar[frozenset[str]] = frozenset({"codes", "size"})

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        super().__init__(settings, emit)
        try:
            self.address = CameraAddress.parse(settings.address)
        except ValueError as wrong:
            raise DeviceMissetup(self.name, Fault.BAD_ADDRESS, str(wrong)) from wrong
        self.read = 0  # codes since the kiosk started
        self._eye: _Eye | None = None

    @classmethod
    def check_options(cls, settings: DeviceSettings) -> None:
        super().check_options(settings)
        try:
            codes_wanted(settings.options.get("codes", "qr"))
            if not _SIZE.fullmatch(settings.options.get("size", "1280x720")):
                raise ValueError(f"size = {settings.options['size']}: must be like 1280x720")
        except ValueError as wrong:
            raise DeviceMissetup(settings.name, Fault.BAD_OPTION, str(wrong)) from wrong

    async def open(self) -> None:
        """Open it and see a first picture; DeviceSilent if it gives none."""
        await self.close()
        size = _SIZE.fullmatch(self.settings.options.get("size", ""))
        width, height = (int(size[1]), int(size[2])) if size else (WIDTH, HEIGHT)
        wanted = codes_wanted(self.settings.options.get("codes", "qr"))
        eye = self._eye = _Eye(
            lambda stop: self.address.open(width, height, stop), wanted, self._seen, lambda: self.ask_me()
        )
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await eye.begun()
        except TimeoutError as late:
            await self.close()
            raise self._no_picture(eye.noise > 0, "no picture came") from late
        except OSError as trouble:
            await self.close()
            raise self.device_error(trouble) from trouble
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        eye, self._eye = self._eye, None
        if eye is not None:
            await eye.end()

    async def status(self) -> Status:
        """WELL while pictures come, ILL while they are black; DeviceSilent when they stop, DeviceNonsense where what
        comes is none."""
        eye = self._eye
        if eye is None or eye.last is None:
            raise DeviceGone(self.name, Fault.SCANNER_GONE, "not open")
        if eye.broken is not None:
            raise self.device_error(eye.broken)
        age_s = monotonic() - eye.last.at_s
        if age_s > STOPPED_AFTER_S:
            raise self._no_picture(eye.odd_s > eye.last.at_s, f"no picture for {age_s:.0f} s")
        dark = eye.dark_since_s is not None and eye.last.at_s - eye.dark_since_s >= DARK_AFTER_S
        level = State.ILL if dark else State.WELL
        readings = (
            Reading("model", "Model", eye.name),
            Reading("picture", "Picture", "black" if dark else f"{eye.last.width} × {eye.last.height}", level=level),
            Reading("rate", "Pictures", f"{eye.rate:.1f}", "per s"),
            Reading("read", "Read", str(self.read)),
            Reading("noise", "Noise", str(eye.noise)),
        )
        return Status(level, (Fault.SCANNER_DARK,) if dark else (), readings, eye.last.at_s)

    def _no_picture(self, odd: bool, why: str) -> DeviceError:
        """`odd`: something came instead."""
        if odd:
            return DeviceNonsense(self.name, Fault.SCANNER_NONSENSE, "what it sends is no picture")
        return DeviceSilent(self.name, Fault.SCANNER_SILENT, why)

    def _seen(self, seen: Look, told: Told) -> None:
        for code in told.new(seen):
            self.read += 1
            self.emit(DeviceEvent(self.name, self.KIND, seen.at_s, code))

    def device_error(self, trouble: OSError) -> DeviceError:
        """What the transport raised, as this device's fault."""
        why = trouble.strerror or ""
        if isinstance(trouble, (PermissionError, NoCamera)):
            return DeviceMissetup(self.name, Fault.BAD_ADDRESS, why)
        return DeviceGone(self.name, Fault.SCANNER_GONE, why)


class _Eye:
    """The thread that looks, from one opening to its end. What it has to say it says on the loop."""

    def __init__(
        self,
        source: Callable[[threading.Event], Frames],
        wanted: tuple[str, ...],
        seen: Callable[[Look, Told], None],
        lost: Callable[[], None],
    ) -> None:
        self.name = ""
        self.last: Look | None = None
        self.dark_since_s: float | None = None
        self.broken: OSError | None = None
        self.noise = 0  # pictures that were none
        self.odd_s = 0.0  # when the last of them came
        self._source = source
        self._wanted = wanted
        self._seen = seen
        self._lost = lost
        self._told = Told()
        self._times: deque[float] = deque(maxlen=20)
        self._stop = threading.Event()
        self._loop = asyncio.get_running_loop()
        self._begun: asyncio.Future[None] = self._loop.create_future()
        self._ended: asyncio.Future[None] = self._loop.create_future()
        self._thread = threading.Thread(target=self._work, name="camera", daemon=True)
        self._thread.start()

    @property
    def rate(self) -> float:
        """Pictures a second, of the last twenty."""
        times = self._times
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    async def begun(self) -> None:
        """A first picture was seen; OSError if it never can be."""
        await asyncio.shield(self._begun)

    async def end(self) -> None:
        """Stop looking. A thread stuck in the kernel ends later by itself."""
        self._stop.set()
        await asyncio.wait({self._ended}, timeout=CLOSE_WITHIN_S)
        if self._begun.done() and not self._begun.cancelled():
            self._begun.exception()
        if self._ended.done():
            self._thread.join(CLOSE_WITHIN_S)

    # --- the thread --------------------------------------------------------------------------

    def _work(self) -> None:
        frames: Frames | None = None
        why = OSError(errno.ECONNABORTED, "closed")
        try:
            frames = self._source(self._stop)
            self.name = frames.name
            while not self._stop.is_set():
                begun_s = monotonic()
                self._look(frames)
                self._stop.wait(max(0.0, begun_s + LOOK_EVERY_S - monotonic()))
        except OSError as trouble:
            why = trouble
        finally:
            if frames is not None:
                frames.close()
            self._tell(lambda: self._over(why))

    def _look(self, frames: Frames) -> None:
        try:
            picture = frames.next(FRAME_WITHIN_S)
            seen = None if picture is None else look(picture, monotonic(), self._wanted)
        except (ValueError, RuntimeError):  # half a picture, or one that zxing-cpp can't take
            self.noise += 1
            self.odd_s = monotonic()
            return
        if seen is not None:
            self._tell(lambda: self._took(seen))

    def _tell(self, what: Callable[[], object]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(what)

    # --- back on the loop --------------------------------------------------------------------

    def _took(self, seen: Look) -> None:
        if self._stop.is_set():
            return
        self.last = seen
        self._times.append(seen.at_s)
        self.dark_since_s = (self.dark_since_s or seen.at_s) if seen.dark else None
        if not self._begun.done():
            self._begun.set_result(None)
        self._seen(seen, self._told)

    def _over(self, why: OSError) -> None:
        self.broken = why
        if not self._begun.done():
            self._begun.set_exception(why)
        elif not self._stop.is_set():
            self._lost()
        if not self._ended.done():
            self._ended.set_result(None)


DRIVER = CameraScanner
