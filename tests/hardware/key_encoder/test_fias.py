"""The FIAS driver before a virtual lock server: what a request says, and how answers end: well, badly, late or never."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hardware.errors import (
    DeviceGone,
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
    Fault,
)
from hardware.key_encoder import fias, fias_options
from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.behaviour_doors import DURING, GUEST, KEY
from hardware.key_encoder.contract import Cut, CutResult, Issue
from hardware.key_encoder.fias_requests import Requests
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.key_encoder.virtual_lock_session import Listed
from hardware.readings import State
from hardware.virtual_process import VirtualProcess
from tests.hardware.key_encoder.lock_server import cut, driver_for, meeting, until, utc, waiting

SOON_S = 0.3  # stands for the 30 s of a real lock server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The option for an answer, scaled down: nothing else of the driver is touched."""
    monkeypatch.setattr(fias_options, "LEAST_ANSWER_S", SOON_S)
    return {"answer_within_s": str(SOON_S)}


# --- what is asked ---------------------------------------------------------------------------------


async def test_a_request_says_what_the_lock_server_listed_and_no_more() -> None:
    async with meeting(key_options="1 2") as both:
        both.desk.lay(1)
        await cut(both)
        both.desk.lay(2)
        await cut(both, Issue.DUPLICATE)
    fields = dict(both.server.requests[-1].fields)
    fields.pop("DA"), fields.pop("TI")
    assert fields == {
        "WS": "KIOSK1", "KC": "1", "RN": "412", "KT": "D", "G#": "11122", "GA": "300501", "GD": "300503",
        "DT": "090000", "K#": "1", "KO": "1 2",
    }  # fmt: skip


async def test_a_sparse_lock_server_is_told_no_reservation() -> None:
    async with meeting(server={"listed": Listed.sparse()}) as both:
        both.desk.lay(1)
        assert (await cut(both)).outcome is Cut.DONE
        assert both.server.requests[-1].get("G#") == ""
        assert both.server.complaints == []
        with pytest.raises(DeviceRefused):
            await both.driver.read(card_within_s=1)


async def test_times_stand_there_in_the_hotel_s_own() -> None:
    async with meeting(time_zone="Europe/Budapest") as both:
        both.desk.lay(1)
        await cut(both)
        assert (both.server.requests[-1].get("GD"), both.server.requests[-1].get("DT")) == ("300503", "110000")


@pytest.mark.parametrize("room", ["4|2", "412\r", "4\x032", "Ő12"])
async def test_a_room_that_can_t_stand_in_a_record_is_refused_before_anything_is_sent(room: str) -> None:
    async with meeting() as both:
        came: list[bool] = []
        with pytest.raises(ValueError, match="RN|KR"):
            await both.driver.cut(replace(KEY, room=room), card_within_s=0, on_card=lambda uid: came.append(True))
        assert (both.server.requests, came) == ([], [])


async def test_who_asks_may_leave_off_until_the_request_goes_out() -> None:
    async with meeting() as both:
        first = await waiting(both)
        came: list[bool] = []
        second = asyncio.create_task(both.driver.cut(KEY, card_within_s=5, on_card=lambda uid: came.append(True)))
        await asyncio.sleep(0)
        second.cancel()
        await asyncio.wait({second})
        both.desk.lay(1)
        assert (await first).outcome is Cut.DONE
        assert (came, len(both.server.requests)) == ([], 1)


# --- how answers end -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("BY", Cut.BUSY), ("NG", Cut.ROOM_UNKNOWN), ("IA", Cut.ROOM_UNKNOWN)],
)
async def test_an_answer_that_a_person_can_act_on_is_a_result(status: str, outcome: Cut) -> None:
    async with meeting() as both:
        await both.server.do("refuse", status)
        assert (await cut(both)).outcome is outcome


@pytest.mark.parametrize(
    ("status", "fault"),
    [("UR", Fault.KEY_ENCODER_REFUSED), ("NR", Fault.KEY_ENCODER_NO_CODER), ("ZZ", Fault.KEY_ENCODER_REFUSED)],
)
async def test_an_answer_that_the_device_is_ill_is_a_fault(status: str, fault: Fault) -> None:
    async with meeting() as both:
        await both.server.do("refuse", status)
        with pytest.raises(DeviceRefused) as refused:
            await cut(both)
        assert (refused.value.fault, refused.value.vendor) == (fault, f"AS {status}")
        assert (await both.driver.status()).state is State.WELL


async def test_no_card_came_to_the_encoder(monkeypatch: pytest.MonkeyPatch) -> None:
    """NR after a while is an encoder that waited for a card; NR at once is one that isn't there."""
    monkeypatch.setattr(fias, "AT_ONCE_S", 0.05)
    async with meeting(server={"card_within_s": 0.1}) as both:
        assert (await cut(both)).outcome is Cut.NO_CARD
        await both.server.do("encoder-empty")
        with pytest.raises(DeviceRefused) as refused:
            await cut(both)
        assert refused.value.fault is Fault.KEY_ENCODER_NO_CODER


