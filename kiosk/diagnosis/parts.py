"""The parts of a terminal: devices that kiosk.ini lists, and what is no device, each with its state and checks.

Never well by habit: a device is as its supervision knows it, a check that came out ill makes its part ill until
the same check comes out well (or the fault that it met is over), and a part that nobody has tried is unknown.
"""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from hardware.checks import Check, Outcome
from hardware.readings import Kind, Reading, State
from kiosk.diagnosis import hotel, keypad, machine, mail, network, screen, sound
from kiosk.diagnosis.book import LASTS_S, Book, Tried
from kiosk.faults import TABLE, only_warns
from kiosk.language import T, Text

if TYPE_CHECKING:
    from kiosk.terminal import Terminal

LABELS: dict[str, Text] = {
    "machine": T("Computer"),
    "network": T("Network"),
    "hotel": T("Hotel’s system"),
    "mail": T("E-mail"),
    Kind.PRINTER: T("Printer"),
    Kind.SCANNER: T("Code scanner"),
    Kind.DOCUMENT_READER: T("Document reader"),
    Kind.CARD_READER: T("Card reader"),
    Kind.KEY_ENCODER: T("Key encoder"),
    "screen": T("Screen"),
    "sound": T("Sound"),
    "keypad": T("Keypad"),
    "payment": T("Payment terminal"),
}
"""Every part, in the order in which a new terminal is gone through."""

NOT_BUILT = T("This kind of device is not built yet.")


@dataclass(frozen=True)
class PartView:
    """A part as it is known now. Times are the hotel's wall clock; `note` is plain words for a technician."""

    state: State
    since: datetime | None = None
    proven: datetime | None = None
    faults: tuple[str, ...] = ()  # codes of the table of faults
    last_fault: str | None = None  # the newest, also where it is over
    last_fault_at: datetime | None = None
    note: str = ""
    readings: tuple[Reading, ...] = ()
    counters: Mapping[str, int] = field(default_factory=dict)
    address: str = ""
    model: str = ""
    serial: str = ""
    firmware: str = ""
    told: Tried | None = None  # the check that speaks against it, where its state is not the device's own word
    fitted: bool = True  # False: a person has said that this terminal has none


@dataclass(frozen=True)
class Part:
    """One part. `meets`: parts with the same word share something (a reader), so their checks take turns."""

    id: str
    label: Text
    checks: tuple[Check, ...]
    look: Callable[[], PartView] = field(repr=False)
    kind: Kind | None = None
    meets: str = ""
    built: bool = True  # False: a place for what is not there yet, which says nothing for or against the terminal

    def view(self) -> PartView:
        """How it is now. Costs nothing: nobody is asked."""
        return self.look()


def parts(terminal: Terminal) -> tuple[Part, ...]:
    """All parts of this terminal, in the order of LABELS; devices and e-mail only where kiosk.ini has them."""
    found = (_part(terminal, id) for id in LABELS)
    return tuple(part for part in found if part is not None)


def part(terminal: Terminal, id: str) -> Part | None:
    """One of them, by its id (`key_encoder` or `key-encoder`); None: this terminal has none."""
    wanted = id.replace("-", "_")
    return _part(terminal, wanted) if wanted in LABELS else None


def _part(terminal: Terminal, id: str) -> Part | None:
    if id in tuple(Kind):
        return _device(terminal, Kind(id))
    if id == "payment":
        note = NOT_BUILT.key
        return Part(id, LABELS[id], (), lambda: PartView(State.UNKNOWN, note=note), built=False)
    checks = _CHECKS[id](terminal)
    if not checks:
        return None
    return Part(id, LABELS[id], checks, lambda: _tried_view(terminal, id, checks), meets=id)


# --- devices ------------------------------------------------------------------------------------


def _device(terminal: Terminal, kind: Kind) -> Part | None:
    driver = terminal.devices.get(kind)
    if driver is None:
        return None
    module = importlib.import_module(f"hardware.{kind}.checks")
    checks: tuple[Check, ...] = module.checks(driver)
    ids = tuple(check.id for check in checks)
    address = driver.settings.address
    meets = address if address.startswith(("pcsc:", "virtual:")) else kind.value
    return Part(kind.value, LABELS[kind], checks, lambda: _device_view(terminal, kind, ids), kind, meets)


def _device_view(terminal: Terminal, kind: Kind, checks: tuple[str, ...]) -> PartView:
    view = terminal.devices.view(kind)
    if view is None:
        return PartView(State.UNKNOWN)
    said = PartView(
        state=view.state,
        since=_wall(terminal, view.since_s),
        proven=_wall(terminal, view.proven_s),
        faults=view.faults,
        note=view.note,
        readings=view.readings,
        address=view.address,
        model=view.model,
        serial=view.serial,
        firmware=view.firmware,
        last_fault=view.last_fault,
        last_fault_at=_wall(terminal, view.last_fault_s),
        counters=view.counters,
    )
    return _with_checks(terminal.book, said, checks)


def _wall(terminal: Terminal, then_s: float | None) -> datetime | None:
    """A moment of the devices' clock, which is the machine's, on the hotel's wall clock."""
    if then_s is None:
        return None
    return terminal.now() - timedelta(seconds=max(0.0, time.monotonic() - then_s))


