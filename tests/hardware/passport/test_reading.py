"""Files of a chip: header, then as much as it says, in the largest pieces that go, and nothing twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.passport import reading, tlv
from hardware.passport.apdu import Command, decode
from hardware.passport.errors import Malformed, NoApplication, PassportError, Refused
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.reading import Files, Medium
from tests.hardware.passport.wire import Script

H = bytes.fromhex


class Chip:
    """Plain files. `longest`: of an answer; `refuse`: what to say to longer ones."""

    def __init__(
        self, files: dict[File, bytes], longest: int = 65_536, refuse: str = "6700", by_short: bool = True
    ) -> None:
        self.files, self.longest, self.refuse, self.by_short = files, longest, refuse, by_short
        self.current: File | None = None
        self.sent: list[Command] = []
        self.served: list[tuple[File, int, int]] = []

    def __call__(self, data: bytes) -> bytes:
        command = decode(data)
        self.sent.append(command)
        if command.ins == 0xA4:
            return self._select(command)
        if command.ins == 0xB1:
            offset = int.from_bytes(tlv.parse(command.data).value, "big")
            around = 1 + len(tlv.encode_length(command.ne))
            found = self._binary(offset, command.ne - around, command.ne)
            return tlv.encode(0x53, found[:-2]) + found[-2:] if len(found) > 2 else found
        if not command.p1 & 0x80:
            return self._binary(command.p1 << 8 | command.p2, command.ne, command.ne)
        if not self.by_short:
            return H("6A86")
        self.current = next((file for file in self.files if file.sfi == command.p1 & 0x1F), None)
        return self._binary(command.p2, command.ne, command.ne)

    def _select(self, command: Command) -> bytes:
        fid = int.from_bytes(command.data, "big")
        self.current = next((file for file in self.files if file.fid == fid), None)
        return H("9000") if self.current else H("6A82")

    def _binary(self, at: int, count: int, ne: int) -> bytes:
        if self.current is None:
            return H("6A82")
        content = self.files[self.current]
        if ne > self.longest:
            return H(self.refuse)
        if at >= len(content):
            return H("6B00")
        piece = content[at : at + count]
        self.served.append((self.current, at, at + len(piece)))
        return piece + (H("9000") if len(piece) == count else H("6282"))


def content(file: File, size: int) -> bytes:
    return tlv.encode(file.tag, bytes(at % 251 for at in range(size)))


def once_only(served: list[tuple[File, int, int]]) -> bool:
    """Whether no byte of a file was read twice."""
    seen: dict[File, int] = {}
    for file, begin, end in served:
        if begin < seen.get(file, 0):
            return False
        seen[file] = end
    return True


@pytest.mark.parametrize("size", [0, 1, 2, 3, 90, 252, 253, 300, 32_760, 32_800, 70_000])
@pytest.mark.parametrize("longest", [128, 256, 2048, 65_536])
def test_a_file_is_read_whole_and_no_byte_twice(size: int, longest: int) -> None:
    whole = content(File.DG2, size)
    chip = Chip({File.DG2: whole}, longest)
    files = Files(Medium(answer=longest))
    assert run(files.read(File.DG2, None), chip) == whole
    assert once_only(chip.served)
    beyond = [begin for _, begin, _ in chip.served if begin > 0x7FFF]
    assert sum(command.ins == 0xB1 for command in chip.sent) == len(beyond)


def test_what_a_file_costs() -> None:
    """One SELECT, one header, and ⌈(length − 4) / piece⌉."""
    whole = content(File.DG1, 600)
    chip = Chip({File.DG1: whole}, 256)
    run(Files().read(File.DG1, None), chip)
    assert len(chip.sent) == 1 + 1 + 3
    assert [command.ne for command in chip.sent] == [0, 4, 256, 256, len(whole) - 516]


def test_short_identifiers_spare_the_select_once_one_has_worked() -> None:
    chip = Chip({file: content(file, 20) for file in (File.CARD_ACCESS, File.DG1, File.DG14)})
    files = Files()
    for file in (File.CARD_ACCESS, File.DG1, File.DG14):
        assert run(files.read(file, None), chip) == chip.files[file]
    assert [command.ins for command in chip.sent] == [0xB0] * 6
    assert run(files.read(File.DG15, None), chip) is None
    assert len(chip.sent) == 7


def test_a_chip_without_short_identifiers_is_asked_for_them_once() -> None:
    chip = Chip({file: content(file, 20) for file in (File.CARD_ACCESS, File.DG1)}, by_short=False)
    files = Files()
    for file in (File.CARD_ACCESS, File.DG1):
        assert run(files.read(file, None), chip) == chip.files[file]
    assert [command.ins for command in chip.sent] == [0xB0, 0xA4, 0xB0, 0xB0, 0xA4, 0xB0, 0xB0]
    assert files.medium.short_identifiers is False


def test_short_identifiers_of_the_master_file_alone_do_not_hide_the_applications_files() -> None:
    class Half(Chip):
        def __call__(self, data: bytes) -> bytes:
            short = decode(data).p1 & 0x80 and decode(data).p1 & 0x1F != File.CARD_ACCESS.sfi
            if decode(data).ins == 0xB0 and short:
                self.sent.append(decode(data))
                return H("6A82")
            return super().__call__(data)

    chip = Half({file: content(file, 20) for file in (File.CARD_ACCESS, File.SOD, File.DG1)})
    files = Files()
    for file in (File.CARD_ACCESS, File.SOD, File.DG1):
        assert run(files.read(file, None), chip) == chip.files[file]
    assert run(files.read(File.DG15, None), chip) is None
    assert [command.ins for command in chip.sent] == [0xB0] * 3 + [0xA4, 0xB0, 0xB0] * 2 + [0xA4]


def test_another_file_under_a_short_identifier_is_not_taken_for_it() -> None:
    class Confused(Chip):
        def __call__(self, data: bytes) -> bytes:
            answer = super().__call__(data)
            return H("60145F019000") if decode(data).p1 & 0x80 else answer

    chip = Confused({File.DG1: content(File.DG1, 20)})
    files = Files(Medium(short_identifiers=True))
    assert run(files.read(File.DG1, None), chip) == chip.files[File.DG1]
    assert files.medium.short_identifiers is False


@pytest.mark.parametrize("longest", [40, 64, 100, 200])
def test_smaller_pieces_are_learned_from_a_refusal(longest: int) -> None:
    chip = Chip({file: content(file, 900) for file in (File.DG1, File.DG2)}, longest)
    files = Files(Medium(answer=4096))
    for file in (File.DG1, File.DG2):
        assert run(files.read(file, None), chip) == chip.files[file]
    refusals = sum(command.ne > longest for command in chip.sent)
    assert refusals <= 4


@pytest.mark.parametrize("refuse", ["6A80", "6A86", "6985", "6F00"])
def test_a_chip_that_has_other_words_for_too_much_is_asked_for_less(refuse: str) -> None:
    chip = Chip({file: content(file, 900) for file in (File.DG1, File.DG2)}, 100, refuse)
    files = Files()
    for file in (File.DG1, File.DG2):
        assert run(files.read(file, None), chip) == chip.files[file]
    assert sum(command.ne > 100 for command in chip.sent) == 2


def test_an_error_after_as_much_was_given_is_not_taken_for_too_much() -> None:
    class Failing(Chip):
        def _binary(self, at: int, count: int, ne: int) -> bytes:
            return H("6F00") if at > 300 else super()._binary(at, count, ne)

    chip = Failing({File.DG1: content(File.DG1, 900)})
    with pytest.raises(Refused, match="byte 516: 6F00"):
        run(Files().read(File.DG1, None), chip)
    assert len(chip.sent) == 1 + 1 + 3


@pytest.mark.parametrize("sw", ["6982", "6986", "6B00", "6D00"])
def test_an_error_that_means_something_else_is_not_taken_for_too_much(sw: str) -> None:
    class Closed(Chip):
        def _binary(self, at: int, count: int, ne: int) -> bytes:
            return H(sw) if at else super()._binary(at, count, ne)

    chip = Closed({File.DG1: content(File.DG1, 900)})
    with pytest.raises(Refused, match=sw):
        run(Files().read(File.DG1, None), chip)
    assert len(chip.sent) == 1 + 1 + 1


def test_a_chip_that_says_how_much_there_is_is_believed() -> None:
    class Exact(Chip):
        def _binary(self, at: int, count: int, ne: int) -> bytes:
            return H("6C40") if count > 0x40 else super()._binary(at, count, ne)

    chip = Exact({File.DG1: content(File.DG1, 90)})
    assert run(Files().read(File.DG1, None), chip) == chip.files[File.DG1]


def test_a_file_that_was_begun_goes_on_where_it_stopped() -> None:
    class Lifted(Exception):
        pass

    whole = content(File.DG2, 2000)
    chip = Chip({File.DG2: whole}, 256)

    def lifted_after(count: int, data: bytes) -> bytes:
        if len(chip.sent) == count:
            raise Lifted
        return chip(data)

    files = Files()
    for count in (1, 3, 6):
        with pytest.raises(Lifted):
            run(files.read(File.DG2, None), lambda data, count=count: lifted_after(count, data))  # type: ignore[misc]
    assert run(files.read(File.DG2, None), chip) == whole
    assert once_only(chip.served)


def test_a_file_is_asked_for_once() -> None:
    chip = Chip({File.DG1: content(File.DG1, 20)})
    files = Files()
    for _ in range(2):
        assert run(files.read(File.DG1, None), chip) == chip.files[File.DG1]
        assert run(files.read(File.DG11, None), chip) is None
    assert len(chip.sent) == 4


def test_progress_is_told_after_every_piece() -> None:
    told: list[tuple[int, int, int]] = []
    chip = Chip({File.DG1: content(File.DG1, 600)})
    run(Files(on_progress=lambda *said: told.append(said)).read(File.DG1, None), chip)
    assert told == [(4, 256, 604), (260, 256, 604), (516, 88, 604), (604, 0, 604)]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        ("62820100", "begins with 62"), ("61", "header"), ("6184FFFFFFFF00", "bytes"), ("61820100AB", "byte 5: 6B00"),
        ("618280", "header"), ("6180", "header|begins|length|ends"), ("61857F00000000", "header"),
    ],
)  # fmt: skip
def test_a_file_that_lies_about_itself_is_refused(data: str, why: str) -> None:
    with pytest.raises(PassportError, match=why):
        run(Files().read(File.DG1, None), Chip({File.DG1: H(data)}))


def test_a_chip_that_gives_crumbs_is_given_up() -> None:
    class Miserly(Chip):
        def _binary(self, at: int, count: int, ne: int) -> bytes:
            return super()._binary(at, 1 if at else count, ne)

    chip = Miserly({File.DG2: content(File.DG2, 60_000)})
    with pytest.raises(Malformed, match="crumbs"):
        run(Files().read(File.DG2, None), chip)
    assert len(chip.sent) < 4000


def test_a_chip_that_gives_nothing_is_given_up() -> None:
    class Empty(Chip):
        def _binary(self, at: int, count: int, ne: int) -> bytes:
            return H("9000") if at else super()._binary(at, count, ne)

    with pytest.raises(Malformed, match="ends at"):
        run(Files().read(File.DG1, None), Empty({File.DG1: content(File.DG1, 20)}))


@pytest.mark.parametrize("sw", ["6982", "6986", "6F00"])
def test_a_chip_that_does_not_let_us_says_so(sw: str) -> None:
    with pytest.raises(Refused) as refused:
        run(Files().read(File.DG3, None), lambda _: H(sw))
    assert refused.value.sw == int(sw, 16)


@pytest.mark.parametrize("sw", ["6A82", "6A86", "6700"])
def test_a_master_file_that_has_no_identifier_is_selected_without_one(sw: str) -> None:
    Script(("00A4000C023F00", sw), ("00A4000C", "9000")).play(reading.select_master_file())
    Script(("00A4000C023F00", sw), ("00A4000C", sw)).play(reading.select_master_file())  # there is none


def test_a_master_file_is_selected_once() -> None:
    for sw in ("9000", "6283"):
        Script(("00A4000C023F00", sw)).play(reading.select_master_file())


@pytest.mark.parametrize("sw", ["9000", "6200", "6283"])
def test_an_application_that_is_selected_with_a_warning_is_selected(sw: str) -> None:
    run(reading.select_application(), lambda _: H(sw))


def test_a_chip_that_waits_for_the_rest_of_a_chain_is_told_twice_which_application() -> None:
    asked = "00A4040C07A0000002471001"
    Script((asked, "6883"), (asked, "9000")).play(reading.select_application())
    with pytest.raises(NoApplication, match="6883"):
        Script((asked, "6883"), (asked, "6883")).play(reading.select_application())


@pytest.mark.parametrize("sw", ["6A82", "6982", "6300", "6999"])
def test_an_application_that_is_not_selected_is_none(sw: str) -> None:
    with pytest.raises(NoApplication) as refused:
        run(reading.select_application(), lambda _: H(sw))
    assert refused.value.sw == int(sw, 16)


@given(
    st.lists(st.binary(min_size=2, max_size=40), min_size=1, max_size=20),
    st.sampled_from([None, True, False]),
)
def test_whatever_a_chip_answers_only_our_own_errors_come_of_it(
    answers: list[bytes], by_short: bool | None
) -> None:
    at = 0

    def chip(_: bytes) -> bytes:
        nonlocal at
        at += 1
        assert at < 20_000
        return answers[at % len(answers)]

    files = Files(Medium(short_identifiers=by_short))
    try:
        run(files.learn_lengths(b""), chip)
        for file in (File.CARD_ACCESS, File.DG1):
            run(files.read(file, None), chip)
    except PassportError:
        return


# --- what a chip says of itself -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("atr", "extended"),
    [
        # PC/SC part 3 §3.1.3.2.3.1 around historical bytes: capabilities with and without extended length
        ("3B858001" + "8073940140" + "D7", True),
        ("3B858001" + "8073940100" + "97", False),
        # category 00 ends in three bytes of status
        ("3B888001" + "0073C80140009000" + "00", True),
        # a storage card (PC/SC part 3), a contact card with TA, TB, TC and TD, nothing, nonsense
        ("3B8F8001804F0CA000000306030001000000006A", None),
        ("3BFF11000041" + "8073940140" + "00" * 10, None),
        ("3B65000080" + "73940140", True),
        ("", None), ("3B", None), ("3BFF", None), ("3B8F8001", None), ("3B818001" + "80", None), ("3B8280018073", None),
    ],
)  # fmt: skip
def test_extended_length_by_the_historical_bytes(atr: str, extended: bool | None) -> None:
    assert reading.extended_by_atr(H(atr)) is extended


@pytest.mark.parametrize(
    ("info", "longest"),
    [
        ("4303940140" + "7F6608" + "02020800" + "02020200", 510),
        ("7F660A" + "0203010000" + "0203010000", 65_534),
        ("7F6608" + "02020100" + "02020100", None),  # no longer than a short one
        ("7F6604" + "02020800", None), ("7F6608" + "02020800", None), ("", None), ("FF", None),
        ("7F6606" + "0200" + "02020200", 510), ("7F6608" + "02020800" + "04020200", None),
    ],
)  # fmt: skip
def test_the_longest_answer_by_ef_atr_info(info: str, longest: int | None) -> None:
    assert reading.longest_answer(H(info)) == longest


@given(st.binary(max_size=40))
def test_nothing_of_this_fails_on_nonsense(data: bytes) -> None:
    assert reading.extended_by_atr(data) in (None, True, False)
    longest = reading.longest_answer(data)
    assert longest is None or 256 < longest <= 65_536


def test_ef_atr_info_is_only_asked_for_where_it_may_help() -> None:
    info = H("43039401407F6608" + "02020800" + "02020200")
    for atr, by_short, commands, answer in (
        ("3B8580018073940100" + "97", True, 0, 256),
        ("3B8580018073940140" + "D7", True, 1, 510),
        ("3B8580018073940140" + "D7", False, 3, 510),
        ("", True, 1, 510),
        ("", False, 1, 256),
    ):
        chip = Chip({File.ATR_INFO: info}, by_short=by_short)
        files = Files()
        run(files.learn_lengths(H(atr)), chip)
        assert (len(chip.sent), files.medium.answer) == (commands, answer)
