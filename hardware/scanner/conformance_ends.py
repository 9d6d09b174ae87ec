"""The virtual ends that scanner drivers are tried before."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from hardware.behaviour import Act, Ends, VirtualEnd
from hardware.scanner.behaviour import BOOKING, LETTERS, NUMBER, OLDER, SCAN, SCAN_LETTERS
from hardware.scanner.camera_wire import AGAIN_S
from hardware.scanner.virtual import VirtualScanner
from hardware.scanner.virtual_keyboard import VirtualKeyboard
from hardware.serial_ends import SerialEnd
from hardware.virtual import VirtualDevice
from hardware.virtual_process import VirtualProcess

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


class KeyboardEnd(VirtualEnd):
    """A scanner that plays a keyboard: nobody asks it anything, so that it can't be silent or answer nonsense."""

    VERBS = {"noise": ("garbage",), "scan-long": ("scan",)}
    CANNOT = {
        "hang": "a keyboard is never asked anything",
        "garble": "a keyboard is never asked anything",
        "scan-letters": "it has keys for the letters of one layout",
        "slow": "the pause that ends a code is the driver's own: tests/hardware/scanner/test_keyboard_scanner.py",
        "stranger": "any keyboard may be set up to be a scanner",
    }
    secrets = SECRETS

    def make(self) -> VirtualDevice:
        return VirtualKeyboard()


class CameraEnd(VirtualEnd):
    """A camera, in a process of its own: it draws what it sees."""

    VERBS = {"hang": ("freeze",), "garble": ("garbage",), "recover": ("go",)}
    CANNOT = {
        "slow": "a picture shows a code whole, or not",
        "partial": "a picture shows a code whole, or not",
        "noise": "what is no picture is its garbage",
        "scan-long": "no code is so long",
        "stranger": "any camera may be the scanner",
    }
    SHOWN_S = 0.5
    options = {"codes": "qr aztec data-matrix pdf417 code128"}
    again_s = 1.5 * AGAIN_S
    secrets = SECRETS

    def make(self) -> VirtualDevice:
        return VirtualProcess("hardware.scanner.virtual_camera")

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        if act in (SCAN, SCAN_LETTERS):
            await self.device.do("show", *words)
            await asyncio.sleep(self.SHOWN_S)
            return await self.device.do("hide")
        return await super().do(act, *words)


ENDS: Ends = {
    "serial": {"asked": SerialScannerEnd, "unasked": UnaskedScannerEnd},
    "keyboard": {"us": KeyboardEnd},
    "camera": {"pictures": CameraEnd},
}
