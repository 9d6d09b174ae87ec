"""Service requests and the folio."""

from __future__ import annotations

import pytest

from tests.kiosk.hotel.builtin.conftest import ONE

REQUESTS = "/fof/v1/hotels/HOTEL/serviceRequests"


def ask(opera, request_id="", **fields):
    details = {
        "hotelId": "HOTEL",
        "code": "CALL",
        "comment": "A guest at the kiosk wants a person.",
        **fields,
    }
    return opera.call("POST", REQUESTS, {"serviceRequestsDetails": [details]}, request_id=request_id)


def test_a_request_is_made_found_and_taken(opera):
    key = opera.sample("ready")
    answer = ask(opera, room="107", reservationIdList=[{"id": key, "type": "Reservation"}])
    assert answer.status_code == 201
    number = answer.headers["location"].rpartition("/")[2]
    assert answer.json()["links"][0]["href"] == answer.headers["location"]
    (found,) = opera.get(REQUESTS, reservationId=key, status="Open")["serviceRequestsDetails"]
    assert found == {
        "serviceRequestId": {"id": number, "type": "ServiceRequest"},
        "hotelId": "HOTEL",
        "code": "CALL",
        "status": "Open",
        "reservationIdList": [{"id": key, "type": "Reservation"}],
        "room": "107",
        "openDate": "2026-03-10T15:00:00+01:00",
        "comment": "A guest at the kiosk wants a person.",
    }
    taken = {"serviceRequestId": {"id": number}, "status": "PendingFollowUp", "guaranteedBy": "Front desk"}
    assert opera.call("PUT", REQUESTS, {"serviceRequestsDetails": [taken]}).status_code == 200
    (found,) = opera.get(REQUESTS, reservationId=key)["serviceRequestsDetails"]
    assert (found["status"], found["guaranteedBy"]) == ("PendingFollowUp", "Front desk")
    closed = {
        "serviceRequestId": {"id": number},
        "status": "Closed",
        "closedBy": "Front desk",
        "closeDescription": "Done.",
    }
    opera.call("PUT", REQUESTS, {"serviceRequestsDetails": [closed]})
    (found,) = opera.get(REQUESTS, status="Closed")["serviceRequestsDetails"]
    assert found["closedDate"] == "2026-03-10T15:00:00+01:00"
    assert opera.get(REQUESTS, status="Open")["serviceRequestsDetails"] == []


def test_requests_are_filtered(opera):
    ask(opera, room="107")
    ask(opera, code="TOWELS", room="108")
    assert len(opera.get(REQUESTS)["serviceRequestsDetails"]) == 2
    assert [r["room"] for r in opera.get(REQUESTS, code="TOWELS")["serviceRequestsDetails"]] == ["108"]
    assert [r["code"] for r in opera.get(REQUESTS, room="107")["serviceRequestsDetails"]] == ["CALL"]
    assert (
        len(
            opera.get(REQUESTS, creationStartDate="2026-03-10", creationEndDate="2026-03-10")[
                "serviceRequestsDetails"
            ]
        )
        == 2
    )
    assert opera.get(REQUESTS, creationStartDate="2026-03-11")["serviceRequestsDetails"] == []
    assert opera.get(REQUESTS, hotelIds="OTHER")["serviceRequestsDetails"] == []
    assert (
        opera.call("GET", REQUESTS, params={"priorityCodes": "1"}).json()["o:errorCode"] == "QUERY_NOT_SERVED"
    )


def test_asking_twice_with_one_id_calls_one_person(opera):
    assert ask(opera, ONE).content == ask(opera, ONE).content
    assert len(opera.get(REQUESTS)["serviceRequestsDetails"]) == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"code": ""}, 400), ({"code": "x" * 21}, 400), ({"status": "Closed"}, 400), ({"guestName": "Anna"}, 400),
     ({"hotelId": "OTHER"}, 400), ({"reservationIdList": [{"id": "1", "type": "Reservation"}]}, 404)],
)  # fmt: skip
def test_requests_that_are_refused(opera, fields, status):
    assert ask(opera, **fields).status_code == status


def test_an_unknown_request_is_404(opera):
    for key in ("7", "x"):
        body = {"serviceRequestsDetails": [{"serviceRequestId": {"id": key}, "status": "Closed"}]}
        assert opera.call("PUT", REQUESTS, body).status_code == 404


def folio(opera, sample, **params):
    path = f"/csh/v1/hotels/HOTEL/reservations/{opera.sample(sample)}/folios"
    return opera.get(path, **params)["reservationFolioInformation"]


