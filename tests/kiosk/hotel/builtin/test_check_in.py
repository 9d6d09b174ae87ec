"""verifyCheckIns, postCheckIn, deleteCheckin."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.hotel.builtin.samples import SAMPLES
from tests.kiosk.hotel.builtin.conftest import ONE, code


def test_a_guest_checks_in(opera):
    key = opera.sample("ready")
    assert opera.obstacles(key) == []
    answer = opera.check_in(key, roomId="107")
    assert answer.status_code == 201
    (reservation,) = answer.json()["reservation"]
    assert reservation["reservationStatus"] == "InHouse"
    found = opera.reservation("ready")
    assert (found["reservationStatus"], found["housekeeping"]["frontOfficeStatus"]) == ("InHouse", "Occupied")
    assert opera.obstacles(key) == ["ALREADY_CHECKED_IN"]
    assert code(opera.check_in(key)) == (400, "ALREADY_CHECKED_IN")


@pytest.mark.parametrize("sample", sorted(SAMPLES))
def test_verify_says_what_check_in_would_do(opera, sample):
    key = opera.sample(sample)
    expected = opera.obstacles(key)
    answer = opera.check_in(key)
    if expected:
        assert code(answer) == (400, expected[0])
        assert opera.reservation(sample)["reservationStatus"] != "InHouse" or expected == [
            "ALREADY_CHECKED_IN"
        ]
    else:
        assert answer.status_code == 201


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        ("not-ready", ["ROOM_NOT_READY"]),
        ("unassigned", ["NO_ROOM"]),
        ("tomorrow", ["NOT_DUE_IN", "NO_ROOM"]),
        ("cancelled", ["NOT_RESERVED"]),
        ("no-show", ["NOT_RESERVED"]),
        ("checked-out", ["NOT_RESERVED"]),
        ("multi-room", ["MUST_SPLIT", "NO_ROOM"]),
        ("alert", []),
        ("alert-stop", ["CHECK_IN_STOPPED"]),
        ("balance-due", ["PAYMENT_DUE"]),
        ("late-night", []),
        ("do-not-move", []),
        ("long-name", []),
    ],
)
def test_obstacles(opera, sample, expected):
    assert opera.obstacles(opera.sample(sample)) == expected


def test_the_desk_may_let_somebody_in_who_pays_later(opera):
    key = opera.sample("balance-due")
    assert code(opera.check_in(key)) == (400, "PAYMENT_DUE")
    assert opera.check_in(key, overrideAdvancePaymentValidation=True).status_code == 201


def test_another_room_than_the_held_one_is_refused(opera):
    assert code(opera.check_in(opera.sample("ready"), roomId="108")) == (400, "ROOM_DIFFERS")
    assert opera.reservation("ready")["reservationStatus"] == "Reserved"


@pytest.mark.parametrize(
    "fields", [{"lockHandle": 1}, {"stopCheckin": True}, {"printRegistration": True}, {"roomId": 107}]
)
def test_wishes_that_are_not_served_are_refused(opera, fields):
    answer = opera.check_in(opera.sample("ready"), **fields)
    assert answer.status_code == 400
    assert answer.json()["o:errorCode"] in ("FIELD_NOT_SERVED", "FIELD_INVALID")


def test_the_last_guest_is_still_in_the_room(opera):
    """A room of the desk's that is inspected on paper, with its last guest not out yet."""
    key = opera.sample("features")
    (leaving, *_) = (
        item
        for item in opera.find(reservationStatuses="DueOut", limit=1000)
        if item["roomStay"]["roomType"] == "DBL" and item["roomStatus"] in ("Inspected", "Clean")
        and not opera.find(roomId=item["roomStay"]["roomId"], reservationStatuses="DueIn")
    )  # fmt: skip
    assert opera.assign(key, leaving["roomStay"]["roomId"]).status_code == 201
    assert opera.obstacles(key) == ["ROOM_OCCUPIED"]


