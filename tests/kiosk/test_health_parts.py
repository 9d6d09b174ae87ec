"""A monitor is told of every part of the terminal that can be known without hands, and never of an old proof as of a new one."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from hardware.checks import Outcome
from kiosk.diagnosis.parts import parts
from kiosk.faults import TABLE
from kiosk.rounds import EVERY_S, FIRST_AFTER_S, Rounds
from kiosk.sections import HealthSection
from tests.kiosk.asked import WITHIN_S, Asked, asking
from tests.kiosk.conftest import Stand


@pytest.fixture
async def asked(stand: Stand, tmp_path: Path) -> AsyncIterator[Asked]:
    async with asking(stand, tmp_path) as asked:
        yield asked


# --- what is no device ------------------------------------------------------------------------------


async def test_every_part_is_told_and_what_nobody_has_tried_is_unknown(asked: Asked) -> None:
    status, told = await asked.told()
    assert set(told["parts"]) == {"machine", "network", "hotel", "printer", "screen", "sound", "keypad"}
    assert {name for name, each in told["parts"].items() if each["state"] == "unknown"} == set(told["parts"]) - {"printer"}
    assert (status, told["state"], told["parts"]["machine"]["proven"]) == (503, "unknown", None)


async def test_every_code_of_the_computer_and_the_line_is_one_of_their_checks(asked: Asked) -> None:
    """Each of these checks comes out ill in `tests/kiosk/diagnosis`."""
    ids = {check.id for part in parts(asked.stand.terminal) for check in part.checks}
    assert {code for code in TABLE if code.startswith(("machine.", "network."))} <= ids


@pytest.mark.parametrize(
    ("check", "state", "status", "overall", "severity"),
    [
        ("machine.disk", "ill", 503, "ill", "stops"),
        ("machine.temperature", "needs-care", 200, "needs-care", "warns"),
        ("network.tls", "needs-care", 200, "needs-care", "warns"),
        ("network.clock", "ill", 503, "ill", "hinders"),
    ],
)
async def test_what_is_wrong_with_the_computer_or_the_line_is_told_with_its_code(
    asked: Asked, check: str, state: str, status: int, overall: str, severity: str
) -> None:
    asked.proves_the_rest()
    asked.writes(check, Outcome.ILL)
    found, told = await asked.told()
    of_it = told["parts"][check.partition(".")[0]]
    assert (found, told["state"], of_it["state"]) == (status, overall, state)
    assert of_it["faults"] == [{"code": check, "severity": severity}]
    values = await asked.measured()
    name = check.partition(".")[0]
    assert values["kiosk_part_state", name, state] == 1
    assert values["kiosk_part_state", name, "well"] == 0
    assert values["kiosk_part_fault", check, name] == 1
    assert values["kiosk_state", overall] == 1
    assert "Anna" not in json.dumps(told), "what a check says in words is not told"
    asked.writes(check, Outcome.WELL)
    assert (await asked.told())[1]["parts"][name]["state"] == "well"


async def test_a_check_that_could_not_tell_leaves_its_part_unknown_and_one_that_only_warns_wants_care(asked: Asked) -> None:
    asked.proves_the_rest()
    asked.writes("machine.clock", Outcome.UNSURE)
    assert (await asked.told())[1]["parts"]["machine"]["state"] == "needs-care"
    asked.writes("network.round-trip", Outcome.UNSURE)
    status, told = await asked.told()
    assert (status, told["state"], told["parts"]["network"]["state"]) == (503, "unknown", "unknown")


@pytest.mark.parametrize(("seconds", "name"), [(61, "hotel"), (301, "machine"), (301, "network")])
async def test_a_proof_that_is_too_old_is_unknown_and_never_well(asked: Asked, seconds: float, name: str) -> None:
    asked.proves_the_rest()
    status, told = await asked.told()
    assert (status, told["parts"][name]["state"]) == (200, "well")
    asked.stand.clock._s += seconds
    status, told = await asked.told()
    assert (status, told["state"], told["parts"][name]["state"]) == (503, "unknown", "unknown")
    assert told["parts"][name]["proven"] is not None, "when it was last proven is told all the same"
    assert (await asked.measured())["kiosk_part_proof_age_seconds", name] == seconds


async def test_a_care_that_is_too_old_is_no_longer_believed_either(asked: Asked) -> None:
    asked.proves_the_rest()
    asked.writes("machine.load", Outcome.ILL)
    asked.stand.clock._s += 301
    assert (await asked.told())[1]["parts"]["machine"]["state"] == "unknown"


async def test_a_hotel_that_is_off_is_ill_with_its_code_and_it_is_told_at_once(asked: Asked) -> None:
    asked.proves_the_rest()
    await asked.stand.terminal.run_errands_once()
    began = time.monotonic()
    status, told = await asked.told()
    assert time.monotonic() - began < 1, "nobody waits for the hotel"
    assert (status, told["parts"]["hotel"]["state"]) == (503, "ill")
    assert told["parts"]["hotel"]["faults"] == [{"code": "hotel.down", "severity": "stops"}]


async def test_a_call_of_the_hotel_that_came_out_ill_counts_though_the_hotel_answers(asked: Asked) -> None:
    asked.proves_the_rest()
    asked.writes("hotel.folio", Outcome.ILL, "hotel.unauthorised")
    status, told = await asked.told()
    assert (status, told["parts"]["hotel"]["state"]) == (503, "ill")
    assert [fault["code"] for fault in told["parts"]["hotel"]["faults"]] == ["hotel.unauthorised"]


async def test_a_glass_that_nobody_has_touched_yet_counts_only_when_it_was_found_dead(asked: Asked) -> None:
    asked.proves_the_rest()
    status, told = await asked.told()
    assert (status, told["parts"]["screen"]["state"]) == (200, "unknown")
    asked.writes("screen.touch", Outcome.ILL)
    status, told = await asked.told()
    assert (status, told["parts"]["screen"]["state"]) == (503, "ill")


async def test_a_monitor_sees_that_visits_are_recorded(asked: Asked) -> None:
    recorder = asked.stand.terminal.recorder
    recorder.terminal = asked.stand.terminal
    assert ((await asked.told())[1]["recording"], (await asked.measured())["kiosk_recording_visits_left",]) == (0, 0)
    recorder.switch_on(3)
    assert ((await asked.told())[1]["recording"], (await asked.measured())["kiosk_recording_visits_left",]) == (3, 3)
    recorder.switch_off()
    assert (await asked.measured())["kiosk_recording_visits_left",] == 0


async def test_what_is_told_holds_up_nobody(asked: Asked) -> None:
    """Made anew each time, while the loop is asked how late it is; the computer and the network are asked by nobody."""
    asked.proves_the_rest()
    await asked.told()
    late: list[float] = []
    loop = asyncio.get_running_loop()

    async def watches() -> None:
        while True:
            before = loop.time()
            await asyncio.sleep(0.001)
            late.append(loop.time() - before - 0.001)

    watching = asyncio.ensure_future(watches())
    used = time.process_time()
    for _ in range(20):
        await asked.told()
        await asked.measured()
    used = time.process_time() - used
    watching.cancel()
    assert sorted(late)[len(late) // 2] < 0.05
    assert used / 20 < 0.1, "a monitor that asks every 15 s for both may cost a hundredth of a core at most"


# --- rounds -------------------------------------------------------------------------------------------


def _listens(asked: Asked, where: str = "127.0.0.1:9464") -> Rounds:
    terminal = asked.stand.terminal
    terminal.settings = terminal.settings.model_copy(update={"health": HealthSection(listen=where)})
    return Rounds(terminal)


async def test_a_round_tries_the_computer_and_the_line_and_leaves_hands_and_the_hotels_calls_alone(asked: Asked) -> None:
    rounds, book = _listens(asked), asked.stand.terminal.book
    await rounds.once()
    for check in ("machine.disk", "machine.memory", "network.round-trip"):
        assert book.last(check) is not None, check
    for check in ("screen.touch", "hotel.folio", "printer.page", "printer.answers"):
        assert book.last(check) is None, check
    _, told = await asked.told()
    assert told["parts"]["network"]["state"] in ("ill", "unknown"), "the hotel is switched off"
    assert "network.round-trip" in [fault["code"] for fault in told["parts"]["network"]["faults"]]


async def test_where_nobody_can_ask_nothing_is_tried(asked: Asked) -> None:
    await _listens(asked, "").once()
    assert asked.stand.terminal.book.last("machine.disk") is None


async def test_a_call_of_the_hotel_that_was_ill_is_tried_again_and_no_other(asked: Asked) -> None:
    rounds, book = _listens(asked), asked.stand.terminal.book
    asked.writes("hotel.folio", Outcome.ILL, "hotel.broken")
    await rounds.once()
    again = book.last("hotel.folio")
    assert again is not None
    assert (again.result.fault, book.last("hotel.ping")) == ("hotel.down", None), "asked anew: the hotel is switched off"


async def test_a_hotel_that_is_known_to_be_off_is_asked_nothing_more(asked: Asked) -> None:
    rounds, book = _listens(asked), asked.stand.terminal.book
    asked.writes("hotel.folio", Outcome.ILL, "hotel.broken")
    await asked.stand.terminal.run_errands_once()
    await rounds.once()
    again = book.last("hotel.folio")
    assert again is not None
    assert again.result.fault == "hotel.broken"


async def test_rounds_go_on_for_ever_and_one_that_breaks_ends_nothing(asked: Asked) -> None:
    rounds, clock, book = _listens(asked), asked.stand.clock, asked.stand.terminal.book
    running = asyncio.ensure_future(rounds.run())

    async def until(so: Callable[[], object]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not so():
                await asyncio.sleep(0.01)

    try:
        await clock.move(FIRST_AFTER_S - 1)
        assert book.last("machine.load") is None, "the first guest is not kept waiting"
        terminal, asked.stand.terminal.hotel_url = asked.stand.terminal, "http://[nonsense"
        await clock.move(1)
        await until(lambda: any(until_s > clock.monotonic() for until_s, wake in clock._sleepers if not wake.done()))
        assert book.last("machine.load") is None, "it broke"
        terminal.hotel_url = "http://127.0.0.1:9"
        await clock.move(EVERY_S)
        await until(lambda: book.last("machine.load"))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