def test_a_paid_bill(opera):
    found = folio(opera, "ready")
    (window,) = found["folioWindows"]
    assert window["balance"] == {"amount": 0, "currencyCode": "HUF"}
    assert (window["revenue"]["amount"], window["payment"]["amount"]) == (114000, 114000)
    charge, payment = window["folios"][0]["postings"]
    assert (charge["transactionDescription"], charge["transactionAmount"]) == ("Accommodation", 114000)
    assert (payment["transactionDescription"], payment["transactionAmount"]) == ("Payment", -114000)
    assert payment["creditAmount"]["amount"] == 114000
    assert found["reservationInfo"]["reservationGuest"]["surname"] == "Eriksson"
    # No date fits where the specification wants one (README).
    assert not {"transactionDate", "postingDate", "revenueDate"} & set(charge)


def test_a_bill_with_money_due(opera):
    (window,) = folio(opera, "balance-due")["folioWindows"]
    assert window["balance"] == {"amount": 76000, "currencyCode": "HUF"}
    assert len(window["folios"][0]["postings"]) == 1


def test_parts_of_a_bill(opera):
    assert "folios" not in folio(opera, "ready", summaryOnly="true")["folioWindows"][0]
    found = folio(opera, "ready", fetchInstructions=["Postings"])
    assert "reservationInfo" not in found
    assert "balance" not in found["folioWindows"][0]
    path = f"/csh/v1/hotels/HOTEL/reservations/{opera.sample('ready')}/folios"
    assert opera.call("GET", path, params={"fetchInstructions": "Payee"}).status_code == 400
    assert opera.call("GET", path, params={"folioWindowNo": "1"}).status_code == 400


def charge(opera, key, request_id="", **fields):
    posting = {
        "transactionCode": "4300",
        "price": {"amount": 12.5, "currencyCode": "HUF"},
        "postingQuantity": 1,
        "postingReference": "ours-1",
        **fields,
    }
    body = {"criteria": {"hotelId": "HOTEL", "cashierId": 7, "charges": [posting]}}
    return opera.call("POST", f"/csh/v1/hotels/HOTEL/reservations/{key}/charges", body, request_id=request_id)


def test_a_charge_stands_on_the_bill_with_its_reference(opera):
    key = opera.sample("in-house")
    answer = charge(opera, key)
    assert answer.status_code == 201
    (posted,) = answer.json()["postings"]
    (window,) = folio(opera, "in-house")["folioWindows"]
    assert window["folios"][0]["postings"][-1] == posted
    assert (posted["reference"], posted["transactionDescription"]) == ("ours-1", "Lost key")
    assert (posted["postedAmount"]["amount"], window["balance"]["amount"]) == (12.5, 12.5)
    assert "reference" not in window["folios"][0]["postings"][0]


def test_a_charge_is_posted_once_by_request_id_and_by_reference(opera):
    key = opera.sample("in-house")
    answers = [charge(opera, key, ONE), charge(opera, key, ONE), charge(opera, key)]
    assert len({answer.content for answer in answers}) == 1
    assert len(folio(opera, "in-house")["folioWindows"][0]["folios"][0]["postings"]) == 3
    assert charge(opera, key, price={"amount": 13}).json()["o:errorCode"] == "REFERENCE_REUSED"
    assert charge(opera, key, postingReference="ours-2", postingQuantity=2).status_code == 201
    assert folio(opera, "in-house")["folioWindows"][0]["balance"]["amount"] == 37.5


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"transactionCode": "1000"}, "TRANSACTION_CODE_UNKNOWN"), ({"transactionCode": ""}, "FIELD_INVALID"),
     ({"price": {"amount": 0}}, "FIELD_INVALID"), ({"price": {"amount": -5}}, "FIELD_INVALID"),
     ({"price": {"amount": 1.005}}, "FIELD_INVALID"), ({"price": {"amount": "5"}}, "FIELD_INVALID"),
     ({"price": {"amount": True}}, "FIELD_INVALID"), ({"price": {}}, "FIELD_INVALID"),
     ({"price": {"amount": 5, "currencyCode": "EUR"}}, "FIELD_INVALID"), ({"postingQuantity": 0}, "FIELD_INVALID"),
     ({"folioWindowNo": 2}, "FIELD_INVALID"), ({"articleCode": "KEY"}, "FIELD_NOT_SERVED")],
)  # fmt: skip
def test_charges_that_are_refused(opera, fields, code):
    answer = charge(opera, opera.sample("in-house"), **fields)
    assert (answer.status_code, answer.json()["o:errorCode"]) == (400, code)


def test_who_is_not_in_house_is_not_charged(opera):
    assert charge(opera, opera.sample("ready")).json()["o:errorCode"] == "NOT_IN_HOUSE"
    assert charge(opera, "7").status_code == 404
