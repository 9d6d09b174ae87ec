"""The sections of kiosk.ini, each with its keys, their kinds and what each is where nothing is said.

Units stand in the names (`idle_s`). What one section says of another is judged in `settings.py`.
"""

from __future__ import annotations

import re
from datetime import time
from decimal import Decimal
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from kiosk.language import LOCALE


def _words(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("an IANA time zone such as Europe/Budapest")
    return value


def _spoken(codes: tuple[str, ...]) -> tuple[str, ...]:
    known = ("en", *sorted(path.name for path in LOCALE.iterdir() if (path / "LC_MESSAGES").is_dir()))
    if not codes or set(codes) - set(known) or len(set(codes)) < len(codes):
        raise ValueError(f"each once, of: {' '.join(known)}")
    return codes


Languages = Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_spoken)]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Position(StrEnum):
    """Where a device is, seen from in front of the screen."""

    LEFT = "left"
    RIGHT = "right"
    BELOW = "below"
    ABOVE = "above"


BUILTIN = "builtin"


def _address(value: str) -> str:
    local = value.startswith(("http://127.0.0.1:", "http://localhost:"))
    if value != BUILTIN and not value.startswith("https://") and not local:
        raise ValueError("builtin, or an address that begins with https://")
    return value


Address = Annotated[str, AfterValidator(_address)]


def _or_none(value: Any) -> Any:
    return None if value == "" else value


NightHour = Annotated[time | None, BeforeValidator(_or_none)]


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DeskSide(StrEnum):
    """Where the front desk is, for who stands before the screen."""

    LEFT = "left"
    RIGHT = "right"
    BEHIND = "behind"


class Kiosk(Section):
    """The terminal itself."""

    name: str = "kiosk-1"
    demo: bool = False
    state: Path = Path("/var/lib/kiosk")
    languages: Languages = ("en", "hu", "de")
    idle_s: Annotated[float, Field(ge=20, le=600)] = 60
    idle_warning_s: Annotated[float, Field(ge=20, le=120)] = 20
    tries_per_visit: Annotated[int, Field(ge=1, le=20)] = 5
    tries_per_hour: Annotated[int, Field(ge=5, le=500)] = 30
    typed_document: bool = False
    desk: DeskSide | None = None
    exports: Path | None = None  # where the journal of keys is exported to at the screen; None: <state>/exports
    night_watch: NightHour = time(3, 30)  # on the hotel's clock; None: none is kept


class Screen(Section):
    """The window."""

    width: Annotated[int, Field(ge=480, le=7680)] = 1080
    height: Annotated[int, Field(ge=480, le=7680)] = 1920
    fullscreen: bool = True
    theme: str = "theme.toml"


class HotelSection(Section):
    """The house, and the system behind it."""

    name: str = "Hotel"
    url: Address = BUILTIN  # or https://… of an OPERA Cloud gateway
    hotel_id: str = "HOTEL"
    time_zone: Zone = "Europe/Budapest"
    country: Country = "HU"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "HUF"
    business_day_ends: time = time(4, 0)
    check_in_from: time = time(14, 0)
    check_out_until: time = time(11, 0)
    telephone: str = ""
    deadline_s: Annotated[float, Field(gt=0, le=60)] = 10
    lost_key_code: Annotated[str, Field(max_length=20)] = ""  # the transaction code of [access] lost_key_fee
    cashier: Annotated[int, Field(ge=1)] | None = None  # in whose name charges are posted

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Registration(Section):
    """The registration card. `archive`: an HTTPS address, or `builtin`."""

    archive: Address = BUILTIN
    house_rules: Path | None = None  # a text file, one rule a line


class Slip(Section):
    """What the guest takes along."""

    room_number: bool = True
    wifi_name: str = ""
    wifi_password: str = ""
    breakfast: str = ""
    doors_per_floor: Annotated[int, Field(ge=0, le=99)] = 0
    lift_after_door: Annotated[int, Field(ge=0, le=99)] = 0


class Gesture(StrEnum):
    """What a guest does with a document, so that it is read."""

    SWIPE = "swipe"  # through the slot of the reader
    LAY = "lay"  # on its glass


class Device(BaseModel):
    """A device. `address = virtual` starts its virtual end (demo only). Other keys go to the driver.

    `gesture` says how a document reader reads the printed zone, `roll_m` how long a printer's new roll is; other
    kinds have none.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    driver: str
    address: str
    position: Position = Position.RIGHT
    gesture: Gesture = Gesture.SWIPE
    roll_m: Annotated[float, Field(ge=5, le=500)] = 80

    @property
    def virtual(self) -> bool:
        return self.address == "virtual"

    @property
    def unreal(self) -> bool:
        """Virtual, or the address of something virtual: a virtual bus, a file in a camera's place."""
        return self.virtual or self.address.startswith(("virtual:", "file:")) or "virtual=" in self.address

    @property
    def options(self) -> dict[str, str]:
        return {key: str(value) for key, value in (self.model_extra or {}).items()}


