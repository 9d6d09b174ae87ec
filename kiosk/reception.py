"""Reception: waits for anybody, opens one visit after another, and is the Desk that a front talks to."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import structlog

from hardware.card_reader.contract import CardRemoved
from hardware.document_reader.contract import DocumentPresented
from hardware.place import place
from hardware.readings import DeviceEvent
from kiosk.facts import Facts
from kiosk.help_given import put_down_without
from kiosk.journey import Journey, TurnTo, run
from kiosk.journeys.check_in import CHECK_IN
from kiosk.journeys.lost_key import LOST_KEY
from kiosk.journeys.staff import staff
from kiosk.key_journal import JournalError
from kiosk.language import T
from kiosk.prompts import (
    Answer,
    Choice,
    Chosen,
    Front,
    Laid,
    NotRead,
    Option,
    PresentDocument,
    Scene,
    StillThere,
    Tone,
    Welcome,
)
from kiosk.steps.ask_for_document import ask_for_document
from kiosk.steps.farewell import see_off
from kiosk.steps.find_booking import begin_with
from kiosk.steps.not_read import READER_AWAY, other_ways, reader_away
from kiosk.terminal import Terminal
from kiosk.visit import Control, Left, Visit, WentBack
from kiosk.welcome import CALL_US, STAFF, welcome_now

log = structlog.get_logger()

JOURNEYS: tuple[Journey[Facts], ...] = (CHECK_IN, LOST_KEY)


class Reception:
    """One for the life of the process. `front` is set once the window (or a test's guest) is there."""

    def __init__(self, terminal: Terminal, front: Front, scenes: int = 0) -> None:
        """`scenes`: how many the front has shown already; numbers only grow."""
        self.terminal = terminal
        self.front = front
        self.languages = terminal.settings.kiosk.languages
        self.visits = 0
        """How many somebody began since the start."""
        self._visit = Visit(terminal, front, self.languages[0], scenes)
        self._behind_them: set[asyncio.Task[None]] = set()  # what is seen to after guests have gone
        terminal.recorder.language = lambda: self._visit.language
        self._seen_s = terminal.clock.monotonic()  # when somebody was last at the screen

    # Desk

    @property
    def language(self) -> str:
        return self._visit.language

    @property
    def scene(self) -> Scene:
        return self._visit.scene

    @property
    def free(self) -> bool:
        """Whether nobody is being served: the welcome screen stands there."""
        return isinstance(self._visit.standing, Welcome)

    @property
    def free_s(self) -> float:
        """For how long nobody has been at the screen; 0 while somebody is."""
        if not self.free:
            return 0.0
        return self.terminal.clock.monotonic() - self._seen_s

    def answer(self, scene: int, answer: Answer) -> bool:
        return self._touch(scene, answer)

    def back(self, scene: int) -> bool:
        return self._touch(scene, Control.BACK)

    def start_over(self, scene: int) -> bool:
        return self._touch(scene, Control.START_OVER)

    def call_person(self, scene: int) -> bool:
        return self._touch(scene, Control.PERSON)

    def _touch(self, scene: int, given: Answer | Control) -> bool:
        prompt = self._visit.scene.prompt
        taken = self._visit.touch(scene, given)
        if taken:
            self.terminal.recorder.touched(prompt, given.value if isinstance(given, Control) else given)
        return taken

    def change_language(self, code: str) -> None:
        self.touched()
        self._visit.speak(code, chosen=True)
        self.terminal.recorder.spoken(code)
        if isinstance(self._visit.scene.prompt, Welcome):
            self._visit.renew(self._welcome())  # greets in the others anew
        else:
            self.front.show(self._visit.scene)

    def touched(self) -> None:
        self._seen_s = self.terminal.clock.monotonic()
        if isinstance(prompt := self._visit.scene.prompt, StillThere):
            self.terminal.recorder.touched(prompt, Control.STILL_HERE.value)
        self._visit.touched()

    # devices

    def device_event(self, event: DeviceEvent) -> None:
        if isinstance(event.what, CardRemoved):
            self.terminal.recorder.taken(event.kind)
            self._visit.staff_card_taken()
            return
        prompt = self._visit.scene.prompt
        taken = self._visit.device_event(event)
        self.terminal.recorder.event(event, prompt, taken)
        if not taken and isinstance(event.what, DocumentPresented):
            log.info("device event not asked for", device=event.device)

    def devices_changed(self) -> None:
        """A device or the hotel became well or ill: said where it is wanted, by the welcome screen beforehand."""
        prompt = self._visit.standing
        if isinstance(prompt, Welcome):
            self._visit.renew(self._welcome())
        elif isinstance(prompt, PresentDocument):
            notice = reader_away(self.terminal)
            if notice is not None or prompt.notice == READER_AWAY:
                other = other_ways(self.terminal.settings, notice)
                self._visit.renew(replace(prompt, notice=notice, other=other))

    # visits

    async def serve(self) -> None:
        """For ever: welcome, a journey, farewell, nothing left."""
        try:
            while True:
                await self._next_guest()
        finally:
            for task in self._behind_them:
                task.cancel()

    async def _next_guest(self) -> None:
        visit = self._visit
        self.terminal.current_visit = visit.id
        try:
            await self._one(visit)
        except (Left, WentBack):
            pass
        except Exception as error:  # noqa: BLE001 - whatever it was, the next guest is welcomed
            log.error("visit broke", kind=type(error).__name__, where=place(error))
            self.terminal.tell_desk("BROKEN", f"{self.terminal.settings.kiosk.name}: a visit broke off")
            await self._led_to_the_desk(visit)
        finally:
            visit.end()
            self._put_down_help(visit)
            self.terminal.forget_guest()
            self.terminal.recorder.left()
        task = asyncio.create_task(see_off(self.terminal, visit.id, visit.keys))
        self._behind_them.add(task)
        task.add_done_callback(self._behind_them.discard)
        self._visit = Visit(self.terminal, self.front, self.languages[0], visit.scenes)
        self._seen_s = self.terminal.clock.monotonic()
        self.terminal.current_visit = ""
        self.terminal.wake_errands()

    async def _one(self, visit: Visit) -> None:
        visit.may_go_back = False
        answer = await ask_for_document(visit, self._welcome(), now=self._welcome, patient=True)
        visit.may_go_back = True
        self.visits += 1
        if isinstance(answer, Laid) or answer == Chosen(STAFF):
            await staff(visit, answer.card if isinstance(answer, Laid) else None)
            return
        if answer == Chosen(CALL_US.id):
            await visit.call_person()
            return
        journey = _called(answer.id if isinstance(answer, Chosen) else CHECK_IN.name)
        facts = Facts(not_read=answer.why) if isinstance(answer, NotRead) else await begin_with(visit, answer)
        while True:
            try:
                await run(journey, visit, facts or Facts())
                return
            except TurnTo as turn:
                journey, facts = _called(turn.journey), turn.facts

    def _put_down_help(self, visit: Visit) -> None:
        """What staff allowed in a visit that came to no booking stands in the journal all the same."""
        try:
            put_down_without(visit.terminal, visit.helped)
        except JournalError as error:
            log.error("help not put down", why=str(error))

    async def _led_to_the_desk(self, visit: Visit) -> None:
        """A guest whose visit broke is not left before a welcome screen without a word."""
        with suppress(Left, WentBack):
            await visit.ask(
                Choice(
                    question=T("A colleague will help you with this"),
                    help=T("We are sorry, something went wrong here. The desk has been told and will help you at once."),
                    picture="colleague",
                    tone=Tone.WARN,
                    options=(Option("done", T("All right")),),
                ),
                back=False,
            )

    def _welcome(self) -> Welcome:
        return welcome_now(self.terminal, self._visit.language, CHECK_IN, LOST_KEY)


def _called(name: str) -> Journey[Facts]:
    return next((journey for journey in JOURNEYS if journey.name == name), CHECK_IN)
