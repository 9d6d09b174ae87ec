"""Room keys on NTAG 424 DNA before a virtual reader: cut, lifted, copied, tried at the door."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.card_reader.behaviour_pad import MOST_COMMANDS, UIDS, specimen
from hardware.card_reader.contract import CardType, Issued, Proven
from hardware.card_reader.ntag424_wire import PROPRIETARY
from hardware.card_reader.pcsc import PcscCardReader
from hardware.card_reader.virtual import VirtualReader
from hardware.card_reader.virtual_cards import UltralightCard
from hardware.card_reader.virtual_ntag424 import Ntag424Card
from hardware.errors import DeviceMissetup, DeviceNonsense, Fault
from hardware.key_encoder.behaviour_aes import NEW, OLD, TO_KNOW_IT, cut_on, read_from
from hardware.key_encoder.behaviour_pad import KEY, cutting_begun
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.credential import Refusal
from hardware.key_encoder.pcsc import PcscKeyEncoder
from hardware.key_encoder.property_keys import create_property_keys, load_property_keys
from hardware.key_encoder.virtual import Door, Stays
from hardware.readings import State
from tests.hardware.drivers import encoder_at, encoder_for, staff_reader_at

NOON = datetime(2030, 5, 2, 12, tzinfo=UTC)


@pytest.fixture
async def encoder(pad: VirtualReader, key_file: Path) -> AsyncIterator[PcscKeyEncoder]:
    async with encoder_at(pad.address, key_file) as driver:
        yield driver


@pytest.fixture
async def staff(pad: VirtualReader, tmp_path: Path) -> AsyncIterator[PcscCardReader]:
    async with staff_reader_at(pad.address, tmp_path) as driver:
        yield driver


def door(key_file: Path) -> Door:
    return Door("412", load_property_keys(key_file), lambda: NOON)


# --- at the door ----------------------------------------------------------------------------


async def test_the_door_opens_for_the_card_and_for_no_copy_of_it(
    encoder: PcscKeyEncoder, pad: VirtualReader, key_file: Path
) -> None:
    card, ours = Ntag424Card(UIDS[7]), Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    await cut_on(encoder, pad, card)
    await cut_on(encoder, pad, ours)
    emulated, plain = Ntag424Card(card.uid), UltralightCard(card.uid)
    for key, original in zip(emulated.keys, card.keys, strict=True):
        key.version = original.version
    for copy in (ours, emulated):
        copy.files[PROPRIETARY].data[:] = card.files[PROPRIETARY].data
    blank_copy = Ntag424Card(card.uid)
    blank_copy.files[PROPRIETARY].data[:] = card.files[PROPRIETARY].data
    lock = door(key_file)
    assert lock.try_card(ours).reason is Refusal.FORGED
    assert lock.try_card(emulated).reason is Stays.UNREADABLE
    assert lock.try_card(blank_copy).reason is Refusal.BLANK
    assert lock.try_card(plain).reason is Refusal.BLANK
    assert lock.try_card(card).opened


async def test_another_property_s_card_opens_nothing(
    encoder: PcscKeyEncoder, pad: VirtualReader, key_file: Path, tmp_path: Path
) -> None:
    card = Ntag424Card(UIDS[7])
    await cut_on(encoder, pad, card)
    other = Door("412", create_property_keys(tmp_path / "other"), lambda: NOON)
    assert other.try_card(card).reason is Stays.UNREADABLE
    assert door(key_file).try_card(card).opened


async def test_a_replaced_key_dies_when_the_new_one_has_opened_the_door(
    encoder: PcscKeyEncoder, pad: VirtualReader, key_file: Path
) -> None:
    lost, found = Ntag424Card(UIDS[7]), Ntag424Card(bytes.fromhex("04FEDCBA987654"))
    await cut_on(encoder, pad, lost, OLD)
    await cut_on(encoder, pad, found, NEW)
    lock = door(key_file)
    assert lock.try_card(lost).opened
    assert lock.try_card(found).opened
    assert lock.try_card(lost).reason is Stays.SUPERSEDED


async def test_a_staff_card_opens_no_door(staff: PcscCardReader, pad: VirtualReader, key_file: Path) -> None:
    card = Ntag424Card(UIDS[7])
    pad.place(card)
    assert (await staff.issue(card_within_s=1)).outcome is Issued.DONE
    assert door(key_file).try_card(card).reason is Refusal.STAFF_CARD


# --- another property key -------------------------------------------------------------------


async def test_when_the_property_key_changes_older_cards_open_and_are_renewed_when_cut(
    encoder: PcscKeyEncoder, pad: VirtualReader, key_file: Path
) -> None:
    """Lifted at any moment of that: the door opens for the old key or for the new one."""
    old_file = key_file.read_text()
    new_file = "2 " + "5a" * 32 + "\n" + old_file
    for commands in range(TO_KNOW_IT, MOST_COMMANDS):
        key_file.write_text(old_file)
        await encoder.open()
        card = Ntag424Card(UIDS[7])
        await cut_on(encoder, pad, card, OLD)
        before = [key.value for key in card.keys]
        key_file.write_text(new_file)
        await encoder.open()
        assert door(key_file).try_card(card).opened
        cutting = await cutting_begun(encoder, NEW)
        pad.place(card)
        pad.lift_after(commands)
        outcome = (await cutting).outcome
        pad.lift()
        await encoder.lies_there()
        assert door(key_file).try_card(card).opened
        assert (await read_from(encoder, pad, card)).key in (OLD, NEW)
        if outcome is Cut.DONE:
            break
        assert (await cut_on(encoder, pad, card, NEW)).key == NEW
        assert not set(before) & {key.value for key in card.keys}
    assert outcome is Cut.DONE


async def test_two_property_keys_whose_ids_share_a_version_are_both_tried(
    encoder: PcscKeyEncoder, pad: VirtualReader, key_file: Path
) -> None:
    card = Ntag424Card(UIDS[7])
    await cut_on(encoder, pad, card, OLD)
    key_file.write_text("128 " + "5a" * 32 + "\n" + key_file.read_text())  # 128 and 1: 127 apart
    await encoder.open()
    assert (await read_from(encoder, pad, card)).key == OLD
    assert (await cut_on(encoder, pad, card, NEW)).key == NEW


# --- staff cards ----------------------------------------------------------------------------


async def test_the_staff_card_on_the_encoder_is_refused_and_still_proves_itself(
    staff: PcscCardReader, encoder: PcscKeyEncoder, pad: VirtualReader
) -> None:
    card = Ntag424Card(UIDS[7])
    pad.place(card)
    assert (await staff.issue(card_within_s=1)).outcome is Issued.DONE
    pad.lift()
    before = card.whole()
    assert (await cut_on(encoder, pad, card)).outcome is Cut.STAFF_CARD
    assert (await read_from(encoder, pad, card)).outcome is Cut.STAFF_CARD
    assert card.whole() == before
    pad.place(card)
    lying = await staff.present()
    assert lying is not None
    assert (await staff.prove(lying, within_s=1)).outcome is Proven.PROVEN


async def test_a_half_made_staff_card_is_staff_s_to_the_encoder(
    staff: PcscCardReader, encoder: PcscKeyEncoder, pad: VirtualReader
) -> None:
    refused = 0
    for commands in range(TO_KNOW_IT, MOST_COMMANDS):
        card = Ntag424Card(UIDS[7])
        pad.place(card)
        pad.lift_after(commands)
        outcome = (await staff.issue(card_within_s=1)).outcome
        pad.lift()
        await encoder.lies_there()
        before = card.whole()
        if before != Ntag424Card(card.uid).whole():
            assert (await cut_on(encoder, pad, card)).outcome is Cut.STAFF_CARD
            assert card.whole() == before
            refused += 1
        if outcome is Issued.DONE:
            break
    assert refused > 5


async def test_a_guest_s_key_card_does_not_become_a_staff_card(
    staff: PcscCardReader, encoder: PcscKeyEncoder, pad: VirtualReader
) -> None:
    card = Ntag424Card(UIDS[7])
    await cut_on(encoder, pad, card)
    before = card.whole()
    pad.place(card)
    assert (await staff.issue(card_within_s=1)).outcome is Issued.NOT_BLANK
    assert (await staff.withdraw(card_within_s=1)).outcome is Issued.NOT_OURS
    lying = await staff.present()
    assert lying is not None
    assert (await staff.prove(lying, within_s=1)).outcome is Proven.NOT_OURS
    assert card.whole() == before


# --- cloneable cards ------------------------------------------------------------------------


async def test_the_status_says_when_cards_that_can_be_cloned_are_in_use(
    encoder: PcscKeyEncoder, pad: VirtualReader
) -> None:
    async def cards() -> tuple[str, State]:
        reading = next(one for one in (await encoder.status()).readings if one.id == "cards")
        return reading.value, reading.level

    await cut_on(encoder, pad, Ntag424Card(UIDS[7]))
    assert (await cards())[1] is State.WELL
    cutting = await cutting_begun(encoder)
    pad.place(specimen(CardType.CLASSIC_1K))
    assert (await cutting).outcome is Cut.DONE
    value, level = await cards()
    assert "mifare-classic-1k" in value
    assert level is State.NEEDS_CARE


async def test_where_only_aes_cards_are_allowed_a_storage_card_is_the_wrong_type(
    pad: VirtualReader, key_file: Path
) -> None:
    encoder = encoder_for(pad.address, key_file, cards="aes")
    await encoder.open()
    card = UltralightCard(UIDS[7])
    before = card.content()
    cutting = await cutting_begun(encoder)
    pad.place(card)
    assert (await cutting).outcome is Cut.WRONG_TYPE
    assert card.content() == before
    pad.lift()
    await encoder.lies_there()
    assert (await cut_on(encoder, pad, Ntag424Card(UIDS[7]))).outcome is Cut.DONE
    await encoder.close()


def test_another_word_for_the_cards_is_told_at_once(pad: VirtualReader, key_file: Path) -> None:
    with pytest.raises(DeviceMissetup, match="any or aes") as missetup:
        encoder_for(pad.address, key_file, cards="des")
    assert missetup.value.fault is Fault.BAD_OPTION


# --- the wire -------------------------------------------------------------------------------


async def test_a_cut_takes_few_commands(encoder: PcscKeyEncoder, pad: VirtualReader) -> None:
    """Of about 10 ms each on a real reader: the first within 0.5 s, the others within 0.2 s."""
    card = Ntag424Card(UIDS[7])
    for most in (30, 16):
        before = pad.apdus
        assert (await cut_on(encoder, pad, card)).outcome is Cut.DONE
        assert pad.apdus - before <= most


async def test_an_answer_with_a_wrong_mac_is_nonsense_that_tells_nothing(
    encoder: PcscKeyEncoder, pad: VirtualReader
) -> None:
    class Forged(Ntag424Card):
        """Somebody sits between, and changes what is read."""

        def _read_data(self, body: bytes) -> bytes:
            answer = super()._read_data(body)
            return answer[:-1] + bytes((answer[-1] ^ 1,)) if len(answer) > 16 else answer

    card = Forged(UIDS[7])
    cutting = await cutting_begun(encoder, KEY)
    pad.place(card)
    with pytest.raises(DeviceNonsense) as nonsense:
        await cutting
    assert str(nonsense.value) == "encoder: key-encoder.nonsense (72 bytes)"


def test_no_key_of_a_card_is_ever_shown(key_file: Path) -> None:
    from hardware.card_reader.ntag424_keys import CardKeys, Purpose

    keys = load_property_keys(key_file)
    card_keys = CardKeys(keys, Purpose.GUEST, UIDS[7])
    made = card_keys.key(0, 1)
    assert keys.keys[1].hex() not in repr(card_keys)
    assert repr(keys.keys[1])[2:12] not in repr(card_keys)
    assert repr(made)[2:12] not in repr(card_keys)
