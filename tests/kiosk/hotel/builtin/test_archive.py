"""The archive of registration cards, and the key of booking codes."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import requests

from kiosk.hotel.booking_code import read_public_key, sign, verify

PDF = b"%PDF-1.7\n" + b"card " * 100


def put(opera, key, content=PDF, **headers):
    sent = {"authorization": f"Bearer {opera.token}", "content-type": "application/pdf", **headers}
    return requests.put(
        f"{opera.base}/archive/v1/registration-cards/{key}", data=content, headers=sent, timeout=10
    )


def test_a_card_is_stored_once(opera):
    first = put(opera, "card-1")
    assert first.status_code == 201
    assert first.json() == {"id": "card-1", "sha256": hashlib.sha256(PDF).hexdigest()}
    again = put(opera, "card-1")
    assert (again.status_code, again.json()) == (200, first.json())
    other = put(opera, "card-1", PDF + b"!")
    assert (other.status_code, other.json()["o:errorCode"]) == (409, "DOCUMENT_DIFFERS")
    headers = {"authorization": f"Bearer {opera.token}"}
    back = requests.get(f"{opera.base}/archive/v1/registration-cards/card-1", headers=headers, timeout=10)
    assert (back.status_code, back.content, back.headers["content-type"]) == (200, PDF, "application/pdf")


@pytest.mark.parametrize(
    ("key", "content", "headers", "status"),
    [
        ("card-1", PDF, {"authorization": "Bearer x"}, 401),
        ("card-1", PDF, {"content-type": "text/plain"}, 415),
        ("card-1", b"<html>", {}, 400),
        ("card-1", b"", {}, 400),
        ("card%201", PDF, {}, 400),
        ("x" * 81, PDF, {}, 400),
        ("card-1", b"%PDF-" + bytes(5 * 1024 * 1024), {}, 413),
    ],
)
def test_cards_that_are_refused(opera, key, content, headers, status):
    assert put(opera, key, content, **headers).status_code == status


def test_five_megabytes_are_taken(opera):
    assert put(opera, "large", b"%PDF-".ljust(5 * 1024 * 1024, b" ")).status_code == 201


def test_an_unknown_card_is_404_and_nothing_without_a_token(opera):
    address = f"{opera.base}/archive/v1/registration-cards/none"
    assert (
        requests.get(address, headers={"authorization": f"Bearer {opera.token}"}, timeout=10).status_code
        == 404
    )
    assert requests.get(address, timeout=10).status_code == 401


def test_the_public_key_is_there_for_all(opera, tmp_path):
    answer = requests.get(f"{opera.base}/booking-code.pub", timeout=10)
    path = tmp_path / "key.pub"
    path.write_bytes(answer.content)
    assert answer.content == opera.state.public_key_path.read_bytes()
    now = datetime(2026, 3, 10, tzinfo=UTC)
    text = sign(opera.state.booking_key, "HOTEL", "70010001", now + timedelta(days=1))
    assert verify(text, read_public_key(path), "HOTEL", now).confirmation == "70010001"
