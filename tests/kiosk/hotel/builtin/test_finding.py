"""getHotelReservations: what is found, what is not, what is refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.hotel.builtin.samples import LONG_NAME, SAMPLES

TODAY = date(2026, 3, 10)


def confirmations(found):
    return {
        entry["id"]
        for item in found
        for entry in item["reservationIdList"]
        if entry["type"] == "Confirmation"
    }


def test_the_item_of_the_default_guest(opera):
    (item,) = opera.find(confirmationNumberList=SAMPLES["ready"].confirmation)
    assert item["reservationGuest"]["surname"] == "Eriksson"
    assert item["reservationGuest"]["givenName"] == "Anna"
    assert item["reservationGuest"]["middleName"] == "Maria"
    assert item["reservationGuest"]["fullName"] == "Eriksson, Anna Maria"
    stay = item["roomStay"]
    assert (stay["arrivalDate"], stay["departureDate"]) == ("2026-03-10", "2026-03-13")
    assert (stay["adultCount"], stay["childCount"], stay["numberOfRooms"]) == (2, 0, 1)
    assert stay["expectedTimes"]["reservationExpectedArrivalTime"] == "2026-03-10T15:00:00+01:00"
    assert stay["balance"] == {"amount": 0, "currencyCode": "HUF"}
    assert stay["roomNumberLocked"] is False
    assert (item["roomStatus"], item["reservationStatus"], item["computedReservationStatus"]) == (
        "Inspected",
        "Reserved",
        "DueIn",
    )


@pytest.mark.parametrize(
    ("typed", "sample"),
    [
        ("Eriksson", "ready"),
        ("  eriksson ", "ready"),
        ("WISNIEWSKA-ZOLKOWSKA", "unassigned"),
        ("wiśniewska żółkowska", "unassigned"),
        ("Þórðarson", "accessible"),
        ("thordarson", "accessible"),
        ("李", "features"),
        ("Li", "features"),
        ("al ahmad", "do-not-move"),
        ("الأحمد", "do-not-move"),
        ("Szucs", "do-not-move-not-ready"),
        ("muller", "cancelled"),
        ("WEISS", "alert"),
        ("zielinski", "alert-stop"),
        (LONG_NAME, "long-name"),
        (LONG_NAME[:40], "long-name"),
    ],
)
def test_a_family_name_is_found_without_accents_and_case(opera, typed, sample):
    assert SAMPLES[sample].confirmation in confirmations(opera.find(surname=typed))


@pytest.mark.parametrize(
    "typed", ["", " ", "*", "%", "_", "E*", "Eriks", "Erikss%n", "E", "?", "Eriksson;", "Er1ksson", "\x00", "' OR 1=1", "-", "💣", "x" * 401]
)  # fmt: skip
def test_what_is_no_whole_name_finds_nobody(opera, typed):
    assert opera.find(surname=typed) == []


@pytest.mark.parametrize("typed", ["7001000", "7001*", "%", "", " ", "70010001 ", "70010001%"])
def test_a_confirmation_number_matches_whole(opera, typed):
    assert opera.find(confirmationNumberList=typed) == []


def test_all_of_one_name_are_found_in_any_state(opera):
    found = confirmations(opera.find(surname="Nagy"))
    assert found >= {SAMPLES[f"same-name-{n}"].confirmation for n in (1, 2, 3)}
    assert confirmations(opera.find(surname="Nagy", givenName="LASZLO")) == {
        SAMPLES["same-name-3"].confirmation
    }


def test_dates_narrow_down(opera):
    today = TODAY.isoformat()
    arriving = opera.find(arrivalStartDate=today, arrivalEndDate=today, limit=1000)
    assert {item["roomStay"]["arrivalDate"] for item in arriving} == {today}
    leaving = opera.find(departureStartDate=today, departureEndDate=today, limit=1000)
    assert {item["roomStay"]["departureDate"] for item in leaving} == {today}
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    assert SAMPLES["tomorrow"].confirmation in confirmations(
        opera.find(arrivalStartDate=tomorrow, surname="Nowak")
    )
    assert opera.find(arrivalEndDate=today, surname="Nowak") == []


@pytest.mark.parametrize(
    ("status", "sample", "real", "computed"),
    [
        ("InHouse", "in-house", "InHouse", "InHouse"),
        ("CheckedIn", "in-house", "InHouse", "InHouse"),
        ("Cancelled", "cancelled", "Cancelled", "Cancelled"),
        ("NoShow", "no-show", "NoShow", "NoShow"),
        ("CheckedOut", "checked-out", "CheckedOut", "CheckedOut"),
        ("DueIn", "late-night", "Reserved", "DueIn"),
    ],
)
def test_stay_states(opera, status, sample, real, computed):
    (item,) = opera.find(confirmationNumberList=SAMPLES[sample].confirmation, reservationStatuses=status)
    assert (item["reservationStatus"], item["computedReservationStatus"]) == (real, computed)
    others = {"InHouse", "Cancelled", "NoShow"} - {status, real}
    assert (
        opera.find(confirmationNumberList=SAMPLES[sample].confirmation, reservationStatuses=sorted(others))
        == []
    )


def test_tomorrows_arrival_is_reserved_and_not_due(opera):
    (item,) = opera.find(confirmationNumberList=SAMPLES["tomorrow"].confirmation)
    assert item["computedReservationStatus"] == "Reserved"


def test_by_id_profile_room_and_party(opera):
    (item,) = opera.find(confirmationNumberList=SAMPLES["two-rooms"].confirmation)
    key = opera.sample("two-rooms")
    assert opera.find(reservationIdList=key) == [item]
    assert opera.find(profileId=item["reservationGuest"]["id"]) == [item]
    assert item in opera.find(roomId=item["roomStay"]["roomId"])
    assert confirmations(opera.find(linkedName=item["roomStay"]["linkCode"])) == {
        SAMPLES["two-rooms"].confirmation,
        SAMPLES["two-rooms-2"].confirmation,
    }
    assert opera.find(reservationIdList="x' OR 1=1") == []


def test_pages(opera):
    first = opera.get(opera.rsv(), limit=7)["reservations"]
    assert (len(first["reservationInfo"]), first["count"], first["hasMore"]) == (7, 7, True)
    assert first["totalResults"] == 299
    last = opera.get(opera.rsv(), limit=7, offset=294)["reservations"]
    assert (last["count"], last["hasMore"], last["totalPages"]) == (5, False, 43)


@pytest.mark.parametrize(
    "params",
    [
        {"text": "Eriksson"},
        {"searchType": "Arrival"},
        {"orderBy": "GuestSurname"},
        {"keyTrack2": "1"},
        {"fetchInstructions": "Reservation"},
        {"sql": "1"},
    ],
)
def test_a_filter_that_is_not_served_is_refused(opera, params):
    answer = opera.call("GET", opera.rsv(), params=params)
    assert answer.status_code == 400
    assert (answer.json()["o:errorCode"], answer.json()["o:errorPath"]) == (
        "QUERY_NOT_SERVED",
        next(iter(params)),
    )


@pytest.mark.parametrize(
    "params",
    [
        {"arrivalStartDate": "2026-02-30"},
        {"arrivalEndDate": "20260310"},
        {"departureStartDate": ""},
        {"limit": "0"},
        {"limit": "ten"},
        {"limit": "1001"},
        {"offset": "-1"},
        {"surname": ["Nagy", "Kovács"]},
        {"reservationStatuses": "Reserved"},
        {"reservationStatuses": ["DueIn", "DueIn"]},
    ],
)
def test_a_filter_with_a_wrong_value_is_refused(opera, params):
    answer = opera.call("GET", opera.rsv(), params=params)
    assert (answer.status_code, answer.json()["o:errorCode"]) == (400, "QUERY_INVALID")
