"""The virtual ends that scanner drivers are tried before."""

from __future__ import annotations

from hardware.behaviour import Ends
from hardware.scanner.behaviour import BOOKING, LETTERS, NUMBER, OLDER
from hardware.scanner.virtual import VirtualScanner
from hardware.serial_ends import SerialEnd
from hardware.virtual import VirtualDevice

SCANS = {"scan-letters": ("scan",), "scan-long": ("scan",)}
SECRETS = (BOOKING, OLDER, NUMBER, LETTERS)


class SerialScannerEnd(SerialEnd):
    """A scanner that can be asked whether it lives."""

    VERBS = {**SerialEnd.VERBS, **SCANS}
    secrets = SECRETS

    def make(self) -> VirtualDevice:
        return VirtualScanner()


class UnaskedScannerEnd(SerialScannerEnd):
    """One that only speaks when it scans, by CR LF and without AIM identifiers."""

    options = {}

    def make(self) -> VirtualDevice:
        return VirtualScanner(b"\r\n", aim=False)


ENDS: Ends = {"serial": {"asked": SerialScannerEnd, "unasked": UnaskedScannerEnd}}
