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
        assert len(terminal.say(read(0, 256)).data) == most


@pytest.mark.parametrize(("name", "most"), [("bac-short", 0xE7), ("pace-only", 0xDF)])
def test_asked_for_more_than_an_answer_holds_it_gives_what_fits(
    laid: Callable[[str], Terminal], name: str, most: int
) -> None:
    """Readers ask for what is left of a file, or for a block of their own (ISO/IEC 7816-4 §5.1: at most Ne)."""
    terminal = opened(laid(name))
    whole = terminal.chip.contents.files[File.DG2]
    terminal.sw(select(File.DG2))
    assert terminal.say(read(0, most + 1)) == Response(whole[:most], 0x9000)
    assert terminal.say(read(7, 255)) == Response(whole[7 : 7 + most], 0x9000)
    last = len(whole) - 10
    assert terminal.say(read(last, 255)) == Response(whole[last:], 0x6282)


@pytest.mark.parametrize("block", [0x60, 0xA0, 0xE0, 0xF0, 0x100])
@pytest.mark.parametrize("name", ["bac-short", "pace-gm-3des", "pace-only"])
def test_every_file_is_read_in_whatever_blocks_a_reader_asks_for(
    laid: Callable[[str], Terminal], name: str, block: int
) -> None:
    """As readers do: header, then blocks of a size of their own, the last as long as what is left."""
    terminal = opened(laid(name))
    for file, content in terminal.chip.contents.files.items():
        if file.in_application:
            assert terminal.sw(select(file)) == 0x9000
            data = terminal.say(read(0, 4)).data
            while len(data) < len(content):
                answer = terminal.say(read(len(data), min(block, len(content) - len(data))))
                assert answer.sw == 0x9000
                assert answer.data
                data += answer.data
            assert data == content


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
    """ISO/IEC 7816-4 §11.2.2: all of it, the parameters alone, the data alone, nothing."""
    name = tlv.encode(0x84, APPLICATION)
    for p2, tag in ((0x00, 0x6F), (0x04, 0x62), (0x08, 0x64)):
        answer = laid("bac").bare(replace(SELECT_APPLICATION, p2=p2, ne=256))
        assert answer == Response(tlv.encode(tag, name), 0x9000)
        assert laid("bac").bare(replace(SELECT_APPLICATION, p2=p2)) == Response(b"", 0x9000)
        for data in (b"", b"\x3f\x00"):
            answer = laid("bac").bare(Command(0x00, 0xA4, 0x00, p2, data, ne=256))
            assert answer == Response(tlv.encode(tag, bytes.fromhex("83023F00")), 0x9000)
    assert laid("bac").bare(replace(SELECT_APPLICATION, ne=256)) == Response(b"", 0x9000)
    assert laid("bac").bare(replace(SELECT_APPLICATION, p2=0x02)).sw == 0x6A86
    assert laid("bac").bare(replace(SELECT_APPLICATION, data=APPLICATION[:-1] + b"\x02")).sw == 0x6A82
