"""A USB bus that is not there: a pyusb backend for virtual devices, as strict as the kernel.

A bus is a folder; a device plugged into it is a socket in it, `04b8:0202:SERIAL`. Who plays the device
(`VirtualUsbDevice`) may be another process. The interface is claimed by a connection to the socket, one
at a time, over which comes the bulk endpoints' own socket: that one stays when the claimant goes, and so
does what was sent into it, as a real device keeps what it has taken. Beside the socket lies
`….usblp` while the kernel's driver has the interface: claiming is then refused, as by Linux. A file
`….denied` refuses to open it, as a missing udev rule does.

    claimant → claim | reset     device → ok and the endpoints' socket, or busy
"""

from __future__ import annotations

import array
import asyncio
import errno
import os
import select
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError

IN, OUT = 0x81, 0x02
ANSWER_WITHIN_S = 5.0
MEMORY_BYTES = 4096
STRINGS = {1: "Virtual", 2: "VIRTUAL 80"}  # manufacturer, product; 3 is the serial number
USBLP, DENIED = ".usblp", ".denied"
Converse = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def _gone() -> USBError:
    return USBError("No such device (it may have been disconnected)", -4, errno.ENODEV)


class _Handle:
    """An opened device; `ends` is the endpoints' socket once the interface is claimed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.control: socket.socket | None = None
        self.ends: socket.socket | None = None

    def ask(self, what: bytes) -> None:
        if self.control is None:
            raise _gone()
        try:
            self.control.sendall(what)
            said, ends, _, _ = socket.recv_fds(self.control, 16, 1)
        except OSError:
            raise _gone() from None
        if said == b"busy":
            raise USBError("Resource busy", -6, errno.EBUSY)
        if not ends:
            raise _gone()
        if self.ends is not None:
            self.ends.close()
        self.ends = socket.socket(fileno=ends[0])
        self.ends.setblocking(False)

    def let_go(self) -> None:
        for one in (self.ends, self.control):
            if one is not None:
                one.close()
        self.ends = self.control = None


class VirtualBus(IBackend):  # type: ignore[misc]  # pyusb has no types
    """What pyusb sees of the folder."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def enumerate_devices(self) -> Any:
        return iter(sorted(path for path in self._folder.glob("*:*:*") if path.suffix not in (USBLP, DENIED)))

    def get_parent(self, dev: Path) -> None:
        return None

    # --- descriptors: a printer of full speed, one interface, a bulk endpoint each way --------

    def get_device_descriptor(self, dev: Path) -> Any:
        vendor, product, _ = dev.name.split(":")
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x0200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=int(vendor, 16), idProduct=int(product, 16), bcdDevice=0x0100,
            iManufacturer=1, iProduct=2, iSerialNumber=3, bNumConfigurations=1,
            address=1, bus=1, port_number=1, port_numbers=(1,), speed=2,
        )  # fmt: skip

    def get_configuration_descriptor(self, dev: Path, config: int) -> Any:
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1, iConfiguration=0,
            bmAttributes=0xC0, bMaxPower=1, extra_descriptors=[],
        )  # fmt: skip

    def get_interface_descriptor(self, dev: Path, intf: int, alt: int, config: int) -> Any:
        if intf or alt or config:
            raise IndexError(intf)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0, bNumEndpoints=2,
            bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2, iInterface=0, extra_descriptors=[],
        )  # fmt: skip

    def get_endpoint_descriptor(self, dev: Path, ep: int, intf: int, alt: int, config: int) -> Any:
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=(OUT, IN)[ep], bmAttributes=2, wMaxPacketSize=64,
            bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=[],
        )  # fmt: skip

    # --- opening and claiming ----------------------------------------------------------------

    def open_device(self, dev: Path) -> _Handle:
        if not dev.exists():
            raise _gone()
        if dev.with_name(dev.name + DENIED).exists():
            raise USBError("Access denied (insufficient permissions)", -3, errno.EACCES)
        return _Handle(dev)

    def close_device(self, dev_handle: _Handle) -> None:
        dev_handle.let_go()

    def get_configuration(self, dev_handle: _Handle) -> int:
        return 1

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        if self.is_kernel_driver_active(dev_handle, 0):
            raise USBError("Resource busy", -6, errno.EBUSY)

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        return _usblp(dev_handle.path).exists()

    def detach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        _usblp(dev_handle.path).unlink()

    def attach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        if not dev_handle.path.exists():
            raise _gone()
        _usblp(dev_handle.path).touch()

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        if self.is_kernel_driver_active(dev_handle, intf):
            raise USBError("Resource busy", -6, errno.EBUSY)
        control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        control.settimeout(ANSWER_WITHIN_S)
        try:
            control.connect(str(dev_handle.path))
        except OSError:
            control.close()
            raise _gone() from None
        dev_handle.control = control
        try:
            dev_handle.ask(b"claim")
        except USBError:
            dev_handle.let_go()
            raise

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        dev_handle.let_go()

    # --- transfers ---------------------------------------------------------------------------

    def bulk_write(self, dev_handle: _Handle, ep: int, intf: int, data: Any, timeout: int) -> int:
        ends = self._ready(dev_handle, select.POLLOUT, timeout)
        try:
            return ends.send(data.tobytes())
        except BlockingIOError:
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT) from None
        except OSError:
            raise _gone() from None

    def bulk_read(self, dev_handle: _Handle, ep: int, intf: int, buff: Any, timeout: int) -> int:
        ends = self._ready(dev_handle, select.POLLIN, timeout)
        try:
            data = ends.recv(len(buff) * buff.itemsize)
        except OSError:
            raise _gone() from None
        if not data:
            raise _gone()
        buff[: len(data)] = array.array("B", data)
        return len(data)

    def ctrl_transfer(
        self, dev_handle: _Handle, bmRequestType: int, bRequest: int, wValue: int, wIndex: int, data: Any, timeout: int
    ) -> int:
        if (bmRequestType, bRequest, wValue >> 8) == (0x80, 6, 3):  # GET_DESCRIPTOR, a string
            serial = dev_handle.path.name.split(":")[2]
            text = (STRINGS | {3: serial}).get(wValue & 0xFF, "")
            body = text.encode("utf-16-le") if wValue & 0xFF else b"\x09\x04"
            said = bytes((2 + len(body), 3)) + body
            data[: len(said)] = array.array("B", said)
            return len(said)
        if (bmRequestType, bRequest) == (0x21, 2):  # the printer class's SOFT_RESET
            dev_handle.ask(b"reset")
            return 0
        raise USBError("Pipe error", -9, errno.EPIPE)

    def _ready(self, handle: _Handle, wanted: int, timeout: int) -> socket.socket:
        if handle.ends is None:
            raise USBError("Entity not found", -5, errno.ENOENT)  # not claimed
        poll = select.poll()
        poll.register(handle.ends, wanted)
        if not poll.poll(timeout):
            if not handle.path.exists():
                raise _gone()
            raise USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return handle.ends


