"""What a device can fail at: one root, a fault code as an enum, the vendor's own code kept.

    DeviceError                 any fault; carries the device's configured name and a Fault
    ├── DeviceGone              unplugged, unreachable, closed under us: reconnecting may help
    ├── DeviceSilent            the wire is there, no answer within the deadline: state is unknown
    ├── DeviceNonsense          bytes that the protocol does not allow: the link was reset
    ├── DeviceRefused           the device says why it can't: paper out, cover open, wrong card …
    └── DeviceMissetup          kiosk.ini or this machine is wrong: no driver, no such reader, no rights

Rules: drivers raise nothing else for what a device does (a foreign library's exception is
mapped in its driver); what a *person* can cause (card lifted, code that isn't a booking)
is a result in the kind's contract, not an error. No personal data in any field.
"""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """Every fault code, `<device>.<what>`. `kiosk/faults.py` gives each its sentences."""

    CARD_READER_GONE = "card-reader.gone"
    CARD_READER_SILENT = "card-reader.silent"
    CARD_READER_NONSENSE = "card-reader.nonsense"
    CARD_READER_NO_STAFF_KEY = "card-reader.no-staff-key"
    DOCUMENT_READER_GONE = "document-reader.gone"
    DOCUMENT_READER_SILENT = "document-reader.silent"
    DOCUMENT_READER_NONSENSE = "document-reader.nonsense"
    KEY_ENCODER_GONE = "key-encoder.gone"
    KEY_ENCODER_SILENT = "key-encoder.silent"
    KEY_ENCODER_NONSENSE = "key-encoder.nonsense"
    KEY_ENCODER_NO_PROPERTY_KEY = "key-encoder.no-property-key"
    KEY_ENCODER_NO_CODER = "key-encoder.no-coder"
    KEY_ENCODER_REFUSED = "key-encoder.refused"
    PRINTER_GONE = "printer.gone"
    PRINTER_SILENT = "printer.silent"
    PRINTER_NONSENSE = "printer.nonsense"
    PRINTER_PAPER_OUT = "printer.paper-out"
    PRINTER_PAPER_LOW = "printer.paper-low"
    PRINTER_COVER_OPEN = "printer.cover-open"
    PRINTER_CUTTER = "printer.cutter"
    PRINTER_OVERHEATED = "printer.overheated"
    PRINTER_OFFLINE = "printer.offline"
    PRINTER_BROKEN = "printer.broken"
    SCANNER_GONE = "scanner.gone"
    SCANNER_SILENT = "scanner.silent"
    SCANNER_NONSENSE = "scanner.nonsense"
    SCANNER_DARK = "scanner.dark"
    NO_DRIVER = "device.no-driver"
    BAD_ADDRESS = "device.bad-address"
    BAD_OPTION = "device.bad-option"


class DeviceError(Exception):
    """A fault of one device. `str()` is for logs: name, code, vendor's code; never personal."""

    def __init__(self, device: str, fault: Fault, vendor: str = "") -> None:
        self.device = device
        self.fault = fault
        self.vendor = vendor
        super().__init__(f"{device}: {fault}" + (f" ({vendor})" if vendor else ""))


class DeviceGone(DeviceError):
    """Unplugged, unreachable or closed under us."""


class DeviceSilent(DeviceError):
    """No answer within the deadline. Nobody knows how it is: unknown, never well."""


class DeviceNonsense(DeviceError):
    """Bytes the protocol does not allow; `vendor` holds at most 32 of them, as hex."""


class DeviceRefused(DeviceError):
    """The device itself says that it can't, and why."""


class DeviceMissetup(DeviceError):
    """Configuration or machine is wrong; trying again will not help."""
