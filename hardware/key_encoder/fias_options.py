"""What kiosk.ini says of a lock server: address and options of `driver = fias`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from zoneinfo import ZoneInfo

from hardware.driver import DeviceSettings
from hardware.errors import DeviceMissetup, Fault
from hardware.key_encoder.fias_wire import CHARSET, can_stand, check_charset
from hardware.transport.serial import SerialAddress
from hardware.transport.tcp import TcpAddress

LEAST_ANSWER_S = 30.0  # the specification's least: a person may still have to lay a card down
MOST_ANSWER_S = 300.0
LONGEST_WORD = 16
NAMES = frozenset(
    {"coder", "workstation", "answer_within_s", "listen", "server", "charset", "time_zone", "key_options"}
)


@dataclass(frozen=True)
class Options:
    """`serial`, or `host` and `port`: to dial, or with `listen` to be dialled at."""

    host: str = ""
    port: int = 0
    serial: SerialAddress | None = None
    listen: bool = False
    server: str = ""  # the address that may dial in; "": any of this machine
    coder: str = "1"
    workstation: str = "1"
    answer_within_s: float = LEAST_ANSWER_S
    charset: str = CHARSET
    key_options: str = ""
    zone: ZoneInfo | None = None

    def local(self, moment: datetime) -> datetime:
        """In the hotel's time, which stands on the wire without its zone."""
        return moment.astimezone(self.zone)

    def aware(self, naive: datetime) -> datetime:
        """A time from the wire."""
        return naive.replace(tzinfo=self.zone) if self.zone else naive.astimezone()


def read_options(settings: DeviceSettings) -> Options:
    """DeviceMissetup says what is wrong and what is allowed."""
    try:
        host, port, serial = _address(settings.address)
    except ValueError as wrong:
        raise DeviceMissetup(settings.name, Fault.BAD_ADDRESS, str(wrong)) from None
    given = settings.options
    try:
        listen = _yes(given, "listen")
        if listen and serial is not None:
            raise ValueError("listen = yes: only with tcp://")
        return Options(
            host,
            port,
            serial,
            listen,
            _server(given.get("server", ""), listen, host),
            _word(given, "coder", "1"),
            _word(given, "workstation", "1"),
            _seconds(given.get("answer_within_s", "")),
            check_charset(given.get("charset") or CHARSET),
            _word(given, "key_options", ""),
            _zone(given.get("time_zone", "")),
        )
    except ValueError as wrong:
        raise DeviceMissetup(settings.name, Fault.BAD_OPTION, str(wrong)) from None


def _address(address: str) -> tuple[str, int, SerialAddress | None]:
    if address.startswith("serial:"):
        return "", 0, SerialAddress.parse(address)
    try:
        to = TcpAddress.parse(address)
    except ValueError:
        raise ValueError(f"{address}: a lock server is tcp://host:port or serial:///dev/ttyX?baud=9600") from None
    return to.host, to.port, None


def _yes(given: Mapping[str, str], name: str) -> bool:
    value = given.get(name, "no").lower()
    if value not in ("yes", "no", "true", "false"):
        raise ValueError(f"{name} = {value}: yes or no")
    return value in ("yes", "true")


def _server(value: str, listen: bool, host: str) -> str:
    """FIAS has no password: who may dial in must be named, except where only this machine can."""
    if value and not listen:
        raise ValueError("server: only with listen = yes")
    if not value and listen and not _loopback(host):
        raise ValueError("server: is missing, the only address that may dial in, with listen = yes at this address")
    return str(ip_address(value)) if value else ""


def _loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _word(given: Mapping[str, str], name: str, default: str) -> str:
    value = given.get(name) or default
    if not can_stand(value) or not value.isascii() or len(value) > LONGEST_WORD:
        raise ValueError(f"{name}: at most {LONGEST_WORD} ASCII characters, none of them |")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value or LEAST_ANSWER_S)
    except ValueError:
        seconds = 0.0
    if not LEAST_ANSWER_S <= seconds <= MOST_ANSWER_S:
        raise ValueError(f"answer_within_s = {value}: seconds from {LEAST_ANSWER_S:g} to {MOST_ANSWER_S:g}")
    return seconds


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (KeyError, ValueError, OSError):
        raise ValueError(f"time_zone = {name}: a name as Europe/Budapest") from None
