"""The virtual passport on a virtual reader: told from other cards, slow, and taken away in the middle."""

from __future__ import annotations

import threading
import time
from dataclasses import replace

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.pcsc_wire import GET_UID, card_type, historical_bytes
from hardware.card_reader.virtual import VirtualReader
from hardware.document_reader.virtual_card import PassportCard, atr
from hardware.document_reader.virtual_family import Family
from hardware.passport.apdu import Command
from hardware.passport.files import APPLICATION, File
from hardware.transport.pcsc import CardLifted

SELECT = bytes(Command(0x00, 0xA4, 0x04, 0x0C, APPLICATION))
READ_SIGNED_OBJECT, READ_ZONE = (bytes(Command(0x00, 0xB0, 0x80 | file.sfi, 0, ne=4)) for file in (File.SOD, File.DG1))


@pytest.fixture
def pad() -> VirtualReader:
    return VirtualReader("lobby")


def test_a_passport_is_a_smart_card_with_a_uid_that_nobody_can_follow(pad: VirtualReader, family: Family) -> None:
    first, second = PassportCard(family.contents("bac")), PassportCard(family.contents("bac"))
    pad.place(first)
    assert card_type(pad.presence().atr) is CardType.SMARTCARD
    assert pad.transmit(GET_UID) == first.uid + b"\x90\x00"
    assert first.uid != second.uid
    assert (len(first.uid), first.uid[0]) == (4, 0x08)


@pytest.mark.parametrize("extended", [True, False])
def test_the_atr_says_whether_extended_length_is_spoken(extended: bool) -> None:
    """ISO/IEC 7816-4 table 119: bit 7 of the third byte of the card capabilities."""
    found = atr(extended)
    history = historical_bytes(found)
    assert history[:2] == b"\x80\x73"
    assert bool(history[4] & 0x40) is extended
    check = 0
    for byte in found[1:]:
        check ^= byte
    assert check == 0


def test_a_command_without_data_reaches_the_chip(pad: VirtualReader, family: Family) -> None:
    """Four bytes alone are a whole command: SELECT of the master file."""
    pad.place(PassportCard(family.contents("bac")))
    assert pad.transmit(bytes.fromhex("00A4000C")) == b"\x90\x00"


def test_a_passport_that_is_taken_away_is_gone_in_the_middle(pad: VirtualReader, family: Family) -> None:
    card = PassportCard(family.contents("bac"))
    card.stays_for = 30
    pad.place(card)
    for _ in range(30):
        assert pad.transmit(SELECT) == b"\x90\x00"
    with pytest.raises(CardLifted):
        pad.transmit(SELECT)
    assert pad.card is None
    pad.place(card)
    assert pad.transmit(SELECT) == b"\x90\x00"


def test_a_passport_that_vanishes_does_so_once_and_the_answer_is_lost(pad: VirtualReader, family: Family) -> None:
    contents = family.contents("open")
    card = PassportCard(replace(contents, description=replace(contents.description, vanishes_at=File.DG1)))
    pad.place(card)
    for command in (SELECT, READ_SIGNED_OBJECT):
        assert pad.transmit(command)[-2:] == b"\x90\x00"
    with pytest.raises(CardLifted):
        pad.transmit(READ_ZONE)
    assert pad.card is None
    pad.place(card)
    for command in (SELECT, READ_ZONE):
        assert pad.transmit(command)[-2:] == b"\x90\x00"


def test_a_slow_passport_takes_its_time(pad: VirtualReader, family: Family) -> None:
    pad.place(PassportCard(family.contents("slow")))
    began_s = time.monotonic()
    assert pad.transmit(SELECT) == b"\x90\x00"
    assert time.monotonic() - began_s >= 0.3


def test_a_slow_passport_can_be_taken_away_while_it_thinks(pad: VirtualReader, family: Family) -> None:
    card = PassportCard(family.contents("slow"))
    pad.place(card)
    lifted = threading.Timer(0.05, pad.lift)
    lifted.start()
    began_s = time.monotonic()
    with pytest.raises(CardLifted):
        pad.transmit(SELECT)
    assert time.monotonic() - began_s < 0.3
    lifted.join()
