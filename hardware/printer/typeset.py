"""Setting a slip: blocks in, pieces out – pictures of the paper, and lines in the printer's own font.

Everything is set in Noto and sent as pictures: it looks the same on every printer and in every
script, and no letter depends on which code pages a printer really has. Where kiosk.ini names a
code page, a plain paragraph goes in the printer's own font (fewer bytes on a slow line), but only
if every one of its characters is in that page; else it is set in Noto like the rest.

Sizes are dots (203 to the inch: 8 are a millimetre). `column` counts the printer's font A.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import qrcode
from PIL import Image, ImageDraw, UnidentifiedImageError
from qrcode.exceptions import DataOverflowError

from hardware.printer import fonts
from hardware.printer.contract import Align, Pair, Picture, QRCode, Rule, Size, Slip, Space, TextLine
from hardware.printer.fonts import Style
from hardware.printer.wrap import wrap

# Darker than this is black. Above the middle, so that thin strokes survive on thermal paper.
BLACK_BELOW = 150
# Text and rules keep this from the edges: 2.5 mm, as not every roll runs straight.
INSET = 20
# Between a label and its value on one line.
PAIR_GAP = 24
SPACE = 30
RULE, RULE_AROUND = 2, 15
QR_AROUND = 6
QR_QUIET_MODULES = 4  # ISO/IEC 18004 §6.3.8
# 3 dots are 0.375 mm: the least that phones read well from thermal paper.
QR_SMALLEST_MODULE = 3
# Above the first line, for what rises above its letters (Thai, Vietnamese capitals).
HEAD = 8
# White after the last line, before the knife.
FOOT = 24


@dataclass(frozen=True)
class Measures:
    """How one size is set: dots to the em, from one baseline to the next, above the baseline."""

    em: int
    line: int
    ascent: int
    title: bool = False


MEASURES = {
    Size.SMALL: Measures(em=22, line=30, ascent=23),
    Size.NORMAL: Measures(em=26, line=37, ascent=28),
    Size.LARGE: Measures(em=46, line=62, ascent=48, title=True),
    Size.HUGE: Measures(em=112, line=146, ascent=116, title=True),
}


@dataclass(frozen=True)
class PlainLine:
    """A line in the printer's own font; every character of it is in `codepage`."""

    text: str
    codepage: str
    size: Size = Size.NORMAL
    bold: bool = False
    align: Align = Align.LEFT


Piece = Image.Image | PlainLine
CodepageFor = Callable[[str], str | None]
"""The code page that has every character of a text; None if there is none, or none is wanted."""


def no_codepage(text: str) -> str | None:
    return None


