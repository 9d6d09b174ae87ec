"""Every printer that python-escpos describes: it prints our slip, or it is refused by its name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp
from escpos.capabilities import CAPABILITIES
from escpos.codepages import CodePages
from PIL import Image

from hardware.errors import DeviceMissetup, Fault
from hardware.printer.contract import Printed, Slip, TextLine
from hardware.printer.escpos import EscposPrinter
from hardware.printer.escpos_bytes import Encoder
from hardware.printer.profiles import CODEPAGES
from hardware.printer.typeset import PlainLine, Setter
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_paper import WIDTH
from hardware.printer.virtual_parser import Command, Parser
from tests.hardware.printer.test_typeset import LINES

PROFILES = tuple(CAPABILITIES["profiles"])
DRAW_NOTHING = {"AF-240", "OCD-100", "OCD-300", "TM-U220", "TM-U220B"}
"""Customer displays and impact printers, which print no raster pictures."""
PRINTERS = [name for name in PROFILES if name not in DRAW_NOTHING]
EUROPEAN = {
    **{language: LINES[language] for language in ("en", "hu", "de", "pl", "is", "ro", "uk", "el")},
    "cs": "Příliš žluťoučký kůň, pokoj ve 4. patře.",
    "tr": "Odanız 4. katta, kahvaltı 6:30'da. İyi günler, ğüşıöç!",
    "lv": "Jūsu istaba ir ceturtajā stāvā, ļoti gaiša.",
    "bg": "Стаята Ви е на четвъртия етаж.",
    "sv": "Ert rum ligger på fjärde våningen, åt höger.",
    "fr": "Votre chambre est au 4e étage, à côté de l’ascenseur : 12 €.",
}


@pytest.mark.parametrize("profile", PRINTERS)
async def test_a_slip_comes_out_of_every_model(
    profile: str, make_driver: Callable[..., EscposPrinter], paper: VirtualPrinter, room_slip: Slip, wifi: str
) -> None:
    own = CAPABILITIES["profiles"][profile]["media"]["width"].get("pixels")
    wider = {"width_dots": str(WIDTH)} if isinstance(own, int) and own > WIDTH else {}
    driver = make_driver(paper.address, profile=profile, **wider)
    await driver.open()
    assert await driver.print(room_slip) is Printed.DONE
    assert not paper.unknown
    if not paper.slips:  # a model without a knife: a person tears it off
        await paper.do("tear")
    with Image.open(paper.slips[-1]) as slip:
        assert [code.text for code in zxingcpp.read_barcodes(slip.convert("L"))] == [wifi]


@pytest.mark.parametrize("profile", sorted(DRAW_NOTHING))
async def test_a_model_that_draws_nothing_is_refused_by_its_name(
    profile: str, make_driver: Callable[..., EscposPrinter], paper: VirtualPrinter
) -> None:
    with pytest.raises(DeviceMissetup, match=f"profile = {profile}: prints no pictures") as refused:
        await make_driver(paper.address, profile=profile).open()
    assert refused.value.fault is Fault.BAD_OPTION


@pytest.mark.parametrize("profile", PRINTERS)
def test_a_line_of_a_european_language_goes_by_code_page_where_the_model_has_it(profile: str) -> None:
    encoder = Encoder(profile, "auto")
    slots = {name: int(slot) for slot, name in CAPABILITIES["profiles"][profile]["codePages"].items()}
    able = {name: codec(name) for name in slots if name in CODEPAGES}
    for language, line in EUROPEAN.items():
        has = {name for name, python in able.items() if encodes(line, python)}
        pieces = Setter(encoder.width_dots, encoder.codepage_for).set(Slip((TextLine(line),)))
        plain = [piece for piece in pieces if isinstance(piece, PlainLine)]
        assert bool(plain) is bool(has), f"{language}: {line}"
        if not plain:
            continue
        job = encoder.encode(pieces, cut=True)
        said = "".join(printed(job, {slot: able[name] for name, slot in slots.items() if name in able}))
        assert said.split() == line.split(), language


def codec(name: str) -> str:
    return str(CodePages.get_encoding(name)["python_encode"])


def encodes(line: str, python: str) -> bool:
    try:
        return bool(line.encode(python))
    except UnicodeEncodeError:
        return False


def printed(job: bytes, tables: dict[int, str]) -> list[str]:
    """The characters of a job, read as its ESC t say; line ends as spaces. Every byte must be known."""
    parser, table, said = Parser(), "", []
    for command in parser.feed(job):
        assert isinstance(command, Command), command
        if command.name == "ESC t":
            table = tables[command.data[0]]
        elif command.name == "text":
            said.append(command.data.decode(table))
        elif command.name == "LF":
            said.append(" ")
    assert parser.unfinished == b""
    return said


def test_the_table_of_models_names_every_one_and_no_other() -> None:
    readme = (Path(__file__).parents[3] / "hardware" / "printer" / "README.md").read_text("utf-8")
    rows = [line.split("|")[1] for line in readme.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in row.replace("`", "").split()}
    assert named == set(PROFILES)
