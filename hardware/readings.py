"""What any device reports of itself: kind, state, readings, checks and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from hardware.errors import Fault


class Kind(StrEnum):
    """The kinds of device. A kind is a folder of `hardware/` and a section of kiosk.ini."""

    CARD_READER = "card_reader"
    DOCUMENT_READER = "document_reader"
    KEY_ENCODER = "key_encoder"
    PRINTER = "printer"
    SCANNER = "scanner"

    def fault(self, what: str) -> Fault:
        """Its own code of what befalls any device: gone, silent, nonsense."""
        return Fault(f"{self.value.replace('_', '-')}.{what}")


class State(StrEnum):
    """How a device is. Silence is UNKNOWN, never WELL."""

    WELL = "well"
    NEEDS_CARE = "needs-care"
    ILL = "ill"
    GONE = "gone"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Reading:
    """One value that a device reports: `Reading("paper", "Paper", "near end", "", NEEDS_CARE)`."""

    id: str
    label: str
    value: str
    unit: str = ""
    level: State = State.WELL


@dataclass(frozen=True)
class Status:
    """What a driver's `status()` returns: asked of the device just now, never remembered.

    `proven_s` is `time.monotonic()` of the device's last sign of life, for devices that can't be
    asked (a swipe reader only speaks when swiped); None: it answered just now.
    """

    state: State
    faults: tuple[Fault, ...] = ()
    readings: tuple[Reading, ...] = ()
    proven_s: float | None = None


@dataclass(frozen=True)
class DeviceEvent:
    """Something happened at a device without being asked.

    `began_s` is `time.monotonic()` of when the person's act began (first byte, card's
    arrival): an event older than the question on the screen is dropped by the visit.
    `what` is a dataclass of the kind's contract (DocumentPresented, CodeScanned, …).
    """

    device: str
    kind: Kind
    began_s: float
    what: Any = field(repr=False)
