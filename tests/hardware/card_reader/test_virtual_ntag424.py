"""The virtual NTAG 424 DNA: as strict as the data sheet; and how a conversation takes its refusals.

Sources: NXP NT4H2421Gx rev. 3.0 §8.2 and §10 (return codes), AN12196 rev. 2.0 §6.4 (wrong tries).
"""

from collections.abc import Callable

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.ntag424 import CardRefused, Ntag424, WrongKey
from hardware.card_reader.ntag424_wire import (
    FACTORY_KEY,
    KEYS,
    NDEF,
    NDEF_AS_DELIVERED,
    PROPRIETARY,
    PROPRIETARY_AS_DELIVERED,
    SELECT_APPLICATION,
    FileSettings,
    Ins,
    Mode,
    Status,
    WrongMac,
    area,
    key_data,
    native,
)
from hardware.card_reader.pcsc_wire import Answer, Nonsense, card_type, historical_bytes, parse_answer
from hardware.card_reader.virtual_cards import SmartCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.card_reader.virtual_ntag424 import Ntag424Card

UID = bytes.fromhex("04A1B2C3D4E5F6")
OTHER = bytes(range(16))


class Field:
    """A card in a field, spoken to with no reader between; what it says may be changed on its way."""

    def __init__(self, card: SmartCard) -> None:
        self.card = card
        self.sent: list[bytes] = []
        self.meddle: Callable[[bytes], bytes] = lambda answer: answer

    def transmit(self, apdu: bytes) -> Answer:
        self.sent.append(apdu)
        return parse_answer(self.meddle(self.card.exchange(apdu)))

    def reset(self) -> None:
        self.card.activate()


@pytest.fixture
def card() -> Ntag424Card:
    return Ntag424Card(UID)


@pytest.fixture
def field(card: Ntag424Card) -> Field:
    return Field(card)


@pytest.fixture
def talk(field: Field) -> Ntag424:
    talk = Ntag424(field)
    talk.select()
    return talk


def refused(what: Callable[[], object]) -> Status | None:
    with pytest.raises(CardRefused) as no:
        what()
    return no.value.status


# --- what it is -----------------------------------------------------------------------------


def test_a_reader_shows_it_as_any_card_of_iso_14443_4(card: Ntag424Card) -> None:
    assert card_type(card.atr) is CardType.SMARTCARD
    assert historical_bytes(card.atr) == b"\x80"
    assert make_card(CardType.NTAG424, UID).whole() == card.whole()  # type: ignore[attr-defined]


def test_it_tells_its_version_before_anything_is_selected(field: Field) -> None:
    version = Ntag424(field).version()
    assert version.is_ntag424
    assert version.uid == UID


def test_as_delivered_every_key_is_zeros_and_of_version_0(talk: Ntag424) -> None:
    for number in KEYS:
        assert talk.key_version(number) == 0
        talk.authenticate(number, FACTORY_KEY)
        assert talk.uid() == UID
        talk.select()
    assert talk.settings(NDEF) == NDEF_AS_DELIVERED
    assert talk.settings(PROPRIETARY) == PROPRIETARY_AS_DELIVERED
    assert talk.settings(1) == FileSettings(Mode.PLAIN, 0xE, 0, 0, 0)


def test_any_telephone_reads_its_container_and_message(card: Ntag424Card) -> None:
    card.files[NDEF].data[:4] = b"\0\2hi"
    assert card.exchange(SELECT_APPLICATION) == b"\x90\x00"
    assert card.exchange(bytes.fromhex("00A4000C02E103")) == b"\x90\x00"
    container = card.exchange(bytes.fromhex("00B000000F"))
    assert container[:2] == b"\x00\x17"
    assert container[9:13] == bytes.fromhex("E1040100")
    assert card.exchange(bytes.fromhex("00A4000C02E104")) == b"\x90\x00"
    assert card.exchange(bytes.fromhex("00B0000004")) == b"\0\2hi\x90\x00"
    assert card.exchange(bytes.fromhex("00D6000002") + b"\0\0") == b"\x90\x00"
    assert card.exchange(bytes.fromhex("00B0840004")) == b"\0\0hi\x90\x00"  # by its short name


# --- sessions -------------------------------------------------------------------------------


def test_a_key_opens_a_session_and_another_goes_on_with_it(talk: Ntag424) -> None:
    talk.authenticate(3, FACTORY_KEY)
    talk.write(PROPRIETARY, b"a key", Mode.FULL)
    talk.authenticate_again(2, FACTORY_KEY)
    assert talk.read(PROPRIETARY, 5, Mode.FULL) == b"a key"
    assert talk.uid() == UID


