"""A hotel that misbehaves: each fault is told apart, within the deadline, and the next call works."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
import traceback
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.faults import TABLE
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Guest, IssuedKey
from kiosk.hotel.opera import Credentials, OperaHotel
from kiosk.hotel.opera_deadline import Deadline
from kiosk.hotel.opera_http import WORKERS
from tests.kiosk.hotel.bad_gateway import (
    HEAD,
    answered_and_cut,
    cut,
    cut_in_body,
    cut_in_chunk,
    cut_in_head,
    drip,
    drip_of_headers,
    huge_and_endless,
    huge_and_said,
    long_header,
    many_headers,
    no_http,
    says,
    silent,
    silent_in_body,
)
from tests.kiosk.hotel.conftest import Connect

DEADLINE_S = 1.0
MARGIN_S = 0.5
NAME = "Zweisteinowska"

FAULTS: dict[str, tuple[Any, Trouble]] = {
    "cut before an answer": (cut, Trouble.BROKEN),
    "cut in the head": (cut_in_head, Trouble.BROKEN),
    "cut in the body": (cut_in_body, Trouble.BROKEN),
    "cut in a chunk": (cut_in_chunk, Trouble.BROKEN),
    "500": (says(500, b'{"type":"x","title":"y"}'), Trouble.BROKEN),
    "502 in HTML": (says(502, b"<html>", "content-type: text/html"), Trouble.BROKEN),
    "silence": (silent, Trouble.TIMEOUT),
    "silence in the body": (silent_in_body, Trouble.TIMEOUT),
    "drip of the status line": (drip(b"HTTP/1.1 200 ", b"O"), Trouble.TIMEOUT),
    "drip of a header": (drip(HEAD + b"x-slow: ", b"a"), Trouble.TIMEOUT),
    "drip of headers": (drip_of_headers, Trouble.TIMEOUT),
    "drip of 100 Continue": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Trouble.TIMEOUT),
    "drip of the body": (drip(HEAD + b"content-length: 500\r\n\r\n", b" "), Trouble.TIMEOUT),
    "drip of chunks": (drip(HEAD + b"transfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"), Trouble.TIMEOUT),
    "drip without a length": (drip(HEAD + b"connection: close\r\n\r\n", b" "), Trouble.TIMEOUT),
    "no HTTP": (no_http, Trouble.BROKEN),
    "too many headers": (many_headers, Trouble.BROKEN),
    "a header too long": (long_header, Trouble.BROKEN),
    "a body too long": (huge_and_said, Trouble.BROKEN),
    "a body without end": (huge_and_endless, Trouble.BROKEN),
    "a packed body": (says(200, b"\x1f\x8b", "content-encoding: gzip"), Trouble.BROKEN),
    "HTML": (says(200, b"<html>", "content-type: text/html"), Trouble.BROKEN),
    "no JSON": (says(200, b"{hotel}"), Trouble.BROKEN),
    "half a JSON": (says(200, b'{"hotelRoomsDetails":'), Trouble.BROKEN),
    "not UTF-8": (says(200, b'{"a":"\xff\xfe"}'), Trouble.BROKEN),
    "a list": (says(200, b"[]"), Trouble.BROKEN),
    "NaN": (says(200, b'{"a":NaN}'), Trouble.BROKEN),
    "a deep nest": (says(200, b'{"a":' + b"[" * 100_000), Trouble.BROKEN),
    "a number of 5000 digits": (says(200, b'{"a":' + b"9" * 5000 + b"}"), Trouble.BROKEN),
    "a number out of this world": (says(200, b'{"a":1e99999999999999999999}'), Trouble.BROKEN),
    "another shape": (says(200, b'{"hotelRoomsDetails":[1]}'), Trouble.BROKEN),
    "another type": (says(200, b'{"hotelRoomsDetails":{"room":"101"}}'), Trouble.BROKEN),
    "a field missing": (says(200, b'{"hotelRoomsDetails":{"room":[{"floor":"1"}]}}'), Trouble.BROKEN),
    "a redirect": (says(302, b"", "location: /elsewhere"), Trouble.BROKEN),
    "a permanent redirect": (says(308, b"", "location: /elsewhere"), Trouble.BROKEN),
    "403": (says(403, b""), Trouble.UNAUTHORISED),
    "404": (says(404, b'{"type":"x","title":"y","o:errorCode":"PATH_UNKNOWN"}'), Trouble.NOT_FOUND),
    "400": (says(400, b'{"type":"x","title":"y","o:errorCode":"NO_ROOM"}'), Trouble.REFUSED),
    "a conflict": (says(400, b'{"type":"x","title":"y","o:errorCode":"ROOM_TAKEN"}'), Trouble.CONFLICT),
}


@pytest.mark.parametrize("name", FAULTS)
async def test_each_fault_is_told_within_the_deadline_and_the_next_call_works(
    name: str, gateway: Any, connect: Connect
) -> None:
    fault, trouble = FAULTS[name]
    hotel = await connect(gateway.url, DEADLINE_S)
    await hotel.ping()
    gateway.bad = [fault, fault]  # a safe call is asked twice
    began = time.monotonic()
    with pytest.raises(HotelError) as caught:
        await hotel.ping()
    assert time.monotonic() - began < DEADLINE_S + MARGIN_S
    assert caught.value.trouble is trouble
    gateway.bad = []
    await hotel.ping()
    assert all(each.path != "/elsewhere" for each in gateway.asked)


@pytest.mark.parametrize("fault", [cut, cut_in_body, silent, drip_of_headers, says(500, b"{}")])
async def test_a_check_in_that_may_have_been_done_is_not_asked_again(
    fault: Any, gateway: Any, connect: Connect
) -> None:
    hotel = await connect(gateway.url, DEADLINE_S)
    gateway.bad = [fault]
    with pytest.raises(HotelError) as caught:
        await hotel.check_in("4711")
    assert caught.value.may_have_been_done
    assert len(gateway.asked) == 1


async def test_a_refused_call_was_not_done(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [says(400, b'{"o:errorCode":"PAYMENT_DUE","detail":"of ' + NAME.encode() + b'"}')]
    with pytest.raises(HotelError) as caught:
        await hotel.check_in("4711")
    assert (caught.value.trouble, caught.value.code) == (Trouble.REFUSED, "PAYMENT_DUE")
    assert not caught.value.may_have_been_done
    assert str(caught.value) == "check_in: refused (PAYMENT_DUE)"


async def test_a_search_that_was_cut_is_asked_again(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [cut]
    await hotel.ping()
    assert len(gateway.asked) == 2


async def test_a_key_that_was_cut_is_asked_again_with_the_same_request_id(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.good = b'{"keyTrack":{"keyTrack1":"77","keyTrack2":"5"}}'
    gateway.bad = [cut]
    now = datetime(2030, 5, 1, 15, tzinfo=UTC)
    key = await hotel.allocate_key(
        "4711", "305", valid_from=now, valid_until=now + timedelta(days=1), further=False, token="one-visit"
    )
    assert key == IssuedKey("4711", "305", 5, now, now + timedelta(days=1), number="77")
    first, second = gateway.asked
    assert first.headers["x-request-id"] == second.headers["x-request-id"]
    assert first.body == second.body


async def test_a_gateway_that_hangs_up_after_each_answer_costs_no_check_in(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [answered_and_cut] * 60
    for _ in range(30):
        await hotel.ping()
        await hotel.check_in("4711")
    assert sum(each.method == "POST" for each in gateway.asked) == 30


def test_every_trouble_of_the_hotel_is_raised_by_one_of_them() -> None:
    """DOWN by nobody who listens, below."""
    assert {trouble for _, trouble in FAULTS.values()} | {Trouble.DOWN} == set(Trouble)
    assert {code for code in TABLE if code.startswith("hotel.")} == {f"hotel.{trouble}" for trouble in Trouble}


async def test_no_connection_is_down_and_comes_back(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    await hotel.ping()
    await gateway.stop()
    for _ in range(2):
        with pytest.raises(HotelError) as caught:
            await hotel.check_in("4711")
        assert caught.value.trouble is Trouble.DOWN
        assert not caught.value.may_have_been_done
    await gateway.start()
    await hotel.ping()


async def test_a_slow_call_does_not_hold_up_another(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, 1.0)
    await hotel.ping()
    gateway.bad = [silent]
    slow = asyncio.create_task(hotel.check_in("4711"))
    await gateway.until_asked(2)
    began = time.monotonic()
    await hotel.ping()
    assert time.monotonic() - began < 0.5
    with pytest.raises(HotelError):
        await slow


async def test_calls_behind_stuck_ones_end_by_their_deadline_too(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, DEADLINE_S)
    gateway.bad = [silent] * 12
    began = time.monotonic()
    troubles = await asyncio.gather(*(hotel.check_in(str(n)) for n in range(6)), return_exceptions=True)
    assert time.monotonic() - began < DEADLINE_S + MARGIN_S
    assert [each.trouble for each in troubles if isinstance(each, HotelError)].count(Trouble.TIMEOUT) == WORKERS
    assert [each.trouble for each in troubles if isinstance(each, HotelError)].count(Trouble.DOWN) == 6 - WORKERS
    gateway.bad = []
    await hotel.ping()
    assert len(gateway.asked) == WORKERS + 1  # what never began was never sent


async def test_a_call_that_is_given_up_leaves_the_hotel_usable(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url, DEADLINE_S)
    gateway.bad = [silent]
    given_up = asyncio.create_task(hotel.check_in("4711"))
    await gateway.until_asked(1)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    await hotel.ping()


def self_signed(folder: Path) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    certificate = builder.sign(key, hashes.SHA256())
    pem, encoding = folder / "hotel.pem", serialization.Encoding.PEM
    plain = serialization.NoEncryption()
    pem.write_bytes(
        key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain) + certificate.public_bytes(encoding)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


async def test_a_certificate_of_nobody_is_refused(gateway: Any, connect: Connect, tmp_path: Path) -> None:
    await gateway.stop()
    gateway.tls = self_signed(tmp_path)
    await gateway.start()
    hotel = await connect(gateway.url)
    with pytest.raises(HotelError) as caught:
        await hotel.ping()
    assert caught.value.trouble is Trouble.DOWN
    assert gateway.tokens == 0


async def test_a_tls_greeting_that_never_comes_is_down(connect: Connect) -> None:
    done = asyncio.Event()

    async def quiet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    server = await asyncio.start_server(quiet, "127.0.0.1", 0)
    hotel = await connect(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}", DEADLINE_S)
    began = time.monotonic()
    with pytest.raises(HotelError) as caught:
        await hotel.ping()
    assert time.monotonic() - began < DEADLINE_S + MARGIN_S
    assert caught.value.trouble is Trouble.DOWN
    done.set()
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("url", ["http://hotel.example", "ftp://127.0.0.1", "hotel.example", "https://", "https://h/?a=b"])
def test_an_address_that_is_not_safe_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        OperaHotel(url, "HOTEL", Credentials("a", "b", "c"), 1)


NO_STATUS = says(200, b'{"reservations":{"reservationInfo":[{"reservationGuest":{"surname":"%b"}}]}}' % NAME.encode())


@pytest.mark.parametrize("name", ["cut before an answer", "500", "silence", "no JSON", "too many headers", "no status"])
async def test_no_name_of_a_guest_gets_into_a_log_or_an_error(
    name: str, gateway: Any, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for each in ("urllib3", "requests", "http.client"):
        logging.getLogger(each).setLevel(logging.DEBUG)
    hotel = await connect(gateway.url, DEADLINE_S)
    fault = NO_STATUS if name == "no status" else FAULTS[name][0]
    gateway.bad = [fault] * 2
    with pytest.raises(HotelError) as caught:
        await hotel.find_by_name(NAME)
    gateway.bad = [cut if name == "no status" else fault]
    with pytest.raises(HotelError) as also:
        await hotel.save_guest(Guest("1", "Ann", NAME))
    assert NAME in gateway.asked[0].path
    for error in (caught.value, also.value):
        told = "".join(traceback.format_exception(error)) + repr(error.__context__) + repr(error.__cause__)
        assert NAME not in told
    assert NAME not in caplog.text


async def test_what_the_hotel_answers_gets_into_no_error(gateway: Any, connect: Connect) -> None:
    hotel = await connect(gateway.url)
    gateway.bad = [says(400, f'{{"o:errorCode":"{NAME} is not here!","detail":"{NAME}"}}'.encode())]
    with pytest.raises(HotelError) as caught:
        await hotel.note("4711", "typed")
    assert NAME not in str(caught.value)
    assert caught.value.code == "400"


def test_credentials_and_answers_do_not_show_themselves() -> None:
    secret = replace(Credentials("id", "hunter2", "key"), password="hunter3")
    assert "hunter" not in repr(secret)


def test_of_two_requests_of_one_call_neither_answers_for_the_other() -> None:
    """Else one that was cut after it was sent is told as never sent, since the other has just begun."""
    whole = Deadline(10, lambda: 0.0)
    whole.part(matters=False).asked = True  # for a token
    assert not whole.asked
    sent = whole.part(matters=True)
    sent.asked = True
    begun = whole.part(matters=True)
    assert (sent.asked, begun.asked, whole.asked) == (True, False, True)
    assert whole.part(matters=True).left() == whole.left() == 10
