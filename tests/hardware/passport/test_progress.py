"""How far a reading is said to be: it moves with every command, and never claims more than is read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document_reader.virtual_passport import Contents
from hardware.passport import meter
from hardware.passport.apdu import Response
from hardware.passport.files import File
from hardware.passport.order import Order
from hardware.passport.progress import Step
from tests.hardware.passport.test_reader import FAMILY, Watched, reader

ZONE = Order((File.DG1,))
SAMPLES = ["bac-short", "pace-gm", "chip-auth", "everything", "chained", "active-auth-rsa", "large-short"]


def told(contents: Contents, chip: Watched, order: Order) -> list[Step]:
    """What was said before each command, and at the end."""
    before: list[Step] = []
    said: list[Step] = []

    def transmit(command: bytes) -> bytes:
        before.append(said[-1])
        return chip.transmit(command)

    meter.play(reader(contents, order), transmit, lambda: 0.0, said.append)
    return [*before, said[-1]]


@pytest.mark.parametrize("order", [ZONE, Order()])
@pytest.mark.parametrize("name", SAMPLES)
def test_every_command_brings_it_on_by_what_was_foretold(name: str, order: Order) -> None:
    contents = FAMILY.contents(name)
    steps = told(contents, Watched(contents), order)
    moved = [step.ahead - step.part for step in steps[:-1]]
    assert min(moved) > 0
    assert max(step.ahead - step.part for step in steps if step.name != "EF.DG2") < 0.2
    assert all(
        later is step or later.part >= step.ahead for step, later in zip(steps, steps[1:], strict=False)
    )  # the same: the rest of a long answer is fetched
    assert steps[-1].part == 1.0
    assert steps[-2].part > 0.6, "the end is no leap"


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 60), st.floats(0, 60))
def test_waiting_for_one_answer_it_goes_on_and_never_as_far_as_the_answer_is_worth(
    part: float, more: float, one: float, other: float
) -> None:
    step = Step("PACE", part, part + more)
    sooner, later = sorted((one, other))
    assert part <= step.estimate(sooner) <= step.estimate(later) <= part + 0.96 * more
    assert step.estimate(0) == part


def test_it_can_be_seen_moving_while_a_chip_agrees_on_a_key() -> None:
    """A thousandth of the bar is about a pixel: the first seconds of waiting show, each quarter of one."""
    contents = FAMILY.contents("chip-auth")
    steps = told(contents, Watched(contents), ZONE)
    keys = [step for step in steps if step.name in ("PACE", "chip authentication")]
    assert len(keys) == 7
    for step in keys:
        seen = [step.estimate(quarter / 4) for quarter in range(9)]
        assert all(later - sooner > 0.0005 for sooner, later in zip(seen, seen[1:], strict=False)), step


def test_a_chip_that_gives_less_than_it_was_asked_for_is_not_credited_with_it() -> None:
    class Miserly(Watched):
        """No more than a hundred bytes of the portrait at a time."""

        def _part(self, offset: int, wanted: int, head: int) -> Response:
            return super()._part(offset, wanted if self._file is not File.DG2 else min(wanted, 100), head)

    contents = FAMILY.contents("open")
    steps = told(contents, Miserly(contents), Order())
    size = len(contents.files[File.DG2])
    portrait = [step.part for step in steps if step.name == "EF.DG2"][2:-1]
    gained = [later - sooner for sooner, later in zip(portrait, portrait[1:], strict=False)]
    assert max(gained) < 110 / size
