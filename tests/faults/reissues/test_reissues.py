"""Reissues in a row with random faults: after each of them journal, hotel and doors agree on every key.

The same with a thousand: `python -m tests.benchmarks reissues`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from kiosk.key_journal import Act
from kiosk.key_work import KeyAct, KeyWork
from kiosk.steps.carry_out import at_the_hotel
from tests.faults.reissues.accounts import Accounts
from tests.faults.reissues.acts import Acts
from tests.faults.reissues.night import open_night

A_FEW = 30


@pytest.mark.parametrize("seed", [5, 17])
async def test_journal_hotel_and_doors_agree_whatever_happens(tmp_path: Path, seed: int) -> None:
    async with open_night(tmp_path / f"seed-{seed}", seed) as night:
        acts, accounts = Acts(night), Accounts(night)
        for _ in range(A_FEW):
            done = await acts.one()
            cards = list(night.tray.cards.values())
            tried = night.rng.sample(cards, min(2, len(cards)))
            found = [*await accounts.differences(), *(each for card in tried for each in accounts.at_the_door(card))]
            assert not found, (done, found, acts.told)
        assert [each for card in night.tray.cards.values() for each in accounts.at_the_door(card)] == []
        cut = [card for card in night.tray.cards.values() if accounts.on_card(card)]
        assert len(cut) > A_FEW / 3, "hardly anything was cut"
        assert len(Counter(done.fault for done in acts.told)) > A_FEW / 5, "hardly anything went wrong"


async def test_who_moves_there_and_back_and_there_again_stands_in_the_journal_three_times(tmp_path: Path) -> None:
    async with open_night(tmp_path / "moves", 1) as night:
        booking = await night.booking(night.bookings[0])
        there, *_ = await night.terminal.hotel.free_rooms(booking, since=night.terminal.today())
        back = booking.room
        assert back is not None
        for room in (there, back, there):
            night.house.books.cleaned(room.number)
            visit = night.visit(night.hand())
            work = KeyWork(await night.booking(booking.id), act=KeyAct.MOVE, room=room)
            assert (await at_the_hotel(visit, work)).act is KeyAct.MOVE
            visit.end()
        moved = [entry.room for entry in night.terminal.journal.entries() if entry.act == Act.MOVED]
        assert moved == [there.number, back.number, there.number]
