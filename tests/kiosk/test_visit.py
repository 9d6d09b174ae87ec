"""One person's time at the terminal: what is heard, what comes too late, and that nothing remains."""

from __future__ import annotations

import asyncio
import gc
import time
import weakref
from datetime import date
from typing import Any

import pytest

from hardware.document_reader.contract import (
    DocumentPresented,
    DocumentUnreadable,
    Sex,
    Source,
    TravelDocument,
    Unreadable,
)
from hardware.readings import DeviceEvent, Kind
from kiosk.effects.effect import Effect, Result
from kiosk.language import T, language
from kiosk.prompts import (
    Answer,
    Busy,
    Choice,
    Chosen,
    NotRead,
    Option,
    Picked,
    PresentDocument,
    Shown,
    StillThere,
    TextEntry,
    Typed,
    Welcome,
)
from kiosk.reception import Reception
from kiosk.terminal import Terminal
from kiosk.visit import Control, Left, WentBack

TEA = Choice(question=T("Tea or coffee?"), options=(Option("tea", T("Tea")), Option("coffee", T("Coffee"))))
DOCUMENT = PresentDocument(question=T("Your document, please"))


def passport() -> TravelDocument:
    return TravelDocument(
        Source.MRZ, "P", "UTO", "L898902C3", "ERIKSSON", "ANNA MARIA", False, "UTO",
        date(1974, 8, 12), "740812", Sex.FEMALE, date(2034, 4, 15),
    )  # fmt: skip


def laid(what: Any, began_s: float | None = None) -> DeviceEvent:
    began_s = time.monotonic() if began_s is None else began_s
    return DeviceEvent("document_reader", Kind.DOCUMENT_READER, began_s, what)


def asking(stand: Any, prompt: Any = TEA, **words: bool) -> asyncio.Task[Answer]:
    return asyncio.ensure_future(stand.visit.ask(prompt, **words))


async def test_only_the_first_of_two_taps_in_the_same_instant_counts(stand: Any) -> None:
    asked = asking(stand)
    scene = await stand.front.sees("Tea")
    taps = [stand.visit.touch(scene.number, Chosen(drink)) for drink in ("tea", "coffee")]
    assert taps == [True, False]
    assert await asked == Chosen("tea")


async def test_a_tap_on_a_screen_that_has_gone_does_nothing(stand: Any) -> None:
    first = asking(stand)
    old = (await stand.front.sees("Tea")).number
    stand.visit.touch(old, Chosen("tea"))
    await first
    second = asking(stand, DOCUMENT)
    now = (await stand.front.sees("document")).number
    assert not stand.visit.touch(old, Chosen("coffee"))
    assert stand.visit.touch(now, Chosen("type"))
    assert await second == Chosen("type")


async def test_a_passport_that_lay_there_before_the_question_is_not_the_answer(stand: Any) -> None:
    before = time.monotonic()
    asked = asking(stand, DOCUMENT)
    await stand.front.sees("document")
    assert not stand.visit.device_event(laid(DocumentPresented(passport()), before))
    assert stand.visit.device_event(laid(DocumentUnreadable(Unreadable.PARTIAL)))
    assert not stand.visit.device_event(laid(DocumentPresented(passport())))
    assert await asked == NotRead(Unreadable.PARTIAL)


async def test_a_passport_is_no_answer_to_tea_or_coffee(stand: Any) -> None:
    asked = asking(stand)
    scene = await stand.front.sees("Tea")
    assert not stand.visit.device_event(laid(DocumentPresented(passport())))
    stand.visit.touch(scene.number, Chosen("tea"))
    await asked


async def test_a_passport_swiped_while_the_question_is_said_anew_still_counts(stand: Any) -> None:
    asked = asking(stand, DOCUMENT)
    old = await stand.front.sees("document")
    began_s = time.monotonic()
    stand.visit.renew(PresentDocument(question=T("Your passport, please")))
    scene = await stand.front.sees("passport")
    assert scene.number > old.number
    assert stand.visit.device_event(laid(DocumentPresented(passport()), began_s))
    assert await asked == Shown(passport())


async def test_a_finger_that_comes_down_as_the_question_is_said_anew_still_counts(stand: Any) -> None:
    first = asking(stand)
    gone = (await stand.front.sees("Tea")).number
    stand.visit.touch(gone, Chosen("tea"))
    await first
    asked = asking(stand, DOCUMENT)
    old = (await stand.front.sees("document")).number
    stand.visit.renew(PresentDocument(question=T("Your passport, please")))
    await stand.front.sees("passport")
    assert not stand.visit.touch(gone, Chosen("type"))  # of another question
    assert stand.visit.touch(old, Chosen("type"))
    assert not stand.visit.touch(old, Chosen("type"))
    assert await asked == Chosen("type")


