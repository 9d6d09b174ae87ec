"""What each bus asks of the bytes, and how a half command is ended."""

from __future__ import annotations

import pytest

from hardware.printer.contract import QRCode, Size, Slip, TextLine
from hardware.printer.escpos_bytes import Encoder
from hardware.printer.escpos_line import LOW_BAND, end_of_half_command
from hardware.printer.line import PrinterLine
from hardware.printer.typeset import Setter
from hardware.printer.virtual_parser import Command, Parser

SERIAL = PrinterLine.parse("serial:///dev/ttyS0?baud=19200&flow=rtscts")
SLIP = Slip((TextLine("Hotel Duna", Size.LARGE), TextLine("Árvíztűrő, plain"), QRCode("half a slip")))


@pytest.fixture(scope="module")
def commands() -> list[bytes]:
    encoder = Encoder("TM-T20II", "auto", band=LOW_BAND)
    return encoder.commands(Setter(encoder.width_dots, encoder.codepage_for).set(SLIP), cut=True)


def test_wherever_a_job_breaks_off_the_printer_hears_the_next_question(commands: list[bytes]) -> None:
    job = b"".join(commands)
    heads = {sum(map(len, commands[:place])) + byte for place in range(len(commands)) for byte in range(12)}
    for sent in sorted({*heads, *range(0, len(job), 97), len(job)}):
        if sent > len(job):
            continue
        parser = Parser()
        ending = end_of_half_command(SERIAL, commands, sent, False, 576)
        read = list(parser.feed(job[:sent] + ending + b"\x10\x04\x01"))
        assert all(isinstance(one, Command) for one in read), (sent, read[-1])
        last = read[-1]
        assert isinstance(last, Command)
        assert last.name == "DLE EOT", sent


def test_a_printer_that_was_switched_off_meanwhile_prints_nothing_of_it(commands: list[bytes]) -> None:
    ending = end_of_half_command(SERIAL, commands, 1000, True, 576)
    assert {one.name for one in Parser().feed(ending) if isinstance(one, Command)} == {"NUL"}


@pytest.mark.parametrize("address", ["tcp://192.0.2.10", "usb://04b8:0202"])
def test_other_buses_end_it_themselves(commands: list[bytes], address: str) -> None:
    line = PrinterLine.parse(address)
    assert end_of_half_command(line, commands, 1000, False, 576) == b""
    assert (line.is_serial, line.takes_s(30_000)) == (False, 0.0)


def test_a_serial_line_is_given_its_time_and_small_pieces() -> None:
    assert SERIAL.is_serial
    assert SERIAL.takes_s(19_200) == 10.0
    assert SERIAL.chunk_bytes == 960
