"""A "blank" card that is none: what it learns while a staff card is made of it, and whose card it can become by that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.card_reader.contract import Card, CardType, Issued, Proven
from hardware.card_reader.ntag424_keys import CardKeys, Purpose
from hardware.card_reader.ntag424_wire import KEYS
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.staff_card import StaffCardKeys
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.secret_keys import load_keys
from tests.hardware.drivers import staff_reader_at

THEIRS, MANAGERS = bytes.fromhex("04a1b2c3d4e5f6"), bytes.fromhex("04ffeeddccbbaa")


@pytest.fixture
async def reader(pad: VirtualReader, tmp_path: Path) -> AsyncIterator[PcscCardReader]:
    async with staff_reader_at(pad.address, tmp_path) as driver:
        yield driver


def learned(card: Ntag424Card) -> list[bytes]:
    """All that somebody has who can open their card and look."""
    return [key.value for key in card.keys]


async def laid(pad: VirtualReader, reader: PcscCardReader, card: Ntag424Card) -> None:
    """In the place of what lay there."""
    pad.lift()
    assert await reader.present() is None
    pad.place(card)


async def made(pad: VirtualReader, reader: PcscCardReader, uid: bytes) -> Ntag424Card:
    card = Ntag424Card(uid)
    await laid(pad, reader, card)
    assert (await reader.issue(card_within_s=1)).outcome is Issued.DONE
    return card


async def test_no_two_cards_have_a_key_in_common_and_none_has_the_houses(
    pad: VirtualReader, reader: PcscCardReader, tmp_path: Path
) -> None:
    one, other = await made(pad, reader, THEIRS), await made(pad, reader, MANAGERS)
    assert len({*learned(one), *learned(other)}) == 2 * len(KEYS)
    secret = load_keys(StaffCardKeys, tmp_path / "staff-card-key")
    assert not {*learned(one)} & {secret.keys[secret.current][:16], secret.keys[secret.current][16:]}


def test_a_staff_cards_keys_are_not_those_of_a_key_card_with_the_same_number() -> None:
    secret = StaffCardKeys(1, {1: bytes(range(32))})
    staff, guest = CardKeys(secret, Purpose.STAFF, THEIRS), CardKeys(secret, Purpose.GUEST, THEIRS)
    assert not {staff.key(n, 1) for n in KEYS} & {guest.key(n, 1) for n in KEYS}


async def test_what_one_card_has_learned_proves_no_other(pad: VirtualReader, reader: PcscCardReader) -> None:
    """The emulator with all keys of its own card says that it is the manager's."""
    rigged = await made(pad, reader, THEIRS)
    rigged.uid = MANAGERS
    await laid(pad, reader, rigged)
    assert (await reader.prove(Card(MANAGERS, CardType.NTAG424), within_s=1)).outcome is Proven.NOT_OURS


async def test_a_blank_that_says_it_is_the_managers_card_is_told_none_of_its_keys(
    pad: VirtualReader, reader: PcscCardReader
) -> None:
    rigged = Ntag424Card(MANAGERS)
    delivered = learned(rigged)
    pad.place(rigged)
    refused = await reader.issue(card_within_s=1, in_use=lambda uid: uid == MANAGERS)
    assert refused.outcome is Issued.NOT_BLANK
    assert learned(rigged) == delivered
    assert (await reader.issue(card_within_s=1, in_use=lambda uid: uid == THEIRS)).outcome is Issued.DONE


async def test_the_managers_own_card_can_still_be_renewed(pad: VirtualReader, reader: PcscCardReader) -> None:
    own = await made(pad, reader, MANAGERS)
    await laid(pad, reader, own)
    assert (await reader.issue(card_within_s=1, in_use=lambda uid: uid == MANAGERS)).outcome is Issued.DONE
