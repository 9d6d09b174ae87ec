"""USB devices with a bulk endpoint each way – printers: open, read, write, close, deadlines; nothing else.

The only file that imports pyusb, beside the virtual bus (`virtual_usb.py`), and only when a device is
opened. pyusb's calls block and can't be called off, so each open device has a thread for either
direction, and no call lasts longer than `SLICE_MS`. The kernel's own driver (usblp) is sent away from
the interface and let back when it is closed.

Closing a USB device cuts nothing: what it has taken it keeps. `close(cut=True)` therefore asks a device
of the printer class to throw away what it holds (USB Printing Devices 1.1 §4.2.3, SOFT_RESET).
"""

from __future__ import annotations

import asyncio
import errno
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

from hardware.transport.line import BusMissing

SLICE_MS = 100
DRAIN_MS = 20  # an answer that nobody waited for lies in the device's first packets, if at all
DRAIN_PACKETS = 16
EMPTY_PAUSE_S = 0.01  # some devices answer an empty packet at once where they should say nothing
CLOSE_WITHIN_S = 1.0
RESET_MS = 500
PRINTER_CLASS = 7
SOFT_RESET = (0x21, 2)  # bmRequestType (class, to the interface), bRequest

_T = TypeVar("_T")


@dataclass(frozen=True)
class UsbAddress:
    """`usb://04b8:0202?serial=X3Z4001`: vendor and product in hexadecimal, as `lsusb` shows them.

    `virtual=FOLDER` names a bus of virtual devices.
    """

    vendor: int
    product: int
    serial: str = ""
    virtual: str = ""

    @classmethod
    def parse(cls, address: str) -> UsbAddress:
        """ValueError says what is wrong with it and what is allowed."""
        parts = urlsplit(address)
        vendor, _, product = parts.netloc.partition(":")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            numbers = [int(word, 16) for word in (vendor, product) if len(word) == 4]
        except ValueError:
            numbers = []
        if parts.scheme != "usb" or len(numbers) != 2 or parts.path.strip("/") or parts.fragment:
            raise ValueError(f"{address!r}: a USB address is usb://04b8:0202 (vendor:product, as lsusb shows them)")
        if unknown := [key for key in options if key not in ("serial", "virtual")]:
            raise ValueError(f"{address!r}: unknown {unknown[0]!r}; allowed: serial")
        return cls(numbers[0], numbers[1], options.get("serial", ""), options.get("virtual", ""))


class UsbTransport:
    """One claimed interface. `write` returns when the device has taken every byte into its memory."""

    def __init__(self, port: _Port, workers: _Workers) -> None:
        self._port = port
        self._workers = workers
        self._unread = b""
        self.product, self.serial = port.product, port.serial

    @classmethod
    async def open(cls, address: UsbAddress, within_s: float) -> UsbTransport:
        """Find, claim, drain. ConnectionError if it isn't there or taken, TimeoutError if late;
        PermissionError and BusMissing are a person's to cure."""
        workers, port = _Workers(), _Port(address)
        try:
            async with asyncio.timeout(within_s):
                await workers.do(workers.writing, lambda stop: port.open())
        except BaseException:
            port.closing.set()
            workers.writing.submit(port.close, False)  # behind an opening that is late
            workers.end()
            raise
        return cls(port, workers)

    async def read(self, at_most: int, within_s: float) -> bytes:
        """One to `at_most` bytes, as soon as there are any."""
        if not self._unread:
            if not self._port.heard:
                await self._workers.do(self._workers.reading, lambda stop: self._port.read(within_s, stop))
            self._unread = self._port.heard.popleft()
        some, self._unread = self._unread[:at_most], self._unread[at_most:]
        return some

    async def write(self, data: bytes, within_s: float) -> None:
        """All of `data`. After any error nobody knows how much of it arrived."""
        await self._workers.do(self._workers.writing, lambda stop: self._port.write(data, within_s, stop))

    async def close(self, cut: bool = False) -> None:
        """Give it back. Never raises, may be called twice."""
        if self._port.closing.is_set():
            return
        self._port.closing.set()
        try:
            async with asyncio.timeout(CLOSE_WITHIN_S):
                await self._workers.do(self._workers.reading, lambda stop: None)  # what still reads has ended
                await self._workers.do(self._workers.writing, lambda stop: self._port.close(cut))
        except TimeoutError:
            pass  # a hub that hangs: the thread ends with the call
        self._workers.end()


