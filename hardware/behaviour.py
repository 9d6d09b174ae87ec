"""What the promises of a kind are tried with: a driver, the far end of its wire, and who plays that end.

A promise is a function of a `Meeting`: it plays at the far end and looks at what the driver makes of it.
The far end is a virtual device, or a real one with a person's hands. What an end can't play is *not
tried*, never kept; what a kind leaves to the model (`lies_there` may be None) is *not owed*. No pytest here.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, ClassVar, Generic, Protocol, TypeVar, cast

from hardware.devices import CLOSE_WITHIN_S, OPEN_WITHIN_S, STATUS_WITHIN_S
from hardware.driver import DeviceSettings, Driver
from hardware.errors import DeviceError, DeviceGone, DeviceNonsense, DeviceSilent
from hardware.readings import DeviceEvent, Kind, Status
from hardware.strangers import STRANGERS, Stranger
from hardware.virtual import VirtualDevice

QUIET_S = 0.2  # after which nothing more is expected to come
EVENT_WITHIN_S = 10.0  # a busy machine; nothing waits this long when all is well
HANDS_WITHIN_S = 60.0

Events = asyncio.Queue[DeviceEvent]


class Misbehaved(AssertionError):
    """A driver does not keep its kind's contract: what was expected, and what was found."""


class NotTried(Exception):
    """This far end can't play `what`, or nobody is there to."""

    def __init__(self, what: str, why: str) -> None:
        self.what = what
        super().__init__(f"{what}: {why}")


class NotOwed(Exception):
    """The contract leaves this to the model, and this one hasn't it."""


def expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        raise Misbehaved(f"{what}: {found!r}, not {wanted!r}")


# --- the far end ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Act:
    """Something done at the far end. `id` is the virtual device's verb, `words` ask a person for it;
    without words no hand can do it."""

    id: str
    words: str = ""


UNPLUG = Act("unplug", "Pull the device's plug: its data cable, or the power where it has only that.")
PLUG = Act("plug", "Put the plug back in, and wait until the device is ready.")
HANG = Act("hang")  # stays connected, and answers nothing any more
GARBLE = Act("garble")  # answers what its protocol does not allow
RECOVER = Act("recover")  # from both


class FarEnd:
    """The device behind a driver's wire, as it is played with while promises are tried.

    `secrets` are words that only a guest's doing brings to the wire: no log, error or `repr` may hold them.
    `again_s`: how long the same thing must be away before it may be told again, where the device only looks.
    """

    address: str = ""
    options: Mapping[str, str] = {}
    secrets: tuple[str, ...] = ()
    patience_s: float = EVENT_WITHIN_S
    again_s: float = 0.0
    _stranger: Stranger | None = None

    async def start(self) -> None:
        """The driver can connect when this returns."""

    async def stop(self) -> None:
        """May be called twice."""
        stranger, self._stranger = self._stranger, None
        if stranger is not None:
            await stranger.stop()

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        """Play; returns when it is so. NotTried where this end can't."""
        raise NotTried(act.id, "can't be done here")

    async def restore(self, *, kept: bool = False) -> None:
        """Whatever was played before: plugged in, well, nothing lies on it. `kept`: what was tried left it so."""

    async def emptied(self) -> None:
        """Nothing lies on it that a driver could write to."""

    async def stranger(self) -> str:
        """An address on the same kind of wire, of this machine's own, behind which something else answers."""
        kind = STRANGERS.get(self.address.partition(":")[0])
        if kind is None or "listen" in self.options:
            raise NotTried("stranger", "nothing else can be put on this wire from here")
        self._stranger = self._stranger or kind()
        return await self._stranger.address()


class VirtualEnd(FarEnd, ABC):
    """A virtual device, a new one for each promise. `VERBS`: what an act is called there, where it is not called
    by its id; `CANNOT`: what this end can't play, and why – without an entry here `make test` wants it played."""

    VERBS: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    CANNOT: ClassVar[Mapping[str, str]] = {}
    device: VirtualDevice

    @abstractmethod
    def make(self) -> VirtualDevice:
        """The device, not yet started."""

    async def start(self) -> None:
        self.device = self.make()
        await self.device.start()
        self.address = self.device.address

    async def stop(self) -> None:
        await self.device.stop()
        await super().stop()

    async def restore(self, *, kept: bool = False) -> None:
        await self.stop()
        await self.start()

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        if act.id in self.CANNOT:
            raise NotTried(act.id, self.CANNOT[act.id])
        verb, *own = self.VERBS.get(act.id, (act.id,))
        if verb not in self.device.verbs:
            raise NotTried(act.id, f"the virtual device has no verb {verb!r}")
        return await self.device.do(verb, *own, *words)

    async def stranger(self) -> str:
        if "stranger" in self.CANNOT:
            raise NotTried("stranger", self.CANNOT["stranger"])
        return await super().stranger()


