"""What every driver is. Drivers have no retries and no sleeps: `devices.py` supervises.

A kind's contract narrows Driver; a driver module `hardware/<kind>/<protocol>.py` exports
`DRIVER = ClassName`, which is how `devices.py` finds it by the name in kiosk.ini.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from hardware.errors import DeviceMissetup, Fault
from hardware.readings import DeviceEvent, Kind, Status

Emit = Callable[[DeviceEvent], None]


@dataclass(frozen=True)
class DeviceSettings:
    """One device section of kiosk.ini, as a driver gets it.

    `address` is `tcp://host:port`, `serial:///dev/ttyX?baud=9600`, `usb://vendor:product`, `pcsc:READER NAME`,
    `evdev:NAME` or `camera:///dev/videoX`. A virtual end
    gives its own: of the same kinds, or `virtual:NAME` for a virtual PC/SC reader.
    `options` are the section's other keys as they stand there; a driver takes those in its `OPTIONS`.
    `today` is the day that drivers go by (two-digit years of a document); the terminal gives its own clock's.
    """

    name: str
    driver: str
    address: str
    options: Mapping[str, str] = field(default_factory=dict)
    today: Callable[[], date] = field(default=date.today, compare=False, repr=False)


class Driver(ABC):
    """A device behind its protocol. All calls are async and end within their deadline."""

    KIND: ClassVar[Kind]
    OPTIONS: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, settings: DeviceSettings, emit: Emit) -> None:
        """`emit` may be called from the loop's thread only; it never blocks.

        DeviceMissetup for an option that this driver has not; a subclass says so of its address too.
        """
        self.check_options(settings)
        self.settings = settings
        self.name = settings.name
        self.emit = emit
        self.ask_me: Callable[[], None] = lambda: None
        """The supervision's: a driver that sees its wire end calls this, and is asked at once how it is."""

    @classmethod
    def check_options(cls, settings: DeviceSettings) -> None:
        """DeviceMissetup names what is unknown, and what is allowed."""
        for key in settings.options:
            if key not in cls.OPTIONS:
                said = f"{key}: is unknown; allowed: {', '.join(sorted(cls.OPTIONS)) or 'none'}"
                raise DeviceMissetup(settings.name, Fault.BAD_OPTION, said)

    @abstractmethod
    async def open(self) -> None:
        """Connect and prove that the right device answers; DeviceError if not."""

    @abstractmethod
    async def close(self) -> None:
        """Let go of the wire. Never raises, may be called twice."""

    @abstractmethod
    async def status(self) -> Status:
        """Ask the device how it is. Raises DeviceGone or DeviceSilent rather than guess."""

    async def lives(self) -> bool | None:
        """Whether it gives signs of life beside a call that has it just now. None: only the call's end will tell.

        It waits for a few seconds at most, and harms the call in nothing: what the device is asked is no part
        of the call's exchange, and that it doesn't answer ends none. It may only be busy.
        """
        return None
