"""A device as the terminal knows it now: what every screen, page and report of devices shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hardware.errors import Fault
from hardware.readings import Kind, Reading, State

# How long a proof counts. The longest that a device may be busy and so not be asked, or, for
# devices that only speak when used, a time after which nobody would swear to it any more.
PROOF_LASTS_S: Mapping[Kind, float] = {
    Kind.PRINTER: 60,  # a long slip, drawn as pictures, over a slow line
    Kind.CARD_READER: 15,
    Kind.KEY_ENCODER: 320,  # waits for a card for at most 300 s
    Kind.SCANNER: 900,
    Kind.DOCUMENT_READER: 900,
}


@dataclass(frozen=True)
class DeviceView:
    """Times are seconds of the clock given to Devices. UNKNOWN without faults: nothing speaks against it,
    nothing has proven it either.

    `model`, `serial` and `firmware` are what the device itself last said, "" where it never did.
    `last_fault_s` is when that was last seen; both outlive the repair, but not a restart. So do the
    `counters`: opened, lost, faults (how often one began), asked, events.
    """

    name: str
    kind: Kind
    state: State
    since_s: float
    proven_s: float | None = None
    faults: tuple[Fault, ...] = ()
    readings: tuple[Reading, ...] = ()
    note: str = ""  # the vendor's own words or code for the fault
    address: str = ""
    driver: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    last_fault: Fault | None = None
    last_fault_s: float | None = None
    counters: Mapping[str, int] = field(default_factory=dict, compare=False)


COUNTERS = ("opened", "lost", "faults", "asked", "events")
_MODEL = ("model", "reader", "server")
"""Readings that say which device it is, the best first: a PC/SC reader has its name only, a lock server what it calls itself."""


def saying(view: DeviceView, readings: tuple[Reading, ...]) -> DeviceView:
    """With what these readings say of the device itself; what it said before stays where they are silent."""
    said = {reading.id: reading.value for reading in readings if reading.value}
    return replace(
        view,
        readings=readings,
        model=next((said[name] for name in _MODEL if name in said), view.model),
        serial=said.get("serial", view.serial),
        firmware=said.get("firmware", view.firmware),
    )


def aged(view: DeviceView, now_s: float) -> DeviceView:
    """A state whose proof is too old is UNKNOWN. ILL and GONE stay: nothing good is claimed."""
    if view.state not in (State.WELL, State.NEEDS_CARE) or view.proven_s is None:
        return view
    if now_s - view.proven_s <= PROOF_LASTS_S[view.kind]:
        return view
    return replace(view, state=State.UNKNOWN, faults=(), since_s=view.proven_s + PROOF_LASTS_S[view.kind])
