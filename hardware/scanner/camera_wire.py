"""Pictures of a camera → codes (zxing-cpp), and when one is told. No I/O.

A code in front of a camera is seen many times a second; it is told once, and again only after it has been
out of sight for `AGAIN_S`. The symbology comes as zxing-cpp's AIM identifier, read as a serial scanner's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from PIL import Image

from hardware.scanner.contract import CodeScanned
from hardware.scanner.serial_wire import decode

AGAIN_S = 2.0
# Black is 16 in video (ITU-R BT.601), a sensor's noise a little more; a lobby at night has lamps.
DARK_LEVEL = 24
DARK_SHARE = 0.995
# Names as in kiosk.ini. Each costs time with every picture, so a kiosk looks for what its hotel gives out.
CODES = ("qr", "aztec", "data-matrix", "pdf417", "code128", "ean")


@dataclass(frozen=True)
class Look:
    """What one picture shows; `at_s` is when it was taken."""

    at_s: float
    dark: bool
    width: int
    height: int
    codes: tuple[CodeScanned, ...] = ()


def codes_wanted(words: str) -> tuple[str, ...]:
    """`qr aztec` → the names; ValueError says what is allowed."""
    names = tuple(words.replace(",", " ").split())
    if not names or not set(names) <= set(CODES):
        raise ValueError(f"codes = {words}: allowed: {' '.join(CODES)}")
    return names


def look(picture: Image.Image, at_s: float, wanted: Iterable[str]) -> Look:
    """One grey picture (mode "L"). Nothing is looked for in the dark."""
    dark = is_dark(picture)
    codes = () if dark else tuple(_read(picture, wanted))
    return Look(at_s, dark, picture.width, picture.height, codes)


def is_dark(picture: Image.Image) -> bool:
    """Whether as good as every point is black: a covered lens, not a dark room with a lamp."""
    few = picture.reduce(4) if min(picture.size) >= 64 else picture
    return sum(few.histogram()[:DARK_LEVEL]) >= DARK_SHARE * few.width * few.height


def _read(picture: Image.Image, wanted: Iterable[str]) -> Iterable[CodeScanned]:
    import zxingcpp

    formats: dict[str, Any] = {
        "qr": zxingcpp.BarcodeFormat.QRCode, "aztec": zxingcpp.BarcodeFormat.Aztec,
        "data-matrix": zxingcpp.BarcodeFormat.DataMatrix, "pdf417": zxingcpp.BarcodeFormat.PDF417,
        "code128": zxingcpp.BarcodeFormat.Code128, "ean": zxingcpp.BarcodeFormat.EANUPC,
    }  # fmt: skip
    plain = zxingcpp.TextMode.Plain
    for found in zxingcpp.read_barcodes(picture, formats=[formats[name] for name in wanted], text_mode=plain):
        yield decode((found.symbology_identifier + found.text).encode("utf-8", "replace"))


class Told:
    """Which codes are in sight."""

    def __init__(self) -> None:
        self._seen: dict[CodeScanned, float] = {}

    def new(self, seen: Look) -> list[CodeScanned]:
        """Those of a look that were not in sight just now."""
        self._seen = {code: at_s for code, at_s in self._seen.items() if seen.at_s - at_s <= AGAIN_S}
        fresh = [code for code in dict.fromkeys(seen.codes) if code not in self._seen]
        self._seen |= dict.fromkeys(seen.codes, seen.at_s)
        return fresh
