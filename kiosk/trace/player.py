"""Plays a trace: what a person did is done again, what the kiosk does is compared, screen by screen, effect by effect.

Time goes as in the trace; where nothing happened for long it jumps. Screens that only say that something takes its time
come or don't, and are not compared. Of staff it is compared whether they were let in; a PIN is made up (`made_up_staff.py`).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from hardware.readings import Kind
from kiosk.build import Running
from kiosk.language import language
from kiosk.prompts import Answer, Chosen, Typed, Welcome
from kiosk.trace import story, told
from kiosk.trace.clock import MovedClock
from kiosk.trace.file import FIRST_WITH_STAFF, NOT_SO, Entry, Trace, Unheard
from kiosk.trace.hands import Hands, NotPlayable
from kiosk.trace.made_up_staff import MadeUpStaff

WITHIN_S = 20.0
"""Beyond the hotel's own deadline: so long a screen is waited for."""
LOOK_EVERY_S = 0.02
_STAFF = "staff"


@dataclass(frozen=True)
class Departed:
    """Where a visit first went another way. `line` is of the trace's file."""

    line: int
    expected: str
    got: str

    def __str__(self) -> str:
        return f"line {self.line}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True)
class Played:
    """How far it went the same way. `cannot`: it could not be played to the end, and why."""

    scenes: int
    effects: int
    departed: Departed | None = None
    cannot: str = ""


class Stopped(Exception):  # noqa: N818 - no fault of anybody's
    """Who plays it wants no more; `str()` says how that was told."""


class _Departs(Exception):
    def __init__(self, expected: str, got: str) -> None:
        super().__init__(expected)
        self.expected = expected
        self.got = got


def lacks_staff(trace: Trace) -> bool:
    """Whether somebody of the staff signs in, and the trace is of a version that does not say who, and how it ended."""
    return trace.head["trace"] < FIRST_WITH_STAFF and any(
        entry.get("chosen") == _STAFF or ("card" in entry and entry["what"] == "given") or entry.get("typed", "") is None
        for entry in trace.entries
    )


