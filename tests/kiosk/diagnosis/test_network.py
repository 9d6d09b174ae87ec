"""A technician asks the network: no way out, no name, a clock that runs ahead, a certificate that ends."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hardware.checks import CheckResult, Outcome, Run
from kiosk.diagnosis import network
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.neighbours import Seen, read, seen
from kiosk.diagnosis.network import (
    Place,
    certificate,
    default_gateway,
    default_gateway_6,
    drift,
    gateway,
    names,
    round_trip,
)
from kiosk.hotel.opera import Credentials, OperaHotel
from tests.kiosk.hotel.bad_gateway import BadGateway, cut

FAR = Place("192.0.2.77", 443, secure=True)
HERE = Place.of("http://127.0.0.1:8100/x")
HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"


def nobody(address: str) -> None:
    """A kernel that has no neighbours."""


async def tried(run: Run) -> CheckResult:
    return await run(NO_HANDS)


def routes(folder: Path, *lines: str) -> Path:
    path = folder / "route"
    path.write_text(HEAD + "".join(f"{line}\n" for line in lines))
    return path


# --- the way out ----------------------------------------------------------------------------------


def test_the_gateway_stands_in_the_kernels_table(tmp_path: Path) -> None:
    table = routes(
        tmp_path,
        "eth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
        "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0",
    )
    assert default_gateway(table) == "192.0.2.1"


async def test_without_a_route_there_is_no_way_to_a_hotel_elsewhere(tmp_path: Path) -> None:
    table, none = routes(tmp_path), tmp_path / "none"
    assert (await tried(gateway(FAR, table, routes_6=none))).outcome is Outcome.ILL
    assert (await tried(gateway(HERE, table, routes_6=none))).outcome is Outcome.SKIPPED


def test_the_gateway_of_ipv6_has_its_line(tmp_path: Path) -> None:
    table, zero = tmp_path / "ipv6_route", "0" * 32
    table.write_text(
        f"{zero} 00 {zero} 00 {zero} ffffffff 00000001 00000000 00200200       lo\n"
        f"{zero} 00 {zero} 00 fe80000000000000021122fffe334455 00000400 00000001 00000000 00000003     eth0\n"
    )
    assert default_gateway_6(table) == "fe80::211:22ff:fe33:4455%eth0"
    assert default_gateway_6(tmp_path / "none") is None


async def test_a_gateway_that_refuses_is_there(tmp_path: Path) -> None:
    table = routes(tmp_path, "lo\t00000000\t0100007F\t0003\t0\t0\t0\t00000000\t0\t0\t0")
    result = await tried(gateway(FAR, table, nobody, routes_6=tmp_path / "none"))
    assert result.outcome is Outcome.WELL
    assert "127.0.0.1" in result.words


@contextmanager
def silent_port() -> Iterator[int]:
    """A port that neither takes nor refuses: its queue is full (listen(2))."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = server.getsockname()
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(address)
        yield address[1]


@pytest.mark.parametrize(
    ("states", "outcome"),
    [
        ([Seen.REACHABLE], Outcome.WELL),
        ([Seen.DELAY, Seen.DELAY, Seen.PROBE, Seen.REACHABLE], Outcome.WELL),
        ([Seen.INCOMPLETE, Seen.FAILED], Outcome.ILL),
        ([Seen.STALE, Seen.DELAY, Seen.PROBE, Seen.FAILED], Outcome.ILL),
        ([Seen.STALE], Outcome.ILL),  # and so it stays: its plug was pulled a minute ago
        ([Seen.PERMANENT], Outcome.UNSURE),
        ([Seen.NOARP], Outcome.UNSURE),
        ([None], Outcome.UNSURE),
        ([OSError()], Outcome.UNSURE),
    ],
)
async def test_a_gateway_that_keeps_silent_is_there_if_it_has_just_told_its_hardware_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: list[Any], outcome: Outcome
) -> None:
    """Found by review: an address that is only remembered was taken for a gateway that is there."""
    monkeypatch.setattr(network, "GATEWAY_WITHIN_S", 0.2)
    monkeypatch.setattr(network, "NEIGHBOUR_WITHIN_S", 0.3)
    monkeypatch.setattr(network, "LOOK_EVERY_S", 0.02)
    table = routes(tmp_path, "lo\t00000000\t0100007F\t0003\t0\t0\t0\t00000000\t0\t0\t0")
    left = list(states)

    def look(address: str) -> Seen | None:
        assert address == "127.0.0.1"
        state = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(state, OSError):
            raise state
        return cast("Seen | None", state)

    with silent_port() as port:
        assert (await tried(gateway(FAR, table, look, port, tmp_path / "none"))).outcome is outcome


