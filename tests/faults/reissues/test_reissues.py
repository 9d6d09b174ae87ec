"""Reissues in a row with random faults: after each of them journal, hotel and doors agree on every key.

The same with a thousand: `python -m tests.benchmarks reissues`.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

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
