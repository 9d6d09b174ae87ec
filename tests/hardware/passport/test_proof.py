"""What is proven of good documents, of bad ones, and of copies that are good but for their chip."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hardware.document_reader.virtual_status import Refusal
from hardware.passport import lds, master_list, tlv
from hardware.passport.apdu import Command, Response
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.order import NOT_ASKED, Order
from hardware.passport.proof import Proof, judge
from hardware.passport.revocation import revocation_list
from hardware.passport.trust import Trust
from tests.hardware.passport.test_reader import FAMILY, GM_AES128, Picky, Watched, read, reader

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRUST = Trust(master_list.members(FAMILY.master_list()), lists=[revocation_list(FAMILY.crl())])
YES, NO, MAYBE = Answer.YES, Answer.NO, Answer.NOT_POSSIBLE


def proven(name: str, order: Order = Order(), trust: Trust = TRUST) -> Proof:  # noqa: B008
    return judge(read(name, order)[0], trust, NOW)


@pytest.mark.parametrize(
    ("name", "genuine", "not_copied"),
    [
        ("bac", YES, MAYBE), ("pace-gm", YES, MAYBE), ("pace-cam", YES, YES), ("chip-auth", YES, YES),
        ("chip-auth-bac", YES, YES), ("chip-auth-dh", YES, YES), ("active-auth-rsa", YES, YES),
        ("active-auth-ec", YES, YES), ("everything", YES, YES), ("rsa-signer", YES, MAYBE), ("pss-signer", YES, MAYBE),
        ("wrong-signature", NO, MAYBE), ("changed-zone", NO, MAYBE), ("copied", YES, NO), ("copied-chip-auth", YES, NO),
        ("copied-cam", YES, NO), ("withheld-dg14", YES, NO), ("withheld-dg15", YES, NO),
        ("withheld-cardsecurity", YES, NO), ("open-copy", YES, NO), ("chip-auth-open", YES, YES),
        ("revoked-signer", NO, MAYBE), ("unknown-country", MAYBE, MAYBE), ("nested", NO, MAYBE),
    ],
)  # fmt: skip
def test_what_each_document_proves(name: str, genuine: Answer, not_copied: Answer) -> None:
    proof = proven(name)
    assert (proof.genuine.answer, proof.not_copied.answer) == (genuine, not_copied), proof


@pytest.mark.parametrize("name", ["chip-auth", "pace-cam", "active-auth-rsa", "everything"])
def test_a_chip_proves_nothing_with_a_key_that_nobody_trusted_signed(name: str) -> None:
    proof = proven(name, trust=Trust())
    assert proof.genuine.reason is Reason.UNKNOWN_COUNTRY
    assert proof.not_copied.reason is Reason.UNKNOWN_COUNTRY


def test_a_copy_is_one_whoever_signed_its_key() -> None:
    assert proven("copied", trust=Trust()).not_copied.reason is Reason.COPIED


def test_a_key_that_was_put_into_dg14_proves_nothing() -> None:
    """A forger's chip with the files of a real one, but for the key."""
    reading, _ = read("chip-auth")
    other = FAMILY.contents("chip-auth-dh").files[File.DG14]
    proof = judge(replace(reading, files=dict(reading.files) | {File.DG14: other}), TRUST, NOW)
    assert proof.genuine.reason is Reason.HASH
    assert proof.chip.reason is Reason.HASH
    without = {file: data for file, data in reading.files.items() if file is not File.DG14}
    assert judge(replace(reading, files=without), TRUST, NOW).chip.reason is Reason.NOT_SIGNED


# --- copies that keep silent ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("withheld-dg14", Reason.WITHHELD), ("withheld-dg15", Reason.WITHHELD),
        ("withheld-cardsecurity", Reason.WITHHELD), ("open-copy", Reason.COPIED),
    ],
)  # fmt: skip
def test_a_copy_does_not_pass_by_keeping_silent(name: str, reason: Reason) -> None:
    """Found by review: each of them was `not possible`, as an old passport is that has no key."""
    assert proven(name).not_copied.reason is reason
    assert proven(name, trust=Trust()).not_copied.reason is reason, "whoever signed it"


def test_what_was_not_asked_is_not_withheld() -> None:
    no_proof = Order(chip_authentication=False, active_authentication=False)
    for name in ("withheld-dg14", "withheld-dg15", "chip-auth", "active-auth-ec"):
        assert proven(name, no_proof).not_copied.reason is Reason.NOT_ASKED
    assert proven("bac").not_copied.reason is Reason.NO_CHIP_KEY
    assert proven("pace-cam", Order(pace=False)).chip.reason is Reason.NOT_ASKED


def test_one_key_that_the_chip_has_shown_is_enough_where_another_is_withheld() -> None:
    """A damaged file of a good passport."""
    contents = FAMILY.contents("everything")
    for file in (File.DG14, File.DG15, File.CARD_SECURITY):
        files = {each: data for each, data in contents.files.items() if each is not file}
        chip = Watched(replace(contents, files=files))
        proof = judge(run(reader(contents, Order(every_proof=True)).read(), chip.transmit), TRUST, NOW)
        assert proof.not_copied.answer is YES, file


def test_a_copy_that_lets_pace_fail_does_not_get_around_its_mapping() -> None:
    contents = FAMILY.contents("pace-cam")

    class Without(Watched):
        def _general_authenticate(self, command: Command) -> Response:
            raise Refusal(0x6A80)

    reading = run(reader(contents).read(), Without(contents).transmit)
    assert reading.opened == "BAC"
    assert judge(reading, TRUST, NOW).not_copied.reason is Reason.WITHHELD


