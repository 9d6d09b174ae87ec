"""`kill -9` while staff reissue a key, before and after each of its parts: after the restart the card is known as
cut or known as unsure, hotel and encoder have been asked, and the journal has it exactly once."""

from __future__ import annotations

from pathlib import Path

import pytest

from hardware.key_encoder.virtual import Door
from kiosk.access import STAFF, Access, Changed
from kiosk.clock import SystemClock
from kiosk.credentials import TERMINAL_KEY, load_or_create
from kiosk.journal_check import check
from kiosk.journal_head import HeadFile
from kiosk.key_journal import HEAD, Act, Entry, KeyJournal, entries_in, files_of
from kiosk.roles import Role
from kiosk.sealing import Seal
from kiosk.sections import AccessSection
from tests.faults.power_cut.gateway import When
from tests.faults.power_cut.test_power_cut_effects import At, key_told, key_written
from tests.faults.power_cut.world import ROOT, Kiosk, World

PIN = "739264"


class Desk:
    """Somebody of the staff, and the guest in house whose keys they replace."""

    def __init__(self, world: World, number: str) -> None:
        self.world = world
        self.number = number
        (self.reservation, self.room, self.name), *_ = world.query(
            "SELECT r.id, r.room_number, p.family_name FROM reservations r JOIN reservation_guests g ON g.reservation_id = r.id"
            " JOIN profiles p ON p.id = g.profile_id"
            " WHERE r.status = 'InHouse' AND r.share_group IS NULL AND r.departure > date('now') ORDER BY r.id"
        )

    async def replaces(self, *words: str) -> Kiosk:
        return await self.world.switch_on(ROOT, self.number, PIN, self.room, *words)

    def entries(self) -> list[Entry]:
        return [entry for entry in entries_in(self.world.state) if entry.room == self.room]

    def in_books(self) -> list[tuple[str, bool]]:
        """Cards with this room's newest sequence."""
        rows = self.world.query(
            "SELECT card_uid, active FROM key_cards WHERE room = ? AND card_uid IS NOT NULL"
            " AND sequence = (SELECT max(sequence) FROM key_cards WHERE room = ?)",
            self.room, self.room,
        )  # fmt: skip
        return [(uid.lower(), bool(active)) for uid, active in rows]

    def journal_is_whole(self) -> bool:
        state = self.world.state
        head = HeadFile(state / HEAD, Seal(load_or_create(state, TERMINAL_KEY, 32)))
        lines = [raw for path in files_of(state) for raw in path.read_bytes().split(b"\n")[:-1]]
        whole = check(lines, head=head.read(), here=True).whole
        head.close()
        return whole


@pytest.fixture
async def desk(world: World) -> Desk:
    seal = Seal(load_or_create(world.state, TERMINAL_KEY, 32))
    KeyJournal(world.state, seal, SystemClock()).close()  # from the first start on
    access = Access(world.state / STAFF, SystemClock(), seal, AccessSection(pin_alone=True))
    number = access.add("Kinga", frozenset({Role.RECEPTION})).id
    assert await access.set_pin(number, PIN) is Changed.DONE
    access.close()
    return Desk(world, number)


def in_the_journal(world: World, when: When, cut: object) -> None:
    """The kiosk cuts its own power (`kiosk_process.py`)."""


POINTS = [
    pytest.param(key_written, When.AFTER, id="card written, its answer unread"),
    pytest.param(key_told, When.BEFORE, id="card read back, hotel not told"),
    pytest.param(key_told, When.AFTER, id="hotel told, not in the journal"),
    pytest.param(in_the_journal, When.AFTER, id="in the journal, not in the ledger"),
]


async def power_goes(desk: Desk, at: At, when: When) -> Kiosk:
    first = await desk.replaces(*(("journal",) if at is in_the_journal else ()))
    at(desk.world, when, first.cut_power)
    assert await first.shows("LayKeyCard") == "LayKeyCard", first.said
    await desk.world.pad.do("lay-card")
    await first.goes_dark()
    return first


async def power_comes_back(desk: Desk) -> Kiosk:
    again = await desk.world.switch_on()
    await desk.world.gateway.until(lambda gateway: gateway.count("POST", "/serviceRequests") >= 1)
    return again


@pytest.mark.parametrize(("at", "when"), POINTS)
async def test_a_card_that_still_lies_there_is_known_as_cut(desk: Desk, at: At, when: When) -> None:
    world = desk.world
    await power_goes(desk, at, when)
    card = world.pad.lying
    await power_comes_back(desk)
    (entry,) = desk.entries()
    assert (entry.act, entry.card, entry.by) == (Act.REPLACED, card.uid.hex(), desk.number)
    assert desk.in_books() == [(card.uid.hex(), True)]
    assert world.door_says(card, desk.room) == "opened"
    (told,) = world.interruptions(desk.reservation)
    assert told.startswith("A key at the terminal was interrupted: ")
    assert "was cut" in told
    assert desk.journal_is_whole()


@pytest.mark.parametrize(("at", "when"), POINTS)
async def test_a_card_that_somebody_took_is_known_as_cut_or_as_unsure(desk: Desk, at: At, when: When) -> None:
    world = desk.world
    await power_goes(desk, at, when)
    card = world.pad.lying
    await world.lifts_card()
    await power_comes_back(desk)
    told = at is in_the_journal or (at is key_told and when is When.AFTER)
    uid = card.uid.hex()
    (entry,) = desk.entries()
    key = Door(desk.room, world.pad.door(desk.room)._keys, SystemClock().now).reads(card)
    assert (entry.act, entry.card) == ((Act.REPLACED, uid) if told else (Act.UNSURE, ""))
    assert entry.sequence == key.sequence  # type: ignore[union-attr] - which key it is that may be about
    assert desk.in_books() == ([(uid, True)] if told else [])
    words = "was cut" if told else "may have been cut: please cut a new one"
    assert [words in each for each in world.interruptions(desk.reservation)] == [True]
    assert desk.journal_is_whole()


async def test_a_card_on_which_nothing_was_written_is_known_as_unsure(desk: Desk) -> None:
    await power_goes(desk, key_written, When.BEFORE)
    await power_comes_back(desk)
    (entry,) = desk.entries()
    assert (entry.act, entry.card) == (Act.UNSURE, "")
    assert desk.world.door_says(desk.world.pad.lying, desk.room) != "opened"


async def test_no_pin_and_no_name_is_on_the_disk_when_the_power_is_gone(desk: Desk) -> None:
    await power_goes(desk, key_told, When.BEFORE)
    files = [path for path in desk.world.state.rglob("*") if path.is_file()]
    words = [PIN, "Kinga", desk.name]
    forms = [form for word in words for form in (word.encode(), word.encode().hex().encode())]
    found = [(path.name, form) for path in files for form in forms if form in Path(path).read_bytes()]
    assert not found
