"""Pieces of a slip → ESC/POS bytes, made by python-escpos. The only file that imports it.

Its ways are kept in check: it never chooses a code page (it would print `?` for what it lacks,
and switch a whole line to GB18030 for one ideograph), it never reads a status and opens nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import lru_cache
from typing import Any

from escpos.capabilities import CAPABILITIES, Profile
from escpos.codepages import CodePages
from escpos.printer import Dummy
from PIL import Image, ImageChops

from hardware.printer import profiles
from hardware.printer.contract import Size
from hardware.printer.typeset import Piece, PlainLine

# 80 mm paper at 203 dots to the inch; 72 mm of it can be printed on.
PAPER_DOTS = 576
# The height of one raster command. Printers of little memory choke on taller ones.
BAND = 192
# A blank stretch of this height is worth a command of its own, one byte a row.
WORTH_A_FEED = 12


class Encoder:
    """Makes the bytes for printers of one profile (python-escpos names them)."""

    def __init__(
        self, profile: str = "default", codepage: str = "", width_dots: int | None = None, band: int = BAND
    ) -> None:
        """UnknownProfile for what `profiles.check` refuses.

        `width_dots`: of the paper, if it isn't the profile's own; 576 if neither knows.
        """
        self._band = band
        profiles.check(profile, codepage)
        self.profile, self.width_dots = _profile(profile, width_dots)
        slots = profiles.code_pages(profile)
        if codepage in ("", "auto"):
            self._wanted = [name for name in profiles.CODEPAGES if codepage and name in slots]
        else:
            self._wanted = [codepage.upper()]

    def codepage_for(self, text: str) -> str | None:
        """The first wanted code page that has every character of `text`."""
        return next((name for name in self._wanted if _has_all(name, text)), None)

    def encode(self, pieces: Sequence[Piece], cut: bool) -> bytes:
        """The whole job, from reset to cut."""
        return b"".join(self.commands(pieces, cut))

    def commands(self, pieces: Sequence[Piece], cut: bool) -> list[bytes]:
        """The job, in pieces of whole commands."""
        job = Dummy(profile=self.profile)
        job.hw("INIT")
        for piece in pieces:
            if isinstance(piece, PlainLine):
                self._plain(job, piece)
            else:
                for band in _bands(piece, self._band):
                    job.image(band, impl="bitImageRaster", fragment_height=BAND)
        self._end(job, cut)
        return list(job._output_list)

    def let_out(self) -> bytes:
        """Cut off what a broken job left in the printer: it is not the next guest's."""
        job = Dummy(profile=self.profile)
        job.hw("INIT")
        self._end(job, cut=True)
        return bytes(job.output)

    def _end(self, job: Any, cut: bool) -> None:
        if cut and (self.profile.supports("paperPartCut") or self.profile.supports("paperFullCut")):
            job.cut(feed=False)  # GS V 66: feeds to the knife by itself
        else:
            job.print_and_feed(6)

    def _plain(self, job: Any, line: PlainLine) -> None:
        job.magic.force_encoding(line.codepage)
        # Not set(font="b"): python-escpos 3.1 sends font A for it.
        job._raw(b"\x1bM\x01" if line.size is Size.SMALL else b"\x1bM\x00")
        job.set(align=line.align.value, bold=line.bold)
        job.text(line.text + "\n")
        job.set(align="left", bold=False)


def _profile(name: str, width_dots: int | None) -> tuple[Any, int]:
    """A profile that knows its width: of one that doesn't, python-escpos complains on stdout."""
    data = deepcopy(CAPABILITIES["profiles"][name])
    paper = data["media"]["width"]
    known = paper.get("pixels")
    paper["pixels"] = width_dots or (known if isinstance(known, int) else PAPER_DOTS)
    ours = type("OurProfile", (Profile,), {"profile_data": data})
    return ours(features=data["features"]), paper["pixels"]


@lru_cache(maxsize=32)
def _characters(codepage: str) -> frozenset[str]:
    codec = CodePages.get_encoding(codepage)["python_encode"]
    printable = (bytes((byte,)).decode(codec, "ignore") for byte in (*range(0x20, 0x7F), *range(0x80, 0x100)))
    return frozenset(char for char in printable if char and char.isprintable())


def _has_all(codepage: str, text: str) -> bool:
    return _characters(codepage).issuperset(text)


def _bands(picture: Image.Image, tall: int) -> Iterator[Image.Image]:
    """A picture in strips, each only as wide as its ink: white costs one byte a row."""
    ink = ImageChops.invert(picture.convert("L"))
    inked = ink.reduce((ink.width, 1)).getdata() if ink.width else ()
    for top, bottom in _strips([bool(row) for row in inked]):
        for begin in range(top, bottom, tall):
            strip = (0, begin, picture.width, min(begin + tall, bottom))
            box = ink.crop(strip).getbbox()
            right = min(picture.width, -(-box[2] // 8) * 8) if box else 8
            yield picture.crop((0, strip[1], right, strip[3]))


def _strips(inked: list[bool]) -> list[tuple[int, int]]:
    """(top, bottom) of each stretch of rows: inked ones with their small gaps, and wide blank ones."""
    edges = [0]
    row = 0
    while row < len(inked):
        end = row
        while end < len(inked) and not inked[end]:
            end += 1
        if end - row >= WORTH_A_FEED:
            edges += [row, end]
        row = max(end, row + 1)
    edges.append(len(inked))
    return [(top, bottom) for top, bottom in zip(edges, edges[1:], strict=False) if top < bottom]
