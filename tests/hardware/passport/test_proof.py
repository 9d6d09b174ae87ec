"""What is proven of good documents, of bad ones, and of copies that are good but for their chip."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hardware.passport import lds, master_list, tlv
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.proof import Proof, judge
from hardware.passport.reader import NOT_ASKED, Order
from hardware.passport.revocation import revocation_list
from hardware.passport.trust import Trust
from tests.hardware.passport.test_reader import FAMILY, Watched, read, reader

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
        ("copied-cam", YES, NO), ("revoked-signer", NO, MAYBE), ("unknown-country", MAYBE, MAYBE), ("nested", NO, MAYBE),
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
    [(None, Reason.NO_SIGNED_OBJECT), (b"", Reason.MALFORMED), (b"\x30\x80", Reason.MALFORMED)],
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


def test_whoever_takes_pace_from_the_door_is_found_out() -> None:
    contents = FAMILY.contents("chip-auth")
    chip = Watched(replace(contents, files=dict(contents.files) | {File.CARD_ACCESS: tlv.encode(0x31, b"")}))
    reading = run(reader(contents).read(), chip.transmit)
    assert reading.opened == "BAC"
    proof = judge(reading, TRUST, NOW)
    assert proof.genuine.answer is YES
    assert proof.door.reason is Reason.HIDDEN