class Player:
    """One trace before one kiosk. `say` is told each screen; `turn` is waited for before each act."""

    def __init__(
        self,
        trace: Trace,
        kiosk: Running,
        clock: MovedClock,
        code: Callable[[str], str],
        hotel: Callable[[str], Awaitable[Any]],
    ) -> None:
        self._entries = trace.entries
        self._head = trace.head
        self.kiosk = kiosk
        self._clock = clock
        self._code = code
        self.say: Callable[[str], None] = lambda words: None
        self.turn: Callable[[str], Awaitable[None]] = _nobody
        self._hotel = hotel
        self._hands = Hands(kiosk.bench)
        self._staff = MadeUpStaff(trace.entries, trace.head, kiosk, clock)
        self._within_s = WITHIN_S + kiosk.terminal.settings.hotel.deadline_s
        self._heard: dict[str, deque[Entry]] = {
            "scene": deque(), "effect": deque(), "call": deque(), "sign-in": deque(), "given": deque(),
        }  # fmt: skip
        self._last: tuple[Any, ...] = ()
        self._off = False
        self._scenes = self._effects = 0
        kiosk.terminal.recorder.heard = self._hear

    def _hear(self, entry: Entry) -> None:
        if entry["what"] in self._heard and not (entry["what"] == "scene" and story.passes(entry)):
            self._heard[entry["what"]].append(entry)

    async def play(self) -> Played:
        """To the end, or to where it first departs."""
        try:
            await self._readable(1, self._staff.hire())
        except NotPlayable as cannot:
            return Played(0, 0, cannot=f"no virtual device can do this: {cannot}")
        serving = asyncio.ensure_future(self.kiosk.serve())
        try:
            return await self._play()
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)

    async def _play(self) -> Played:
        number = 0
        try:
            await self._readable(1, self._begin())
            began_s = self._clock.monotonic()
            for number, entry in enumerate(self._entries):
                self._clock.move_to(began_s + entry["at"])
                await self._readable(number + 2, self._do(number, entry))
            if extra := self._heard["effect"]:
                raise _Departs("the end", f"effect {extra[0]['kind']}")
        except _Departs as other:
            return Played(self._scenes, self._effects, Departed(number + 2, other.expected, other.got))
        except NotPlayable as cannot:
            why = f"line {number + 2}: no virtual device can do this: {cannot}"
            return Played(self._scenes, self._effects, cannot=why)
        except Stopped as stopped:
            return Played(self._scenes, self._effects, cannot=f"line {number + 2}: stopped{stopped}")
        return Played(self._scenes, self._effects)

    @staticmethod
    async def _readable(line: int, playing: Awaitable[None]) -> None:
        try:
            await playing
        except NOT_SO:
            raise Unheard(line) from None

    async def _begin(self) -> None:
        """As all was when somebody came."""
        await self._until(lambda: isinstance(self.kiosk.reception.scene.prompt, Welcome), "the welcome screen")
        for view in self._head["devices"]:
            if view["faults"]:
                await self._be(view)
        if not self._head["hotel-well"]:
            await self._switch(off=True)
        if self._head["language"] != self.kiosk.reception.language:
            self.kiosk.reception.change_language(self._head["language"])
        self.kiosk.terminal.recorder.switch_on()

    async def _do(self, number: int, entry: Entry) -> None:
        match entry["what"]:
            case "scene":
                await self._expect_scene(number, entry)
            case "effect":
                await self._expect_effect(entry)
            case "sign-in":
                await self._expect_sign_in(entry)
            case "touch":
                await self._before(number, told.act(entry))
                await self._touch(number, entry)
            case "given":
                await self._before(number, f"a {told.given(entry)}")
                await self._give(entry, self._entries[number + 1 :])
            case "taken":
                await self._before(number, "the card away")
                await self._staff.take()
            case "language":
                self.kiosk.reception.change_language(entry["code"])
            case "view":
                await self._be(entry)
            case "call":
                await self._call(entry)
            case "hotel":
                await self._switch(off=entry.get("trouble") == "down")

    # what the kiosk does

    async def _expect_scene(self, number: int, entry: Entry) -> None:
        wanted = story.same(entry)
        if number == 0:  # it stood there before anybody came
            self._last = wanted
            return
        if story.between(entry):
            self._last = ()
        if story.passes(entry) or wanted == self._last:
            return
        heard = self._heard["scene"]

        def comes() -> bool:
            while heard and story.same(heard[0]) == self._last:
                heard.popleft()  # the same screen in other words
            return bool(heard)

        await self._until(comes, told.screen(entry))
        got = heard.popleft()
        if story.same(got) != wanted:
            raise _Departs(told.screen(entry), told.screen(got))
        self._last = wanted
        self._scenes += 1
        self.say(f"{entry['at']:9.2f}  {entry['kind']:18} {self._question()}")
        if entry.get("lifting"):
            await self._hands.lift_key()

    def _question(self) -> str:
        return language("en").say(self.kiosk.reception.scene.prompt.question)

    async def _expect_effect(self, entry: Entry) -> None:
        heard = self._heard["effect"]
        await self._until(lambda: bool(heard), f"effect {entry['kind']}")
        got = heard.popleft()
        if (got["kind"], got["outcome"]) != (entry["kind"], entry["outcome"]):
            raise _Departs(f"effect {entry['kind']}: {entry['outcome']}", f"{got['kind']}: {got['outcome']}")
        self._effects += 1
        self.say(f"{entry['at']:9.2f}  {'effect':18} {entry['kind']}: {entry['outcome']}")

    async def _expect_sign_in(self, entry: Entry) -> None:
        """Whether they were let in, or why not."""
        heard = self._heard["sign-in"]
        await self._until(lambda: bool(heard), f"a PIN that is {entry['outcome']}")
        got = heard.popleft()
        if (got["outcome"], got["tried"]) != (entry["outcome"], entry["tried"]):
            raise _Departs(f"a PIN that is {entry['outcome']}", str(got["outcome"]))
        who = " and ".join(entry.get("roles", ())) or "nobody known"
        self.say(f"{entry['at']:9.2f}  {'signs in':18} {who}: {entry['outcome']}")

    # what a person does

    async def _before(self, number: int, words: str) -> None:
        """A fault that was there when the kiosk acted, and seen a moment later, is there before."""
        await self.turn(words)
        asked = False
        for entry in self._entries[number + 1 :]:
            if entry["what"] in ("touch", "given", "taken") or (entry["what"] == "scene" and not story.passes(entry)):
                break
            if entry["what"] == "view" and entry["faults"]:
                with suppress(NotPlayable):  # said when its line has come
                    await self._be(entry)
            if entry["what"] == "hotel" and not asked:
                asked = True
                if entry.get("trouble") == "down":
                    await self._switch(off=True)

    async def _give(self, entry: Entry, after: Sequence[Entry]) -> None:
        heard, kind, taps = self._heard["given"], Kind(entry["device"]), self.kiosk.terminal.taps
        if entry.get("tapped"):
            await self._until(lambda: kind in taps.waited_for, f"a check to wait for a {told.given(entry)}")
            heard.clear()
        if "card" in entry:
            await self._staff.lay(entry, after)
        else:
            await self._hands.give(entry, after, self._code)
        if entry.get("tapped"):
            await self._until(lambda: any(each["device"] == kind for each in heard), f"the check to have its {told.given(entry)}")

    async def _touch(self, number: int, entry: Entry) -> None:
        if why := told.beyond(entry, self._entries[:number]):
            raise NotPlayable(why)
        act = await self._act_of(entry, self._entries[number + 1 :])
        await self._until(act, told.act(entry) + " to be taken")

    async def _act_of(self, entry: Entry, after: Sequence[Entry]) -> Callable[[], bool]:
        desk = self.kiosk.reception
        controls: dict[str, Callable[[int], bool]] = {
            "back": desk.back, "start-over": desk.start_over, "person": desk.call_person,
        }  # fmt: skip
        if (name := entry.get("control")) is not None:
            if name in controls:
                return lambda: controls[name](desk.scene.number)
            return self._still_here
        if "person" in entry:
            answer: Answer = Chosen(self._staff.number(entry["person"]))
        elif entry.get("typed", "") is None:
            answer = Typed(await self._staff.typed(desk.scene.prompt, after))
        else:
            answer = told.answer(entry)
        return lambda: desk.answer(desk.scene.number, answer)

    def _still_here(self) -> bool:
        self.kiosk.reception.touched()
        return True

    async def _call(self, entry: Entry) -> None:
        heard = self._heard["call"]
        await self._lay_for(entry)
        await self._until(lambda: any(_alike(each, entry) for each in heard), f"{entry['device']} {entry['call']}")
        while not _alike(got := heard.popleft(), entry):
            pass
        ends = [each.get("outcome") or each.get("fault") for each in (entry, got)]
        if ends[0] != ends[1]:
            raise _Departs(f"{entry['call']}: {ends[0]}", f"{ends[1]}")
        if entry["call"] == "read_chip":
            await self._hands.take_document()
        if entry["call"] in _ON_THE_PAD and entry.get("outcome") in ("wrong-type", "lifted"):
            await self._hands.lift_key()

    async def _lay_for(self, entry: Entry) -> None:
        """The card that a device was waiting for."""
        if entry["call"] in _ON_THE_PAD:
            await self.turn("a key card")
            await self._hands.lay_key(entry)
        elif entry["call"] == "read":
            await self.turn("a card on the encoder")
            await self._hands.lay_to_read(entry)
        elif entry["call"] == "issue":
            await self.turn("a blank staff card")
            await self._staff.lay_blank(entry)

    # what happens around

    async def _be(self, view: Entry) -> None:
        await self._hands.make(view)
        devices, wanted = self.kiosk.terminal.devices, set(view["faults"])

        def seen() -> bool:
            now = next((each for each in devices.views() if each.kind.value == view["device"]), None)
            return now is None or wanted == {fault.value for fault in now.faults}

        await self._until(seen, f"{view['device']} {view['state']}")

    async def _switch(self, *, off: bool) -> None:
        if off is not self._off:
            self._off = off
            await self._hotel("off" if off else "on")

    async def _until(self, so: Callable[[], bool], words: str) -> None:
        try:
            async with asyncio.timeout(self._within_s):
                while not so():
                    await asyncio.sleep(LOOK_EVERY_S)
        except TimeoutError:
            raise _Departs(words, f"nothing for {self._within_s:g} s, at: {self._question()}") from None


_ON_THE_PAD = ("cut", "rehearse")


async def _nobody(words: str) -> None:
    """Nobody is waited for."""


def _alike(one: Entry, other: Entry) -> bool:
    return (one["device"], one["call"]) == (other["device"], other["call"])
