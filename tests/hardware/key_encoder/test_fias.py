"""The FIAS driver before a virtual lock server: what a request says, how answers end, and every fault of the wire."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.devices import Devices, check
from hardware.driver import DeviceSettings
from hardware.errors import (
    DeviceError,
    DeviceGone,
    DeviceMissetup,
    DeviceNonsense,
    DeviceRefused,
    DeviceSilent,
    Fault,
)
from hardware.key_encoder import fias, fias_options
from hardware.key_encoder.behaviour_doors import DURING, GUEST, KEY
from hardware.key_encoder.contract import Cut, CutResult, Issue
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.key_encoder.virtual_lock_session import Listed
from hardware.readings import Kind, State
from hardware.virtual_process import VirtualProcess
from tests.hardware.key_encoder.lock_server import WIRES, Meeting, driver_for, meeting, until, utc

SOON_S = 0.3  # stands for the 30 s of a real lock server


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The option for an answer, scaled down: nothing else of the driver is touched."""
    monkeypatch.setattr(fias_options, "LEAST_ANSWER_S", SOON_S)
    return {"answer_within_s": str(SOON_S)}


async def cut(both: Meeting, issue: Issue = Issue.NEW, reservation: str = GUEST) -> CutResult:
    return await both.driver.cut(KEY, card_within_s=0, issue=issue, reservation=reservation)


async def waiting(both: Meeting) -> asyncio.Task[CutResult]:
    """A cut whose request has reached the lock server."""
    before = len(both.server.requests)
    task = asyncio.create_task(cut(both))
    await until(lambda: len(both.server.requests) > before)
    return task


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
            await both.driver.cut(replace(KEY, room=room), card_within_s=0, on_card=lambda: came.append(True))
        assert (both.server.requests, came) == ([], [])


async def test_who_asks_may_leave_off_until_the_request_goes_out() -> None:
    async with meeting() as both:
        first = await waiting(both)
        came: list[bool] = []
        second = asyncio.create_task(both.driver.cut(KEY, card_within_s=5, on_card=lambda: came.append(True)))
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
        both.desk.lay(1)
        await both.server.do("wrong", whose)
        assert (await cut(both)).outcome is Cut.DONE
        readings = {one.id: one.value for one in (await both.driver.status()).readings}
        assert readings["strange"] == "1"


async def test_the_same_answer_twice_is_one_answer() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await both.server.do("twice")
        assert (await cut(both)).outcome is Cut.DONE
        await both.server.do("room-unknown", "412")
        assert (await cut(both, Issue.DUPLICATE)).outcome is Cut.ROOM_UNKNOWN


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


# --- the line breaks -------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["LD", "LR", "LA"])
async def test_dropped_while_the_link_begins(stage: str) -> None:
    server = VirtualLockServer(now=utc)
    await server.start()
    driver = driver_for(server.address)
    try:
        await server.do("drop", stage)
        with pytest.raises(DeviceGone):
            await driver.open()
        await driver.open()
        assert (await driver.status()).state is State.WELL
    finally:
        await driver.close()
        await server.stop()


@pytest.mark.parametrize("stage", ["request", "half", "now"])
async def test_dropped_with_a_request_on_its_way(stage: str) -> None:
    async with meeting() as both:
        if stage != "now":
            both.desk.lay(1)
            await both.server.do("drop", stage)
            with pytest.raises(DeviceGone):
                await cut(both)
        else:
            task = await waiting(both)
            await both.server.do("drop")
            with pytest.raises(DeviceGone):
                await task
        with pytest.raises(DeviceGone):
            await both.driver.status()
        await both.driver.open()
        assert (await both.driver.status()).state is State.NEEDS_CARE, "nobody knows what became of the request"


@pytest.mark.parametrize("wire", WIRES)
async def test_switched_off_and_on_again(wire: str) -> None:
    async with meeting(wire) as both:
        await both.server.do("unplug")
        await until(lambda: both.driver.broken)
        with pytest.raises(DeviceGone):
            await both.driver.status()
        with pytest.raises(DeviceError):
            await both.driver.open()
        await both.server.do("plug")
        await both.driver.open()
        both.desk.lay(1)
        assert (await cut(both)).outcome is Cut.DONE