def test_what_is_written_and_read_is_not_seen_on_the_way(talk: Ntag424, field: Field) -> None:
    heard: list[bytes] = []
    field.meddle = lambda answer: heard.append(answer) or answer  # type: ignore[func-returns-value]
    talk.authenticate(3, FACTORY_KEY)
    talk.write(PROPRIETARY, b"a room key's 48 bytes", Mode.FULL)
    talk.read(PROPRIETARY, 21, Mode.FULL)
    assert not any(b"room" in spoken for spoken in (*field.sent, *heard))


def test_no_two_sessions_say_the_same(card: Ntag424Card, talk: Ntag424, field: Field) -> None:
    for _ in range(2):
        talk.authenticate(3, FACTORY_KEY)
        talk.read(PROPRIETARY, 16, Mode.FULL)
    assert len(set(field.sent[-6:])) == len(field.sent[-6:]) - 1  # but for the bare request


def test_a_command_played_again_is_refused_and_ends_the_session(
    card: Ntag424Card, talk: Ntag424, field: Field
) -> None:
    talk.authenticate(3, FACTORY_KEY)
    talk.write(PROPRIETARY, b"first", Mode.FULL)
    replayed = field.sent[-1]
    talk.write(PROPRIETARY, b"other", Mode.FULL)
    assert card.exchange(replayed) == b"\x91\x1e"
    assert bytes(card.files[PROPRIETARY].data[:5]) == b"other"
    assert refused(talk.uid) is Status.AUTHENTICATION_ERROR


def test_a_command_altered_on_its_way_is_not_done(card: Ntag424Card, talk: Ntag424, field: Field) -> None:
    talk.authenticate(3, FACTORY_KEY)
    before = card.content()
    field.transmit = (
        lambda apdu: parse_answer(  # type: ignore[method-assign]
            card.exchange(apdu[:15] + bytes((apdu[15] ^ 1,)) + apdu[16:])
        )
    )
    assert refused(lambda: talk.write(PROPRIETARY, b"first", Mode.FULL)) is Status.INTEGRITY_ERROR
    assert card.content() == before


@pytest.mark.parametrize("at", [0, 8, 16, 23])
def test_an_answer_altered_on_its_way_is_not_believed(talk: Ntag424, field: Field, at: int) -> None:
    talk.authenticate(3, FACTORY_KEY)
    field.meddle = lambda answer: answer[:at] + bytes((answer[at] ^ 1,)) + answer[at + 1 :]
    with pytest.raises(WrongMac):
        talk.uid()
    field.meddle = lambda answer: answer
    with pytest.raises(ValueError, match="needs a session"):
        talk.uid()


def test_an_answer_left_out_breaks_the_session(talk: Ntag424, field: Field) -> None:
    talk.authenticate(3, FACTORY_KEY)
    field.card.exchange(field.sent[0])  # somebody selects behind our back
    assert refused(talk.uid) is Status.AUTHENTICATION_ERROR


@pytest.mark.parametrize("cut", [1, 9, 25])
def test_an_answer_that_is_too_short_is_nonsense(talk: Ntag424, field: Field, cut: int) -> None:
    talk.authenticate(3, FACTORY_KEY)
    field.meddle = lambda answer: answer[cut:]
    with pytest.raises((Nonsense, CardRefused)):
        talk.uid()


def test_an_unknown_status_is_an_error_with_its_number(talk: Ntag424, field: Field) -> None:
    field.meddle = lambda answer: b"\x6f\x00"
    with pytest.raises(CardRefused, match="6F00") as no:
        talk.key_version(0)
    assert no.value.status is None


def test_a_card_that_plays_back_an_authentication_is_found_out(talk: Ntag424, field: Field) -> None:
    heard: list[bytes] = []
    field.meddle = lambda answer: heard.append(answer) or answer  # type: ignore[func-returns-value]
    talk.authenticate(3, FACTORY_KEY)
    played = iter(list(heard))
    field.meddle = lambda answer: next(played)
    with pytest.raises(WrongKey):
        talk.authenticate(3, FACTORY_KEY)


# --- wrong keys -----------------------------------------------------------------------------


def test_a_wrong_key_is_refused_and_counted(card: Ntag424Card, talk: Ntag424) -> None:
    with pytest.raises(WrongKey):
        talk.authenticate(1, OTHER)
    assert (card.keys[1].wrong_in_a_row, card.keys[0].wrong_in_a_row) == (1, 0)
    talk.authenticate(1, FACTORY_KEY)
    assert card.keys[1].wrong_in_a_row == 0


def test_after_fifty_wrong_keys_in_a_row_it_takes_its_time(card: Ntag424Card, talk: Ntag424) -> None:
    for _ in range(50):
        with pytest.raises(WrongKey):
            talk.authenticate(1, OTHER)
    assert refused(lambda: talk.authenticate(1, FACTORY_KEY)) is Status.AUTHENTICATION_DELAY
    talk.authenticate(2, FACTORY_KEY)  # another key's counter is its own
    talk.authenticate(1, FACTORY_KEY)