V6 = "{0} 00 {0} 00 fe80000000000000021122fffe334455 00000400 00000001 00000000 00000003     {1}\n".format("0" * 32, "eth0")


async def test_on_a_net_of_ipv6_alone_its_gateway_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No IPv4 route, or a kernel without IPv4; what answers there is found by its neighbour's state."""
    monkeypatch.setattr(network, "GATEWAY_WITHIN_S", 0.2)
    table = tmp_path / "ipv6_route"
    table.write_text(V6)
    asked: list[str] = []

    def look(address: str) -> Seen:
        asked.append(address)
        return Seen.REACHABLE

    for routes_4 in (routes(tmp_path), tmp_path / "no-ipv4"):
        result = await tried(gateway(FAR, routes_4, look, routes_6=table))
        assert (result.outcome, "fe80::211:22ff:fe33:4455%eth0" in result.words) == (Outcome.WELL, True)
    assert set(asked) == {"fe80::211:22ff:fe33:4455%eth0"}


async def test_of_two_ways_out_one_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network, "GATEWAY_WITHIN_S", 0.2)
    table, six = routes(tmp_path, "lo\t00000000\t0100007F\t0003\t0\t0\t0\t00000000\t0\t0\t0"), tmp_path / "six"
    six.write_text(V6)
    with silent_port() as port:
        for there, gone in (("127.0.0.1", "fe80"), ("fe80", "127.0.0.1")):
            look = lambda address, there=there: Seen.REACHABLE if address.startswith(there) else Seen.FAILED  # noqa: E731
            result = await tried(gateway(FAR, table, look, port, six))
            assert (result.outcome, gone in result.words) == (Outcome.WELL, False)
        assert (await tried(gateway(FAR, table, lambda address: Seen.FAILED, port, six))).outcome is Outcome.ILL


def test_the_kernels_own_answer_is_read() -> None:
    """As Linux gives it: two neighbours, one of them gone, then the end; and an error."""
    entry = struct.Struct("=IHHII BBHiHBB HH4s")

    def neighbour(address: str, line: int, state: Seen) -> bytes:
        packed = socket.inet_aton(address)
        return entry.pack(entry.size, 28, 2, 1, 0, socket.AF_INET, 0, 0, line, state, 0, 0, 8, 1, packed)

    done = struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)
    two = neighbour("192.0.2.1", 2, Seen.REACHABLE) + neighbour("192.0.2.9", 3, Seen.FAILED)
    found, more = read(two)
    assert (found, more) == ([(b"\xc0\x00\x02\x01", 2, Seen.REACHABLE), (b"\xc0\x00\x02\x09", 3, Seen.FAILED)], True)
    assert read(two + done) == (found, False)
    with pytest.raises(PermissionError):
        read(struct.pack("=IHHIIi", 20, 2, 0, 1, 0, -errno.EPERM))
    assert read(b"\0" * 40) == ([], False)


@pytest.mark.parametrize("kind", [2, 28])
def test_an_answer_that_is_cut_off_is_none(kind: int) -> None:
    for rest in (b"", b"\0\0"):
        with pytest.raises(OSError, match=os.strerror(errno.EBADMSG)):
            read(struct.pack("=IHHII", 16 + len(rest), kind, 0, 1, 0) + rest)


