"""What a picture says of itself – JPEG or JPEG 2000, width, height – read before anything decodes it.

Pure, and bounded: only headers are walked. Sources: ITU-T T.81 annex B (JPEG markers), T.800 annex A
(JPEG 2000 codestream), annex I (JP2 boxes).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hardware.passport.errors import Malformed

MOST_BYTES = 0x10_0000
MOST_SIDE = 4096
MOST_COMPONENTS = 4
_MOST_SEGMENTS = 256
_MOST_TILES = 4096

_JP2 = bytes.fromhex("0000000C6A5020200D0A870A")
_CODESTREAM = bytes.fromhex("FF4FFF51")
_JPEG = bytes.fromhex("FFD8FF")


class PictureFormat(StrEnum):
    JPEG = "jpeg"
    JPEG_2000 = "jpeg-2000"


@dataclass(frozen=True)
class Picture:
    """A format and a size in pixels, as the picture's own header has them."""

    format: PictureFormat
    width: int
    height: int


def look(data: bytes) -> Picture:
    """Malformed for what is neither, or larger than any portrait is."""
    if len(data) > MOST_BYTES:
        raise Malformed(f"a picture of {len(data)} bytes")
    if data.startswith(_JPEG):
        return _bounded(PictureFormat.JPEG, *_jpeg_size(data))
    if data.startswith(_JP2):
        return _bounded(PictureFormat.JPEG_2000, *_codestream_size(data, _codestream_at(data)))
    if data.startswith(_CODESTREAM):
        return _bounded(PictureFormat.JPEG_2000, *_codestream_size(data, 0))
    raise Malformed("neither JPEG nor JPEG 2000")


def _bounded(kind: PictureFormat, width: int, height: int, components: int) -> Picture:
    if not (0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE):
        raise Malformed(f"a picture of {width} × {height}")
    if not 0 < components <= MOST_COMPONENTS:
        raise Malformed(f"a picture of {components} components")
    return Picture(kind, width, height)


def _jpeg_size(data: bytes) -> tuple[int, int, int]:
    """From the frame header, SOF0 … SOF15 without DHT, JPG and DAC (T.81 table B.1)."""
    at = 2
    for _ in range(_MOST_SEGMENTS):
        while data[at : at + 2] == b"\xff\xff":  # fill bytes
            at += 1
        if at + 4 > len(data) or data[at] != 0xFF:
            break
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if length < 8 or at + 10 > len(data):
                break
            height, width = (int.from_bytes(data[at + begin : at + begin + 2], "big") for begin in (5, 7))
            return width, height, data[at + 9]
        if marker in (0xD9, 0xDA) or length < 2:
            break
        at += 2 + length
    raise Malformed("a JPEG without a frame header")


def _codestream_at(data: bytes) -> int:
    """Where the contiguous codestream box begins (T.800 §I.5.4)."""
    at = 0
    for _ in range(_MOST_SEGMENTS):
        if at + 8 > len(data):
            break
        length, kind, size = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8], 8
        if length == 1:
            length, size = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        if kind == b"jp2c":
            return at + size
        if length < size:
            break
        at += length
    raise Malformed("a JP2 without a codestream")


def _codestream_size(data: bytes, at: int) -> tuple[int, int, int]:
    """From SIZ, which comes first (T.800 §A.5.1). Tiles are bounded too: each costs a decoder memory."""
    siz = data[at + 4 : at + 42]
    if data[at : at + 4] != _CODESTREAM or len(siz) < 38:
        raise Malformed("a JPEG 2000 without its size")
    x, y, left, top, tile_x, tile_y, tile_left, tile_top = (
        int.from_bytes(siz[begin : begin + 4], "big") for begin in range(4, 36, 4)
    )
    if not tile_x or not tile_y or left >= x or top >= y or tile_left > left or tile_top > top:
        raise Malformed("a JPEG 2000 whose size contradicts itself")
    if -(-(x - tile_left) // tile_x) * -(-(y - tile_top) // tile_y) > _MOST_TILES:
        raise Malformed("a JPEG 2000 of too many tiles")
    return x - left, y - top, int.from_bytes(siz[36:38], "big")