def test_a_key_guessed_wrong_too_often_is_locked_until_it_is_changed(
    card: Ntag424Card, talk: Ntag424
) -> None:
    card.keys[1].wrong = 1000
    assert refused(lambda: talk.authenticate(1, FACTORY_KEY)) is Status.PERMISSION_DENIED
    talk.authenticate(0, FACTORY_KEY)
    talk.change_key(1, OTHER, 1, FACTORY_KEY)
    talk.authenticate(1, OTHER)


# --- keys -----------------------------------------------------------------------------------


def test_a_changed_key_is_the_only_one_and_has_its_version(talk: Ntag424) -> None:
    talk.authenticate(0, FACTORY_KEY)
    talk.change_key(3, OTHER, 7, FACTORY_KEY)
    assert talk.key_version(3) == 7
    talk.authenticate(3, OTHER)
    with pytest.raises(WrongKey):
        talk.authenticate(3, FACTORY_KEY)


def test_changing_the_master_key_ends_the_session(talk: Ntag424) -> None:
    talk.authenticate(0, FACTORY_KEY)
    talk.change_key(0, OTHER, 7)
    with pytest.raises(ValueError, match="needs a session"):
        talk.uid()
    talk.authenticate(0, OTHER)
    assert talk.key_version(0) == 7


def test_who_does_not_know_the_old_key_does_not_change_it(card: Ntag424Card, talk: Ntag424) -> None:
    card.keys[2].value = bytes(16 * [7])
    talk.authenticate(0, FACTORY_KEY)
    assert refused(lambda: talk.change_key(2, OTHER, 1, FACTORY_KEY)) is Status.INTEGRITY_ERROR
    assert (card.keys[2].value, card.keys[2].version) == (bytes(16 * [7]), 0)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_only_the_master_key_changes_keys(talk: Ntag424, number: int) -> None:
    talk.authenticate(number, FACTORY_KEY)
    assert refused(lambda: talk.change_key(number, OTHER, 1, FACTORY_KEY)) is Status.AUTHENTICATION_ERROR


def test_there_are_five_keys(talk: Ntag424) -> None:
    assert refused(lambda: talk.key_version(5)) is Status.NO_SUCH_KEY
    assert refused(lambda: talk.authenticate(5, FACTORY_KEY)) is Status.NO_SUCH_KEY
    talk.authenticate(0, FACTORY_KEY)
    assert refused(lambda: talk.change_key(5, OTHER, 1, FACTORY_KEY)) is Status.NO_SUCH_KEY


# --- files ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "reads", "writes"), [(0, 0, 0), (1, 0, 0), (2, 1, 0), (3, 1, 1), (4, 0, 0)]
)
def test_the_proprietary_file_is_read_with_keys_2_and_3_and_written_with_3(
    talk: Ntag424, number: int, reads: int, writes: int
) -> None:
    for may, what in (
        (reads, lambda: talk.read(PROPRIETARY, 16, Mode.FULL)),
        (writes, lambda: talk.write(PROPRIETARY, b"x", Mode.FULL)),
    ):
        talk.authenticate(number, FACTORY_KEY)
        if may:
            what()
        else:
            assert refused(what) is Status.AUTHENTICATION_ERROR


def test_nobody_reads_the_proprietary_file_without_a_key(card: Ntag424Card, talk: Ntag424) -> None:
    assert refused(lambda: talk.read(PROPRIETARY, 16, Mode.PLAIN)) is Status.AUTHENTICATION_ERROR
    assert card.exchange(bytes.fromhex("00A4000C02E105")) == b"\x90\x00"
    assert card.exchange(bytes.fromhex("00B0000010")) == b"\x69\x82"
    assert card.exchange(bytes.fromhex("00D6000001FF")) == b"\x69\x82"


def test_settings_say_who_may(card: Ntag424Card, talk: Ntag424) -> None:
    talk.write(NDEF, b"free", Mode.PLAIN)
    talk.authenticate(0, FACTORY_KEY)
    talk.change_settings(NDEF, FileSettings(Mode.PLAIN, 0xE, 0, 0, 0))
    talk.write(NDEF, b"mine", Mode.PLAIN)
    talk.select()
    assert refused(lambda: talk.write(NDEF, b"free", Mode.PLAIN)) is Status.AUTHENTICATION_ERROR
    assert talk.read(NDEF, 4, Mode.PLAIN) == b"mine"
    assert card.exchange(bytes.fromhex("00A4000C02E104")) == b"\x90\x00"
    assert card.exchange(bytes.fromhex("00D6000001FF")) == b"\x69\x82"
    talk.authenticate(1, FACTORY_KEY)
    assert refused(lambda: talk.change_settings(NDEF, NDEF_AS_DELIVERED)) is Status.AUTHENTICATION_ERROR