def test_both_who_share_check_in(opera):
    assert opera.check_in(opera.sample("shared")).status_code == 201
    assert opera.check_in(opera.sample("shared-2")).status_code == 201


def test_of_two_kiosks_that_check_the_same_guest_in_one_does(opera):
    key = opera.sample("ready")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: opera.check_in(key), range(6)))
    assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400, 400, 400]


def test_the_same_request_id_gets_the_same_answer_and_does_nothing_twice(opera):
    key = opera.sample("ready")
    path, body = opera.fof(key, "checkIns"), {"reservation": {"roomId": "107"}}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: opera.call("POST", path, body, request_id=ONE), range(4)))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.content for answer in answers}) == 1
    other = opera.call("POST", path, {"reservation": {}}, request_id=ONE)
    assert code(other) == (400, "REQUEST_ID_REUSED")
    elsewhere = opera.call(
        "POST", opera.fof(opera.sample("alert"), "checkIns"), {"reservation": {}}, request_id=ONE
    )
    assert elsewhere.status_code == 201


def test_a_refusal_is_not_remembered(opera):
    key = opera.sample("balance-due")
    path = opera.fof(key, "checkIns")
    assert opera.call("POST", path, {"reservation": {}}, request_id=ONE).status_code == 400
    body = {"reservation": {"overrideAdvancePaymentValidation": True}}
    assert opera.call("POST", path, body, request_id=ONE).status_code == 201


def test_a_check_in_of_today_is_reversed(opera):
    key = opera.sample("ready")
    path = opera.fof(key, "checkIns")
    assert code(opera.call("DELETE", path)) == (400, "NOT_IN_HOUSE")
    opera.check_in(key)
    opera.call("POST", opera.fof(key, "roomKeys"), opera.key_body("107"))
    assert opera.call("DELETE", path, params={"roomStatus": "Dirty"}).status_code == 200
    found = opera.reservation("ready")
    assert found["reservationStatus"] == "Reserved"
    assert found["roomStay"]["currentRoomInfo"]["roomId"] == "107"
    assert found["housekeeping"] == {"roomStatus": "Dirty", "frontOfficeStatus": "Vacant"}
    assert opera.get(opera.fof(key, "roomKeys"))["roomKeysInfoList"] == []


def test_a_reversed_check_in_may_let_the_room_go(opera):
    key = opera.sample("ready")
    opera.check_in(key)
    assert (
        opera.call("DELETE", opera.fof(key, "checkIns"), params={"unassignRoom": "true"}).status_code == 200
    )
    assert "roomId" not in opera.reservation("ready")["roomStay"]["currentRoomInfo"]
    assert opera.assign(opera.sample("features"), "107").status_code == 201


def test_yesterdays_check_in_stays(opera):
    answer = opera.call("DELETE", opera.fof(opera.sample("in-house"), "checkIns"))
    assert code(answer) == (400, "CHECKED_IN_EARLIER")


def test_at_half_past_one_it_is_still_yesterday(opera, clock):
    """The business day ends at 04:00: tomorrow's guest is not due before that."""
    zone = ZoneInfo("Europe/Budapest")
    clock.time = datetime(2026, 3, 11, 1, 30, tzinfo=zone)
    opera.token = opera.sign_in().json()["access_token"]
    assert opera.obstacles(opera.sample("tomorrow")) == ["NOT_DUE_IN", "NO_ROOM"]
    assert opera.obstacles(opera.sample("ready")) == []
    clock.time += timedelta(hours=3)
    opera.token = opera.sign_in().json()["access_token"]
    assert opera.obstacles(opera.sample("tomorrow")) == ["NO_ROOM"]


def test_a_stay_that_is_over_is_not_checked_in(opera, clock):
    clock.time += timedelta(days=5)
    opera.token = opera.sign_in().json()["access_token"]
    assert opera.obstacles(opera.sample("ready")) == ["STAY_OVER"]
