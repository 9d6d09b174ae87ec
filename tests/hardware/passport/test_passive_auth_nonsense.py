"""Passive authentication of what is no document: an answer each time, within a second, never an exception."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.passport import cms
from hardware.passport.findings import Answer, Reason
from hardware.passport.passive_auth import unwrapped
from tests.hardware.passport import pki
from tests.hardware.passport.trusted import DS, proven


def test_a_thousand_objects_one_inside_the_other_are_refused() -> None:
    deep = b"\x30\x80" * 1000 + b"\0\0" * 1000
    for sod in (pki.tlv(0x77, deep), b"\x77\x82\x0b\xb8" + b"\x30\x80" * 1500, deep):
        assert proven(sod).genuine.reason is Reason.MALFORMED


@pytest.mark.parametrize(
    "wrong", ["", "77", "7700", "7705", "7780", "77840FFFFFFF3080", "770430820FFF", "610130"]
)
def test_lengths_that_lie_are_refused(wrong: str) -> None:
    assert proven(bytes.fromhex(wrong)).genuine.reason is Reason.MALFORMED


SOD = pki.sod(DS)


@settings(max_examples=400, deadline=1000)
@given(st.data())
def test_a_spoilt_object_is_judged_and_never_raises(data: st.DataObject) -> None:
    """Bytes changed, cut out, doubled: an answer within a second; never yes for a changed signature or hash."""
    spoilt = bytearray(SOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(spoilt) - 1))
        match data.draw(st.sampled_from(("set", "cut", "double"))):
            case "set":
                spoilt[at] = data.draw(st.integers(0, 255))
            case "cut":
                del spoilt[at : at + data.draw(st.integers(1, 60))]
            case _:
                spoilt[at:at] = spoilt[at : at + data.draw(st.integers(1, 60))]
        if not spoilt:
            return
    found = proven(bytes(spoilt))
    if found.genuine.answer is Answer.YES:
        assert cms.parse(unwrapped(bytes(spoilt))).content == cms.parse(unwrapped(SOD)).content


@settings(max_examples=300, deadline=1000)
@given(st.binary(max_size=300), st.dictionaries(st.integers(1, 16), st.binary(max_size=40), max_size=3))
def test_nonsense_is_judged_and_never_raises(sod: bytes, groups: dict[int, bytes]) -> None:
    for each in (sod, pki.tlv(0x77, sod)):
        assert proven(each, groups).genuine.answer is not Answer.YES


@settings(max_examples=200, deadline=1000)
@given(st.binary(max_size=200))
def test_any_content_under_a_good_signature_is_judged(content: bytes) -> None:
    sod = pki.tlv(0x77, pki.signed(pki.LDS, content, DS))
    assert proven(sod).genuine.answer is not Answer.YES


@settings(max_examples=200, deadline=1000)
@given(st.binary(max_size=100))
def test_any_zone_under_a_good_signature_is_judged(zone: bytes) -> None:
    groups = {1: pki.tlv(0x61, pki.tlv(0x5F1F, zone))}
    assert proven(pki.sod(DS, groups), groups).hashes.answer is Answer.YES
