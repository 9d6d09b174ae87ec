"""Reading the virtual passport's files: lengths, ends, offsets, classes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.passport import tlv
from hardware.passport.apdu import Command, Response
from hardware.passport.dg2 import parse_dg2
from hardware.passport.files import APPLICATION, File
from tests.hardware.document_reader.chip_terminal import (
    PLAIN_READ,
    SELECT_APPLICATION,
    Terminal,
    opened,
    read,
    read_odd,
    select,
)


def test_reading_at_and_beyond_the_end(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    length = len(terminal.chip.contents.files[File.DG1])
    assert terminal.sw(PLAIN_READ) == 0x6986  # no file is selected
    assert terminal.sw(select(File.DG1)) == 0x9000
    assert terminal.say(read(length - 3, 8)).sw == 0x6282
    assert len(terminal.say(read(length - 3, 8)).data) == 3
    assert terminal.say(read(0, 256)) == Response(terminal.chip.contents.files[File.DG1], 0x9000)
    assert terminal.sw(read(length, 1)) == 0x6B00
    assert terminal.sw(Command(0x00, 0xB0, 0x9F, 0x00, ne=4)) == 0x6A82
    assert terminal.say(Command(0x00, 0xB0, 0x9E, 0x00, ne=2)).data == b"\x60\x14"  # EF.COM by its short identifier


def test_a_block_of_protected_data_fits_into_a_short_answer(laid: Callable[[str], Terminal]) -> None:
    for name, most in (("bac-short", 0xE7), ("pace-gm-3des", 0xE7)):
        terminal = opened(laid(name))
        terminal.sw(select(File.DG2))
        assert len(terminal.say(read(0, most)).data) == most
        assert terminal.sw(read(0, most + 1)) == 0x6700
        assert len(terminal.say(read(0, 256)).data) == most


def test_extended_length_is_taken_where_it_was_said_and_only_there(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("pace-gm"))
    assert terminal.sw(select(File.DG2)) == 0x9000
    assert len(terminal.say(read(0, 10_000)).data) == 10_000
    short = opened(laid("bac-short"))
    assert short.sw(select(File.DG2)) == 0x9000
    assert short.session
    assert short.bare(short.session.protect(read(0, 1000))) == Response(b"", 0x6700)
    assert laid("bac-short").bare(SELECT_APPLICATION, extended=True).sw == 0x6700
    assert laid("bac").bare(SELECT_APPLICATION, extended=True).sw == 0x9000


@pytest.mark.parametrize("name", ["large", "large-short"])
def test_a_file_over_32_kb_is_read_with_the_offset_in_an_object(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    content = terminal.file(File.DG2)
    assert len(content) > 0x8000
    assert content == terminal.chip.contents.files[File.DG2]
    assert parse_dg2(content)[0].picture.width == 413


def test_an_offset_in_an_object_is_checked(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    assert terminal.sw(Command(0x00, 0xB1, 0x01, 0x01, bytes.fromhex("540100"), ne=10)) == 0x9000
    assert terminal.sw(read_odd(99_999, 10)) == 0x6B00
    assert terminal.sw(Command(0x00, 0xB1, 0, 0, bytes.fromhex("550100"), ne=10)) == 0x6A80
    assert terminal.sw(Command(0x00, 0xB1, 0, 0, bytes.fromhex("540100"), ne=2)) == 0x6700


def test_a_chip_that_wants_the_exact_length_says_it(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("exact")
    assert terminal.bare(select(File.CARD_ACCESS)).sw == 0x9000
    size = len(terminal.chip.contents.files[File.CARD_ACCESS])
    assert terminal.bare(read(0, 200)) == Response(b"", 0x6C00 | size)
    assert len(terminal.bare(read(0, size)).data) == size


def test_a_class_that_it_does_not_know_is_refused(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("bac")
    for cla, sw in ((0x80, 0x6E00), (0x01, 0x6E00), (0x04, 0x6882), (0x10, 0x6884), (0x0C, 0x6988)):
        assert terminal.bare(replace(SELECT_APPLICATION, cla=cla)).sw == sw
    assert terminal.bare(b"\x00\xa4\x04").sw == 0x6700
    assert terminal.bare(Command(0x00, 0xD6, 0x00, 0x00, b"\x00")).sw == 0x6D00


def test_control_information_is_given_where_it_was_asked_for(laid: Callable[[str], Terminal]) -> None:
    answer = laid("bac").bare(replace(SELECT_APPLICATION, p2=0x00, ne=256))
    assert answer == Response(tlv.encode(0x6F, tlv.encode(0x84, APPLICATION)), 0x9000)
    assert laid("bac").bare(replace(SELECT_APPLICATION, p2=0x04)).sw == 0x6A86
    assert laid("bac").bare(replace(SELECT_APPLICATION, data=APPLICATION[:-1] + b"\x02")).sw == 0x6A82
