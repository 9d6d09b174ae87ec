"""The virtual printer: as strict as a real one, also with slips that this project did not make."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from hardware.printer import virtual_glyphs as glyphs
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_ends import BUFFER_BYTES
from hardware.printer.virtual_parser import Command, Parser, Unknown

ROOT = Path(__file__).resolve().parents[3]
NPM = ROOT / ".cache" / "npm" / "escpos"
PACKAGES = ("receiptline@4.0.4", "@point-of-sale/receipt-printer-encoder@4.0.1")
LINK = "https://example.org/slip"


class Client:
    """Talks to the virtual printer as plain bytes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def ask(self, data: bytes, length: int) -> bytes:
        self.writer.write(data)
        async with asyncio.timeout(5):
            return await self.reader.readexactly(length)

    async def print(self, job: bytes) -> None:
        """Send a job and wait until all of it was obeyed."""
        assert await self.ask(job + b"\x1dr\x01", 1) == b"\x00"


@pytest.fixture
async def client(paper: VirtualPrinter) -> AsyncIterator[Client]:
    host, port = paper.address.removeprefix("tcp://").split(":")
    client = Client(*await asyncio.open_connection(host, int(port)))
    yield client
    client.writer.close()


def picture(path: Path) -> Image.Image:
    with Image.open(path) as slip:
        return slip.convert("L")


def shows(slip: Image.Image, text: str, font: str = "A", bold: bool = False, times: int = 1) -> bool:
    """Whether these characters stand on the slip, dot by dot, in one line."""
    cells = [glyphs.glyph(char, font, bold) for char in text]
    word = Image.new("1", (sum(cell.width for cell in cells), cells[0].height))
    for place, cell in enumerate(cells):
        word.paste(cell, (place * cell.width, 0))
    word = word.resize((word.width * times, word.height * times), Image.Resampling.NEAREST)
    wanted, paper = (rows(one) for one in (word, slip.point(lambda grey: 255 - grey)))
    first = next(y for y, row in enumerate(wanted) if any(row))
    for top in range(len(paper) - len(wanted) + 1):
        left = paper[top + first].find(wanted[first])
        while left >= 0:
            if all(paper[top + y].startswith(row, left) for y, row in enumerate(wanted)):
                return True
            left = paper[top + first].find(wanted[first], left + 1)
    return False


def rows(ink: Image.Image) -> list[bytes]:
    grey = ink.convert("L")
    dots = grey.tobytes()
    return [dots[y * grey.width : (y + 1) * grey.width] for y in range(grey.height)]


# --- slips of other makers ------------------------------------------------------------------


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    if shutil.which("npm") is None and not os.environ.get("CI"):
        pytest.skip("npm is not installed: no slips of other makers")
    if not (NPM / "node_modules" / "receiptline").exists():
        NPM.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--prefix", str(NPM), "--save-exact", "--no-audit", "--no-fund", *PACKAGES]
        subprocess.run(install, check=True, timeout=300, capture_output=True)
    logo = tmp_path_factory.mktemp("foreign") / "logo.png"
    drawing = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(drawing).ellipse((8, 8, 55, 55), fill="black")
    drawing.save(logo)
    script = str(Path(__file__).with_name("foreign_slips.mjs"))
    made = subprocess.run(["node", script, str(NPM), str(logo)], check=True, timeout=120, capture_output=True)
    return {name: base64.b64decode(job) for name, job in json.loads(made.stdout).items()}


async def test_slips_of_other_makers_are_read_to_the_last_byte(
    foreign: dict[str, bytes], client: Client, paper: VirtualPrinter
) -> None:
    assert len(foreign) > 30
    for name, job in foreign.items():
        try:
            await client.print(job.removesuffix(b"\x1dr1"))
        except TimeoutError:
            pytest.fail(f"{name}: {paper.unknown}")
        assert not paper.unknown, name
        first, second = (picture(path) for path in paper.slips[-2:])
        upside_down = '"upsideDown":true' in name
        if upside_down:
            first, second = (one.rotate(180) for one in (second, first))
        assert shows(first, "Hotel Duna", times=2), name
        assert shows(first, "412"), name
        assert shows(first, "bold" if "receiptline" in name else "small print", **STYLES["receiptline" in name]), name
        assert shows(second, "second"), name
        codes = {(code.format, code.text) for code in zxingcpp.read_barcodes(with_margin(first))}
        assert (zxingcpp.BarcodeFormat.QRCode, LINK) in codes, name
        assert (zxingcpp.BarcodeFormat.EAN13, "4903456789016") in codes, name
        assert any(kind == zxingcpp.BarcodeFormat.Code128 for kind, _ in codes), name


STYLES: dict[bool, dict[str, object]] = {True: {"bold": True}, False: {"font": "B"}}


def with_margin(slip: Image.Image) -> Image.Image:
    """The slip on its 80 mm of paper, with the white at both sides that can't be printed on."""
    paper = Image.new("L", (slip.width + 64, slip.height + 64), 255)
    paper.paste(slip, (32, 32))
    return paper


