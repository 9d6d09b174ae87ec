"""Night watch: before guests come, is the terminal well, and will paper and cards last?

Once a night, at `[kiosk] night_watch` on the hotel's clock, when nobody has been at the screen for half an hour:
what can be tried without hands and without using anything up is tried, and what is left is compared with the
day's arrivals. A night that was missed is made up for at the next such half hour before six, after that as soon as
nobody stands there, until the evening. What is amiss the desk is told, once a night. What was found is kept, without a guest in it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog

from hardware.checks import Outcome
from hardware.device_view import DeviceView
from hardware.errors import DeviceError
from hardware.key_encoder.contract import Level, Stock
from hardware.readings import Kind, State
from kiosk import on_disk
from kiosk.business_day import door_time
from kiosk.hotel.backend import HotelError
from kiosk.language import language
from kiosk.paper_count import PaperCount

if TYPE_CHECKING:
    from kiosk.diagnosis.book import Tried
    from kiosk.terminal import Terminal

log = structlog.get_logger()

REPORT = "night-watch.json"
LOOK_EVERY_S = 60.0
FREE_S = 1800.0  # nobody was there for so long, so nobody comes just now
FREE_BY_DAY_S = 60.0  # of a night that was missed
SOMEBODY_WITHIN_S = 0.5  # so soon it is left off when somebody comes
UNTIL = time(6, 0)  # guests who leave early come from then on
TOO_LATE = time(18, 0)  # most of the day's guests have come
NOON = time(12, 0)


@dataclass(frozen=True)
class Found:
    """What came of one part. `id` is a part's or a check's; `words` are for the desk, nothing personal."""

    id: str
    outcome: Outcome
    words: str = ""


@dataclass(frozen=True)
class NightReport:
    """One night. None: it could not be known; `cards` also where cards are laid down by hand."""

    day: date  # whose guests it is about
    at: datetime
    found: tuple[Found, ...]
    arrivals: int | None = None
    slips: int | None = None  # for so many there is paper
    cards: int | None = None
    notes: tuple[str, ...] = ()  # what was not counted, and why

    @property
    def amiss(self) -> tuple[str, ...]:
        """For the desk: what there is too little of, and the first thing that is ill of each part; () where all is well."""
        ill: dict[str, str] = {}
        for each in self.found:
            if each.outcome is Outcome.ILL:
                ill.setdefault(each.id.partition(".")[0].replace("-", "_"), each.words)
        short = [
            f"{what} for {left} of {self.arrivals} arrivals"
            for what, left in (("paper", self.slips), ("cards", self.cards))
            if left is not None and self.arrivals is not None and left < self.arrivals
        ]
        return (*short, *ill.values())


class NightWatch:
    """One for the life of the process. `free_s`: for how long nobody has been at the screen, 0 while somebody is."""

    def __init__(self, terminal: Terminal, paper: PaperCount, free_s: Callable[[], float]) -> None:
        self._terminal = terminal
        self._paper = paper
        self._free_s = free_s
        self._path = terminal.settings.kiosk.state / REPORT
        self._one_at_a_time = asyncio.Lock()
        self.report = last_report(terminal.settings.kiosk.state)

    async def run(self) -> None:
        """For ever."""
        if self._terminal.settings.kiosk.night_watch is None:
            return
        while True:
            await self._terminal.clock.sleep(LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001 - nothing here may end the process that guests stand before
                log.error("night watch broke off", error=type(error).__name__)

    async def look(self) -> NightReport | None:
        """Keep the watch if it is due and nobody is there; what it found."""
        async with self._one_at_a_time:
            return await self._look()

    async def _look(self) -> NightReport | None:
        day = self._due()
        if day is None or self._free_s() < self._wanted_free_s(day):
            return None
        report = await self._watch(day)
        if report is None:
            log.info("night watch put off: somebody has come")
            return None
        self._keep(report)
        log.info("night watch", day=str(day), arrivals=report.arrivals, slips=report.slips, amiss=len(report.amiss))
        if report.amiss:
            self._tell(report)
        return report

    # when

    def _due(self) -> date | None:
        """The newest day whose hour has come, if it was not done; the day is the one whose guests are still to come."""
        now = self._terminal.now()
        days_end = now.date() + timedelta(days=1)  # a report of a later day was written while the clock was wrong
        days = (days_end, now.date())
        day = next((each for each in days if self._hour(each) <= now), None)
        if day is None or now >= door_time(day, TOO_LATE, self._terminal.settings.hotel.zone):
            return None
        return day if self.report is None or not day <= self.report.day <= days_end else None

    def _hour(self, day: date) -> datetime:
        """An hour before midnight belongs to the next day's guests."""
        settings = self._terminal.settings
        at = settings.kiosk.night_watch or UNTIL
        return door_time(day if at < NOON else day - timedelta(days=1), at, settings.hotel.zone)

    def _wanted_free_s(self, day: date) -> float:
        until = door_time(day, UNTIL, self._terminal.settings.hotel.zone)
        return FREE_S if self._terminal.now() < until else FREE_BY_DAY_S

    # what

    async def _watch(self, day: date) -> NightReport | None:
        """None: somebody has come, so it is left off."""
        found = [_as_found(view) for view in self._terminal.devices.views()]
        ill = {each.id for each in found if each.outcome is Outcome.ILL}
        tried = await self._tried(ill)
        if tried is None:
            return None
        found += tried
        arrivals: int | None = None
        try:
            arrivals = await self._terminal.hotel.arrivals(day)
        except HotelError as error:
            found.append(Found("hotel.arrivals", Outcome.ILL, f"Hotel’s system: {error.trouble}"))
        notes = [] if arrivals is not None else ["the hotel did not tell the arrivals"]
        stock = await self._stock()
        if stock.count is None and stock.level is Level.UNKNOWN:
            notes.append("cards are laid down by hand: not counted")
        elif stock.level in (Level.LOW, Level.EMPTY):
            found.append(Found("key_encoder.stock", Outcome.ILL, f"cards: {stock.level}"))
        if self._free_s() <= 0:
            return None
        printer = self._terminal.devices.view(Kind.PRINTER)
        slips = self._paper.slips_left if printer is not None else None
        return NightReport(day, self._terminal.now(), tuple(found), arrivals, slips, stock.count, tuple(notes))

    async def _tried(self, without: Collection[str]) -> list[Found] | None:
        """All checks that need nobody, of the parts that are not known to be ill. None: somebody has come."""
        from kiosk.diagnosis.parts import parts  # what measures is loaded when it is needed
        from kiosk.diagnosis.run import try_all

        wanted = [part for part in parts(self._terminal) if part.id not in without]
        trying = asyncio.ensure_future(try_all(self._terminal, wanted))
        try:
            while not trying.done():
                await asyncio.wait({trying}, timeout=SOMEBODY_WITHIN_S)
                if self._free_s() <= 0:
                    return None
        finally:
            trying.cancel()
            await asyncio.gather(trying, return_exceptions=True)
        names = {part.id: language("en").say(part.label) for part in wanted}
        results = [each for each in trying.result() if each.result.outcome is not Outcome.SKIPPED]
        return [Found(each.check, each.result.outcome, f"{names[each.part]}: {_said(each)}") for each in results]

    async def _stock(self) -> Stock:
        if not self._terminal.works(Kind.KEY_ENCODER):
            return Stock()
        try:
            return await self._terminal.key_encoder.stock()
        except DeviceError as error:
            log.warning("cards not counted", fault=error.fault)
            return Stock()

    # then

    def _tell(self, report: NightReport) -> None:
        terminal = self._terminal
        token = terminal.ledger.opaque("night-watch", report.day.isoformat())
        words = f"{terminal.settings.kiosk.name}, before the guests of {report.day.isoformat()}: {'; '.join(report.amiss)}"
        terminal.tell_desk("NIGHT-WATCH", words, token=token)

    def _keep(self, report: NightReport) -> None:
        self.report = report
        on_disk.replace(self._path, json.dumps(asdict(report), default=str))


