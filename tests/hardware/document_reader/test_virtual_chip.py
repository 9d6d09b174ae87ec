"""The virtual passport's chip is as strict as a real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_description import Description
from hardware.document_reader.virtual_family import CAN, SAMPLES, Family, specimen
from hardware.document_reader.virtual_passport import Contents
from hardware.passport import apdu, lds, pace, tlv
from hardware.passport.apdu import Command, Response
from hardware.passport.errors import AccessDenied, PassportError, SessionBroken
from hardware.passport.exchange import run
from hardware.passport.files import APPLICATION, File
from hardware.passport.password import Password
from tests.hardware.document_reader.chip_terminal import (
    CHALLENGE,
    MASTER_FILE,
    PLAIN_READ,
    SELECT_APPLICATION,
    Terminal,
    opened,
    opened_by_bac,
    opened_by_pace,
    pace_infos,
    select,
)

# --- the standard's own example ---------------------------------------------------------------


def test_the_worked_example_of_basic_access_from_the_chips_side() -> None:
    """ICAO 9303-11 appendix D.3 and D.4, byte for byte."""
    chance = iter([bytes.fromhex("4608F91988702212"), bytes.fromhex("0B4F80323EB3191CB04970CB4052790B")])
    common = bytes.fromhex("60145F0104303130365F36063034303030305C026175")
    contents = Contents(Description(specimen(date(2030, 5, 2))), {File.COM: common}, (), b"L898902C<369080619406236")
    terminal = Terminal(Chip(contents, lambda _: next(chance)))
    assert terminal.bare(SELECT_APPLICATION).sw == 0x9000
    assert terminal.bare(CHALLENGE).data.hex().upper() == "4608F91988702212"
    said = (
        ("0082000028 72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2 5F1448EEA8AD90A7 28",
         "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F 2F2D235D074D7449 9000"),
        ("0CA4020C15 8709016375432908C044F6 8E08BF8B92D635FF24F8 00", "99029000 8E08FA855A5D4C50A8ED 9000"),
        ("0CB000000D 970104 8E08ED6705417E96BA55 00", "8709019FF0EC34F9922651 99029000 8E08AD55CC17140B2DED 9000"),
        ("0CB000040D 970112 8E082EA28A70F3C7B535 00",
         "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A 99029000 8E08C8B2787EAEA07D74 9000"),
    )  # fmt: skip
    for command, answer in said:
        assert terminal.chip.transmit(bytes.fromhex(command)) == bytes.fromhex(answer)


# --- opening it -------------------------------------------------------------------------------

OPENABLE = sorted(SAMPLES.keys() - {"open", "open-copy", "chip-auth-open"})


@pytest.mark.parametrize("name", OPENABLE)
def test_the_right_password_opens_it(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    content = terminal.file(File.COM)
    assert content == terminal.chip.contents.files[File.COM]
    assert File.DG1 in lds.parse_com(content)


@pytest.mark.parametrize("name", ["pace-gm", "pace-im", "pace-cam", "pace-gm-dh"])
def test_a_passport_that_knows_pace_can_still_be_opened_by_bac(laid: Callable[[str], Terminal], name: str) -> None:
    assert opened_by_bac(laid(name)).file(File.DG1)


def test_closed_files_are_not_even_selected(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("everything")
    assert terminal.sw(SELECT_APPLICATION) == 0x9000
    assert terminal.sw(select(File.DG1)) == 0x6982
    assert terminal.sw(Command(0x00, 0xB0, 0x81, 0x00, ne=4)) == 0x6982
    opened_by_bac(terminal)
    assert terminal.sw(select(File.DG1)) == 0x9000
    assert terminal.sw(select(File.DG3)) == 0x6982
    assert terminal.sw(select(File.DG16)) == 0x6A82


def test_a_chip_without_bac_shows_its_application_only_after_pace(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("pace-only")
    assert terminal.sw(SELECT_APPLICATION) == 0x6982
    assert terminal.sw(CHALLENGE) == 0x6985
    assert opened_by_pace(terminal).file(File.DG1)


def test_card_security_is_read_after_pace_only(laid: Callable[[str], Terminal]) -> None:
    by_bac = opened_by_bac(laid("pace-cam"))
    assert by_bac.sw(MASTER_FILE) == 0x9000
    assert by_bac.sw(select(File.CARD_SECURITY)) == 0x6982
    by_pace = opened_by_pace(laid("pace-cam"))
    assert by_pace.sw(MASTER_FILE) == 0x9000
    assert by_pace.file(File.CARD_SECURITY) == by_pace.chip.contents.files[File.CARD_SECURITY]


def test_steps_out_of_order_are_refused(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("pace-gm")
    authenticate = Command(0x00, 0x82, 0x00, 0x00, bytes(40), ne=40)
    assert terminal.sw(CHALLENGE) == 0x6985  # the application is not selected
    assert terminal.sw(SELECT_APPLICATION) == 0x9000
    assert terminal.sw(authenticate) == 0x6985
    assert terminal.sw(CHALLENGE) == 0x9000
    assert terminal.sw(SELECT_APPLICATION) == 0x9000
    assert terminal.sw(authenticate) == 0x6985  # a challenge is good for the next command only
    general = Command(0x10, 0x86, 0x00, 0x00, bytes.fromhex("7C00"), ne=256)
    assert terminal.sw(general) == 0x6985
    environment = tlv.encode(0x80, pace_infos(terminal).pace[0].oid) + bytes.fromhex("830101")
    assert terminal.sw(Command(0x00, 0x22, 0xC1, 0xA4, environment)) == 0x9000
    assert terminal.sw(replace(general, cla=0x00)) == 0x6985  # the chain must go on
    assert terminal.sw(general) == 0x6985
    assert terminal.sw(Command(0x00, 0x22, 0xC1, 0xA4, environment)) == 0x9000
    assert terminal.sw(general) == 0x9000
    assert terminal.sw(SELECT_APPLICATION) == 0x9000
    assert terminal.sw(general) == 0x6985  # another command came between
    assert terminal.sw(Command(0x00, 0x88, 0x00, 0x00, bytes(8), ne=256)) == 0x6D00


def test_pace_with_what_the_chip_does_not_have_is_refused(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("pace-two-groups")
    oid = tlv.encode(0x80, pace_infos(terminal).pace[0].oid)

    def begin(data: bytes) -> int:
        return terminal.sw(Command(0x00, 0x22, 0xC1, 0xA4, data))

    assert begin(oid + bytes.fromhex("830101 84010D")) == 0x9000
    assert begin(oid + bytes.fromhex("830101")) == 0x6A80  # which of the two curves?
    assert begin(oid + bytes.fromhex("830101 840110")) == 0x6A88
    assert begin(oid + bytes.fromhex("830102 84010D")) == 0x6A88  # it has no card access number
    assert begin(bytes.fromhex("8001FF 830101")) == 0x6A80
    assert begin(b"\x80") == 0x6A80


def test_a_point_that_is_not_on_the_curve_is_refused(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("pace-gm")
    oid = tlv.encode(0x80, pace_infos(terminal).pace[0].oid)
    assert terminal.sw(Command(0x00, 0x22, 0xC1, 0xA4, oid + bytes.fromhex("830101"))) == 0x9000
    assert terminal.sw(Command(0x10, 0x86, 0x00, 0x00, bytes.fromhex("7C00"), ne=256)) == 0x9000
    wrong = tlv.encode(0x7C, tlv.encode(0x81, b"\x04" + b"\x01" * 64))
    assert terminal.sw(Command(0x10, 0x86, 0x00, 0x00, wrong, ne=256)) == 0x6A80


# --- wrong passwords --------------------------------------------------------------------------


def test_each_wrong_zone_makes_the_next_try_slower(laid: Callable[[str], Terminal]) -> None:
    terminal, wrong = laid("bac"), Password.mrz("X00000000", "700101", "300101")
    took = []
    for _ in range(7):
        with pytest.raises(AccessDenied):
            opened_by_bac(terminal, wrong)
        took.append(terminal.chip.took_s)
        terminal.chip.reset()
    assert took == [0, 1, 2, 4, 8, 16, 16]
    opened_by_bac(terminal)
    assert terminal.chip.took_s == 16
    terminal.chip.reset()
    opened_by_bac(Terminal(terminal.chip))
    assert terminal.chip.took_s == 0


def test_a_card_opens_with_the_number_on_its_front(laid: Callable[[str], Terminal]) -> None:
    assert opened_by_pace(laid("card-can"), Password.can(CAN)).file(File.DG1)
    terminal = laid("card-can")
    for expected_s in (0, 1, 2):
        with pytest.raises(AccessDenied):
            opened_by_pace(terminal, Password.can("654321"))
        assert terminal.chip.took_s == expected_s


def test_a_number_that_was_wrong_too_often_is_blocked_and_the_zone_is_not(family: Family) -> None:
    terminal = Terminal(Chip(family.contents("card-can-tries")))
    infos = pace_infos(terminal)
    chosen = pace.choose(infos)
    assert chosen
    environment = tlv.encode(0x80, infos.pace[0].oid) + bytes.fromhex("830102")

    def reckless(command: bytes) -> bytes:
        """A terminal that does not hear how many tries are left."""
        answer = terminal.chip.transmit(command)
        return b"\x90\x00" if answer[:1] == b"\x63" and command[1] == 0x22 else answer

    for left in (0x9000, 0x63C2, 0x63C1):
        assert terminal.sw(Command(0x00, 0x22, 0xC1, 0xA4, environment)) == left
        with pytest.raises(AccessDenied):
            run(pace.establish(Password.can("654321"), *chosen), reckless)
    assert terminal.sw(Command(0x00, 0x22, 0xC1, 0xA4, environment)) == 0x63C0
    assert terminal.sw(Command(0x10, 0x86, 0x00, 0x00, bytes.fromhex("7C00"), ne=256)) == 0x6983
    terminal.chip.reset()
    assert opened_by_pace(terminal).file(File.DG1)


# --- secure messaging -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bac", "pace-gm", "pace-gm-3des", "pace-gm-brainpool"])
def test_a_wrong_checksum_ends_the_session(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    assert terminal.session
    good = terminal.session.protect(select(File.DG1))
    wrong = replace(good, data=good.data[:-1] + bytes((good.data[-1] ^ 1,)))
    assert terminal.bare(wrong) == Response(b"", 0x6988)
    assert terminal.bare(good) == Response(b"", 0x6988)  # even the right one comes too late
    assert terminal.bare(select(File.DG1)).sw == 0x6982


def test_a_command_that_is_sent_again_ends_the_session(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("pace-gm"))
    assert terminal.session
    good = terminal.session.protect(select(File.DG1))
    assert terminal.session.unprotect(terminal.bare(good)).sw == 0x9000
    assert terminal.bare(good).sw == 0x6988


def test_missing_protection_ends_the_session(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    assert terminal.bare(Command(0x0C, 0xB0, 0x00, 0x00, bytes.fromhex("970104"), ne=256)).sw == 0x6987
    assert terminal.bare(select(File.DG1)).sw == 0x6982


def test_a_bare_command_ends_the_session(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    assert terminal.sw(select(File.DG1)) == 0x9000
    assert terminal.bare(PLAIN_READ).sw == 0x6982
    with pytest.raises(SessionBroken):
        terminal.sw(select(File.DG1))


def test_errors_inside_a_session_are_protected_and_leave_it_alive(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    assert terminal.session
    answer = terminal.bare(terminal.session.protect(select(File.DG16)))
    assert (answer.sw, tlv.parse_all(answer.data)[0]) == (0x6A82, tlv.Tlv(0x99, b"\x6a\x82"))
    assert terminal.session.unprotect(answer).sw == 0x6A82
    assert terminal.sw(select(File.DG1)) == 0x9000


def test_the_field_off_and_on_forgets_everything(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    terminal.chip.reset()
    assert terminal.bare(CHALLENGE).sw == 0x6985
    assert opened(Terminal(terminal.chip)).file(File.DG1)


# --- whatever comes ---------------------------------------------------------------------------


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(["bac", "pace-gm", "everything", "card-can-tries", "pieces", "open"]),
    begin=st.booleans(),
    commands=st.lists(
        st.one_of(
            st.binary(max_size=60),
            st.builds(
                lambda cla, ins, p1, p2, data, ne: bytes(Command(cla, ins, p1, p2, data, ne)),
                st.sampled_from([0x00, 0x0C, 0x10, 0x1C]),
                st.sampled_from([0xA4, 0xB0, 0xB1, 0x84, 0x82, 0x22, 0x86, 0x88, 0xC0]),
                st.sampled_from([0x00, 0x02, 0x04, 0x41, 0x80, 0x81, 0xC1]),
                st.sampled_from([0x00, 0x0C, 0xA4, 0xA6]),
                st.one_of(st.sampled_from([b"", b"\x01\x01", b"\x7c\x00", APPLICATION]), st.binary(max_size=70)),
                st.sampled_from([0, 1, 8, 40, 256, 1000, 65_536]),
            ),
        ),
        max_size=12,
    ),
)
def test_every_command_is_answered_by_a_status_word(family: Family, name: str, begin: bool, commands: list[bytes]) -> None:
    terminal = Terminal(Chip(family.contents(name)))
    if begin and name != "open":
        opened(terminal)
    for command in commands:
        answer = apdu.response(terminal.chip.transmit(command))
        assert answer.sw >> 12 in (6, 9)
        assert len(answer.data) <= 0x7FFF


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_protected_command_is_never_carried_out(family: Family, data: st.DataObject) -> None:
    terminal = opened(Terminal(Chip(family.contents("bac"))))
    assert terminal.session
    raw = bytearray(bytes(terminal.session.protect(select(File.DG1))))
    at = data.draw(st.integers(0, len(raw) - 2))  # the last byte is Le, which nothing covers
    raw[at] ^= data.draw(st.integers(1, 255))
    assert apdu.response(terminal.chip.transmit(bytes(raw))).sw != 0x9000
    with pytest.raises(PassportError):
        terminal.sw(PLAIN_READ)
