"""Every kind of device and every driver × what can happen to it: the state in time, the fault's code, what the guest's
screen says of it, and well again without a restart."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest

from hardware import listener
from hardware.card_reader import pcsc_reader, pcsc_watch
from hardware.devices import POLL_EVERY_S
from hardware.errors import DeviceGone, DeviceNonsense
from hardware.key_encoder import fias_connection
from hardware.known_drivers import known_drivers
from hardware.printer import escpos, escpos_signs
from hardware.printer.contract import Printed
from hardware.readings import Kind, State
from hardware.scanner import camera, keyboard
from hardware.serial_listener import ANSWER_WITHIN_S, ASK_EVERY_S
from hardware.transport import evdev, tcp
from tests.faults.devices.stand import USB_S, Cell, Stand
from tests.faults.devices.stands import (
    STANDS,
    CardReaderStand,
    ChipStand,
    EncoderStand,
    KeyboardStand,
    LockServerStand,
    PrinterStand,
    in_a_lobby,
    standing,
)

TCP_S = 5.0
"""Within which a device on the network that was lost is known to be (issue)."""
STUCK_AGAIN_S = 8.5  # between two tries to open one that is there and says nothing


@pytest.fixture(params=STANDS, ids=lambda stand: stand.__name__.removesuffix("Stand"))
def stand(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stand:
    made: Stand = request.param(tmp_path)
    if isinstance(made, KeyboardStand):  # nothing but the age of its last code speaks against it
        for module in (evdev, keyboard, listener):
            monkeypatch.setattr(module, "monotonic", made.moved.now)
    return made


@pytest.fixture(autouse=True)
def asks_at_each_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock server is asked whether it lives when its last word is a real second old: here at every look."""
    monkeypatch.setattr(fias_connection, "ALIVE_EVERY_S", 0.0)


def test_every_driver_stands_here() -> None:
    """Whoever adds one gives it a stand (`stands.py`), and with it every test below."""
    standing_here = {(stand.kind, stand.driver) for stand in STANDS}
    missing = [
        f"hardware/{kind}/{name}.py has no stand: write one in tests/faults/devices/stands.py, and add it to STANDS"
        for kind in Kind
        for name in known_drivers(kind)
        if (kind, name) not in standing_here
    ]
    assert not missing, "\n".join(missing)


