"""The FIAS driver's link: broken at every stage, ended and begun again, dialled at, silent, and full of nonsense."""

from __future__ import annotations

import asyncio
import socket

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hardware.devices import Devices
from hardware.driver import DeviceSettings
from hardware.errors import DeviceError, DeviceGone, DeviceMissetup, DeviceNonsense, DeviceSilent, Fault
from hardware.key_encoder import fias_connection
from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.contract import Cut
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.readings import Kind, State
from tests.hardware.key_encoder.lock_server import WIRES, cut, driver_for, meeting, until, utc, waiting


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
        await until(lambda: both.driver.connection.broken)
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
        await until(lambda: not both.driver.connection.linked)
        with pytest.raises(DeviceSilent, match="LE"):
            await both.driver.status()
        with pytest.raises(DeviceSilent):
            await cut(both)
        await both.server.do("begin")
        await until(lambda: both.driver.connection.linked)
        both.desk.lay(1)
        assert (await cut(both)).outcome is Cut.DONE
        assert both.server.complaints == []


async def test_a_newer_connection_replaces_the_older() -> None:
    async with meeting("listening") as both:
        other = VirtualLockServer(dial=f"127.0.0.1:{both.driver.connection.port}", now=utc)
        task = await waiting(both)
        await both.server.stop()
        await other.start()
        try:
            with pytest.raises(DeviceError):
                await task
            await until(lambda: both.driver.connection.linked)
            assert other.complaints == []
        finally:
            await other.stop()


async def test_only_the_lock_server_may_dial_in() -> None:
    driver = driver_for("tcp://127.0.0.1:0", listen="yes", server="127.0.0.2")
    opening = asyncio.create_task(driver.open())
    await until(lambda: driver.connection.port != 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", driver.connection.port)
    assert await _the_end(reader) == b""
    writer.close()
    lock_server = VirtualLockServer(dial=f"127.0.0.1:{driver.connection.port}", dial_from="127.0.0.2", now=utc)
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
    monkeypatch.setattr(fias_connection, "ARRIVE_WITHIN_S", 0.05)
    driver = driver_for("tcp://127.0.0.1:0", listen="yes")
    with pytest.raises(DeviceGone, match="dialled"):
        await driver.open()
    port = driver.connection.port
    server = VirtualLockServer(dial=f"127.0.0.1:{port}", now=utc)
    await server.start()
    try:
        await until(lambda: driver.connection.linked)  # the port has stayed open meanwhile
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
    monkeypatch.setattr(fias_connection, "ALIVE_EVERY_S", 0.0)
    monkeypatch.setattr(fias_connection, "ALIVE_WITHIN_S", 0.1)
    async with meeting() as both:
        assert (await both.driver.status()).state is State.WELL
        await both.server.do("silent")
        with pytest.raises(DeviceSilent):
            await both.driver.status()
        await both.server.do("speak")
        assert (await both.driver.status()).state is State.WELL


class Wordy:
    """A lock server that answers every LS by its whole description, and takes a moment before its end."""

    PAUSE_S = 0.2

    def __init__(self) -> None:
        self.asked = 0

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(4096):
                for _ in range(data.count(b"\x02LS|")):
                    self.asked += 1
                    writer.write(wire.encode(wire.record("LD", {"IF": "KS", "V#": "1"})))
                    await asyncio.sleep(self.PAUSE_S)
                    writer.write(wire.encode(wire.record("LA", {})))
        finally:
            writer.close()


async def test_a_lock_server_that_describes_itself_anew_at_each_question_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fias_connection, "ALIVE_EVERY_S", 0.0)
    wordy = Wordy()
    async with await asyncio.start_server(wordy.converse, "127.0.0.1", 0) as server:
        driver = driver_for(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        await driver.open()
        for _ in range(2):
            assert (await driver.status()).state is State.WELL
            assert await driver.lives()
        await driver.close()
    assert wordy.asked == 5


async def test_who_accepts_and_says_nothing_is_no_lock_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fias_connection, "START_WITHIN_S", 0.1)
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


async def test_both_ends_of_a_serial_line_ask_at_the_same_time() -> None:
    """Neither waits for the other for ever, and nothing is lost."""
    async with meeting("serial") as both:
        both.desk.lay(1)
        for number in range(5):
            task = asyncio.create_task(cut(both, reservation=str(number)))
            await both.server.do("ask")
            assert (await task).outcome is Cut.DONE
        assert both.server.complaints == []
