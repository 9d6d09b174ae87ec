"""A signed card goes to the archive, and counts as there only when the archive has proved it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from kiosk.hotel.archive import ArchiveError, RegistrationArchive
from kiosk.hotel.backend import Trouble
from kiosk.outbox import Outbox

PDF = b"%PDF-1.4 Kov\xc3\xa1cs Anna " * 500
CARD = "5f0c6f0e-7a51-4f9b-8f6e-0d3f8f1f2a11"


class Server(ThreadingHTTPServer):
    """A real HTTP server; `answer` decides what it says to a PUT."""

    daemon_threads = True
    answer: Callable[[Server, BaseHTTPRequestHandler, bytes], None]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.stop = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/archive/v1"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is part of these tests."""


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), content))
        self.server.answer(self.server, self, content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Quiet."""


def say(handler: BaseHTTPRequestHandler, status: int, body: bytes, **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def acknowledge(server: Server, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    body = {"id": handler.path.rsplit("/", 1)[1], "sha256": hashlib.sha256(content).hexdigest()}
    say(handler, 201, json.dumps(body).encode())


@pytest.fixture
def server() -> Iterator[Server]:
    server = Server()
    server.answer = acknowledge
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.stop.set()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
async def archive(server: Server) -> object:
    archive = RegistrationArchive(
        server.url, lambda: "token-1", deadline_s=0.6, headers={"x-hotelid": "HOTEL"}
    )
    yield archive
    await archive.close()


async def test_a_card_arrives_whole_and_is_acknowledged(server: Server, archive: RegistrationArchive) -> None:
    await archive.deliver(CARD, PDF)
    ((path, headers, content),) = server.seen
    assert path == f"/archive/v1/registration-cards/{CARD}"
    assert headers["Authorization"] == "Bearer token-1"
    assert headers["Content-Type"] == "application/pdf"
    assert headers["x-hotelid"] == "HOTEL"
    assert content == PDF


@pytest.mark.parametrize(
    ("status", "body", "trouble", "code"),
    [
        (500, b"Kov\xc3\xa1cs Anna", Trouble.BROKEN, "500"),
        (503, b"", Trouble.BROKEN, "503"),
        (401, b"", Trouble.UNAUTHORISED, "401"),
        (404, b"", Trouble.REFUSED, "404"),
        (409, b"", Trouble.CONFLICT, "409"),
        (302, b"", Trouble.REFUSED, "302"),
        (204, b"", Trouble.REFUSED, "204"),
        (200, b"<html>thanks, Anna</html>", Trouble.BROKEN, "no acknowledgement"),
        (200, b"[1]", Trouble.BROKEN, "no acknowledgement"),
        (200, b"[" * 60000, Trouble.BROKEN, "no acknowledgement"),
        (200, json.dumps({"id": CARD, "sha256": None}).encode(), Trouble.BROKEN, "no acknowledgement"),
        (200, json.dumps({"id": CARD, "sha256": "0" * 64}).encode(), Trouble.BROKEN, "another sha256"),
        (
            200,
            json.dumps({"id": "x", "sha256": hashlib.sha256(PDF).hexdigest()}).encode(),
            Trouble.BROKEN,
            "another id",
        ),
        (200, b" " * 70000, Trouble.BROKEN, "answer too long"),
    ],
)
async def test_anything_else_is_no_acknowledgement(
    server: Server, archive: RegistrationArchive, status: int, body: bytes, trouble: Trouble, code: str
) -> None:
    server.answer = lambda _server, handler, _content: say(
        handler, status, body, Location="http://127.0.0.1:9/"
    )
    with pytest.raises(ArchiveError) as caught:
        await archive.deliver(CARD, PDF)
    assert (caught.value.trouble, caught.value.code) == (trouble, code)
    assert "Anna" not in str(caught.value)
    server.answer = acknowledge
    await archive.deliver(CARD, PDF)


def _hang_up(server: Server, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.close_connection = True


def _say_nothing(server: Server, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    server.stop.wait(10)


def _drip_head(server: Server, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    _drip(server, handler, b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"a" * 500)


def _drip_body(server: Server, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")
    _drip(server, handler, b" " * 500)


def _drip(server: Server, handler: BaseHTTPRequestHandler, content: bytes) -> None:
    for byte in content:
        if server.stop.wait(0.02):
            return
        handler.wfile.write(bytes([byte]))
        handler.wfile.flush()


@pytest.mark.parametrize("answer", [_say_nothing, _drip_head, _drip_body])
async def test_a_slow_archive_is_left_at_the_deadline(
    server: Server, archive: RegistrationArchive, answer: Callable[..., None]
) -> None:
    server.answer = answer
    started = time.monotonic()
    with pytest.raises(ArchiveError) as caught:
        await archive.deliver(CARD, PDF)
    assert caught.value.trouble is Trouble.TIMEOUT
    assert time.monotonic() - started < 1.2
    # Its thread is free again, and the next card goes.
    server.answer = acknowledge
    await archive.deliver(CARD, PDF)


async def test_an_archive_that_hangs_up_may_have_it(server: Server, archive: RegistrationArchive) -> None:
    server.answer = _hang_up
    with pytest.raises(ArchiveError) as caught:
        await archive.deliver(CARD, PDF)
    assert caught.value.trouble is Trouble.BROKEN
    assert caught.value.may_have_been_done


async def test_an_archive_that_is_down_has_nothing() -> None:
    with Server() as server:
        url = server.url
    archive = RegistrationArchive(url, lambda: "token-1", deadline_s=2)
    with pytest.raises(ArchiveError) as caught:
        await archive.deliver(CARD, PDF)
    assert caught.value.trouble is Trouble.DOWN
    assert not caught.value.may_have_been_done
    await archive.close()


async def test_proxies_and_netrc_of_the_machine_are_not_used(
    server: Server, archive: RegistrationArchive, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await archive.deliver(CARD, PDF)
    assert server.seen[0][1]["Authorization"] == "Bearer token-1"


@pytest.mark.parametrize(
    "url",
    [
        "http://archive.example/cards",
        "ftp://127.0.0.1",
        "archive",
        "https://",
        "http://localhost:80",
        "http://127.0.0.1.example",
    ],
)
def test_a_card_is_never_sent_in_clear(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        RegistrationArchive(url, lambda: "token-1")


async def test_an_id_never_leaves_its_place_in_the_address(
    server: Server, archive: RegistrationArchive
) -> None:
    server.answer = lambda _server, handler, content: say(
        handler, 200, json.dumps({"id": "../a b?x", "sha256": hashlib.sha256(content).hexdigest()}).encode()
    )
    await archive.deliver("../a b?x", PDF)
    assert server.seen[0][0] == "/archive/v1/registration-cards/..%2Fa%20b%3Fx"


async def test_a_card_stays_sealed_until_the_archive_has_it(
    server: Server, archive: RegistrationArchive, tmp_path: Path
) -> None:
    async def send(card_id: str, _kind: str, content: bytes) -> bool:
        await archive.deliver(card_id, content)
        return True

    outbox = Outbox(tmp_path, b"k" * 32)
    outbox.put(CARD, "registration-card", PDF)
    server.answer = lambda _server, handler, _content: say(handler, 500, b"")
    assert (await outbox.deliver(send)).kept == (CARD,)
    server.answer = acknowledge
    assert (await outbox.deliver(send, all_now=True)).sent == (CARD,)
    assert outbox.pending() == ()


async def test_the_loop_goes_on_while_a_card_is_on_its_way(
    server: Server, archive: RegistrationArchive
) -> None:
    server.answer = _say_nothing
    going = asyncio.ensure_future(archive.deliver(CARD, PDF))
    while not server.seen:
        await asyncio.to_thread(lambda: None)
    going.cancel()
    with pytest.raises(asyncio.CancelledError):
        await going
