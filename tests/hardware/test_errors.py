"""No foreign exception leaves a driver: each is walked through what maps it."""

from __future__ import annotations

import asyncio
import errno
import inspect
import os
import termios
from collections.abc import Callable, Iterator

import pytest
import serial
import usb.core
from usb.backend import libusb1

from hardware.document_reader.serial_mrz import SerialMrzReader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceSilent, Fault
from hardware.printer.escpos import EscposPrinter
from hardware.printer.virtual_ends import UsbEnd
from hardware.readings import Kind
from hardware.scanner.camera import CameraScanner
from hardware.scanner.keyboard import KeyboardScanner
from hardware.scanner.serial import SerialScanner
from hardware.transport import evdev, v4l2
from hardware.transport.serial import FOREIGN, ours
from hardware.transport.virtual_usb import VirtualBus


def subclasses(of: type[BaseException]) -> Iterator[type[BaseException]]:
    yield of
    for one in of.__subclasses__():
        yield from subclasses(one)


PYSERIAL = [
    one for _, one in inspect.getmembers(serial, inspect.isclass) if issubclass(one, Exception)
]
SYSTEM = [one for one in subclasses(OSError) if one.__module__ == "builtins"]


def test_there_is_something_to_walk() -> None:
    assert {serial.SerialException, serial.SerialTimeoutException} <= set(PYSERIAL)
    assert {ConnectionResetError, PermissionError, FileNotFoundError, OSError} <= set(SYSTEM)


@pytest.mark.parametrize("foreign", [*PYSERIAL, *SYSTEM, termios.error, ValueError])
@pytest.mark.parametrize("opening", [True, False])
@pytest.mark.parametrize("driver", [SerialScanner, SerialMrzReader])
def test_what_a_serial_line_raises_becomes_a_device_error(
    foreign: type[Exception], opening: bool, driver: type[SerialScanner] | type[SerialMrzReader]
) -> None:
    assert issubclass(foreign, FOREIGN)
    bare = foreign is serial.PortNotOpenError  # says its own words
    error = ours(foreign() if bare else foreign(5, "vendor's words"), opening=opening)
    assert isinstance(error, OSError)
    listener = driver(DeviceSettings("name", "x", "serial:///dev/x"), lambda event: None)
    mapped = listener.device_error(error)
    assert isinstance(mapped, DeviceError)
    assert mapped.device == "name"


def settings(driver: str, address: str) -> DeviceSettings:
    return DeviceSettings("name", driver, address)


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_what_the_kernel_says_of_a_keyboard_or_a_camera_becomes_a_device_error(number: int) -> None:
    keyboard = KeyboardScanner(settings("keyboard", "evdev:X"), lambda event: None)
    camera = CameraScanner(settings("camera", "camera:///dev/video0"), lambda event: None)
    for driver, maps in ((keyboard, evdev.ours), (camera, v4l2.ours)):
        mapped = driver.device_error(maps(OSError(number, os.strerror(number))))
        assert isinstance(mapped, DeviceError)
        assert mapped.vendor


async def test_what_pyusb_raises_becomes_a_device_error(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {code: number for code, number in libusb1._libusb_errno.items() if code}
    assert {errno.ENODEV, errno.EACCES, errno.EBUSY, errno.EPIPE, None} <= set(codes.values())
    end = UsbEnd()
    await end.plug(_silence)
    printer = EscposPrinter(settings("escpos", end.address), lambda event: None)
    kinds = set()
    for code, number in codes.items():
        foreign = usb.core.USBError("vendor's words", code, number)
        monkeypatch.setattr(VirtualBus, "claim_interface", _raising(foreign))
        with pytest.raises(DeviceError) as mapped:
            await printer.open()
        kinds.add(type(mapped.value))
    assert kinds == {DeviceGone, DeviceMissetup}
    await printer.close()
    await end.remove()


def _raising(error: Exception) -> Callable[..., None]:
    def claim(*_: object) -> None:
        raise error

    return claim


async def _silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def test_each_trouble_in_opening_has_its_error() -> None:
    listener = SerialScanner(DeviceSettings("scanner", "serial", "serial:///dev/x"), lambda event: None)
    for number, expected in (
        (2, DeviceGone), (6, DeviceGone), (19, DeviceGone), (13, DeviceMissetup), (1, DeviceMissetup),
        (11, DeviceGone), (16, DeviceGone), (5, DeviceGone),
    ):  # fmt: skip
        error = listener.device_error(ours(serial.SerialException(number, "?"), opening=True))
        assert type(error) is expected, number
    assert type(listener.device_error(TimeoutError())) is DeviceSilent


def test_every_kind_has_the_three_faults_that_any_wire_has() -> None:
    for kind in Kind:
        for what in ("gone", "silent", "nonsense"):
            assert kind.fault(what).endswith(f".{what}")


def test_an_error_says_device_fault_and_vendor_s_code() -> None:
    assert str(DeviceGone("scanner", Fault.SCANNER_GONE, "EIO")) == "scanner: scanner.gone (EIO)"
    assert str(DeviceSilent("scanner", Fault.SCANNER_SILENT)) == "scanner: scanner.silent"