def test_a_copy_that_does_not_take_its_mapping_does_not_get_around_it_by_another_way_of_pace() -> None:
    contents = FAMILY.contents("pace-cam")
    chip = Picky(contents)
    chip.taken = (GM_AES128,)
    reading = run(reader(contents).read(), chip.transmit)
    assert (reading.opened, reading.mapping) == ("PACE-ECDH-GM, AES-128", None)
    assert judge(reading, TRUST, NOW).not_copied.reason is Reason.WITHHELD


@pytest.mark.parametrize(("sw", "dropped"), [(0x6982, True), (0x6988, True), (0x6982, False), (0x6F00, False)])
@pytest.mark.parametrize(("name", "file"), [("copied-chip-auth", File.DG14), ("copied", File.DG15)])
def test_a_copy_that_drops_the_session_over_its_key_is_found_out(
    name: str, file: File, sw: int, dropped: bool
) -> None:
    class Dropping(Watched):
        def _protected(self, command: Command) -> Response:
            answer = super()._protected(command)
            if self._file is file:
                self._file = None
                if dropped:
                    self._drop()
                return Response(b"", sw)
            return answer

    contents = FAMILY.contents(name)
    reading = run(reader(contents).read(), Dropping(contents).transmit)
    assert file in reading.failed
    assert reading.files[File.DG2] == contents.files[File.DG2]
    assert judge(reading, TRUST, NOW).not_copied.reason is Reason.WITHHELD


class Wordless(Watched):
    """To INTERNAL AUTHENTICATE it says that the length is wrong, whatever the length."""

    def _internal_authenticate(self, command: Command) -> Response:
        raise Refusal(0x6700)


def test_a_copy_whose_signature_would_be_too_long_is_found_out_where_the_reader_carries_it() -> None:
    contents = FAMILY.contents("active-auth-rsa-2048")
    reading = run(reader(contents).read(), Wordless(contents).transmit)
    assert judge(reading, TRUST, NOW).not_copied.reason is Reason.COPIED
    reading = run(reader(contents, Order(long_answers=False)).read(), Wordless(contents).transmit)
    assert judge(reading, TRUST, NOW).not_copied.reason is Reason.TOO_LONG


def test_every_proof_counts() -> None:
    proof = proven("everything", Order(every_proof=True))
    assert (proof.chip.answer, proof.active.answer) == (YES, YES)
    reading, _ = read("everything", Order(every_proof=True))
    for changed in (
        replace(reading, active=replace(NOT_ASKED, reason=Reason.COPIED)),
        replace(reading, chip=replace(NOT_ASKED, reason=Reason.COPIED)),
    ):
        assert judge(changed, TRUST, NOW).not_copied.reason is Reason.COPIED


# --- chip authentication mapping ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "reason"),
    [(None, Reason.WITHHELD), (b"", Reason.MALFORMED), (b"\x30\x80", Reason.MALFORMED)],
)
def test_a_mapping_without_its_signed_key_proves_nothing(other: bytes | None, reason: Reason) -> None:
    reading, _ = read("pace-cam")
    files = {file: data for file, data in reading.files.items() if file is not File.CARD_SECURITY}
    if other is not None:
        files[File.CARD_SECURITY] = other
    assert judge(replace(reading, files=files), TRUST, NOW).chip.reason is reason


def test_another_signed_object_is_no_card_security() -> None:
    reading, _ = read("pace-cam")
    sod = lds.unwrap(File.SOD, reading.files[File.SOD])
    proof = judge(replace(reading, files=dict(reading.files) | {File.CARD_SECURITY: sod}), TRUST, NOW)
    assert proof.chip.reason is Reason.MALFORMED


def test_another_chips_card_security_does_not_prove_this_one() -> None:
    reading, _ = read("pace-cam")
    other = FAMILY.contents("copied-cam").files[File.CARD_SECURITY]
    proof = judge(replace(reading, files=dict(reading.files) | {File.CARD_SECURITY: other}), TRUST, NOW)
    assert proof.chip.reason is Reason.COPIED


def test_where_card_security_can_not_be_read_the_chip_is_asked_the_other_way() -> None:
    contents = FAMILY.contents("everything")
    files = {file: data for file, data in contents.files.items() if file is not File.CARD_SECURITY}
    reading = run(reader(contents).read(), Watched(replace(contents, files=files)).transmit)
    assert reading.mapping is not None
    assert reading.chip.answer is YES
    assert judge(reading, TRUST, NOW).not_copied.answer is YES


# --- what stands at the door ----------------------------------------------------------------------


def test_the_door_says_what_was_signed() -> None:
    assert proven("chip-auth").door.answer is YES
    assert proven("bac").door.reason is Reason.NOTHING_READ
    reading, _ = read("pace-cam")
    only = {file: data for file, data in reading.files.items() if file is not File.DG14}
    assert judge(replace(reading, files=only), TRUST, NOW).door.answer is YES
    assert judge(replace(reading, files=only), Trust(), NOW).door.reason is Reason.UNKNOWN_COUNTRY


@pytest.mark.parametrize("name", ["chip-auth", "pace-gm", "pace-im"])
def test_whoever_takes_pace_from_the_door_is_found_out(name: str) -> None:
    """Also of a chip that has nothing but PACE (9303-11 §9.2.11)."""
    contents = FAMILY.contents(name)
    chip = Watched(replace(contents, files=dict(contents.files) | {File.CARD_ACCESS: tlv.encode(0x31, b"")}))
    reading = run(reader(contents).read(), chip.transmit)
    assert reading.opened == "BAC"
    proof = judge(reading, TRUST, NOW)
    assert proof.genuine.answer is YES
    assert proof.door.reason is Reason.HIDDEN
    assert proof.not_copied.reason is Reason.HIDDEN