def _usblp(path: Path) -> Path:
    return path.with_name(path.name + USBLP)


class VirtualUsbDevice:
    """The device's side: plugged into a bus, it converses over its endpoints until it is reset or unplugged."""

    def __init__(self, folder: Path, vendor: int, product: int, serial: str) -> None:
        self.path = folder / f"{vendor:04x}:{product:04x}:{serial}"
        self.address = f"usb://{vendor:04x}:{product:04x}?serial={serial}&virtual={folder}"
        self.resets = 0
        self._converse: Converse | None = None
        self._door: socket.socket | None = None
        self._visitors: set[socket.socket] = set()
        self._claimant: socket.socket | None = None
        self._resetting: asyncio.Task[None] | None = None
        self._far: socket.socket | None = None
        self._conversation: asyncio.Task[None] | None = None

    async def plug(self, converse: Converse) -> None:
        """In it goes; the kernel's driver takes the interface, as Linux does with printers."""
        self._converse = converse
        await self._new_endpoints()
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.setblocking(False)
        _usblp(self.path).touch()
        self._door.bind(str(self.path))
        self._door.listen()
        asyncio.get_running_loop().add_reader(self._door, self._knocked)

    async def unplug(self) -> None:
        if self._door is not None:
            asyncio.get_running_loop().remove_reader(self._door)
            self._door.close()
            self._door = None
        for visitor in tuple(self._visitors):
            self._show_out(visitor)
        self.path.unlink(missing_ok=True)
        _usblp(self.path).unlink(missing_ok=True)
        await self._end_conversation()

    async def _new_endpoints(self) -> None:
        await self._end_conversation()
        near, self._far = socket.socketpair()
        for one in (near, self._far):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, MEMORY_BYTES)
        reader, writer = await asyncio.open_unix_connection(sock=near, limit=MEMORY_BYTES)
        self._conversation = asyncio.create_task(self._hold(reader, writer), name="virtual usb")

    async def _hold(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self._converse is not None:
                await self._converse(reader, writer)
        finally:
            writer.transport.abort()

    async def _end_conversation(self) -> None:
        task, self._conversation = self._conversation, None
        far, self._far = self._far, None
        if far is not None:
            far.close()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    def _knocked(self) -> None:
        if self._door is not None:
            visitor, _ = self._door.accept()
            visitor.setblocking(False)
            self._visitors.add(visitor)
            asyncio.get_running_loop().add_reader(visitor, self._told, visitor)

    def _told(self, visitor: socket.socket) -> None:
        try:
            what = visitor.recv(16)
        except OSError:
            what = b""
        if what == b"claim" and self._claimant in (None, visitor):
            self._claimant = visitor
            self._give()
        elif what == b"reset" and visitor is self._claimant:
            self._resetting = asyncio.get_running_loop().create_task(self._reset())
        else:
            if what:
                visitor.send(b"busy")
            self._show_out(visitor)

    def _show_out(self, visitor: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(visitor)
        visitor.close()
        self._visitors.discard(visitor)
        if visitor is self._claimant:
            self._claimant = None

    async def _reset(self) -> None:
        self.resets += 1
        await self._new_endpoints()
        self._give()

    def _give(self) -> None:
        if self._claimant is not None and self._far is not None:
            # A descriptor of its own, so that the endpoints stay when the claimant goes.
            end = os.dup(self._far.fileno())
            try:
                socket.send_fds(self._claimant, [b"ok"], [end])
            except OSError:
                pass  # it has gone meanwhile
            finally:
                os.close(end)
