"""The virtual door: it opens the guest's room, from arrival to check-out, and nothing else."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.card_reader.contract import CardType
from hardware.card_reader.virtual_cards import ClassicCard, StorageCard, VirtualCard
from hardware.card_reader.virtual_new_cards import make_card
from hardware.key_encoder.contract import RoomKey
from hardware.key_encoder.credential import PropertyKeys, Refusal, encode, sector_key
from hardware.key_encoder.property_keys import create_property_keys
from hardware.key_encoder.storage_card import STORAGE
from hardware.key_encoder.virtual import Door, Stays, VirtualEncoder
from hardware.virtual import VirtualDevice

KEYS = PropertyKeys(1, {1: bytes(range(32))})
ARRIVAL, CHECK_OUT = datetime(2030, 5, 1, 13, tzinfo=UTC), datetime(2030, 5, 3, 9, tzinfo=UTC)
UID = {4: bytes.fromhex("11223344"), 7: bytes.fromhex("04112233445566")}


class Lock:
    """A door with a clock that the test moves."""

    def __init__(self, room: str = "412") -> None:
        self.now = ARRIVAL
        self.door = Door(room, KEYS, lambda: self.now)

    def try_card(self, card: VirtualCard) -> object:
        answer = self.door.try_card(card)
        return "opened" if answer.opened else answer.reason


def card_with(
    room: str = "412", sequence: int = 5, kind: CardType = CardType.ULTRALIGHT, serial: int = 0
) -> StorageCard:
    classic = kind in (CardType.CLASSIC_1K, CardType.CLASSIC_4K)
    uid = UID[4 if classic else 7][:-1] + bytes((serial,))
    card = make_card(kind, uid)
    assert isinstance(card, StorageCard)
    data = encode(RoomKey(room, ARRIVAL, CHECK_OUT, sequence), uid, KEYS)
    for at in range(0, 48, card.unit):
        card.memory[4 + at // card.unit] = data[at : at + card.unit]
    return card


@pytest.mark.parametrize("kind", STORAGE)
def test_the_guest_s_room_opens_with_every_kind_of_card(kind: CardType) -> None:
    assert Lock().try_card(card_with(kind=kind)) == "opened"


def test_it_opens_from_arrival_to_check_out_and_at_no_other_time() -> None:
    lock, card, minute = Lock(), card_with(), timedelta(minutes=1)
    said = []
    for moment in (ARRIVAL - minute, ARRIVAL, CHECK_OUT - minute, CHECK_OUT):
        lock.now = moment
        said.append(lock.try_card(card))
    assert said == [Stays.TOO_EARLY, "opened", "opened", Stays.TOO_LATE]


def test_no_other_door_opens() -> None:
    assert Lock("413").try_card(card_with()) is Stays.OTHER_ROOM


def test_an_older_key_is_dead_once_a_newer_one_has_opened() -> None:
    lock, old, new, second = (
        Lock(),
        card_with(sequence=5),
        card_with(sequence=6, serial=1),
        card_with(sequence=6, serial=2),
    )
    assert [lock.try_card(card) for card in (old, new, second, old, new)] == [
        "opened", "opened", "opened", Stays.SUPERSEDED, "opened",
    ]  # fmt: skip


def test_a_refused_newer_key_kills_nothing() -> None:
    lock, old = Lock(), card_with(sequence=5)
    assert lock.try_card(card_with("413", sequence=99, serial=1)) is Stays.OTHER_ROOM
    forged = card_with(sequence=99, serial=2)
    forged.memory[15] = bytes(4)
    assert lock.try_card(forged) is Refusal.FORGED
    assert lock.try_card(old) == "opened"


def test_a_copy_on_another_card_stays_out() -> None:
    card, copy = card_with(), card_with(serial=9)
    copy.memory[4:16] = card.memory[4:16]
    assert Lock().try_card(copy) is Refusal.FORGED


def test_what_is_no_key_stays_out() -> None:
    lock = Lock()
    assert lock.try_card(make_card(CardType.ULTRALIGHT, UID[7])) is Refusal.BLANK
    assert lock.try_card(make_card(CardType.SMARTCARD, UID[7])) is Stays.UNREADABLE
    assert lock.try_card(make_card(CardType.OTHER, UID[7])) is Stays.UNREADABLE
    foreign = ClassicCard(UID[4])
    foreign.set_sector(4, bytes(6))
    assert lock.try_card(foreign) is Stays.UNREADABLE


def test_a_sector_under_the_property_s_own_key_is_read() -> None:
    card = card_with(kind=CardType.CLASSIC_1K)
    assert isinstance(card, ClassicCard)
    card.set_sector(4, sector_key(KEYS, card.uid))
    assert Lock().try_card(card) == "opened"


def test_it_keeps_a_log_of_every_try() -> None:
    lock = Lock()
    lock.try_card(card_with())
    lock.now += timedelta(hours=1)
    lock.try_card(card_with("413", serial=1))
    assert [(when, what.opened, what.reason) for when, what in lock.door.log] == [
        (ARRIVAL, True, None),
        (ARRIVAL + timedelta(hours=1), False, Stays.OTHER_ROOM),
    ]


async def test_a_person_can_try_a_card_at_a_door(tmp_path: Path) -> None:
    keys = create_property_keys(tmp_path / "key")
    pad = VirtualEncoder("try-doors", keys, lambda: ARRIVAL)
    device: VirtualDevice = pad
    with pytest.raises(ValueError, match="no card"):
        await device.do("try-door", "412")
    await device.do("lay-card", "ntag213")
    assert await device.do("try-door", "412") == {"room": "412", "door": "shut: not-ours"}
    card = pad.card
    assert isinstance(card, StorageCard)
    data = encode(RoomKey("412", ARRIVAL, CHECK_OUT, 1), card.uid, keys)
    card.memory[4:16] = [data[at : at + 4] for at in range(0, 48, 4)]
    await device.do("lift")
    assert (await device.do("try-door", "412"))["door"] == "opened", (
        "the card that was lifted last is in the hand"
    )
    assert (await device.do("try-door", "412", "2030-05-03T11:00+02:00"))["door"] == "shut: too-late"
    with pytest.raises(ValueError, match="offset"):
        await device.do("try-door", "412", "2030-05-03T11:00")
    assert len(await device.do("door-log", "412")) >= 1
    assert set(device.verbs) >= {"try-door", "door-log", "lay-card", "lift"}
