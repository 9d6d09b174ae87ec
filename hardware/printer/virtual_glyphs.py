"""The virtual printer's built-in characters: fonts A and B, code tables, barcodes."""

from __future__ import annotations

from functools import lru_cache

import barcode  # type: ignore[import-untyped]  # comes with python-escpos
import qrcode
from barcode.errors import BarcodeError  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFont
from qrcode.exceptions import DataOverflowError

from hardware.printer import fonts

# Dots: width, height, size of DejaVu Sans Mono that fills the cell, baseline.
CELLS = {"A": (12, 24, 20, 19), "B": (9, 17, 15, 13)}

# ESC t n (Epson, character code tables). Tables that no codec of Python's knows are not there.
CODE_TABLES = {
    0: "cp437", 1: "cp932", 2: "cp850", 3: "cp860", 4: "cp863", 5: "cp865", 13: "cp857", 14: "cp737",
    15: "iso8859_7", 16: "cp1252", 17: "cp866", 18: "cp852", 19: "cp858", 32: "cp720", 33: "cp775",
    34: "cp855", 35: "cp861", 36: "cp862", 37: "cp864", 38: "cp869", 39: "iso8859_2", 40: "iso8859_15",
    44: "cp1125", 45: "cp1250", 46: "cp1251", 47: "cp1253", 48: "cp1254", 49: "cp1255", 50: "cp1256",
    51: "cp1257", 52: "cp1258",
}  # fmt: skip

# Where Epson's tables differ from Python's codecs: table 1 is katakana with its own drawing
# characters; table 13 has the euro sign.
_OWN = {
    1: dict(zip(range(0x80, 0xA0), "▁▂▃▄▅▆▇█▏▎▍▌▋▊▉┼┴┬┤├▔─│▕┌┐└┘╭╮╰╯", strict=True))
    | dict(zip(range(0xE0, 0xFF), "═╞╪╡◢◣◥◤♠♥♦♣●○╱╲╳円年月日時分秒〒市区町村人▒", strict=True))
    | {0xA0: " ", 0xFF: " "},
    13: {0xD5: "€"},
}

# ESC R n: what stands for the characters below in other countries' sets.
_NATIONAL = "#$@[\\]^`{|}~"
NATIONAL = {
    0: _NATIONAL,
    1: "#$à°ç§^`éùè¨",
    2: "#$§ÄÖÜ^`äöüß",
    3: "£$@[\\]^`{|}~",
    4: "#$@ÆØÅ^`æøå~",
    5: "#¤ÉÄÖÅÜéäöåü",
    6: "#$@°\\é^ùàòèì",
    7: "₧$@¡Ñ¿^`¨ñ}~",
    8: "#$@[¥]^`{|}~",
}


def decode(data: bytes, table: int, national: int = 0) -> str:
    """Characters of a code table. UnicodeDecodeError where the table has a hole, KeyError if there is none."""
    own = _OWN.get(table, {})
    text = "".join(own.get(byte) or bytes((byte,)).decode(CODE_TABLES[table]) for byte in data)
    return text.translate(str.maketrans(_NATIONAL, NATIONAL[national])) if national else text


@lru_cache(maxsize=2048)
def glyph(char: str, font: str, bold: bool) -> Image.Image:
    """One character in its cell, white on black (mode "1"), so that ink is 255."""
    wide, tall, em, baseline = CELLS[font]
    cell = Image.new("L", (wide, tall))
    face = fonts.Face(fonts.DEJAVU / f"DejaVuSansMono{'-Bold' if bold else ''}.ttf")
    if ord(char) not in fonts.coverage(face):
        face = fonts.face_for(char, fonts.Style.BOLD if bold else fonts.Style.REGULAR)
    pen = ImageDraw.Draw(cell)
    pen.text((wide // 2, baseline), char, font=_font(face, em), fill=255, anchor="ms")
    return cell.point(lambda grey: 255 * (grey > 110), "1")


@lru_cache(maxsize=16)
def _font(face: fonts.Face, em: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(face.path), em, index=face.index)


def qr(data: bytes, module: int, level: int) -> Image.Image:
    """A QR code as GS ( k draws it, without a quiet zone; ink is 255. `level`: 48 L to 51 H."""
    levels = (
        qrcode.constants.ERROR_CORRECT_L, qrcode.constants.ERROR_CORRECT_M,
        qrcode.constants.ERROR_CORRECT_Q, qrcode.constants.ERROR_CORRECT_H,
    )  # fmt: skip
    code = qrcode.QRCode(border=0, error_correction=levels[level - 48])
    code.add_data(data)
    try:
        code.make(fit=True)
    except DataOverflowError as error:
        raise ValueError("too much for a QR code") from error
    return _modules(code.get_matrix(), module, module)


# GS k m: the barcode's name in python-barcode.
_BARCODES = {65: "upca", 67: "ean13", 68: "ean8", 69: "code39", 70: "itf", 71: "codabar", 73: "code128"}


def words(kind: int, data: bytes) -> str:
    """What a barcode says. Code 128 (73) switches its sets by `{A`, `{B`, `{C`; a byte of set C is two digits."""
    if kind != 73:
        return data.decode("latin-1")
    said, in_c, bytes_left = "", False, list(data)
    while bytes_left:
        byte = bytes_left.pop(0)
        if byte == ord("{") and bytes_left:
            switch = bytes_left.pop(0)
            in_c = switch == ord("C") if switch in b"ABC" else in_c
            said += "{" if switch == ord("{") else ""
        else:
            said += f"{byte:02}" if in_c else chr(byte)
    return said


def bars(kind: int, data: bytes, module: int, height: int) -> Image.Image:
    """A one-dimensional barcode; ink is 255. Kinds that can't be built here get bars that say nothing."""
    try:
        text = words(kind, data).strip("*") if kind == 69 else words(kind, data)
        options = {"add_checksum": False} if kind == 69 else {}
        pattern = barcode.get(_BARCODES[kind], text, options=options).build()[0]
    except (KeyError, BarcodeError, ValueError, IndexError, TypeError):
        pattern = "101" + "".join(f"{byte:08b}" for byte in data) + "101"
    return _modules([[bit == "1" for bit in pattern]], module, height)


def with_caption(ink: Image.Image, text: str, above: bool) -> Image.Image:
    """A barcode with its text in font A."""
    if not text:
        return ink
    wide, tall = CELLS["A"][:2]
    whole = Image.new("1", (max(ink.width, wide * len(text)), ink.height + tall + 2))
    whole.paste(ink, ((whole.width - ink.width) // 2, tall + 2 if above else 0))
    left = (whole.width - wide * len(text)) // 2
    for place, char in enumerate(text):
        whole.paste(glyph(char, "A", False), (left + wide * place, 0 if above else ink.height + 2))
    return whole


def stack(data: bytes, module: int) -> Image.Image:
    """Where a PDF417 or other two-dimensional symbol would stand: the data's bits in rows; ink is 255."""
    bits = "".join(f"{byte:08b}" for byte in data).ljust(64, "0")
    rows = [[bit == "1" for bit in bits[begin : begin + 64].ljust(64, "0")] for begin in range(0, len(bits), 64)]
    return _modules(rows, module, module * 3)


def _modules(rows: list[list[bool]], wide: int, tall: int) -> Image.Image:
    small = Image.new("1", (len(rows[0]), len(rows)))
    small.putdata([255 if dark else 0 for row in rows for dark in row])
    return small.resize((small.width * wide, small.height * tall), Image.Resampling.NEAREST)
