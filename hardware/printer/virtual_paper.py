"""The virtual printer's paper: obeys commands dot by dot, and gives each slip as a picture.

Dots are 1/203 inch, 576 across. Ink is 255 while it gathers, black on white when a slip is cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageChops

from hardware.printer import virtual_glyphs as glyphs
from hardware.printer.virtual_parser import Command

WIDTH = 576
LINE_SPACING = 30
# From the print head to the knife: GS V 65 and 66 feed so far before they cut.
HEAD_TO_KNIFE = 100


class Wrong(Exception):
    """A command that can't be obeyed here and now, as `str()` says."""


@dataclass
class Mode:
    """All that ESC @ resets."""

    font: str = "A"
    wide: int = 1
    tall: int = 1
    bold: bool = False
    underline: int = 0
    invert: bool = False
    upside_down: bool = False
    rotated: bool = False
    align: int = 0
    spacing: int = LINE_SPACING
    gap: int = 0
    left: int = 0
    area: int = WIDTH
    unit_x: int = 1
    unit_y: int = 1
    table: int = 0
    national: int = 0
    tabs: tuple[int, ...] = tuple(range(8, 64, 8))
    bar_height: int = 162
    bar_module: int = 3
    bar_text: int = 0
    qr_module: int = 3
    qr_level: int = 48
    symbol: bytes = b""
    graphics: Image.Image | None = None


