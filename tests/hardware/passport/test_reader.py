"""A whole reading: which way a chip is opened, what it costs, and chips that make it difficult."""

from __future__ import annotations

from datetime import date

import pytest

from hardware.document_reader.virtual_card import atr
from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_family import CAN, Family
from hardware.document_reader.virtual_passport import Contents
from hardware.document_reader.virtual_status import Refusal
from hardware.passport import meter
from hardware.passport.apdu import Command, Response
from hardware.passport.errors import AccessDenied, Guarded, Malformed, NoApplication, Refused
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.order import Order, Reading
from hardware.passport.password import Password
from hardware.passport.progress import Step
from hardware.passport.reader import Reader

H = bytes.fromhex
FAMILY = Family(date(2026, 3, 1))


class Watched(Chip):
    """A virtual chip that remembers what it was asked, and which bytes it gave."""

    def __init__(self, contents: Contents) -> None:
        super().__init__(contents)
        self.sent: list[bytes] = []
        self.inner: list[Command] = []
        self.served: list[tuple[File, int, int]] = []

    def transmit(self, command: bytes) -> bytes:
        self.sent.append(command)
        return super().transmit(command)

    def _carried_out(self, command: Command) -> Response:
        self.inner.append(command)
        return super()._carried_out(command)

    def _part(self, offset: int, wanted: int, head: int) -> Response:
        answer = super()._part(offset, wanted, head)
        assert self._file is not None
        self.served.append((self._file, offset, offset + len(answer.data)))
        return answer


def password(contents: Contents) -> Password:
    document = contents.description.document
    assert document.expires is not None
    return Password.mrz(document.number, document.born_text, document.expires.strftime("%y%m%d"))


def reader(contents: Contents, order: Order = Order(), known: Password | None = None) -> Reader:  # noqa: B008
    return Reader(known or password(contents), order, atr(contents.description.extended))


def read(name: str, order: Order = Order(), known: Password | None = None) -> tuple[Reading, Watched]:  # noqa: B008
    contents = FAMILY.contents(name)
    chip = Watched(contents)
    return run(reader(contents, order, known).read(), chip.transmit), chip


def twice(served: list[tuple[File, int, int]]) -> list[File]:
    """Files of which a byte was read twice."""
    seen: dict[File, int] = {}
    again = []
    for file, begin, end in served:
        if begin < seen.get(file, 0):
            again.append(file)
        seen[file] = max(end, seen.get(file, 0))
    return again


# --- which way in ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("bac", "BAC"), ("bac-short", "BAC"), ("open", ""),
        ("pace-gm-brainpool", "PACE-ECDH-GM, AES-256"), ("pace-gm-3des", "PACE-ECDH-GM, 3DES"),
        ("pace-gm-dh", "PACE-DH-GM, AES-128"), ("pace-im", "PACE-ECDH-IM, AES-128"),
        ("pace-im-strong", "PACE-ECDH-IM, AES-256"), ("pace-im-dh", "PACE-DH-IM, AES-128"),
        ("pace-cam", "PACE-ECDH-CAM, AES-128"), ("pace-only", "PACE-ECDH-GM, AES-128"),
        ("pace-two-groups", "PACE-ECDH-GM, AES-128"),
    ],
)  # fmt: skip
def test_a_chip_is_opened_by_the_best_it_offers(name: str, opened: str) -> None:
    reading, chip = read(name)
    assert (reading.opened, reading.pace_failed) == (opened, "")
    assert reading.files[File.DG1] == chip.contents.files[File.DG1]
    assert reading.files[File.DG2] == chip.contents.files[File.DG2]
    assert not reading.failed
    assert twice(chip.served) == []


def test_pace_can_be_left_out() -> None:
    assert read("pace-gm", Order(pace=False))[0].opened == "BAC"


