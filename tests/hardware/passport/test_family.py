"""The whole family is read from the first command to the last: the good ones prove it, each bad one is found out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hardware.document_reader.contract import Source, TravelDocument
from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_description import Description
from hardware.document_reader.virtual_family import CAN, SAMPLES, Family
from hardware.passport import lds
from hardware.passport.dg2 import parse_dg2
from hardware.passport.errors import AccessDenied, Malformed, PassportError
from hardware.passport.exchange import Transmit, run
from hardware.passport.files import File
from hardware.passport.findings import Answer, Reason
from hardware.passport.mrz import Form
from hardware.passport.order import Order, Reading
from hardware.passport.password import Password
from hardware.passport.proof import Proof, judge
from hardware.passport.reader import Reader
from hardware.passport.trust import Trust
from hardware.passport.trust_store import Imported, TrustStore
from hardware.transport.pcsc import CardLifted

TODAY = date(2030, 5, 2)
NOW = datetime(2030, 5, 2, 12, tzinfo=UTC)
EVERYTHING = (File.DG1, File.DG2, File.DG3, File.DG7, File.DG11, File.DG12, File.DG14, File.DG15)

BAD = {
    "wrong-signature", "changed-zone", "copied", "copied-chip-auth", "copied-cam", "withheld-dg14", "withheld-dg15",
    "withheld-cardsecurity", "open-copy", "revoked-signer", "unknown-country", "impostor", "expired", "unsigned-zone", "lying-lengths", "nested", "vanishing",
}  # fmt: skip
GOOD = sorted(SAMPLES.keys() - BAD)


@pytest.fixture(scope="module")
def trust(family: Family, tmp_path_factory: pytest.TempPathFactory) -> Trust:
    """As an operator comes by it: files that were imported."""
    store = TrustStore(tmp_path_factory.mktemp("trust"))
    for data in (family.master_list(), family.crl()):
        (taken,) = store.take(data)
        assert isinstance(taken, Imported)
    return store.load()


@dataclass
class Read:
    reading: Reading
    proof: Proof

    @property
    def document(self) -> TravelDocument:
        found = lds.parse_dg1(self.reading.files[File.DG1]).document(TODAY)
        assert isinstance(found, TravelDocument)
        return found


def password_of(description: Description) -> Password:
    document = description.document
    if description.form is Form.TD1:
        return Password.can(CAN)
    assert document.expires
    return Password.mrz(document.number, document.born_text, document.expires.strftime("%y%m%d"))


def read_over(transmit: Transmit, description: Description, trust: Trust, order: Order) -> Read:
    reading = run(Reader(password_of(description), order).read(), transmit)
    return Read(reading, judge(reading, trust, NOW))


def read(family: Family, name: str, trust: Trust, order: Order | None = None) -> Read:
    contents = family.contents(name)
    order = order or Order(EVERYTHING, every_proof=True)
    return read_over(Chip(contents).transmit, contents.description, trust, order)


# --- the good ones ----------------------------------------------------------------------------


@pytest.mark.parametrize("name", GOOD)
def test_a_good_document_is_read_and_genuine(family: Family, trust: Trust, name: str) -> None:
    result = read(family, name, trust)
    contents = family.contents(name)
    assert result.proof.genuine.answer is Answer.YES, result.proof.genuine
    document = contents.description.document
    assert (result.document.source, result.document.surname, result.document.born, result.document.number) == (
        Source.CHIP, document.surname, document.born, document.number,
    )  # fmt: skip
    for file, content in contents.files.items():
        if file.group and file is not File.DG3:
            assert result.reading.files[file] == content
    (portrait,) = parse_dg2(result.reading.files[File.DG2])
    assert (portrait.picture.format, portrait.picture.width) == (contents.description.picture, 413)


@pytest.mark.parametrize(
    ("name", "opened"),
    [
        ("bac", "BAC"), ("bac-short", "BAC"), ("open", ""), ("pace-gm", "PACE-ECDH-GM, AES-128"),
        ("pace-gm-brainpool", "PACE-ECDH-GM, AES-256"), ("pace-gm-3des", "PACE-ECDH-GM, 3DES"), ("pace-gm-dh", "PACE-DH-GM, AES-128"),
        ("pace-im", "PACE-ECDH-IM, AES-128"), ("pace-im-strong", "PACE-ECDH-IM, AES-256"), ("pace-im-dh", "PACE-DH-IM, AES-128"),
        ("pace-cam", "PACE-ECDH-CAM, AES-128"), ("card-can", "PACE-ECDH-GM, AES-256"), ("everything", "PACE-ECDH-CAM, AES-128"),
    ],
)  # fmt: skip
def test_it_is_opened_in_the_best_way_that_it_has(family: Family, trust: Trust, name: str, opened: str) -> None:
    assert read(family, name, trust).reading.opened == opened


def test_pace_can_be_left_out(family: Family, trust: Trust) -> None:
    result = read(family, "pace-gm", trust, Order(pace=False))
    assert result.reading.opened == "BAC"
    assert result.proof.genuine.answer is Answer.YES


@pytest.mark.parametrize(
    ("name", "chip", "active"),
    [
        ("bac", Answer.NOT_POSSIBLE, Answer.NOT_POSSIBLE),
        ("pace-cam", Answer.YES, Answer.NOT_POSSIBLE),
        ("chip-auth", Answer.YES, Answer.NOT_POSSIBLE),
        ("chip-auth-bac", Answer.YES, Answer.NOT_POSSIBLE),
        ("chip-auth-dh", Answer.YES, Answer.NOT_POSSIBLE),
        ("chip-auth-open", Answer.YES, Answer.NOT_POSSIBLE),
        ("active-auth-rsa", Answer.NOT_POSSIBLE, Answer.YES),
        ("active-auth-rsa-2048", Answer.NOT_POSSIBLE, Answer.YES),
        ("active-auth-ec", Answer.NOT_POSSIBLE, Answer.YES),
        ("pieces", Answer.NOT_POSSIBLE, Answer.YES),
        ("everything", Answer.YES, Answer.YES),
    ],
)
def test_it_proves_that_it_is_no_copy(family: Family, trust: Trust, name: str, chip: Answer, active: Answer) -> None:
    proof = read(family, name, trust).proof
    assert (proof.chip.answer, proof.active.answer) == (chip, active), (proof.chip, proof.active)


def test_fingers_are_left_alone(family: Family, trust: Trust) -> None:
    result = read(family, "everything", trust)
    assert File.DG3 not in result.reading.files
    assert "extended access control" in result.reading.failed[File.DG3]


# --- the bad ones -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "answer", "reason"),
    [
        ("wrong-signature", Answer.NO, Reason.SIGNATURE),
        ("changed-zone", Answer.NO, Reason.HASH),
        ("unsigned-zone", Answer.NO, Reason.NOT_SIGNED),
        ("revoked-signer", Answer.NO, Reason.REVOKED),
        ("impostor", Answer.NOT_POSSIBLE, Reason.UNKNOWN_ISSUER),
        ("unknown-country", Answer.NOT_POSSIBLE, Reason.UNKNOWN_COUNTRY),
        ("nested", Answer.NO, Reason.MALFORMED),
    ],
)
def test_a_document_that_no_state_signed_is_not_genuine(
    family: Family, trust: Trust, name: str, answer: Answer, reason: Reason
) -> None:
    genuine = read(family, name, trust, Order()).proof.genuine
    assert (genuine.answer, genuine.reason) == (answer, reason)


@pytest.mark.parametrize("name", ["copied", "copied-chip-auth", "copied-cam"])
def test_a_copy_is_genuine_and_a_copy(family: Family, trust: Trust, name: str) -> None:
    proof = read(family, name, trust, Order()).proof
    assert proof.genuine.answer is Answer.YES
    assert (proof.not_copied.answer, proof.not_copied.reason) == (Answer.NO, Reason.COPIED)


def test_an_expired_document_is_genuine_and_expired(family: Family, trust: Trust) -> None:
    result = read(family, "expired", trust)
    assert result.proof.genuine.answer is Answer.YES
    assert result.document.expired(TODAY)


def test_a_file_that_says_it_is_longer_than_it_is_is_refused(family: Family, trust: Trust) -> None:
    with pytest.raises(Malformed):
        read(family, "lying-lengths", trust)


@pytest.mark.parametrize("name", ["bac", "pace-gm", "card-can"])
def test_another_documents_password_opens_nothing(family: Family, name: str) -> None:
    contents = family.contents(name)
    wrong = Password.can("000000") if contents.description.can else Password.mrz("X1", "700101", "350101")
    chip, commands = Chip(contents), []

    def transmit(command: bytes) -> bytes:
        commands.append(command)
        return chip.transmit(command)

    with pytest.raises(AccessDenied):
        run(Reader(wrong).read(), transmit)
    tries = sum(1 for command in commands if command[1] == 0x82 or command[:2] == b"\x00\x86")
    assert tries == 1, "a wrong password was tried more than once"


# --- taken away -------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [1, 3, 8, 15, 30, 45])
def test_a_document_that_is_lifted_is_read_on_when_it_lies_there_again(family: Family, trust: Trust, after: int) -> None:
    contents = family.contents("vanishing")
    chip, reader = Chip(contents), Reader(password_of(contents.description), Order())
    left = after

    def transmit(command: bytes) -> bytes:
        nonlocal left
        left -= 1
        if left < 0:
            raise CardLifted
        return chip.transmit(command)

    with pytest.raises(CardLifted):
        run(reader.read(), transmit)
    known = sum(map(len, reader.files.begun.values())) + sum(map(len, reader.files.done.values()))
    chip.reset()
    left = 1000
    reading = run(reader.read(), transmit)
    assert judge(reading, trust, NOW).genuine.answer is Answer.YES
    whole = sum(len(content) for content in reading.files.values())
    assert 1000 - left <= 14 + -(-(whole - known) // 0xE7) + len(reading.files) * 2


# --- whatever the chip says -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bac", "pace-gm", "chip-auth", "everything"])
def test_a_chip_that_breaks_off_anywhere_is_only_ever_our_own_error(family: Family, trust: Trust, name: str) -> None:
    """Each command in turn is answered with an error, with nothing but a status word, and with one byte changed."""
    contents = family.contents(name)
    total = 0

    def count(command: bytes) -> bytes:
        nonlocal total
        total += 1
        return whole.transmit(command)

    whole = Chip(contents)
    run(Reader(password_of(contents.description), Order((File.DG1,))).read(), count)
    for spoil in (lambda _: b"\x6f\x00", lambda _: b"\x90\x00", lambda answer: answer[:-3] + b"\0" + answer[-2:]):
        for at in range(total):
            chip, seen = Chip(contents), 0

            def transmit(command: bytes) -> bytes:
                nonlocal seen
                seen += 1
                answer = chip.transmit(command)  # noqa: B023 - used in this turn only
                return spoil(answer) if seen - 1 == at else answer  # noqa: B023

            try:
                reading = run(Reader(password_of(contents.description), Order((File.DG1,))).read(), transmit)
                judge(reading, trust, NOW)
            except PassportError:
                continue


def test_the_store_is_what_makes_it_genuine(family: Family, tmp_path: Path) -> None:
    result = read(family, "everything", TrustStore(tmp_path).load(), Order())
    assert (result.proof.genuine.answer, result.proof.genuine.reason) == (Answer.NOT_POSSIBLE, Reason.UNKNOWN_COUNTRY)
