"""BER-TLV and APDUs: what is written is read again, and what lies is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import apdu, tlv
from hardware.passport.errors import Malformed

TAGS = st.sampled_from([0x02, 0x30, 0x61, 0x7C, 0x5F1F, 0x7F49, 0x7F61, 0x5F8101])


@given(TAGS, st.binary(max_size=400))
def test_an_object_is_read_as_it_was_written(tag: int, value: bytes) -> None:
    assert tlv.parse(tlv.encode(tag, value)) == tlv.Tlv(tag, value)


@given(st.binary(max_size=60))
def test_nothing_but_our_own_error_comes_of_nonsense(data: bytes) -> None:
    for read in (tlv.parse, tlv.parse_all, apdu.decode, apdu.response):
        try:
            read(data)
        except Malformed:
            continue


@pytest.mark.parametrize("wrong", ["", "30", "3081", "308001", "3005FF", "300100FF", "3085000000000000", "1F8181", "1F81818101"])
def test_a_length_or_tag_that_lies_is_refused(wrong: str) -> None:
    with pytest.raises(Malformed):
        tlv.parse(bytes.fromhex(wrong))


@given(
    st.binary(min_size=4, max_size=4), st.binary(max_size=300), st.integers(0, 65_536), st.booleans(),
)  # fmt: skip
def test_a_command_is_read_as_it_was_written(head: bytes, data: bytes, ne: int, wide: bool) -> None:
    command = apdu.Command(*head, data=data, ne=ne)
    if command.extended or not wide:
        assert apdu.decode(bytes(command)) == command
    elif data or ne:
        assert apdu.decode(apdu.encode(command, extended=True)) == command
