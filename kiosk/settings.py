"""kiosk.ini → typed settings. An error names file, section, key, what was found, what is allowed.

Units stand in the names (`idle_s`). Secrets never stand here: `credential()` takes them from
systemd's credentials or from a file of mode 0600 in the state directory.
"""

from __future__ import annotations

from datetime import time
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


class SettingsError(Exception):
    """kiosk.ini is wrong; one line per mistake, ready to be shown."""


def _words(value: Any) -> Any:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("an IANA time zone such as Europe/Budapest")
    return value


Words = Annotated[tuple[str, ...], BeforeValidator(_words)]
Zone = Annotated[str, AfterValidator(_zone)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]


class Position(StrEnum):
    """Where a device is, seen from in front of the screen."""

    LEFT = "left"
    RIGHT = "right"
    BELOW = "below"
    ABOVE = "above"


class Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Kiosk(Section):
    """The terminal itself."""

    name: str = "kiosk-1"
    demo: bool = False
    state: Path = Path("/var/lib/kiosk")
    languages: Words = ("en", "hu", "de")
    idle_s: Annotated[float, Field(ge=20, le=600)] = 60
    idle_warning_s: Annotated[float, Field(ge=20, le=120)] = 20
    tries_per_visit: Annotated[int, Field(ge=1, le=20)] = 5
    tries_per_hour: Annotated[int, Field(ge=5, le=500)] = 30
    typed_document: bool = False


class Screen(Section):
    """The window."""

    width: Annotated[int, Field(ge=480, le=7680)] = 1080
    height: Annotated[int, Field(ge=480, le=7680)] = 1920
    fullscreen: bool = True
    theme: str = "theme.toml"


class HotelSection(Section):
    """The house, and the system behind it."""

    name: str = "Hotel"
    url: str = "builtin"  # or https://… of an OPERA Cloud gateway
    hotel_id: str = "HOTEL"
    time_zone: Zone = "Europe/Budapest"
    country: Country = "HU"
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = "HUF"
    business_day_ends: time = time(4, 0)
    check_in_from: time = time(14, 0)
    check_out_until: time = time(11, 0)
    telephone: str = ""
    deadline_s: Annotated[float, Field(gt=0, le=60)] = 10
    call_webhook: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class Registration(Section):
    """The registration card. `archive`: an HTTPS address, or `builtin`."""

    archive: str = "builtin"
    house_rules: tuple[str, ...] = ()


class Slip(Section):
    """What the guest takes along."""

    room_number: bool = True
    wifi_name: str = ""
    wifi_password: str = ""
    breakfast: str = ""
    doors_per_floor: Annotated[int, Field(ge=0, le=99)] = 0
    lift_after_door: Annotated[int, Field(ge=0, le=99)] = 0


class Device(BaseModel):
    """A device. `address = virtual` starts its virtual end (demo only). Other keys go to the driver."""

    model_config = ConfigDict(frozen=True, extra="allow")

    driver: str
    address: str
    position: Position = Position.RIGHT

    @property
    def virtual(self) -> bool:
        return self.address == "virtual"

    @property
    def options(self) -> dict[str, str]:
        return {key: str(value) for key, value in (self.model_extra or {}).items()}


class Keys(Section):
    """Room keys."""

    most: Annotated[int, Field(ge=1, le=9)] = 4
    card_within_s: Annotated[float, Field(ge=5, le=300)] = 60


class Settings(Section):
    """All of kiosk.ini."""

    kiosk: Kiosk = Kiosk()
    screen: Screen = Screen()
    hotel: HotelSection = HotelSection()
    registration: Registration = Registration()
    slip: Slip = Slip()
    keys: Keys = Keys()
    card_reader: Device | None = None
    document_reader: Device | None = None
    key_encoder: Device | None = None
    printer: Device | None = None
    scanner: Device | None = None