async def test_a_duplicate_of_a_key_that_never_was_is_refused() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        with pytest.raises(DeviceRefused):
            await cut(both, Issue.DUPLICATE)


async def test_a_room_that_the_house_does_not_have() -> None:
    async with meeting() as both:
        await both.server.do("room-unknown", "412")
        both.desk.lay(1)
        assert (await cut(both)).outcome is Cut.ROOM_UNKNOWN
        assert both.desk.card(1).key is None


async def test_retry_is_asked_again_once() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await both.server.do("retry")
        assert (await cut(both)).outcome is Cut.DONE
        assert len(both.server.requests) == 2
        await both.server.do("retry", "2")
        assert (await cut(both)).outcome is Cut.BUSY
        assert len(both.server.requests) == 4


async def test_an_answer_without_a_status_is_nonsense() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await both.server.do("no-status")
        with pytest.raises(DeviceNonsense):
            await cut(both)


@pytest.mark.parametrize("whose", ["workstation", "coder", "reservation", "room"])
async def test_the_answer_to_somebody_else_is_passed_over(whose: str) -> None:
    async with meeting() as both:
        await both.server.do("room-unknown", "412")
        both.desk.lay(1)
        await both.server.do("wrong", whose)
        assert (await cut(both)).outcome is Cut.ROOM_UNKNOWN
        readings = {one.id: one.value for one in (await both.driver.status()).readings}
        assert readings["strange"] == "1"


async def test_numbers_may_come_back_without_their_leading_zeros() -> None:
    requests = Requests("encoder", 30)
    asked = requests.begin("KR", {"WS": "KIOSK1", "KC": "01", "RN": "0412", "G#": "7"})
    requests.heard(wire.record("KA", {"WS": "KIOSK1", "KC": "10", "RN": "412", "AS": "OK"}))
    assert not asked.answer.done()
    requests.heard(wire.record("KA", {"WS": "KIOSK1", "KC": "1", "RN": "412", "AS": "OK"}))
    assert asked.answer.done()


@pytest.mark.parametrize("trick", ["twice", "repeat"])
async def test_the_same_answer_twice_is_one_answer(trick: str) -> None:
    """Also where the second one comes when the next request already waits for its own."""
    async with meeting(server={"now": lambda: DURING}) as both:
        both.desk.lay(1)
        if trick == "twice":
            await both.server.do(trick)
        assert (await cut(both)).outcome is Cut.DONE
        if trick == "repeat":
            await both.server.do(trick)
        await both.server.do("room-unknown", "412")
        assert (await cut(both, Issue.DUPLICATE)).outcome is Cut.ROOM_UNKNOWN


async def test_a_key_costs_little_beyond_the_lock_server_s_own_time() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        began_s = time.monotonic()
        assert (await cut(both)).outcome is Cut.DONE
        assert time.monotonic() - began_s < 1.0


# --- late, never, twice at once --------------------------------------------------------------------


async def test_an_answer_after_its_time_is_never_the_next_one_s(impatient: dict[str, str]) -> None:
    async with meeting(**impatient) as both:
        both.desk.lay(1)
        await both.server.do("hold")
        with pytest.raises(DeviceSilent):
            await cut(both)
        assert (await both.driver.status()).state is State.NEEDS_CARE
        # The next guest's key: nothing is asked as long as the first answer may still come.
        assert (await cut(both, reservation="22233")).outcome is Cut.BUSY
        assert len(both.server.requests) == 1
        await both.server.do("release")
        await until(lambda: both.driver.answers_owed == 0)
        await both.server.do("room-unknown", "412")
        assert (await cut(both, reservation="22233")).outcome is Cut.ROOM_UNKNOWN
        assert (await both.driver.status()).state is State.WELL


async def test_who_asked_hears_the_answer_that_came_after_its_time(impatient: dict[str, str]) -> None:
    async with meeting(**impatient) as both:
        both.desk.lay(1)
        await both.server.do("hold")
        late: list[CutResult] = []
        with pytest.raises(DeviceSilent):
            await both.driver.cut(KEY, card_within_s=0, reservation=GUEST, on_late=late.append)
        await both.server.do("release")
        await until(lambda: late)
        assert [(one.outcome, bool(one.uid)) for one in late] == [(Cut.DONE, True)]


async def test_an_answer_is_owed_from_when_it_was_given_up_however_long_the_card_was_waited_for() -> None:
    requests = Requests("locks", answer_within_s=0.3)
    request = requests.begin("KR", {})
    request.sent_s -= 100  # so long ago
    requests.end(answered=False)
    assert requests.owed == 1
    request.given_up_s -= 100
    assert requests.owed == 0


async def test_an_answer_that_never_comes_is_waited_for_so_long_and_no_longer(impatient: dict[str, str]) -> None:
    async with meeting(**impatient) as both:
        both.desk.lay(1)
        await both.server.do("never")
        with pytest.raises(DeviceSilent):
            await cut(both)
        assert (await cut(both)).outcome is Cut.BUSY
        await until(lambda: both.driver.answers_owed == 0)
        assert (await cut(both, Issue.DUPLICATE)).outcome is Cut.DONE


