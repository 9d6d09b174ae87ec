"""postRoomKey, putRoomKeys, getRoomKeys, deleteRoomKey: sequences are allocated once."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.kiosk.hotel.builtin.conftest import ONE, code


def make(opera, key, key_type="New", room="107", request_id="", **changes):
    body = {**opera.key_body(room, key_type), **changes}
    return opera.call("POST", opera.fof(key, "roomKeys"), body, request_id=request_id)


def track(answer):
    assert answer.status_code == 201, answer.text
    keys = answer.json()["keyTrack"]
    return int(keys["keyTrack1"]), int(keys["keyTrack2"])


def listed(opera, key, inactive=True):
    params = {"includeInactiveRoomKeys": "true"} if inactive else {}
    return opera.get(opera.fof(key, "roomKeys"), **params)["roomKeysInfoList"]


def written(opera, key, number, uid, room="107"):
    body = {"roomNumber": room, "roomKeyGuests": [{"keyNumber": number, "guestKeyOptions": f"UID={uid}"}]}
    return opera.call("PUT", opera.fof(key, "roomKeys"), body)


def test_new_keys_count_up_and_duplicates_share(opera, inside):
    first, one = track(make(opera, inside))
    second, same = track(make(opera, inside, "Duplicate"))
    third, two = track(make(opera, inside))
    assert (one, same, two) == (1, 1, 2)
    assert len({first, second, third}) == 3
    keys = {
        entry["guestInfo"]["keyNumber"]: entry["guestInfo"]["isInactive"] for entry in listed(opera, inside)
    }
    assert keys == {first: True, second: True, third: False}


def test_a_key_in_the_books(opera, inside):
    number, sequence = track(make(opera, inside))
    (entry,) = listed(opera, inside, inactive=False)
    assert entry == {
        "hotelId": "HOTEL",
        "keyCount": "1",
        "keyStartDate": "2026-03-10T14:00:00+01:00",
        "keyExpiryDate": "2026-03-11T11:00:00+01:00",
        "roomId": "107",
        "reservationId": {"id": inside, "type": "Reservation"},
        "keyTrack": {"keyTrack1": str(number), "keyTrack2": str(sequence)},
        "guestInfo": {"keyNumber": number, "isInactive": False},
    }


def test_the_card_is_told_and_told_again(opera, inside):
    number, _ = track(make(opera, inside))
    assert written(opera, inside, number, "04a1b2c3d4e5f6").status_code == 200
    assert written(opera, inside, number, "04A1B2C3D4E5F6").status_code == 200
    assert listed(opera, inside)[0]["guestInfo"]["guestKeyOptions"] == "UID=04A1B2C3D4E5F6"
    assert code(written(opera, inside, number, "04000000000000")) == (400, "KEY_ALREADY_WRITTEN")


def test_a_card_known_beforehand(opera, inside):
    track(make(opera, inside, keyCardUId="04A1B2C3"))
    assert listed(opera, inside)[0]["guestInfo"]["guestKeyOptions"] == "UID=04A1B2C3"


def test_a_card_that_is_written_again_carries_the_last_key_only(opera, inside):
    first, _ = track(make(opera, inside))
    second, _ = track(make(opera, inside, "Duplicate"))
    written(opera, inside, first, "04A1B2C3")
    assert written(opera, inside, second, "04A1B2C3").status_code == 200
    keys = {
        entry["guestInfo"]["keyNumber"]: entry["guestInfo"]["isInactive"] for entry in listed(opera, inside)
    }
    assert keys == {first: True, second: False}


def test_all_keys_of_a_reservation_are_void(opera, inside):
    make(opera, inside)
    make(opera, inside, "Duplicate")
    path = opera.fof(inside, "roomKeys")
    assert opera.call("DELETE", path).status_code == 200
    assert listed(opera, inside, inactive=False) == []
    assert opera.call("DELETE", path).status_code == 200
    assert code(make(opera, inside, "Duplicate")) == (400, "NO_CURRENT_KEY")
    assert track(make(opera, inside))[1] == 2


def test_many_at_once_get_a_sequence_each(opera, inside):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: make(opera, inside, request_id=str(uuid.uuid4())), range(12)))
    assert sorted(track(answer)[1] for answer in answers) == list(range(1, 13))
    assert len(listed(opera, inside, inactive=False)) == 1


def test_the_same_request_id_allocates_once(opera, inside):
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: make(opera, inside, request_id=ONE), range(6)))
    assert {track(answer) for answer in answers} == {track(answers[0])}
    assert len(listed(opera, inside)) == 1


def test_who_shares_the_room_duplicates(opera):
    one, two = opera.sample("shared"), opera.sample("shared-2")
    room = opera.reservation("shared")["roomStay"]["currentRoomInfo"]["roomId"]
    opera.check_in(one)
    opera.check_in(two)
    assert code(make(opera, two, "Duplicate", room)) == (400, "NO_CURRENT_KEY")
    _, sequence = track(make(opera, one, "New", room))
    assert track(make(opera, two, "Duplicate", room))[1] == sequence
    opera.call("DELETE", opera.fof(one, "roomKeys"))
    assert len(listed(opera, two, inactive=False)) == 1


def test_the_last_guests_key_is_no_duplicate_of_the_next(opera, inside):
    track(make(opera, inside))
    opera.call("DELETE", opera.fof(inside, "checkIns"), params={"unassignRoom": "true"})
    other = opera.sample("features")
    opera.assign(other, "107")
    opera.check_in(other)
    assert code(make(opera, other, "Duplicate")) == (400, "NO_CURRENT_KEY")
    assert track(make(opera, other))[1] == 2


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"keyType": "OneShot"}, "KEY_TYPE_NOT_SERVED"),
        ({"roomNumber": "108"}, "ROOM_DIFFERS"),
        ({"noOfKeys": 2}, "FIELD_INVALID"),
        ({"keyValidityEnd": "2026-03-10T13:00:00+01:00"}, "FIELD_INVALID"),
        ({"keyValidityEnd": "2026-03-14T11:00:00+01:00"}, "FIELD_INVALID"),
        ({"keyValidityEnd": "2026-03-11T11:00:00"}, "FIELD_INVALID"),
        ({"keyValidityStart": "tomorrow"}, "FIELD_INVALID"),
        ({"keyCardUId": "xyz"}, "FIELD_INVALID"),
        ({"additionalRooms": ["108"]}, "FIELD_NOT_SERVED"),
        ({"reservationIdList": [{"id": "1", "type": "Reservation"}]}, "FIELD_INVALID"),
    ],
)
def test_keys_that_are_refused(opera, inside, changes, refusal):
    assert code(make(opera, inside, **changes)) == (400, refusal)
    assert listed(opera, inside) == []


def test_no_key_for_who_is_not_in_house(opera):
    assert code(make(opera, opera.sample("ready"))) == (400, "NOT_IN_HOUSE")


def test_another_reservations_key_is_unknown(opera, inside):
    number, _ = track(make(opera, inside))
    assert code(written(opera, opera.sample("in-house"), number, "04A1B2C3")) == (400, "KEY_UNKNOWN")
    assert code(written(opera, inside, 999_999, "04A1B2C3")) == (400, "KEY_UNKNOWN")


@pytest.mark.parametrize(
    "entry",
    [{"keyNumber": 1}, {"guestKeyOptions": "UID=04A1B2C3"}, {"keyNumber": 1, "guestKeyOptions": "04A1B2C3"}],
)
def test_a_report_of_a_card_that_is_none(opera, inside, entry):
    answer = opera.call("PUT", opera.fof(inside, "roomKeys"), {"roomKeyGuests": [entry]})
    assert code(answer) == (400, "FIELD_INVALID")
