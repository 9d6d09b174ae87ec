"""How the terminal is, for other machines; told by `health_server.py`.

Rules:
1. Nothing personal: names of parts, states, fault codes, times and numbers. What a device, a check or a vendor says
   in words (readings, notes) stays here.
2. Silence is unknown, never well; so is a proof that is too old.
3. The terminal is as the worst of its parts is, and one that is gone makes it ill. What only hands can prove
   (screen, sound, keypad) counts when it was found ill, and not while nobody has tried it.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hardware.readings import State
from kiosk.faults import TABLE
from kiosk.terminal import Terminal
from kiosk.uptime import uptime_s

if TYPE_CHECKING:
    from kiosk.diagnosis.parts import Part
    from kiosk.reception import Reception

_WORST_FIRST = (State.ILL, State.UNKNOWN, State.NEEDS_CARE, State.WELL)


@dataclass(frozen=True)
class PartHealth:
    """One part now. Times are the hotel's wall clock. `by_hand`: nothing but a person's hands can prove it."""

    name: str
    state: State
    since: datetime | None = None
    proven: datetime | None = None
    faults: tuple[str, ...] = ()
    by_hand: bool = False

    @property
    def counts(self) -> bool:
        return not (self.by_hand and self.state is State.UNKNOWN)


class Health:
    """What is known of the terminal. Reads only: nobody is asked, and nothing waited for."""

    def __init__(self, terminal: Terminal, reception: Reception) -> None:
        self.terminal = terminal
        self._reception = reception
        self._loaded = False

    @property
    def visits(self) -> int:
        """How many began since the start."""
        return self._reception.visits

    async def load(self) -> None:
        """What knows the parts, before `parts`: in a thread, the first time."""
        if not self._loaded:
            made = await asyncio.to_thread(importlib.import_module, "kiosk.diagnosis.parts")
            made.parts(self.terminal)
            self._loaded = True

    def parts(self) -> tuple[PartHealth, ...]:
        """Every part that this terminal has."""
        from kiosk.diagnosis.parts import parts

        return tuple(self._seen(parts(self.terminal)))

    def _seen(self, found: tuple[Part, ...]) -> Iterator[PartHealth]:
        for part in found:
            if not part.built:
                continue
            view = part.view()
            by_hand = part.kind is None and any(check.hands and not check.moves for check in part.checks)
            seen = PartHealth(part.id, view.state, view.since, view.proven, view.faults, by_hand)
            yield self._hotel(seen) if part.id == "hotel" else seen

    def _hotel(self, tried: PartHealth) -> PartHealth:
        """As its signs of life have it, which come all the time; all its calls are tried only now and then, and one
        that came out ill speaks against it."""
        now = self.terminal.hotel_view
        told = (f"hotel.{now.trouble}",) if now.trouble else ()
        faults = tuple(dict.fromkeys((*told, *tried.faults)))
        if tried.state is State.ILL and now.state is not State.ILL:
            return replace(tried, faults=faults, proven=now.proven)
        return PartHealth("hotel", now.state, now.since, now.proven, faults)

    def state(self) -> State:
        """See rule 3."""
        return worst(self.parts())

    @property
    def recording(self) -> int:
        """How many visits are still to be recorded, at a technician's wish."""
        return self.terminal.recorder.visits_left

    def waiting(self) -> dict[str, int]:
        """What has not left the terminal yet, or is not settled."""
        return {
            **self.terminal.ledger.waiting(),
            "signed-cards": len(self.terminal.outbox.pending()),
            "cards-aside": self.terminal.outbox.aside(),
        }

    def report(self) -> dict[str, object]:
        """As JSON has it."""
        found = self.parts()
        return {
            "terminal": self.terminal.settings.kiosk.name,
            "state": worst(found),
            "at": _when(self.terminal.clock.now()),
            "uptime_s": round(uptime_s()),
            "visits": self.visits,
            "recording": self.recording,
            "waiting": self.waiting(),
            "parts": {
                part.name: {
                    "state": part.state,
                    "since": _when(part.since),
                    "proven": _when(part.proven),
                    "faults": [{"code": code, "severity": TABLE[code].severity} for code in part.faults],
                }
                for part in found
            },
        }


def worst(found: tuple[PartHealth, ...]) -> State:
    states = {State.ILL if part.state is State.GONE else part.state for part in found if part.counts}
    return next(state for state in _WORST_FIRST if state in states)


def _when(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds")
