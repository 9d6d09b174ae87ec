"""The length of a slip, told from its bytes, is the length of the paper that comes out."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PIL import Image

from hardware.driver import DeviceSettings
from hardware.printer.contract import (
    Align,
    Block,
    PaperUsed,
    Printed,
    QRCode,
    Rule,
    Size,
    Slip,
    Space,
    TextLine,
)
from hardware.printer.escpos import EscposPrinter
from hardware.printer.escpos_bytes import Encoder
from hardware.printer.escpos_length import DOTS_PER_MM, dots
from hardware.printer.typeset import Setter
from hardware.printer.virtual import VirtualPrinter
from hardware.printer.virtual_paper import Paper
from hardware.printer.virtual_parser import Command, Parser
from hardware.readings import DeviceEvent

BLOCKS: tuple[Block, ...] = (
    TextLine("Room 214, Główna", Size.LARGE, bold=True, align=Align.CENTER),
    Space(2),
    TextLine("breakfast from 7 to 10 " * 8),
    TextLine("small print", Size.SMALL),
    Rule(),
    QRCode("https://hotel.example/"),
)


@pytest.mark.parametrize("codepage", ["", "auto"], ids=["all as pictures", "plain lines in the printer's font"])
@pytest.mark.parametrize("cut", [True, False], ids=["cut", "fed"])
def test_it_is_what_the_paper_measures(codepage: str, cut: bool) -> None:
    encoder = Encoder("TM-T20II", codepage)
    job = encoder.encode(Setter(encoder.width_dots, encoder.codepage_for).set(Slip(BLOCKS, cut)), cut)
    paper = Paper()
    parser = Parser()
    for command in parser.feed(job):
        assert isinstance(command, Command)
        paper.obey(command)
    assert paper.fed > 500
    assert dots(job) == paper.fed


async def test_it_is_told_for_each_slip(paper: VirtualPrinter, last_slip: Callable[[], Image.Image]) -> None:
    events: list[DeviceEvent] = []
    printer = EscposPrinter(DeviceSettings("front-printer", "escpos", paper.address), events.append)
    await printer.open()
    assert await printer.print(Slip(BLOCKS)) is Printed.DONE
    await printer.close()
    (event,) = events
    assert isinstance(event.what, PaperUsed)
    assert event.what.mm * DOTS_PER_MM == pytest.approx(last_slip().height)