# --- what is no device ----------------------------------------------------------------------------


def _with_checks(book: Book, view: PartView, checks: tuple[str, ...]) -> PartView:
    """A device's check that came out ill speaks against its part until it comes out well, or its fault is seen to be over.
    Of several the first is told: the next ones mostly fail for the same reason."""
    ill = tuple(tried for tried in book.ill(checks) if not _over(tried, view))
    if not ill:
        return view
    newest = max(ill, key=lambda tried: tried.at)
    if view.last_fault_at is None or newest.at > view.last_fault_at:
        view = replace(view, last_fault=newest.result.fault, last_fault_at=newest.at)
    if view.state not in (State.ILL, State.GONE):
        known = [view.since] if view.faults and view.since is not None else []
        view = replace(view, state=State.ILL, since=min([*known, *(book.since(tried.check) or tried.at for tried in ill)]))
    told = next((tried for tried in ill if tried.result.fault not in view.faults), None)
    return replace(view, note=f"{told.label}: {told.result.words}", told=told) if told is not None else view


def _over(tried: Tried, view: PartView) -> bool:
    """`<part>.answers` asks what the supervision asks every second: where that has found the device well since, paper
    is in again or the plug is. What came out ill without a fault (too slow an answer) is for the check to say."""
    asked_since = view.proven is not None and view.proven > tried.at
    fine = view.state in (State.WELL, State.NEEDS_CARE) and tried.result.fault not in view.faults
    return tried.check.endswith(".answers") and tried.result.fault is not None and asked_since and fine


def _tried_view(terminal: Terminal, id: str, checks: tuple[Check, ...]) -> PartView:
    """As its checks have found it: ill as long as one is, well when all were, not too long ago; one that was not tried,
    or could not tell, leaves it unknown, unless all that hangs on it is a warning. What this machine has not (a
    sensor, a certificate) is not missed, nor what uses something up, nor what somebody has said that it has not (a
    keypad)."""
    book, lasts_s = terminal.book, _LASTS_S.get(id, LASTS_S)
    absent = {check.id for check in checks if book.not_fitted(check.id)}
    if absent and absent >= {check.id for check in checks if check.hands}:
        said = [tried.at for tried in map(book.last, absent) if tried is not None]
        return PartView(State.UNKNOWN, since=min(said), fitted=False)
    checks = tuple(check for check in checks if check.id not in absent)
    ids = tuple(check.id for check in checks)
    fresh = {tried.check: tried for tried in book.fresh(ids, terminal.clock.monotonic(), lasts_s)}
    well = [tried for tried in fresh.values() if tried.result.outcome is Outcome.WELL]
    warned = [tried for tried in fresh.values() if tried not in well and only_warns(_code(tried))]
    ill = [tried for tried in book.ill(ids) if not only_warns(_code(tried))]
    known = {tried.check for tried in (*well, *warned)}
    open_ = [
        check for check in checks
        if check.id not in known and not check.moves and (check.hands or not book.skipped(check.id))
    ]  # fmt: skip
    last = [tried for tried in map(book.last, ids) if tried is not None]
    missing = {check.id for check in open_}
    unsure = [tried for tried in last if tried.check in missing and tried.result.outcome is Outcome.UNSURE]
    noted = next(iter([*ill, *warned, *unsure]), None)
    state = State.UNKNOWN if open_ or not known else State.NEEDS_CARE if warned else State.WELL
    if ill:
        state = State.ILL
    since = [book.since(tried.check) or tried.at for tried in ill or warned or well]
    newest = book.last_fault(id)
    return PartView(
        state=state,
        since=(max if state is State.WELL else min)(since, default=None) if state is not State.UNKNOWN else None,
        proven=max((tried.at for tried in last if tried.result.outcome is Outcome.WELL), default=None),
        faults=tuple(dict.fromkeys(code for tried in (*ill, *warned) if (code := _code(tried)) in TABLE)),
        last_fault=newest.result.fault if newest else None,
        last_fault_at=newest.at if newest else None,
        note=f"{noted.label}: {noted.result.words}" if noted else "",
        told=next((tried for tried in ill if _code(tried) not in TABLE), None),
        readings=_readings(last),
    )


def _code(tried: Tried) -> str:
    return tried.result.fault or tried.check


def _readings(last: Iterable[Tried]) -> tuple[Reading, ...]:
    return tuple(
        Reading(value.id, value.label, f"{value.value:g}", value.unit, State.WELL if value.within else State.NEEDS_CARE)
        for each in last
        for value in each.result.measured
    )


_CHECKS: dict[str, Callable[[Terminal], tuple[Check, ...]]] = {
    "machine": machine.checks,
    "network": network.checks,
    "hotel": hotel.checks,
    "mail": mail.checks,
    "screen": lambda terminal: screen.checks(terminal.settings.screen),
    "sound": lambda terminal: sound.checks(),
    "keypad": lambda terminal: keypad.checks(),
}
# What needs no hands is asked again by whoever looks, and by `kiosk/rounds.py`; what needs them is believed for a day.
_LASTS_S = {"machine": 300.0, "network": 300.0, "hotel": 300.0, "mail": 2100.0}
