"""Effect: one act on the far side of a wire that can't be undone by pressing Back.

Each says how it is done, and how to find out whether it was done. `effects.py` has the kinds and does them;
those that are about keys stand in `key_effects.py` and
`erase_effect.py`, those about a stay in `stay_effects.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from kiosk.key_journal import KeyJournal
    from kiosk.terminal import Terminal

Result = dict[str, Any]


class UnsureError(Exception):
    """Nobody can tell whether it was done: a person is told."""


class Effect(BaseModel, ABC):
    """One act on the far side of a wire."""

    model_config = ConfigDict(frozen=True)
    KIND: ClassVar[str]

    def about(self) -> str:
        """The reservation (else the visit) this is about."""
        return str(getattr(self, "reservation_id", "") or getattr(self, "visit", ""))

    def arguments(self) -> Result:
        """What the ledger keeps of it, so that `recover` can find it out."""
        return self.model_dump(mode="json")

    @abstractmethod
    def same(self) -> tuple[str, ...]:
        """The words that make two of these the same act."""

    @abstractmethod
    async def do(self, terminal: Terminal) -> Result: ...

    @abstractmethod
    async def find(self, terminal: Terminal) -> Result | None:
        """The result if it was done, None if it surely was not; UnsureError where nobody knows."""

    @abstractmethod
    def tale(self, done: bool | None) -> str:
        """For the desk, in English: what became of it; None is 'not known'."""

    def note(self, journal: KeyJournal, done: bool | None, result: Result | None, key: str) -> None:
        """Write into the journal of keys what became of it, where it is about keys. `key` is the ledger's."""
