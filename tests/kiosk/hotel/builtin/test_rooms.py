"""getHotelRooms, getSuggestedRooms, postRoomAssignment: a room goes to one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.kiosk.hotel.builtin.conftest import code

ROOMS = "/fof/v1/hotels/HOTEL/rooms"


def rooms(opera, **params):
    return opera.get(ROOMS, **params)["hotelRoomsDetails"].get("room", [])


def suggested(opera, key, **params):
    return [
        entry["roomId"]
        for entry in opera.get(opera.fof(key, "suggestedRooms"), **params)["suggestedRoomsType"]
    ]


def test_the_house_has_120_rooms_on_six_floors(opera):
    found = rooms(opera)
    assert len(found) == 120
    assert {room["floor"] for room in found} == set("123456")
    assert {room["roomType"]["roomType"] for room in found} == {"SGL", "DBL", "TWN", "FAM", "SUI"}
    states = {room["housekeeping"]["roomStatus"]["roomStatus"] for room in found}
    assert states == {"Inspected", "Clean", "Dirty", "Pickup", "OutOfOrder", "OutOfService"}


def test_a_room(opera):
    (room,) = rooms(opera, fromRoomNumber="101", toRoomNumber="101")
    assert (room["roomId"], room["floor"], room["accessible"]) == ("101", "1", True)
    assert [feature["code"] for feature in room["roomFeatures"]] == ["ACC", "TUB", "VIEW"]
    assert room["roomType"] == {"roomType": "DBL", "shortDescription": "Double room", "maximumOccupancy": 2}
    assert room["housekeeping"]["roomStatus"] == {"roomStatus": "Inspected", "frontOfficeStatus": "Vacant"}


def test_filters_of_rooms(opera):
    assert {room["floor"] for room in rooms(opera, floor="3")} == {"3"}
    accessible = rooms(opera, roomFeatureCode=["ACC", "TUB"])
    assert len(accessible) == 6
    inspected = rooms(opera, roomType=["SGL", "TWN"], hotelRoomStatus="Inspected", hotelFORoomStatus="Vacant")
    assert inspected
    for room in inspected:
        assert room["roomType"]["roomType"] in ("SGL", "TWN")
        assert room["housekeeping"]["roomStatus"] == {
            "roomStatus": "Inspected",
            "frontOfficeStatus": "Vacant",
        }
    occupied = rooms(opera, hotelFORoomStatus="Occupied")
    in_house = opera.find(reservationStatuses="InHouse", limit=1000)
    assert {room["roomId"] for room in occupied} == {item["roomStay"]["roomId"] for item in in_house}
    assert opera.get(ROOMS, limit=50, offset=100)["count"] == 20


def test_rooms_free_for_the_nights(opera):
    key = opera.sample("ready")
    nights = {"hotelRoomStartDate": "2026-03-10", "hotelRoomEndDate": "2026-03-13"}
    free = {room["roomId"] for room in rooms(opera, **nights)}
    assert "107" not in free
    assert "107" in {room["roomId"] for room in rooms(opera, **nights, reservationId=key)}
    after = {"hotelRoomStartDate": "2026-03-13", "hotelRoomEndDate": "2026-03-14"}
    assert "107" in {room["roomId"] for room in rooms(opera, **after)}


@pytest.mark.parametrize(
    ("params", "refusal"),
    [
        ({"roomNumberWildcard": "1*"}, "QUERY_NOT_SERVED"),
        ({"smokingPreference": "NS"}, "QUERY_NOT_SERVED"),
        ({"hotelRoomStatus": "Spotless"}, "QUERY_INVALID"),
        ({"hotelRoomStartDate": "2026-03-10"}, "QUERY_INVALID"),
        ({"hotelRoomStartDate": "2026-03-10", "hotelRoomEndDate": "2026-03-09"}, "QUERY_INVALID"),
    ],
)
def test_filters_of_rooms_that_are_refused(opera, params, refusal):
    assert code(opera.call("GET", ROOMS, params=params)) == (400, refusal)


def test_suggestions_fit_the_guest(opera):
    by_number = {room["roomId"]: room for room in rooms(opera)}
    for sample, wants in (("accessible", {"ACC"}), ("features", {"BALC", "VIEW"}), ("unassigned", set())):
        found = suggested(opera, opera.sample(sample))
        assert found
        booked = opera.reservation(sample)["roomStay"]["roomRates"][0]["roomType"]
        for number in found:
            room = by_number[number]
            assert room["roomType"]["roomType"] == booked
            assert room["housekeeping"]["roomStatus"] == {
                "roomStatus": "Inspected",
                "frontOfficeStatus": "Vacant",
            }
            assert wants <= {feature["code"] for feature in room["roomFeatures"]}


def test_an_accessible_room_is_suggested_last_to_who_does_not_need_it(opera):
    found = suggested(opera, opera.sample("features"), roomType="DBL")
    accessible = [
        room["accessible"] for n in found for room in rooms(opera, fromRoomNumber=n, toRoomNumber=n)
    ]
    assert accessible == sorted(accessible)


def test_no_suite_is_to_be_had(opera):
    assert suggested(opera, opera.sample("sold-out")) == []


def test_nights_and_type_can_be_asked_for(opera):
    key = opera.sample("unassigned")
    assert suggested(opera, key, roomType="SUI", startDate="2026-03-12", nights=1) == []
    assert suggested(opera, key, roomType="TWN", nights=2)
    refused = opera.call(
        "GET", opera.fof(key, "suggestedRooms"), params={"suggestedRoomsInstructions": "ComponentRoom"}
    )
    assert code(refused) == (400, "QUERY_NOT_SERVED")


def test_a_room_is_assigned_and_stays(opera):
    key = opera.sample("accessible")
    number = suggested(opera, key)[0]
    answer = opera.assign(key, number)
    assert answer.status_code == 201
    assert answer.headers["location"].endswith(f"/reservations/{key}/roomAssignments")
    assert opera.assign(key, number).status_code == 201
    assert opera.reservation("accessible")["roomStay"]["currentRoomInfo"]["roomId"] == number
    assert number not in suggested(opera, opera.sample("unassigned"), roomType="DBL")


def test_a_change_of_room_frees_the_old_one(opera):
    key = opera.sample("ready")
    number = next(n for n in suggested(opera, key) if n != "107")
    assert opera.assign(key, number).status_code == 201
    other = opera.sample("features")
    assert opera.assign(other, "107").status_code == 201


def test_of_many_kiosks_that_assign_the_last_room_one_gets_it(opera):
    keys = [opera.sample("accessible"), opera.sample("features")] * 4
    number = suggested(opera, keys[0])[0]
    with ThreadPoolExecutor(8) as pool:
        answers = list(zip(keys, pool.map(lambda key: opera.assign(key, number), keys), strict=True))
    winners = {key for key, answer in answers if answer.status_code == 201}
    assert len(winners) == 1
    losers = [answer for key, answer in answers if key not in winners]
    assert len(losers) == 4
    assert {code(answer) for answer in losers} == {(400, "ROOM_TAKEN")}
    holders = [item for item in opera.find(roomId=number, reservationStatuses="DueIn")]
    assert len(holders) == 1


@pytest.mark.parametrize(
    ("sample", "number", "refusal"),
    [
        ("unassigned", "999", "ROOM_UNKNOWN"),
        ("unassigned", "107", "ROOM_TYPE_DIFFERS"),
        ("features", "107", "ROOM_TAKEN"),
        ("features", "208", "ROOM_NOT_READY"),
        ("features", "109", "ROOM_NOT_READY"),
        ("do-not-move", "101", "DO_NOT_MOVE"),
        ("multi-room", "115", "MUST_SPLIT"),
        ("in-house", "107", "ALREADY_CHECKED_IN"),
        ("cancelled", "101", "NOT_RESERVED"),
        ("checked-out", "101", "NOT_RESERVED"),
    ],
)
def test_assignments_that_are_refused(opera, sample, number, refusal):
    assert code(opera.assign(opera.sample(sample), number)) == (400, refusal)


def test_who_shares_gets_the_same_room_only(opera):
    one, two = opera.sample("shared"), opera.sample("shared-2")
    held = opera.reservation("shared")["roomStay"]["currentRoomInfo"]["roomId"]
    free = next(n for n in suggested(opera, opera.sample("unassigned"), roomType="TWN") if n != held)
    assert code(opera.assign(two, free)) == (400, "ROOM_DIFFERS")
    assert opera.assign(two, held).status_code == 201
    assert opera.assign(one, held).status_code == 201


def test_the_lock_can_be_set_with_the_room(opera):
    key = opera.sample("features")
    number = suggested(opera, key)[0]
    body = {"criteria": {"hotelId": "HOTEL", "roomId": number, "roomNumberLocked": True}}
    assert opera.call("POST", opera.fof(key, "roomAssignments"), body).status_code == 201
    assert opera.reservation("features")["roomStay"]["roomNumberLocked"] is True
    override = {"criteria": {"roomId": number, "overrideInstructions": {"dirtyRoom": True}}}
    assert code(opera.call("POST", opera.fof(key, "roomAssignments"), override)) == (400, "FIELD_NOT_SERVED")