def test_a_card_is_opened_by_the_number_on_its_front() -> None:
    assert read("card-can", known=Password.can(CAN))[0].opened == "PACE-ECDH-GM, AES-256"
    assert read("card-can")[0].opened == "PACE-ECDH-GM, AES-256"  # or by the zone on its back


def test_where_pace_goes_wrong_the_zone_still_opens_the_chip() -> None:
    class Half(Watched):
        def _general_authenticate(self, command: Command) -> Response:
            raise Refusal(0x6A80)

    contents = FAMILY.contents("pace-gm")
    reading = run(reader(contents).read(), Half(contents).transmit)
    assert (reading.opened, reading.pace_failed) == ("BAC", "PACE, nonce: 6A80")


class Picky(Watched):
    """Offers ways that it then does not take."""

    taken: tuple[bytes, ...] = ()

    def _manage_security_environment(self, command: Command) -> Response:
        if command.p1 == 0xC1 and not any(oid in command.data for oid in self.taken):
            raise Refusal(0x6A80)
        return super()._manage_security_environment(command)


GM_AES128, GM_AES256 = H("04007F00070202040202"), H("04007F00070202040204")


def test_of_several_ways_the_best_that_the_chip_takes_is_gone() -> None:
    contents = FAMILY.contents("everything")  # with chip authentication mapping, which it refuses
    chip = Picky(contents)
    chip.taken = (GM_AES256,)
    reading = run(reader(contents).read(), chip.transmit)
    assert (reading.opened, reading.pace_failed) == ("PACE-ECDH-GM, AES-256", "PACE, MSE:Set AT: 6A80")
    assert reading.mapping is None
    assert sum(command.header == H("0022C1A4") for command in chip.inner) == 2
    chip = Picky(contents)
    chip.taken = (GM_AES256,)
    assert run(reader(contents, known=Password.can(CAN)).read(), chip.transmit).opened == "PACE-ECDH-GM, AES-256"


def test_a_chip_that_takes_none_of_its_ways_is_opened_by_the_zone_and_not_by_a_number() -> None:
    contents = FAMILY.contents("everything")
    reading = run(reader(contents).read(), Picky(contents).transmit)
    assert (reading.opened, reading.pace_failed) == ("BAC", "PACE, MSE:Set AT: 6A80")
    with pytest.raises(Refused, match="MSE:Set AT: 6A80"):
        run(reader(contents, known=Password.can(CAN)).read(), Picky(contents).transmit)


def test_after_a_password_was_judged_no_other_way_is_tried() -> None:
    contents = FAMILY.contents("everything")
    chip = Watched(contents)
    with pytest.raises(AccessDenied):
        run(reader(contents, known=Password.can("654321")).read(), chip.transmit)
    assert sum(command.header == H("0022C1A4") for command in chip.inner) == 1


def test_a_wrong_card_access_number_is_tried_once() -> None:
    contents = FAMILY.contents("card-can")
    chip = Watched(contents)
    with pytest.raises(AccessDenied):
        run(reader(contents, known=Password.can("654321")).read(), chip.transmit)
    assert sum(command.ins == 0x86 for command in chip.inner) == 4
    assert not any(command.ins in (0x82, 0x84) for command in chip.inner)


def test_a_card_access_number_is_not_tried_where_one_more_wrong_one_would_block_the_card() -> None:
    chip = Watched(FAMILY.contents("card-can-tries"))
    for digits in ("000001", "000002"):
        with pytest.raises(AccessDenied):
            run(reader(chip.contents, known=Password.can(digits)).read(), chip.transmit)
    tried = len([command for command in chip.inner if command.ins == 0x86])
    for digits in ("000003", CAN):
        with pytest.raises(Guarded, match="1 tries left"):
            run(reader(chip.contents, known=Password.can(digits)).read(), chip.transmit)
    assert len([command for command in chip.inner if command.ins == 0x86]) == tried
    assert run(reader(chip.contents).read(), chip.transmit).opened  # its zone does not count


