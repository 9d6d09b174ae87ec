"""How the terminal is, for other machines; told by `health_server.py`.

Rules:
1. Nothing personal: names of devices, states, fault codes, times and numbers. What a device or a vendor says in
   words (readings, notes) stays here.
2. Silence is unknown, never well.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from hardware.errors import Fault
from hardware.readings import State
from kiosk.faults import FAULTS
from kiosk.terminal import Terminal
from kiosk.uptime import uptime_s

if TYPE_CHECKING:
    from kiosk.reception import Reception

_WORST_FIRST = (State.ILL, State.UNKNOWN, State.NEEDS_CARE, State.WELL)


@dataclass(frozen=True)
class PartHealth:
    """One part now. Seconds are ages."""

    name: str
    state: State
    since_s: float | None = None
    proven_s: float | None = None
    faults: tuple[Fault, ...] = ()


class Health:
    """What is known of the terminal. Reads only."""

    def __init__(self, terminal: Terminal, reception: Reception) -> None:
        self.terminal = terminal
        self._reception = reception

    @property
    def visits(self) -> int:
        """How many began since the start."""
        return self._reception.visits

    def parts(self) -> tuple[PartHealth, ...]:
        """Every device that kiosk.ini lists, and the hotel."""
        devices = self.terminal.devices
        found = [
            PartHealth(
                view.name, view.state, devices.ago_s(view.since_s),
                None if view.proven_s is None else devices.ago_s(view.proven_s), view.faults,
            )
            for view in devices.views()
        ]  # fmt: skip
        well = self.terminal.hotel_well
        found.append(PartHealth("hotel", State.UNKNOWN if well is None else State.WELL if well else State.ILL))
        return tuple(found)

    def state(self) -> State:
        """As the worst of its parts is; one that is gone makes it ill."""
        states = {State.ILL if part.state is State.GONE else part.state for part in self.parts()}
        return next(state for state in _WORST_FIRST if state in states)

    def waiting(self) -> dict[str, int]:
        """What has not left the terminal yet, or is not settled."""
        return {
            **self.terminal.ledger.waiting(),
            "signed-cards": len(self.terminal.outbox.pending()),
            "cards-aside": self.terminal.outbox.aside(),
        }

    def report(self) -> dict[str, object]:
        """As JSON has it."""
        now = self.terminal.clock.now()

        def when(ago_s: float | None) -> str | None:
            return None if ago_s is None else (now - timedelta(seconds=ago_s)).isoformat(timespec="seconds")

        return {
            "terminal": self.terminal.settings.kiosk.name,
            "state": self.state(),
            "at": now.isoformat(timespec="seconds"),
            "uptime_s": round(uptime_s()),
            "visits": self.visits,
            "waiting": self.waiting(),
            "parts": {
                part.name: {
                    "state": part.state,
                    "since": when(part.since_s),
                    "proven": when(part.proven_s),
                    "faults": [{"code": fault, "severity": FAULTS[fault].severity} for fault in part.faults],
                }
                for part in self.parts()
            },
        }
