"""FIAS on the wire: records from bytes that come as they like, and what may not stand in a field."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.fias_wire import ACK, ENQ, NAK, BadRecord, Broken, Control, Framing, Record

# The specification's example of a key request.
EXAMPLE = b"KR|WS3|KC1|RN2781|KTN|KO1 2 1|GA991229|GD000102|G#11122|$21000278100011122|"

ids = st.sampled_from(["RN", "G#", "$2", "K1", "WS"])
values = st.text(st.characters(codec="cp1252", categories=("L", "N", "P", "S"), exclude_characters="|"), max_size=40)
records = st.builds(
    lambda name, fields: wire.record(name, fields),
    st.sampled_from(["KR", "KA", "LS", "GI"]),
    st.dictionaries(ids, values, max_size=5),
)


def framed(body: bytes, *, serial: bool = False) -> bytes:
    check = bytes((wire.lrc(body + b"\x03"),)) if serial else b""
    return b"\x02" + body + b"\x03" + check


def test_the_specification_s_example_is_read_field_by_field() -> None:
    (found,) = Framing().feed(framed(EXAMPLE))
    assert isinstance(found, Record)
    assert (found.id, found.get("RN"), found.get("KT"), found.get("KO")) == ("KR", "2781", "N", "1 2 1")
    assert (found.get("$2"), found.get("GN")) == ("1000278100011122", "")
    assert wire.encode(found) == framed(EXAMPLE)
    assert "2781" not in repr(found)


def test_the_specification_s_check_sum() -> None:
    assert wire.lrc(b"12345\x03") == 0x32


@given(st.lists(records, max_size=6), st.data(), st.booleans())
def test_records_are_found_however_the_stream_is_cut(sent: list[Record], data: st.DataObject, serial: bool) -> None:
    stream = b"".join(wire.encode(one, serial=serial) for one in sent)
    framing, heard = Framing(serial=serial), []
    at = 0
    while at < len(stream):
        size = data.draw(st.integers(1, len(stream) - at))
        heard += framing.feed(stream[at : at + size])
        at += size
    assert heard == sent
    assert framing.noise == 0


@given(st.lists(st.one_of(st.binary(max_size=30), records), max_size=8), st.booleans())
def test_no_bytes_are_too_strange(stream: list[bytes | Record], serial: bool) -> None:
    framing = Framing(serial=serial)
    for piece in stream:
        for heard in framing.feed(piece if isinstance(piece, bytes) else wire.encode(piece, serial=serial)):
            assert isinstance(heard, Record | Broken | Control)
    framing.feed(b"\x03\x03\x03")  # whatever it was in the middle of
    assert not framing.in_record
    good = wire.record("LA", {"DA": "300501"})
    assert framing.feed(wire.encode(good, serial=serial)) == [good]


@given(records, st.data())
def test_a_changed_byte_on_a_serial_line_is_found(sent: Record, data: st.DataObject) -> None:
    raw = bytearray(wire.encode(sent, serial=True))
    at = data.draw(st.integers(1, len(raw) - 1))
    raw[at] ^= data.draw(st.integers(1, 255))
    assert sent not in Framing(serial=True).feed(bytes(raw))


def test_garbage_around_records_is_counted_and_passed_over() -> None:
    framing = Framing()
    heard = framing.feed(b"\xff\x00hello" + framed(b"LA|") + b"\x03\r\n" + framed(b"LS|"))
    assert [one.id for one in heard if isinstance(one, Record)] == ["LA", "LS"]
    assert framing.noise == 10


def test_a_record_cut_off_by_the_next_is_broken_and_the_next_is_read() -> None:
    heard = Framing().feed(b"\x02KA|ASO" + framed(b"LA|"))
    assert heard == [Broken("cut off by the next", 6), Record("LA")]


def test_a_record_without_an_end_does_not_fill_the_memory() -> None:
    framing = Framing()
    assert [type(one) for one in framing.feed(b"\x02" + b"K" * 10_000)] == [Broken]
    assert framing.feed(framed(b"LA|")) == [Record("LA")]


@pytest.mark.parametrize(
    "body", [b"", b"K|", b"KAX|ASOK|", b"KA|A|", b"KA|ASOK|ASBY|", b"KA|A\x00OK|", b"KA||", b"\xc3\x9c|", b"KA|CT\x81|"]
)  # fmt: skip
def test_what_is_no_record_is_broken(body: bytes) -> None:
    (heard,) = Framing().feed(framed(body))
    assert isinstance(heard, Broken)


def test_the_last_bar_may_be_missing() -> None:
    assert Framing().feed(framed(b"KA|ASOK")) == [wire.record("KA", {"AS": "OK"})]


def test_control_bytes_count_between_records_on_a_serial_line_only() -> None:
    line = bytes((ENQ,)) + framed(b"LA|", serial=True) + bytes((ACK, NAK))
    assert Framing(serial=True).feed(line) == [Control.ENQ, Record("LA"), Control.ACK, Control.NAK]
    assert Framing().feed(bytes((ENQ, ACK))) == []


def test_a_check_sum_may_look_like_a_control_byte() -> None:
    """A record whose LRC is STX is whole, and the next one is not lost in it."""
    for number in range(10_000):
        body = f"LA|DA{number}|".encode()
        if wire.lrc(body + b"\x03") == 0x02:
            break
    else:
        pytest.fail("no such record")
    heard = Framing(serial=True).feed(framed(body, serial=True) + framed(b"LS|", serial=True))
    assert [one.id for one in heard if isinstance(one, Record)] == ["LA", "LS"]


@pytest.mark.parametrize("value", ["4|12", "4\x0312", "412\r", "\x02", "4\t2", "412\x85"])
def test_a_bar_or_a_control_character_in_a_field_is_refused(value: str) -> None:
    with pytest.raises(BadRecord) as wrong:
        wire.record("KR", {"RN": value})
    assert "412" not in str(wrong.value)


def test_a_letter_that_the_character_set_has_not_is_refused() -> None:
    assert wire.encode(wire.record("KR", {"RN": "Ő1"}), charset="utf-8")
    with pytest.raises(BadRecord):
        wire.encode(wire.record("KR", {"RN": "Ő1"}), charset="cp1252")
    with pytest.raises(BadRecord):
        wire.encode(wire.record("KR", {"RN": "1" * 5000}))


@pytest.mark.parametrize("name", ["klingon", "utf-16", "base64", "rot13", "cp500"])
def test_a_character_set_without_ascii_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="character set"):
        wire.check_charset(name)


def test_dates_and_times() -> None:
    day = datetime(2030, 5, 3, 9, 5, 7, tzinfo=UTC)
    assert (wire.date_field(day), wire.time_field(day)) == ("300503", "090507")
    assert (wire.read_date("300503"), wire.read_time("0905")) == (date(2030, 5, 3), time(9, 5))
    assert wire.moment("300503", "090507") == day.replace(tzinfo=None)
    for wrong in ("300230", "3005", "30050a", "３００５０３"):
        with pytest.raises(BadRecord):
            wire.read_date(wrong)
    for wrong in ("250000", "9", "ab0000"):
        with pytest.raises(BadRecord):
            wire.read_time(wrong)


def test_a_uid_is_read_where_it_is_one() -> None:
    assert wire.read_uid("04A1B2C3D4E5F6") == bytes.fromhex("04A1B2C3D4E5F6")
    assert [wire.read_uid(value) for value in ("", "1000278100011122", "key 7", "04A1")] == [b""] * 4