@pytest.mark.parametrize("name", ["bac", "pace-gm", "pace-only"])
def test_another_documents_zone_is_tried_once(name: str) -> None:
    contents = FAMILY.contents(name)
    chip = Watched(contents)
    with pytest.raises(AccessDenied):
        run(reader(contents, known=Password.mrz("X1234567", "900101", "300101")).read(), chip.transmit)
    assert sum(command.ins in (0x82, 0x22) for command in chip.inner) == 1


@pytest.mark.parametrize("name", ["bac", "pace-gm", "pace-only", "pace-cam", "pace-two-groups"])
def test_a_passport_does_not_take_a_card_access_number(name: str) -> None:
    with pytest.raises(AccessDenied, match="not opened by a card access number"):
        read(name, known=Password.can(CAN))


def test_a_bank_card_is_no_document() -> None:
    with pytest.raises(NoApplication, match="SELECT the eMRTD application: 6A82"):
        run(Reader(Password.can(CAN)).read(), lambda _: H("6A82"))


def test_a_chip_that_goes_silent_says_so() -> None:
    with pytest.raises(Malformed):
        run(Reader(Password.can(CAN)).read(), lambda _: b"")


# --- what it costs --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        # SELECT MF; EF.CardAccess 2 + 2 where it is not there; EF.ATR/INFO; SELECT; BAC 2 …; files 1 + 1 each
        ("bac", 1 + 2 + 2 + 1 + 2 + 3 * 3),
        # with short identifiers a file costs its header and its rest
        ("pace-gm", 1 + 2 + 1 + 5 + 1 + 4 * 2),
        ("chip-auth", 1 + 2 + 1 + 5 + 1 + 4 * 2 + 2),
    ],
)
def test_a_reading_with_extended_length_costs_little(name: str, commands: int) -> None:
    _, chip = read(name)
    assert len(chip.sent) <= commands


