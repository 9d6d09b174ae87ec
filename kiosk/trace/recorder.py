"""Recorder: keeps what happens in a visit, when a technician has asked for it.

Rules: it is off until it is switched on, and off again by itself after so many visits or an hour. What a guest gave is
in memory while they stand there, as in the visit itself, and nowhere in clear: when they have gone it is replaced
(`pseudonyms.py`), written, and dropped. What came of reading a chip is noted, and never a byte of it. A recorder
that fails leaves no trace, and no guest notices.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Coroutine, Iterable
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from hardware.device_view import DeviceView
from hardware.devices import Devices
from hardware.readings import DeviceEvent, Kind
from kiosk.clock import Clock
from kiosk.given import as_answer
from kiosk.hotel.booking_code import SignedBooking, verify
from kiosk.hotel.opera_http import Exchange
from kiosk.language import Text
from kiosk.prompts import Answer, Front, Prompt, Scanned, Scene, Tone, Welcome
from kiosk.settings import DEVICES, Settings
from kiosk.trace import bodies, story
from kiosk.trace.file import MOST_BYTES, VERSION, Entry, write
from kiosk.trace.pseudonyms import CLEAR, Pseudonyms
from kiosk.trace.staff import StaffSeen
from kiosk.trace.story import Raw

log = structlog.get_logger()

ON_FOR_S = 3600.0
MOST_VISITS = 50
MOST_ENTRIES = 5000
SECRET = {"slip": {"wifi_name", "wifi_password"}, "kiosk": {"state"}, "hotel": {"url"}}
"""Of kiosk.ini: what a trace has no need of."""
_OF_A_DEVICE = ("driver", "position", "gesture")


_Kept = tuple[float, str, Raw]
"""When, what, and how it is told."""


class Recorded(Protocol):
    """What a recorder knows of the terminal that it is in."""

    settings: Settings
    clock: Clock
    devices: Devices
    booking_code_key: Ed25519PublicKey | None

    @property
    def hotel_well(self) -> bool | None: ...

    @property
    def mails(self) -> bool: ...

    @property
    def staff_card_stays(self) -> bool: ...

    def now(self) -> datetime: ...

    def today(self) -> date: ...

    def in_background(self, work: Coroutine[None, None, None]) -> None: ...


class Recorder:
    """One for the life of the process; `terminal` is set once it is there."""

    def __init__(self) -> None:
        self.terminal: Recorded
        self.last: Path | None = None  # the last trace that was written
        self.key: Callable[[], bytes] = partial(secrets.token_bytes, 32)  # of one trace's pseudonyms, and kept nowhere
        self.heard: Callable[[Entry], None] | None = None  # who wants to know of each thing at once
        self._visits = 0
        self._until_s = 0.0
        self._scene: Scene | None = None
        self._began_s: float | None = None  # of the visit that is recorded
        self._head: Entry = {}
        self._kept: list[_Kept] = []
        self._exchanges: list[Exchange] = []
        self._bytes = 0
        self._staff = StaffSeen()

    # switch

    @property
    def on(self) -> bool:
        return self._visits > 0 and self.terminal.clock.monotonic() < self._until_s

    @property
    def visits_left(self) -> int:
        """How many are still to be recorded, the one that goes on among them; also when the hour is over meanwhile."""
        going_on = self._began_s is not None
        return max(self._visits if self.on else 0, int(going_on))

    def switch_on(self, visits: int = 1) -> None:
        """For the next visits, within an hour. ValueError for a number that is none."""
        if not 1 <= visits <= MOST_VISITS:
            raise ValueError(f"1 to {MOST_VISITS} visits")
        self._visits = visits
        self._until_s = self.terminal.clock.monotonic() + ON_FOR_S
        log.warning("visits are recorded, personal data replaced", visits=visits)

    def switch_off(self) -> None:
        """What was recorded of the visit that is going on is dropped."""
        if self._visits:
            log.warning("visits are recorded no more")
        self._visits = 0
        self._drop()

    # what happens

    def shown(self, scene: Scene) -> None:
        before, self._scene = self._scene, scene
        again = before is not None and story.goes_on(before.prompt, scene.prompt)
        if self._began_s is not None and not again:
            self._keep("scene", story.scene(scene))

    def touched(self, prompt: Prompt, given: Answer | str) -> None:
        """An answer by finger, or a control's name; it was taken. The first one at the welcome screen begins a trace."""
        if not self._recording(prompt):
            return
        if isinstance(given, str):
            self._keep("touch", lambda names: {"control": given})
        elif (who := self._staff.picked(prompt, given)) is not None:
            self._keep("touch", lambda names: {"person": who})
        else:
            self._keep("touch", story.answer(prompt, given))

    def spoken(self, code: str) -> None:
        if self._began_s is not None:
            self._keep("language", lambda names: {"code": code})

    def event(self, event: DeviceEvent, prompt: Prompt, taken: bool) -> None:
        if taken and as_answer(event) is not None:
            self._recording(prompt)
        self._given(event, {"taken": taken})

    def tapped(self, event: DeviceEvent) -> None:
        """A check has waited for it."""
        self._given(event, {"taken": True, "tapped": True})

    def _given(self, event: DeviceEvent, how: Entry) -> None:
        answer = as_answer(event)
        if answer is None or self._began_s is None:
            return
        told = story.given(answer, self._signed(answer), self._staff.card)
        if told is not None:
            made = told
            self._keep("given", lambda names: {"device": event.kind.value} | how | made(names))

    def taken(self, kind: Kind) -> None:
        """The card that lay on a reader is gone."""
        if self._began_s is not None:
            self._keep("taken", lambda names: {"device": kind.value})

    def signed_in(
        self, outcome: str, *, number: str, roles: Iterable[str], card: bytes | None, before: int, tried: bool
    ) -> None:
        """Somebody of the staff tried to sign in, or (not `tried`) was told before that it can't be."""
        if self._began_s is not None:
            told = self._staff.signs_in(outcome, number, roles, card, before, tried=tried)
            self._keep("sign-in", lambda names: told)

    def seen(self, view: DeviceView) -> None:
        """A device's state has changed."""
        if self._began_s is not None:
            told = story.view(view)
            self._keep("view", lambda names: told)

    def called(self, kind: Kind, name: str, result: Any) -> None:
        """A device was asked for something, and this came of it."""
        if self._began_s is not None and story.noted(name, result, by_staff=self._staff.signed_in):
            told = story.call(kind, name, result, self._staff.card)
            self._keep("call", lambda names: told)

    def effect(self, kind: str, outcome: str) -> None:
        if self._began_s is not None:
            self._keep("effect", lambda names: {"kind": kind, "outcome": outcome})

    def exchanged(self, exchange: Exchange, size: int) -> None:
        """With the hotel: asked, and answered or not."""
        if self._began_s is not None:
            self._bytes += size
            self._keep("hotel", lambda names: _exchange(exchange, names))
            self._exchanges.append(exchange)

    def left(self) -> None:
        """The visit is over. What is written is written while the next guest is welcomed."""
        if self._began_s is None:
            return
        kept, exchanges, head = self._kept, self._exchanges, self._head
        whole = self._bytes <= MOST_BYTES and len(kept) < MOST_ENTRIES
        self._drop()
        self._visits -= 1
        if whole:
            self.terminal.in_background(self._put_down(head, kept, exchanges))
        else:
            log.warning("a visit was too long to be recorded")
        if not self.on:
            self.switch_off()

    # inside

    def _recording(self, prompt: Prompt) -> bool:
        """Begins where it is switched on and somebody answers the welcome screen."""
        if self._began_s is None and self.on and isinstance(prompt, Welcome):
            self._begin()
        return self._began_s is not None

    def _begin(self) -> None:
        terminal = self.terminal
        self._head = {
            "trace": VERSION,
            "time": terminal.now().isoformat(),
            "language": self.language(),
            "hotel-well": terminal.hotel_well is not False,
            "mails": terminal.mails,
            "staff-card-stays": terminal.staff_card_stays,
            "devices": [story.view(view) for view in terminal.devices.views()],
            "settings": _settings(terminal),
        }
        self._began_s = terminal.clock.monotonic()
        if self._scene is not None:
            self._keep("scene", story.scene(self._scene))

    language: Callable[[], str] = staticmethod(lambda: "en")
    """What is spoken with the guest now; the reception says it."""

    def _signed(self, answer: Answer) -> SignedBooking | None:
        terminal = self.terminal
        if not isinstance(answer, Scanned) or terminal.booking_code_key is None:
            return None
        hotel_id = terminal.settings.hotel.hotel_id
        return verify(answer.text.strip(), terminal.booking_code_key, hotel_id, terminal.clock.now())

    def _keep(self, what: str, made: Raw) -> None:
        if len(self._kept) < MOST_ENTRIES and self._bytes <= MOST_BYTES:
            at_s = self.terminal.clock.monotonic() - (self._began_s or 0.0)
            self._kept.append((at_s, what, made))
        if self.heard is not None:
            self.heard({"what": what} | made(CLEAR))

    def _drop(self) -> None:
        self._began_s, self._head, self._bytes = None, {}, 0
        self._kept, self._exchanges = [], []
        self._staff = StaffSeen()

    async def _put_down(self, head: Entry, kept: list[_Kept], exchanges: list[Exchange]) -> None:
        try:
            self.last = await asyncio.to_thread(self._written, head, kept, exchanges)
            log.warning("a visit was recorded", file=self.last.name, more=self.visits_left)
        except Exception as error:  # noqa: BLE001 - its text may be personal
            log.error("a visit could not be recorded", error=type(error).__name__)

    def _written(self, head: Entry, kept: list[_Kept], exchanges: list[Exchange]) -> Path:
        settings = self.terminal.settings
        names = Pseudonyms(self.terminal.today(), settings.slip, self.key())
        for exchange in exchanges:
            bodies.learn(exchange.read(), names)
            bodies.path(exchange.path, names)
        entries = [{"at": round(at_s, 3), "what": what} | made(names) for at_s, what, made in kept]
        name = f"{head['time'][:16].replace('-', '').replace(':', '')}-{settings.kiosk.name}"
        return write(settings.kiosk.state, name, head, entries)


