"""A technician asks the network: no way out, no name, a clock that runs ahead, a certificate that ends."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hardware.checks import CheckResult, Outcome, Run
from kiosk.diagnosis import network
from kiosk.diagnosis.hands import NO_HANDS
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

FAR = Place("192.0.2.77", 443, secure=True)
HERE = Place.of("http://127.0.0.1:8100/x")
HEAD = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
ARP = "IP address       HW type     Flags       HW address            Mask     Device\n"


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
    result = await tried(gateway(FAR, table, tmp_path / "none"))
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


@pytest.mark.parametrize(("flag", "outcome"), [("0x2", Outcome.WELL), ("0x0", Outcome.ILL)])
async def test_a_gateway_that_keeps_silent_is_there_if_its_hardware_address_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: str, outcome: Outcome
) -> None:
    monkeypatch.setattr(network, "GATEWAY_WITHIN_S", 0.2)
    table = routes(tmp_path, "lo\t00000000\t0100007F\t0003\t0\t0\t0\t00000000\t0\t0\t0")
    (tmp_path / "arp").write_text(ARP + f"127.0.0.1  0x1  {flag}  02:00:00:00:00:01  *  lo\n")
    with silent_port() as port:
        assert (await tried(gateway(FAR, table, tmp_path / "arp", port))).outcome is outcome


async def test_a_table_that_can_t_be_read_proves_nothing(tmp_path: Path) -> None:
    assert (await tried(gateway(FAR, tmp_path / "none"))).outcome is Outcome.UNSURE


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


@pytest.mark.parametrize("date", ["", "Date: yesterday\r\n"])
async def test_an_answer_without_a_date_proves_nothing(date: str) -> None:
    async with answering(lambda: f"HTTP/1.1 200 OK\r\n{date}Content-Length: 0\r\n\r\n") as port:
        result = await tried(drift(Place("127.0.0.1", port, secure=False), _now))
    assert result.outcome is Outcome.UNSURE


async def test_nobody_answers(nobody_listens: str) -> None:
    place = Place.of(nobody_listens)
    assert (await tried(drift(place, _now))).outcome is Outcome.ILL
    assert (await tried(certificate(Place(place.host, place.port, secure=True), _now))).outcome is Outcome.ILL


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


