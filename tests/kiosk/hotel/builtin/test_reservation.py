"""getReservation and putReservation: everything of one booking."""

from __future__ import annotations

import pytest

from kiosk.hotel.builtin.samples import LONG_NAME, SAMPLES


def features(reservation):
    return {
        entry["preferenceValue"]
        for group in reservation.get("preferenceCollection", [])
        if group["preferenceType"] == "ROOM_FEATURES"
        for entry in group["preference"]
    }


def linked_ids(reservation):
    return [
        entry["id"]
        for other in reservation["linkedReservation"]["reservationInfo"]
        for entry in other["reservationIdList"]
        if entry["type"] == "Reservation"
    ]


def test_the_default_guests_booking(opera):
    found = opera.reservation("ready")
    assert found["roomStay"]["guestCounts"] == {"adults": 2, "children": 0}
    assert found["roomStay"]["roomRates"][0]["numberOfUnits"] == 1
    assert found["roomStay"]["roomRates"][0]["roomType"] == "DBL"
    assert found["roomStay"]["roomRates"][0]["total"] == {"amountAfterTax": 114000, "currencyCode": "HUF"}
    assert found["roomStay"]["currentRoomInfo"]["roomDescription"] == "Double room"
    assert found["roomStay"]["currentRoomInfo"]["roomId"] == "107"
    assert found["housekeeping"] == {"roomStatus": "Inspected", "frontOfficeStatus": "Vacant"}
    assert found["cashiering"]["revenuesAndBalances"]["balance"] == {"amount": 0, "currencyCode": "HUF"}
    first, second = found["reservationGuests"]
    assert (first["primary"], second["primary"]) == (True, False)
    customer = first["profileInfo"]["profile"]["customer"]
    assert customer["personName"] == [
        {
            "givenName": "Anna",
            "middleName": "Maria",
            "surname": "Eriksson",
            "salutation": "Anna Maria Eriksson",
            "nameType": "Primary",
        }
    ]
    assert (customer["birthDate"], customer["gender"], customer["language"]) == ("1974-08-12", "F", "en")
    address = first["profileInfo"]["profile"]["addresses"]["addressInfo"][0]["address"]
    assert (address["addressLine"], address["postalCode"], address["cityName"]) == (
        ["Main Street 1"],
        "12345",
        "Zenith",
    )
    assert second["profileInfo"]["profile"]["customer"]["personName"][0]["givenName"] == "Erik"


def test_needs_of_the_guest(opera):
    assert features(opera.reservation("accessible")) == {"ACC"}
    assert features(opera.reservation("features")) == {"BALC", "VIEW"}
    assert features(opera.reservation("ready")) == set()
    assert opera.reservation("do-not-move")["roomStay"]["roomNumberLocked"] is True
    assert opera.reservation("multi-room")["roomStay"]["roomRates"][0]["numberOfUnits"] == 2
    assert "roomId" not in opera.reservation("unassigned")["roomStay"]["currentRoomInfo"]


def test_the_name_in_another_script(opera):
    names = opera.reservation("features")["reservationGuests"][0]["profileInfo"]["profile"]["customer"][
        "personName"
    ]
    assert {"givenName": "明", "surname": "李", "nameType": "Alternate"} in names


def test_a_long_name_is_cut_where_the_specification_wants_it_and_whole_elsewhere(opera):
    name = opera.reservation("long-name")["reservationGuests"][0]["profileInfo"]["profile"]["customer"][
        "personName"
    ][0]
    assert name["surname"] == LONG_NAME[:40]
    assert name["salutation"] == f"Maximiliana {LONG_NAME}"
    (item,) = opera.find(confirmationNumberList=SAMPLES["long-name"].confirmation)
    assert item["reservationGuest"]["fullName"] == f"{LONG_NAME}, Maximiliana"


def test_alerts(opera):
    (alert,) = opera.reservation("alert")["alerts"]
    assert (alert["code"], alert["area"], alert["stopCheckInCheckOut"]) == ("DESK", "CheckIn", False)
    assert alert["description"] == "A parcel is waiting at the desk."
    assert opera.reservation("alert-stop")["alerts"][0]["stopCheckInCheckOut"] is True


def test_sharers_and_linked_reservations_name_each_other(opera):
    one, two = opera.sample("shared"), opera.sample("shared-2")
    assert [entry["reservationId"]["id"] for entry in opera.reservation("shared")["sharedGuests"]] == [two]
    assert [entry["reservationId"]["id"] for entry in opera.reservation("shared-2")["sharedGuests"]] == [one]
    assert linked_ids(opera.reservation("two-rooms")) == [opera.sample("two-rooms-2")]
    assert linked_ids(opera.reservation("two-rooms-2")) == [opera.sample("two-rooms")]
    assert "sharedGuests" not in opera.reservation("ready")
    assert "linkedReservation" not in opera.reservation("ready")


def test_money_that_is_due(opera):
    balances = opera.reservation("balance-due")["cashiering"]["revenuesAndBalances"]
    assert balances["balance"] == {"amount": 76000, "currencyCode": "HUF"}
    assert balances["totalPayment"]["amount"] == 0


def test_fetch_instructions_choose_parts(opera):
    key = opera.sample("alert")
    found = opera.get(opera.rsv(key), fetchInstructions=["Reservation", "Comments"])["reservations"][
        "reservation"
    ][0]
    assert "alerts" not in found
    assert "cashiering" not in found
    assert found["reservationStatus"] == "Reserved"
    assert "alerts" in opera.get(opera.rsv(key), fetchInstructions="Alerts")["reservations"]["reservation"][0]
    answer = opera.call("GET", opera.rsv(key), params={"fetchInstructions": "Packages"})
    assert (answer.status_code, answer.json()["o:errorCode"]) == (400, "QUERY_INVALID")


