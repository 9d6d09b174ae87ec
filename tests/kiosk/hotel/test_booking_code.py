"""Booking codes: what the hotel signed is believed, anything else is None and never an exception."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.hotel.booking_code import PREFIX, SignedBooking, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key()
NOW = datetime(2026, 3, 10, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
TEXT = sign(KEY, "HOTEL", "70010001", LATER)
WORDS = st.text("ABCabc019_-", min_size=1, max_size=40)


@given(hotel=WORDS, confirmation=WORDS, seconds=st.integers(0, 0xFFFF_FFFF))
def test_what_was_signed_is_read_back(hotel, confirmation, seconds):
    until = datetime.fromtimestamp(seconds, UTC)
    text = sign(KEY, hotel, confirmation, until)
    assert verify(text, PUBLIC, hotel, until) == SignedBooking(1, hotel, confirmation, until)
    assert verify(text, PUBLIC, hotel, until + timedelta(seconds=1)) is None


def test_it_fits_a_small_qr_code_and_holds_no_name():
    assert len(TEXT) < 125
    assert TEXT.isascii()


def test_another_hotel_another_key_and_a_code_that_is_over():
    assert verify(TEXT, PUBLIC, "HOTEL", NOW) is not None
    assert verify(TEXT, PUBLIC, "OTHER", NOW) is None
    assert verify(TEXT, Ed25519PrivateKey.generate().public_key(), "HOTEL", NOW) is None
    assert verify(TEXT, PUBLIC, "HOTEL", LATER + timedelta(seconds=1)) is None


@pytest.mark.parametrize("place", range(len(TEXT)))
def test_every_changed_character_spoils_it(place):
    other = "A" if TEXT[place] != "A" else "B"
    assert verify(TEXT[:place] + other + TEXT[place + 1 :], PUBLIC, "HOTEL", NOW) is None


def test_one_code_has_one_spelling():
    raw = base64.urlsafe_b64decode(TEXT.removeprefix(PREFIX) + "=" * (-len(TEXT.removeprefix(PREFIX)) % 4))
    for spelling in (
        TEXT + "=",
        TEXT + " ",
        TEXT + "\n",
        " " + TEXT,
        TEXT.lower(),
        PREFIX + base64.b64encode(raw).decode() + "==",
    ):
        assert verify(spelling, PUBLIC, "HOTEL", NOW) is None


@given(st.one_of(st.text(max_size=400), st.text(max_size=400).map(PREFIX.__add__), st.binary(max_size=250).map(lambda raw: PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode())))  # fmt: skip
def test_anything_odd_is_none(text):
    assert verify(text, PUBLIC, "HOTEL", NOW) is None


@given(st.binary(min_size=1, max_size=60))
def test_an_odd_payload_with_a_good_signature_is_none(payload):
    """Even the hotel's own key does not make nonsense a booking."""
    raw = payload + KEY.sign(b"lobby-kiosk booking code\0" + payload)
    text = PREFIX + base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    found = verify(text, PUBLIC, "HOTEL", NOW)
    assert found is None or sign(KEY, found.hotel_id, found.confirmation, found.not_after) == text


@pytest.mark.parametrize("odd", [None, 7, b"HB1.", [], "HB1." + "A" * 5000, "HB2." + TEXT[4:]])
def test_what_is_no_text_is_none(odd):
    assert verify(odd, PUBLIC, "HOTEL", NOW) is None


@pytest.mark.parametrize(
    ("hotel", "number"), [("", "1"), ("HOTEL", ""), ("HÔTEL", "1"), ("HOTEL", "7 001"), ("HOTEL", "9" * 41)]
)
def test_what_does_not_fit_is_not_signed(hotel, number):
    with pytest.raises(ValueError, match="."):
        sign(KEY, hotel, number, LATER)
