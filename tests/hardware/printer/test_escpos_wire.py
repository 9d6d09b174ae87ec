"""What a printer's bytes mean, without a printer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import Fault
from hardware.printer.escpos_wire import (
    LONGEST_INFO,
    Answer,
    AnswerParser,
    Ask,
    Info,
    PrinterFlags,
    Said,
    faults,
    flags_from_automatic,
    flags_from_real_time,
    info_request,
    real_time_request,
)

WELL = {Ask.PRINTER: 0x12, Ask.OFFLINE_CAUSE: 0x12, Ask.ERROR_CAUSE: 0x12, Ask.ROLL: 0x12}


def test_the_four_questions() -> None:
    assert [real_time_request(ask).hex() for ask in Ask] == ["100401", "100402", "100403", "100404"]


@pytest.mark.parametrize(
    ("ask", "byte", "fault"),
    [
        (Ask.PRINTER, 0x1A, Fault.PRINTER_OFFLINE),
        (Ask.OFFLINE_CAUSE, 0x16, Fault.PRINTER_COVER_OPEN),
        (Ask.OFFLINE_CAUSE, 0x32, Fault.PRINTER_PAPER_OUT),
        (Ask.OFFLINE_CAUSE, 0x52, Fault.PRINTER_BROKEN),
        (Ask.ERROR_CAUSE, 0x1A, Fault.PRINTER_CUTTER),
        (Ask.ERROR_CAUSE, 0x32, Fault.PRINTER_BROKEN),
        (Ask.ERROR_CAUSE, 0x52, Fault.PRINTER_OVERHEATED),
        (Ask.ROLL, 0x1E, Fault.PRINTER_PAPER_LOW),
        (Ask.ROLL, 0x72, Fault.PRINTER_PAPER_OUT),
        (Ask.ROLL, 0x7E, Fault.PRINTER_PAPER_OUT),
    ],
)
def test_each_bit_names_its_fault(ask: Ask, byte: int, fault: Fault) -> None:
    assert faults(flags_from_real_time(WELL | {ask: byte})) == (fault,)


def test_a_well_printer_has_no_fault() -> None:
    assert flags_from_real_time(WELL) == PrinterFlags()
    assert faults(PrinterFlags()) == ()


@pytest.mark.parametrize(
    ("status", "fault"),
    [
        ("38000000", Fault.PRINTER_COVER_OPEN),
        ("18000c00", Fault.PRINTER_PAPER_OUT),
        ("18080000", Fault.PRINTER_CUTTER),
        ("18200000", Fault.PRINTER_BROKEN),
        ("18400000", Fault.PRINTER_OVERHEATED),
        ("18000000", Fault.PRINTER_OFFLINE),
        ("1000030f", Fault.PRINTER_PAPER_LOW),
    ],
)
def test_an_automatic_status_names_the_same_faults(status: str, fault: Fault) -> None:
    assert faults(flags_from_automatic(bytes.fromhex(status))) == (fault,)


def test_reports_between_answers_are_told_apart() -> None:
    parser = AnswerParser()
    heard = [*parser.feed(bytes.fromhex("1800")), *parser.feed(bytes.fromhex("0c0f1200"))]
    assert heard == [
        Answer(Said.AUTOMATIC, bytes.fromhex("18000c0f")),
        Answer(Said.REAL_TIME, b"\x12"),
        Answer(Said.IN_TURN, b"\x00"),
    ]


@pytest.mark.parametrize("byte", [0x90, 0x93, 0xFF, 0x11, 0x13, 0xDE])
def test_a_byte_without_the_fixed_bits_is_nonsense(byte: int) -> None:
    assert AnswerParser().feed(bytes((byte,))) == [Answer(Said.NONSENSE, bytes((byte,)))]


def test_a_printer_s_name_between_two_answers() -> None:
    parser = AnswerParser()
    assert [info_request(info).hex() for info in Info] == ["1d4943", "1d4941", "1d4944"]
    assert [*parser.feed(b"\x12_TM-T"), *parser.feed(b"20II\x00\x12")] == [
        Answer(Said.REAL_TIME, b"\x12"),
        Answer(Said.INFORMATION, b"_TM-T20II\x00"),
        Answer(Said.REAL_TIME, b"\x12"),
    ]


@pytest.mark.parametrize("name", [b"_" + b"x" * 200, b"_TM\x1b", b"_TM\xff"])
def test_a_name_that_does_not_end_or_is_not_text_is_nonsense(name: bytes) -> None:
    assert any(answer.said is Said.NONSENSE for answer in AnswerParser().feed(name))


def test_a_report_that_breaks_off_is_nonsense_and_the_next_answer_is_not() -> None:
    assert AnswerParser().feed(b"\x18\x00\x12") == [
        Answer(Said.NONSENSE, b"\x18\x00"),
        Answer(Said.REAL_TIME, b"\x12"),
    ]


@given(st.lists(st.binary(max_size=9)))
def test_every_byte_is_accounted_for_once_however_it_is_cut(pieces: list[bytes]) -> None:
    parser = AnswerParser()
    heard = b"".join(answer.data for piece in pieces for answer in parser.feed(piece))
    whole = b"".join(pieces)
    assert whole.startswith(heard)
    kept = whole[len(heard) :]
    assert len(kept) < 4 or (kept.startswith(b"_") and len(kept) <= 1 + LONGEST_INFO)