@dataclass
class Paper:
    """Paper, print head and knife."""

    mode: Mode = field(default_factory=Mode)
    length: int = 0
    """Dots fed since the last cut."""
    fed: int = 0
    """Dots fed since the roll was put in."""
    _strips: list[tuple[int, Image.Image]] = field(default_factory=list)
    _line: list[tuple[int, Image.Image]] = field(default_factory=list)
    _x: int = 0

    def obey(self, command: Command) -> Image.Image | None:
        """Do what one command says; the slip's picture if it cut. Wrong if it makes no sense now."""
        if command.name in ("GS V", "ESC i", "ESC m"):
            return self._cut(command)
        action = _ACTIONS.get(command.name)
        if action is not None:
            action(self, command.data)
        return None

    @property
    def blank(self) -> bool:
        return not self._strips and not self._line

    def power_on(self) -> None:
        """Forget all settings and the unprinted line; what is on the paper stays."""
        self.mode, self._line, self._x = Mode(), [], 0

    def cut(self) -> Image.Image:
        """Tear or cut here: what was printed since the last cut, black on white."""
        self.end_line(0)
        slip = Image.new("1", (WIDTH, max(1, self.length)), 1)
        for top, ink in self._strips:
            slip.paste(0, (0, top), ink)
        self._strips, self.length = [], 0
        return slip

    def _cut(self, command: Command) -> Image.Image:
        if command.name == "GS V" and command.data[0] in b"AB":
            self.end_line(0)
            self._feed(HEAD_TO_KNIFE + command.data[1] * self.mode.unit_y)
        return self.cut()

    def _feed(self, dots: int) -> None:
        self.length += dots
        self.fed += dots

    def text(self, data: bytes) -> None:
        try:
            characters = glyphs.decode(data, self.mode.table, self.mode.national)
        except UnicodeDecodeError as hole:
            raise Wrong(f"code table {self.mode.table} has no {hole.object.hex()}") from None
        for char in characters:
            cell = self._cell(char)
            if self._x and self._x + cell.width > self.mode.area:
                self.end_line(self.mode.spacing)
            self._put(cell, self.mode.gap * self.mode.wide)

    def _cell(self, char: str) -> Image.Image:
        mode = self.mode
        cell = glyphs.glyph(char, mode.font, mode.bold)
        if mode.rotated:
            cell = cell.transpose(Image.Transpose.ROTATE_270)
        cell = cell.resize((cell.width * mode.wide, cell.height * mode.tall), Image.Resampling.NEAREST)
        if mode.underline and not mode.invert:
            cell = cell.copy()
            cell.paste(255, (0, cell.height - mode.underline, cell.width, cell.height))
        return ImageChops.invert(cell) if mode.invert else cell

    def _put(self, picture: Image.Image, gap: int = 0) -> None:
        self._line.append((self._x, picture))
        self._x += picture.width + gap

    def end_line(self, spacing: int) -> None:
        """Print what the line holds and feed at least `spacing` dots."""
        tall = max((picture.height for _, picture in self._line), default=0)
        if self._line:
            right = max(x + picture.width for x, picture in self._line)
            line = Image.new("1", (right, tall))
            for x, picture in self._line:
                line.paste(255, (x, tall - picture.height), picture)
            self._place(line.transpose(Image.Transpose.ROTATE_180) if self.mode.upside_down else line)
        self._feed(max(spacing, tall))
        self._line, self._x = [], 0

    def _place(self, ink: Image.Image) -> None:
        room = self.mode.area - ink.width
        left = self.mode.left + (0, room // 2, room)[self.mode.align]
        strip = Image.new("1", (WIDTH, ink.height))
        strip.paste(ink, (max(left, 0), 0))
        self._strips.append((self.length, strip))

    def block(self, ink: Image.Image, what: str) -> None:
        """A picture of its own: raster, graphics, symbol."""
        if self._line:
            raise Wrong(f"{what} in the middle of a line")
        if ink.width > self.mode.area + 7:
            raise Wrong(f"{what} of {ink.width} dots on {self.mode.area}")
        self._place(ink.crop((0, 0, min(ink.width, self.mode.area), ink.height)))
        self._feed(ink.height)


def _number(data: bytes) -> int:
    return data[0] | data[1] << 8


def _picture(data: bytes, width: int, height: int) -> Image.Image:
    if len(data) != (width + 7) // 8 * height:
        raise Wrong(f"{len(data)} bytes for {width} × {height} dots")
    return Image.frombytes("1", (width, height), data)


def _raster(paper: Paper, data: bytes) -> None:
    ink = _picture(data[5:], _number(data[1:]) * 8, _number(data[3:]))
    times = (1 + (data[0] & 1), 1 + (data[0] >> 1 & 1))
    paper.block(ink.resize((ink.width * times[0], ink.height * times[1]), Image.Resampling.NEAREST), "GS v 0")


def _graphics(paper: Paper, data: bytes) -> None:
    """GS ( L and GS 8 L from `m fn` on."""
    function = data[1]
    if function in (112, 113):
        tone, times_x, times_y, colour = data[2:6]
        if tone != 48 or colour != 49 or times_x not in (1, 2) or times_y not in (1, 2):
            raise Wrong(f"graphics of {data[2:6].hex()}")
        wide, tall = _number(data[6:]), _number(data[8:])
        if function == 112:
            ink = _picture(data[10:], wide, tall)
        else:
            ink = _picture(data[10:], tall, wide).transpose(Image.Transpose.TRANSPOSE)
        size = (ink.width * times_x, ink.height * times_y)
        paper.mode.graphics = ink.resize(size, Image.Resampling.NEAREST)
    elif function in (2, 50):
        if paper.mode.graphics is None:
            raise Wrong("no graphics to print")
        paper.block(paper.mode.graphics, "GS ( L")
        paper.mode.graphics = None


def _bit_image(paper: Paper, data: bytes) -> None:
    dense = data[0] >= 32
    columns = _number(data[1:])
    ink = _picture(data[3:], 24 if dense else 8, columns).transpose(Image.Transpose.TRANSPOSE)
    wide = 1 if data[0] & 1 else 2
    paper._put(ink.resize((ink.width * wide, 24), Image.Resampling.NEAREST))


def _symbol(paper: Paper, data: bytes) -> None:
    """GS ( k: cn fn parameters. 49 is QR; others are drawn as what they hold."""
    kind, function, rest = data[2], data[3], data[4:]
    mode = paper.mode
    if function == 67 and kind == 49:
        if not 1 <= rest[0] <= 16:
            raise Wrong(f"QR module of {rest[0]} dots")
        mode.qr_module = rest[0]
    elif function == 69 and kind == 49:
        if not 48 <= rest[0] <= 51:
            raise Wrong(f"QR error correction {rest[0]}")
        mode.qr_level = rest[0]
    elif function == 80:
        mode.symbol = rest[1:]
    elif function == 81:
        if not mode.symbol:
            raise Wrong("no symbol to print")
        try:
            qr = kind == 49
            ink = glyphs.qr(mode.symbol, mode.qr_module, mode.qr_level) if qr else glyphs.stack(mode.symbol, 3)
        except ValueError as error:
            raise Wrong(str(error)) from error
        paper.block(ink, "GS ( k")


def _barcode(paper: Paper, data: bytes) -> None:
    kind = data[0] + 65 if data[0] <= 6 else data[0]
    content = data[1:-1] if data[0] <= 6 else data[2:]
    mode = paper.mode
    ink = glyphs.bars(kind, content, mode.bar_module, mode.bar_height)
    if ink.width > mode.area:
        raise Wrong(f"a barcode of {ink.width} dots on {mode.area}")
    if mode.bar_text % 48:
        ink = glyphs.with_caption(ink, glyphs.words(kind, content), above=mode.bar_text % 48 == 1)
    paper.block(ink, "GS k")


def _print_mode(paper: Paper, data: bytes) -> None:
    bits, mode = data[0], paper.mode
    mode.font = "B" if bits & 0x01 else "A"
    mode.bold = bool(bits & 0x08)
    mode.tall = 2 if bits & 0x10 else 1
    mode.wide = 2 if bits & 0x20 else 1
    mode.underline = 1 if bits & 0x80 else 0


def _magnify(paper: Paper, data: bytes) -> None:
    paper.mode.wide, paper.mode.tall = (data[0] >> 4) + 1, (data[0] & 7) + 1


def _tab(paper: Paper, data: bytes) -> None:
    column = glyphs.CELLS[paper.mode.font][0] * paper.mode.wide
    stops = [stop * column for stop in paper.mode.tabs if stop * column > paper._x]
    paper._x = min(stops[0], paper.mode.area) if stops else paper._x


def _move(paper: Paper, to: int) -> None:
    if 0 <= to <= paper.mode.area:
        paper._x = to


def _units(paper: Paper, data: bytes) -> None:
    paper.mode.unit_x, paper.mode.unit_y = (max(1, 203 // (value or 203)) for value in data)


def _table(paper: Paper, data: bytes) -> None:
    if data[0] not in glyphs.CODE_TABLES:
        raise Wrong(f"ESC t: no code table {data[0]}")
    paper.mode.table = data[0]


def _kanji(paper: Paper, data: bytes) -> None:
    raise Wrong("FS &: no Chinese characters in this printer")


def _set(name: str, value: Callable[[int], object]) -> Callable[[Paper, bytes], None]:
    def action(paper: Paper, data: bytes) -> None:
        setattr(paper.mode, name, value(data[0]))

    return action


def _at_line_begin(name: str) -> Callable[[Paper, bytes], None]:
    """GS L, GS W: obeyed only where a line begins."""

    def action(paper: Paper, data: bytes) -> None:
        if not paper._line:
            setattr(paper.mode, name, _number(data) * paper.mode.unit_x)
            paper.mode.area = max(12, min(paper.mode.area, WIDTH - paper.mode.left))

    return action


def _signed(data: bytes) -> int:
    value = _number(data)
    return value - 65536 if value > 32767 else value


def _feed_lines(paper: Paper, data: bytes) -> None:
    paper.end_line(paper.mode.spacing * data[0])


_ACTIONS: dict[str, Callable[[Paper, bytes], None]] = {
    "text": Paper.text,
    "LF": lambda paper, data: paper.end_line(paper.mode.spacing),
    "HT": _tab,
    "ESC SP": _set("gap", lambda n: n),
    "ESC !": _print_mode,
    "ESC $": lambda paper, data: _move(paper, _number(data) * paper.mode.unit_x),
    "ESC \\": lambda paper, data: _move(paper, paper._x + _signed(data) * paper.mode.unit_x),
    "ESC *": _bit_image,
    "ESC -": _set("underline", lambda n: n % 48),
    "ESC 2": lambda paper, data: setattr(paper.mode, "spacing", LINE_SPACING),
    "ESC 3": lambda paper, data: setattr(paper.mode, "spacing", data[0] * paper.mode.unit_y),
    "ESC @": lambda paper, data: paper.power_on(),
    "ESC D": lambda paper, data: setattr(paper.mode, "tabs", tuple(data[:-1])),
    "ESC E": _set("bold", lambda n: bool(n & 1)),
    "ESC G": _set("bold", lambda n: bool(n & 1)),
    "ESC J": lambda paper, data: paper.end_line(data[0] * paper.mode.unit_y),
    "ESC M": _set("font", lambda n: "AB"[n % 48]),
    "ESC R": _set("national", lambda n: n),
    "ESC V": _set("rotated", lambda n: bool(n % 48)),
    "ESC a": _set("align", lambda n: n % 48),
    "ESC d": _feed_lines,
    "ESC t": _table,
    "ESC {": _set("upside_down", lambda n: bool(n & 1)),
    "FS &": _kanji,
    "GS !": _magnify,
    "GS ( L": lambda paper, data: _graphics(paper, data[2:]),
    "GS 8 L": lambda paper, data: _graphics(paper, data[4:]),
    "GS ( k": _symbol,
    "GS B": _set("invert", lambda n: bool(n & 1)),
    "GS H": _set("bar_text", lambda n: n),
    "GS L": _at_line_begin("left"),
    "GS P": _units,
    "GS W": _at_line_begin("area"),
    "GS h": _set("bar_height", lambda n: n),
    "GS k": _barcode,
    "GS v 0": _raster,
    "GS w": _set("bar_module", lambda n: n),
}
