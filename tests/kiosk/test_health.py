"""A monitor asks how the terminal is: what it is told, what it never is, and that it can hold nothing."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.readings import State
from kiosk.health_server import AGAIN_AFTER_S, MOST_AT_ONCE, MOST_BYTES, HealthServer, _Page
from kiosk.settings import SettingsError, load
from tests.kiosk.asked import WITHIN_S, Asked, asking, metrics
from tests.kiosk.conftest import Stand


@pytest.fixture
async def asked(stand: Stand, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asking(stand, tmp_path) as asked:
        yield asked


async def test_what_nobody_has_asked_yet_is_unknown_and_not_well(asked: Asked) -> None:
    status, head, body = await asked.get("/health")
    told = json.loads(body)
    assert (status, head["Content-Type"], told["state"]) == (503, "application/json", "unknown")
    assert told["parts"]["printer"]["state"] == "well"
    assert told["parts"]["hotel"]["state"] == "unknown"


async def test_a_terminal_whose_parts_all_answer_is_well(asked: Asked) -> None:
    asked.proves_the_rest()
    status, _, body = await asked.get("/health")
    assert (status, json.loads(body)["state"]) == (200, "well")
    assert json.loads(body)["parts"]["printer"]["faults"] == []


@pytest.mark.parametrize(
    ("verb", "state", "status", "overall", "code"),
    [
        ("paper-low", State.NEEDS_CARE, 200, "needs-care", "printer.paper-low"),
        ("paper-out", State.ILL, 503, "ill", "printer.paper-out"),
        ("unplug", State.GONE, 503, "ill", "printer.gone"),
        ("silent", State.UNKNOWN, 503, "unknown", "printer.silent"),
    ],
)
async def test_what_is_wrong_with_a_device_is_told_with_its_code(
    asked: Asked, verb: str, state: State, status: int, overall: str, code: str
) -> None:
    asked.proves_the_rest()
    await asked.printer.do(verb)
    await asked.until(state)
    found, _, body = await asked.get("/health")
    told = json.loads(body)
    assert (found, told["state"]) == (status, overall)
    assert code in [fault["code"] for fault in told["parts"]["printer"]["faults"]]
    _, head, page = await asked.get("/metrics")
    values = metrics(page)
    assert head["Content-Type"].startswith("text/plain")
    assert values["kiosk_device_state", "printer", state] == 1
    assert values["kiosk_device_state", "printer", "well"] == 0
    assert values["kiosk_device_fault", code, "printer"] == 1
    assert values["kiosk_device_faults_total", "printer"] >= 1
    assert values["kiosk_state", overall] == 1


async def test_a_monitor_counts_visits_and_what_waits(asked: Asked) -> None:
    terminal = asked.stand.terminal
    terminal.tell_desk("TOWELS", "room 107 wants towels")
    terminal.outbox.put("card-1", "card", b"sealed")
    _, _, body = await asked.get("/metrics")
    values = metrics(body)
    assert values["kiosk_waiting", "messages"] == 1
    assert values["kiosk_waiting", "signed-cards"] == 1
    assert values["kiosk_waiting", "effects"] == 0
    assert values["kiosk_visits_total",] == 0
    assert values["kiosk_uptime_seconds",] > 0
    assert ("kiosk_hotel_up",) not in values
    assert values["kiosk_part_state", "hotel", "unknown"] == 1
    assert b"TOWELS" not in body
    assert b"107" not in body
    terminal._heard_of_hotel(False)
    asked.forget()
    assert metrics((await asked.get("/metrics"))[2])["kiosk_hotel_up",] == 0


async def test_a_head_tells_the_length_alone_and_everything_else_is_refused(asked: Asked) -> None:
    status, head, body = await asked.get("/health", "HEAD")
    assert (status, body) == (503, b"")
    assert int(head["Content-Length"]) > 100
    assert (await asked.get("/"))[0] == 404
    assert (await asked.get("/health/../../etc/passwd"))[0] == 404
    assert (await asked.get("/health?full=1"))[0] == 503
    for method in ("POST", "PUT", "DELETE"):
        assert (await asked.get("/health", method))[0] == 405
    assert (await asked.raw(b"hello\r\n\r\n"))[0] == 400
    assert (await asked.raw(b"\xff\xfe \x00 HTTP/9\r\n\r\n"))[0] == 400


async def test_who_asks_often_is_answered_from_what_was_just_looked_up(asked: Asked) -> None:
    first = (await asked.get("/metrics"))[2]
    asked.stand.terminal.tell_desk("X", "x")
    assert (await asked.get("/metrics"))[2] == first
    asked.forget()
    assert (await asked.get("/metrics"))[2] != first


async def test_a_monitor_is_answered_however_many_others_dawdle(asked: Asked) -> None:
    others = [await asyncio.open_connection("127.0.0.1", asked.server.port) for _ in range(3 * MOST_AT_ONCE)]
    assert (await asked.get("/health"))[0] == 503
    assert len(asked.server._asking) <= MOST_AT_ONCE
    for _, writer in others:
        writer.close()


async def test_who_says_nothing_or_too_much_holds_nothing(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slow, silent and endless clients: cut off in time, and nothing of them is left."""
    monkeypatch.setattr("kiosk.health_server.WITHIN_S", 0.3)
    files = len(os.listdir("/proc/self/fd"))
    silent = [await asyncio.open_connection("127.0.0.1", asked.server.port) for _ in range(MOST_AT_ONCE + 4)]
    endless_reader, endless = await asyncio.open_connection("127.0.0.1", asked.server.port)
    began = time.monotonic()
    for reader, _ in silent:
        await _ends(reader)
    assert time.monotonic() - began < 3
    endless.write(b"GET /health HTTP/1.1\r\nX: " + b"x" * (4 * MOST_BYTES))
    await _ends(endless_reader)
    for _, writer in (*silent, (endless_reader, endless)):
        writer.close()
    await asyncio.sleep(0)
    assert (await asked.get("/health"))[0] == 503
    async with asyncio.timeout(WITHIN_S):
        while len(os.listdir("/proc/self/fd")) > files or asked.server._asking:
            await asyncio.sleep(0.01)