@dataclass
class Setter:
    """Sets slips for one width of paper."""

    width: int = 576
    codepage_for: CodepageFor = no_codepage
    column: int = 12
    small_column: int = 9
    _drawings: list[tuple[int, Callable[[Image.Image, int], None]]] = field(default_factory=list, init=False)
    _pieces: list[Piece] = field(default_factory=list, init=False)

    def set(self, slip: Slip) -> list[Piece]:
        """The pieces of a slip from top to bottom, pictures in mode "1" of the paper's width.

        ValueError if a block can't be set: a picture that is none, a QR code of too many bytes.
        """
        self._drawings, self._pieces = [], []
        self._blank(HEAD)
        for block in slip.blocks:
            match block:
                case TextLine():
                    self._text(block)
                case Pair():
                    self._pair(block)
                case Rule():
                    self._blank(RULE_AROUND)
                    self._drawings.append((RULE, self._draw_rule))
                    self._blank(RULE_AROUND)
                case Space():
                    self._blank(SPACE * block.lines)
                case QRCode():
                    self._centred(qr_picture(block, self.width), QR_AROUND)
                case Picture():
                    self._centred(black_and_white(block, self.width), 0)
        self._blank(FOOT)
        self._finish_picture()
        return self._pieces

    @property
    def _room(self) -> int:
        return self.width - 2 * INSET

    def _text(self, block: TextLine) -> None:
        measures = MEASURES[block.size]
        style = _style(measures, block.bold)
        align = _mirrored(block.align) if block.rtl else block.align
        for paragraph in fonts.clean(block.text):
            codepage = None if measures.title or block.rtl else self.codepage_for(paragraph)
            if codepage:
                self._plain(PlainLine(paragraph, codepage, block.size, block.bold, align))
                continue
            for line in wrap(paragraph, self._room, lambda t: fonts.width(t, style, measures.em, block.rtl)):
                self._line(((line, align),), measures, style, block.rtl)

    def _pair(self, block: Pair) -> None:
        measures = MEASURES[Size.NORMAL]
        style = _style(measures, block.bold)
        label, value = " ".join(fonts.clean(block.label)), " ".join(fonts.clean(block.value))
        codepage = None if block.rtl else self.codepage_for(label + value)
        start, end = (Align.RIGHT, Align.LEFT) if block.rtl else (Align.LEFT, Align.RIGHT)
        columns = self.width // self.column
        if codepage and len(label) + 2 + len(value) <= columns:
            line = label + value.rjust(columns - len(label))
            self._plain(PlainLine(line, codepage, bold=block.bold))
            return

        def wide(text: str) -> float:
            return fonts.width(text, style, measures.em, block.rtl)

        if wide(label) + PAIR_GAP + wide(value) <= self._room:
            self._line(((label, start), (value, end)), measures, style, block.rtl)
            return
        for text, align in ((label, start), (value, end)):
            for line in wrap(text, self._room, wide):
                self._line(((line, align),), measures, style, block.rtl)

    def _line(
        self, texts: tuple[tuple[str, Align], ...], measures: Measures, style: Style, rtl: bool
    ) -> None:
        def draw(paper: Image.Image, y: int) -> None:
            pen = ImageDraw.Draw(paper)
            for text, align in texts:
                spare = self._room - fonts.width(text, style, measures.em, rtl)
                x = INSET + {Align.LEFT: 0.0, Align.CENTER: spare / 2, Align.RIGHT: spare}[align]
                fonts.draw(pen, (x, y + measures.ascent), text, style, measures.em, rtl)

        self._drawings.append((measures.line, draw))

    def _plain(self, line: PlainLine) -> None:
        self._finish_picture()
        columns = self.width // (self.small_column if line.size is Size.SMALL else self.column)
        for text in wrap(line.text, columns, len):
            self._pieces.append(replace(line, text=text))

    def _blank(self, height: int) -> None:
        if height > 0:
            self._drawings.append((height, lambda paper, y: None))

    def _draw_rule(self, paper: Image.Image, y: int) -> None:
        paper.paste(0, (INSET, y, self.width - INSET, y + RULE))

    def _centred(self, picture: Image.Image, around: int) -> None:
        self._blank(around)
        left = (self.width - picture.width) // 2
        self._drawings.append((picture.height, lambda paper, y: paper.paste(picture, (left, y))))
        self._blank(around)

    def _finish_picture(self) -> None:
        """Draw what has gathered on one piece of paper, so that tall letters reach into other lines."""
        height = sum(tall for tall, _ in self._drawings)
        if not height:
            return
        paper = Image.new("L", (self.width, height), 255)
        y = 0
        for tall, draw in self._drawings:
            draw(paper, y)
            y += tall
        self._drawings = []
        self._pieces.append(paper.point(lambda grey: 255 * (grey >= BLACK_BELOW), "1"))


def _style(measures: Measures, bold: bool) -> Style:
    if measures.title:
        return Style.TITLE
    return Style.BOLD if bold else Style.REGULAR


def _mirrored(align: Align) -> Align:
    return {Align.LEFT: Align.RIGHT, Align.RIGHT: Align.LEFT, Align.CENTER: Align.CENTER}[align]


def qr_picture(block: QRCode, paper: int) -> Image.Image:
    """A QR code with its quiet zone, about `block.width` dots wide, never unreadably fine; mode "L"."""
    code = qrcode.QRCode(border=QR_QUIET_MODULES, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(block.data.encode("utf-8", "replace"))
    try:
        code.make(fit=True)
    except (DataOverflowError, ValueError) as error:
        raise ValueError("the QR code holds too many bytes") from error
    matrix = code.get_matrix()
    module = max(QR_SMALLEST_MODULE, min(block.width, paper) // len(matrix))
    if module * len(matrix) > paper:
        raise ValueError("the QR code holds too many bytes for this paper")
    small = Image.new("L", (len(matrix), len(matrix)))
    small.putdata([0 if dark else 255 for row in matrix for dark in row])
    return small.resize((module * len(matrix),) * 2, Image.Resampling.NEAREST)


def black_and_white(block: Picture, paper: int) -> Image.Image:
    """A picture on white, scaled to `block.width` dots and dithered; mode "L", 0 and 255 only."""
    try:
        with Image.open(io.BytesIO(block.png)) as picture:
            colours = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise ValueError("the picture can't be read") from error
    white = Image.new("RGBA", colours.size, "white")
    white.alpha_composite(colours)
    width = max(1, min(block.width, paper))
    height = max(1, round(colours.height * width / colours.width))
    grey = white.convert("L").resize((width, height), Image.Resampling.LANCZOS)
    return grey.convert("1", dither=Image.Dither.FLOYDSTEINBERG).convert("L")
