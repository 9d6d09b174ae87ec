"""What stands on a key card: every key comes back as it was, and nothing else is believed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.key_encoder.contract import RoomKey
from hardware.key_encoder.credential import (
    BLANK,
    LENGTH,
    PropertyKeys,
    Refusal,
    decode,
    encode,
    is_staff,
    sector_key,
    staff_mark,
)

KEYS = PropertyKeys(3, {3: bytes(range(32)), 2: bytes(32)})
UID = bytes.fromhex("04112233445566")
KEY = RoomKey("1204A", datetime(2030, 5, 1, 13, tzinfo=UTC), datetime(2030, 5, 4, 9, tzinfo=UTC), 17)

uids = st.sampled_from((4, 7, 10)).flatmap(lambda n: st.binary(min_size=n, max_size=n))
secrets = st.binary(min_size=32, max_size=32)
rooms = st.text("0123456789ABCDEFGHIJ-/. ", min_size=1, max_size=8)
minutes = st.integers(0, 2**32 - 2).filter(lambda m: m < 4_000_000_000)


@st.composite
def room_keys(draw: st.DrawFn) -> RoomKey:
    start = draw(st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
    start = start.replace(second=0, microsecond=0)
    end = start + timedelta(minutes=draw(st.integers(1, 60 * 24 * 400)))
    return RoomKey(draw(rooms), start, end, draw(st.integers(0, 2**32 - 1)))


@given(room_keys(), uids, secrets, st.integers(0, 255))
def test_every_key_comes_back_as_it_was(key: RoomKey, uid: bytes, secret: bytes, key_id: int) -> None:
    keys = PropertyKeys(key_id, {key_id: secret})
    data = encode(key, uid, keys)
    assert len(data) == LENGTH
    assert decode(data, uid, keys) == key


@given(room_keys(), uids, st.integers(0, LENGTH * 8 - 1))
def test_one_bit_altered_opens_nothing(key: RoomKey, uid: bytes, bit: int) -> None:
    data = bytearray(encode(key, uid, KEYS))
    data[bit // 8] ^= 1 << bit % 8
    assert isinstance(decode(bytes(data), uid, KEYS), Refusal)


@given(room_keys(), uids, uids)
def test_a_copy_on_another_card_opens_nothing(key: RoomKey, uid: bytes, other: bytes) -> None:
    found = decode(encode(key, uid, KEYS), other, KEYS)
    assert found == (key if uid == other else Refusal.FORGED)


@given(room_keys(), secrets)
def test_another_property_s_key_opens_nothing(key: RoomKey, secret: bytes) -> None:
    data = encode(key, UID, PropertyKeys(3, {3: secret}))
    assert decode(data, UID, KEYS) == (key if secret == KEYS.keys[3] else Refusal.FORGED)
    data = encode(key, UID, PropertyKeys(9, {9: secret}))
    assert decode(data, UID, KEYS) is Refusal.OTHER_PROPERTY


@given(room_keys(), room_keys(), st.integers(1, LENGTH // 4 - 1))
def test_half_of_one_key_and_half_of_another_opens_nothing(one: RoomKey, two: RoomKey, page: int) -> None:
    first, second = encode(one, UID, KEYS), encode(two, UID, KEYS)
    mixed = first[: page * 4] + second[page * 4 :]
    found = decode(mixed, UID, KEYS)
    assert found is Refusal.FORGED or mixed in (first, second)


@given(st.binary(max_size=64), uids)
def test_anything_else_on_a_card_is_refused(data: bytes, uid: bytes) -> None:
    assert isinstance(decode(data, uid, KEYS), Refusal)


def test_a_key_under_an_older_property_key_still_opens() -> None:
    older = PropertyKeys(2, {2: KEYS.keys[2]})
    assert decode(encode(KEY, UID, older), UID, KEYS) == KEY


def test_the_layout_is_the_published_one() -> None:
    data = encode(KEY, UID, KEYS)
    assert data[:5] == b"LK\x01K\x03"
    assert data[5:13] == b"1204A\0\0\0"
    assert int.from_bytes(data[13:17], "big") * 60 == KEY.valid_from.timestamp()
    assert int.from_bytes(data[17:21], "big") * 60 == KEY.valid_until.timestamp()
    assert data[21:32] == bytes((0, 0, 0, 17)) + bytes(7)
    # openssl dgst -sha256 -mac HMAC -macopt hexkey:000102… over "room key 1\0", 07, the UID, bytes 0–31
    assert data[32:].hex() == "a386d822b0277ca1eda67553514bc067"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (BLANK, Refusal.BLANK),
        (b"\x03\x10NDEF".ljust(LENGTH, b"\0"), Refusal.NOT_OURS),
        (b"", Refusal.NOT_OURS),
        (b"LK\x02K".ljust(LENGTH, b"\0"), Refusal.OTHER_VERSION),
        (staff_mark(), Refusal.STAFF_CARD),
    ],
)
def test_each_refusal_has_its_reason(data: bytes, why: Refusal) -> None:
    assert decode(data, UID, KEYS) is why


def test_a_staff_mark_is_seen_and_a_key_is_none() -> None:
    assert is_staff(staff_mark())
    assert not is_staff(encode(KEY, UID, KEYS))
    assert not is_staff(BLANK)


@pytest.mark.parametrize(
    "wrong",
    [
        replace(KEY, room=""),
        replace(KEY, room="123456789"),
        replace(KEY, room="Zimmer Ä"),
        replace(KEY, room="1\x00"),
        replace(KEY, valid_from=datetime(2030, 5, 1)),
        replace(KEY, valid_until=KEY.valid_from),
        replace(KEY, valid_from=datetime(1960, 1, 1, tzinfo=UTC)),
        replace(KEY, sequence=-1),
        replace(KEY, sequence=2**32),
    ],
)
def test_a_key_that_no_card_can_carry_is_refused(wrong: RoomKey) -> None:
    with pytest.raises(ValueError, match="key|sequence"):
        encode(wrong, UID, KEYS)


def test_times_are_the_same_moment_in_any_zone() -> None:
    abroad = timezone(timedelta(hours=5, minutes=45))
    there = replace(
        KEY, valid_from=KEY.valid_from.astimezone(abroad), valid_until=KEY.valid_until.astimezone(abroad)
    )
    assert encode(there, UID, KEYS) == encode(KEY, UID, KEYS)


def test_no_repr_tells_a_secret() -> None:
    assert "keys" not in repr(KEYS)


def test_each_card_has_its_own_sector_key() -> None:
    assert sector_key(KEYS, UID) != sector_key(KEYS, UID[::-1])
    assert len(sector_key(KEYS, UID)) == 6
