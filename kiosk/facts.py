"""Facts: what a check-in knows so far. Frozen: a step returns new facts, Back takes the old ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from hardware.document_reader.contract import TravelDocument, Unreadable
from kiosk.hotel.backend import HotelError
from kiosk.hotel.booking_code import SignedBooking
from kiosk.hotel.model import Guest, Reservation, Room
from kiosk.identity import Proven
from kiosk.party import Party
from kiosk.portrait import Portrait
from kiosk.registration.card import RegistrationForm

Thing = TypeVar("Thing")


def sure(thing: Thing | None) -> Thing:
    """What a step before this one has found; a journey whose order forgot that is our own mistake."""
    if thing is None:
        raise LookupError("a step ran before the one that finds what it needs")
    return thing


Found = tuple[Reservation, ...]


class Search:
    """A look-up under way: begun when the words were complete, heard only after a document was read.

    The next screen never waits for it, so that neither its words nor its time tell what was found.
    """

    def __init__(self, look: Callable[[], Coroutine[Any, Any, Found]]) -> None:
        self._look = look
        self._task = self._begin()

    async def found(self) -> Found:
        """What was found; looks again where the hotel did not answer before. HotelError."""
        if self._task.done() and (self._task.cancelled() or self._task.exception()):
            self._task = self._begin()
        return await asyncio.shield(self._task)

    def _begin(self) -> asyncio.Task[Found]:
        task = asyncio.ensure_future(self._look())
        task.add_done_callback(_heard)
        return task


def _heard(task: asyncio.Task[Found]) -> None:
    """Take note of the hotel's error, so that a search nobody asks for any more does not complain at exit."""
    error = None if task.cancelled() else task.exception()
    if error is not None and not isinstance(error, HotelError):
        raise error


@dataclass(frozen=True, repr=False)
class Entered:
    """What was typed to find the booking: it stands there again when somebody comes back to it."""

    way: str  # 'number' or 'name'
    words: str
    day: date | None = None


@dataclass(frozen=True, repr=False)
class Facts:
    """One guest's check-in, from nothing to key and slip."""

    not_read: Unreadable | None = None  # what was laid down at the welcome screen
    by_words: bool = False  # a document by itself has found nothing: the guest says how to search
    entered: Entered | None = None
    search: Search | None = None
    signed: SignedBooking | None = None
    document: TravelDocument | None = None
    proven: Proven | None = None  # of the document, where the reader reads chips
    portrait: Portrait | None = None  # of the chip, where staff may see it: in memory, gone with the visit
    fitting: Found = ()  # all bookings that it fits, whole
    reservation: Reservation | None = None
    guest: Guest | None = None  # of the reservation: whose document it is
    party: Party | None = None  # those who come along, where the law asks for them
    form: RegistrationForm | None = None
    pays_later: bool = False  # a colleague let them: the hotel is told so
    room: Room | None = None
    sharer_in_house: bool = False
    has_key: bool = False  # from before this visit
    key_uids: tuple[str, ...] = ()  # of the cards that were cut in it
    printed: bool = False
    mailed: bool = False

    @property
    def has_card_to_see(self) -> bool:
        """Whether somebody who comes along has a card that is still to be looked at."""
        return self.party is not None and self.party.now is not None
