"""Where a zone begins and ends in a reader's bytes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document_reader.serial_mrz_wire import Framing, encode
from hardware.document_reader.virtual import SPECIMENS

TD1, TD2, TD3 = SPECIMENS["td1"], SPECIMENS["td2"], SPECIMENS["td3"]


def fed(*pieces: bytes) -> list[tuple[str, ...]]:
    framing = Framing()
    zones = [zone for at, piece in enumerate(pieces) for zone in framing.feed(piece, float(at))]
    zones += framing.quiet()
    return [zone.lines for zone in zones]


@pytest.mark.parametrize("lines", [TD1, TD2, TD3])
@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\n"])
@pytest.mark.parametrize("framed", [False, True])
def test_a_whole_zone_is_there_at_once(lines: tuple[str, ...], end: bytes, framed: bool) -> None:
    framing = Framing()
    zones = framing.feed(encode(lines, end, framed), 5.0)
    assert [zone.lines for zone in zones] == [lines]
    assert zones[0].began_s == 5.0
    assert framing.quiet() == []


def test_byte_by_byte_it_began_with_the_first() -> None:
    framing = Framing()
    zones = [z for at, byte in enumerate(encode(TD3)) for z in framing.feed(bytes([byte]), float(at))]
    assert [(zone.lines, zone.began_s) for zone in zones] == [(TD3, 0.0)]


def test_two_swipes_are_two_zones() -> None:
    assert fed(encode(TD3, b"\r\n") + encode(TD1, b"\r\n")) == [TD3, TD1]


def test_desko_start_and_end_bytes_and_their_frame() -> None:
    assert fed(b"\x91" + encode(TD2, b"\r", framed=True) + b"\x92") == [TD2]


def test_3m_sends_an_empty_line_for_a_missing_one() -> None:
    assert fed(b"\r" + encode(TD3)) == [TD3]


def test_a_zone_in_one_row_is_cut_where_its_lines_end() -> None:
    for lines in (TD1, TD2, TD3):
        assert fed("".join(lines).encode() + b"\r") == [lines]


def test_a_new_frame_throws_away_what_came_before() -> None:
    assert fed(b"\x02P<UTOERIK", encode(TD3, framed=True)) == [TD3]


def test_a_swipe_that_ends_early_is_half_a_zone() -> None:
    assert fed(encode(TD3)[:60]) == [(TD3[0], TD3[1][:15])]


def test_noise_is_nothing() -> None:
    framing = Framing()
    assert framing.feed(b"\xf8\x00\x1b\xff" * 20, 0.0) == []
    assert framing.quiet() == []
    assert framing.feed(b"ABC\r", 0.0) + framing.quiet() == []
    assert framing.noise == 2
    assert [zone.lines for zone in framing.feed(encode(TD3), 9.0)] == [TD3]


@given(st.lists(st.binary(max_size=700), max_size=5))
def test_any_bytes_are_taken_and_do_not_stay(pieces: list[bytes]) -> None:
    framing = Framing()
    for piece in pieces:
        framing.feed(piece, 1.0)
    framing.quiet()
    assert framing.waits_s is None
    assert [zone.lines for zone in framing.feed(encode(TD3, framed=True), 2.0)] == [TD3]


def test_line_ends_cost_no_more_the_more_there_are() -> None:
    """Found by fuzzing: at each line end all lines were taken apart again."""

    def took(swipe: bytes) -> float:
        begun = time.process_time()
        for _ in range(20):
            Framing().feed(swipe, 0.0)
        return time.process_time() - begun

    plain, ends = min(took(b"AA" * 250) for _ in range(3)), min(took(b"A\r" * 250) for _ in range(3))
    assert ends < 15 * plain