def test_anybody_may_ask_this_kernel_and_an_address_that_nobody_has_is_not_there() -> None:
    assert seen("192.0.2.254") in (None, Seen.INCOMPLETE, Seen.FAILED)
    assert seen("2001:db8::254") in (None, Seen.INCOMPLETE, Seen.FAILED)
    with pytest.raises(OSError, match=r"."):
        seen("fe80::1%no-such-line")


async def test_a_table_that_can_t_be_read_proves_nothing(tmp_path: Path) -> None:
    assert (await tried(gateway(FAR, tmp_path / "none", nobody, routes_6=tmp_path / "none"))).outcome is Outcome.UNSURE
    (tmp_path / "route").write_text(HEAD + "eth0 nonsense\n")
    assert (await tried(gateway(FAR, tmp_path / "route", nobody, routes_6=tmp_path / "none"))).outcome is Outcome.UNSURE


# --- names ------------------------------------------------------------------------------------------


async def test_a_name_that_is_found_and_one_that_is_not() -> None:
    assert (await tried(names(Place("hotel.invalid", 443, secure=True)))).outcome is Outcome.ILL
    assert (await tried(names(FAR))).outcome is Outcome.SKIPPED
    assert (await tried(names(HERE))).outcome is Outcome.SKIPPED


# --- clock ------------------------------------------------------------------------------------------


