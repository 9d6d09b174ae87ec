"""The technician's hands, eyes and ears at the terminal's own screen, for checks that need them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from dataclasses import replace
from typing import Any, TypeVar

from hardware.checks import Outcome
from hardware.readings import DeviceEvent, Kind
from kiosk.diagnosis import hands as wanted
from kiosk.language import T, Text
from kiosk.prompts import Answer, Chosen, Keys, Option, Prompt, TextEntry, Typed
from kiosk.registration.fields import LONGEST_EMAIL
from kiosk.steps.said import said
from kiosk.technician_prompts import (
    Checking,
    ColourField,
    FingersSeen,
    FingerTest,
    KeypadTest,
    KeysSeen,
    Looked,
    Touched,
    TouchTest,
)
from kiosk.visit import Visit

Got = TypeVar("Got")

TICK_S = 1.0
SETTLE_S = 0.1
"""So long a check may take to its next screen, before the one between them is shown."""
CANCEL = Option("cancel", T("Stop the test"), quiet=True)
NOT_FITTED = Option("not-fitted", T("Not fitted here"), quiet=True)
ANSWERS = (Option("yes", T("Yes")), Option("no", T("No")), Option("unsure", T("I don’t know"), quiet=True))
_SAW = {"yes": True, "no": False, "unsure": None}
_COLOURS: dict[str, Text] = {
    "#FF0000": T("Red"), "#00FF00": T("Green"), "#0000FF": T("Blue"), "#FFFFFF": T("White"), "#000000": T("Black"),
}  # fmt: skip


class VisitHands:
    """`TerminalHands` on a visit: what a check asks becomes the screen that stands there while it runs."""

    def __init__(self, visit: Visit, title: Text, of: int = 0) -> None:
        """`of`: how many checks are to come, where it is more than one."""
        self._visit, self._title, self._of = visit, title, of
        self._words: Text | None = None
        self._picture = ""
        self._fraction: float | None = None
        self._saw: asyncio.Future[bool | None] | None = None
        self._test: tuple[Prompt, asyncio.Future[Answer | None]] | None = None
        self._absent: asyncio.Future[None] | None = None
        self._changed = asyncio.Event()
        self._asks = False  # whether a scene of ours stands there
        self.done: list[tuple[Text, Outcome]] = []

    # --- what a check asks -------------------------------------------------------------------

    @property
    def there(self) -> bool:
        return True

    async def please(self, words: str, picture: str = "") -> None:
        self._words, self._picture = said(words), picture
        self._asks_anew()

    async def saw(self, question: str) -> bool | None:
        self._words, self._saw = said(question), asyncio.get_running_loop().create_future()
        self._asks_anew()
        try:
            return await self._saw
        finally:
            self._saw = None  # also where the check's time is over: nobody is asked any more

    async def event(self, kind: Kind, within_s: float) -> DeviceEvent | None:
        event = await self._visit.terminal.taps.next(kind, within_s)
        if event is not None:
            self._visit.touched()  # whoever holds a card to a reader has not walked away
        return event

    def progress(self, done: int, of: int) -> None:
        self._fraction = done / of if of else None
        self._show()

    async def on_screen(self, test: wanted.ScreenTest) -> wanted.ScreenSeen | None:
        prompt = screen_test(test)
        if prompt is None:
            return None
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        self._test = (prompt, answer)
        self._asks_anew()
        try:
            return _seen(await answer)
        finally:
            self._test = None

    async def writes(self, question: str) -> str | None:
        answer: asyncio.Future[Answer | None] = asyncio.get_running_loop().create_future()
        prompt = TextEntry(
            question=said(question), help=T("Leave it empty to go on without it."), keys=Keys.EMAIL,
            max_length=LONGEST_EMAIL, optional=True,
        )  # fmt: skip
        self._test = (prompt, answer)
        self._asks_anew()
        given = await answer
        return given.text.strip() if isinstance(given, Typed) else None

    async def tone(self) -> bool:
        return self._visit.front.tone()

    async def not_fitted(self) -> None:
        self._absent = asyncio.get_running_loop().create_future()
        try:
            await self._absent
        finally:
            self._absent = None

    # --- the screen meanwhile ----------------------------------------------------------------

    def begins(self, title: Text) -> None:
        """Another check."""
        self._title, self._words, self._picture, self._fraction = title, None, "", None
        self._show()

    def ended(self, title: Text, outcome: Outcome) -> None:
        """One is done, of those that go on by themselves."""
        self.done.append((title, outcome))
        self._show()

    def prompt(self) -> Prompt:
        """What stands there now."""
        if self._test is not None:
            test = self._test[0]
            return replace(test, absent=NOT_FITTED if self._absent else None) if isinstance(test, KeypadTest) else test
        asks = self._saw is not None
        whole = len(self.done) / self._of + (self._fraction or 0.0) / self._of if self._of else self._fraction
        return Checking(
            question=self._words or self._title,
            help=self._title if self._words else None,
            picture=self._picture,
            fraction=None if asks else whole,
            done=() if self._words else tuple(self.done),
            leaves_in_s=self._visit.leaves_in_s,
            options=(*(ANSWERS if asks else ()), *((NOT_FITTED,) if self._absent else ()), CANCEL),
        )

    def _asks_anew(self) -> None:
        """Something else is to be done: the time for it begins now."""
        self._visit.touched()
        self._show()

    def _show(self) -> None:
        self._changed.set()
        if self._asks:
            self._visit.renew(self.prompt())

    async def help_with(self, work: Awaitable[Got]) -> Got | None:
        """Await `work`, which has these hands; None: the technician stopped it."""
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                answer = await self._hear(task)
                if answer is not None and not self._heard(answer):
                    return None
                if answer is not None:
                    await self._settle(task)
            return task.result()
        finally:
            if not task.done():
                task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _hear(self, task: asyncio.Future[Got]) -> Answer | None:
        """What the technician said; None when the work has ended."""
        hearing = asyncio.ensure_future(self._visit.ask(self.prompt(), back=False, counts=False))
        self._asks = True
        try:
            while not (task.done() or hearing.done()):
                ticking = asyncio.ensure_future(self._visit.terminal.clock.sleep(TICK_S))
                both: set[asyncio.Future[Any]] = {task, hearing, ticking}
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                ticking.cancel()
                if not (task.done() or hearing.done()) and self.prompt() != self._visit.standing:
                    self._visit.renew(self.prompt())
            return hearing.result() if hearing.done() else None
        finally:
            self._asks = False
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    def _heard(self, answer: Answer) -> bool:
        """False: stop."""
        if answer == Chosen(CANCEL.id):
            return False
        if answer == Chosen(NOT_FITTED.id) and self._absent is not None and not self._absent.done():
            self._words = None
            self._absent.set_result(None)
        elif self._test is not None and not isinstance(answer, Chosen) and not self._test[1].done():
            (_, test), self._test = self._test, None
            test.set_result(answer)
        elif self._saw is not None and isinstance(answer, Chosen) and answer.id in _SAW and not self._saw.done():
            saw, self._saw = self._saw, None
            self._words = None
            saw.set_result(_SAW[answer.id])
        return True

    async def _settle(self, task: asyncio.Future[Got]) -> None:
        """Give the check a moment for its next question."""
        self._changed.clear()
        changing = asyncio.ensure_future(self._changed.wait())
        both: set[asyncio.Future[Any]] = {task, changing}
        try:
            await asyncio.wait(both, timeout=SETTLE_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            changing.cancel()


def screen_test(test: wanted.ScreenTest) -> Prompt | None:
    """The screen of a test; None for one that can't be drawn here."""
    match test:
        case wanted.TouchGrid(columns, rows, within_s):
            return TouchTest(
                question=T("Wipe over the whole glass"),
                help=T("Every cell lights up where it is touched. If some stay dark, wait a moment: then you are asked."),
                columns=columns, rows=rows, within_s=within_s,
            )  # fmt: skip
        case wanted.Fingers(count, within_s):
            return FingerTest(
                question=T("Lay several fingers down"),
                help=T("All at once, and leave them there."),
                wanted=count, within_s=within_s,
            )  # fmt: skip
        case wanted.Flood(colour, within_s):
            name = _COLOURS.get(colour.upper(), T("A colour"))
            return ColourField(question=name, name=name, colour=colour, within_s=within_s)
        case wanted.PressKeys(keys, within_s):
            return KeypadTest(question=T("Press every key of the keypad"), keys=keys, within_s=within_s)
        case _:
            return None


def _seen(answer: Answer | None) -> wanted.ScreenSeen | None:
    match answer:
        case Touched(cells):
            return wanted.Touched(cells)
        case FingersSeen(most):
            return wanted.FingersSeen(most)
        case Looked(touched):
            return wanted.Flooded(touched)
        case KeysSeen(keys):
            return wanted.KeysPressed(keys)
        case _:
            return None
