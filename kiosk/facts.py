"""Facts: what a check-in knows so far. Frozen: a step returns new facts, Back takes the old ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TypeVar

from hardware.document_reader.contract import TravelDocument
from kiosk.hotel.booking_code import SignedBooking
from kiosk.hotel.model import Guest, Reservation, Room
from kiosk.registration.card import RegistrationForm

Thing = TypeVar("Thing")


def sure(thing: Thing | None) -> Thing:
    """What a step before this one has found; a journey whose order forgot that is our own mistake."""
    if thing is None:
        raise LookupError("a step ran before the one that finds what it needs")
    return thing


@dataclass(frozen=True, repr=False)
class Search:
    """A look-up under way: begun when the words were complete, heard only after a document fits.

    The next screen never waits for it, so that neither its words nor its time tell what was found.
    """

    found: asyncio.Task[tuple[Reservation, ...]]


@dataclass(frozen=True, repr=False)
class Facts:
    """One guest's check-in, from nothing to key and slip."""

    search: Search | None = None
    signed: SignedBooking | None = None
    document: TravelDocument | None = None
    reservation: Reservation | None = None
    guest: Guest | None = None  # of the reservation: whose document it is
    form: RegistrationForm | None = None
    room: Room | None = None
    sharer_in_house: bool = False
    key_uids: tuple[str, ...] = ()
    printed: bool = False