class _Workers:
    """A thread for each direction of one device."""

    def __init__(self) -> None:
        self.reading = ThreadPoolExecutor(1, thread_name_prefix="usb read")
        self.writing = ThreadPoolExecutor(1, thread_name_prefix="usb write")

    async def do(self, worker: ThreadPoolExecutor, job: Callable[[threading.Event], _T]) -> _T:
        """`job` gets an event that is set when nobody waits for it any more."""
        stop = threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(worker, job, stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        except RuntimeError as ended:  # the pool was shut down
            raise ConnectionAbortedError(errno.ECONNABORTED, "the device was closed") from ended

    def end(self) -> None:
        self.reading.shutdown(wait=False)
        self.writing.shutdown(wait=False)


class _Port:
    """The blocking side: one device, its interface and endpoints. pyusb's errors come out as OSError's."""

    def __init__(self, address: UsbAddress) -> None:
        self.address = address
        self.closing = threading.Event()
        self.heard: deque[bytes] = deque()  # also what came for a read that was called off
        self.product = self.serial = ""
        self._device: Any = None
        self._interface = self._alternate = 0
        self._printer_class = False
        self._packet = 64
        self._in = self._out = 0
        self._kernel_had_it = False

    def open(self) -> None:
        core = _pyusb(self.address)
        try:
            self._device = self._find(core)
            self._choose()
            self._claim()
            self._drain(core)
        except core.USBError as foreign:
            raise ours("open", foreign) from foreign

    def read(self, within_s: float, stop: threading.Event) -> None:
        ends_s = monotonic() + within_s
        while not (self.heard or stop.is_set()):
            some = self._once("read", lambda left_ms: self._device.read(self._in, self._packet, left_ms), ends_s)
            if some:
                self.heard.append(bytes(some))
                return
            if some is not None:
                self.closing.wait(EMPTY_PAUSE_S)
            if monotonic() >= ends_s:
                raise TimeoutError("read")

    def write(self, data: bytes, within_s: float, stop: threading.Event) -> None:
        ends_s, left = monotonic() + within_s, data
        while left and not stop.is_set():
            taken = self._once("write", lambda left_ms: self._device.write(self._out, left, left_ms), ends_s)  # noqa: B023
            left = left[taken or 0 :]
            if left and monotonic() >= ends_s:
                raise TimeoutError("write")

    def close(self, reset: bool) -> None:
        """Give the interface back to the kernel. Errors say that it is gone: nothing is left to do."""
        self.closing.set()
        device, self._device = self._device, None
        if device is None:
            return
        import usb.util

        with suppress(OSError, ValueError):
            if reset and self._printer_class:
                device.ctrl_transfer(*SOFT_RESET, 0, self._interface, None, RESET_MS)
        with suppress(OSError, ValueError, NotImplementedError):
            usb.util.release_interface(device, self._interface)
            if self._kernel_had_it:
                device.attach_kernel_driver(self._interface)
        with suppress(OSError):
            usb.util.dispose_resources(device)

    # --- opening -----------------------------------------------------------------------------

    def _find(self, core: Any) -> Any:
        """The device; with `serial`, the one of several that says so itself."""
        found = core.find(
            find_all=True, backend=_backend(self.address), idVendor=self.address.vendor, idProduct=self.address.product
        )
        serials = []
        for device in found:
            _configured(device)  # says so where there is no right to it
            serial = _string(device, device.iSerialNumber)
            if self.address.serial in ("", serial):
                self.product, self.serial = _string(device, device.iProduct), serial
                return device
            serials.append(serial or "none")
        if serials:
            raise ConnectionRefusedError(errno.ENODEV, f"no such serial number; there: {', '.join(serials)}")
        raise ConnectionRefusedError(errno.ENODEV, "no such device on the bus")

    def _choose(self) -> None:
        """An interface with a bulk endpoint each way, the printer class's before a vendor's own."""
        import usb.util

        configuration = _configured(self._device)
        if configuration is None:
            self._device.set_configuration()
            configuration = self._device.get_active_configuration()
        usable = []
        for interface in configuration:
            bulk = [
                end for end in interface
                if usb.util.endpoint_type(end.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
            ]  # fmt: skip
            ways = {usb.util.endpoint_direction(end.bEndpointAddress): end for end in reversed(bulk)}
            if len(ways) == 2:
                usable.append((interface.bInterfaceClass != PRINTER_CLASS, interface.bAlternateSetting, interface, ways))
        if not usable:
            raise ConnectionRefusedError(errno.ENODEV, "it has no interface that is written to and answers")
        other, alternate, interface, ways = min(usable, key=lambda one: one[:2])
        self._interface, self._printer_class, self._alternate = interface.bInterfaceNumber, not other, alternate
        self._in = ways[usb.util.ENDPOINT_IN].bEndpointAddress
        self._out = ways[usb.util.ENDPOINT_OUT].bEndpointAddress
        self._packet = max(64, ways[usb.util.ENDPOINT_IN].wMaxPacketSize)

    def _claim(self) -> None:
        import usb.util

        with suppress(NotImplementedError):  # no Linux: then there is none to send away
            if self._device.is_kernel_driver_active(self._interface):
                self._device.detach_kernel_driver(self._interface)
                self._kernel_had_it = True
        usb.util.claim_interface(self._device, self._interface)
        if self._alternate:
            self._device.set_interface_altsetting(self._interface, self._alternate)

    def _drain(self, core: Any) -> None:
        """Answers to somebody else's questions."""
        for _ in range(DRAIN_PACKETS):
            try:
                if not self._device.read(self._in, self._packet, DRAIN_MS):
                    return
            except core.USBTimeoutError:
                return

    def _once(self, doing: str, call: Callable[[int], _T], ends_s: float) -> _T | None:
        """One short call; None if nothing came of it in its time."""
        import usb.core

        if self.closing.is_set() or self._device is None:
            raise ConnectionAbortedError(errno.ECONNABORTED, "the device was closed")
        left_ms = int(1000 * (ends_s - monotonic()))
        try:
            return call(max(1, min(SLICE_MS, left_ms)))
        except usb.core.USBTimeoutError:
            return None
        except usb.core.USBError as foreign:
            raise ours(doing, foreign) from foreign


def _pyusb(address: UsbAddress) -> Any:
    try:
        import usb.core
        import usb.util  # noqa: F401 - pyusb's parts are separate modules
    except ImportError as missing:
        raise BusMissing(f"{missing.name} is not installed") from missing
    if _backend(address) is None:
        raise BusMissing("apt-get install libusb-1.0-0")
    return usb.core


def _backend(address: UsbAddress) -> Any:
    if address.virtual:
        from hardware.transport.virtual_usb import VirtualBus

        return VirtualBus(address.virtual)
    import usb.backend.libusb1

    return usb.backend.libusb1.get_backend()


def _configured(device: Any) -> Any:
    """The active configuration; None if it has none yet."""
    import usb.core

    try:
        return device.get_active_configuration()
    except usb.core.USBError as none:
        if none.errno is None:
            return None
        raise


def _string(device: Any, index: int) -> str:
    """A string of the device's descriptor; empty if there is none, or no right to ask."""
    import usb.util

    try:
        return str(usb.util.get_string(device, index) or "").strip("\0 ")
    except ValueError:  # no language to ask in; pyusb says so also where there is no right
        return ""


def ours(doing: str, foreign: OSError) -> ConnectionError | PermissionError:
    """A USBError (an OSError) as one that callers know."""
    number = foreign.errno or errno.EIO
    if number in (errno.EACCES, errno.EPERM):
        return PermissionError(number, "no right to the device: a udev rule must give it to the kiosk's user")
    if number == errno.EBUSY:
        return ConnectionRefusedError(number, "another program has the device")
    return ConnectionResetError(number, f"{doing}: {foreign.strerror or 'broken'}")
