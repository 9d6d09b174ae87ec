"""The virtual lock server is as strict as a real one ought to be, and its doors know no more than cards told them."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.contract import Issue
from hardware.key_encoder.credential import Refusal
from hardware.key_encoder.fias_wire import ACK, ENQ, NAK, Framing, Record
from hardware.key_encoder.virtual import Stays
from hardware.key_encoder.virtual_lock_server import VirtualLockServer
from hardware.key_encoder.virtual_locks import House, LockCard, NothingToCopy, UnknownRoom
from tests.hardware.key_encoder.lock_server import utc

NOW = {"DA": "300501", "TI": "101500"}
KR = {"WS": "K", "KC": "1", "RN": "412", "KT": "N", "G#": "1", "GA": "300501", "GD": "300503", "DT": "090000"}
WITHIN_S = 5.0


class Property:
    """The property's side, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self._framing = Framing()
        self._heard: list[Record] = []

    def says(self, name: str, fields: dict[str, str]) -> None:
        self.writer.write(wire.encode(wire.record(name, fields)))

    async def hears(self) -> Record | None:
        """The next record; None when the connection has ended."""
        async with asyncio.timeout(WITHIN_S):
            while not self._heard:
                data = await self.reader.read(4096)
                if not data:
                    return None
                self._heard += [one for one in self._framing.feed(data) if isinstance(one, Record)]
        return self._heard.pop(0)

    async def begins(self) -> list[Record]:
        self.says("LS", NOW)
        heard: list[Record] = []
        while not heard or heard[-1].id != "LA":
            one = await self.hears()
            assert one is not None
            heard.append(one)
        self.says("LA", NOW)
        return heard


@pytest.fixture
async def server() -> AsyncIterator[VirtualLockServer]:
    one = VirtualLockServer(now=utc, card_within_s=0.05)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def side(server: VirtualLockServer) -> AsyncIterator[Property]:
    host, port = server.address.removeprefix("tcp://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    yield Property(reader, writer)
    writer.close()


async def test_it_begins_by_saying_which_fields_it_takes(side: Property) -> None:
    heard = await side.begins()
    assert [one.id for one in heard] == ["LD", *["LR"] * 5, "LA"]
    listed = {one.get("RI"): wire.read_field_list(one.get("FL")) for one in heard if one.id == "LR"}
    assert {"RN", "KT", "GD"} < listed["KR"]
    assert {"AS", "WS", "KC"} < listed["KA"]


@pytest.mark.parametrize("name", ["KR", "KD", "KZ"])
async def test_a_request_before_the_link_is_up_ends_the_connection(
    server: VirtualLockServer, side: Property, name: str
) -> None:
    side.says(name, KR)
    assert await side.hears() is None
    assert server.complaints == [f"{name} before the link is up"]


@pytest.mark.parametrize(("name", "fields"), [("XX", {}), ("LS", {**NOW, "RN": "412"}), ("LS", {"DA": "310230", "TI": "1"})])
async def test_what_has_no_place_ends_the_connection(
    server: VirtualLockServer, side: Property, name: str, fields: dict[str, str]
) -> None:
    side.says(name, fields)
    assert await side.hears() is None
    assert len(server.complaints) == 1
    assert "412" not in server.complaints[0]


async def test_a_damaged_record_ends_the_connection(server: VirtualLockServer, side: Property) -> None:
    await side.begins()
    side.writer.write(b"\x02KR|RN4\x0112|\x03")
    assert await side.hears() is None
    assert server.complaints == ["no record: RN: a control character or | in it"]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"GN": "x"}, "GN is not listed"),
        ({"KT": "X"}, "KT is none of N, D, O"),
        ({"GD": "300501"}, None),
        ({"GD": "300231"}, "no such day"),
        ({"GD": "300430"}, "GD is not after GA"),
        ({"DT": "2500"}, "no such time"),
        ({"RN": "123456789"}, "RN is too long"),
        ({"WS": ""}, "WS is empty"),
    ],
)
async def test_a_wrong_field_is_refused(
    server: VirtualLockServer, side: Property, changed: dict[str, str], rule: str | None
) -> None:
    await side.begins()
    server.system.lay()
    side.says("KR", {**KR, **changed})
    answer = await side.hears()
    assert answer is not None
    assert (answer.get("AS"), server.complaints) == (("UR", [f"KR: {rule}"]) if rule else ("OK", []))


