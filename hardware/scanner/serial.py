"""Scanners on a serial line or USB-CDC: `address = serial:///dev/ttyACM0?baud=9600`."""

from __future__ import annotations

from typing import Any

from hardware.errors import Fault
from hardware.readings import DeviceEvent
from hardware.scanner.contract import Scanner
from hardware.scanner.serial_wire import Framing
from hardware.serial_listener import SerialListener


class SerialScanner(SerialListener, Scanner):
    """Options: `ask`, `answer`, `ask_every_s` (see serial_listener.py)."""

    GONE = Fault.SCANNER_GONE
    SILENT = Fault.SCANNER_SILENT
    NONSENSE = Fault.SCANNER_NONSENSE

    def new_framing(self) -> Framing:
        return Framing()

    def happened(self, what: Any) -> DeviceEvent:
        return DeviceEvent(self.name, self.KIND, what.began_s, what.code)


DRIVER = SerialScanner