def last_report(state: Path) -> NightReport | None:
    """What the last night has found; None where none was kept, or its file is damaged."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        kept: dict[str, Any] = json.loads((state / REPORT).read_text("utf-8"))
        found = tuple(Found(each["id"], Outcome(each["outcome"]), each["words"]) for each in kept.pop("found"))
        day, at, notes = date.fromisoformat(kept.pop("day")), datetime.fromisoformat(kept.pop("at")), tuple(kept.pop("notes"))
        return NightReport(day, at, found, notes=notes, **kept)
    return None


def _said(tried: Tried) -> str:
    return tried.result.words or tried.label


_OUTCOMES = {
    State.WELL: Outcome.WELL,
    State.NEEDS_CARE: Outcome.ILL,
    State.ILL: Outcome.ILL,
    State.GONE: Outcome.ILL,
    State.UNKNOWN: Outcome.UNSURE,
}


def _as_found(view: DeviceView) -> Found:
    """As its supervision knows it. What nothing has proven and nothing speaks against is unsure, not ill."""
    outcome = Outcome.ILL if view.faults else _OUTCOMES[view.state]
    name = view.kind.replace("_", " ").capitalize()
    words = {Outcome.ILL: f"{name}: {', '.join(view.faults) or view.state}", Outcome.UNSURE: f"{name}: nothing proves it"}
    return Found(view.kind, outcome, words.get(outcome, ""))
