"""Journey, Step, Repeat and the runner.

Rules: a Step asks, does, and returns new facts; it knows nothing of Back. Back goes to the last
step that asked something, unless something was done since that can't be undone. A device's or the
hotel's fault never ends a journey in silence: the runner offers try again · call a person · leave.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sized
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar

import structlog

from hardware.errors import DeviceError
from hardware.readings import Kind
from kiosk.faults import JOURNAL_FULL, hotel_sentence, sentence
from kiosk.hotel.backend import HotelError
from kiosk.key_journal import JournalError
from kiosk.language import T, Text
from kiosk.prompts import Choice, Chosen, Option, Progress, Tone
from kiosk.visit import Left, Visit, WentBack

if TYPE_CHECKING:
    from kiosk.facts import Facts

log = structlog.get_logger()
Done = TypeVar("Done")
F = TypeVar("F")  # the facts of a journey: frozen


class Ended(Exception):
    """A step has said all there is to say: the journey ends, politely."""


class FromTheStart(Exception):
    """Begin the journey again, in the same visit, with nothing of what was typed or shown."""


class TurnTo(Exception):  # noqa: N818 - a way to go on, like WentBack
    """Go on with another journey of guests, by its name, with what is known already: a document that was
    proven is not asked for again."""

    def __init__(self, journey: str, facts: Facts) -> None:
        self.journey = journey
        self.facts = facts
        super().__init__(journey)


@dataclass(frozen=True)
class Step(Generic[F]):
    """One part of a journey. `stage` is what "3 of 6 · Registration" says."""

    run: Callable[[Visit, F], Awaitable[F]]
    stage: Text
    when: Callable[[F], bool] = lambda facts: True
    kept: Callable[[F, F], F] = lambda before, after: before
    """What stands there when Back returns: by default all as it was before the step."""


@dataclass(frozen=True)
class Repeat(Generic[F]):
    """Steps for one after another: walked through again as long as `over` names somebody (or something)
    still to come. How far that is stands in the facts alone, so that Back finds every turn again. A turn that asks
    nothing and leaves as many to come would be walked for ever: RuntimeError."""

    steps: tuple[Step[F], ...]
    over: Callable[[F], Sized]


@dataclass(frozen=True)
class Journey(Generic[F]):
    """A procedure of the house. `needs` is what must work, or the welcome screen says so beforehand."""

    name: str
    title: Text
    begin: Callable[[], F]  # what it knows when nothing is known yet
    steps: tuple[Step[F] | Repeat[F], ...]
    needs: frozenset[Kind] = frozenset()


@dataclass(frozen=True)
class _Leg(Generic[F]):
    """One step on the way, and where it goes on: after it, or instead of it."""

    step: Step[F]
    after: int
    instead: int
    over: Callable[[F], Sized] | None = None  # of a Repeat that begins here

    def stands(self, facts: F) -> bool:
        """Whether a Repeat that begins here has somebody to go on with."""
        return self.over is None or len(self.over(facts)) > 0


def _legs(steps: tuple[Step[F] | Repeat[F], ...]) -> tuple[_Leg[F], ...]:
    legs: list[_Leg[F]] = []
    for part in steps:
        begin = len(legs)
        if isinstance(part, Step):
            legs.append(_Leg(part, begin + 1, begin + 1))
            continue
        end = begin + len(part.steps)
        for at, step in enumerate(part.steps, begin):
            after = at + 1 if at + 1 < end else begin
            legs.append(_Leg(step, after, end if at == begin else after, part.over if at == begin else None))
    return tuple(legs)


@dataclass(frozen=True)
class _Place(Generic[F]):
    """Where Back may return to."""

    step: int
    facts: F


async def run(journey: Journey[F], visit: Visit, facts: F) -> F | None:
    """Walk `journey` to its end. None: the guest left, or was led to a person."""
    places: list[_Place[F]] = []
    turns: dict[int, tuple[int, int]] = {}  # of each Repeat: when it last began
    at, begun = 0, facts
    legs = _legs(journey.steps)
    stages = tuple(dict.fromkeys(leg.step.stage for leg in legs))
    try:
        while at < len(legs):
            leg = legs[at]
            step = leg.step
            if not leg.stands(facts):
                at = leg.instead
                continue
            if leg.over is not None:
                turn = (visit.asked, len(leg.over(facts)))
                if turns.get(at) == turn:
                    raise RuntimeError(f"{journey.name}: a turn asked nothing, and as many are still to come")
                turns[at] = turn
            if not step.when(facts):
                at = leg.after
                continue
            visit.progress = Progress(stages.index(step.stage) + 1, len(stages), step.stage)
            asked = visit.asked
            try:
                after = await until_it_works(visit, partial(step.run, visit, facts))
            except WentBack:
                if not places:
                    if facts is begun or visit.signed_in is not None or await _let_go(visit):
                        return None
                    continue
                place = places.pop()
                at, facts = place.step, place.facts
                continue
            except FromTheStart:
                places.clear()
                at, facts = 0, journey.begin()
                begun = facts
                continue
            if visit.done_something:
                places.clear()
                visit.may_go_back = False
            elif visit.asked > asked:
                places.append(_Place(at, step.kept(facts, after)))
            facts = after
            at = leg.after
    except (Left, Ended):
        return None
    return facts


async def _let_go(visit: Visit) -> bool:
    """Back from the first question, when something is known already: it is never lost unasked."""
    answer = await visit.ask(
        Choice(
            question=T("Start over?"),
            help=T("Everything you have entered will be deleted."),
            tone=Tone.WARN,
            options=(Option("go-on", T("No, go on")), Option("leave", T("Start over"), quiet=True)),
        ),
        back=False,
        counts=False,
    )
    return answer == Chosen("leave")


async def until_it_works(visit: Visit, work: Callable[[], Awaitable[Done]]) -> Done:
    """Do `work`; on a fault say so and offer a next step, until it works or the guest leaves.

    The runner does a whole step so. A step wraps only that part of it which needs a device or the
    hotel where the guest has given something before that must not be asked for again.
    """
    while True:
        try:
            return await work()
        except DeviceError as error:
            log.warning("device fault in a journey", device=error.device, fault=error.fault)
            words = sentence(error.fault)
        except HotelError as error:
            log.warning("hotel fault in a journey", call=error.call, trouble=error.trouble, code=error.code)
            words = hotel_sentence(error.trouble)
        except JournalError as error:
            log.error("a key can't be written down", why=str(error))
            words = JOURNAL_FULL
        await offer_help(visit, words.question, words.help, words.picture)


async def offer_help(visit: Visit, question: Text, help_text: Text, picture: str) -> None:
    """Returns when the guest wants it tried again; Left when not."""
    answer = await visit.ask(
        Choice(
            question=question,
            help=help_text,
            picture=picture,
            tone=Tone.WARN,
            options=(
                Option("again", T("Try again")),
                Option("person", T("Call us")),
                Option("leave", T("Leave"), quiet=True),
            ),
        )
    )
    if answer == Chosen("person"):
        await visit.call_person()
    elif answer == Chosen("leave"):
        raise Left