class Person(Protocol):
    """Who stands before a real device, and is asked on a terminal. NotTried for what they can't do."""

    async def please(self, words: str) -> None:
        """Ask for something to be done; returns when it is."""

    async def answer(self, question: str) -> str:
        """Ask for what only eyes can tell."""


class Nobody(Person):
    """No hands: what needs them is not tried."""

    async def please(self, words: str) -> None:
        raise NotTried("hands", "nobody is there to do it")

    async def answer(self, question: str) -> str:
        raise NotTried("eyes", "nobody is there to look")


AS_IT_WAS = "Put the device back as it was: plugged in, closed, paper in, nothing lying on it."


class ByHand(FarEnd):
    """A real device at `address`, played by a person. `EMPTIED_BY` takes away what a promise left lying on it."""

    EMPTIED_BY: ClassVar[Act | None] = None
    patience_s = HANDS_WITHIN_S

    def __init__(self, address: str, options: Mapping[str, str], person: Person) -> None:
        self.address, self.options, self.person = address, options, person
        self._played = False

    async def do(self, act: Act, *words: str) -> Mapping[str, str]:
        if not act.words:
            raise NotTried(act.id, "no hand can do this to a real device")
        await self.person.please(act.words)
        self._played = True
        return {}

    async def emptied(self) -> None:
        if self.EMPTIED_BY is not None:
            await self.do(self.EMPTIED_BY)

    async def restore(self, *, kept: bool = False) -> None:
        words = self.EMPTIED_BY.words if kept and self.EMPTIED_BY else "" if kept else AS_IT_WAS
        if self._played and words:
            with suppress(NotTried):
                await self.person.please(words)
        self._played = False


# --- one driver before it -------------------------------------------------------------------------

_CODES = {DeviceGone: "gone", DeviceSilent: "silent", DeviceNonsense: "nonsense"}
D = TypeVar("D", bound=Driver)
E = TypeVar("E", bound=FarEnd)
Make = Callable[[DeviceSettings, Callable[[DeviceEvent], None]], Driver]


class _Heard(logging.Handler):
    """All that the drivers log meanwhile, however low its level. Several may listen at once."""

    _listening: ClassVar[set[_Heard]] = set()
    _level: ClassVar[int] = logging.NOTSET

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    def begin(self) -> None:
        log = logging.getLogger("hardware")
        if not self._listening:
            _Heard._level = log.level
            log.setLevel(logging.DEBUG)
        self._listening.add(self)
        log.addHandler(self)

    def end(self) -> None:
        log = logging.getLogger("hardware")
        log.removeHandler(self)
        self._listening.discard(self)
        if not self._listening:
            log.setLevel(_Heard._level)


