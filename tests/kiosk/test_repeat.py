"""Steps that are walked for one after another: Back finds every turn again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from kiosk.facts import Facts
from kiosk.journey import Journey, Repeat, Step, run
from kiosk.language import T
from kiosk.prompts import Choice, Chosen, Option
from kiosk.visit import Control, Visit

YES = Option("yes", T("Yes"))


def asks(word: str) -> Any:
    """A step that asks, and counts the turn in `key_uids` where it is the last of a turn."""

    async def step(visit: Visit, facts: Facts) -> Facts:
        turn = len(facts.key_uids)
        answer = await visit.ask(Choice(question=T("{word} {turn}", word=word, turn=turn), options=(YES,)))
        assert isinstance(answer, Chosen)
        return replace(facts, key_uids=(*facts.key_uids, answer.id)) if word == "second" else facts

    return step


async def says_nothing(visit: Visit, facts: Facts) -> Facts:
    return facts


STAGE = T("Registration")


def journey(turns: int, second_when: Any = lambda facts: True) -> Journey[Facts]:
    return Journey(
        "test",
        T("Test"),
        Facts,
        (
            Step(asks("before"), STAGE),
            Step(says_nothing, STAGE),
            Repeat(
                (Step(asks("first"), STAGE), Step(asks("second"), STAGE, when=second_when)),
                over=lambda facts: range(len(facts.key_uids), turns),
            ),
            Step(asks("after"), STAGE),
        ),
    )


@dataclass
class Walk:
    """A journey, and who answers it."""

    stand: Any
    journey: Journey
    walking: asyncio.Future[Facts | None] = field(init=False)

    def __post_init__(self) -> None:
        self.walking = asyncio.ensure_future(run(self.journey, self.stand.visit, Facts()))

    async def does(self, *what: str) -> None:
        """Each as 'question' to be answered, or '<question' to go back from."""
        for each in what:
            got = Control.BACK if each.startswith("<") else Chosen("yes")
            while not self.stand.visit.touch((await self.stand.front.sees(each.lstrip("<"))).number, got):
                await asyncio.sleep(0)  # it stood there before, and is answered already


async def test_as_often_as_somebody_is_to_come(stand: Any) -> None:
    walk = Walk(stand, journey(2))
    await walk.does("before 0", "first 0", "second 0", "first 1", "second 1", "after 2")
    facts = await walk.walking
    assert facts is not None
    assert len(facts.key_uids) == 2


async def test_not_at_all_where_nobody_is(stand: Any) -> None:
    walk = Walk(stand, journey(0))
    await walk.does("before 0", "after 0")
    assert await walk.walking is not None


async def test_back_leads_through_every_turn_to_what_was_before(stand: Any) -> None:
    walk = Walk(stand, journey(2))
    await walk.does("before 0", "first 0", "second 0", "first 1", "second 1")
    await walk.does("<after 2", "<second 1", "<first 1", "<second 0", "<first 0", "before 0")
    await walk.does("first 0", "second 0", "first 1", "second 1", "after 2")
    assert await walk.walking is not None


async def test_a_turn_that_asks_nothing_and_changes_nothing_is_not_walked_for_ever(stand: Any) -> None:
    """Found by review: it held up the loop, and with it the whole terminal."""
    silent = Journey("test", T("Test"), Facts, (Repeat((Step(says_nothing, STAGE),), over=lambda facts: range(1)),))
    with pytest.raises(RuntimeError, match="asked nothing"):
        await asyncio.wait_for(run(silent, stand.visit, Facts()), 5)


async def test_a_turn_whose_second_step_is_left_out_is_walked_again(stand: Any) -> None:
    seen = []

    def second(facts: Facts) -> bool:
        seen.append(len(facts.key_uids))
        return len(seen) > 1

    walk = Walk(stand, journey(1, second))
    await walk.does("before 0", "first 0")
    await walk.does("first 0", "second 0", "after 1")
    assert await walk.walking is not None
