"""Tokens, application key, hotel: who gets an answer."""

from __future__ import annotations

import json
import stat
from datetime import timedelta

import pytest


def test_a_token_is_given_for_client_and_application_key(opera):
    answer = opera.sign_in()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 3600)
    assert len(body["access_token"]) > 40


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"headers": {"authorization": "Basic d3Jvbmc6d3Jvbmc="}}, 401, "CLIENT_UNKNOWN"),
        ({"headers": {"authorization": "Basic ???"}}, 401, "CLIENT_UNKNOWN"),
        ({"headers": {"x-app-key": "41ecd082-8997-4c69-af34-2f72b83645ff"}}, 401, "CLIENT_UNKNOWN"),
        ({"headers": {"x-app-key": "nonsense"}}, 400, "HEADER_INVALID"),
        ({"headers": {"x-app-key": None}}, 400, "HEADER_MISSING"),
        ({"grant_type": "password"}, 400, "GRANT_NOT_SERVED"),
        ({"scope": ""}, 400, "FIELD_INVALID"),
        ({"headers": {"content-type": "application/json"}}, 415, "CONTENT_TYPE"),
    ],
)
def test_no_token_for_others(opera, changes, status, code):
    answer = opera.sign_in(**changes)
    assert (answer.status_code, answer.json()["o:errorCode"]) == (status, code)


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"authorization": None}, 401, "TOKEN_INVALID"),
        ({"authorization": "Bearer "}, 401, "TOKEN_INVALID"),
        ({"authorization": "Bearer 99999999999.x.forged"}, 401, "TOKEN_INVALID"),
        ({"authorization": "Bearer \u00e9"}, 401, "TOKEN_INVALID"),
        ({"x-app-key": None}, 400, "HEADER_MISSING"),
        ({"x-app-key": "not-a-uuid"}, 400, "HEADER_INVALID"),
        ({"x-app-key": "41ecd082-8997-4c69-af34-2f72b83645ff"}, 401, "APP_KEY_UNKNOWN"),
        ({"x-hotelid": None}, 400, "HEADER_MISSING"),
        ({"x-hotelid": "OTHER"}, 403, "HOTEL_FORBIDDEN"),
        ({"x-request-id": "not-a-uuid"}, 400, "HEADER_INVALID"),
    ],
)
def test_no_answer_without_the_right_headers(opera, headers, status, code):
    answer = opera.call("GET", opera.rsv(), headers=headers)
    assert (answer.status_code, answer.json()["o:errorCode"]) == (status, code)
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"


def test_another_hotel_in_the_path_is_forbidden(opera):
    answer = opera.call("GET", "/rsv/v1/hotels/OTHER/reservations")
    assert (answer.status_code, answer.json()["o:errorCode"]) == (403, "HOTEL_FORBIDDEN")


def test_a_token_ends_after_an_hour(opera, clock):
    clock.time += timedelta(minutes=59)
    assert opera.call("GET", opera.rsv(), params={"limit": 1}).status_code == 200
    clock.time += timedelta(minutes=2)
    assert opera.call("GET", opera.rsv(), params={"limit": 1}).status_code == 401


def test_errors_have_the_specified_body_and_no_value_of_the_request(opera):
    answer = opera.call("GET", opera.rsv(), params={"arrivalStartDate": "Anna Eriksson"})
    assert answer.status_code == 400
    assert answer.json() == {
        "type": "urn:builtin-hotel:QUERY_INVALID",
        "title": "Bad Request",
        "status": 400,
        "detail": "Query invalid.",
        "o:errorCode": "QUERY_INVALID",
        "o:errorPath": "arrivalStartDate",
    }


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/rsv/v1/nothing", 404), ("PATCH", "/crm/v1/profiles/1", 405)]
)
def test_unknown_paths_and_methods_have_an_error_body_too(opera, method, path, status):
    answer = opera.call(method, path)
    assert answer.status_code == answer.json()["status"] == status


@pytest.mark.parametrize("body", [b"", b"{", b"[" * 100_000, b'"text"', b"[]", b"null"])
def test_a_body_that_is_none_is_refused(opera, body):
    answer = opera.call("POST", opera.fof(opera.sample("ready"), "checkIns"), body)
    assert answer.status_code == 400
    assert answer.json()["o:errorCode"] in ("BODY_INVALID", "FIELD_INVALID")


def test_a_body_that_is_too_long_or_of_another_type_is_refused(opera):
    path = opera.fof(opera.sample("ready"), "checkIns")
    assert opera.call("POST", path, b" " * 300_000).status_code == 413
    assert opera.call("POST", path, {}, headers={"content-type": "text/plain"}).status_code == 415


def test_secrets_are_the_owners_alone(opera):
    for name in ("credentials.json", "token.key", "booking-code.key"):
        assert stat.S_IMODE((opera.state.path / name).stat().st_mode) == 0o600
    credentials = json.loads((opera.state.path / "credentials.json").read_text())
    assert set(credentials) == {"hotel_id", "client_id", "client_secret", "app_key", "scope"}
