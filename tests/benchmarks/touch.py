"""Touch to the next screen's first flip, over a bare ScreenManager's switch.

The real window, real touches, a desk that answers at once: what is left is the kiosk's own time.
A guest's way through eleven screens, again and again; each guest has another name and address,
so that nothing of the one before is found ready.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise

from kiosk.language import TN, T, verbatim
from kiosk.prompts import Answer, Choice, Keys, Option, RegistrationCard, Row, Scene, TextEntry
from kiosk.ui import gallery
from kiosk.ui.app import KioskWindow
from kiosk.ui.pictures import sample_settings
from tests.benchmarks.measured import Measured, load_now, p95, spread
from tests.benchmarks.names import person
from tests.benchmarks.processes import bare
from tests.benchmarks.touching import Glass

GUESTS = 24
BARE_TOUCHES = 120
REST_S = 3.0
"""So long after all is ready the first guest comes: the window is at rest by then."""
SIGNATURE = ((0.1, 0.5), (0.3, 0.2), (0.6, 0.8), (0.9, 0.4))


@dataclass(frozen=True)
class Stop:
    """One screen of the way, and what is touched there."""

    name: str
    scene: Scene
    touch: str


def way(number: int) -> Iterator[Stop]:
    """One guest's, with their own name on every screen that says it."""
    who, known = person(number), gallery.scenes()
    card = _card(known["registration-card"], number)
    yield Stop("welcome", known["welcome"], "option:check-in")
    yield Stop("find-booking", known["find-booking"], "option:number")
    name = replace(known["family-name"].prompt, value=who.family)
    yield Stop("family-name", replace(known["family-name"], prompt=name), "go-on")
    yield Stop("departure", known["departure"], "go-on")
    yield Stop("document", known["document"], "option:type")
    yield Stop("registration-card", card, "row:address")
    street = TextEntry(question=T("What is your address: street and number?"), keys=Keys.NAME, value=who.address[0])
    yield Stop("address", Scene(0, street, card.progress), "go-on")
    yield Stop("registration-card again", _card(card, number), "agree")
    yield Stop("how-many-keys", _keys(card), "option:2")
    yield Stop("key-card", known["key-card"], "option:enough")
    yield Stop("farewell", known["farewell"], "done")


def _card(scene: Scene, number: int) -> Scene:
    who = person(number)
    proof = T("Read from the document")
    prompt = RegistrationCard(
        question=T("Is this right, {name}?", name=who.given),
        help=T("Correct what has changed, then sign."),
        rows=(
            Row(T("Name"), verbatim(f"{who.family} {who.given}"), proof),
            Row(T("Born"), T("{day}", day=who.born), proof),
            Row(T("Passport"), verbatim(f"B{number:08d}"), proof),
            Row(T("Address"), verbatim(", ".join(who.address)), field="address"),
            Row(T("Stay"), T("{day}", day=gallery.TODAY + timedelta(days=number))),
        ),
    )
    return replace(scene, prompt=prompt)


def _keys(scene: Scene) -> Scene:
    options = tuple(Option(str(n), TN("{count} key", "{count} keys", n), quiet=n != 2) for n in (2, 1))
    prompt = Choice(
        question=T("How many keys would you like?"),
        help=T("Every guest can have one. Each opens your room until you check out."),
        picture="key-card",
        options=options,
    )
    return replace(scene, prompt=prompt)


class QuickDesk:
    """Shows the next screen the moment one is answered."""

    languages = ("en", "hu", "de")
    language = "en"

    def __init__(self) -> None:
        self.window: KioskWindow
        self.next: Scene | None = None
        self._number = 0

    def show(self, scene: Scene) -> None:
        self._number += 1
        self.window.show(replace(scene, number=self._number))

    def _go_on(self) -> bool:
        scene, self.next = self.next, None
        if scene is not None:
            self.show(scene)
        return scene is not None

    def answer(self, scene: int, answer: Answer) -> bool:
        return self._go_on()

    def back(self, scene: int) -> bool:
        return False

    def start_over(self, scene: int) -> bool:
        return False

    def call_person(self, scene: int) -> bool:
        return False

    def change_language(self, code: str) -> None:
        self.language = code

    def touched(self) -> None:
        """Nothing is idle here."""


async def _walk() -> dict[str, list[float]]:
    """Milliseconds from touch to flip, by the screen that came."""
    desk = QuickDesk()
    window = KioskWindow(desk, sample_settings())
    desk.window = window
    running = asyncio.ensure_future(window.run())
    stops = [(person(number).language, stop) for number in range(GUESTS) for stop in way(number)]
    desk.show(stops[0][1].scene)
    await window.shown.wait()
    glass = Glass()
    await window.ready.wait()
    await asyncio.sleep(REST_S)
    times: dict[str, list[float]] = {}
    for (_, stop), (language, following) in pairwise(stops):
        if stop.touch == "agree":
            await _sign(window, glass)
        desk.language, desk.next = language, following.scene
        x, y = window.tree().find(stop.touch).bounds.centre
        taken = await glass.touch_and_see(x, y)
        if desk.next is not None:
            raise RuntimeError(f"the touch on {stop.touch} of {stop.name} was not heard")
        times.setdefault(following.name, []).append(taken)
        await asyncio.sleep(0.05)
    window.stop()
    with suppress(asyncio.CancelledError):
        await running
    if window.errors:
        raise RuntimeError(window.errors[0])
    return times


async def _sign(window: KioskWindow, glass: Glass) -> None:
    box = window.tree().find("signature").bounds
    await glass.stroke([(box.x + fx * box.w, box.y + fy * box.h) for fx, fy in SIGNATURE])


def measure() -> list[Measured]:
    """The bare app before and after the kiosk: a machine that slows down meanwhile is seen."""
    before = bare("switch", str(BARE_TOUCHES))["ms"]
    times = asyncio.run(_walk())
    after = bare("switch", str(BARE_TOUCHES))["ms"]
    mine = [each for some in times.values() for each in some]
    plain = before + after
    details = {
        "kiosk_ms": spread(mine, 1),
        "bare_ms": spread(plain, 1),
        "bare_before_ms": spread(before, 1),
        "bare_after_ms": spread(after, 1),
        "by_screen_p95_ms": {name: round(p95(some), 1) for name, some in times.items()},
        "load": load_now(),
    }
    over = p95(mine) - p95(plain)
    return [Measured("touch", "touch to the next screen's flip, p95, over a bare switch", over, 50, "ms", details)]
