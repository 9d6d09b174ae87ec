"""No foreign exception leaves a driver: each is walked through what maps it."""

from __future__ import annotations

import inspect
import termios
from collections.abc import Iterator

import pytest
import serial

from hardware.document_reader.serial_mrz import SerialMrzReader
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceSilent, Fault
from hardware.readings import Kind
from hardware.scanner.serial import SerialScanner
from hardware.transport.serial import FOREIGN, ours


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
            assert Fault(f"{kind.value.replace('_', '-')}.{what}")


def test_an_error_says_device_fault_and_vendor_s_code() -> None:
    assert str(DeviceGone("scanner", Fault.SCANNER_GONE, "EIO")) == "scanner: scanner.gone (EIO)"
    assert str(DeviceSilent("scanner", Fault.SCANNER_SILENT)) == "scanner: scanner.silent"
