"""NTAG 424 DNA's bytes against the worked examples that NXP published.

Sources: AN12196 rev. 2.0 (tables by number), AN10922 §2.2.1, RFC 4493 §4 (AES-CMAC).
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.card_reader.ntag424_wire import (
    NDEF,
    NDEF_AS_DELIVERED,
    PROPRIETARY_AS_DELIVERED,
    SELECT_APPLICATION,
    Challenge,
    FileSettings,
    Ins,
    Mode,
    Session,
    WrongMac,
    area,
    cmac,
    crc,
    diversified,
    key_data,
    native,
    pad,
    parse_settings,
    parse_version,
    short_mac,
    unpad,
)
from hardware.card_reader.pcsc_wire import Nonsense

ZERO = bytes(16)


def b(digits: str) -> bytes:
    return bytes.fromhex(digits)


def session(transaction: str, encryption: str, mac: str, counter: int = 0) -> Session:
    return Session(b(encryption), b(mac), b(transaction), counter)


FIRST = session("9D00C4DF", "1309C877509E5A215007FF0ED19CA564", "4C6626F5E72EA694202139295C7A7FC7")
THIRD = session("7614281A", "7A93D6571E4B180FCA6AC90C9A7488D4", "FC4AF159B62E549B5812394CAB1918CC")
NON_FIRST = session("7614281A", "4CF3CB41A22583A61E89B158D252FC53", "5529860B2FC5FB6154B7F28361D30BF9", 2)


# --- authentication: tables 14, 19, 23 ------------------------------------------------------


@pytest.mark.parametrize(
    ("random_a", "from_card", "random_b", "response", "last", "wanted"),
    [
        (
            "13C5DB8A5930439FC3DEF9A4C675360F",
            "A04C124213C186F22399D33AC2A30215",
            "B9E2FC789B64BF237CCCAA20EC7E6E48",
            "35C3E05A752E0144BAC0DE51C1F22C56B34408A23D8AEA266CAB947EA8E0118D",
            "3FA64DB5446D1F34CD6EA311167F5E4985B89690C04A05F17FA7AB2F08120663",
            FIRST,
        ),
        (
            "B98F4C50CF1C2E084FD150E33992B048",
            "B875CEB0E66A6C5CD00898DC371F92D1",
            "91517975190DCEA6104948EFA3085C1B",
            "FF0306E47DFBC50087C4D8A78E88E62DE1E8BE457AA477C707E2F0874916A8B1",
            "0CC9A8094A8EEA683ECAAC5C7BF20584206D0608D477110FC6B3D5D3F65C3A6A",
            THIRD,
        ),
    ],
    ids=["table 14, key 0", "table 19, key 3"],
)
def test_a_first_authentication_is_an12196_s(
    random_a: str, from_card: str, random_b: str, response: str, last: str, wanted: Session
) -> None:
    challenge = Challenge.from_card(ZERO, b(from_card), b(random_a))
    assert challenge.random_b == b(random_b)
    assert challenge.response() == b(response)
    assert challenge.session(b(last), None) == wanted


def test_a_further_authentication_is_an12196_s_table_23() -> None:
    assert native(Ins.AUTHENTICATE_NON_FIRST, b"\0") == b("90770000010000")
    challenge = Challenge.from_card(
        ZERO, b("A6A2B3C572D06C097BB8DB70463E22DC"), b("60BE759EDA560250AC57CDDC11743CF6")
    )
    assert challenge.random_b == b("6924E8D09722659A2E7DEC68E66312B8")
    assert challenge.response() == b("BE7D45753F2CAB85F34BC60CE58B940763FE969658A532DF6D95EA2773F6E991")
    before = Session(THIRD.encryption, THIRD.mac, THIRD.transaction, 2)
    assert challenge.session(b("B888349C24B315EAB5B589E279C8263E"), before) == NON_FIRST


def test_a_card_that_does_not_know_the_key_gets_no_session() -> None:
    challenge = Challenge.from_card(ZERO, b("A04C124213C186F22399D33AC2A30215"), bytes(16))
    last = b("3FA64DB5446D1F34CD6EA311167F5E4985B89690C04A05F17FA7AB2F08120663")
    assert challenge.session(last, None) is None


@pytest.mark.parametrize("length", [0, 15, 17, 32])
def test_a_challenge_of_another_length_is_nonsense(length: int) -> None:
    with pytest.raises(Nonsense):
        Challenge.from_card(ZERO, bytes(length), bytes(16))


def test_commands_in_the_clear_are_an12196_s() -> None:
    assert b("00A4040C07D276000085010100") == SELECT_APPLICATION  # table 9
    assert native(Ins.GET_FILE_SETTINGS, b"\x02") == b("90F50000010200")  # table 10
    assert native(Ins.AUTHENTICATE_FIRST, b("0300")) == b("9071000002030000")  # table 19
    assert native(Ins.GET_VERSION) == b("9060000000")


# --- secure messaging: tables 7, 17, 21, 28 -------------------------------------------------


def test_a_command_under_a_mac_is_table_7_s() -> None:
    made = session("7A21085E", "00" * 16, "8248134A386E86EB7FAF54A52E536CB6")
    assert cmac(made.mac, b("F500007A21085E02")) == b("B565AC978FA46D5784C845CD1444102C")
    body = made.protected(Ins.GET_FILE_SETTINGS, b"\x02", b"", Mode.MAC)
    assert native(Ins.GET_FILE_SETTINGS, body) == b("90F5000009026597A457C8CD442C00")
    data = b("0040EEEE000100D1FE001F00004400004400002000006A0000")
    assert made.following().opened(0, data + b("2A474282E7A47986"), Mode.MAC) == data
    assert parse_settings(data) == FileSettings(Mode.PLAIN, 0xE, 0xE, 0xE, 0xE)


def test_a_long_encrypted_write_is_table_17_s() -> None:
    address = b"choose.url.com/ntag424?e=" + b"0" * 32 + b"&c=" + b"0" * 16
    message = b("0051D1014D5504") + address
    body = FIRST.protected(Ins.WRITE_DATA, area(NDEF, 0, 128), message.ljust(128, b"\0"), Mode.FULL)
    assert native(Ins.WRITE_DATA, body) == b(
        "908D00009F02000000800000421C73A27D827658AF481FDFF20A5025B559D0E3AA21E58D347F343CFFC768BFE596C706"
        "BC00F2176781D4B0242642A0FF5A42C461AAF894D9A1284B8C76BCFA658ACD40555D362E08DB15CF421B51283F9064BC"
        "BE20E96CAE545B407C9D651A3315B27373772E5DA2367D2064AE054AF996C6F1F669170FA88CE8C4E3A4A7BBBEF0FD97"
        "1FF532C3A802AF745660F2B4D1D9A8499661EBF300"
    )
    assert FIRST.following().opened(0, b("FC222E5F7A542452"), Mode.FULL) == b""


def test_an_encrypted_write_to_the_proprietary_file_is_table_21_s() -> None:
    assert THIRD.command_iv() == b("4C651A64261A90307B6C293F611C7F7B")
    body = THIRD.protected(Ins.WRITE_DATA, area(3, 0, 10), b("0102030405060708090A"), Mode.FULL)
    assert native(Ins.WRITE_DATA, body) == b(
        "908D00001F030000000A00006B5E6804909962FC4E3FF5522CF0F8436C0C53315B9C73AA00"
    )
    assert THIRD.following().opened(0, b("C26D236E4A7C046D"), Mode.FULL) == b""


def test_an_encrypted_answer_is_table_28_s() -> None:
    made = session("DF055522", "2B4D963C014DC36F24F69A50A394F875", "379D32130CE61705DD5FD8C36B95D764")
    body = made.protected(Ins.GET_CARD_UID, b"", b"", Mode.FULL)
    assert native(Ins.GET_CARD_UID, body) == b("90510000088E2C155ADDA99BE300")
    after = made.following()
    assert after.answer_iv() == b("7F6BB0B278EA054CBD238C5D9E9E342B")
    answer = b("70756055688505B52A5E26E59E329CD6595F672298EA41B7")
    assert after.opened(0, answer, Mode.FULL) == b("04958CAA5C5E80")
    for at in range(len(answer)):
        wrong = answer[:at] + bytes((answer[at] ^ 1,)) + answer[at + 1 :]
        with pytest.raises(WrongMac):
            after.opened(0, wrong, Mode.FULL)


def test_an_answer_from_before_is_a_wrong_mac() -> None:
    made = session("DF055522", "2B4D963C014DC36F24F69A50A394F875", "379D32130CE61705DD5FD8C36B95D764")
    answer = b("70756055688505B52A5E26E59E329CD6595F672298EA41B7")
    with pytest.raises(WrongMac):
        made.following().following().opened(0, answer, Mode.FULL)


# --- changing: tables 18, 25, 26 ------------------------------------------------------------


def test_changed_settings_are_table_18_s() -> None:
    """With the mirroring of the example, which this kiosk never turns on."""
    made = FIRST.following()
    settings = b("40") + FileSettings(Mode.PLAIN, 0xE, 0, 0, 0).encoded()[1:] + b("C1F121200000430000430000")
    body = made.protected(Ins.CHANGE_FILE_SETTINGS, b"\x02", settings, Mode.FULL)
    assert native(Ins.CHANGE_FILE_SETTINGS, body) == b(
        "905F0000190261B6D97903566E84C3AE5274467E89EAD799B7C1A0EF7A0400"
    )
    assert made.following().opened(0, b("57BFF87B1241E93D"), Mode.FULL) == b""


def test_another_key_is_changed_as_in_table_25() -> None:
    new = b("F3847D627727ED3BC9C4CC050489B966")
    assert crc(new) == b("789DFADC")
    assert NON_FIRST.command_iv() == b("307EDE1814707F30CFE603DD6CA62353")
    body = NON_FIRST.protected(Ins.CHANGE_KEY, b"\x02", key_data(2, new, 1, ZERO), Mode.FULL)
    assert native(Ins.CHANGE_KEY, body) == b(
        "90C4000029022CF362B7BF4311FF3BE1DAA295E8C68DE09050560D19B9E16C2393AE9CD1FAC75D0CE20BCD1D06E600"
    )
    assert NON_FIRST.following().opened(0, b("203BB55D1089D587"), Mode.FULL) == b""


def test_the_master_key_is_changed_as_in_table_26() -> None:
    new = b("5004BF991F408672B1EF00F08F9E8647")
    made = NON_FIRST.following()
    assert made.command_iv() == b("01602D579423B2797BE8B478B0B4D27B")
    body = made.protected(Ins.CHANGE_KEY, b"\x00", key_data(0, new, 1, ZERO), Mode.FULL)
    assert native(Ins.CHANGE_KEY, body) == b(
        "90C400002900C0EB4DEEFEDDF0B513A03A95A75491818580503190D4D05053FF75668A01D6FDA6610234BDED643200"
    )


def test_what_was_the_old_key_shows_only_in_its_difference() -> None:
    old, new = bytes(range(16)), b("F3847D627727ED3BC9C4CC050489B966")
    data = key_data(4, new, 7, old)
    assert bytes(x ^ y for x, y in zip(data[:16], old, strict=True)) == new
    assert data[16:] == b"\x07" + b("789DFADC")


# --- keys -----------------------------------------------------------------------------------


def test_a_diversified_key_is_an10922_s() -> None:
    master = b("00112233445566778899AABBCCDDEEFF")
    data = b("04782E21801D80") + b("3042F5") + b"NXP Abu"
    assert diversified(master, data) == b("A8DD63A3B89D54B37CA802473FDA9175")


@pytest.mark.parametrize("length", [15, 32])
def test_an_input_that_an10922_pads_otherwise_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="16 to 31"):
        diversified(ZERO, bytes(length))


def test_aes_cmac_is_rfc_4493_s() -> None:
    key = b("2B7E151628AED2A6ABF7158809CF4F3C")
    data = b("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E5130C81C46A35CE411")
    assert cmac(key, data) == b("DFA66747DE9AE63030CA32611497C827")
    assert short_mac(key, data) == b("A6479A30CA619727")


# --- small things ---------------------------------------------------------------------------


@given(st.binary(max_size=70))
def test_what_is_padded_comes_back(data: bytes) -> None:
    assert len(pad(data)) % 16 == 0
    assert unpad(pad(data)) == data


@pytest.mark.parametrize("data", [bytes(16), b"\x80" + bytes(16), b"\x01" + bytes(15), b""])
def test_other_padding_is_nonsense(data: bytes) -> None:
    with pytest.raises(Nonsense):
        unpad(data)


def test_settings_as_delivered_are_the_data_sheet_s() -> None:
    assert NDEF_AS_DELIVERED.encoded() == b("00E0EE")
    assert PROPRIETARY_AS_DELIVERED.encoded() == b("033023")
    assert parse_settings(b("00033023800000")) == PROPRIETARY_AS_DELIVERED
    for wrong in ("", "0003302380", "01033023800000", "00023023800000"):
        with pytest.raises(Nonsense):
            parse_settings(b(wrong))


def test_a_version_tells_an_ntag_424_from_a_desfire() -> None:
    software, production = b("04040201021105"), b("04968CAA5C5E80CD65935D402118")
    version = parse_version(b("04040230001105"), software, production)
    assert version.is_ntag424
    assert version.uid == b("04968CAA5C5E80")
    assert parse_version(b("04080230001105"), software, production).is_ntag424 is False
    assert parse_version(b("04010112001605"), b("04010112001605"), production).is_ntag424 is False
    with pytest.raises(Nonsense):
        parse_version(b("0404"), software, production)


def test_a_session_and_a_challenge_tell_no_key() -> None:
    for shown in (repr(FIRST), repr(Challenge(ZERO, ZERO, ZERO))):
        assert "\\x" not in shown
        assert "counter" in shown or shown == "Challenge()"
