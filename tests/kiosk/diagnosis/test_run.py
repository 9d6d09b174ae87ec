"""Checks are tried: each within its time, what goes wrong stays with it, and nobody waits for a person who is not there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from hardware.errors import DeviceGone, DeviceRefused, Fault
from hardware.readings import Kind, State
from kiosk.diagnosis.book import LASTS_S, Book, Tried
from kiosk.diagnosis.hands import NO_HANDS
from kiosk.diagnosis.keypad import KEYS
from kiosk.diagnosis.parts import Part, PartView, part
from kiosk.diagnosis.run import try_all, try_check, try_part
from kiosk.diagnosis.told import verdict
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.language import T
from tests.hardware.hands import Person
from tests.kiosk.diagnosis.test_machine_and_screen import Touching

WELL = CheckResult(Outcome.WELL, "fine")


def gives(result: CheckResult) -> Run:
    async def run(hands: Hands) -> CheckResult:
        return result

    return run


def raises(error: Exception) -> Run:
    async def run(hands: Hands) -> CheckResult:
        raise error

    return run


def a_part(id: str, *checks: Check, meets: str = "") -> Part:
    return Part(id, T("A part"), checks, lambda: PartView(State.UNKNOWN), meets=meets)


async def outcome(stand: Any, run: Run, **words: Any) -> Tried:
    check = Check("x.y", "A check", run, **words)
    return await try_check(stand.terminal, a_part("x", check), check, Person())


async def test_a_device_s_fault_is_the_result_with_its_code(stand: Any) -> None:
    found = await outcome(stand, raises(DeviceRefused("printer", Fault.PRINTER_PAPER_OUT)))
    assert (found.result.outcome, found.result.fault) == (Outcome.ILL, Fault.PRINTER_PAPER_OUT)
    gone = await outcome(stand, raises(DeviceGone("printer", Fault.PRINTER_GONE, "ECONNREFUSED")))
    assert gone.result.words == "printer.gone (ECONNREFUSED)"


async def test_the_hotel_s_trouble_is_the_result(stand: Any) -> None:
    found = await outcome(stand, raises(HotelError("ping", Trouble.UNAUTHORISED, "401")))
    assert found.result.outcome is Outcome.ILL
    assert "unauthorised (401)" in found.result.words


async def test_a_bug_in_a_check_says_nothing_for_or_against_the_device(
    stand: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    found = await outcome(stand, raises(KeyError("Anna Kovács")))
    assert found.result.outcome is Outcome.UNSURE
    assert "KeyError" in found.result.words
    assert "Anna" not in found.result.words + capsys.readouterr().out


async def test_a_value_beyond_its_limits_is_not_well(stand: Any) -> None:
    slow = CheckResult(Outcome.WELL, "Printed.", (Measured("page", "Page", 21.0, "s", most=15.0),))
    found = await outcome(stand, gives(slow))
    assert (found.result.outcome, found.result.words) == (Outcome.ILL, "Out of its limits: Page. Printed.")


async def test_a_check_without_an_end_is_ended(stand: Any) -> None:
    async def hangs(hands: Hands) -> CheckResult:
        await asyncio.Event().wait()
        raise AssertionError

    found = await outcome(stand, hangs, within_s=0.05)
    assert found.result.outcome is Outcome.UNSURE
    assert "0.05 s" in found.result.words


@pytest.mark.parametrize("what", [{"hands": True}, {"moves": True}])
async def test_without_a_person_it_is_skipped_never_well(stand: Any, what: dict[str, bool]) -> None:
    check = Check("x.y", "A check", gives(WELL), **what)
    found = await try_check(stand.terminal, a_part("x", check), check, NO_HANDS)
    assert found.result.outcome is Outcome.SKIPPED
    assert found.nobody
    assert stand.terminal.book.last("x.y") is None


class Order:
    """Which checks run at the same time."""

    def __init__(self) -> None:
        self.now: set[str] = set()
        self.together: set[frozenset[str]] = set()
        self.ended: list[str] = []

    def check(self, id: str, **words: Any) -> Check:
        async def run(hands: Hands) -> CheckResult:
            self.now.add(id)
            await asyncio.sleep(0.01)
            self.together.add(frozenset(self.now))
            await asyncio.sleep(0.01)
            self.now.discard(id)
            self.ended.append(id)
            return WELL

        return Check(id, id, run, **words)


async def test_parts_are_tried_together_and_the_checks_of_one_in_turn(stand: Any) -> None:
    order = Order()
    every = [a_part("a", order.check("a.1"), order.check("a.2")), a_part("b", order.check("b.1"))]
    found = await try_all(stand.terminal, every)
    assert frozenset({"a.1", "b.1"}) in order.together
    assert not any({"a.1", "a.2"} <= each for each in order.together)
    assert [each.check for each in found] == ["a.1", "a.2", "b.1"]


async def test_parts_that_share_a_reader_are_tried_in_turn(stand: Any) -> None:
    order = Order()
    every = [a_part(id, order.check(f"{id}.1"), meets="pcsc:ACS") for id in "abc"]
    await try_all(stand.terminal, every)
    assert all(len(each) == 1 for each in order.together)


async def test_a_person_is_asked_for_one_thing_at_a_time_in_the_parts_order(stand: Any) -> None:
    order = Order()
    every = [
        a_part("a", order.check("a.hands", hands=True), order.check("a.alone")),
        a_part("b", order.check("b.hands", hands=True), order.check("b.alone")),
    ]
    begun: list[str] = []
    await try_all(stand.terminal, every, Person(), on_begun=lambda part, check: begun.append(check.id))
    assert order.ended[-2:] == ["a.hands", "b.hands"]
    assert set(begun[:2]) == {"a.alone", "b.alone"}
    assert not any({"a.hands", "b.hands"} & each and len(each) > 1 for each in order.together)


async def test_two_technicians_do_not_try_one_device_at_the_same_time(stand: Any) -> None:
    order = Order()
    one = a_part("printer", order.check("printer.1"), order.check("printer.2"))
    await asyncio.gather(try_part(stand.terminal, one), try_part(stand.terminal, one))
    assert all(len(each) == 1 for each in order.together)


async def test_a_check_that_is_broken_off_leaves_no_result_and_frees_the_device(stand: Any) -> None:
    hanging = asyncio.Event()

    async def hangs(hands: Hands) -> CheckResult:
        hanging.set()
        await asyncio.Event().wait()
        raise AssertionError

    check = Check("x.y", "A check", hangs)
    one = a_part("x", check)
    task = asyncio.ensure_future(try_check(stand.terminal, one, check))
    await hanging.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert stand.terminal.book.last("x.y") is None
    assert not stand.terminal.book.turn("x").locked()


# --- what stands in the book ------------------------------------------------------------------------


def tried(stand: Any, result: CheckResult, check: str = "screen.touch", part: str = "screen") -> Tried:
    return Tried(part, check, "A check", result, stand.terminal.now())


async def all_of_the_screen(stand: Any, result: CheckResult) -> None:
    found = part(stand.terminal, "screen")
    assert found is not None
    for check in found.checks:
        stand.terminal.book.write(tried(stand, result, check.id), stand.clock.monotonic())


def state(stand: Any, id: str = "screen") -> State:
    found = part(stand.terminal, id)
    assert found is not None
    return found.view().state


async def test_a_part_is_well_only_when_all_of_it_was_tried_and_not_for_ever(stand: Any) -> None:
    assert state(stand) is State.UNKNOWN
    stand.terminal.book.write(tried(stand, WELL), stand.clock.monotonic())
    assert state(stand) is State.UNKNOWN
    await all_of_the_screen(stand, WELL)
    assert state(stand) is State.WELL
    await stand.clock.move(LASTS_S + 1)
    assert state(stand) is State.UNKNOWN


async def test_a_part_stays_ill_until_the_same_check_is_well(stand: Any) -> None:
    await all_of_the_screen(stand, WELL)
    ill = CheckResult(Outcome.ILL, "2 dead zones: top left, middle")
    stand.terminal.book.write(tried(stand, ill), stand.clock.monotonic())
    await stand.clock.move(LASTS_S + 1)
    found = part(stand.terminal, "screen")
    assert found is not None
    view = found.view()
    assert view.state is State.ILL
    assert "2 dead zones" in view.note
    assert view.last_fault_at is not None
    await all_of_the_screen(stand, WELL)
    assert state(stand) is State.WELL
    assert found.view().last_fault_at is not None, "the last fault is remembered"


async def test_a_check_that_could_not_tell_leaves_its_part_unknown(stand: Any) -> None:
    await all_of_the_screen(stand, WELL)
    stand.terminal.book.write(tried(stand, CheckResult(Outcome.UNSURE, "given up")), stand.clock.monotonic())
    assert state(stand) is State.UNKNOWN


async def test_a_skipped_check_takes_nothing_back(stand: Any) -> None:
    book = Book()
    ill = tried(stand, CheckResult(Outcome.ILL, "dead"))
    book.write(ill, 0.0)
    book.write(tried(stand, CheckResult(Outcome.SKIPPED, "nobody")), 1.0)
    assert book.ill(["screen.touch"]) == (ill,)


# --- what it comes to -------------------------------------------------------------------------------


def _verdict(*outcomes: Outcome, states: tuple[State, ...] = ()) -> Outcome:
    parts = [
        (Part(kind.value, T("A part"), (), lambda: PartView(State.WELL), kind), PartView(state))
        for kind, state in zip(Kind, states, strict=False)
    ]
    at = datetime(2030, 1, 1, tzinfo=UTC)
    return verdict(parts, [Tried("x", f"x.{n}", "x", CheckResult(each), at) for n, each in enumerate(outcomes)])


@pytest.mark.parametrize(
    ("outcomes", "states", "wanted"),
    [
        ((Outcome.WELL, Outcome.SKIPPED), (State.WELL,), Outcome.WELL),
        ((Outcome.WELL, Outcome.ILL, Outcome.UNSURE), (), Outcome.ILL),
        ((Outcome.WELL, Outcome.UNSURE), (), Outcome.UNSURE),
        ((Outcome.SKIPPED, Outcome.SKIPPED), (State.WELL,), Outcome.UNSURE),
        ((Outcome.WELL,), (State.WELL, State.GONE), Outcome.ILL),
        ((Outcome.WELL,), (State.UNKNOWN,), Outcome.UNSURE),
        ((), (State.WELL, State.NEEDS_CARE), Outcome.WELL),
        ((), (State.ILL,), Outcome.ILL),
        ((), (), Outcome.UNSURE),
    ],
)
def test_only_what_was_found_well_is_well(
    outcomes: tuple[Outcome, ...], states: tuple[State, ...], wanted: Outcome
) -> None:
    assert _verdict(*outcomes, states=states) is wanted


# --- what this terminal has not ---------------------------------------------------------------------


async def test_what_is_not_fitted_speaks_neither_for_nor_against_the_terminal(stand: Any) -> None:
    keypad = part(stand.terminal, "keypad")
    assert keypad is not None
    await try_part(stand.terminal, keypad, Touching(keys=KEYS[1:]))
    assert state(stand, "keypad") is State.ILL
    (found,) = await try_part(stand.terminal, keypad, Touching(absent=True))
    assert found.result.outcome is Outcome.NOT_FITTED
    view = keypad.view()
    assert (view.state, view.fitted, view.told) == (State.UNKNOWN, False, None)
    printer = a_part("printer")
    assert verdict([(keypad, view), (printer, PartView(State.WELL))], [found, tried(stand, WELL)]) is Outcome.WELL
    await stand.clock.move(LASTS_S + 1)
    assert not keypad.view().fitted, "it does not grow one overnight"
    await try_part(stand.terminal, keypad, Touching())
    assert (keypad.view().state, keypad.view().fitted) == (State.WELL, True), "until one is tried"


async def test_a_terminal_with_a_loudspeaker_and_no_socket_is_well_without_the_socket(stand: Any) -> None:
    sound = part(stand.terminal, "sound")
    assert sound is not None
    for check in sound.checks:
        result = CheckResult(Outcome.NOT_FITTED) if check.id == "sound.socket" else WELL
        stand.terminal.book.write(tried(stand, result, check.id, "sound"), stand.clock.monotonic())
    assert (sound.view().state, sound.view().fitted) == (State.WELL, True)