async def test_who_asks_a_letter_at_a_time_is_cut_off_and_others_are_answered_meanwhile(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asked.get("/health")
    monkeypatch.setattr("kiosk.health_server.WITHIN_S", 1.0)
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.server.port)

    async def drips() -> None:
        for letter in b"GET /health HTTP/1.1\r\nHost: " + b"x" * 1000:
            writer.write(bytes([letter]))
            await asyncio.sleep(0.02)

    dripping = asyncio.ensure_future(drips())
    began = time.monotonic()
    assert (await asked.get("/health"))[0] == 503
    assert not dripping.done(), "nobody waits for who is slow"
    await _ends(reader)
    assert time.monotonic() - began < 5
    dripping.cancel()
    await asyncio.gather(dripping, return_exceptions=True)
    writer.close()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET http://127.0.0.1/health HTTP/1.1\r\n\r\n", 404),
        (b"GET /he%61lth HTTP/1.1\r\n\r\n", 404),
        (b"GET /health\x00 HTTP/1.1\r\n\r\n", 404),
        (b"GET  /health HTTP/1.1\r\n\r\n", 400),
        (b"\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", 503),
        (b"POST /metrics HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 405),
    ],
)
async def test_what_is_no_request_of_ours_is_refused_in_a_word(asked: Asked, request_: bytes, status: int) -> None:
    found, head, body = await asked.raw(request_)
    assert found == status
    assert int(head["Content-Length"]) == len(body)
    assert status == 503 or len(body) < 30


async def _ends(reader: asyncio.StreamReader) -> None:
    """The server lets go of it."""
    async with asyncio.timeout(WITHIN_S):
        try:
            assert await reader.read() == b""
        except ConnectionError:
            return


async def test_a_client_that_does_not_read_its_answer_is_let_go(asked: Asked, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.health_server.WITHIN_S", 0.3)
    longer_than_the_kernel_keeps = _Page(200, "text/plain", b"x" * 16_000_000, time.monotonic() + WITHIN_S)
    asked.server._kept["/metrics"] = longer_than_the_kernel_keeps
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        slow.setblocking(False)
        await asyncio.get_running_loop().sock_connect(slow, ("127.0.0.1", asked.server.port))
        await asyncio.get_running_loop().sock_sendall(slow, b"GET /metrics HTTP/1.1\r\n\r\n")
        async with asyncio.timeout(WITHIN_S):
            while not asked.server._asking:
                await asyncio.sleep(0.01)
            while asked.server._asking:
                await asyncio.sleep(0.01)


async def test_a_port_that_somebody_else_has_is_only_a_warning(asked: Asked) -> None:
    second = HealthServer(asked.health, f"127.0.0.1:{asked.server.port}")
    await second.open()
    assert second.port == 0
    await second.close()
    nowhere = HealthServer(asked.health, "")
    await nowhere.open()
    assert nowhere.port == 0


@pytest.mark.parametrize("listen", ["9464", "localhost", "127.0.0.1:99999", "127.0.0.1:http", ":9464"])
def test_a_place_that_is_none_is_said_when_the_configuration_is_read(tmp_path: Path, listen: str) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text(f"[kiosk]\ndemo = yes\n[health]\nlisten = {listen}\n")
    with pytest.raises(SettingsError, match="host:port such as"):
        load(path)


def test_a_place_in_the_hotels_network_is_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "kiosk.ini"
    path.write_text("[kiosk]\ndemo = yes\n[health]\nlisten = 0.0.0.0:9464\n")
    assert any("[health] listen" in doubt for doubt in load(path).doubts)


async def test_a_place_that_a_kiosk_just_ending_still_has_is_taken_when_it_is_free(asked: Asked) -> None:
    clock = asked.stand.clock
    second = HealthServer(asked.health, f"127.0.0.1:{asked.server.port}")
    await second.open()
    running = asyncio.ensure_future(second.run(clock.sleep))
    try:
        await clock.move(AGAIN_AFTER_S)
        assert second.port == 0, "it is still the other's"
        await asked.server.close()
        async with asyncio.timeout(WITHIN_S):
            while not second.port:
                await clock.move(AGAIN_AFTER_S)
        asked.server = second
        assert (await asked.get("/health"))[0] == 503
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await second.close()
