"""What the terminal knows of a device beside its state: what it is, what it was last ill of, what it has counted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from hardware.device_view import COUNTERS, DeviceView, saying
from hardware.errors import DeviceError, Fault
from hardware.readings import Kind, Reading, State
from tests.faults.devices.stands import (
    CardReaderStand,
    EncoderStand,
    PrinterStand,
    ScannerStand,
    Stand,
    standing,
)


def said(*readings: tuple[str, str]) -> tuple[Reading, ...]:
    return tuple(Reading(name, name, value) for name, value in readings)


def test_a_device_says_what_it_is_and_it_is_remembered_when_it_is_gone() -> None:
    plain = DeviceView("printer", Kind.PRINTER, State.WELL, 0.0)
    view = saying(plain, said(("model", "TM-T20II"), ("serial", "X1"), ("firmware", "2.0"), ("paper", "plenty")))
    assert (view.model, view.serial, view.firmware) == ("TM-T20II", "X1", "2.0")
    later = saying(view, said(("firmware", "2.1")))
    assert (later.model, later.serial, later.firmware) == ("TM-T20II", "X1", "2.1")
    assert saying(view, ()).model == "TM-T20II"


def test_of_two_names_the_model_counts_and_a_reader_s_name_where_there_is_no_other() -> None:
    plain = DeviceView("encoder", Kind.KEY_ENCODER, State.WELL, 0.0)
    assert saying(plain, said(("reader", "ACS ACR1252 00"))).model == "ACS ACR1252 00"
    assert saying(plain, said(("reader", "ACS ACR1252 00"), ("model", "ACR1252U"))).model == "ACR1252U"
    assert saying(plain, said(("server", "LOCKS 1.2"), ("serial", ""))).serial == ""


async def test_a_reader_is_known_by_its_name_its_address_and_its_driver(tmp_path: Path) -> None:
    async with standing(EncoderStand(tmp_path)) as stand:
        view = stand.view
        assert view.model == stand.end.name
        assert (view.address, view.driver) == (stand.end.address, "pcsc")


async def test_the_last_fault_outlives_its_repair(tmp_path: Path) -> None:
    async with standing(PrinterStand(tmp_path)) as stand:
        assert (stand.view.last_fault, stand.view.last_fault_s) == (None, None)
        await stand.plays(("cover-open",))
        await stand.soon(lambda: stand.moved.move(0.25) or stand.view.faults)
        fault, at_s = stand.view.last_fault, stand.view.last_fault_s
        assert fault is Fault.PRINTER_COVER_OPEN
        await stand.plays(("cover-close",))
        await stand.becomes(State.WELL, within_s=2)
        assert (stand.view.last_fault, stand.view.faults) == (fault, ())
        assert at_s is not None
        assert stand.view.last_fault_s is not None
        assert 0 <= stand.devices.ago_s(stand.view.last_fault_s) <= stand.devices.ago_s(at_s)


async def test_what_happened_is_counted(tmp_path: Path) -> None:
    async with standing(ScannerStand(tmp_path)) as stand:
        assert set(stand.view.counters) == set(COUNTERS)
        await stand.works()
        await stand.works()
        await stand.plays(("unplug",))
        await stand.becomes(State.GONE, Fault.SCANNER_GONE, within_s=2)
        await stand.plays(("plug",))
        await stand.becomes(State.WELL, within_s=2)
        counted = stand.view.counters
        assert {name: counted[name] for name in ("opened", "lost", "faults", "events")} == {
            "opened": 2, "lost": 1, "faults": 1, "events": 2,
        }  # fmt: skip
        assert counted["asked"] >= 3


@pytest.mark.parametrize("made", [CardReaderStand, EncoderStand])
async def test_a_readers_counts_and_last_fault_survive_every_plug(made: type[Stand], tmp_path: Path) -> None:
    """Pulled twice, used before, between and after: nothing begins anew, and what it is called is remembered."""
    async with standing(made(tmp_path)) as stand:
        model = stand.view.model
        await stand.works()
        once = stand.view.counters["events"]
        for pulled in (1, 2):
            await stand.plays(("unplug",))
            await stand.becomes(State.GONE, stand.fault("gone"), within_s=2)
            gone = stand.view
            assert (gone.model, gone.last_fault, gone.counters["lost"]) == (model, stand.fault("gone"), pulled)
            assert gone.counters["opened"] == pulled, "looked for in vain is not opened"
            await stand.plays(("plug",))
            await stand.becomes(State.WELL, within_s=2)
            await stand.works()
            back = stand.view
            assert (back.counters["opened"], back.counters["faults"]) == (pulled + 1, pulled)
            assert back.counters["asked"] > gone.counters["asked"]
            assert back.last_fault is stand.fault("gone")
        assert stand.view.counters["events"] == 3 * once


@pytest.mark.parametrize("made", [CardReaderStand, EncoderStand])
async def test_what_a_call_in_use_finds_is_counted_like_what_the_supervision_finds(made: type[Stand], tmp_path: Path) -> None:
    async with standing(made(tmp_path)) as stand:
        await stand.plays(("babble", "on"))
        with pytest.raises(DeviceError):
            await stand.hurt_in_use()
        counted = stand.view.counters
        assert (counted["faults"], stand.view.last_fault) == (1, stand.fault("nonsense"))
        await stand.plays(("babble", "off"), ("lay-card",))
        await stand.becomes(State.WELL, within_s=9)
        assert stand.view.counters["opened"] == counted["opened"] + 1
        assert (stand.view.counters["faults"], stand.view.last_fault) == (1, stand.fault("nonsense"))


def test_a_view_that_was_taken_does_not_count_on() -> None:
    """What a page shows stays as it was shown, also while the device is asked."""
    view = DeviceView("printer", Kind.PRINTER, State.WELL, 0.0, counters={"asked": 1})
    assert replace(view, state=State.ILL).counters == {"asked": 1}
    assert replace(view, counters={"asked": 2}) == view, "a count is no news: nobody is woken by it"
