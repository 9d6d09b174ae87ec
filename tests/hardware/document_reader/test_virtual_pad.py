"""Documents on a virtual contactless reader, read as the drivers do: over the reader's lease."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardType
from hardware.document_reader.contract import TravelDocument
from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_family import Family
from hardware.document_reader.virtual_pad import DocumentPad
from hardware.document_reader.virtual_passport import personalise, zone_information
from hardware.passport import lds, mrz
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import Answer
from hardware.passport.mrz import Form
from hardware.passport.password import Password
from hardware.passport.proof import judge
from hardware.passport.reader import Order, Reader, Reading
from hardware.passport.trust_store import TrustStore
from hardware.readings import Kind
from hardware.transport.pcsc import CardLifted
from hardware.transport.pcsc_reader import Lease, borrow
from hardware.transport.pcsc_watch import Channel

NOW = datetime(2030, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
async def pad(family: Family) -> AsyncIterator[DocumentPad]:
    pad = DocumentPad("documents", family)
    await pad.start()
    yield pad
    await pad.stop()


@pytest.fixture
async def lease(pad: DocumentPad) -> AsyncIterator[Lease]:
    lease = await borrow(pad.address, "documents", Kind.DOCUMENT_READER)
    yield lease
    await lease.close()


def password_of(document: TravelDocument) -> Password:
    assert document.expires
    return Password.mrz(document.number, document.born_text, document.expires.strftime("%y%m%d"))


def reading(reader: Reader, channel: Channel) -> Reading:
    def transmit(command: bytes) -> bytes:
        answer = channel.transmit(command)
        return answer.data + answer.status.to_bytes(2, "big")

    return run(reader.read(), transmit)


async def read(lease: Lease, reader: Reader) -> Reading:
    lying = await lease.next_card(None, time.monotonic() + 10)
    assert lying
    assert lying.card.type is CardType.SMARTCARD
    return await lease.perform(lambda channel: reading(reader, channel), within_s=20)


async def test_a_sample_is_laid_down_and_read(pad: DocumentPad, lease: Lease, family: Family) -> None:
    shown = await pad.do("lay-document", "pace-gm")
    assert shown["card"] == "smartcard"
    contents = family.contents("pace-gm")
    found = await read(lease, Reader(password_of(contents.description.document), Order()))
    assert found.files[File.DG1] == contents.files[File.DG1]


async def test_a_sample_that_vanishes_is_lifted(pad: DocumentPad, lease: Lease, family: Family) -> None:
    await pad.do("lay-document", "vanishing")
    with pytest.raises(CardLifted):
        await read(lease, Reader(password_of(family.contents("vanishing").description.document), Order()))
    assert pad.card is None


async def test_a_zone_becomes_a_document_of_the_state_that_it_names(
    pad: DocumentPad, lease: Lease, family: Family, tmp_path: Path
) -> None:
    document = replace(family.plain().document, issuer="HUN", nationality="HUN", surname="MINTA", given_names="ILONA")
    lines = mrz.build(document, Form.TD3)
    await pad.do("lay-zone", "chip-auth", *lines)
    found = await read(lease, Reader(password_of(document), Order()))
    assert lds.parse_dg1(found.files[File.DG1]).lines == lines
    store = TrustStore(tmp_path)
    assert judge(found, store.load(), NOW).genuine.answer is Answer.NOT_POSSIBLE
    store.take(family.master_list())
    proof = judge(found, store.load(), NOW)
    assert (proof.genuine.answer, proof.chip.answer, proof.passive.by.country) == (Answer.YES, Answer.YES, "HU")


@pytest.mark.parametrize("words", [("lay-document", "unheard-of"), ("lay-zone", "bac", "P<UTO"), ("lay-zone", "bac", "A", "B")])
async def test_what_cant_be_laid_is_said(pad: DocumentPad, words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - in words for people
        await pad.do(*words)
    assert pad.card is None


@pytest.mark.parametrize(
    ("form", "number"), [(Form.TD1, "D23145890734"), (Form.TD1, "D231458907341234"), (Form.TD2, "D2314589073"), (Form.TD2, "D1")]
)
def test_a_document_number_of_any_length_opens_its_chip(family: Family, form: Form, number: str) -> None:
    document = replace(family.plain().document, document_code="I", number=number, personal_number="")
    described = replace(family.plain(document), form=form)
    chip = Chip(personalise(described, family.signer(), family.issued))
    found = run(Reader(password_of(document), Order((File.DG1,))).read(), chip.transmit)
    zone = lds.parse_dg1(found.files[File.DG1]).document(family.today)
    assert isinstance(zone, TravelDocument)
    assert (zone.number, found.opened) == (number, "BAC")


def test_a_document_number_with_a_space_in_it_opens_its_chip(family: Family) -> None:
    document = replace(family.plain().document, number="AB12345", number_in_zone="AB<12345")
    chip = Chip(personalise(family.plain(document), family.signer(), family.issued))
    found = run(Reader(Password.of(document), Order((File.DG1,))).read(), chip.transmit)
    assert found.opened == "BAC"
    zone = lds.parse_dg1(found.files[File.DG1]).document(family.today)
    assert isinstance(zone, TravelDocument)
    assert (zone.number, zone.number_in_zone) == ("AB12345", "AB<12345")


def test_the_worked_example_of_a_long_number(family: Family) -> None:
    """9303-11 appendix D.2: what is hashed for the TD1 specimen."""
    lines = ("I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<")
    described = replace(family.plain(), form=Form.TD1)
    assert zone_information(described, lines) == b"D23145890734934071279507122"

