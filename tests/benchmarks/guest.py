"""A guest who checks in at the real kiosk by real touches, and what each step of it took."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, timedelta
from time import monotonic

from kiosk.prompts import (
    Choice,
    DateEntry,
    Farewell,
    LayKeyCard,
    PresentDocument,
    RegistrationCard,
    Scene,
    TextEntry,
    Welcome,
)
from kiosk.steps.companions import LATER
from kiosk.ui.accessible import Role
from tests.benchmarks.books import confirmation
from tests.benchmarks.lobby import MOVES, Call, Lobby, Sight
from tests.benchmarks.names import passport, person
from tests.benchmarks.touching import Glass

ROUTES = ("document", "number", "name")
"""How a guest begins: passport at the welcome screen, or typed and then the passport."""
SIGNATURE = ((0.1, 0.5), (0.3, 0.2), (0.6, 0.8), (0.9, 0.4))
MOST_PAGES = 5
_TYPED = (("enter", "budapest"), ("country", "hungary"), ("postcode", "6720"), ("city", "szeged"))


@dataclass(frozen=True)
class Transition:
    """From one screen's answer to the next screen's first flip; all in seconds."""

    before: str
    after: str
    whole: float
    moving: float  # of it: movement of devices
    hotel: float  # of it: waiting for the hotel
    drawing: float  # of it: from the scene's being ready to its flip
    moves: tuple[str, ...] = ()

    @property
    def machine(self) -> float:
        return self.whole - self.moving


class Guest:
    """One after another at the same kiosk."""

    def __init__(self, lobby: Lobby, glass: Glass, *, pace_s: float) -> None:
        """`pace_s`: how long a screen is looked at before it is touched."""
        self._lobby, self._glass, self._pace_s = lobby, glass, pace_s
        self._bench = lobby.running.bench

    async def check_in(self, number: int, route: str) -> list[Transition]:
        """The whole of it, from the welcome screen to the next one."""
        self._number, self._route = number, route
        self._lobby.watch.forget()
        scene = self._lobby.window.scene
        if scene is None or not isinstance(scene.prompt, Welcome):
            raise RuntimeError("the kiosk does not welcome anybody")
        transitions = []
        while True:
            await asyncio.sleep(self._pace_s)
            answered = await self._act(scene)
            sight = await self._lobby.front.sees(scene.number)
            transitions.append(self._transition(scene, sight, answered))
            scene = sight.scene
            if isinstance(scene.prompt, Welcome):
                return transitions

    def _transition(self, scene: Scene, sight: Sight, answered: float) -> Transition:
        watch, end = self._lobby.watch, sight.seen
        moves = [call for call in watch.devices if call.name in MOVES and call.ended > answered and call.began < end]
        return Transition(
            _name(scene),
            _name(sight.scene),
            end - answered,
            _within(moves, answered, end),
            _within([call for call in watch.hotel if call.name != "ping"], answered, end),
            end - max(sight.asked, answered),
            tuple(f"{call.name} {call.ended - call.began:.3f} s" for call in moves),
        )

    # --- what is done on each screen; each returns the moment of its answer --------------------

    async def _act(self, scene: Scene) -> float:
        prompt = scene.prompt
        match prompt:
            case Welcome():
                return await self._show_passport() if self._route == "document" else await self._tap("option:check-in")
            case RegistrationCard():
                return await self._register(prompt)
            case TextEntry():
                await self._type(self._words(prompt))
                return await self._tap("go-on")
            case DateEntry():
                return await self._pick(prompt)
            case LayKeyCard():
                laid = monotonic()
                await self._bench.do("key_encoder", "lay-card")
                return laid
            case Farewell():
                await self._bench.do("key_encoder", "lift")
                return await self._tap("done")
            case Choice():
                return await self._tap(self._option(prompt))
            case PresentDocument() if LATER in prompt.other:
                return await self._tap(f"option:{LATER.id}")
            case _:
                return await self._show_passport()

    async def _show_passport(self) -> float:
        """The answer is the reader's event; before it, the passport moves."""
        heard = len(self._lobby.watch.events)
        await self._bench.do("document_reader", "present", *passport(self._number, person(self._number)).mrz)
        async with asyncio.timeout(10):
            while len(self._lobby.watch.events) == heard:
                await asyncio.sleep(0.001)
        return self._lobby.watch.events[heard]

    def _option(self, prompt: Choice) -> str:
        ids = [option.id for option in prompt.options]
        return f"option:{self._route}" if self._route in ids else f"option:{ids[0]}"

    async def _register(self, prompt: RegistrationCard) -> float:
        """Take the passport; fill in what is missing; else turn the pages, and sign where the pad is."""
        await self._bench.take_document()
        if any(row.missing for row in prompt.rows):
            return await self._tap("fill-in")
        for _ in range(MOST_PAGES):
            nodes = {node.id: node for node in self._lobby.window.tree().walk()}
            pad = next((node for node in nodes.values() if node.role is Role.SIGNATURE), None)
            if pad is not None:
                box = pad.bounds
                await self._glass.stroke([(box.x + fx * box.w, box.y + fy * box.h) for fx, fy in SIGNATURE])
                return await self._tap("agree")
            await self._tap("go-on")
        raise RuntimeError("the card has no end")

    async def _pick(self, prompt: DateEntry) -> float:
        day = self._departure() if self._route == "name" and prompt.value is None else prompt.latest - timedelta(days=1)
        day = min(max(day, prompt.earliest), prompt.latest)
        await self._tap(f"day:{day.isoformat()}")
        return await self._tap("go-on")

    def _departure(self) -> date:
        return self._lobby.running.terminal.today() + timedelta(days=1 + self._number % 3)

    def _words(self, prompt: TextEntry) -> str:
        question = prompt.question.key.lower()
        if "confirmation" in question:
            return confirmation(self._number)
        if "family name" in question:
            return person(self._number).family
        return next((answer for word, answer in _TYPED if word in question), "utopia")

    async def _type(self, words: str) -> None:
        """Letter by letter; accents are left out where the layout has none, as guests do."""
        for letter in words.lower():
            keys = {node.id for node in self._lobby.window.tree().walk() if node.role is Role.KEY}
            plain = letter if f"key:{letter}" in keys else _PLAIN.get(letter, letter)
            name = {" ": "key:space"}.get(plain, f"key:{plain}")
            await self._tap(name)

    async def _tap(self, node: str) -> float:
        x, y = self._lobby.window.tree().find(node).bounds.centre
        return await self._glass.touch(x, y)


_PLAIN = dict(zip("áéíóöőúüűä", "aeiooouuua", strict=True))


def _name(scene: Scene) -> str:
    return f"{type(scene.prompt).__name__}: {scene.prompt.question.key}"


def _within(calls: list[Call], begin: float, end: float) -> float:
    """How much of begin … end is covered by the calls, each moment once."""
    covered, reached = 0.0, begin
    for call in sorted(calls, key=lambda call: call.began):
        start, stop = max(call.began, reached), min(call.ended, end)
        if stop > start:
            covered += stop - start
            reached = stop
    return covered
