"""The virtual passport's chip is as strict as a real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_description import Description
from hardware.document_reader.virtual_family import CAN, SAMPLES, Family, specimen
from hardware.document_reader.virtual_passport import Contents
from hardware.passport import apdu, bac, chip_auth, lds, pace, security_infos, tlv
from hardware.passport.active_auth import open_key, proves
from hardware.passport.apdu import SHORT_NC, Command, Response
from hardware.passport.dg2 import parse_dg2
from hardware.passport.errors import AccessDenied, PassportError, SessionBroken
from hardware.passport.exchange import chained, run
from hardware.passport.files import APPLICATION, File
from hardware.passport.password import Password
from hardware.passport.secure_messaging import Session

SELECT_APPLICATION = Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION)
CHALLENGE = Command(0x00, 0x84, 0x00, 0x00, ne=8)
PLAIN_READ = Command(0x00, 0xB0, 0x00, 0x00, ne=4)
MASTER_FILE = Command(0x00, 0xA4, 0x00, 0x0C, b"\x3f\x00")


def select(file: File) -> Command:
    return Command(0x00, 0xA4, 0x02, 0x0C, file.fid.to_bytes(2, "big"))


def read(offset: int, ne: int) -> Command:
    return Command(0x00, 0xB0, offset >> 8, offset & 0xFF, ne=ne)


def read_odd(offset: int, ne: int) -> Command:
    return Command(0x00, 0xB1, 0, 0, tlv.encode(0x54, offset.to_bytes(3, "big")), ne=ne)


@dataclass
class Terminal:
    """A chip and, once it is open, the session with it."""

    chip: Chip
    session: Session | None = None

    def bare(self, command: Command | bytes, *, extended: bool | None = None) -> Response:
        raw = command if isinstance(command, bytes) else apdu.encode(command, extended)
        return apdu.response(self.chip.transmit(raw))

    def say(self, command: Command) -> Response:
        if self.session is None:
            return self.bare(command)
        return self.session.unprotect(self.bare(self.session.protect(command)))

    def sw(self, command: Command) -> int:
        return self.say(command).sw

    def file(self, file: File, block: int = 0xDF) -> bytes:
        assert self.sw(select(file)) == 0x9000
        head = self.say(read(0, 8)).data
        _, length, size = tlv.header(head)
        content = b""
        while len(content) < size + length:
            ask = read_odd if len(content) > 0x7FFF else read
            data = self.say(ask(len(content), min(block, size + length - len(content) + 5))).data
            content += tlv.parse(data).value if ask is read_odd else data
        return content


@pytest.fixture
def laid(family: Family) -> Callable[[str], Terminal]:
    return lambda name: Terminal(Chip(family.contents(name)))


def zone(contents: Contents) -> Password:
    document = contents.description.document
    assert document.expires
    return Password.mrz(document.number, document.born_text, document.expires.strftime("%y%m%d"))


def opened_by_bac(terminal: Terminal, password: Password | None = None) -> Terminal:
    assert terminal.bare(SELECT_APPLICATION).sw == 0x9000
    terminal.session = run(bac.establish(password or zone(terminal.chip.contents)), terminal.chip.transmit)
    return terminal


def pace_infos(terminal: Terminal) -> security_infos.SecurityInfos:
    assert terminal.bare(MASTER_FILE).sw == 0x9000
    assert terminal.bare(select(File.CARD_ACCESS)).sw == 0x9000
    return security_infos.parse(terminal.bare(read(0, 256)).data)


def opened_by_pace(terminal: Terminal, password: Password | None = None) -> Terminal:
    infos = pace_infos(terminal)
    chosen = pace.choose(infos)
    assert chosen
    exchange = pace.establish(
        password or zone(terminal.chip.contents), *chosen, name_parameters=pace.ambiguous(infos)
    )
    if not terminal.chip.contents.description.extended:
        exchange = chained(exchange, SHORT_NC)
    terminal.session = run(exchange, terminal.chip.transmit).session
    assert terminal.sw(SELECT_APPLICATION) == 0x9000
    return terminal


def opened(terminal: Terminal) -> Terminal:
    return opened_by_pace(terminal) if terminal.chip.contents.description.pace else opened_by_bac(terminal)


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


# --- reading ----------------------------------------------------------------------------------


def test_reading_at_and_beyond_the_end(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    length = len(terminal.chip.contents.files[File.DG1])
    assert terminal.sw(PLAIN_READ) == 0x6986  # no file is selected
    assert terminal.sw(select(File.DG1)) == 0x9000
    assert terminal.say(read(length - 3, 8)).sw == 0x6282
    assert len(terminal.say(read(length - 3, 8)).data) == 3
    assert terminal.say(read(0, 256)) == Response(terminal.chip.contents.files[File.DG1], 0x9000)
    assert terminal.sw(read(length, 1)) == 0x6B00
    assert terminal.sw(Command(0x00, 0xB0, 0x9F, 0x00, ne=4)) == 0x6A82
    assert terminal.say(Command(0x00, 0xB0, 0x9E, 0x00, ne=2)).data == b"\x60\x14"  # EF.COM by its short identifier


def test_a_block_of_protected_data_fits_into_a_short_answer(laid: Callable[[str], Terminal]) -> None:
    for name, most in (("bac-short", 0xE7), ("pace-gm-3des", 0xE7)):
        terminal = opened(laid(name))
        terminal.sw(select(File.DG2))
        assert len(terminal.say(read(0, most)).data) == most
        assert len(terminal.say(read(0, 256)).data) == most


@pytest.mark.parametrize(("name", "most"), [("bac-short", 0xE7), ("pace-only", 0xDF)])
def test_asked_for_more_than_an_answer_holds_it_gives_what_fits(
    laid: Callable[[str], Terminal], name: str, most: int
) -> None:
    """Readers ask for what is left of a file, or for a block of their own (ISO/IEC 7816-4 §5.1: at most Ne)."""
    terminal = opened(laid(name))
    whole = terminal.chip.contents.files[File.DG2]
    terminal.sw(select(File.DG2))
    assert terminal.say(read(0, most + 1)) == Response(whole[:most], 0x9000)
    assert terminal.say(read(7, 255)) == Response(whole[7 : 7 + most], 0x9000)
    last = len(whole) - 10
    assert terminal.say(read(last, 255)) == Response(whole[last:], 0x6282)


@pytest.mark.parametrize("block", [0x60, 0xA0, 0xE0, 0xF0, 0x100])
@pytest.mark.parametrize("name", ["bac-short", "pace-gm-3des", "pace-only"])
def test_every_file_is_read_in_whatever_blocks_a_reader_asks_for(
    laid: Callable[[str], Terminal], name: str, block: int
) -> None:
    """As readers do: header, then blocks of a size of their own, the last as long as what is left."""
    terminal = opened(laid(name))
    for file, content in terminal.chip.contents.files.items():
        if file.in_application:
            assert terminal.sw(select(file)) == 0x9000
            data = terminal.say(read(0, 4)).data
            while len(data) < len(content):
                answer = terminal.say(read(len(data), min(block, len(content) - len(data))))
                assert answer.sw == 0x9000
                assert answer.data
                data += answer.data
            assert data == content


def test_extended_length_is_taken_where_it_was_said_and_only_there(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("pace-gm"))
    assert terminal.sw(select(File.DG2)) == 0x9000
    assert len(terminal.say(read(0, 10_000)).data) == 10_000
    short = opened(laid("bac-short"))
    assert short.sw(select(File.DG2)) == 0x9000
    assert short.session
    assert short.bare(short.session.protect(read(0, 1000))) == Response(b"", 0x6700)
    assert laid("bac-short").bare(SELECT_APPLICATION, extended=True).sw == 0x6700
    assert laid("bac").bare(SELECT_APPLICATION, extended=True).sw == 0x9000


@pytest.mark.parametrize("name", ["large", "large-short"])
def test_a_file_over_32_kb_is_read_with_the_offset_in_an_object(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    content = terminal.file(File.DG2)
    assert len(content) > 0x8000
    assert content == terminal.chip.contents.files[File.DG2]
    assert parse_dg2(content)[0].picture.width == 413


def test_an_offset_in_an_object_is_checked(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("bac"))
    assert terminal.sw(Command(0x00, 0xB1, 0x01, 0x01, bytes.fromhex("540100"), ne=10)) == 0x9000
    assert terminal.sw(read_odd(99_999, 10)) == 0x6B00
    assert terminal.sw(Command(0x00, 0xB1, 0, 0, bytes.fromhex("550100"), ne=10)) == 0x6A80
    assert terminal.sw(Command(0x00, 0xB1, 0, 0, bytes.fromhex("540100"), ne=2)) == 0x6700


def test_a_chip_that_wants_the_exact_length_says_it(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("exact")
    assert terminal.bare(select(File.CARD_ACCESS)).sw == 0x9000
    size = len(terminal.chip.contents.files[File.CARD_ACCESS])
    assert terminal.bare(read(0, 200)) == Response(b"", 0x6C00 | size)
    assert len(terminal.bare(read(0, size)).data) == size


def test_a_class_that_it_does_not_know_is_refused(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("bac")
    for cla, sw in ((0x80, 0x6E00), (0x01, 0x6E00), (0x04, 0x6882), (0x10, 0x6884), (0x0C, 0x6988)):
        assert terminal.bare(replace(SELECT_APPLICATION, cla=cla)).sw == sw
    assert terminal.bare(b"\x00\xa4\x04").sw == 0x6700
    assert terminal.bare(Command(0x00, 0xD6, 0x00, 0x00, b"\x00")).sw == 0x6D00


def test_control_information_is_given_where_it_was_asked_for(laid: Callable[[str], Terminal]) -> None:
    """ISO/IEC 7816-4 §11.2.2: all of it, the parameters alone, the data alone, nothing."""
    name = tlv.encode(0x84, APPLICATION)
    for p2, tag in ((0x00, 0x6F), (0x04, 0x62), (0x08, 0x64)):
        answer = laid("bac").bare(replace(SELECT_APPLICATION, p2=p2, ne=256))
        assert answer == Response(tlv.encode(tag, name), 0x9000)
        assert laid("bac").bare(replace(SELECT_APPLICATION, p2=p2)) == Response(b"", 0x9000)
        for data in (b"", b"\x3f\x00"):
            answer = laid("bac").bare(Command(0x00, 0xA4, 0x00, p2, data, ne=256))
            assert answer == Response(tlv.encode(tag, bytes.fromhex("83023F00")), 0x9000)
    assert laid("bac").bare(replace(SELECT_APPLICATION, ne=256)) == Response(b"", 0x9000)
    assert laid("bac").bare(replace(SELECT_APPLICATION, p2=0x02)).sw == 0x6A86
    assert laid("bac").bare(replace(SELECT_APPLICATION, data=APPLICATION[:-1] + b"\x02")).sw == 0x6A82


# --- proofs -----------------------------------------------------------------------------------

CHIP_AUTHENTICATION = ["chip-auth", "chip-auth-bac", "chip-auth-dh", "everything"]


def chip_way(terminal: Terminal) -> chip_auth.Way:
    infos = security_infos.parse(lds.unwrap(File.DG14, terminal.file(File.DG14)))
    way = chip_auth.choose(infos)
    assert way
    return way


@pytest.mark.parametrize("name", CHIP_AUTHENTICATION)
def test_the_chip_restarts_secure_messaging_under_its_own_key(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    way = chip_way(terminal)
    assert terminal.session
    terminal.session = run(terminal.session.protect_all(chip_auth.authenticate(way)), terminal.chip.transmit)
    assert terminal.file(File.COM) == terminal.chip.contents.files[File.COM]


def test_a_copied_chip_does_not_have_the_key(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("copied-chip-auth"))
    way = chip_way(terminal)
    assert terminal.session
    terminal.session = run(terminal.session.protect_all(chip_auth.authenticate(way)), terminal.chip.transmit)
    with pytest.raises(SessionBroken):
        terminal.sw(select(File.COM))


def test_chip_authentication_needs_a_session(laid: Callable[[str], Terminal]) -> None:
    terminal = laid("chip-auth")
    assert terminal.bare(Command(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800104"))).sw == 0x6982
    assert opened(laid("bac")).sw(Command(0x00, 0x22, 0x41, 0xA4, bytes.fromhex("800104"))) == 0x6A81


@pytest.mark.parametrize("name", ["active-auth-rsa", "active-auth-rsa-2048", "active-auth-ec", "everything"])
def test_the_chip_signs_a_challenge(laid: Callable[[str], Terminal], name: str) -> None:
    terminal = opened(laid(name))
    key = open_key(lds.unwrap(File.DG15, terminal.file(File.DG15)))
    infos = security_infos.SecurityInfos()
    if File.DG14 in terminal.chip.contents.files:
        infos = security_infos.parse(lds.unwrap(File.DG14, terminal.file(File.DG14)))
    challenge = bytes(range(8))
    signature = terminal.say(Command(0x00, 0x88, 0x00, 0x00, challenge, ne=1000)).data
    assert proves(key, infos, challenge, signature)
    assert not proves(key, infos, bytes(8), signature)


def test_a_copy_signs_with_another_key(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("copied"))
    key = open_key(lds.unwrap(File.DG15, terminal.file(File.DG15)))
    signature = terminal.say(Command(0x00, 0x88, 0x00, 0x00, bytes(8), ne=256)).data
    assert not proves(key, security_infos.SecurityInfos(), bytes(8), signature)


def test_a_long_answer_is_fetched_in_pieces(laid: Callable[[str], Terminal]) -> None:
    terminal = opened(laid("pieces"))
    key = open_key(lds.unwrap(File.DG15, terminal.file(File.DG15)))
    assert terminal.session
    first = terminal.bare(terminal.session.protect(Command(0x00, 0x88, 0x00, 0x00, bytes(8), ne=256)))
    assert (len(first.data), first.sw >> 8) == (256, 0x61)
    rest = terminal.bare(Command(0x00, 0xC0, 0x00, 0x00, ne=first.sw & 0xFF))
    assert rest.sw == 0x9000
    signature = terminal.session.unprotect(Response(first.data + rest.data, 0x9000)).data
    assert proves(key, security_infos.SecurityInfos(), bytes(8), signature)
    assert terminal.bare(Command(0x00, 0xC0, 0x00, 0x00, ne=256)).sw == 0x6985


@pytest.mark.parametrize(("name", "genuine"), [("pace-cam", True), ("copied-cam", False)])
def test_pace_with_chip_authentication_mapping_proves_the_chip(
    laid: Callable[[str], Terminal], name: str, genuine: bool
) -> None:
    terminal = laid(name)
    chosen = pace.choose(pace_infos(terminal))
    assert chosen
    result = run(pace.establish(zone(terminal.chip.contents), *chosen), terminal.chip.transmit)
    terminal.session = result.session
    assert terminal.file(File.CARD_SECURITY)
    key = security_infos.ChipKey(
        security_infos.Agreement.ECDH, secured_key(terminal.chip.contents.files[File.CARD_SECURITY]), None
    )
    assert result.proof
    assert chip_auth.verify_mapping(result.proof, [key]) is genuine


def secured_key(card_security: bytes) -> bytes:
    from asn1crypto import cms

    content = cms.ContentInfo.load(card_security)["content"]["encap_content_info"]["content"].native
    (key,) = security_infos.parse(content).chip_keys
    return key.info


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