def _exchange(exchange: Exchange, names: Pseudonyms) -> Entry:
    told: Entry = {
        "call": exchange.call,
        "method": exchange.method,
        "path": bodies.path(exchange.path, names),
        "query": sorted(set(exchange.query)),
    }
    if exchange.trouble and not exchange.status:
        return told | {"trouble": exchange.trouble}
    told |= {"status": exchange.status, "body": bodies.replaced(exchange.read(), names)}
    return told | ({"location": bodies.path(exchange.location, names)} if exchange.location else {})


def _settings(terminal: Recorded) -> Entry:
    """Those by which a visit goes; of the devices which there are, and not where."""
    left_out: dict[str, Any] = {**SECRET, **dict.fromkeys((*DEVICES, "registration"), True)}
    settings = terminal.settings.model_dump(mode="json", exclude=left_out)
    for name in DEVICES:
        device = terminal.settings.device(name)
        settings[name] = device and {key: str(getattr(device, key)) for key in _OF_A_DEVICE}
    return settings


class HeardFront(Front):
    """A front, and the recorder beside it."""

    def __init__(self, front: Front, recorder: Recorder) -> None:
        self._front = front
        self._recorder = recorder

    def show(self, scene: Scene) -> None:
        self._recorder.shown(scene)
        self._front.show(scene)

    def notice(self, words: Text, tone: Tone) -> None:
        self._front.notice(words, tone)

    def tone(self) -> bool:
        return self._front.tone()