async def test_the_supervision_finds_it_again_by_itself() -> None:
    server = VirtualLockServer(now=utc)
    await server.start()
    settings_ = DeviceSettings("encoder", "fias", server.address, {"time_zone": "UTC"})
    devices = Devices({Kind.KEY_ENCODER: settings_}, lambda _: None)

    def state() -> State | None:
        view = devices.view(Kind.KEY_ENCODER)
        return view.state if view else None

    try:
        await devices.start()
        assert state() is State.WELL
        await server.do("unplug")
        await until(lambda: state() is State.GONE)
        await server.do("plug")
        await until(lambda: state() is State.WELL)
    finally:
        await devices.close()
        await server.stop()


async def test_the_link_ends_and_begins_again_within_one_connection() -> None:
    async with meeting() as both:
        await both.server.do("end")
        await until(lambda: not both.driver.linked)
        with pytest.raises(DeviceSilent, match="LE"):
            await both.driver.status()
        with pytest.raises(DeviceSilent):
            await cut(both)
        await both.server.do("begin")
        await until(lambda: both.driver.linked)
        both.desk.lay(1)
        assert (await cut(both)).outcome is Cut.DONE
        assert both.server.complaints == []


async def test_a_newer_connection_replaces_the_older() -> None:
    async with meeting("listening") as both:
        other = VirtualLockServer(dial=f"127.0.0.1:{both.driver.port}", now=utc)
        task = await waiting(both)
        await both.server.stop()
        await other.start()
        try:
            with pytest.raises(DeviceError):
                await task
            await until(lambda: both.driver.linked)
            assert other.complaints == []
        finally:
            await other.stop()


async def test_only_the_lock_server_may_dial_in() -> None:
    driver = driver_for("tcp://127.0.0.1:0", listen="yes", server="127.0.0.2")
    opening = asyncio.create_task(driver.open())
    await until(lambda: driver.port != 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", driver.port)
    assert await _the_end(reader) == b""
    writer.close()
    lock_server = VirtualLockServer(dial=f"127.0.0.1:{driver.port}", dial_from="127.0.0.2", now=utc)
    await lock_server.start()
    try:
        await opening
        assert (await driver.status()).state is State.WELL
    finally:
        await driver.close()
        await lock_server.stop()


async def _the_end(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_nobody_dials_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fias, "ARRIVE_WITHIN_S", 0.05)
    driver = driver_for("tcp://127.0.0.1:0", listen="yes")
    with pytest.raises(DeviceGone, match="dialled"):
        await driver.open()
    port = driver.port
    server = VirtualLockServer(dial=f"127.0.0.1:{port}", now=utc)
    await server.start()
    try:
        await until(lambda: driver.linked)  # the port has stayed open meanwhile
        await driver.open()
        assert (await driver.status()).state is State.WELL
    finally:
        await driver.close()
        await server.stop()


async def test_a_port_that_another_program_has_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        driver = driver_for(f"tcp://127.0.0.1:{taken.getsockname()[1]}", listen="yes")
        with pytest.raises(DeviceMissetup) as missetup:
            await driver.open()
        assert missetup.value.fault is Fault.BAD_ADDRESS
        await driver.close()


# --- silence and nonsense --------------------------------------------------------------------------


async def test_silence_is_unknown_never_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fias, "ALIVE_EVERY_S", 0.0)
    monkeypatch.setattr(fias, "ALIVE_WITHIN_S", 0.1)
    async with meeting() as both:
        assert (await both.driver.status()).state is State.WELL
        await both.server.do("silent")
        with pytest.raises(DeviceSilent):
            await both.driver.status()
        await both.server.do("speak")
        assert (await both.driver.status()).state is State.WELL


async def test_who_accepts_and_says_nothing_is_no_lock_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fias, "START_WITHIN_S", 0.1)
    server = VirtualLockServer(now=utc)
    await server.start()
    await server.do("silent")
    driver = driver_for(server.address)
    try:
        with pytest.raises(DeviceSilent):
            await driver.open()
        with pytest.raises(DeviceGone):
            await driver.status()
    finally:
        await driver.close()
        await server.stop()


