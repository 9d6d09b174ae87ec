"""A scripted guest against the real drivers, virtual devices and the built-in hotel: no pixel, no mock."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

import pytest
import structlog

from hardware.readings import Kind
from kiosk.build import Running, open_kiosk
from kiosk.business_day import business_date
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Reservation
from kiosk.language import language
from kiosk.prompts import (
    Busy,
    Choice,
    DateEntry,
    Farewell,
    LayKeyCard,
    PresentDocument,
    Prompt,
    ReadingChip,
    RegistrationCard,
    TextEntry,
    Welcome,
)
from kiosk.settings import Settings, load
from kiosk.steps.companions import LATER
from tests.journeys.between import House, open_house
from tests.journeys.first_books import lay_books
from tests.journeys.scripted_guest import WITHIN_S, ScriptedGuest
from tests.kiosk.mail_end import MailEnd
from tests.kiosk.staff.conftest import LITTLE_WORK

P = TypeVar("P", bound=Prompt)
MOVES = 4
LOOKED_AT_S = 0.25
"""A still clock moves in steps, each after so long a look: devices and hotel answer in the machine's own time."""
ROOT = Path(__file__).resolve().parents[2]


class MovableClock:
    """Real time that a test can move forward: whoever sleeps past the new time wakes.

    With `still` no time passes but what the test moves.
    """

    def __init__(self, start: datetime | None = None, *, still: bool = False) -> None:
        self._loop_s = (lambda: 0.0) if still else asyncio.get_running_loop().time
        self._still = still
        self._start = start or datetime.now(UTC)
        self._zero_s = self._loop_s()
        self._moved_s = 0.0
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        return self._loop_s() - self._zero_s + self._moved_s

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self.monotonic())

    async def sleep(self, seconds: float) -> None:
        until = self.monotonic() + seconds
        while (left := until - self.monotonic()) > 0:
            with suppress(TimeoutError):
                async with asyncio.timeout(None if self._still else left):
                    await self._moved.wait()

    async def move(self, seconds: float) -> None:
        self._moved_s += seconds
        self._moved.set()
        self._moved = asyncio.Event()


class Lobby:
    """A running kiosk, its guest, its bench and its clock."""

    def __init__(self, running: Running, guest: ScriptedGuest, clock: MovableClock) -> None:
        self.running = running
        self.terminal = running.terminal
        self.bench = running.bench
        self.guest = guest
        self.clock = clock
        self.switched_off: Callable[[], Awaitable[None]]

    async def plays(self, device: str, verb: str, *words: str) -> dict[str, str]:
        return await self.bench.do(device, verb, *words)

    async def shows_document(self, sample: str) -> None:
        await self.plays("document_reader", "present", sample)

    async def booking(self, sample: str) -> Reservation:
        """The sample's booking, as the hotel has it now."""
        (found,) = await self.terminal.hotel.find_by_confirmation(SAMPLES[sample].confirmation)
        return await self.terminal.hotel.reservation(found.id)

    async def until(self, so: Callable[[], object], moving_s: float = 0) -> None:
        """Wait until it is so; with `moving_s` the clock is moved meanwhile."""
        async with asyncio.timeout(WITHIN_S):
            while not so():
                await self.clock.move(moving_s)
                await asyncio.sleep(0.02)

    async def works(self, device: str) -> None:
        """Wait until the kiosk has noticed that this device is well."""
        await self.until(lambda: self.terminal.works(Kind(device)), moving_s=1)

    async def reads(self, documents: int) -> None:
        """Wait until so many swipes have been read, asked for or not."""
        await self.until(lambda: self.terminal.document_reader.read == documents)

    async def welcomes(self, notice: str = "") -> Welcome:
        """Wait until the welcome screen stands there with this notice; '' for none."""
        while True:
            prompt = await self.guest.sees(Welcome)
            if notice in self.guest.says(prompt.notice) and bool(notice) == bool(prompt.notice):
                return prompt
            self.guest.passes()

    async def passes_until(self, notice: str, within_s: float) -> None:
        """At a kiosk whose time stands still: in less than so many seconds the welcome screen says this."""
        waiting = asyncio.ensure_future(self.welcomes(notice))
        for _ in range(MOVES):
            await asyncio.wait({waiting}, timeout=LOOKED_AT_S)
            if waiting.done():
                break
            await self.clock.move(within_s / MOVES)
        await waiting

    async def to_registration(self, sample: str) -> RegistrationCard:
        """A guest lays the sample's document down at the welcome screen."""
        await self.guest.sees(Welcome)
        await self.shows_document(sample)
        return await self.card()

    async def card(self) -> RegistrationCard:
        """The card of who has begun; all others of the booking come later."""
        while True:
            prompt = await self.guest.sees(Prompt)
            if isinstance(prompt, RegistrationCard):
                await self.bench.take_document()
                return prompt
            later = isinstance(prompt, PresentDocument) and LATER in prompt.other
            if later or (isinstance(prompt, Choice) and prompt.options[0].id == "all"):
                await self.acts(prompt)
            else:
                self.guest.passes()

    async def signs(self) -> None:
        """Fills in what is missing on the card that stands there, and signs it."""
        while True:
            prompt = await self.guest.sees(Prompt)
            signed = isinstance(prompt, RegistrationCard) and not any(row.missing for row in prompt.rows)
            await self.acts(prompt, 1)
            if signed:
                return

    async def to_keys(self, sample: str, keys: int = 1) -> LayKeyCard:
        """… fills in and signs the card, and says how many keys where that is asked."""
        await self.to_registration(sample)
        return await self.goes_on(LayKeyCard, keys)

    async def to_farewell(self, sample: str, keys: int = 1) -> Farewell:
        """… lays one card after another and has the slip."""
        await self.to_keys(sample, keys)
        return await self.goes_on(Farewell, keys)

    async def goes_on(self, until: type[P], keys: int = 1) -> P:
        """Does what a guest would on each screen, from the one that stands there, until this kind comes."""
        while True:
            prompt = await self.guest.sees(Prompt)
            if isinstance(prompt, until):
                return prompt
            await self.acts(prompt, keys)

    async def goes_on_to_choice(self, words: str, keys: int = 1) -> Choice:
        """Likewise, until a choice with these words comes."""
        while True:
            prompt = await self.guest.sees(Prompt)
            if isinstance(prompt, Choice) and words in language("en").say(prompt.question):
                return prompt
            await self.acts(prompt, keys)

    async def acts(self, prompt: Prompt, keys: int = 1) -> None:
        """Does what a guest would on this screen."""
        guest = self.guest
        if isinstance(prompt, RegistrationCard):
            await self.bench.take_document()
            missing = [row for row in prompt.rows if row.missing]
            _ = guest.choose(f"change:{missing[0].field}") if missing else guest.sign()
        elif isinstance(prompt, TextEntry):
            guest.type(_words(prompt))
        elif isinstance(prompt, DateEntry):
            guest.pick(prompt.latest)
        elif isinstance(prompt, LayKeyCard):
            guest.passes()
            await self.plays("key_encoder", "lift" if prompt.lifting else "lay-card")
        elif isinstance(prompt, PresentDocument) and LATER in prompt.other:
            guest.choose(LATER.id)
        elif isinstance(prompt, Choice) and prompt.options[0].id.isdecimal():
            guest.choose(str(keys))
        elif isinstance(prompt, Busy | Welcome | ReadingChip):
            guest.passes()
        elif isinstance(prompt, Choice):
            guest.choose(prompt.options[0].id)
        else:
            raise AssertionError(f"did not expect {type(prompt).__name__}: {guest.story()}")


