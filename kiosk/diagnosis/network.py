"""Checks of the network: the way out, names, the hotel's clock and certificate, round trip and loss.

A hotel that is on this machine (the built-in one) has no way, no name and no certificate: those are SKIPPED.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from kiosk.diagnosis.neighbours import Seen, seen
from kiosk.hotel.backend import HotelError
from kiosk.hotel.opera_deadline import Deadline, TimedSocket

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

ROUTES = Path("/proc/net/route")
ROUTES_6 = Path("/proc/net/ipv6_route")
DNS = 53  # a gateway mostly serves or refuses this port, and a refusal proves that it is there
GATEWAY_WITHIN_S = 2.0
NEIGHBOUR_WITHIN_S = 7.0  # the kernel asks after five, and a neighbour that is there answers in milliseconds
LOOK_EVERY_S = 0.25
NAME_WITHIN_S = 5.0
NAME_MOST_MS = 1000.0
ANSWER_WITHIN_S = 8.0
DRIFT_MOST_S = 30.0  # a key's minutes and a booking code's end go by this clock
DAYS_LEAST = 14.0
DAYS_CARE = "Its certificate ends soon: tell who runs the hotel’s gateway."
PINGS = 10
ROUND_TRIP_MOST_MS = 800.0  # ten calls make a check-in: at more than this it takes ten seconds longer
LOSS_MOST = 0.0
_UP, _GATEWAY = 0x1, 0x2  # flags of a route (route(8))
_HERE = "The hotel’s system is on this machine."


@dataclass(frozen=True)
class Place:
    """Where the hotel's system is."""

    host: str
    port: int
    secure: bool

    @classmethod
    def of(cls, url: str) -> Place:
        parts = urlsplit(url)
        secure = parts.scheme == "https"
        return cls(parts.hostname or "", parts.port or (443 if secure else 80), secure)

    @property
    def number(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        """Where it is named by its address."""
        with contextlib.suppress(ValueError):
            return ipaddress.ip_address(self.host)
        return None

    @property
    def here(self) -> bool:
        return self.host == "localhost" or bool(self.number and self.number.is_loopback)


def checks(terminal: Terminal) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    place = Place.of(terminal.hotel_url)
    return (
        Check("network.gateway", "The way out of the house’s network", gateway(place), within_s=12.0),
        Check("network.names", "Name service", names(place), within_s=10.0),
        Check("network.clock", "Clock compared with the hotel’s", drift(place, terminal.clock.now), within_s=12.0),
        Check("network.tls", "Certificate of the hotel’s system", certificate(place, terminal.clock.now), within_s=12.0),
        Check("network.round-trip", "Round trip to the hotel’s system", round_trip(terminal), within_s=25.0),
    )


# --- the way out ----------------------------------------------------------------------------------


def default_gateway(routes: Path = ROUTES) -> str | None:
    """The default route's gateway (IPv4), from the kernel's table; '' for a line that needs none."""
    for line in routes.read_text("ascii").splitlines()[1:]:
        _, destination, way, flags, *rest = line.split()
        if destination == "00000000" and rest[3] == "00000000" and int(flags, 16) & _UP:
            if not int(flags, 16) & _GATEWAY:
                return ""
            return str(ipaddress.IPv4Address(int.from_bytes(bytes.fromhex(way), "little")))
    return None


def default_gateway_6(routes: Path = ROUTES_6) -> str | None:
    """Likewise of IPv6, with the line that it is on; None also where there is no IPv6 at all."""
    try:
        lines = [line.split() for line in routes.read_text("ascii").splitlines()]
    except OSError:
        return None
    for destination, length, _, _, way, _, _, _, flags, line in lines:
        wanted = _UP | _GATEWAY
        if int(destination, 16) == 0 and length == "00" and int(flags, 16) & wanted == wanted and line != "lo":
            address = ipaddress.IPv6Address(bytes.fromhex(way))
            return f"{address}%{line}" if address.is_link_local else str(address)
    return None


def ways_out(routes: Path = ROUTES, routes_6: Path = ROUTES_6) -> tuple[str, ...]:
    """The gateway of IPv4, then that of IPv6; '' for a line that needs none. OSError, ValueError or IndexError where
    a table can't be read and the other has none."""
    unread: OSError | None = None
    found: list[str | None] = []
    try:
        found.append(default_gateway(routes))
    except OSError as error:  # a kernel without IPv4
        unread = error
    found.append(default_gateway_6(routes_6))
    ways = tuple(way for way in found if way is not None)
    if not ways and unread is not None:
        raise unread
    return ways


Look = Callable[[str], Seen | None]


def gateway(place: Place, routes: Path = ROUTES, look: Look = seen, port: int = DNS, routes_6: Path = ROUTES_6) -> Run:
    """Whether the gateway is there: it refuses or takes a connection, or has told the kernel its hardware address just
    now. No ICMP, to which a kiosk has no right. Of two (IPv4 and IPv6) one is enough."""

    async def run(hands: Hands) -> CheckResult:
        try:
            ways = ways_out(routes, routes_6)
        except (OSError, ValueError, IndexError):
            return CheckResult(Outcome.UNSURE, "The kernel’s table of routes can’t be read.")
        if not ways:
            if place.here:
                return CheckResult(Outcome.SKIPPED, f"There is no default route, and none is needed. {_HERE}")
            return CheckResult(Outcome.ILL, "There is no default route: no cable, no address, or no gateway was given.")
        if "" in ways:
            return CheckResult(Outcome.WELL, "The line itself is the way out: there is no gateway.")
        return await _first_well([asyncio.ensure_future(_tried_way(way, look, port)) for way in ways])

    return run


async def _first_well(trying: list[asyncio.Future[CheckResult]]) -> CheckResult:
    """The first that is well, without waiting for the others; else one that could not tell, else what is ill."""
    found: list[CheckResult] = []
    try:
        for each in asyncio.as_completed(trying):
            found.append(await each)
            if found[-1].outcome is Outcome.WELL:
                return found[-1]
    finally:
        for one in trying:
            one.cancel()
        await asyncio.gather(*trying, return_exceptions=True)
    return next((result for result in found if result.outcome is Outcome.UNSURE), found[0])


async def _tried_way(way: str, look: Look, port: int) -> CheckResult:
    began_s = time.monotonic()
    if await _answers(way, port):
        took_ms = round((time.monotonic() - began_s) * 1000, 1)
        measured = (Measured("gateway", "Gateway answers", took_ms, "ms"),)
        return CheckResult(Outcome.WELL, f"The gateway {way} is there.", measured)
    there = await _known(way, look)
    if there:  # it answered the kernel, at a time that nobody has measured
        return CheckResult(Outcome.WELL, f"The gateway {way} is there.")
    if there is None:
        return CheckResult(Outcome.UNSURE, f"The gateway {way} keeps silent; it may be there all the same.")
    return CheckResult(Outcome.ILL, f"The gateway {way} does not answer: check cable, switch and port.")


async def _answers(host: str, port: int) -> bool:
    """Whether somebody is there: takes the connection, or refuses it himself."""
    try:
        async with asyncio.timeout(GATEWAY_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except TimeoutError:
        return False
    except OSError as error:
        return error.errno == errno.ECONNREFUSED
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()
    return True


async def _known(host: str, look: Look) -> bool | None:
    """Whether it answers the kernel, which the try before has made ask: at once, or, where it believed to know the
    address, after five seconds (delay_first_probe_time of arp(7)). None: it can't be known."""
    until_s = time.monotonic() + NEIGHBOUR_WITHIN_S
    while True:
        try:
            state = await asyncio.to_thread(look, host)
        except OSError:
            return None
        if state is None or state & (Seen.NOARP | Seen.PERMANENT):
            return None  # a line without neighbours, or an address that somebody has written down
        if state & Seen.REACHABLE:
            return True
        if state & Seen.FAILED or time.monotonic() >= until_s:
            return False
        await asyncio.sleep(LOOK_EVERY_S)


# --- names ----------------------------------------------------------------------------------------


def names(place: Place) -> Run:
    """Whether the hotel's name is found."""

    async def run(hands: Hands) -> CheckResult:
        if place.here or place.number:
            said = _HERE if place.here else "The hotel’s system is named by its address in kiosk.ini."
            return CheckResult(Outcome.SKIPPED, f"No name is needed. {said}")
        began_s = time.monotonic()
        try:
            async with asyncio.timeout(NAME_WITHIN_S):
                found = await asyncio.get_running_loop().getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except TimeoutError:
            return CheckResult(Outcome.ILL, "The name service does not answer: check its address.")
        except socket.gaierror as error:
            unknown = error.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
            said = "does not know the hotel’s name" if unknown else "can’t be reached or failed"
            return CheckResult(Outcome.ILL, f"The name service {said}: {place.host}.")
        took_ms = round((time.monotonic() - began_s) * 1000, 1)
        measured = (Measured("name", "Name found", took_ms, "ms", most=NAME_MOST_MS),)
        outcome = Outcome.WELL if all(each.within for each in measured) else Outcome.ILL
        return CheckResult(outcome, f"{place.host} has {len({each[4][0] for each in found})} address(es).", measured)

    return run


# --- clock ----------------------------------------------------------------------------------------


def drift(place: Place, now: Callable[[], datetime], context: ssl.SSLContext | None = None) -> Run:
    """This clock against the Date of the hotel's answer (RFC 9110 §6.6.1), half of the way back reckoned in."""

    async def run(hands: Hands) -> CheckResult:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S + 1):
                said, sent, heard = await asyncio.to_thread(_date, place, now, context)
        except (TimeoutError, OSError, HTTPException) as error:  # nothing is known against a clock: the calls are ill
            return CheckResult(Outcome.UNSURE, f"The hotel’s system gives no answer ({_of(error)}).")
        if said is None:
            return CheckResult(Outcome.UNSURE, "The hotel’s answers have no date to compare with.")
        # The header has whole seconds: it stands for the half behind it.
        off_s = ((sent + (heard - sent) / 2) - said).total_seconds() - 0.5
        measured = (
            Measured("drift", "This clock is ahead of the hotel’s", round(off_s, 1), "s", -DRIFT_MOST_S, DRIFT_MOST_S),
        )
        if measured[0].within:
            return CheckResult(Outcome.WELL, "Both clocks go alike.", measured)
        way = "ahead of" if off_s > 0 else "behind"
        words = f"This clock is {abs(off_s):.0f} s {way} the hotel’s: keys and codes would end at a wrong time."
        return CheckResult(Outcome.ILL, words, measured)

    return run


def _date(
    place: Place, now: Callable[[], datetime], context: ssl.SSLContext | None
) -> tuple[datetime | None, datetime, datetime]:
    """In a thread, which an answer without an end does not keep: the date of an answer, and when it was asked for and
    came. No credential is sent."""
    deadline = Deadline(ANSWER_WITHIN_S, time.monotonic)
    tls = (context or trusted()) if place.secure else None
    connection = HTTPSConnection(place.host, place.port, context=tls) if tls else HTTPConnection(place.host, place.port)
    with socket.create_connection((place.host, place.port), deadline.left()) as plain, contextlib.closing(connection):
        wire: Any = tls.wrap_socket(plain, server_hostname=place.host) if tls else plain
        connection.sock = TimedSocket(wire, deadline.left)
        sent = now()
        connection.request("HEAD", "/")
        answer = connection.getresponse()
        heard = now()
        stamp = answer.getheader("date")
    if stamp is None:
        return None, sent, heard
    try:
        said = parsedate_to_datetime(stamp)
    except (ValueError, OverflowError):
        return None, sent, heard
    return said if said.tzinfo else said.replace(tzinfo=UTC), sent, heard


# --- certificate ----------------------------------------------------------------------------------


def trusted() -> ssl.SSLContext:
    """Whom the calls to the hotel trust: the same authorities as `requests`."""
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    return ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)


