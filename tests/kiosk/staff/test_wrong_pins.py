"""A robot at the PIN screen, a thief with a card, a prankster, a pulled plug, a clock set back."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.access import MOST_CARDS, Access, Changed, Refusal, Refused
from kiosk.roles import SignedIn
from kiosk.wrong_tries import DAY_S, RULES, Held, Key, Kind, WrongTries
from tests.kiosk.staff.conftest import (
    CARD,
    OTHER_CARD,
    OTHER_PIN,
    PIN,
    WRONG_PIN,
    MovedClock,
    Open,
    manned,
    proven,
)

MOST_A_DAY = 20
"""Guesses that are looked at within 24 hours (the figure the kiosk must hold)."""


class Robot:
    """Tries whatever is looked at, as soon as it is: every card it has, every number, and no card."""

    def __init__(self, store: Access, clock: MovedClock, cards: tuple[bytes, ...] = ()) -> None:
        self.store, self.clock, self.cards = store, clock, cards
        self.looked_at: list[float] = []
        self._chance = random.Random(5)  # noqa: S311

    async def until(self, end_s: float) -> None:
        while self.clock.passed < end_s:
            waits = [await self._guess(card=proven(uid)) for uid in self.cards]
            waits += [await self._guess(number=number) for number in ("1", "2", "3", str(self._chance.randrange(999)))]
            wait_s = min((wait for wait in waits if wait is not None), default=3600.0)
            self.clock.pass_s(max(1.0, min(wait_s, 3600.0)))

    async def _guess(self, **words: object) -> float | None:
        answer = await self.store.sign_in(f"{self._chance.randrange(10**6):06d}", **words)  # type: ignore[arg-type]
        assert isinstance(answer, Refused)
        if answer.why is Refusal.WRONG:
            self.looked_at.append(self.clock.passed)
        return answer.wait_s

    def most_within_a_day(self) -> int:
        return max(sum(1 for at in self.looked_at if first <= at < first + DAY_S) for first in self.looked_at)


@pytest.mark.parametrize("cards", [(), (CARD, bytes(7))], ids=["no card", "both of a person's cards"])
async def test_a_robot_gets_no_more_than_twenty_guesses_a_day(
    opened: Open, clock: MovedClock, cards: tuple[bytes, ...]
) -> None:
    store = await manned(opened(pin_alone=True))
    store.give_card("1", bytes(7))
    robot = Robot(store, clock, cards)
    await robot.until(clock.passed + 2.5 * DAY_S)
    assert robot.most_within_a_day() <= MOST_A_DAY
    assert len(robot.looked_at) > 2 * RULES[Kind.TERMINAL].most_a_day  # it went on to the third day


async def test_a_robot_that_restarts_the_kiosk_gets_no_more(opened: Open, clock: MovedClock) -> None:
    store = await manned(opened(pin_alone=True))
    looked_at = 0
    for boot in range(RULES[Kind.TERMINAL].most_a_day + 4):
        clock.boot(off_s=30)
        store.close()
        store = opened(pin_alone=True, boot=str(boot))
        answer = await store.sign_in(WRONG_PIN, number=str(boot))
        assert isinstance(answer, Refused)
        looked_at += answer.why is Refusal.WRONG
        clock.pass_s(60)
    assert looked_at == RULES[Kind.TERMINAL].most_a_day


async def test_a_stranger_s_wrong_tries_never_lock_out_who_holds_a_card(opened: Open, clock: MovedClock) -> None:
    store = await manned(opened(pin_alone=True))
    robot = Robot(store, clock, cards=(OTHER_CARD,))  # it has found the clerk's card, too
    await robot.until(clock.passed + DAY_S / 2)
    assert isinstance(await store.sign_in(PIN, card=proven()), SignedIn)
    answer = await store.sign_in(PIN, number="1")
    assert isinstance(answer, Refused)
    assert answer.why is Refusal.LOCKED


async def test_a_found_card_is_locked_after_four_wrong_pins_until_a_manager_unlocks_it(
    opened: Open, clock: MovedClock
) -> None:
    store = await manned(opened())
    waits = []
    for _ in range(4):
        answer = await store.sign_in(WRONG_PIN, card=proven(OTHER_CARD))
        assert isinstance(answer, Refused)
        assert answer.why is Refusal.WRONG
        waits.append(answer.wait_s)
        clock.pass_s(answer.wait_s or 0)
    assert waits == [0, 5, 30, None]
    clock.pass_s(100 * DAY_S)
    right = await store.sign_in(OTHER_PIN, card=proven(OTHER_CARD))
    assert right == Refused(Refusal.LOCKED, None)
    assert store.held(card=proven(OTHER_CARD)) == right
    assert store.unlock("2") is Changed.DONE
    assert isinstance(await store.sign_in(OTHER_PIN, card=proven(OTHER_CARD)), SignedIn)


async def test_a_new_card_is_not_locked_by_the_thief_of_the_old_one(opened: Open, clock: MovedClock) -> None:
    store = await manned(opened())
    for _ in range(4):
        await store.sign_in(WRONG_PIN, card=proven(OTHER_CARD))
        clock.pass_s(30)
    store.take_cards("2")
    store.give_card("2", b"\7" * 7)
    signed = await store.sign_in(OTHER_PIN, card=proven(b"\7" * 7))
    assert isinstance(signed, SignedIn)
    answer = await store.sign_in(OTHER_PIN, card=proven(OTHER_CARD))
    assert answer == Refused(Refusal.CARD_UNKNOWN)


async def test_a_try_within_the_wait_is_not_looked_at_and_not_counted(opened: Open, clock: MovedClock) -> None:
    store = await manned(opened())
    for _ in range(2):
        await store.sign_in(WRONG_PIN, card=proven())
    for _ in range(50):
        answer = await store.sign_in(PIN, card=proven())
        assert isinstance(answer, Refused)
        assert answer.why is Refusal.WAIT
    clock.pass_s(5)
    signed = await store.sign_in(PIN, card=proven())
    assert isinstance(signed, SignedIn)
    assert signed.wrong_before == 2


async def test_right_pins_never_use_up_the_day(opened: Open) -> None:
    store = await manned(opened(pin_alone=True))
    for _ in range(RULES[Kind.TERMINAL].most_a_day + 3):
        assert isinstance(await store.sign_in(PIN, number="1"), SignedIn)


async def test_the_plug_pulled_while_a_pin_is_looked_at_gives_no_free_guess(
    opened: Open, tmp_path: Path, clock: MovedClock
) -> None:
    store = await manned(opened())
    trying = asyncio.ensure_future(store.sign_in(PIN, card=proven()))
    await asyncio.sleep(0)  # begun: the PIN is being hashed
    disk = sqlite3.connect(f"file:{tmp_path / 'staff.db'}?mode=ro", uri=True)
    assert disk.execute("SELECT count(*) FROM tries").fetchone() == (1,)
    disk.close()
    trying.cancel()
    await asyncio.gather(trying, return_exceptions=True)
    clock.boot(off_s=60)
    signed = await opened(boot="second").sign_in(PIN, card=proven())
    assert isinstance(signed, SignedIn)
    assert signed.wrong_before == 1


async def test_many_tries_at_the_same_instant_are_counted_one_by_one(opened: Open) -> None:
    store = await manned(opened(pin_alone=True))
    answers = await asyncio.gather(*(store.sign_in(WRONG_PIN, number=str(number)) for number in range(30)))
    looked_at = [answer for answer in answers if isinstance(answer, Refused) and answer.why is Refusal.WRONG]
    assert len(looked_at) <= 2


async def locked_out(store: Access, clock: MovedClock) -> Refused:
    """Number 1, without card, for the rest of the day."""
    while (held := store.held(number="1")) is None or held.why is Refusal.WAIT:
        clock.pass_s(held.wait_s or 0 if held else 0)
        await store.sign_in(WRONG_PIN, number="1")
    assert held.why is Refusal.LOCKED
    return held


async def test_a_clock_set_back_or_forward_opens_nothing(opened: Open, clock: MovedClock) -> None:
    store = await manned(opened(pin_alone=True))
    held = await locked_out(store, clock)
    for hours in (-48, -24 * 400, 24 * 3, 24 * 400):
        clock.set(hours)
        assert store.held(number="1") == held
    clock.pass_s(held.wait_s or 0)
    clock.pass_s(1)
    assert store.held(number="1") is None


async def test_a_clock_that_was_set_back_over_a_restart_opens_nothing_and_locks_nobody_for_ever(
    opened: Open, clock: MovedClock
) -> None:
    store = await manned(opened(pin_alone=True))
    locked = await locked_out(store, clock)
    clock.boot(off_s=-72 * 3600)
    store = opened(pin_alone=True, boot="second")
    assert store.held(number="1") == locked
    clock.set(72)  # and forward again: the three days have not passed
    clock.boot(off_s=60)
    store = opened(pin_alone=True, boot="third")
    after = store.held(number="1")
    assert after is not None
    assert after.why is Refusal.LOCKED
    clock.pass_s(DAY_S)
    assert store.held(number="1") is None


async def test_time_that_the_machine_was_off_counts(opened: Open, clock: MovedClock) -> None:
    store = await manned(opened(pin_alone=True))
    await locked_out(store, clock)
    clock.boot(off_s=DAY_S)
    assert opened(pin_alone=True, boot="second").held(number="1") is None


async def test_a_manager_at_the_shell_is_not_stopped_by_a_robot_at_the_screen(
    opened: Open, clock: MovedClock
) -> None:
    store = await manned(opened(pin_alone=True))
    await locked_out(store, clock)
    assert isinstance(await store.sign_in(PIN, number="1", by_command=True), SignedIn)


def test_the_limits_together_hold_the_figure() -> None:
    lock = RULES[Kind.CARD].lock_after
    assert lock is not None
    assert RULES[Kind.TERMINAL].most_a_day + MOST_CARDS * lock <= MOST_A_DAY


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["pass", "set", "boot"]),
            st.floats(min_value=-3 * DAY_S, max_value=DAY_S),
            st.sampled_from(list(Kind)),
        ),
        max_size=60,
    )
)
def test_whatever_is_done_to_clock_and_plug_no_limit_is_passed(steps: list[tuple[str, float, Kind]]) -> None:
    """Times are those that really passed; only a clock set forward over a boot is left out (it can't be told)."""
    clock, boots, real = MovedClock(), 0, 0.0
    db = sqlite3.connect(":memory:", isolation_level=None)
    tries = WrongTries(db, clock, "0")
    made: dict[Kind, list[float]] = {kind: [] for kind in Kind}
    for what, by, kind in steps:
        if what == "pass":
            clock.pass_s(abs(by))
            real += abs(by)
        elif what == "set":
            clock.set(-abs(by) / 3600)
        else:
            boots += 1
            clock.boot(abs(by))
            real += abs(by)
            tries = WrongTries(db, clock, str(boots))
        for _ in range(30):
            if isinstance(tries.begin((Key(kind, "x"),)), Held):
                break
            made[kind].append(real)
        for each, at in made.items():
            recent = [one for one in at if one > real - DAY_S]
            assert len(recent) <= RULES[each].most_a_day
    db.close()