@asynccontextmanager
async def answering(head: Callable[[], str], context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Somebody who answers every request with this head."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(head().encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


def _now() -> datetime:
    return datetime.now(UTC)


@pytest.mark.parametrize(
    ("off_s", "outcome", "word"), [(0, Outcome.WELL, "alike"), (95, Outcome.ILL, "behind"), (-3600, Outcome.ILL, "ahead")]
)
async def test_the_hotels_clock_is_compared(off_s: int, outcome: Outcome, word: str) -> None:
    def head() -> str:
        said = format_datetime(_now() + timedelta(seconds=off_s), usegmt=True)
        return f"HTTP/1.1 404 Not Found\r\nDate: {said}\r\nContent-Length: 0\r\n\r\n"

    async with answering(head) as port:
        result = await tried(drift(Place("127.0.0.1", port, secure=False), _now))
    assert result.outcome is outcome
    assert word in result.words
    assert abs(result.measured[0].value + off_s) < 3


async def test_an_answer_without_an_end_keeps_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every two minutes one: after some rounds none would be left for anything else."""
    monkeypatch.setattr(network, "ANSWER_WITHIN_S", 0.5)

    async def goes_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while True:
                writer.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)
                await writer.drain()
        writer.transport.abort()
        gone.set()

    gone = asyncio.Event()
    server = await asyncio.start_server(goes_on, "127.0.0.1", 0)
    async with server:
        place = Place("127.0.0.1", server.sockets[0].getsockname()[1], secure=False)
        result = await tried(drift(place, _now))
        assert (result.outcome, result.words) == (Outcome.UNSURE, "The hotel’s system gives no answer (no end in time).")
        async with asyncio.timeout(5):
            await gone.wait()
            await asyncio.get_running_loop().shutdown_default_executor()


@pytest.mark.parametrize("date", ["", "Date: yesterday\r\n", "Date: Thu, 26 Nov 99999999999999 00:00:00 GMT\r\n"])
async def test_an_answer_without_a_date_proves_nothing(date: str) -> None:
    async with answering(lambda: f"HTTP/1.1 200 OK\r\n{date}Content-Length: 0\r\n\r\n") as port:
        result = await tried(drift(Place("127.0.0.1", port, secure=False), _now))
    assert result.outcome is Outcome.UNSURE


async def test_a_hotel_that_gives_no_answer_says_nothing_against_clock_and_certificate(nobody_listens: str) -> None:
    place = Place.of(nobody_listens)
    assert (await tried(drift(place, _now))).outcome is Outcome.UNSURE
    assert (await tried(certificate(Place(place.host, place.port, secure=True), _now))).outcome is Outcome.UNSURE


# --- certificate ------------------------------------------------------------------------------------




def _certificate(folder: Path, days: float, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """The server's context with a certificate of so many days, and that of who trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the hotel")])
    now = _now()
    made = (
        x509.CertificateBuilder()
        .subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(7)
        .not_valid_before(now - timedelta(days=400)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    pem = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cadata=pem.decode())


@pytest.mark.parametrize(
    ("days", "name", "trusts", "outcome", "said"),
    [
        (200.0, "127.0.0.1", True, Outcome.WELL, "Trusted"),
        (5.0, "127.0.0.1", True, Outcome.ILL, "ends soon"),
        (-1.0, "127.0.0.1", True, Outcome.ILL, "expired"),
        (200.0, "192.0.2.7", True, Outcome.ILL, "mismatch"),
        (200.0, "127.0.0.1", False, Outcome.ILL, "not to be trusted"),
    ],
)
async def test_the_hotels_certificate(
    tmp_path: Path, days: float, name: str, trusts: bool, outcome: Outcome, said: str
) -> None:
    server, trusting = _certificate(tmp_path, days, name)
    async with answering(str, server) as port:
        place = Place("127.0.0.1", port, secure=True)
        result = await tried(certificate(place, _now, trusting if trusts else None))
    assert result.outcome is outcome, result
    assert said in result.words


# --- round trip -------------------------------------------------------------------------------------


async def test_a_hotel_that_is_off_loses_every_call(stand: Any) -> None:
    result = await tried(round_trip(stand.terminal, pings=3))
    assert result.outcome is Outcome.ILL
    assert result.measured[0].value == 100


@pytest.fixture
async def gateway_of_hotel() -> AsyncIterator[BadGateway]:
    end = BadGateway()
    await end.start()
    yield end
    await end.stop()


async def _before(stand: Any, end: BadGateway) -> None:
    hotel = OperaHotel(end.url, "HOTEL", Credentials("us", "secret", "00000000-0000-4000-8000-000000000000"), 5)
    await stand.terminal.hotel.close()
    stand.terminal.hotel, stand.terminal.hotel_url = hotel, end.url
    await hotel.open()


async def test_what_is_lost_and_asked_again_by_itself_is_told_as_lost(stand: Any, gateway_of_hotel: BadGateway) -> None:
    """Found by review: the client asks a second time, and a line that lost every other call had no loss."""
    await _before(stand, gateway_of_hotel)
    assert (await tried(round_trip(stand.terminal, pings=4))).outcome is Outcome.WELL
    gateway_of_hotel.bad = [cut]
    result = await tried(round_trip(stand.terminal, pings=4))
    loss = next(value for value in result.measured if value.id == "loss")
    assert (result.outcome, loss.value, loss.within) == (Outcome.ILL, 20, False)
    assert "1 only when asked again" in result.words


async def test_a_proxy_of_the_environment_changes_nothing(
    stand: Any, gateway_of_hotel: BadGateway, nobody_listens: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls to the hotel go straight there, whatever the environment says; so must what tests the way."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, nobody_listens)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    await _before(stand, gateway_of_hotel)
    assert (await tried(round_trip(stand.terminal, pings=2))).outcome is Outcome.WELL
    assert (await tried(drift(Place.of(gateway_of_hotel.url), _now))).outcome in (Outcome.WELL, Outcome.UNSURE)


async def test_a_hotel_on_a_net_of_ipv6_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        said = format_datetime(_now(), usegmt=True)
        writer.write(f"HTTP/1.1 404 Not Found\r\nDate: {said}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "::1", 0)
    async with server:
        place = Place.of(f"http://[::1]:{server.sockets[0].getsockname()[1]}/")
        assert place.here
        assert (await tried(drift(place, _now))).outcome is Outcome.WELL