@pytest.mark.parametrize("key", ["1", "0", "x", "-1", "9" * 30, "٣"])
def test_an_unknown_reservation_is_404(opera, key):
    answer = opera.call("GET", opera.rsv(key))
    assert (answer.status_code, answer.json()["o:errorCode"]) == (404, "RESERVATION_UNKNOWN")


def test_a_comment_is_added(opera):
    key = opera.sample("ready")
    comment = {
        "text": {"value": "Document typed in, to be checked."},
        "type": "RESERVATION",
        "internal": True,
    }
    body = {"reservations": [{"hotelId": "HOTEL", "comments": [{"comment": comment}]}]}
    answer = opera.call("PUT", opera.rsv(key), body, request_id="00000000-0000-4000-8000-000000000001")
    assert answer.status_code == 200
    again = opera.call("PUT", opera.rsv(key), body, request_id="00000000-0000-4000-8000-000000000001")
    assert again.content == answer.content
    (found,) = opera.reservation("ready")["comments"]
    assert found["comment"]["text"]["value"] == "Document typed in, to be checked."
    assert found["comment"]["type"] == "RESERVATION"


def test_dates_of_a_guest_are_written_through_the_reservation(opera):
    guest = opera.reservation("not-ready")["reservationGuests"][0]["profileInfo"]["profileIdList"]
    document = {
        "idType": "ID",
        "idNumber": "123456AE",
        "issuedCountry": "HU",
        "expirationDate": "2034-04-15",
        "primaryInd": True,
    }
    profile = {
        "customer": {
            "birthDate": "1988-03-05",
            "identifications": {"identificationInfo": [{"identification": document}]},
        }
    }
    body = {
        "reservations": [
            {"reservationGuests": [{"profileInfo": {"profileIdList": guest, "profile": profile}}]}
        ]
    }
    assert opera.call("PUT", opera.rsv(opera.sample("not-ready")), body).status_code == 200
    customer = opera.reservation("not-ready")["reservationGuests"][0]["profileInfo"]["profile"]["customer"]
    assert customer["birthDate"] == "1988-03-05"
    assert customer["identifications"]["identificationInfo"][0]["identification"] == document


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"roomStay": {"departureDate": "2027-01-01"}}, "FIELD_NOT_SERVED", "reservations[0].roomStay"),
        ({"reservationStatus": "Cancelled"}, "FIELD_NOT_SERVED", "reservations[0].reservationStatus"),
        ({"hotelId": "OTHER"}, "FIELD_INVALID", "reservations[0].hotelId"),
        ({"comments": [{"comment": {"text": {"value": " "}}}]}, "FIELD_INVALID", "reservations[0].comments[0].comment.text.value"),
        ({"comments": "x"}, "FIELD_INVALID", "reservations[0].comments"),
        ({"reservationIdList": [{"id": "1", "type": "Reservation"}]}, "FIELD_INVALID", "reservations[0].reservationIdList"),
        ({"reservationGuests": [{"profileInfo": {"profileIdList": [{"id": "1"}]}}]}, "FIELD_INVALID", "reservations[0].reservationGuests[0].profileInfo.profileIdList"),
    ],
)  # fmt: skip
def test_what_putreservation_does_not_do_is_refused(opera, change, code, where):
    answer = opera.call("PUT", opera.rsv(opera.sample("ready")), {"reservations": [change]})
    assert answer.status_code == 400
    assert (answer.json()["o:errorCode"], answer.json()["o:errorPath"]) == (code, where)


def named(opera, sample, profile, **fields):
    info = {"profileIdList": [{"id": profile, "type": "Profile"}], **fields.pop("info", {})}
    guest = {"profileInfo": info, "primary": False, **fields}
    return opera.call("PUT", opera.rsv(opera.sample(sample)), {"reservations": [{"reservationGuests": [guest]}]})


def ids(opera, sample):
    return [each["profileInfo"]["profileIdList"][0]["id"] for each in opera.reservation(sample)["reservationGuests"]]


def test_one_more_person_is_named_once_and_nobody_is_lost(opera):
    (head,), (other, *_) = ids(opera, "not-ready"), ids(opera, "ready")
    for _ in range(2):
        assert named(opera, "not-ready", other).status_code == 200
    assert ids(opera, "not-ready") == [head, other]
    guests = opera.reservation("not-ready")["reservationGuests"]
    assert [each["primary"] for each in guests] == [True, False]


def test_with_a_wrong_profile_nobody_is_named(opera):
    (other, *_) = ids(opera, "ready")
    before = ids(opera, "not-ready")
    customer = {"personName": [{"surname": "Tóth"}], "gender": 5}
    assert named(opera, "not-ready", other, info={"profile": {"customer": customer}}).status_code == 400
    assert ids(opera, "not-ready") == before
    assert opera.reservation("ready")["reservationGuests"][0]["profileInfo"]["profile"]["customer"]["personName"][0][
        "surname"
    ] != "Tóth"  # fmt: skip


def test_who_booked_stays_who_booked(opera):
    head, companion = ids(opera, "ready")
    assert named(opera, "ready", companion, primary=True).json()["o:errorCode"] == "FIELD_INVALID"
    assert named(opera, "ready", head).json()["o:errorCode"] == "FIELD_INVALID"
    assert named(opera, "ready", "999999").json()["o:errorCode"] == "PROFILE_UNKNOWN"
    assert ids(opera, "ready") == [head, companion]


def test_a_room_is_for_so_many_people(opera):
    other = ids(opera, "not-ready")[0]
    answer = named(opera, "ready", other)
    assert (answer.status_code, answer.json()["o:errorCode"]) == (400, "TOO_MANY_GUESTS")