def _words(prompt: TextEntry) -> str:
    question = prompt.question.key.lower()
    for word, answer in (("country do you", "Hungary"), ("postcode", "6720"), ("birth", "Nagy Anna")):
        if word in question:
            return answer
    return "Szeged"


OpenLobby = Callable[..., Awaitable[Lobby]]
OpenHouse = Callable[..., Awaitable[House]]


@pytest.fixture(autouse=True)
def every_child_is_quick(quick_children: None) -> None:
    """Hotel, devices and commands begin with what they import already loaded (`tests/warm.py`)."""


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], bytes]]:
    """All that this process logs, of every library, as talkative as they can be."""
    said, before = io.StringIO(), structlog.get_config()
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(said),
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        cache_logger_on_first_use=False,
    )
    caplog.set_level(logging.DEBUG)
    yield lambda: (said.getvalue() + "\n".join(caplog.messages) + caplog.text).encode()
    structlog.configure(**before)


@pytest.fixture
async def mail_end() -> AsyncIterator[MailEnd]:
    """The hotel's mail server."""
    server = MailEnd()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[OpenHouse]:
    """`await house()` opens a hotel by itself, and what stands between it and the kiosks of `lobby(house=…)`."""
    opened: list[Any] = []
    number = count(1)

    async def open_it() -> House:
        context = open_house(tmp_path / f"house-{next(number)}")
        opened.append(context)
        return await context.__aenter__()

    yield open_it
    for context in opened:
        await context.__aexit__(None, None, None)


@pytest.fixture
async def lobby(tmp_path: Path, house: OpenHouse) -> AsyncIterator[OpenLobby]:
    """`await lobby()` opens a kiosk; `lobby(start=…, hotel__country="US")` changes it.

    With `house` it stands before that hotel, through what is between; else it has one of its own.
    """
    opened: list[tuple[Any, asyncio.Task[None]]] = []
    number = count(1)

    async def open_it(
        start: datetime | None = None, *, house: House | None = None, still: bool = False, **changes: Any
    ) -> Lobby:
        state = tmp_path / f"kiosk-{next(number)}"
        if house is not None:
            changes = {"kiosk__name": state.name, "hotel__url": house.between.url, **changes}
            house.lets_in(state)
        settings = _settings(state, changes)
        clock = MovableClock(start, still=still)
        guest = ScriptedGuest()
        lay_books(settings, business_date(clock.now(), settings.hotel.zone, settings.hotel.business_day_ends))
        context = open_kiosk(settings, clock, front=guest, pin_work=LITTLE_WORK)
        running = await context.__aenter__()
        guest.desk = running.reception
        serving = asyncio.ensure_future(running.serve())
        opened.append((context, serving))
        kiosk = Lobby(running, guest, clock)
        kiosk.switched_off = lambda: close(opened.index((context, serving)))
        return kiosk

    async def close(at: int) -> None:
        context, serving = opened.pop(at)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        await context.__aexit__(None, None, None)

    yield open_it
    while opened:
        await close(0)


def _settings(state: Path, changes: dict[str, Any]) -> Settings:
    settings = load(ROOT / "kiosk.ini")
    # The night watch and the rounds that are made for a monitor have tests of their own.
    sections: dict[str, dict[str, Any]] = {"kiosk": {"state": state, "night_watch": None}, "health": {"listen": ""}}
    for name, value in changes.items():
        section, key = name.split("__")
        sections.setdefault(section, {})[key] = value
    data = settings.model_dump()
    for section, values in sections.items():
        data[section] = {**(data[section] or {}), **values}
    return Settings.model_validate(data)