def certificate(place: Place, now: Callable[[], datetime], context: ssl.SSLContext | None = None) -> Run:
    """The chain, the name and the days that are left."""

    async def run(hands: Hands) -> CheckResult:
        if not place.secure:
            return CheckResult(Outcome.SKIPPED, f"No certificate is needed. {_HERE}")
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S + 1):
                ends, spoken = await asyncio.to_thread(_shaken_hands, place, context or trusted())
        except ssl.SSLCertVerificationError as error:
            return CheckResult(Outcome.ILL, f"Its certificate is not to be trusted: {error.verify_message}.")
        except ssl.SSLError as error:
            return CheckResult(Outcome.ILL, f"No secure connection came about ({error.reason or 'TLS'}).")
        except (TimeoutError, OSError) as error:
            return CheckResult(Outcome.UNSURE, f"The hotel’s system can’t be reached ({_of(error)}).")
        days = round((ends - now()).total_seconds() / 86400, 1)
        measured = (Measured("certificate-days", "Certificate is good for", days, "days", least=DAYS_LEAST),)
        if not measured[0].within:
            return CheckResult(Outcome.ILL, DAYS_CARE, measured)
        return CheckResult(Outcome.WELL, f"Trusted, to {ends:%Y-%m-%d}, {spoken}.", measured)

    return run


