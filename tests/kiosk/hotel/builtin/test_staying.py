"""putReservation for who is in house: another room, a later departure; and keys that the lock's side tells of."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from tests.kiosk.hotel.builtin.conftest import code

CARD = "04A1B2C3D4E5F6"


def change(opera, key, **stay):
    return opera.call("PUT", opera.rsv(key), {"reservations": [{"roomStay": stay}]})


def move(opera, key, room):
    return change(opera, key, currentRoomInfo={"roomId": room})


def free_room(opera, **query):
    params = {
        "hotelRoomStatus": "Inspected",
        "hotelFORoomStatus": "Vacant",
        "hotelRoomStartDate": "2026-03-10",
        "hotelRoomEndDate": "2026-03-13",
        **query,
    }
    rooms = opera.get(f"/fof/v1/hotels/{opera.hotel}/rooms", **params)["hotelRoomsDetails"]["room"]
    return [room["roomId"] for room in rooms]


def state(opera, number):
    path = f"/fof/v1/hotels/{opera.hotel}/rooms"
    (room,) = opera.get(path, fromRoomNumber=number, toRoomNumber=number)["hotelRoomsDetails"]["room"]
    status = room["housekeeping"]["roomStatus"]
    return status["roomStatus"], status["frontOfficeStatus"]


def told(opera, key, sequence, card=CARD, room="107", **changes):
    body = opera.key_body(room) | {"keyTrack": {"keyTrack2": str(sequence)}, "keyCardUId": card} | changes
    return opera.call("POST", opera.fof(key, "roomKeys"), body)


def listed(opera, key):
    return [
        (int(entry["keyTrack"]["keyTrack2"]), not entry["guestInfo"]["isInactive"])
        for entry in opera.get(opera.fof(key, "roomKeys"), includeInactiveRoomKeys="true")["roomKeysInfoList"]
    ]


def test_a_guest_moves(opera, inside, books):
    opera.call("POST", opera.fof(inside, "roomKeys"), opera.key_body("107"))
    to = free_room(opera, roomType="DBL")[0]
    answer = move(opera, inside, to)
    assert answer.status_code == 200
    (told_now,) = answer.json()["reservations"]["reservation"]
    assert told_now["roomStay"]["currentRoomInfo"]["roomId"] == to
    assert told_now["housekeeping"] == {"roomStatus": "Inspected", "frontOfficeStatus": "Occupied"}
    assert (state(opera, "107"), state(opera, to)) == (("Dirty", "Vacant"), ("Inspected", "Occupied"))
    assert listed(opera, inside) == [(1, False)]
    assert to not in free_room(opera)
    with books.reading() as session:
        query = text("SELECT room, count(*) FROM room_nights WHERE holder = :holder GROUP BY room")
        assert session.execute(query, {"holder": f"reservation {inside}"}).all() == [(to, 3)]


def test_the_nights_that_were_slept_stay_where_they_were(opera, inside, books, clock):
    clock.time = clock.time.replace(day=12)
    opera.token = opera.sign_in().json()["access_token"]
    to = free_room(opera, roomType="DBL", hotelRoomStartDate="2026-03-12")[0]
    assert move(opera, inside, to).status_code == 200
    with books.reading() as session:
        query = text("SELECT room, count(*) FROM room_nights WHERE holder = :holder GROUP BY room ORDER BY count(*)")
        nights = session.execute(query, {"holder": f"reservation {inside}"}).all()
    assert nights == [(to, 1), ("107", 2)]


def test_moves_that_are_refused(opera, inside):
    suite = free_room(opera, roomType="SGL")[0]
    shared = opera.reservation("shared")["roomStay"]["currentRoomInfo"]["roomId"]
    occupied = opera.reservation("in-house")["roomStay"]["currentRoomInfo"]["roomId"]
    for number, refusal in (
        ("999", "ROOM_UNKNOWN"),
        (suite, "TOO_MANY_GUESTS"),
        ("208", "ROOM_NOT_READY"),
        (shared, "ROOM_TAKEN"),
        (occupied, "ROOM_TAKEN"),
    ):
        assert code(move(opera, inside, number)) == (400, refusal), number
    assert state(opera, "107") == ("Inspected", "Occupied")
    assert code(move(opera, opera.sample("features"), "107")) == (400, "NOT_IN_HOUSE")


def test_who_shares_a_room_or_is_to_be_left_there_does_not_move_alone(opera):
    for sample, refusal in (("shared", "ROOM_DIFFERS"), ("do-not-move", "DO_NOT_MOVE")):
        key = opera.sample(sample)
        assert opera.check_in(key).status_code == 201
        assert code(move(opera, key, free_room(opera, roomType="TWN")[0])) == (400, refusal)


def test_of_many_who_want_one_room_one_gets_it(opera):
    guests = [opera.sample(sample) for sample in ("ready", "same-name-1", "same-name-2", "long-name")]
    for key in guests:
        assert opera.check_in(key).status_code == 201
    to = free_room(opera, roomType="DBL")[-1]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda key: code(move(opera, key, to)), guests))
    assert sorted(answers, key=str) == [(200, None), *[(400, "ROOM_TAKEN")] * 3]


def test_a_longer_stay(opera, inside):
    owed = opera.reservation("ready")["cashiering"]["revenuesAndBalances"]["balance"]["amount"]
    answer = change(opera, inside, departureDate="2026-03-15")
    assert answer.status_code == 200
    assert opera.reservation("ready")["roomStay"]["departureDate"] == "2026-03-15"
    bill = opera.reservation("ready")["cashiering"]["revenuesAndBalances"]["balance"]["amount"]
    assert bill - owed == 2 * 38_000
    body = opera.key_body("107", days=5)
    assert opera.call("POST", opera.fof(inside, "roomKeys"), body).status_code == 201
    assert change(opera, inside, departureDate="2026-03-15").status_code == 200
    assert opera.reservation("ready")["cashiering"]["revenuesAndBalances"]["balance"]["amount"] == bill


@pytest.mark.parametrize("day", ["2026-03-12", "2026-03-10", "2027-03-12", "soon"])
def test_a_stay_of_that_length_is_refused(opera, inside, day):
    assert code(change(opera, inside, departureDate=day)) == (400, "FIELD_INVALID")
    assert opera.reservation("ready")["roomStay"]["departureDate"] == "2026-03-13"


def test_no_longer_stay_in_a_room_that_is_given_away(opera, inside):
    tomorrow = opera.sample("tomorrow")
    room = opera.reservation("unassigned")["roomStay"]
    assert "roomId" not in room["currentRoomInfo"]
    single = free_room(opera, roomType="SGL")[0]
    key = opera.sample("same-name-3")
    opera.assign(key, single)
    assert opera.check_in(key).status_code == 201
    assert opera.assign(tomorrow, single).status_code == 201
    assert code(change(opera, key, departureDate="2026-03-12")) == (400, "ROOM_TAKEN")
    assert opera.reservation("same-name-3")["roomStay"]["departureDate"] == "2026-03-11"


def test_a_key_that_was_cut_without_us(opera, inside):
    opera.call("POST", opera.fof(inside, "roomKeys"), opera.key_body("107"))
    answer = told(opera, inside, 4)
    assert answer.status_code == 201
    assert answer.json()["keyTrack"]["keyTrack2"] == "4"
    assert told(opera, inside, 4).json() == answer.json()
    assert told(opera, inside, 4, "04000000000001").json() != answer.json()
    assert told(opera, inside, 2, "04000000000002").status_code == 201
    assert listed(opera, inside) == [(1, False), (4, True), (4, True), (2, False)]
    answer = opera.call("POST", opera.fof(inside, "roomKeys"), opera.key_body("107"))
    assert answer.json()["keyTrack"]["keyTrack2"] == "5"


def test_of_two_terminals_that_cut_one_number_for_two_guests_one_is_told_so(opera, inside):
    """Both were offline: the first guest had moved out by the time the second was let in."""
    to = free_room(opera, roomType="DBL")[0]
    move(opera, inside, to)
    other = opera.sample("same-name-1")
    opera.check_in(other)
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(
                lambda each: code(told(opera, each[0], 7, each[1], room=to)),
                [(inside, "04000000000001"), (other, "04000000000002")],
            )
        )
    assert sorted(answers, key=str) == [(201, None), (400, "SEQUENCE_TAKEN")]


def test_a_key_told_of_a_room_that_the_guest_has_left_ends_nobodys(opera, inside):
    to = free_room(opera, roomType="DBL")[0]
    move(opera, inside, to)
    opera.call("POST", opera.fof(inside, "roomKeys"), opera.key_body(to))
    assert told(opera, inside, 9, room="107").status_code == 201
    assert listed(opera, inside) == [(1, True), (9, False)]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"keyType": "Duplicate"}, "KEY_TYPE_NOT_SERVED"),
        ({"roomNumber": "999"}, "ROOM_UNKNOWN"),
        ({"keyTrack": {"keyTrack2": "0"}}, "FIELD_INVALID"),
        ({"keyTrack": {"keyTrack2": "-1"}}, "FIELD_INVALID"),
        ({"keyTrack": {"keyTrack2": "1000000000"}}, "FIELD_INVALID"),
        ({"keyTrack": {"keyTrack1": "1", "keyTrack2": "2"}}, "FIELD_NOT_SERVED"),
        ({"keyTrack": {}}, "FIELD_INVALID"),
        ({"keyCardUId": "xyz"}, "FIELD_INVALID"),
        ({"keyCardUId": ""}, "FIELD_INVALID"),
        ({"keyValidityEnd": "2026-03-10T13:00:00+01:00"}, "FIELD_INVALID"),
    ],
)
def test_told_keys_that_are_refused(opera, inside, changes, refusal):
    assert code(told(opera, inside, 4, **changes)) == (400, refusal)
    assert listed(opera, inside) == []
    answer = opera.call("POST", opera.fof(inside, "roomKeys"), opera.key_body("107"))
    assert answer.json()["keyTrack"]["keyTrack2"] == "1"


def test_no_key_is_told_for_who_never_came(opera):
    assert code(told(opera, opera.sample("cancelled"), 4)) == (400, "NOT_IN_HOUSE")


def test_one_card_is_void_and_never_valid_again(opera, inside):
    numbers = [
        int(opera.call("POST", opera.fof(inside, "roomKeys"), opera.key_body("107", kind)).json()["keyTrack"]["keyTrack1"])
        for kind in ("New", "Duplicate")
    ]

    def put(**entry):
        return opera.call("PUT", opera.fof(inside, "roomKeys"), {"roomKeyGuests": [entry]})

    assert put(keyNumber=numbers[0], isInactive=True).status_code == 200
    assert listed(opera, inside) == [(1, False), (1, True)]
    for entry in ({"isInactive": False}, {"isInactive": True, "guestKeyOptions": f"UID={CARD}"}):
        assert code(put(keyNumber=numbers[0], **entry)) == (400, "FIELD_INVALID")


def read(opera, **params):
    return opera.call("GET", f"/fof/v1/hotels/{opera.hotel}/roomKeysDetails", params=params)


def test_a_card_is_known_by_its_uid(opera, inside):
    assert read(opera, encoderId=CARD, encoderIdType="CardUId").json() == {}
    told(opera, inside, 3)
    assert read(opera, encoderId=CARD.lower(), encoderIdType="CardUId").json() == {
        "room": "107",
        "validUntil": "2026-03-11T11:00:00+01:00",
        "keyOptions": f"UID={CARD},SEQUENCE=3,RESERVATION={inside}",
    }
    assert code(read(opera, encoderId=CARD)) == (400, "QUERY_INVALID")
    assert code(read(opera, encoderId="%", encoderIdType="CardUId")) == (400, "QUERY_INVALID")
    assert code(read(opera, encoderTerminal="DESK1")) == (400, "QUERY_NOT_SERVED")


def test_what_else_a_key_opens(opera):
    options = opera.get(opera.fof(opera.sample("ready"), "keyOptions"))
    assert options == {"roomKeyOptions": "LIFT", "reservationKeyOptions": "GARAGE"}
    assert opera.get(opera.fof(opera.sample("unassigned"), "keyOptions")) == {}
