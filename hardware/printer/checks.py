"""Checks of a printer, on its contract alone: its sensors, a page that shows what it can do, its code read back.

The page: every script that a guest's name may come in, a ruler (8 dots are a millimetre, 203 dpi), a stair on
which a dead dot of the head is a white line, and a QR code that holds a random word and nothing else.
"""

from __future__ import annotations

import asyncio
import io
import secrets
import time

from PIL import Image, ImageDraw

from hardware.answers import answers
from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from hardware.errors import Fault
from hardware.printer.contract import (
    Align,
    Pair,
    Picture,
    Printed,
    Printer,
    QRCode,
    Rule,
    Size,
    Slip,
    Space,
    TextLine,
)
from hardware.readings import Kind
from hardware.scanner.contract import CodeScanned

PART = "printer"
DOTS_PER_MM = 8
RULER_MM = 48  # as wide as the print of 58 mm paper: true on every roll
PAGE_MOST_S = 15.0  # 17 cm at the 50 mm/s of slow printers, and the bytes before them
COVER_WITHIN_S = 30.0
ASK_EVERY_S = 0.3
SCAN_WITHIN_S = 60.0
CODE = "KIOSK-TEST-"

SCRIPTS: tuple[tuple[str, bool], ...] = (
    ("English  The quick brown fox 0123456789", False),
    ("Magyar  Árvíztűrő tükörfúrógép ŐŰ", False),
    ("Deutsch  Größe, Übung, Ärger, Straße", False),
    ("Čeština, Polski  Příliš žluťoučký, gęślą jaźń", False),
    ("Română, Türkçe  Țăran șase, İğdır ığüş", False),
    ("Tiếng Việt  Người Hà Nội", False),
    ("Ελληνικά  Θέλω ψωμί", False),
    ("Українська  Їжак, ґанок, щастя", False),
    ("Հայերեն  Բարեւ", False),
    ("ქართული  გამარჯობა", False),
    ("עברית  שלום לכולם 123", True),
    ("العربية  مرحبا بكم 123", True),
    ("हिन्दी  नमस्ते", False),
    ("ไทย  สวัสดีครับ", False),
    ("中文  你好，房间钥匙", False),
    ("日本語  こんにちは、部屋", False),
    ("한국어  안녕하세요", False),
    ("€ £ ¥ ₺ ₴  – — “ ” „ «»  ½ ° № @ # & \\ | ~", False),
)


def checks(device: Printer) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    code = _Code()
    return (
        answers(device, PART),
        Check("printer.page", "Prints a page and cuts it", _page(device, code), hands=True, moves=True, within_s=240),
        Check("printer.read-back", "Its code is read by our scanner", code.read_back, hands=True, within_s=90),
        Check("printer.cover", "Feels its cover", _cover(device), hands=True, within_s=2 * COVER_WITHIN_S + 15),
    )


class _Code:
    """The word in the code that was printed last; '' before the first page."""

    word = ""

    def new(self) -> str:
        self.word = CODE + secrets.token_hex(4).upper()
        return self.word

    async def read_back(self, hands: Hands) -> CheckResult:
        if not self.word:
            return CheckResult(Outcome.SKIPPED, "No page was printed before.")
        await hands.please("Hold the code on the test page to the scanner.", "scan-code")
        until_s = time.monotonic() + SCAN_WITHIN_S
        others = 0
        while (left_s := until_s - time.monotonic()) > 0:
            event = await hands.event(Kind.SCANNER, left_s)
            if event is None:
                break
            if isinstance(event.what, CodeScanned) and event.what.text.strip() == self.word:
                symbology = f" ({event.what.symbology})"
                return CheckResult(Outcome.WELL, f"Read as it was printed{symbology}.")
            others += 1
        if others:
            return CheckResult(Outcome.ILL, "What the scanner read is not what stands on the page.")
        return CheckResult(Outcome.UNSURE, "Nothing was scanned.")


