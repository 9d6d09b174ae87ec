"""1,000 reissues in a row with random faults: after each, journal, hotel and doors are held against each other.

A count, not a time: how many reissues after which they did not agree.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import structlog

from tests.benchmarks.measured import Measured, load_now
from tests.faults.reissues.accounts import Accounts
from tests.faults.reissues.acts import Acts
from tests.faults.reissues.night import open_night

REISSUES = int(os.environ.get("REISSUES", "1000"))
SEED = int(os.environ.get("REISSUES_SEED", "1"))
SHOWN = 10


async def _night() -> Measured:
    began, differ = time.monotonic(), []
    with tempfile.TemporaryDirectory() as directory:
        async with open_night(Path(directory) / "night", SEED) as night:
            acts, accounts = Acts(night), Accounts(night)
            for _ in range(REISSUES):
                done = await acts.one()
                found = await accounts.differences()
                cards = [*night.tray.cards.values()]
                for card in night.rng.sample(cards, min(2, len(cards))):
                    found += accounts.at_the_door(card)
                if found:
                    differ.append({"act": repr(done), "found": found})
            doors = [each for card in night.tray.cards.values() for each in accounts.at_the_door(card)]
            entries = list(night.terminal.journal.entries())
            details = {
                "seed": SEED,
                "seconds": round(time.monotonic() - began, 1),
                "acts": dict(Counter(done.act.value for done in acts.told)),
                "faults": dict(Counter(done.fault for done in acts.told)),
                "in the journal": dict(Counter(str(entry.act) for entry in entries)),
                "cards": len(night.tray.cards),
                "cards that carry a key at the end": sum(
                    accounts.on_card(card) is not None for card in night.tray.cards.values()
                ),
                "all cards tried at the end, differences": doors,
                "differences": differ[:SHOWN],
                "load": load_now(),
            }
    what = f"of {REISSUES} reissues with random faults, after which journal, hotel and doors differ"
    return Measured("reissues", what, float(len(differ) + len(doors)), 0.0, "", details)


def measure() -> list[Measured]:
    structlog.configure(processors=[], logger_factory=structlog.ReturnLoggerFactory())
    return [asyncio.run(_night())]