class Meeting(Generic[D, E]):
    """A driver and its far end while one promise is tried: `driver` is open, `events` are its own."""

    def __init__(self, kind: Kind, name: str, end: E, make: Make) -> None:
        self.kind, self.end = kind, end
        self.events: Events = asyncio.Queue()
        self.said: list[str] = []  # of which nothing may be personal
        self._name, self._make = name, make
        self._made: list[Driver] = []
        self._heard = _Heard()
        self.driver: D = self.another()

    def another(self, address: str = "") -> D:
        """One more driver, not open; closed when the promise has been tried. Its events are not kept."""
        emit = (lambda event: None) if self._made else self.events.put_nowait
        settings = DeviceSettings(
            f"tried-{self.kind}", self._name, address or self.end.address, self.end.options
        )
        self._made.append(self._make(settings, emit))
        return self._made[-1]  # type: ignore[return-value]

    async def begin(self) -> None:
        self._heard.begin()
        await self.opens()

    async def finish(self) -> None:
        self._heard.end()
        for driver in self._made:
            await self.closes(driver)

    # --- the calls of every kind, within their time

    async def opens(self, driver: Driver | None = None) -> None:
        await self.within((driver or self.driver).open(), OPEN_WITHIN_S, "opening")

    async def closes(self, driver: Driver | None = None) -> None:
        call = (driver or self.driver).close()
        try:
            await self.within(call, CLOSE_WITHIN_S, "closing")
        except Misbehaved:
            raise
        except Exception as failed:  # noqa: BLE001 - whatever it is, it is none of close()'s
            raise Misbehaved(f"closing: {type(failed).__name__}; it never raises") from None

    async def reopens(self) -> None:
        await self.closes()
        await self.opens()

    async def status(self) -> Status:
        status: Status = await self.within(self.driver.status(), STATUS_WITHIN_S, "asking how it is")
        self.said.append(repr(status))
        return status

    async def within(self, call: Awaitable[Any], seconds: float, what: str) -> Any:
        """What it gives or raises, in time."""
        try:
            async with asyncio.timeout(seconds) as time:
                return await call
        except TimeoutError:
            if time.expired():
                raise Misbehaved(f"{what}: no end within {seconds:g} s") from None
            raise

    async def fails(
        self, call: Awaitable[object], *wanted: type[DeviceError], what: str, within_s: float = STATUS_WITHIN_S
    ) -> DeviceError:
        """It must fail, in time, and as one of these. Returns how."""
        names = " or ".join(kind.__name__ for kind in wanted)
        try:
            answer = await self.within(call, within_s, what)
        except DeviceError as error:
            self.heard(error)
            if not isinstance(error, wanted):
                raise Misbehaved(f"{what}: {type(error).__name__} ({error}), not {names}") from error
            return error
        except (Misbehaved, NotTried, NotOwed):
            raise
        except Exception as foreign:
            raise Misbehaved(f"{what}: {type(foreign).__name__}, which is no DeviceError") from foreign
        raise Misbehaved(f"{what}: {_named(answer)}, not {names}")

    def heard(self, error: DeviceError) -> None:
        """A fault: of this device, by its kind's code, and nothing personal in it."""
        self.said += [str(error), error.vendor]
        expect(error.device, self.driver.name, "the device that the fault names")
        for kind, what in _CODES.items():
            if isinstance(error, kind):
                expect(error.fault, self.kind.fault(what), f"the code of {kind.__name__}")

    # --- events

    async def event(self, what: str) -> Any:
        """The next thing that the driver tells, by itself."""
        return (await self.told(what)).what

    async def told(self, what: str) -> DeviceEvent:
        """The same, with whose it is and when it began."""
        try:
            event = await asyncio.wait_for(self.events.get(), self.end.patience_s)
        except TimeoutError:
            raise Misbehaved(f"{what}: nothing was told within {self.end.patience_s:g} s") from None
        self.said += [repr(event), str(event)]
        expect((event.kind, event.device), (self.kind, self.driver.name), f"{what}: whose event")
        if event.began_s > monotonic():
            raise Misbehaved(f"{what}: it began after it was told")
        return event

    async def nothing_more(self, what: str) -> None:
        await asyncio.sleep(QUIET_S)
        if not self.events.empty():
            raise Misbehaved(f"{what}: {_named(self.events.get_nowait().what)} was told")

    def nothing_personal(self) -> None:
        """In all that was logged, raised and shown while the promise was tried."""
        text = "\n".join((*self.said, *self._heard.lines)).lower()
        for secret in self.end.secrets:
            if secret.lower() in text or secret.encode().hex() in text:
                raise Misbehaved("what a guest brought to the wire stands in a log, an error or a repr")


def _named(answer: object) -> str:
    if isinstance(answer, Status):
        return f"a status that says {answer.state}"
    return "an end without a fault" if answer is None else f"a {type(answer).__name__}"


# --- what a kind gives ----------------------------------------------------------------------------

Run = Callable[[Any], Awaitable[None]]
Call = Callable[[], Coroutine[Any, Any, object]]


@dataclass(frozen=True)
class Suite:
    """What `hardware/<kind>/behaviour.py` exports as SUITE. `calls` are all that a driver of the kind can be
    asked, by name; `work` is the plainest whole piece of its work; `happens` what a person does that the
    driver must tell by itself, where the kind has such."""

    promises: tuple[Run, ...]
    calls: Callable[[Any], Mapping[str, Call]]
    work: Run
    by_hand: Callable[[str, Mapping[str, str], Person], FarEnd]
    happens: Run | None = None


def suite(kind: Kind) -> Suite:
    return cast(Suite, importlib.import_module(f"hardware.{kind}.behaviour").SUITE)


Ends = Mapping[str, Mapping[str, type[VirtualEnd]]]
"""What `hardware/<kind>/conformance_ends.py` exports as ENDS: driver's name → name of the end → its class."""