async def test_noise_between_records_is_passed_over_and_counted() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await both.server.do("garbage")
        assert (await cut(both)).outcome is Cut.DONE
        readings = {one.id: one.value for one in (await both.driver.status()).readings}
        assert readings["noise"] == "4"


async def test_a_damaged_answer_on_tcp_breaks_the_link() -> None:
    async with meeting() as both:
        both.desk.lay(1)
        await both.server.do("damaged")
        with pytest.raises(DeviceNonsense) as nonsense:
            await cut(both)
        assert "412" not in str(nonsense.value)


async def test_a_damaged_answer_on_a_serial_line_comes_again() -> None:
    async with meeting("serial") as both:
        both.desk.lay(1)
        await both.server.do("damaged")
        assert (await cut(both)).outcome is Cut.DONE


async def test_noise_on_a_serial_line() -> None:
    async with meeting("serial") as both:
        await both.server.do("garbage", "ff0015061b80")
        both.desk.lay(1)
        assert (await cut(both)).outcome is Cut.DONE


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(noise=st.binary(min_size=1, max_size=40))
def test_no_bytes_of_a_lock_server_bring_the_driver_down(noise: bytes) -> None:
    async def play() -> None:
        async with meeting() as both:
            both.desk.lay(1)
            task = asyncio.create_task(cut(both))
            await both.server.do("garbage", noise.hex())
            try:
                assert (await task).outcome is Cut.DONE
            except DeviceError:
                await both.driver.close()
                await both.driver.open()
            assert (await both.driver.status()).state in (State.WELL, State.NEEDS_CARE)

    asyncio.run(play())


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


# --- kiosk.ini -------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["pcsc:ACR", "tcp://host", "tcp://:5010", "serial:tty", "tcp://h:1/x", "tcp://h:99999"])
def test_an_address_that_can_t_be_is_told_at_once(address: str) -> None:
    with pytest.raises(DeviceMissetup) as missetup:
        driver_for(address)
    assert missetup.value.fault is Fault.BAD_ADDRESS


@pytest.mark.parametrize(
    "options",
    [
        {"answer_within_s": "29"}, {"answer_within_s": "soon"}, {"coder": "1|2"}, {"workstation": "a" * 17},
        {"listen": "perhaps"}, {"server": "192.0.2.1"}, {"listen": "yes", "server": "the cellar"}, {"charset": "utf-16"}, {"time_zone": "Atlantis"}, {"codder": "1"},
    ],
)  # fmt: skip
def test_an_option_that_can_t_be_is_told_at_once(options: dict[str, str]) -> None:
    with pytest.raises(DeviceMissetup) as missetup:
        check(Kind.KEY_ENCODER, DeviceSettings("encoder", "fias", "tcp://127.0.0.1:5010", options), virtual=False)
    assert missetup.value.fault is Fault.BAD_OPTION


def test_a_serial_line_can_t_be_dialled() -> None:
    with pytest.raises(DeviceMissetup):
        driver_for("serial:///dev/ttyS0", listen="yes")


async def test_a_port_that_is_not_there(tmp_path: Path) -> None:
    driver = driver_for(f"serial://{tmp_path / 'none'}")
    with pytest.raises(DeviceGone):
        await driver.open()
    await driver.close()


async def test_closed_is_gone_and_closing_twice_is_nothing() -> None:
    async with meeting() as both:
        await both.driver.close()
        await both.driver.close()
        with pytest.raises(DeviceGone):
            await cut(both)


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


async def test_both_ends_of_a_serial_line_ask_at_the_same_time() -> None:
    """Neither waits for the other for ever, and nothing is lost."""
    async with meeting("serial") as both:
        both.desk.lay(1)
        for number in range(5):
            task = asyncio.create_task(cut(both, reservation=str(number)))
            await both.server.do("ask")
            assert (await task).outcome is Cut.DONE
        assert both.server.complaints == []