def test_no_driver_s_time_out_is_longer_than_what_is_promised() -> None:
    """What the clock of the tests leaves out: how long a wire waits for an answer that does not come."""
    assert POLL_EVERY_S <= USB_S
    assert POLL_EVERY_S + ANSWER_WITHIN_S <= TCP_S
    assert POLL_EVERY_S + escpos.ANSWER_WITHIN_S <= TCP_S
    assert POLL_EVERY_S + pcsc_reader.LOOK_S <= TCP_S
    assert POLL_EVERY_S + camera.STOPPED_AFTER_S <= TCP_S
    assert 2 * pcsc_watch.SETTLE_S <= USB_S  # a card is laid down, and its reader asked twice
    assert tcp.WATCHED_GONE_AFTER_S < TCP_S
    assert fias_connection.ALIVE_EVERY_S < POLL_EVERY_S
    assert POLL_EVERY_S + fias_connection.ALIVE_WITHIN_S <= TCP_S
    looks_without_asking = -(-ASK_EVERY_S // POLL_EVERY_S)
    assert looks_without_asking * POLL_EVERY_S + ANSWER_WITHIN_S <= TCP_S


def test_in_use_too_no_sign_of_life_is_waited_for_longer() -> None:
    assert POLL_EVERY_S + escpos_signs.UNHEARD_S <= TCP_S
    assert escpos_signs.UNHEARD_S > 2 * tcp.KEEPALIVE_EVERY_S, "one that was lost on its way proves nothing"
    assert escpos.ASK_AGAIN_S + escpos_signs.OWED_S + POLL_EVERY_S <= TCP_S


async def test_unplugged_at_the_start_and_plugged_in_later(stand: Stand) -> None:
    async with in_a_lobby(stand, ("unplug",)):
        await stand.is_told(Cell.AT_START, within_s=0)
        await stand.stays(State.GONE, for_s=3.0)
        await stand.plays(("plug",))
        await stand.is_told(Cell.BACK)
        await stand.works()


async def test_unplugged_while_nobody_uses_it_and_plugged_in_again(stand: Stand) -> None:
    async with in_a_lobby(stand):
        await stand.is_told(Cell.BACK, within_s=0)
        for _ in range(2):
            await stand.plays(("unplug",))
            await stand.is_told(Cell.IDLE)
            await stand.plays(("plug",))
            await stand.is_told(Cell.BACK)
        assert stand.view.last_fault is stand.fault("gone")
        assert (stand.view.counters["opened"], stand.view.counters["lost"]) == (3, 2)
        await stand.works()


async def test_unplugged_in_the_middle_of_its_use(stand: Stand) -> None:
    async with in_a_lobby(stand):
        using = await stand.is_used()
        await stand.plays(("unplug",))
        (ended,) = await asyncio.gather(using, return_exceptions=True)
        assert ended is Printed.UNSURE or isinstance(ended, DeviceGone | ValueError)
        await stand.is_told(Cell.IN_USE)
        await stand.plays(("plug",))
        await stand.settles()
        assert stand.events.none
        await stand.works()


async def test_slow_and_all_the_same_well(stand: Stand) -> None:
    async with in_a_lobby(stand):
        await stand.works_slowly()
        await stand.is_told(Cell.SLOW)
        await stand.stays(State.WELL, for_s=2 * POLL_EVERY_S, asked=2)
        stand.shows(stand.tells(Cell.SLOW))
        assert stand.view.counters["faults"] == 0


async def test_answers_nonsense_and_recovers(stand: Stand) -> None:
    async with in_a_lobby(stand):
        await stand.speaks_nonsense()
        await stand.is_told(Cell.GARBAGE)
        await stand.plays(*stand.well)
        await stand.becomes(State.WELL, within_s=STUCK_AGAIN_S)
        stand.shows(stand.tells(Cell.BACK))
        await stand.works()


async def test_stuck_is_unknown_and_never_well_and_recovers(stand: Stand) -> None:
    async with in_a_lobby(stand):
        await stand.falls_silent()
        await stand.is_told(Cell.STUCK)
        await stand.plays(*(stand.well_after_stuck or stand.well))
        await stand.becomes(State.WELL, within_s=STUCK_AGAIN_S)
        stand.shows(stand.tells(Cell.BACK))
        await stand.works()


@pytest.mark.parametrize("made", [CardReaderStand, EncoderStand])
async def test_a_card_s_reader_that_answers_nonsense_in_the_middle_of_its_use(made: type[Stand], tmp_path: Path) -> None:
    async with in_a_lobby(made(tmp_path)) as stand:
        with pytest.raises(DeviceNonsense):
            await stand.hurt_in_use()
        await stand.is_told(Cell.GARBAGE)
        await stand.plays(*stand.well)
        await stand.becomes(State.WELL, within_s=STUCK_AGAIN_S)
        await stand.works()


@pytest.mark.parametrize("made", [CardReaderStand, EncoderStand, ChipStand])
async def test_a_card_s_reader_that_answered_nonsense_is_not_believed_when_the_card_is_taken_away(
    made: type[Stand], tmp_path: Path
) -> None:
    """Without a card it has nothing to say: what it said last stands, until it is asked again or unplugged."""
    async with in_a_lobby(made(tmp_path)) as stand:
        await stand.speaks_nonsense()
        await stand.is_told(Cell.GARBAGE)
        await stand.plays(("lift",))
        await stand.stays(State.UNKNOWN, for_s=2 * STUCK_AGAIN_S)
        assert stand.view.faults == (stand.fault("nonsense"),)
        stand.shows(stand.tells(Cell.GARBAGE))
        await stand.plays(("babble", "off"), ("unplug",))
        await stand.is_told(Cell.IDLE)
        await stand.plays(("plug",))
        await stand.is_told(Cell.BACK)
        await stand.works()


@pytest.mark.parametrize("made", [PrinterStand, LockServerStand])
async def test_a_network_cable_pulled_is_known_though_nobody_says_goodbye(made: type[Stand], tmp_path: Path) -> None:
    """Half-open: what is sent arrives nowhere, and the kernel gives no sign of it for a quarter of an hour."""
    async with standing(made(tmp_path)) as stand:
        await stand.plays(("cable-out",))
        loop = asyncio.get_running_loop()
        pulled_s, moved_s = loop.time(), stand.moved.ahead_s
        async with asyncio.timeout(20):
            while stand.view.state is State.WELL:
                await asyncio.sleep(0.05)
                stand.moved.move(0.05)  # both clocks run alike
        assert stand.view.state in (State.UNKNOWN, State.GONE)
        assert stand.moved.ahead_s - moved_s <= TCP_S or loop.time() - pulled_s <= TCP_S
        await stand.plays(("cable-in",))
        await stand.becomes(State.WELL, within_s=STUCK_AGAIN_S)
        await stand.works()


async def test_a_reader_that_hangs_for_long_does_not_cost_a_thread_at_each_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("OPEN_S", "CLOSE_S", "LOOK_S"):
        monkeypatch.setattr(pcsc_reader, name, 0.05)
    before = threading.active_count()
    async with standing(EncoderStand(tmp_path), ("lay-card",), ("freeze",)) as stand:
        for _ in range(10):
            stand.moved.move(10.0)
            await asyncio.sleep(0.15)
        assert stand.seen == (State.UNKNOWN, (stand.fault("silent"),))
        assert threading.active_count() <= before + pcsc_reader.MOST_STUCK
        monkeypatch.undo()
        await stand.plays(("unplug",), ("plug",))
        await stand.becomes(State.WELL, within_s=STUCK_AGAIN_S)
        await stand.works()
    await stand.soon(lambda: threading.active_count() <= before)