@pytest.mark.parametrize(
    ("control", "ends"), [(Control.BACK, WentBack), (Control.START_OVER, Left)], ids=["back", "start over"]
)
async def test_back_and_start_over_end_the_question(stand: Any, control: Control, ends: type[Exception]) -> None:
    asked = asking(stand)
    assert stand.visit.touch((await stand.front.sees("Tea")).number, control)
    with pytest.raises(ends):
        await asked


@pytest.mark.parametrize("why", ["said so", "done something"])
async def test_where_there_is_no_way_back_none_is_taken(stand: Any, why: str) -> None:
    stand.visit.may_go_back = why != "done something"
    asked = asking(stand, back=why != "said so")
    scene = await stand.front.sees("Tea")
    assert not scene.back
    assert not stand.visit.touch(scene.number, Control.BACK)
    assert stand.visit.touch(scene.number, Chosen("tea"))
    await asked


async def test_who_touches_is_not_asked_whether_they_are_there(stand: Any) -> None:
    asked = asking(stand)
    scene = await stand.front.sees("Tea")
    for _ in range(3):
        await stand.clock.move(59)
        stand.visit.touched()
    stand.visit.touch(scene.number, Chosen("tea"))
    await asked
    assert stand.front.shown == ["Tea or coffee?"]


@pytest.mark.parametrize("how", ["a touch", "start over", "a passport"])
async def test_whatever_they_do_the_same_screen_stands_there_again(stand: Any, how: str) -> None:
    asked = asking(stand, DOCUMENT)
    before = await stand.front.sees("document")
    await stand.clock.move(60)
    covered = await stand.front.sees("still there")
    assert isinstance(covered.prompt, StillThere)
    assert covered.prompt.seconds == 20
    if how == "a touch":
        stand.visit.touched()
    elif how == "start over":
        assert not stand.visit.touch(covered.number, Control.START_OVER)
    else:
        assert not stand.visit.device_event(laid(DocumentPresented(passport())))
    assert await stand.front.sees("document") == before
    assert stand.visit.touch(before.number, Chosen("type"))
    assert await asked == Chosen("type")


async def test_staff_who_are_signed_in_are_said_so_on_every_screen_and_asked_before_they_are_signed_off(stand: Any) -> None:
    stand.visit.signed_in = T("Reception")
    asked = asking(stand)
    assert (await stand.front.sees("Tea")).signed_in == T("Reception")
    await stand.clock.move(60)
    covered = await stand.front.sees("still there")
    assert covered.signed_in == T("Reception")
    assert "signed off" in language("en").say(covered.prompt.help)
    stand.visit.touched()
    assert (await stand.front.sees("Tea")).signed_in == T("Reception")
    stand.visit.touch(stand.visit.scene.number, Control.START_OVER)
    with pytest.raises(Left):
        await asked


async def test_nobody_there_ends_the_visit(stand: Any) -> None:
    asked = asking(stand)
    await stand.front.sees("Tea")
    await stand.clock.move(60)
    await stand.front.sees("still there")
    await stand.clock.move(20)
    with pytest.raises(Left):
        await asked


async def test_the_welcome_waits_for_ever_but_not_in_a_language_that_somebody_left(stand: Any) -> None:
    asked = asking(stand, patient=True)
    await stand.front.sees("Tea")
    for _ in range(3):
        await stand.clock.move(61)
    assert stand.front.shown == ["Tea or coffee?"]
    stand.visit.touched()
    stand.visit.speak("hu", chosen=True)
    await stand.clock.move(61)
    await stand.front.sees("still there")
    await stand.clock.move(20)
    with pytest.raises(Left):
        await asked


async def test_a_chosen_language_is_not_changed_by_the_booking(stand: Any) -> None:
    visit = stand.visit
    visit.speak("pl", chosen=False)
    assert visit.language == "en"  # the hotel does not speak it
    visit.speak("hu", chosen=False)
    assert visit.language == "hu"
    visit.speak("de", chosen=True)
    visit.speak("hu", chosen=False)
    assert visit.language == "de"


async def test_help_without_the_hotel_names_the_telephone_and_the_desk_is_told_later(stand: Any) -> None:
    asked = asking(stand)
    scene = await stand.front.sees("Tea")
    stand.visit.touch(scene.number, Control.PERSON)
    told = await stand.front.sees("come to the desk")
    assert "+36 1 555 0100" in language("en").say(told.prompt.help)
    stand.visit.touch(told.number, Chosen("go-on"))
    again = await stand.front.sees("Tea")
    assert again.prompt == TEA
    stand.visit.touch(again.number, Chosen("coffee"))
    assert await asked == Chosen("coffee")
    assert [words["code"] for _, words in stand.terminal.ledger.messages()] == ["HELP"]


# --- while the kiosk is busy -------------------------------------------------------------------