@pytest.mark.parametrize(
    ("encoding", "words"), [("cp852", "Árvíztűrő Łódź"), ("cp866", "Привет"), ("cp1252", "Þórður 5 €"), ("multilingual", "Łódź Привет")]
)
async def test_letters_of_many_code_pages_are_the_right_ones(
    foreign: dict[str, bytes], client: Client, paper: VirtualPrinter, encoding: str, words: str
) -> None:
    await client.print(foreign[f"receiptline {encoding} {{}}"].removesuffix(b"\x1dr1"))
    assert shows(picture(paper.slips[-2]), words)


# --- strictness -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [b"\x07", b"\x1bZ", b"\x1d\x01", b"\x1bt\x63", b"\x1bR\x63", b"\x1dV\x07", b"\x1dv0\x09\x01\x00\x01\x00\xff",
     b"\x1dv0\x00\x00\x00\x01\x00", b"text\x1dv0\x00\x01\x00\x01\x00\xff", b"\x1dv0\x00\x60\x00\x01\x00" + bytes(96),
     b"\x1c&\xb0\xa1", b"\x1bL", b"\x1d(k\x03\x001Q0", b"\x1d(L\x02\x0002", b"\x1bt\x10\x81"],
)  # fmt: skip
async def test_a_byte_it_does_not_know_spoils_the_job_and_is_counted(
    client: Client, paper: VirtualPrinter, wrong: bytes
) -> None:
    client.writer.write(b"good until here\n" + wrong + b"\nand more\n\x1dV\x00")
    async with asyncio.timeout(5):
        await paper.until(lambda: paper.state.broken)
        assert await client.ask(b"\x10\x04\x03", 1) == b"\x32"
    assert (len(paper.unknown), paper.slips) == (1, [])
    assert (await paper.do("slips"))["unknown"] == "1"


def test_a_status_request_inside_a_picture_is_part_of_the_picture() -> None:
    picture = b"\x1dv0\x00\x03\x00\x01\x00\x10\x04\x01"
    assert [one.name for one in Parser().feed(picture + b"\x10\x04\x01") if isinstance(one, Command)] == [
        "GS v 0",
        "DLE EOT",
    ]


def test_commands_may_come_in_any_pieces() -> None:
    job = b"\x1b@Hi\x1bD\x08\x10\x00\x1dk\x04ABC\x00\x1dkI\x04{B12\x1dVB\x00\x1d(k\x03\x001C\x06\x1b*\x21\x01\x00abc"
    whole = [one.name for one in Parser().feed(job) if isinstance(one, Command)]
    parser = Parser()
    pieces = [one.name for byte in job for one in parser.feed(bytes((byte,))) if isinstance(one, Command)]
    assert whole == ["ESC @", "text", "ESC D", "GS k", "GS k", "GS V", "GS ( k", "ESC *"]
    assert [name for name in pieces if name != "text"] == [name for name in whole if name != "text"]
    assert not any(isinstance(one, Unknown) for one in Parser().feed(job))


async def test_it_answers_while_the_paper_is_out_and_prints_on_when_it_is_back(
    client: Client, paper: VirtualPrinter
) -> None:
    await paper.do("paper-out")
    client.writer.write(b"patience\n\x1dVB\x00")
    assert await client.ask(b"\x10\x04\x04", 1) == b"\x7e"
    assert not paper.slips
    await paper.do("paper-in")
    await client.print(b"")
    assert shows(picture(paper.slips[0]), "patience")


async def test_it_reports_changes_when_asked_to(client: Client, paper: VirtualPrinter) -> None:
    assert await client.ask(b"\x1da\x0e", 4) == b"\x10\x00\x00\x0f"
    await paper.do("cover-open")
    assert await client.ask(b"", 4) == b"\x38\x00\x00\x0f"
    await paper.do("cover-close")
    assert await client.ask(b"", 4) == b"\x10\x00\x00\x0f"


async def test_a_printer_that_stands_still_takes_no_more_than_its_memory(
    client: Client, paper: VirtualPrinter
) -> None:
    await paper.do("cover-open")
    client.writer.write(b"x\n" * 500_000)
    async with asyncio.timeout(5):
        await paper.until(lambda: paper.received > BUFFER_BYTES)
    client.writer.transport.abort()
    assert paper.received <= 4 * BUFFER_BYTES


async def test_bold_underline_invert_sizes_and_fonts(client: Client, paper: VirtualPrinter) -> None:
    await client.print(
        b"\x1bE\x01bold\x1bE\x00 \x1d!\x11big\x1d!\x00\n\x1b-\x01line\x1b-\x00 \x1dB\x01white\x1dB\x00\n\x1bM\x01small\n\x1dV\x00"
    )
    slip = picture(paper.slips[0])
    assert shows(slip, "bold", bold=True)
    assert shows(slip, "big", times=2)
    assert shows(slip.point(lambda grey: 255 - grey), "white")
    assert shows(slip, "small", font="B")
    assert not shows(slip, "line"), "underlined, so not the same dots"


@pytest.mark.parametrize("words", [("slow",), ("slow", "x"), ("slow", "-1"), ("paper-low", "1"), ("dance",), ("slips", "0")])
async def test_a_wrong_verb_is_refused(paper: VirtualPrinter, words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        await paper.do(*words)
