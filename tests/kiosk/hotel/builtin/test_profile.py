"""getProfile and putProfile."""

from __future__ import annotations

import pytest

from kiosk.hotel.builtin.samples import LONG_NAME
from tests.kiosk.hotel.builtin.conftest import ONE


def profile_id(opera, sample):
    return opera.reservation(sample)["reservationGuests"][0]["profileInfo"]["profileIdList"][0]["id"]


def test_a_profile(opera):
    key = profile_id(opera, "accessible")
    body = opera.get(f"/crm/v1/profiles/{key}")
    assert body["profileIdList"] == [{"id": key, "type": "Profile"}]
    customer = body["profileDetails"]["customer"]
    assert customer["personName"][0]["surname"] == "Þórðarson"
    assert (customer["nationality"], customer["language"], customer["gender"]) == ("IS", "is", "M")
    # The specification leaves no room for a date here (README).
    assert "birthDate" not in customer
    assert body["profileDetails"]["addresses"]["addressInfo"][0]["address"]["country"] == {"code": "IS"}


def test_parts_are_chosen(opera):
    path = f"/crm/v1/profiles/{profile_id(opera, 'ready')}"
    assert "customer" not in opera.get(path, fetchInstructions="Address")["profileDetails"]
    assert opera.call("GET", path, params={"fetchInstructions": "Membership"}).status_code == 400
    assert opera.call("GET", path, params={"hotelId": "HOTEL"}).status_code == 400


def test_what_is_given_replaces_and_what_is_left_out_stays(opera):
    key = profile_id(opera, "ready")
    details = {
        "customer": {
            "personName": [{"givenName": "Anna", "surname": "Ericson", "nameType": "Primary"}],
            "identifications": {
                "identificationInfo": [
                    {"identification": {"idType": "PASSPORT", "idNumber": "L898902C3", "issuedCountry": "UTO", "primaryInd": True}}
                ]
            },
            "citizenCountry": {"code": "SE"},
            "gender": "X",
            "language": "sv-SE",
        },
        "addresses": {"addressInfo": [{"address": {"addressLine": ["Storgatan 1", "2 tr"], "cityName": "Kiruna", "postalCode": "981 30", "country": {"code": "SE"}, "primaryInd": True}}]},
        "emails": {"emailInfo": [{"email": {"emailAddress": "anna@example.org", "primaryInd": True}}]},
        "telephones": {"telephoneInfo": [{"telephone": {"phoneNumber": "+46 1"}}]},
    }  # fmt: skip
    assert opera.call("PUT", f"/crm/v1/profiles/{key}", {"profileDetails": details}).status_code == 200
    found = opera.get(f"/crm/v1/profiles/{key}")["profileDetails"]
    assert found["customer"]["personName"][0]["surname"] == "Ericson"
    assert found["customer"]["personName"][0]["middleName"] == "Maria"
    assert (found["customer"]["nationality"], found["customer"]["gender"]) == ("SE", "X")
    assert found["addresses"]["addressInfo"][0]["address"]["addressLine"] == ["Storgatan 1", "2 tr"]
    assert found["emails"]["emailInfo"][0]["email"]["emailAddress"] == "anna@example.org"
    assert found["telephones"]["telephoneInfo"][0]["telephone"]["phoneNumber"] == "+46 1"
    assert len(opera.find(surname="ERICSON")) == 1
    assert opera.find(surname="Eriksson", givenName="Anna") == []
    opera.call("PUT", f"/crm/v1/profiles/{key}", {"profileDetails": {"customer": {"gender": "F"}}})
    after = opera.get(f"/crm/v1/profiles/{key}")["profileDetails"]
    assert after["customer"]["gender"] == "F"
    assert after["addresses"] == found["addresses"]
    assert after["customer"]["identifications"] == found["customer"]["identifications"]


def test_what_was_read_can_be_written_back_and_changes_nothing(opera):
    for sample in ("ready", "features", "long-name"):
        path = f"/crm/v1/profiles/{profile_id(opera, sample)}"
        body = opera.get(path)
        assert opera.call("PUT", path, body).json() == body
    assert len(opera.find(surname=LONG_NAME)) == 1