async def test_a_missing_field_is_refused(server: VirtualLockServer, side: Property) -> None:
    await side.begins()
    side.says("KR", {name: value for name, value in KR.items() if name != "RN"})
    answer = await side.hears()
    assert answer is not None
    assert (answer.get("AS"), server.complaints) == ("UR", ["KR: RN is missing"])


async def test_a_second_request_at_one_encoder_is_told_busy(server: VirtualLockServer, side: Property) -> None:
    server.system.card_within_s = WITHIN_S
    await side.begins()
    side.says("KR", KR)
    side.says("KR", KR)
    busy = await side.hears()
    server.system.lay()
    done = await side.hears()
    assert busy is not None
    assert done is not None
    assert (busy.get("AS"), done.get("AS")) == ("BY", "OK")


async def test_a_newer_connection_replaces_the_older(server: VirtualLockServer, side: Property) -> None:
    await side.begins()
    host, port = server.address.removeprefix("tcp://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    newer = Property(reader, writer)
    assert await side.hears() is None
    assert (await newer.begins())[0].id == "LD"
    writer.close()


async def test_a_wrong_check_sum_on_the_serial_line_is_not_acknowledged() -> None:
    server = VirtualLockServer(serial=True, now=utc)
    await server.start()
    near = os.open(Path(server.address.removeprefix("serial://").split("?")[0]), os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    tty.setraw(near)
    loop = asyncio.get_running_loop()
    replies: asyncio.Queue[bytes] = asyncio.Queue()
    loop.add_reader(near, lambda: replies.put_nowait(os.read(near, 1)))
    try:
        good = wire.encode(wire.record("LE", NOW), serial=True)
        for data, reply in (
            (bytes((ENQ,)), ACK), (good[:-1] + bytes((good[-1] ^ 1,)), NAK), (bytes((ENQ,)), ACK), (good, ACK),
        ):  # fmt: skip
            os.write(near, data)
            async with asyncio.timeout(WITHIN_S):
                assert await replies.get() == bytes((reply,))
    finally:
        loop.remove_reader(near)
        os.close(near)
        await server.stop()


# --- the house ---------------------------------------------------------------------------------------

BEGIN, END = datetime(2030, 5, 1, tzinfo=UTC), datetime(2030, 5, 3, 9, tzinfo=UTC)


class Stay:
    """A house whose time is moved, and one guest's cards."""

    def __init__(self) -> None:
        self.now = BEGIN + timedelta(hours=15)
        self.house = House(lambda: self.now, rooms=frozenset({"412", "413"}))

    def card(self, number: int, issue: Issue = Issue.NEW, room: str = "412") -> LockCard:
        card = LockCard(bytes((number,)))
        self.house.write(card, room, BEGIN, END, issue, "1")
        return card

    def at(self, card: LockCard, room: str = "412") -> str | None:
        return self.house.door(room).try_card(card).reason


def test_a_door_learns_of_a_new_key_only_from_the_key() -> None:
    stay = Stay()
    old = stay.card(1)
    new = stay.card(2)
    assert [stay.at(card) for card in (old, new, old)] == [None, None, Stays.SUPERSEDED]


def test_a_voided_key_opens_until_the_next_guest_s_touches_the_door() -> None:
    stay = Stay()
    old = stay.card(1)
    stay.house.void("412", "1")
    assert not stay.house.good(old)
    assert stay.at(old) is None
    with pytest.raises(NothingToCopy):
        stay.card(2, Issue.DUPLICATE)
    assert [stay.at(card) for card in (stay.card(3), old)] == [None, Stays.SUPERSEDED]


def test_a_key_keeps_its_hours() -> None:
    stay = Stay()
    card = stay.card(1)
    for now, reason in ((BEGIN - timedelta(minutes=1), Stays.TOO_EARLY), (END, Stays.TOO_LATE), (BEGIN, None)):
        stay.now = now
        assert stay.at(card) is reason
    assert stay.at(LockCard(b"x")) is Refusal.BLANK
    assert stay.at(card, "413") is Stays.OTHER_ROOM
    assert [(when, answer.opened) for when, answer in stay.house.door("413").log] == [(BEGIN, False)]


def test_a_room_that_is_not_in_the_house() -> None:
    stay = Stay()
    with pytest.raises(UnknownRoom):
        stay.card(1, room="999")
    with pytest.raises(UnknownRoom):
        stay.house.void("412", "1")
