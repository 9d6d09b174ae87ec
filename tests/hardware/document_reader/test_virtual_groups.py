"""Every group, mapping and cipher of the standard opens a virtual chip and proves it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from hardware.document_reader.virtual_chip import Chip
from hardware.document_reader.virtual_description import ChipAuthentication, Description, Pace
from hardware.document_reader.virtual_family import Family
from hardware.document_reader.virtual_passport import personalise
from hardware.passport import chip_auth, lds, security_infos, tlv
from hardware.passport.apdu import Command
from hardware.passport.crypto import Cipher, Suite
from hardware.passport.exchange import run
from hardware.passport.files import File
from hardware.passport.findings import YES
from hardware.passport.groups import EcGroup
from hardware.passport.order import Order, Reading
from hardware.passport.pace_groups import STANDARD
from hardware.passport.password import Password
from hardware.passport.reader import Reader
from hardware.passport.secure_messaging import Session
from hardware.passport.security_infos import Mapping

Made = Callable[..., tuple[Chip, Description]]
CURVES = sorted(number for number, group in STANDARD.items() if isinstance(group, EcGroup))
NUMBERS = [0, 1, 2]
WAYS = [
    *((Mapping.GENERIC, number) for number in NUMBERS + CURVES),
    *((Mapping.INTEGRATED, number) for number in NUMBERS + CURVES if number != 10),  # not on secp224r1 (9303-11 §9.5.1)
    *((Mapping.CHIP_AUTHENTICATION, number) for number in CURVES),  # on curves only (9303-11 §4.4.3.5)
]


@pytest.fixture
def made(family: Family) -> Made:
    def make(**changes: object) -> tuple[Chip, Description]:
        description = replace(family.plain(), **changes)  # type: ignore[arg-type]
        return Chip(personalise(description, family.signer(), family.issued)), description

    return make


def password(description: Description) -> Password:
    document = description.document
    assert document.expires
    return Password.mrz(document.number, document.born_text, document.expires.strftime("%y%m%d"))


def read(chip: Chip, description: Description, **order: bool) -> Reading:
    return run(Reader(password(description), Order((File.DG1,), **order)).read(), chip.transmit)


@pytest.mark.parametrize(("mapping", "number"), WAYS)
def test_pace_in_every_group(made: Made, number: int, mapping: Mapping) -> None:
    chip, description = made(pace=(Pace(mapping, Cipher.AES128, number),), bac=False)
    reading = read(chip, description)
    assert reading.opened.endswith(f"-{mapping}, AES-128")
    assert (reading.mapping is not None) is (mapping is Mapping.CHIP_AUTHENTICATION)


@pytest.mark.parametrize("cipher", Cipher)
@pytest.mark.parametrize("mapping", [Mapping.GENERIC, Mapping.INTEGRATED])
def test_pace_with_every_cipher(made: Made, cipher: Cipher, mapping: Mapping) -> None:
    chip, description = made(pace=(Pace(mapping, cipher, 13),), bac=False)
    assert read(chip, description).opened == f"PACE-ECDH-{mapping}, {cipher.title}"


@pytest.mark.parametrize("explicit", [True, False], ids=["by-numbers", "by-name"])
@pytest.mark.parametrize("number", CURVES)
def test_chip_authentication_on_every_curve(made: Made, number: int, explicit: bool) -> None:
    chip, description = made(chip_authentication=ChipAuthentication(Cipher.AES256, number, explicit=explicit))
    assert read(chip, description).chip == YES


@pytest.mark.parametrize("cipher", Cipher)
@pytest.mark.parametrize("number", [*NUMBERS, 12])
def test_chip_authentication_with_every_cipher(made: Made, number: int, cipher: Cipher) -> None:
    chip, description = made(chip_authentication=ChipAuthentication(cipher, number, key_id=3))
    assert read(chip, description).chip == YES


def test_chip_authentication_with_3des_in_the_newer_form(made: Made) -> None:
    """MSE:Set AT and GENERAL AUTHENTICATE serve 3DES too (9303-11 §6.2.4)."""
    chip, description = made(chip_authentication=ChipAuthentication(Cipher.TDES, 12))
    reader = Reader(password(description), Order((File.DG1,), chip_authentication=False))
    run(reader.read(), chip.transmit)
    session = reader._session
    assert session
    way = chip_auth.choose(security_infos.parse(lds.unwrap(File.DG14, chip.contents.files[File.DG14])))
    assert way
    private, public = way.group.pair(way.group.generator)

    def agreed() -> object:
        assert (yield Command(0x00, 0x22, 0x41, 0xA4, tlv.encode(0x80, way.info.oid))).sw == 0x9000
        data = tlv.encode(0x7C, tlv.encode(0x80, public))
        answer = yield Command(0x00, 0x86, 0x00, 0x00, data, ne=256)
        assert (answer.data, answer.sw) == (b"\x7c\x00", 0x9000)

    run(session.protect_all(agreed()), chip.transmit)  # type: ignore[arg-type]
    restarted = Session(Suite.derive(Cipher.TDES, way.group.agree(private, way.public)))

    def selected() -> object:
        assert (yield Command(0x00, 0xA4, 0x02, 0x0C, b"\x01\x01")).sw == 0x9000

    run(restarted.protect_all(selected()), chip.transmit)  # type: ignore[arg-type]