def test_an_expiry_told_through_the_reservation_outlives_a_putprofile(opera):
    key = profile_id(opera, "ready")
    document = {"idType": "PASSPORT", "idNumber": "L898902C3", "issuedCountry": "UTO"}
    full = {
        "customer": {
            "identifications": {
                "identificationInfo": [{"identification": {**document, "expirationDate": "2034-04-15"}}]
            }
        }
    }
    guest = {"profileInfo": {"profileIdList": [{"id": key, "type": "Profile"}], "profile": full}}
    opera.call("PUT", opera.rsv(opera.sample("ready")), {"reservations": [{"reservationGuests": [guest]}]})
    bare = {"customer": {"identifications": {"identificationInfo": [{"identification": document}]}}}
    assert opera.call("PUT", f"/crm/v1/profiles/{key}", {"profileDetails": bare}).status_code == 200
    customer = opera.reservation("ready")["reservationGuests"][0]["profileInfo"]["profile"]["customer"]
    assert (
        customer["identifications"]["identificationInfo"][0]["identification"]["expirationDate"]
        == "2034-04-15"
    )


@pytest.mark.parametrize(
    ("details", "where"),
    [
        ({"customer": {"personName": [{"surname": "x" * 41}]}}, "profileDetails.customer.personName[0].surname"),
        ({"customer": {"personName": [{"surname": " "}]}}, "profileDetails.customer.personName[0].surname"),
        ({"customer": {"personName": [{"surname": "a\x00b"}]}}, "profileDetails.customer.personName[0].surname"),
        ({"customer": {"personName": [{"surname": 7}]}}, "profileDetails.customer.personName[0].surname"),
        ({"customer": {"personName": [{"nameType": "Incognito"}]}}, "profileDetails.customer.personName[0].nameType"),
        ({"customer": {"language": "not a language"}}, "profileDetails.customer.language"),
        ({"customer": {"birthDate": "1974-13-01"}}, "profileDetails.customer.birthDate"),
        ({"customer": {"vipStatus": "1"}}, "profileDetails.customer.vipStatus"),
        ({"taxInfo": {}}, "profileDetails.taxInfo"),
        ({"addresses": {"addressInfo": [{"address": {"addressLine": ["1", "2", "3", "4", "5"]}}]}}, "profileDetails.addresses.addressInfo[0].address.addressLine"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_its_place(opera, details, where):
    answer = opera.call("PUT", f"/crm/v1/profiles/{profile_id(opera, 'ready')}", {"profileDetails": details})
    assert answer.status_code == 400
    assert answer.json()["o:errorPath"] == where


def test_an_unknown_profile_is_404(opera):
    assert opera.call("GET", "/crm/v1/profiles/1").status_code == 404
    assert opera.call("PUT", "/crm/v1/profiles/1", {"profileDetails": {"customer": {}}}).status_code == 404


NEW = {
    "profileType": "Guest",
    "customer": {"personName": [{"givenName": "Éva", "surname": "Tóth", "nameType": "Primary"}], "nationality": "HU"},
}


def post(opera, details, request_id=""):
    return opera.call("POST", "/crm/v1/profiles", {"profileDetails": details}, request_id=request_id)


def test_a_new_guest_has_a_profile(opera):
    answer = post(opera, NEW)
    assert answer.status_code == 201
    assert answer.headers["location"] == answer.json()["links"][0]["href"]
    details = opera.get(answer.headers["location"])["profileDetails"]
    assert details["customer"]["personName"][0]["surname"] == "Tóth"
    assert (details["profileType"], details["customer"]["nationality"]) == ("Guest", "HU")
    assert "addresses" not in details


def test_a_new_guest_asked_for_twice_with_one_request_id_is_one(opera):
    first, second = (post(opera, NEW, ONE).headers["location"] for _ in range(2))
    assert first == second
    assert post(opera, NEW).headers["location"] != first


@pytest.mark.parametrize(
    ("details", "code", "where"),
    [
        (None, "FIELD_INVALID", "profileDetails"),
        ({}, "FIELD_INVALID", "profileDetails.customer.personName"),
        ({"profileType": "Company", **{"customer": NEW["customer"]}}, "FIELD_INVALID", "profileDetails.profileType"),
        (NEW | {"keywords": {}}, "FIELD_NOT_SERVED", "profileDetails.keywords"),
        ({"customer": {"personName": [{"givenName": "Éva"}]}}, "FIELD_INVALID", "profileDetails.customer.personName[0].surname"),
    ],
)  # fmt: skip
def test_a_profile_of_nobody_is_refused(opera, details, code, where):
    answer = post(opera, details)
    assert answer.status_code == 400
    assert (answer.json()["o:errorCode"], answer.json()["o:errorPath"]) == (code, where)
