"""Printers: a document model in, paper out. Widths are dots; 80 mm paper has 576 (203 dpi)."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from enum import StrEnum

from hardware.driver import Driver
from hardware.readings import Kind


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


class Size(StrEnum):
    SMALL = "small"
    NORMAL = "normal"
    LARGE = "large"  # double width and height
    HUGE = "huge"  # triple: a queue number


@dataclass(frozen=True)
class TextLine:
    """A paragraph in any script; wrapped by the driver at word breaks. `rtl` mirrors alignment."""

    text: str
    size: Size = Size.NORMAL
    bold: bool = False
    align: Align = Align.LEFT
    rtl: bool = False


@dataclass(frozen=True)
class Pair:
    """Label and value on one line, value at the other edge; the value wraps below if too long."""

    label: str
    value: str
    bold: bool = False
    rtl: bool = False


@dataclass(frozen=True)
class Rule:
    """A line across the paper."""


@dataclass(frozen=True)
class Space:
    """Empty lines."""

    lines: int = 1


@dataclass(frozen=True)
class QRCode:
    """A QR code of `data` (made by `qrcode`, printed as a raster), centred, `width` dots wide."""

    data: str
    width: int = 288


@dataclass(frozen=True)
class Picture:
    """A picture, PNG bytes, scaled to `width` dots, black and white (dithered)."""

    png: bytes
    width: int = 576


Block = TextLine | Pair | Rule | Space | QRCode | Picture


@dataclass(frozen=True, repr=False)
class Slip:
    """One piece of paper: printed from the first block to the last, then fed and cut."""

    blocks: tuple[Block, ...]
    cut: bool = True


@dataclass(frozen=True)
class PaperUsed:
    """Event: a slip is on its way, and takes so much paper. Told before its first byte: whatever comes of it."""

    mm: float


class Paper(StrEnum):
    """What the reading `paper` of a status says: by it the terminal knows that a new roll was put in."""

    PLENTY = "plenty"
    LOW = "near end"
    OUT = "out"


class Printed(StrEnum):
    """What became of a job. There is no 'probably'."""

    DONE = "done"  # the device said, after the last byte, that it is well and has paper
    UNSURE = "unsure"  # bytes went out, then the device fell silent or ill: some or all may be on paper


class Printer(Driver):
    """Prints slips. Silence is unknown, never 'paper ok'. Its status has a reading `paper`, which is a `Paper`."""

    KIND = Kind.PRINTER

    @abstractmethod
    async def print(self, slip: Slip) -> Printed:
        """Print one slip, asking the device before and after; `PaperUsed` is told before its first byte.

        DeviceError: nothing of it was printed. ValueError: a block can't be set.
        """
