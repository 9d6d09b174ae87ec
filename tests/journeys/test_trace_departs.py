"""A visit that goes another way than it was recorded says at which line; a file that is no trace says so instead."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kiosk.trace.file import Damaged, Entry, read, write
from tests.journeys.conftest import OpenLobby
from tests.journeys.trace import (
    leaves,
    played,
    records,
    written,
)


async def test_where_it_goes_another_way_is_told(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    records(kiosk)
    await kiosk.to_farewell("ready")
    path = await leaves(kiosk)
    trace = read(path)
    entries = [dict(entry) for entry in trace.entries]
    at = next(at for at, entry in enumerate(entries) if entry.get("call") == "check_in")
    entries[at] |= {"status": 409, "body": {"o:errorCode": "ROOM_TAKEN"}}
    changed = write(path.parent.parent, "changed", trace.head, entries)
    outcome, _, _ = await played(changed)
    assert outcome.departed is not None
    assert outcome.departed.expected == "effect check-in: done"
    assert "conflict" in outcome.departed.got
    line = changed.read_text("utf-8").splitlines()[outcome.departed.line - 1]
    assert json.loads(line)["kind"] == "check-in"


@pytest.mark.parametrize(
    "entry",
    [
        {"what": "scene"},
        {"what": "touch", "chosen": ["check-in", {}]},
        {"what": "view", "device": ["printer"], "faults": 3},
        {"what": "given", "document": [1, 2]},
        {"what": "sign-in"},
        {"what": "sign-in", "outcome": "right", "tried": True, "wrong-before": 0, "who": 0, "roles": ["king"]},
        {"what": "sign-in", "outcome": "right", "tried": True, "wrong-before": 1e9, "who": 0, "roles": []},
        {"what": "given", "device": "card_reader", "taken": True, "card": "ntag424", "which": -1},
        {"what": "touch", "person": "the boss"},
        {"what": "touch", "signed": 10**13},
    ],
)
async def test_a_line_that_no_recorder_writes_is_damage_and_no_departure(tmp_path: Path, entry: Entry) -> None:
    with pytest.raises(Damaged, match="line 2|a document"):
        await played(written(tmp_path, entry))


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00", "yesterday", 5])
async def test_a_time_that_no_recorder_writes_is_damage_and_no_departure(tmp_path: Path, time: object) -> None:
    trace = read(written(tmp_path, {"what": "touch", "chosen": "check-in"}))
    with pytest.raises(Damaged, match="line 1 says no time"):
        await played(write(tmp_path, "forged", trace.head | {"time": time}, trace.entries))


@pytest.mark.parametrize("device", ["document_reader", "card_reader", "printer"])
async def test_a_driver_that_is_not_here_is_another_versions_and_no_departure(tmp_path: Path, device: str) -> None:
    settings = {device: {"driver": "of-tomorrow", "address": "virtual"}}
    with pytest.raises(Damaged, match="recorded by another version"):
        await played(written(tmp_path, {"what": "touch", "chosen": "check-in"}, settings))