async def test_an_answer_that_outlives_its_connection_is_not_the_next_one_s(impatient: dict[str, str]) -> None:
    async with meeting(**impatient) as both:
        both.desk.lay(1)
        await both.server.do("hold")
        task = await waiting(both)
        await both.driver.close()
        with pytest.raises(DeviceGone):
            await task
        await both.driver.open()
        assert (await cut(both)).outcome is Cut.BUSY
        await both.server.do("release")
        await until(lambda: both.driver.answers_owed == 0)
        await both.server.do("refuse", "NG")
        assert (await cut(both)).outcome is Cut.ROOM_UNKNOWN


async def test_who_leaves_off_a_request_on_its_way_owes_its_answer_to_nobody() -> None:
    async with meeting() as both:
        task = await waiting(both)
        task.cancel()
        await asyncio.wait({task})
        assert (await cut(both)).outcome is Cut.BUSY
        both.desk.lay(1)
        await until(lambda: both.driver.answers_owed == 0)
        assert (await cut(both, Issue.DUPLICATE)).outcome is Cut.DONE


async def test_of_two_requests_the_second_waits(impatient: dict[str, str]) -> None:
    async with meeting() as both:
        first = await waiting(both)
        second = asyncio.create_task(cut(both, reservation="22233"))
        await asyncio.sleep(0)
        assert len(both.server.requests) == 1
        both.desk.lay(1)
        assert [(await one).outcome for one in (first, second)] == [Cut.DONE, Cut.DONE]
    async with meeting(**impatient) as both:
        await both.server.do("never")
        first = await waiting(both)
        second = asyncio.create_task(cut(both))
        with pytest.raises(DeviceSilent):
            await first
        assert (await second).outcome is Cut.BUSY
        assert len(both.server.requests) == 1


async def test_two_terminals_at_one_encoder_one_is_told_busy() -> None:
    """Each terminal has its link; the encoder serves one."""
    async with meeting(server={"now": utc}) as both:
        first = await waiting(both)
        other = VirtualLockServer(now=utc)
        other.system = both.server.system
        await other.start()
        driver = driver_for(other.address, workstation="KIOSK2")
        try:
            await driver.open()
            assert (await driver.cut(KEY, card_within_s=0, reservation=GUEST)).outcome is Cut.BUSY
        finally:
            await driver.close()
            await other.stop()
        both.desk.lay(1)
        assert (await first).outcome is Cut.DONE


# --- other requests --------------------------------------------------------------------------------


async def test_a_guest_s_keys_are_voided() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await cut(both)
        both.desk.lay(2)
        assert await both.driver.void("412", GUEST) is Cut.DONE
        assert not both.server.system.house.good(both.desk.card(1))
        assert await both.driver.void("412", GUEST) is Cut.ROOM_UNKNOWN


async def test_a_guest_moves_to_another_room() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await cut(both)
        moved = replace(KEY, room="501", valid_until=KEY.valid_until + timedelta(days=1))
        assert await both.driver.move(moved, old_room="412", reservation=GUEST) is Cut.DONE
        assert both.desk.opens(1, "501", DURING)
        assert not both.desk.opens(1, "412", DURING)


async def test_reading_where_nothing_lies(impatient: dict[str, str]) -> None:
    async with meeting(server={"card_within_s": 0.05}, **impatient) as both:
        assert (await both.driver.read(card_within_s=0)).outcome is Cut.NO_CARD
        assert (await both.driver.erase(card_within_s=0)).outcome is Cut.NO_CARD


# --- as it is reached -------------------------------------------------------------------------------


async def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    driver = driver_for(f"serial://{tmp_path / 'none'}")
    with pytest.raises(DeviceGone):
        await driver.open()
    await driver.close()


@pytest.mark.parametrize("words", [(), ("--serial",)])
async def test_the_lock_server_as_a_process(words: tuple[str, ...]) -> None:
    server = VirtualProcess("hardware.key_encoder.virtual_lock_server", *words)
    await server.start()
    driver = driver_for(server.address)
    try:
        await driver.open()
        await server.do("lay-card")
        key = replace(KEY, valid_from=utc() - timedelta(days=1), valid_until=utc() + timedelta(days=2))
        result = await driver.cut(key, card_within_s=5, reservation=GUEST)
        assert (result.outcome, result.uid.hex()) == (Cut.DONE, (await server.do("show"))["uid"])
        assert (await server.do("try-door", "412"))["door"] == "opened"
        assert (await server.do("try-door", "413"))["door"] == "shut: other-room"
        assert list((await server.do("door-log", "412")).values()) == ["opened"]
        with pytest.raises(ValueError, match="door"):
            await server.do("try-door")
    finally:
        await driver.close()
        await server.stop()