def test_in_short_answers_every_byte_counts() -> None:
    """Per file the header, then ⌈(length − 4) / 231⌉ with 3DES."""
    reading, chip = read("chip-auth-bac")
    files = [chip.contents.files[file] for file in (File.SOD, File.DG14, File.DG1, File.DG2)]
    bodies = sum(-(-(len(data) - 4) // 231) for data in files)
    assert reading.chip.answer is Answer.YES
    assert (
        len(chip.sent) <= 1 + 2 + 1 + 2 + 2 * len(files) + bodies + 1
    )  # chip authentication is one command here


def test_what_is_not_needed_is_not_read() -> None:
    reading, chip = read("everything", Order(groups=(File.DG1,)))
    assert set(reading.files) == {File.CARD_ACCESS, File.CARD_SECURITY, File.SOD, File.DG14, File.DG1}
    assert reading.mapping is not None
    assert not any(command.ins == 0x88 for command in chip.inner)


def test_fingers_and_irises_are_never_asked_for() -> None:
    reading, chip = read("everything", Order(groups=(File.DG1, File.DG2, File.DG3, File.DG4)))
    assert "access control" in reading.failed[File.DG3]
    assert not {file for file, _, _ in chip.served} & {File.DG3, File.DG4}
    assert File.DG2 in reading.files


def test_groups_that_are_not_there_are_not_asked_for() -> None:
    reading, chip = read("pace-gm", Order(groups=(File.DG1, File.DG7, File.DG11, File.DG12)))
    assert set(reading.files) == {File.CARD_ACCESS, File.SOD, File.DG14, File.DG1}
    assert reading.failed == {}
    assert File.DG7.fid.to_bytes(2, "big") not in [command.data for command in chip.inner]


def test_commands_bytes_and_seconds_are_counted_by_what_they_were_for() -> None:
    contents = FAMILY.contents("chip-auth")
    chip, now = Watched(contents), [0.0]

    def slow(command: bytes) -> bytes:
        now[0] += 0.125
        return chip.transmit(command)

    _, tallies = meter.play(reader(contents), slow, lambda: now[0])
    counted = {tally.name: tally for tally in tallies}
    assert (counted["PACE"].commands, counted["chip authentication"].commands) == (5, 2)
    assert counted["PACE"].seconds == pytest.approx(0.625)
    assert sum(tally.commands for tally in tallies) == len(chip.sent)
    assert sum(tally.sent for tally in tallies) == sum(map(len, chip.sent))


# --- progress -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bac-short", "chip-auth", "copied-chip-auth", "everything"])
def test_progress_only_grows_and_arrives(name: str) -> None:
    contents = FAMILY.contents(name)
    steps: list[Step] = []
    meter.play(reader(contents), Watched(contents).transmit, lambda: 0.0, steps.append)
    parts = [step.part for step in steps]
    assert parts == sorted(parts)
    assert (parts[0], parts[-1]) == (0.0, 1.0)


@pytest.mark.parametrize("rate", [5_000, 20_000, 60_000])
def test_progress_shows_four_times_a_second_however_slow_the_chip(rate: int) -> None:
    """`rate`: bytes a second. The first piece may take longer: until then nobody knows."""
    contents = FAMILY.contents("pace-gm")
    chip, now, told = Watched(contents), [0.0], [0.0]

    def slow(command: bytes) -> bytes:
        answer = chip.transmit(command)
        now[0] += (len(command) + len(answer)) / rate
        return answer

    meter.play(reader(contents), slow, lambda: now[0], lambda step: told.append(now[0]))
    gaps = [after - before for before, after in zip(told, told[1:], strict=False)]
    assert sorted(gaps)[-2] <= 0.3


def test_a_chip_that_thinks_long_is_not_taken_for_a_slow_line() -> None:
    """PACE takes a chip half a second; that says nothing of how fast it gives its portrait."""
    contents = FAMILY.contents("pace-gm")
    chip, now = Watched(contents), [0.0]

    def thinking(command: bytes) -> bytes:
        answer = chip.transmit(command)
        now[0] += 0.5 if command[1] == 0x86 else len(answer) / 40_000
        return answer

    meter.play(reader(contents), thinking, lambda: now[0])
    portrait = [end - begin for file, begin, end in chip.served if file is File.DG2]
    assert portrait[1] >= meter.FIRST_PIECE
    assert max(portrait) > 2 * meter.FIRST_PIECE


# --- proofs of the chip ---------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["chip-auth", "chip-auth-bac", "chip-auth-dh"])
def test_a_chip_with_its_key_is_proven(name: str) -> None:
    assert read(name)[0].chip.answer is Answer.YES


@pytest.mark.parametrize("name", ["active-auth-rsa", "active-auth-rsa-2048", "active-auth-ec", "pieces"])
def test_a_chip_that_signs_is_proven(name: str) -> None:
    assert read(name)[0].active.answer is Answer.YES


def test_both_proofs_if_one_wants_them() -> None:
    reading, _ = read("everything", Order(every_proof=True))
    assert (reading.chip.answer, reading.active.answer) == (Answer.YES, Answer.YES)
    assert reading.mapping is not None


def test_a_copy_is_told_and_its_data_are_read_all_the_same() -> None:
    reading, chip = read("copied-chip-auth")
    assert reading.chip.reason is Reason.COPIED
    assert reading.files[File.DG2] == chip.contents.files[File.DG2]
    reading, _ = read("copied")
    assert reading.active.reason is Reason.COPIED


def test_a_chip_without_keys_is_neither_proven_nor_copied() -> None:
    reading, _ = read("bac")
    assert (reading.chip.answer, reading.active.answer) == (Answer.NOT_POSSIBLE, Answer.NOT_POSSIBLE)


def test_nothing_of_a_person_is_shown() -> None:
    reading, _ = read("chip-auth")
    shown = repr(reading)
    for secret in (b"ERIKSSON", b"L898902C"):
        assert secret.decode() not in shown
        assert secret.hex() not in shown
