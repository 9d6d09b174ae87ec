"""A monitor asks how the terminal is: what it is told, what it never is, and that it can hold nothing."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from hardware.checks import CheckResult, Outcome
from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.printer.virtual import VirtualPrinter
from hardware.readings import Kind, State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import part
from kiosk.health import Health
from kiosk.health_server import AGAIN_AFTER_S, MOST_AT_ONCE, MOST_BYTES, HealthServer, _Page
from kiosk.reception import Reception
from kiosk.rounds import EVERY_S, FIRST_AFTER_S, Rounds
from kiosk.sections import HealthSection
from kiosk.settings import SettingsError, load
from tests.kiosk.conftest import Stand

WITHIN_S = 10.0


class Asked:
    """A server on a free port, and who asks it."""

    def __init__(self, stand: Stand, server: HealthServer, health: Health, printer: VirtualPrinter) -> None:
        self.stand, self.server, self.health, self.printer = stand, server, health, printer

    async def get(self, path: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        return await self.raw(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    async def raw(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        writer.write(request)
        async with asyncio.timeout(WITHIN_S):
            answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        return int(lines[0].split()[1]), dict(line.split(": ", 1) for line in lines[1:]), body

    def writes(self, check: str, outcome: Outcome, fault: str | None = None) -> None:
        """A check of what is no device came out so, just now."""
        terminal = self.stand.terminal
        tried = Tried(check.partition(".")[0], check, check, CheckResult(outcome, "Anna Eriksson", fault=fault), terminal.now())
        terminal.book.write(tried, terminal.clock.monotonic())
        self.forget()

    def proves_the_rest(self) -> None:
        """The hotel has answered; computer and network were found well."""
        self.stand.terminal._heard_of_hotel(True)
        for id in ("machine", "network"):
            found = part(self.stand.terminal, id)
            assert found is not None
            for check in found.checks:
                self.writes(check.id, Outcome.WELL)

    async def told(self) -> tuple[int, Any]:
        """Status and report, as they are now."""
        self.forget()
        status, _, body = await self.get("/health")
        return status, json.loads(body)

    async def measured(self) -> dict[tuple[str, ...], float]:
        self.forget()
        return metrics((await self.get("/metrics"))[2])

    def forget(self) -> None:
        """As if a second had passed."""
        self.server._kept.clear()

    async def until(self, state: State) -> None:
        async with asyncio.timeout(WITHIN_S):
            while self.stand.terminal.devices.view(Kind.PRINTER).state is not state:  # type: ignore[union-attr]
                await asyncio.sleep(0.02)


@pytest.fixture
async def asked(stand: Stand, tmp_path: Path) -> AsyncIterator[Asked]:
    """A terminal with one printer, and a hotel that nobody has asked yet."""
    printer = VirtualPrinter(tmp_path / "slips")
    await printer.start()
    settings = DeviceSettings("printer", "escpos", printer.address)
    devices = stand.terminal.devices = Devices({Kind.PRINTER: settings}, lambda event: None)
    await devices.start()
    health = Health(stand.terminal, Reception(stand.terminal, stand.front))
    server = HealthServer(health, "127.0.0.1:0")
    await server.open()
    yield Asked(stand, server, health, printer)
    await server.close()
    await devices.close()
    await printer.stop()


def metrics(body: bytes) -> dict[tuple[str, ...], float]:
    """By name and the values of its labels, these in the order of their names."""
    return {
        (sample.name, *(sample.labels[name] for name in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(body.decode())
        for sample in family.samples
    }


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
    monkeypatch.setattr("kiosk.health_server.WITHIN_S", 0.5)
    reader, writer = await asyncio.open_connection("127.0.0.1", asked.server.port)

    async def drips() -> None:
        for letter in b"GET /health HTTP/1.1\r\nHost: " + b"x" * 1000:
            writer.write(bytes([letter]))
            await asyncio.sleep(0.02)

    dripping = asyncio.ensure_future(drips())
    began = time.monotonic()
    assert (await asked.get("/health"))[0] == 503
    assert time.monotonic() - began < 0.5, "nobody waits for who is slow"
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


# --- what is no device ------------------------------------------------------------------------------


async def test_every_part_is_told_and_what_nobody_has_tried_is_unknown(asked: Asked) -> None:
    status, told = await asked.told()
    assert set(told["parts"]) == {"machine", "network", "hotel", "printer", "screen", "sound", "keypad"}
    assert {name for name, each in told["parts"].items() if each["state"] == "unknown"} == set(told["parts"]) - {"printer"}
    assert (status, told["state"], told["parts"]["machine"]["proven"]) == (503, "unknown", None)


@pytest.mark.parametrize(
    ("check", "state", "status", "overall", "severity"),
    [
        ("machine.disk", "ill", 503, "ill", "stops"),
        ("machine.temperature", "needs-care", 200, "needs-care", "warns"),
        ("network.tls", "needs-care", 200, "needs-care", "warns"),
        ("network.clock", "ill", 503, "ill", "hinders"),
    ],
)
async def test_what_is_wrong_with_the_computer_or_the_line_is_told_with_its_code(
    asked: Asked, check: str, state: str, status: int, overall: str, severity: str
) -> None:
    asked.proves_the_rest()
    asked.writes(check, Outcome.ILL)
    found, told = await asked.told()
    of_it = told["parts"][check.partition(".")[0]]
    assert (found, told["state"], of_it["state"]) == (status, overall, state)
    assert of_it["faults"] == [{"code": check, "severity": severity}]
    values = await asked.measured()
    name = check.partition(".")[0]
    assert values["kiosk_part_state", name, state] == 1
    assert values["kiosk_part_state", name, "well"] == 0
    assert values["kiosk_part_fault", check, name] == 1
    assert values["kiosk_state", overall] == 1
    assert "Anna" not in json.dumps(told), "what a check says in words is not told"
    asked.writes(check, Outcome.WELL)
    assert (await asked.told())[1]["parts"][name]["state"] == "well"


async def test_a_check_that_could_not_tell_leaves_its_part_unknown_and_one_that_only_warns_wants_care(asked: Asked) -> None:
    asked.proves_the_rest()
    asked.writes("machine.clock", Outcome.UNSURE)
    assert (await asked.told())[1]["parts"]["machine"]["state"] == "needs-care"
    asked.writes("network.round-trip", Outcome.UNSURE)
    status, told = await asked.told()
    assert (status, told["state"], told["parts"]["network"]["state"]) == (503, "unknown", "unknown")


@pytest.mark.parametrize(("seconds", "name"), [(61, "hotel"), (301, "machine"), (301, "network")])
async def test_a_proof_that_is_too_old_is_unknown_and_never_well(asked: Asked, seconds: float, name: str) -> None:
    asked.proves_the_rest()
    status, told = await asked.told()
    assert (status, told["parts"][name]["state"]) == (200, "well")
    asked.stand.clock._s += seconds
    status, told = await asked.told()
    assert (status, told["state"], told["parts"][name]["state"]) == (503, "unknown", "unknown")
    assert told["parts"][name]["proven"] is not None, "when it was last proven is told all the same"
    assert (await asked.measured())["kiosk_part_proof_age_seconds", name] == seconds


async def test_a_care_that_is_too_old_is_no_longer_believed_either(asked: Asked) -> None:
    asked.proves_the_rest()
    asked.writes("machine.load", Outcome.ILL)
    asked.stand.clock._s += 301
    assert (await asked.told())[1]["parts"]["machine"]["state"] == "unknown"


async def test_a_hotel_that_is_off_is_ill_with_its_code_and_it_is_told_at_once(asked: Asked) -> None:
    asked.proves_the_rest()
    await asked.stand.terminal.run_errands_once()
    began = time.monotonic()
    status, told = await asked.told()
    assert time.monotonic() - began < 1, "nobody waits for the hotel"
    assert (status, told["parts"]["hotel"]["state"]) == (503, "ill")
    assert told["parts"]["hotel"]["faults"] == [{"code": "hotel.down", "severity": "stops"}]


async def test_a_call_of_the_hotel_that_came_out_ill_counts_though_the_hotel_answers(asked: Asked) -> None:
    asked.proves_the_rest()
    asked.writes("hotel.folio", Outcome.ILL, "hotel.unauthorised")
    status, told = await asked.told()
    assert (status, told["parts"]["hotel"]["state"]) == (503, "ill")
    assert [fault["code"] for fault in told["parts"]["hotel"]["faults"]] == ["hotel.unauthorised"]


async def test_a_glass_that_nobody_has_touched_yet_counts_only_when_it_was_found_dead(asked: Asked) -> None:
    asked.proves_the_rest()
    status, told = await asked.told()
    assert (status, told["parts"]["screen"]["state"]) == (200, "unknown")
    asked.writes("screen.touch", Outcome.ILL)
    status, told = await asked.told()
    assert (status, told["parts"]["screen"]["state"]) == (503, "ill")


async def test_a_monitor_sees_that_visits_are_recorded(asked: Asked) -> None:
    recorder = asked.stand.terminal.recorder
    recorder.terminal = asked.stand.terminal
    assert ((await asked.told())[1]["recording"], (await asked.measured())["kiosk_recording_visits_left",]) == (0, 0)
    recorder.switch_on(3)
    assert ((await asked.told())[1]["recording"], (await asked.measured())["kiosk_recording_visits_left",]) == (3, 3)
    recorder.switch_off()
    assert (await asked.measured())["kiosk_recording_visits_left",] == 0


async def test_what_is_told_holds_up_nobody(asked: Asked) -> None:
    """Made anew each time, while the loop is asked how late it is; the computer and the network are asked by nobody."""
    asked.proves_the_rest()
    await asked.told()
    late: list[float] = []
    loop = asyncio.get_running_loop()

    async def watches() -> None:
        while True:
            before = loop.time()
            await asyncio.sleep(0.001)
            late.append(loop.time() - before - 0.001)

    watching = asyncio.ensure_future(watches())
    used = time.process_time()
    for _ in range(20):
        await asked.told()
        await asked.measured()
    used = time.process_time() - used
    watching.cancel()
    assert sorted(late)[len(late) // 2] < 0.05
    assert used / 20 < 0.1, "a monitor that asks every 15 s for both may cost a hundredth of a core at most"


# --- rounds -------------------------------------------------------------------------------------------


def _listens(asked: Asked, where: str = "127.0.0.1:9464") -> Rounds:
    terminal = asked.stand.terminal
    terminal.settings = terminal.settings.model_copy(update={"health": HealthSection(listen=where)})
    return Rounds(terminal)


async def test_a_round_tries_the_computer_and_the_line_and_leaves_hands_and_the_hotels_calls_alone(asked: Asked) -> None:
    rounds, book = _listens(asked), asked.stand.terminal.book
    await rounds.once()
    for check in ("machine.disk", "machine.memory", "network.round-trip"):
        assert book.last(check) is not None, check
    for check in ("screen.touch", "hotel.folio", "printer.page", "printer.answers"):
        assert book.last(check) is None, check
    _, told = await asked.told()
    assert told["parts"]["network"]["state"] in ("ill", "unknown"), "the hotel is switched off"
    assert "network.round-trip" in [fault["code"] for fault in told["parts"]["network"]["faults"]]


async def test_where_nobody_can_ask_nothing_is_tried(asked: Asked) -> None:
    await _listens(asked, "").once()
    assert asked.stand.terminal.book.last("machine.disk") is None


async def test_a_call_of_the_hotel_that_was_ill_is_tried_again_and_no_other(asked: Asked) -> None:
    rounds, book = _listens(asked), asked.stand.terminal.book
    asked.writes("hotel.folio", Outcome.ILL, "hotel.broken")
    await rounds.once()
    again = book.last("hotel.folio")
    assert again is not None
    assert (again.result.fault, book.last("hotel.ping")) == ("hotel.down", None), "asked anew: the hotel is switched off"


async def test_rounds_go_on_for_ever_and_one_that_breaks_ends_nothing(asked: Asked) -> None:
    rounds, clock, book = _listens(asked), asked.stand.clock, asked.stand.terminal.book
    running = asyncio.ensure_future(rounds.run())

    async def until(so: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not so():
                await asyncio.sleep(0.01)

    try:
        await clock.move(FIRST_AFTER_S - 1)
        assert book.last("machine.load") is None, "the first guest is not kept waiting"
        terminal, asked.stand.terminal.hotel_url = asked.stand.terminal, "http://[nonsense"
        await clock.move(1)
        await until(lambda: any(until_s > clock.monotonic() for until_s, wake in clock._sleepers if not wake.done()))
        assert book.last("machine.load") is None, "it broke"
        terminal.hotel_url = "http://127.0.0.1:9"
        await clock.move(EVERY_S)
        await until(lambda: book.last("machine.load"))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
