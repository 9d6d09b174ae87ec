"""The virtual ends that printer drivers are tried before: a printer in a process of its own, by each wire."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import ClassVar

from hardware.behaviour import Ends, VirtualEnd
from hardware.printer.behaviour import CODE, GUEST, PrinterEnd
from hardware.virtual_process import VirtualProcess

MM_PER_INCH = 25.4
EDGE = 4  # dots by which the place of a code is uncertain


class VirtualPrinterEnd(VirtualEnd, PrinterEnd):
    """Whatever has the verbs of `hardware.printer.virtual`: `MODULE`, started with `WORDS`."""

    VERBS = {
        "hang": ("silent",),
        "garble": ("garbage",),
        "recover": ("well",),
        "paper-ends": ("paper-out", "300"),
        "cutter-jam-at-cut": ("cutter-jam", "at-cut"),
        "unplug-in-a-slip": ("unplug", "9000"),
    }
    secrets = (GUEST, CODE)
    MODULE: ClassVar[str] = "hardware.printer.virtual"
    WORDS: ClassVar[tuple[str, ...]] = ()
    device: VirtualProcess

    def make(self) -> VirtualProcess:
        self._out = Path(tempfile.mkdtemp(prefix="kiosk-slips-"))
        self._slips = self._unknown = 0
        return VirtualProcess(self.MODULE, "--out", str(self._out), *self.WORDS)

    async def restore(self, *, kept: bool = False) -> None:
        """A process starts slowly: with the plug put in, all is well again, and what was half printed is gone."""
        await self.device.do("plug")

    async def stop(self) -> None:
        await super().stop()
        await asyncio.to_thread(shutil.rmtree, self._out, ignore_errors=True)

    async def count(self) -> None:
        self._slips = int((await self.device.do("slips"))["count"])

    async def came_out(self) -> int:
        return int((await self.device.do("slips"))["count"]) - self._slips

    async def code(self) -> str:
        return await asyncio.to_thread(_code, (await self.device.do("last"))["path"])

    async def length_mm(self) -> float:
        return await asyncio.to_thread(_length_mm, (await self.device.do("last"))["path"])

    async def alone(self) -> bool:
        return await asyncio.to_thread(_alone, (await self.device.do("last"))["path"])

    async def misunderstood(self) -> str:
        told = await self.device.do("slips")
        before, self._unknown = self._unknown, int(told["unknown"])
        return told["why"] if self._unknown != before else ""

    async def received(self) -> int:
        return int((await self.device.do("slips"))["received"])


class TcpPrinterEnd(VirtualPrinterEnd):
    """On a port of this machine."""


class SerialPrinterEnd(VirtualPrinterEnd):
    """On a line of its own; the adapter's plug is pulled."""

    WORDS = ("--bus", "serial")


class UsbPrinterEnd(VirtualPrinterEnd):
    """On a bus of virtual devices."""

    CANNOT = {"stranger": "the address names vendor and product"}
    WORDS = ("--bus", "usb")


def _code(path: str) -> str:
    import zxingcpp
    from PIL import Image

    with Image.open(path) as slip:
        codes = zxingcpp.read_barcodes(slip.convert("L"))
    return codes[0].text if codes else ""


def _length_mm(path: str) -> float:
    """Its picture says how many dots an inch has."""
    from PIL import Image

    with Image.open(path) as slip:
        return float(slip.height / slip.info["dpi"][1] * MM_PER_INCH)


def _alone(path: str) -> bool:
    """Whether there is one code, and no ink besides it."""
    import zxingcpp
    from PIL import Image

    with Image.open(path) as picture:
        slip = picture.convert("L")
    codes = zxingcpp.read_barcodes(slip)
    if len(codes) != 1:
        return False
    at = codes[0].position
    corners = (at.top_left, at.top_right, at.bottom_left, at.bottom_right)
    across, down = [corner.x for corner in corners], [corner.y for corner in corners]
    box = (min(across) - EDGE, min(down) - EDGE, max(across) + EDGE, max(down) + EDGE)
    slip.paste(255, box)
    darkest_and_lightest: tuple[int, int] = slip.getextrema()
    return darkest_and_lightest == (255, 255)


ENDS: Ends = {"escpos": {"tcp": TcpPrinterEnd, "serial": SerialPrinterEnd, "usb": UsbPrinterEnd}}
