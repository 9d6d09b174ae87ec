"""Visit: one person's time at the terminal. It asks, hears the first answer only, and ends.

Rules: a touch names the scene it belongs to, a device's event says when it began; what is older
than the question is dropped. Idle, help and change of language are the visit's, so that no step
knows of them. Nothing of a visit outlives `end()`.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import structlog

from hardware.errors import DeviceError
from hardware.readings import DeviceEvent
from kiosk import calls
from kiosk.effects import doing
from kiosk.effects.effect import Effect, Result, ended
from kiosk.given import as_answer, takes
from kiosk.idle import Idle, first, still_there
from kiosk.key_journal import Why
from kiosk.language import T, Text
from kiosk.prompts import (
    Answer,
    Busy,
    Front,
    Progress,
    Prompt,
    Scene,
    StillThere,
    Tone,
)

if TYPE_CHECKING:
    from kiosk.help_given import Help
    from kiosk.portrait import Portrait
    from kiosk.roles import SignedIn
    from kiosk.terminal import Terminal

log = structlog.get_logger()
Got = TypeVar("Got")
Said = TypeVar("Said", bound=Answer)

BUSY_AFTER_S = 0.5
"""What takes longer than this is said on the screen (DESIGN: Screens)."""


class Control(Enum):
    """What a person did instead of answering."""

    BACK = "back"
    START_OVER = "start-over"
    PERSON = "person"
    STILL_HERE = "still-here"


class Left(Exception):
    """The journey ends here: started over or walked away."""


class WentBack(Exception):
    """The person wants the question before this one again."""


class Visit:
    """One person's time. Made by the Reception, told of touches and device events by it."""

    def __init__(self, terminal: Terminal, front: Front, language: str, first_scene: int = 0) -> None:
        self.terminal = terminal
        self.front = front
        self.id = uuid.uuid4().hex
        self.language = language
        self.language_chosen = False
        self.tries = 0
        self.keys: dict[str, str] = {}  # of the cards cut in this visit: UID, and the reservation's id
        self.cuts = 0  # keys that were cut in it
        self.changes = 0  # of a stay that staff have made in it
        self.erased = 0  # cards that were erased in it
        self.wrong_cans = 0  # card access numbers that did not open a chip
        self.chip_was_read = False  # of a document that may lie there still
        self.progress: Progress | None = None
        self.staff: SignedIn | None = None  # who works here now, if it is no guest
        self.signed_in: Text | None = None  # … as their screens say it
        self.staff_card: bytes | None = None  # the one that proved itself and lies there: taken away, its holder has gone
        self.left_by: Why | None = None  # how a visit ended before its journey did
        self.helped: list[Help] = []  # by staff, and not yet put down: for which booking is not known
        self.portraits: list[Portrait] = []  # read from chips: gone with the visit
        self.may_go_back = True
        self.asked = 0
        self.done_something = False
        self._count = first_scene
        self._scene = Scene(first_scene, Busy(question=T("One moment, please")))
        self._since_s = time.monotonic()
        self._answer: asyncio.Future[Answer | Control] = asyncio.get_running_loop().create_future()
        self._standing = self._scene  # what is asked, also while StillThere covers it
        self._numbers: set[int] = set()  # all under which it was shown
        self._doing = 0
        self._calls: set[tuple[str, str]] = set()  # what the desk was told and nobody has taken yet
        self._tasks: set[asyncio.Future[None]] = set()
        self._idle = Idle(terminal, staff=lambda: self.staff is not None)

    @property
    def scene(self) -> Scene:
        return self._scene

    @property
    def standing(self) -> Prompt:
        """What is asked, also while "are you still there?" covers it."""
        return self._standing.prompt

    @property
    def scenes(self) -> int:
        """How many scenes were shown: the next visit goes on counting."""
        return self._count

    @property
    def leaves_in_s(self) -> int:
        """Until staff who touch nothing are signed off."""
        return self._idle.leaves_in_s

    @property
    def left_alone(self) -> bool:
        """Whether anybody may have come to the screen while its staff were patiently waited for."""
        return self._idle.left_alone

    def patient(self, seconds: float) -> AbstractContextManager[None]:
        """Staff who have their hands elsewhere are signed off only after so long without a touch."""
        return self._idle.patient(seconds)

    # asking

    async def ask(
        self, prompt: Prompt, *, patient: bool = False, back: bool = True, counts: bool = True
    ) -> Answer:
        """Show `prompt` until it is answered. `patient`: no idle question (the welcome screen).
        `counts` False: nothing is asked of the guest, so that Back does not lead here.

        Raises WentBack or Left; a call for a person is seen to here, then asked again.
        """
        self.asked += counts
        while True:
            if self.left_by:
                raise Left
            self._show(prompt, back=back)
            got = await self._hear(patient)
            if isinstance(got, Answer):
                return got
            if got is Control.BACK:
                raise WentBack
            if got is Control.START_OVER:
                self.left(Why.BY_HAND)
            if got is Control.PERSON:
                await self.call_person()

    async def ask_for(self, kind: type[Said], prompt: Prompt) -> Said:
        """Ask a prompt that takes one kind of answer only."""
        answer = await self.ask(prompt)
        if not isinstance(answer, kind):
            raise TypeError(f"{type(prompt).__name__} was answered by {type(answer).__name__}")
        return answer

    async def call_person(self, code: str = "HELP", reservation_id: str = "") -> None:
        """Tell the desk, and tell the guest truly whether somebody took it. Called again, the desk is not told twice."""
        wanted = (code, reservation_id)
        call = ""
        if wanted not in self._calls:
            call = await self.while_waiting(self.terminal.call_person(*wanted), T("Calling a colleague"))
        reached = bool(call) or wanted in self._calls
        self._show(calls.called() if reached else calls.not_reached(self.terminal.settings.hotel.telephone))
        if call:
            self._calls.add(wanted)
            self._look_after(self._see_it_taken(call, wanted, self._scene.number))
        got = await self._hear(patient=False)
        if got is Control.START_OVER:
            self.left(Why.BY_HAND)

    async def _see_it_taken(self, call: str, wanted: tuple[str, str], scene: int) -> None:
        """Tell the guest that somebody comes, or after a minute whom to telephone, wherever they are by then."""
        taken = await self.terminal.taken(call, wanted[1])
        self._calls.discard(wanted)
        prompt = calls.coming() if taken else calls.not_reached(self.terminal.settings.hotel.telephone)
        if self._standing.number == scene:
            self.renew(prompt)
        else:
            self.notice(prompt.question, Tone.OK if taken else Tone.WARN)

    async def while_waiting(self, work: Awaitable[Got], words: Text) -> Got:
        """Await `work`; where it takes longer than half a second, say what is happening.

        Start over leaves it, unless it is something that can't be undone: that ends first. A call
        for a person is seen to afterwards.
        """
        task = asyncio.ensure_future(work)
        try:
            done, _ = await asyncio.wait({task}, timeout=BUSY_AFTER_S)
            if not done:
                await self._busy(task, words)
            return await task
        except BaseException:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise

    async def _busy(self, task: asyncio.Future[Got], words: Text) -> None:
        """Returns when `task` is done; Left."""
        self._show(Busy(question=words), back=False)
        answer = self._answer
        both: set[asyncio.Future[Any]] = {task, answer}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        asked = answer.result() if answer.done() else None
        if asked is Control.START_OVER:
            self.left_by = self.left_by or Why.BY_HAND
            if self._doing:
                await asyncio.wait({task})
            raise Left
        await asyncio.wait({task})
        if asked is Control.PERSON:
            await self.call_person()

    async def ask_while(
        self,
        prompt: Prompt,
        work: Awaitable[Got],
        *,
        too_late: Callable[[], bool] = lambda: False,
        counts: bool = True,
    ) -> Got | Answer:
        """Show `prompt` while a device works: whichever ends first, the other is given up.

        An answer cancels the work, unless it is `too_late`: then the work is waited for, and counts.
        A control raises as in `ask` (after cancelling).
        """
        task = asyncio.ensure_future(work)
        hearing = asyncio.ensure_future(self.ask(prompt, counts=counts))
        try:
            both: set[asyncio.Future[Any]] = {task, hearing}
            await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
            if not task.done() and too_late():
                await asyncio.wait({task})
            if task.done():
                return task.result()
            return hearing.result()
        finally:
            for other in (task, hearing):
                if not other.done():
                    other.cancel()
            await asyncio.gather(task, hearing, return_exceptions=True)

    async def once(self, effect: Effect) -> Result:
        """Do what can't be undone, once; from here there is no way back."""
        self.done_something = True
        self.may_go_back = False
        self._doing += 1
        failed: BaseException | None = None
        try:
            return await doing.once(self.terminal, self.id, effect)
        except BaseException as error:
            failed = error
            raise
        finally:
            self._doing -= 1
            self.terminal.recorder.effect(effect.KIND, ended(failed))

    async def try_to_print(self, effect: Effect) -> bool:
        """Print where paper is a courtesy: False when the printer could not."""
        try:
            await self.while_waiting(self.once(effect), T("Printing"))
        except DeviceError as error:
            log.warning("not printed", fault=error.fault)
            return False
        return True

    def renew(self, prompt: Prompt) -> None:
        """The same question in other words: what was touched or begun before still counts for it."""
        self._count += 1
        self._numbers.add(self._count)
        self._standing = replace(self._standing, number=self._count, prompt=prompt)
        if not isinstance(self._scene.prompt, StillThere):
            self._scene = self._standing
            self.front.show(self._scene)

    def end(self) -> None:
        """Nothing of this visit goes on."""
        for task in self._tasks:
            task.cancel()
        for portrait in self.portraits:
            portrait.forget()

    def left(self, why: Why) -> NoReturn:
        """Nobody goes on here. What ended the visit first stays the reason."""
        self.left_by = self.left_by or why
        raise Left

    def leave(self, why: Why) -> None:
        """Whatever is asked now or next ends the visit; what is being done and can't be undone is done first."""
        self.left_by = self.left_by or why
        if not self._answer.done():
            self._answer.set_result(Control.START_OVER)

    def signed_off(self) -> None:
        """Staff who helped have gone: the guest's visit stands where it was."""
        self.left_by = None
        self.staff, self.signed_in, self.staff_card = None, None, None

    def staff_card_taken(self) -> None:
        """Who takes their card away has gone, where it can lie there all the time."""
        if self.staff_card is not None and self.terminal.staff_card_stays:
            self.leave(Why.CARD_REMOVED)

    def notice(self, words: Text, tone: Tone = Tone.WARN) -> None:
        self.front.notice(words, tone)

    def speak(self, code: str, *, chosen: bool) -> None:
        """Change the language; a language the guest chose is never changed for them."""
        if code not in self.terminal.settings.kiosk.languages or (self.language_chosen and not chosen):
            return
        self.language = code
        self.language_chosen = self.language_chosen or chosen

    # hearing

    def touch(self, scene: int, got: Answer | Control) -> bool:
        """An answer or control from the front; False where it came too late."""
        self.touched()
        mine = self._numbers if self._scene is self._standing else {self._scene.number}
        if scene not in mine or self._answer.done():
            return False
        if got is Control.BACK and not self._scene.back:
            return False
        if isinstance(self._scene.prompt, Busy) and isinstance(got, Answer):
            return False
        self._answer.set_result(got)
        return True

    def touched(self) -> None:
        self._idle.touched()
        if isinstance(self._scene.prompt, StillThere) and not self._answer.done():
            self._answer.set_result(Control.STILL_HERE)

    def device_event(self, event: DeviceEvent) -> bool:
        """A document, code or card: an answer where the question takes it and is older than it."""
        answer = as_answer(event)
        if answer is None or event.began_s < self._since_s or self._answer.done():
            return False
        if isinstance(self._scene.prompt, StillThere):
            self.touched()
            return False
        if takes(answer) not in self._scene.prompt.takes:
            return False
        self._idle.touched()
        self._answer.set_result(answer)
        return True

    # inside

    def _show(self, prompt: Prompt, *, back: bool = True) -> None:
        self._count += 1
        self._scene = Scene(self._count, prompt, self.progress, back and self.may_go_back, self.signed_in)
        if not isinstance(prompt, StillThere):
            self._standing, self._numbers = self._scene, {self._count}
        self._since_s = time.monotonic()
        self._answer = asyncio.get_running_loop().create_future()
        self.front.show(self._scene)

    async def _hear(self, patient: bool) -> Answer | Control:
        """The answer to what stands there; Left when nobody is there any more.

        `patient` waits for ever for somebody, but not in a language that somebody chose and left.
        """
        answer = self._answer
        self._idle.touched()
        while True:
            if await self._idle.until(answer):
                return answer.result()
            if patient and not self.language_chosen:
                self._idle.touched()
                continue
            await self._still_there()
            self._scene, self._answer = self._standing, answer
            self.front.show(self._scene)

    def _look_after(self, work: Coroutine[Any, Any, None]) -> None:
        """Goes on beside the questions, until it is done or the visit ends."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _still_there(self) -> None:
        """Left when nobody answers."""
        seconds = int(self.terminal.settings.kiosk.idle_warning_s)
        self._show(still_there(seconds, staff=self.signed_in is not None), back=False)
        asked = self._answer
        await first(asked, self.terminal.clock.sleep(seconds))
        if not asked.done():
            self.left_by = Why.IDLE
        if self.left_by:
            raise Left