def _shaken_hands(place: Place, context: ssl.SSLContext) -> tuple[datetime, str]:
    """In a thread: when its certificate ends, and which TLS is spoken."""
    with (
        socket.create_connection((place.host, place.port), ANSWER_WITHIN_S) as plain,
        context.wrap_socket(plain, server_hostname=place.host) as secure,
    ):
        shown = secure.getpeercert() or {}
        ends = ssl.cert_time_to_seconds(str(shown["notAfter"]))
        return datetime.fromtimestamp(ends, UTC), secure.version() or "TLS"


# --- round trip -----------------------------------------------------------------------------------


def round_trip(terminal: Terminal, pings: int = PINGS) -> Run:
    """The cheapest call of the hotel, again and again: how long, and how much was lost. What the client asks a second
    time by itself, so that no guest notices, is lost all the same."""

    async def run(hands: Hands) -> CheckResult:
        took_ms: list[float] = []
        why, before = "", terminal.hotel.asked_again
        for number in range(pings):
            hands.progress(number, pings)
            began_s = time.monotonic()
            try:
                await terminal.hotel.ping()
            except HotelError as error:
                why = f"{error.trouble}"
            else:
                took_ms.append((time.monotonic() - began_s) * 1000)
        hands.progress(pings, pings)
        again = terminal.hotel.asked_again - before
        lost = pings - len(took_ms) + again
        loss = Measured("loss", "Calls without an answer", round(100 * lost / (pings + again)), "%", most=LOSS_MOST)
        if not took_ms:
            return CheckResult(Outcome.ILL, f"The hotel’s system does not answer ({why}).", (loss,))
        measured = (
            Measured("round-trip", "Round trip, median", round(statistics.median(took_ms), 1), "ms", most=ROUND_TRIP_MOST_MS),
            Measured("slowest", "Round trip, slowest", round(max(took_ms), 1), "ms"),
            loss,
        )
        if why:
            return CheckResult(Outcome.ILL, f"{pings - len(took_ms)} of {pings} calls came to nothing ({why}).", measured)
        if again:
            return CheckResult(Outcome.ILL, f"All were answered, and {again} only when asked again: the line loses calls.", measured)
        if not measured[0].within:
            return CheckResult(Outcome.ILL, "The hotel’s system is slow from here.", measured)
        return CheckResult(Outcome.WELL, f"{pings} of {pings} calls were answered.", measured)

    return run


def _of(error: BaseException) -> str:
    """What kind of failure, without an address or a name in it."""
    if isinstance(error, TimeoutError):
        return "no end in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return "its certificate is not to be trusted"
    if isinstance(error, OSError) and error.errno:
        return errno.errorcode.get(error.errno, str(error.errno))
    return type(error).__name__