def _door_sets(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not re.fullmatch(r"[!-~]{1,8}", name):
            raise ValueError("names of 1 to 8 ASCII letters, digits and signs, with blanks between")
    if len(set(names)) < len(names):
        raise ValueError("each name once")
    return names


class Keys(Section):
    """Room keys, and master keys to the sets of doors that the house has told its doors of."""

    most: Annotated[int, Field(ge=1, le=9)] = 4
    card_within_s: Annotated[float, Field(ge=5, le=300)] = 60
    sets: Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_door_sets)] = ()
    master_hours: Annotated[int, Field(ge=1, le=72)] = 12


class Require(StrEnum):
    """What must be proven of a document before its guest goes on alone; each with what stands before it."""

    ZONE = "zone"  # the printed zone was read by a device
    GENUINE = "genuine"  # the chip's data are what a trusted state signed
    NOT_COPIED = "not-copied"  # and the chip has the key that was signed for it


class Otherwise(StrEnum):
    """What happens where that can't be proven."""

    COLLEAGUE = "colleague"
    GO_ON = "go-on"  # marked unproven


class Note(StrEnum):
    """When the booking gets a comment that says what was proven."""

    NEVER = "never"
    UNPROVEN = "unproven"
    ALWAYS = "always"


class ShowPortrait(StrEnum):
    """Whether the portrait is read from the chip, and who sees it."""

    NEVER = "never"  # it is not asked for
    STAFF = "staff"  # who helps a guest, beside what must be decided; in memory, gone with the visit


class Identity(Section):
    """What a document must prove, where the reader reads chips."""

    require: Require = Require.GENUINE
    unproven: Otherwise = Otherwise.COLLEAGUE
    unknown_country: Otherwise = Otherwise.COLLEAGUE
    no_chip: Otherwise = Otherwise.COLLEAGUE
    chip_within_s: Annotated[float, Field(ge=2, le=120)] = 20
    note: Note = Note.UNPROVEN
    portrait: ShowPortrait = ShowPortrait.NEVER
    children_until: Annotated[int, Field(ge=0, le=18)] | None = None  # None: as the law of the hotel's country


class TwoPerson(StrEnum):
    """Acts that a second person may have to approve."""

    MASTER_KEY = "master-key"  # a key that opens more than a guest's doors
    OTHER_ROOM = "other-room"  # a key to a room that isn't the guest's


def _acts(value: tuple[str, ...]) -> tuple[TwoPerson, ...]:
    known = tuple(TwoPerson)
    if value == ("none",):
        return ()
    if not value or set(value) - set(known) or len(set(value)) < len(value):
        raise ValueError(f"none, or each once, of: {' '.join(known)}")
    return tuple(TwoPerson(each) for each in value)


class AccessSection(Section):
    """Who of the staff may do what at this terminal, and how they sign in."""

    pin_alone: bool = False
    bare_uid: bool = False
    idle_s: Annotated[float, Field(ge=20, le=600)] = 60
    repair_idle_s: Annotated[float, Field(ge=20, le=1800)] = 300
    pin_length: Annotated[int, Field(ge=6, le=12)] = 6
    two_person: Annotated[tuple[str, ...], BeforeValidator(_words), AfterValidator(_acts)] = tuple(TwoPerson)
    lost_key_fee: Annotated[Decimal, Field(ge=0, le=100_000, max_digits=8, decimal_places=2)] = Decimal(0)


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if value and not (host and port.isdecimal() and int(port) < 65536):
        raise ValueError("host:port such as 127.0.0.1:9464, or nothing")
    return value


class HealthSection(Section):
    """Where other machines ask how this terminal is; nowhere, if `listen` is empty."""

    listen: Annotated[str, AfterValidator(_listen)] = ""


class MailSecurity(StrEnum):
    """How the mail server is spoken to."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"  # in clear, without a login: to a mail server on this machine


def _mail_server(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536:
        raise ValueError("host:port, such as mail.example.org:587")
    return value


def _sender(value: str) -> str:
    address = parseaddr(value)[1]
    if not re.fullmatch(r"[^@\s]+@[A-Za-z0-9.-]+", address):
        raise ValueError("an address, or a name and an address: Hotel Duna <kiosk@example.org>")
    return value


class MailSection(Section):
    """The mail server that takes what guests want by e-mail."""

    server: Annotated[str, AfterValidator(_mail_server)]
    security: MailSecurity = MailSecurity.STARTTLS
    sender: Annotated[str, AfterValidator(_sender)]
    ca: Path | None = None  # certificates to be believed instead of this machine's
    within_s: Annotated[float, Field(ge=1, le=60)] = 10
    keep_hours: Annotated[int, Field(ge=1, le=168)] = 24

    @property
    def host(self) -> str:
        return self.server.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        return int(self.server.rpartition(":")[2])

    @model_validator(mode="after")
    def _never_in_clear(self) -> MailSection:
        if self.security is MailSecurity.NONE and self.host not in ("127.0.0.1", "::1", "localhost"):
            raise ValueError("security: found 'none', allowed only with a server on this machine (127.0.0.1)")
        return self