class Pour(Effect):
    """Something that can't be undone, and takes its time."""

    KIND = "pour"
    cup: str
    _go: asyncio.Event | None = None

    def same(self) -> tuple[str, ...]:
        return (self.cup,)

    async def do(self, terminal: Terminal) -> Result:
        assert self._go is not None
        await self._go.wait()
        return {"poured": True}

    async def find(self, terminal: Terminal) -> Result | None:
        return None

    def tale(self, done: bool | None) -> str:
        return "a cup"


async def test_start_over_does_not_wait_for_an_answer_that_does_not_come(stand: Any) -> None:
    never = asyncio.Event()
    waiting = asyncio.ensure_future(stand.visit.while_waiting(never.wait(), T("Looking for tea")))
    scene = await stand.front.sees("Looking for tea")
    assert isinstance(scene.prompt, Busy)
    assert not stand.visit.touch(scene.number, Chosen("tea"))
    assert stand.visit.touch(scene.number, Control.START_OVER)
    with pytest.raises(Left):
        await waiting


async def test_start_over_lets_what_cannot_be_undone_come_to_its_end(stand: Any) -> None:
    effect, go = Pour(cup="one"), asyncio.Event()
    effect._go = go
    waiting = asyncio.ensure_future(stand.visit.while_waiting(stand.visit.once(effect), T("Pouring")))
    scene = await stand.front.sees("Pouring")
    stand.visit.touch(scene.number, Control.START_OVER)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    go.set()
    with pytest.raises(Left):
        await waiting
    entry = stand.terminal.ledger.entry(stand.terminal.ledger.opaque("pour", "one"))
    assert entry is not None
    assert (entry.state, entry.result) == ("done", {"poured": True})
    assert not stand.visit.may_go_back


async def test_help_wanted_while_busy_is_called_when_it_is_done(stand: Any) -> None:
    go = asyncio.Event()
    waiting = asyncio.ensure_future(stand.visit.while_waiting(go.wait(), T("Looking for tea")))
    scene = await stand.front.sees("Looking for tea")
    stand.visit.touch(scene.number, Control.PERSON)
    go.set()
    told = await stand.front.sees("come to the desk")
    stand.visit.touch(told.number, Chosen("go-on"))
    assert await waiting is True


# --- reception: one visit after another ----------------------------------------------------------


def alive(*kinds: type) -> int:
    gc.collect()
    return sum(type(thing) in kinds for thing in gc.get_objects())  # asked so, a dead proxy does not complain


async def test_nothing_of_a_guest_remains_after_they_walked_away(stand: Any) -> None:
    stand.terminal.settings = stand.terminal.settings.model_copy(deep=True)
    reception = Reception(stand.terminal, stand.front)
    before = alive(TravelDocument)
    serving = asyncio.ensure_future(reception.serve())
    await stand.front.sees("Welcome")
    visit = weakref.ref(reception._visit)
    reception.device_event(laid(DocumentPresented(passport())))
    await stand.front.sees("reach the hotel")
    assert alive(TravelDocument) > before
    await stand.clock.move(60)
    await stand.front.sees("still there")
    await stand.clock.move(20)
    await stand.front.sees("Welcome")
    async with asyncio.timeout(5):  # what was under way for them ends within a few rounds of the loop
        while visit() is not None or alive(TravelDocument) > before:
            await asyncio.sleep(0)
            gc.collect()
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_visit_that_breaks_leads_to_the_desk_and_the_next_guest_is_welcomed(stand: Any) -> None:
    reception = Reception(stand.terminal, stand.front)
    serving = asyncio.ensure_future(reception.serve())
    front = stand.front
    reception.answer((await front.sees("Welcome")).number, Chosen("check-in"))
    reception.answer((await front.sees("How shall we find")).number, Chosen("number"))
    scene = await front.sees("confirmation number")
    assert isinstance(scene.prompt, TextEntry)
    reception.answer(scene.number, Picked(date(2026, 11, 23)))  # no screen of ours answers so
    sorry = await front.sees("will help you with this")
    assert [words["code"] for _, words in stand.terminal.ledger.messages()] == ["BROKEN"]
    reception.answer(sorry.number, Chosen("done"))
    assert isinstance((await front.sees("Welcome")).prompt, Welcome)
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)


async def test_a_language_chosen_before_anybody_was_served_is_kept(stand: Any) -> None:
    reception = Reception(stand.terminal, stand.front)
    reception.change_language("hu")
    serving = asyncio.ensure_future(reception.serve())
    scene = await stand.front.sees("Welcome")
    assert reception.language == "hu"
    reception.answer(scene.number, Chosen("check-in"))
    await stand.front.sees("How shall we find")
    assert reception.language == "hu"
    assert reception.answer(reception.scene.number, Typed("x"))  # ends it
    serving.cancel()
    await asyncio.gather(serving, return_exceptions=True)
