"""How the kiosk gets in: a token asked for, used, renewed and refused."""

from __future__ import annotations

import asyncio
import time
from base64 import b64decode
from typing import Any
from urllib.parse import parse_qs

import pytest

from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.opera import Credentials, OperaHotel
from tests.kiosk.hotel.bad_gateway import cut, drip_of_headers, says, silent
from tests.kiosk.hotel.conftest import Connect

DEADLINE_S = 1.0
MARGIN_S = 0.5


async def test_a_revoked_token_is_renewed_once(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [says(401, b"")]
    await hotel.ping()
    assert [each.headers["authorization"] for each in gateway.asked] == ["Bearer token-1", "Bearer token-2"]


async def test_a_check_in_refused_for_its_token_is_done_with_a_new_one(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [says(401, b"")]
    await hotel.check_in("4711")
    assert len(gateway.asked) == 2


async def test_a_token_that_never_does_is_unauthorised(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [says(401, b'{"o:errorCode":"TOKEN_INVALID"}')] * 2
    with pytest.raises(HotelError) as caught:
        await hotel.ping()
    assert (caught.value.trouble, caught.value.code) == (Trouble.UNAUTHORISED, "TOKEN_INVALID")


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_wrong_credentials_are_unauthorised(status: int, gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad_tokens = [says(status, b"")]
    with pytest.raises(HotelError) as caught:
        await hotel.check_in("4711")
    assert caught.value.trouble is Trouble.UNAUTHORISED
    assert gateway.asked == []
    await hotel.ping()


@pytest.mark.parametrize(
    "fault",
    [
        cut,
        silent,
        drip_of_headers,
        says(500, b""),
        says(302, b"", "location: /elsewhere"),
        says(200, b'{"access_token":5}'),
        says(200, b'{"access_token":"one\\ntwo"}'),
        says(200, b'{"access_token":"x","expires_in":"soon"}'),
    ],
)
async def test_without_a_token_nothing_was_done(fault: Any, gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, DEADLINE_S)
    gateway.bad_tokens = [fault]
    began = time.monotonic()
    with pytest.raises(HotelError) as caught:
        await hotel.check_in("4711")
    assert time.monotonic() - began < DEADLINE_S + MARGIN_S
    assert caught.value.trouble is Trouble.DOWN
    assert gateway.asked == []
    await hotel.ping()


async def test_a_token_is_renewed_before_it_expires(gateway: Any, connect: Connect) -> None:
    now = [1000.0]
    hotel = await connect(gateway.url, clock=lambda: now[0])
    await hotel.ping()
    now[0] += 3500
    await hotel.ping()
    assert gateway.tokens == 1
    now[0] += 60  # 40 s before its end
    await hotel.ping()
    assert gateway.tokens == 2


KEY = "0f5a3c1e-7b7d-4f0e-9a53-0d9c3a7b1f11"


@pytest.mark.parametrize(
    ("credentials", "form"),
    [
        (Credentials("me", "se:cret", KEY), {"grant_type": ["client_credentials"]}),
        (
            Credentials("me", "se:cret", KEY, scope="urn:a b"),
            {"grant_type": ["client_credentials"], "scope": ["urn:a b"]},
        ),
        (
            Credentials("me", "se:cret", KEY, username="kiosk", password="p&w=d"),
            {"grant_type": ["password"], "username": ["kiosk"], "password": ["p&w=d"]},
        ),
        (Credentials("me", "se:cret", KEY, enterprise_id="HOUSE"), {"grant_type": ["client_credentials"]}),
    ],
)
async def test_how_a_token_is_asked_for_and_used(
    credentials: Credentials, form: dict[str, list[str]], gateway: Any
) -> None:
    hotel = OperaHotel(gateway.url, "HOTEL", credentials, DEADLINE_S)
    await hotel.open()
    await hotel.ping()
    await hotel.close()
    (asked,) = gateway.asked_for_token
    assert asked.method == "POST"
    assert parse_qs(asked.body.decode()) == form
    assert asked.headers["content-type"] == "application/x-www-form-urlencoded"
    assert b64decode(asked.headers["authorization"].removeprefix("Basic ")) == b"me:se:cret"
    assert asked.headers["x-app-key"] == KEY
    assert asked.headers.get("enterpriseid", "") == credentials.enterprise_id
    headers = gateway.asked[0].headers
    assert headers["authorization"] == "Bearer token-1"
    assert headers["x-app-key"] == KEY
    assert headers["x-hotelid"] == "HOTEL"


async def test_another_server_of_the_hotel_is_given_the_same_token(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    assert await asyncio.to_thread(hotel.token) == "token-1"
    await hotel.ping()
    assert gateway.tokens == 1
    assert gateway.asked[0].headers["authorization"] == "Bearer token-1"


@pytest.mark.parametrize(("fault", "trouble"), [(silent, Trouble.DOWN), (says(401, b""), Trouble.UNAUTHORISED)])
async def test_no_token_for_another_server_within_the_deadline(
    fault: Any, trouble: Trouble, gateway: Any, connect: Connect
) -> None:
    hotel = await connect(gateway.url, DEADLINE_S)
    gateway.bad_tokens = [fault]
    began = time.monotonic()
    with pytest.raises(HotelError) as caught:
        await asyncio.to_thread(hotel.token)
    assert caught.value.trouble is trouble
    assert time.monotonic() - began < DEADLINE_S + MARGIN_S
