"""Effect: one act on the far side of a wire that can't be undone by pressing Back.

Each says how it is done, and how to find out whether it was done. `doing.py` does them and knows no kind by
itself: what is special about one – a card that may have been written though its encoder failed – stands in it.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import BaseModel, ConfigDict

from hardware.errors import DeviceError
from kiosk.hotel.backend import HotelError

if TYPE_CHECKING:
    from kiosk.key_journal import KeyJournal
    from kiosk.ledger import Ledger
    from kiosk.terminal import Terminal

Result = dict[str, Any]


class UnsureError(Exception):
    """Nobody can tell whether it was done: a person is told."""


class NotDone(Exception):
    """It was surely or perhaps not done, and a person can try the same again."""


def ended(error: BaseException | None) -> str:
    """How a try ended, in one code: done, or what kept it from that."""
    if error is None:
        return "done"
    if isinstance(error, DeviceError):
        return error.fault.value
    if isinstance(error, HotelError):
        return f"hotel: {error.trouble}"
    return "not done" if isinstance(error, NotDone) else "left off"


class Effect(BaseModel, ABC):
    """One act on the far side of a wire."""

    model_config = ConfigDict(frozen=True)
    KIND: ClassVar[str]
    ASKS_FIRST: ClassVar[bool] = True
    """Whether the far side is asked before it is done again; else a person stands there and sees to it."""

    def key(self, ledger: Ledger) -> str:
        """Under which the ledger knows it."""
        return ledger.opaque(self.KIND, *self.same())

    def about(self) -> str:
        """The reservation (else the visit) this is about."""
        return str(getattr(self, "reservation_id", "") or getattr(self, "visit", ""))

    @property
    def about_a_key_alone(self) -> bool:
        """Whether it is no part of a check-in: staff have begun it, or a guest whose key was lost."""
        return str(getattr(self, "by", "")).isdecimal()

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

    # what `doing.py` asks where something went wrong

    @property
    def under_way(self) -> bool:
        """Whether it is too late to leave off; False while it waits for a person."""
        return True

    def may_be_done(self, error: Exception) -> bool:
        """Whether it may have been done though `error` was raised, which the far side can't be asked about now."""
        return False

    def stays_open(self, *, open_before: bool) -> bool:
        """Whether a try that was not done leaves it open, since an earlier one may have been."""
        return False

    def doubt(self, *, lost_sight: bool) -> bool:
        """The try that has just ended may have been done. Whether there is something to write down at once."""
        return False

    def tried_before(self, arguments: Result) -> None:
        """An earlier order for the same act is open, and the ledger has this of it."""

    async def follow(self, terminal: Terminal, result: Result, *, by_visit: str) -> None:
        """What follows from being done, where nobody knows whether it has followed. Asked for twice, it is the same."""

    def after(self, terminal: Terminal, result: Result) -> None:
        """It is done and settled: what a person must be told beside."""


class Owed(Effect):
    """What the far side must still be told: asked for again until it has it. Told twice it stands there once, so that
    finding out is doing."""

    async def find(self, terminal: Terminal) -> Result | None:
        return await self.do(terminal)

    def tale(self, done: bool | None) -> str:
        return "" if done else self.untold()

    @abstractmethod
    def untold(self) -> str:
        """For the desk: the far side does not take it."""


def beside(key: str, word: str) -> str:
    """A name of its own in the journal for what stands there beside the effect `key`."""
    return hashlib.sha256(f"{word}{key}".encode()).hexdigest()[: len(key)]