def test_settings_that_can_t_be_are_refused(talk: Ntag424) -> None:
    talk.authenticate(0, FACTORY_KEY)
    wrong = FileSettings(Mode.PLAIN, 0x5, 0, 0, 0)
    assert refused(lambda: talk.change_settings(NDEF, wrong)) is Status.PARAMETER_ERROR
    talk.authenticate(0, FACTORY_KEY)
    assert refused(lambda: talk.change_settings(4, NDEF_AS_DELIVERED)) is Status.FILE_NOT_FOUND


def test_a_file_ends_where_it_ends(talk: Ntag424) -> None:
    talk.authenticate(3, FACTORY_KEY)
    assert refused(lambda: talk.read(PROPRIETARY, 16, Mode.FULL, 120)) is Status.BOUNDARY_ERROR
    talk.authenticate(3, FACTORY_KEY)
    assert refused(lambda: talk.write(PROPRIETARY, bytes(16), Mode.FULL, 120)) is Status.BOUNDARY_ERROR


def test_what_the_card_would_not_write_whole_is_not_sent(talk: Ntag424, field: Field) -> None:
    before = len(field.sent)
    with pytest.raises(ValueError, match="128"):
        talk.write(NDEF, bytes(129), Mode.PLAIN)
    assert len(field.sent) == before


# --- commands -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("apdu", "answer"),
    [
        ("", "6700"),
        ("9060", "6700"),
        ("8060000000", "6E00"),
        ("9060010000", "6A86"),
        ("9099000000", "911C"),
        ("90AF000000", "911C"),
        ("906000000101 00", "917E"),
        ("90640000", "917E"),
        ("9064000002000000", "917E"),
        ("90640000020000", "917E"),
        ("907100000100 00", "917E"),
        ("90710000030001 0200", "919D"),
        ("9077000001 0000", "919D"),
        ("90510000 00", "91AE"),
        ("90C400000100 00", "91AE"),
        ("90F50000010900", "91F0"),
        ("90AD000002030000", "917E"),
        ("00A4040C03A0000000", "6A82"),
        ("00A4080C00", "6A86"),
        ("00A4000C02E109", "6A82"),
        ("00B0000004", "6A82"),
        ("0020000000", "6D00"),
    ],
)
def test_a_command_that_is_not_as_the_data_sheet_has_it(card: Ntag424Card, apdu: str, answer: str) -> None:
    card.exchange(SELECT_APPLICATION)
    assert card.exchange(bytes.fromhex(apdu)) == bytes.fromhex(answer)


def test_nothing_of_the_application_works_before_it_is_selected(card: Ntag424Card) -> None:
    assert card.exchange(native(Ins.GET_KEY_VERSION, b"\0")) == b"\x91\x9d"
    assert card.exchange(native(Ins.AUTHENTICATE_FIRST, b"\0\0")) == b"\x91\x40"
    assert card.exchange(native(Ins.READ_DATA, area(NDEF, 0, 4))) == b"\x91\x9d"


def test_another_command_in_the_middle_of_an_authentication_aborts_it(card: Ntag424Card) -> None:
    card.exchange(SELECT_APPLICATION)
    assert card.exchange(native(Ins.AUTHENTICATE_FIRST, b"\0\0"))[-2:] == b"\x91\xaf"
    assert card.exchange(native(Ins.GET_KEY_VERSION, b"\0")) == b"\x91\xca"
    assert card.exchange(native(Ins.MORE, bytes(32))) == b"\x91\x1c"


def test_a_key_sent_in_the_clear_is_refused(card: Ntag424Card, talk: Ntag424) -> None:
    talk.authenticate(0, FACTORY_KEY)
    clear = native(Ins.CHANGE_KEY, b"\1" + key_data(1, OTHER, 1, FACTORY_KEY))
    assert card.exchange(clear) == b"\x91\x1e"
    assert card.keys[1].value == FACTORY_KEY


def test_out_of_the_field_it_forgets_its_session(card: Ntag424Card, talk: Ntag424) -> None:
    talk.authenticate(0, FACTORY_KEY)
    card.activate()
    assert refused(talk.uid) in (Status.PERMISSION_DENIED, Status.AUTHENTICATION_ERROR)


def test_a_card_tells_no_key(card: Ntag424Card) -> None:
    card.keys[0].value = OTHER
    assert "0102030405" not in repr(card.keys) + card.content().hex()
    assert "\\x01\\x02" not in repr(card.keys)


def test_a_uid_has_seven_bytes() -> None:
    with pytest.raises(ValueError, match="7 bytes"):
        make_card(CardType.NTAG424, b"\1\2\3\4")
