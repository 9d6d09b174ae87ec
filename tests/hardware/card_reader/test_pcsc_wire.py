"""Pseudo-APDUs and ATRs as PC/SC part 3 and the readers' manuals write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card_reader import pcsc_wire as wire
from hardware.card_reader.contract import CardType

# Gemalto Prox-DU PC/SC guide, tables after 17; the last byte is the XOR of all but the first.
ATRS = {
    CardType.CLASSIC_1K: "3B8F8001804F0CA000000306030001000000006A",
    CardType.CLASSIC_4K: "3B8F8001804F0CA0000003060300020000000069",
    CardType.ULTRALIGHT: "3B8F8001804F0CA0000003060300030000000068",
}


@pytest.mark.parametrize(("kind", "atr"), ATRS.items())
def test_a_storage_card_is_known_by_its_atr(kind: CardType, atr: str) -> None:
    assert wire.card_type(bytes.fromhex(atr)) is kind
    name = {CardType.CLASSIC_1K: 1, CardType.CLASSIC_4K: 2, CardType.ULTRALIGHT: 3}[kind]
    assert wire.storage_atr(name).hex().upper() == atr


@pytest.mark.parametrize(
    ("atr", "kind"),
    [
        ("3B8F8001804F0CA00000030603F0110000000000", CardType.OTHER),  # FeliCa
        ("3B80800101", CardType.SMARTCARD),  # ISO 14443-4 without historical bytes
        ("3B8880010000000033818100BB", CardType.SMARTCARD),
        ("3B6500002063CB6800", CardType.SMARTCARD),  # a contact card
        ("", CardType.OTHER),
        ("3B", CardType.SMARTCARD),
        ("FFFF", CardType.OTHER),
    ],
)
def test_everything_else_is_no_storage_card(atr: str, kind: CardType) -> None:
    assert wire.card_type(bytes.fromhex(atr)) is kind


def test_interface_bytes_before_the_historical_ones_are_skipped() -> None:
    # T0 = F5: TA1 TB1 TC1 TD1; TD1 = 81: TD2; TD2 = 31: TA3 TB3; then five historical bytes
    atr = bytes.fromhex("3B F5 112233 81 31 AABB 0102030405 FF")
    assert wire.historical_bytes(atr) == bytes.fromhex("0102030405")


@given(st.binary(max_size=40))
def test_no_atr_is_too_odd_to_be_read(atr: bytes) -> None:
    assert wire.card_type(atr) in CardType
    assert len(wire.historical_bytes(atr)) <= 15


@pytest.mark.parametrize(
    ("page3", "kind"),
    [
        ("E1101200", CardType.NTAG213),
        ("E1103E00", CardType.NTAG215),
        ("E1106D00", CardType.NTAG216),
        ("E1100600", CardType.ULTRALIGHT),  # an Ultralight with an NFC Forum container
        ("00000000", CardType.ULTRALIGHT),
    ],
)
def test_an_ntag_is_known_by_its_capability_container(page3: str, kind: CardType) -> None:
    pages = bytes(12) + bytes.fromhex(page3)
    assert wire.narrowed(CardType.ULTRALIGHT, pages) is kind
    assert wire.narrowed(CardType.CLASSIC_1K, pages) is CardType.CLASSIC_1K


def test_commands_are_the_manuals_examples() -> None:
    key = b"\xff" * 6
    assert wire.GET_UID.hex() == "ffca000000"
    assert wire.load_key(key, wire.ACS).hex() == "ff82000006ffffffffffff"
    assert wire.load_key(key, wire.OMNIKEY).hex() == "ff82200006ffffffffffff"
    assert wire.load_key(key, wire.IDENTIV).hex() == "ff82006006ffffffffffff"
    assert wire.authenticate(4, wire.ACS).hex() == "ff860000050100046000"
    assert wire.authenticate(4, wire.IDENTIV).hex() == "ff860000050100046001"
    assert wire.read_binary(4).hex() == "ffb0000410"
    assert wire.update_binary(4, bytes(range(16))).hex() == "ffd6000410" + bytes(range(16)).hex()
    assert wire.update_binary(4, bytes(range(4))).hex() == "ffd600040400010203"


def test_what_would_be_no_command_is_refused() -> None:
    with pytest.raises(ValueError, match="6 bytes"):
        wire.load_key(b"\xff" * 5, wire.ACS)
    with pytest.raises(ValueError, match="page"):
        wire.update_binary(4, bytes(8))


def test_answers_end_in_a_status_word() -> None:
    assert wire.parse_answer(b"\x90\x00") == wire.Answer(b"", 0x9000)
    assert wire.parse_answer(b"\x01\x02\x63\x00") == wire.Answer(b"\x01\x02", 0x6300)
    assert wire.parse_answer(b"\x01\x90\x00").good
    for odd in (b"", b"\x90", b"\x00\x00", b"\x01\xff\xff"):
        with pytest.raises(wire.Nonsense):
            wire.parse_answer(odd)


def test_readers_are_known_by_name() -> None:
    assert wire.profile_of("ACS ACR1252 1S CL Reader [ACR1252 Dual Reader PICC] 00 00") is wire.ACS
    assert wire.profile_of("HID Global OMNIKEY 5022 Smart Card Reader 00 00") is wire.OMNIKEY
    assert wire.profile_of("Identiv uTrust 3700 F CL Reader 00 00") is wire.IDENTIV
    assert wire.profile_of("something new") is wire.ACS
