"""A copy that borrows its proof: PACE with chip authentication mapping is answered by another passport's chip,
which whoever lays the copy down owns; all that names the holder comes from the copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_family import SAMPLES
from hardware.document_reader.virtual_groups import StaticKey
from hardware.document_reader.virtual_passport import Contents, personalise
from hardware.passport import master_list, tlv
from hardware.passport.crypto import Cipher
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.proof import judge
from hardware.passport.trust import Trust
from tests.hardware.passport.test_proof import NOW, TRUST
from tests.hardware.passport.test_reader import FAMILY, password, reader

SET_AT, FOR_PACE = 0x22, 0xC1
SELECT, BY_NAME = 0xA4, 0x04
DROPPED, REFUSED = b"\x69\x88", b"\x6a\x80"


def lender(state: str = "utopia", issuer: str = "UTO") -> Contents:
    """Another person's genuine passport with chip authentication mapping."""
    plain = SAMPLES["pace-cam"].change(FAMILY.plain())
    document = replace(plain.document, surname="LENDER", given_names="LEO", number="X1234567", issuer=issuer)
    return personalise(replace(plain, document=document), FAMILY.signer(state), FAMILY.issued)


class Relay:
    """Lets the lender's chip answer PACE for the copy's zone, and drops the session where the copy must speak;
    with `throughout`, where nothing else is at hand, never."""

    def __init__(self, copy: Contents, lent: Contents, *, throughout: bool = False) -> None:
        self.copy, self.lent = Chip(copy), Chip(lent)
        self.ours, self.theirs = password(copy), password(lent)
        self.lends, self.throughout = True, throughout
        self._nonce = False

    def transmit(self, command: bytes) -> bytes:
        if not self.lends:
            return REFUSED if command[1] == SET_AT and command[2] == FOR_PACE else self.copy.transmit(command)
        if command[1] == SELECT and command[2] == BY_NAME and not self.throughout:
            self.lends = False
            self.copy.reset()
            return DROPPED
        answer = self.lent.transmit(command)
        asked, self._nonce = self._nonce, command[1] == SET_AT
        return self._under_our_zone(answer) if asked else answer

    def _under_our_zone(self, answer: bytes) -> bytes:
        """The nonce, which the zone's key hides: known to who knows both zones."""
        cipher = Cipher.AES128
        nonce = cipher.decrypt(self.theirs.key(cipher), tlv.parse(answer[:-2]).child(0x80).value)
        ours = tlv.encode(0x7C, tlv.encode(0x80, cipher.encrypt(self.ours.key(cipher), nonce)))
        return ours + answer[-2:]


@pytest.mark.parametrize("name", ["bac", "copied-cam", "copied-chip-auth", "copied"])
def test_a_lent_mapping_does_not_prove_a_copy(name: str) -> None:
    contents = FAMILY.contents(name)
    relay = Relay(contents, lender())
    reading = run(reader(contents).read(), relay.transmit)
    assert not relay.lends
    assert reading.opened == "BAC"
    assert reading.mapping is None
    proof = judge(reading, TRUST, NOW)
    assert proof.genuine.answer is Answer.YES
    assert proof.not_copied.answer is not Answer.YES


class Lifted(Exception):
    """The transport's own: the card is gone."""


def lifted_at(said: Callable[[bytes], bool], chip: Chip | Relay) -> Callable[[bytes], bytes]:
    def transmit(command: bytes) -> bytes:
        if said(command):
            raise Lifted
        return chip.transmit(command)

    return transmit


def test_a_mapping_does_not_last_beyond_the_lifting_of_its_chip() -> None:
    copy, lent = FAMILY.contents("bac"), lender()
    one = reader(copy)
    with pytest.raises(Lifted):
        run(one.read(), lifted_at(lambda command: command[1:3] == bytes((SELECT, BY_NAME)), Relay(copy, lent)))
    reading = run(one.read(), lifted_at(lambda command: False, Chip(copy)))
    assert reading.opened == "BAC"
    assert judge(reading, TRUST, NOW).not_copied.answer is not Answer.YES


def test_what_a_copy_gave_is_not_counted_to_the_chip_that_is_laid_down_after_it() -> None:
    """The copy is lifted over its portrait; the chip that then proves itself is another passport's."""
    lent = lender()
    door = {File.CARD_ACCESS: lent.files[File.CARD_ACCESS]}
    copy = FAMILY.contents("bac")
    copy = replace(copy, files=dict(copy.files) | door)
    one = reader(copy)
    first = Relay(copy, lent)
    first.lends = False
    with pytest.raises(Lifted):
        run(one.read(), lifted_at(lambda command: File.DG1 in one.files.done, first))
    reading = run(one.read(), Relay(copy, lent, throughout=True).transmit)
    assert reading.opened.startswith("PACE-ECDH-CAM")
    assert reading.files[File.DG1] == lent.files[File.DG1]
    assert reading.files[File.SOD] == lent.files[File.SOD]


# --- what ties a mapping to a document --------------------------------------------------------------


def test_a_mapping_counts_only_if_one_state_signed_both() -> None:
    """Signed for Austria's passport, and under a zone that Utopia signed."""
    ours, austria = lender(), lender("AT", "AUT")
    files = dict(ours.files) | {File.CARD_SECURITY: austria.files[File.CARD_SECURITY]}
    mixed = replace(ours, files=files, mapping_key=austria.mapping_key)
    both = Trust([*master_list.members(FAMILY.master_list()), FAMILY.state("AUT").root.der])
    proof = judge(run(reader(ours).read(), Chip(mixed).transmit), both, NOW)
    assert proof.genuine.answer is Answer.YES
    assert proof.not_copied.reason is Reason.STATE


def test_a_mapping_counts_only_where_the_signed_group_names_it() -> None:
    """A passport without a key of its own, to which somebody added a mapping."""
    plain, lent = FAMILY.contents("bac"), lender()
    files = dict(plain.files) | {file: lent.files[file] for file in (File.CARD_ACCESS, File.CARD_SECURITY)}
    ways = replace(plain.description, pace=lent.description.pace)
    added = replace(plain, description=ways, files=files, mapping_key=lent.mapping_key, pace=lent.pace)
    reading = run(reader(plain).read(), Chip(added).transmit)
    assert reading.mapping is not None
    proof = judge(reading, TRUST, NOW)
    assert proof.genuine.answer is Answer.YES
    assert proof.not_copied.reason is Reason.NO_CHIP_KEY


def test_a_mapping_with_another_key_than_the_document_s_does_not_spare_it_the_proof() -> None:
    """Who got one chip's key out of it could map for every passport of its state: whose DG14 has a key, proves it."""
    copy, lent = FAMILY.contents("everything"), lender()
    copied = replace(copy, files=dict(copy.files) | {File.CARD_SECURITY: lent.files[File.CARD_SECURITY]})
    copied = replace(copied, mapping_key=lent.mapping_key, static_keys=lent_keys())
    proof = judge(run(reader(copy).read(), Chip(copied).transmit), TRUST, NOW)
    assert proof.genuine.answer is Answer.YES
    assert proof.not_copied.reason is Reason.COPIED


def lent_keys() -> tuple[StaticKey, ...]:
    """Keys for chip authentication that are not the document's."""
    return personalise(SAMPLES["everything"].change(FAMILY.plain()), FAMILY.signer(), FAMILY.issued).static_keys
