"""What a scanner's bytes say, whatever way it ends a code."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner.contract import Symbology
from hardware.scanner.serial_wire import LONGEST, Framing, decode, encode


def scanned(*pieces: bytes) -> list[tuple[str, Symbology, bool]]:
    framing = Framing()
    scans = [scan for at, piece in enumerate(pieces) for scan in framing.feed(piece, float(at))]
    scans += framing.quiet()
    return [(scan.code.text, scan.code.symbology, scan.code.cut) for scan in scans]


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
def test_a_code_ends_with_any_usual_line_end(end: bytes) -> None:
    assert scanned(b"ABC123" + end) == [("ABC123", Symbology.UNKNOWN, False)]


@pytest.mark.parametrize(
    ("aim", "symbology"),
    [
        ("]Q1", Symbology.QR), ("]L0", Symbology.PDF417), ("]d2", Symbology.DATA_MATRIX), ("]z0", Symbology.AZTEC),
        ("]C0", Symbology.CODE128), ("]E0", Symbology.EAN), ("]A0", Symbology.OTHER), ("", Symbology.UNKNOWN),
        ("]]", Symbology.UNKNOWN),
    ],
)  # fmt: skip
def test_the_aim_identifier_names_the_symbology_and_is_taken_off(aim: str, symbology: Symbology) -> None:
    text = aim + "X" if symbology is Symbology.UNKNOWN else "X"
    assert scanned((aim + "X\r").encode()) == [(text, symbology, False)]


def test_a_code_of_several_lines_is_one_code() -> None:
    assert scanned(b"]Q1WIFI\r\nname\r", b"word\r\n") == [("WIFI\nname\nword", Symbology.QR, False)]


def test_a_code_in_pieces_began_with_its_first_byte() -> None:
    framing = Framing()
    assert framing.waits_s is None
    for at, byte in enumerate(b"Gr\xc3\xbc\xc3\x9fe\r"):
        assert framing.feed(bytes([byte]), 100.0 + at) == []
    (scan,) = framing.quiet()
    assert (scan.code.text, scan.began_s) == ("Grüße", 100.0)
    assert framing.waits_s is None


def test_half_a_code_is_no_code() -> None:
    assert scanned(b"]Q1CONF-12") == []
    framing = Framing()
    framing.feed(b"CONF-12", 0.0)
    framing.quiet()
    assert framing.noise == 1
    framing.feed(b"CONF-1234\r", 1.0)
    assert framing.quiet()[0].code.text == "CONF-1234"


def test_line_ends_alone_are_nothing() -> None:
    assert scanned(b"\r\n\r\n") == []


def test_too_long_a_code_is_cut_and_says_so() -> None:
    assert scanned(b"x" * LONGEST + b"\r") == [("x" * LONGEST, Symbology.UNKNOWN, False)]
    assert scanned(b"x" * (LONGEST + 1) + b"\r") == [("x" * LONGEST, Symbology.UNKNOWN, True)]
    assert scanned(*[b"y" * 4096] * 50, b"\r") == [("y" * LONGEST, Symbology.UNKNOWN, True)]


def test_control_characters_do_not_make_another_code_of_it() -> None:
    assert decode(b"AB\x00C").text == "AB\ufffdC"
    assert decode(b"AB\x1b[2J\x7f\xc2\x85").text == "AB\ufffd[2J\ufffd\ufffd"
    assert decode(b"01095\x1d21AB\t").text == "01095\x1d21AB\t"


def test_bytes_that_are_no_utf8_are_seen_as_such() -> None:
    assert decode(b"caf\xe9").text == "caf\ufffd"


@given(st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=300), st.sampled_from(Symbology))
def test_what_is_encoded_is_read_again(text: str, symbology: Symbology) -> None:
    if symbology is Symbology.UNKNOWN and text.startswith("]"):
        return
    assert scanned(encode(text, symbology)) == [(text, symbology, False)]


@given(st.lists(st.binary(max_size=60), max_size=8))
def test_any_bytes_are_taken(pieces: list[bytes]) -> None:
    for text, symbology, _ in scanned(*pieces):
        assert len(text) <= LONGEST
        assert symbology in Symbology