def page(word: str, driver: str) -> Slip:
    """The test page; `word` is what its code holds."""
    return Slip(
        (
            TextLine("Test page", Size.LARGE, align=Align.CENTER),
            Pair("Driver", driver),
            Pair("Code", word, bold=True),
            Rule(),
            *(TextLine(text, rtl=rtl) for text, rtl in SCRIPTS),
            TextLine("Small  ÁÉÍÓÖŐÚÜŰ áéíóöőúüű", Size.SMALL),
            TextLine("Bold  ÁÉÍÓÖŐÚÜŰ áéíóöőúüű", bold=True),
            TextLine("Large  Őű", Size.LARGE),
            Rule(),
            TextLine(f"Ruler: {RULER_MM} mm", align=Align.CENTER),
            Picture(ruler(), RULER_MM * DOTS_PER_MM),
            TextLine("Every dot of the head", align=Align.CENTER),
            Picture(stair(), 576),
            QRCode(word),
            TextLine("Hold this to the scanner", Size.SMALL, align=Align.CENTER),
            Space(),
        )
    )


def ruler() -> bytes:
    """Millimetres with longer strokes at 5 and 10, on whole dots. PNG."""
    wide, high = RULER_MM * DOTS_PER_MM, 56
    picture = Image.new("1", (wide, high), 1)
    pen = ImageDraw.Draw(picture)
    for millimetre in range(RULER_MM):
        x = millimetre * DOTS_PER_MM
        tall = 52 if millimetre % 10 == 0 else 36 if millimetre % 5 == 0 else 20
        pen.rectangle((x, high - tall, x + 1, high), fill=0)
    pen.rectangle((wide - 2, 4, wide - 1, high), fill=0)
    pen.rectangle((0, high - 2, wide - 1, high - 1), fill=0)
    return _png(picture)


def stair(wide: int = 576, step: int = 16) -> bytes:
    """A bar over every dot of the line, and below it steps: a dead dot stays white in both. PNG."""
    picture = Image.new("1", (wide, 24 + 2 * step), 1)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, wide - 1, 23), fill=0)
    for x in range(wide):
        y = 24 + 2 * (x % step)
        pen.rectangle((x, y, x, y + 1), fill=0)
    return _png(picture)


def _png(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "PNG")
    return content.getvalue()


def _page(device: Printer, code: _Code) -> Run:
    async def run(hands: Hands) -> CheckResult:
        word = code.new()
        await hands.please("The printer prints a test page and cuts it.", "printer-paper")
        began_s = time.monotonic()
        printed = await device.print(page(word, device.settings.driver))
        measured = (Measured("page", "Test page printed", round(time.monotonic() - began_s, 2), "s", most=PAGE_MOST_S),)
        if printed is not Printed.DONE:
            return CheckResult(Outcome.ILL, "It fell silent or ill while it printed: the page may be cut short.", measured)
        for question in (
            "Is every line of the page complete, with no white line down through it?",
            f"Is the ruler {RULER_MM} mm long?",
            "Is the page cut off, so that it can be taken?",
        ):
            saw = await hands.saw(question)
            if saw is None:
                return CheckResult(Outcome.UNSURE, "It says that it printed; nobody has looked.", measured)
            if not saw:
                return CheckResult(Outcome.ILL, f"Seen on the page: no. {question}", measured)
        return CheckResult(Outcome.WELL, "The page is complete, true in size, and cut off.", measured)

    return run


def _cover(device: Printer) -> Run:
    async def run(hands: Hands) -> CheckResult:
        await hands.please("Open the printer’s cover.", "printer-cover")
        if not await _until(device, is_open=True):
            return CheckResult(Outcome.ILL, "It did not notice that its cover was opened.")
        await hands.please("Close the cover until it clicks.", "printer-cover")
        if not await _until(device, is_open=False):
            return CheckResult(Outcome.ILL, "It says that its cover is still open.", fault=Fault.PRINTER_COVER_OPEN)
        return CheckResult(Outcome.WELL, "It noticed the cover open and close.")

    return run


async def _until(device: Printer, *, is_open: bool) -> bool:
    """Whether the cover came to be so in time; asked again and again, as a printer tells it by its status only."""
    until_s = time.monotonic() + COVER_WITHIN_S
    while time.monotonic() < until_s:
        if (Fault.PRINTER_COVER_OPEN in (await device.status()).faults) == is_open:
            return True
        await asyncio.sleep(ASK_EVERY_S)
    return False
