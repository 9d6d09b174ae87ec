"""The demonstration's own states: they make the sample guests' documents, and the demonstration trusts them.

Their keys live as long as the process. A master list left in a state directory is therefore worth nothing to
anybody after it; the next start leaves a new one.
"""

from __future__ import annotations

import logging
from datetime import date
from functools import lru_cache
from pathlib import Path

from hardware.card_reader.virtual_cards import VirtualCard
from hardware.document_reader.virtual_card import PassportCard
from hardware.document_reader.virtual_family import SAMPLES as KINDS
from hardware.document_reader.virtual_family import Family
from hardware.document_reader.virtual_full_page import GOOD
from hardware.passport.trust_store import Refused, TrustStore
from kiosk.hotel.builtin.samples import DEFAULT, SAMPLES

log = logging.getLogger(__name__)


class DemoStates:
    """Makes documents as of a day. One for all kiosks of a process: keys take time."""

    def __init__(self, today: date, also: frozenset[str] = frozenset()) -> None:
        """`also`: more states that are trusted, as zones name them."""
        self.today = today
        self._family = Family(today)
        issuers = sorted({sample.document.issuer for sample in SAMPLES.values()} | also)
        states = dict.fromkeys(self._family.state(issuer) for issuer in issuers)
        self._list = self._family.list_of([state for state in states if state is not self._family.utopia])
        self.card(GOOD, SAMPLES[DEFAULT].document.mrz)

    def card(self, kind: str, lines: tuple[str, ...]) -> VirtualCard | None:
        if kind not in KINDS:
            raise ValueError(f"no kind {kind!r}; there are: {', '.join(KINDS)}")
        try:
            return PassportCard(self._family.for_zone(kind, lines, self.today))
        except ValueError:
            return None

    def leave_trust(self, folder: Path) -> None:
        """Import the states' master list, as an operator would."""
        for result in TrustStore(folder).take(self._list):
            if isinstance(result, Refused):
                log.warning("the demonstration's master list was not taken: %s %s", result.why, result.detail)


@lru_cache(maxsize=2)
def demo_states(today: date, also: frozenset[str] = frozenset()) -> DemoStates:
    return DemoStates(today, also)
