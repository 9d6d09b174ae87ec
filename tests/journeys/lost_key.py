"""A guest who has lost the key, as a test plays them; and what the hotel and the desk know of it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy.orm import Session

from kiosk.hotel.builtin.database import Database
from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.builtin.tables import ServiceRequest
from kiosk.hotel.model import FolioLine, Identification, Reservation
from kiosk.key_journal import Why
from kiosk.prompts import Choice, PresentDocument, Prompt, Welcome
from tests.journeys.between import House
from tests.journeys.conftest import Lobby
from tests.journeys.scripted_guest import WITHIN_S
from tests.journeys.staff import lays_blank

GUEST = "in-house"
"""The sample who is in house since yesterday, alone, and signed in with the identity card of the bench."""
QUESTION = "Shall we make you a new key?"
READY = "ready"


async def room_of(kiosk: Lobby, sample: str = GUEST) -> str:
    room = (await kiosk.booking(sample)).room
    assert room is not None
    return room.number


async def checked_in_at_the_desk(kiosk: Lobby, sample: str) -> Reservation:
    """By a person, who has put the guest's document into the profile."""
    booking, document, hotel = await kiosk.booking(sample), SAMPLES[sample].document, kiosk.terminal.hotel
    shown = Identification("ID", document.number)
    await hotel.save_guest(replace(booking.guest, identifications=(shown,)), booking.id)
    await hotel.check_in(booking.id)
    return await kiosk.booking(sample)


async def says_lost(kiosk: Lobby, document: str = GUEST) -> None:
    """From the welcome screen to what is said of this document."""
    await kiosk.guest.sees(Welcome)
    kiosk.guest.choose("lost-key")
    await kiosk.guest.sees(PresentDocument)
    await kiosk.shows_document(document)


async def agrees(kiosk: Lobby, keys: int = 0) -> Choice:
    """… to a new key, or to so many where that is asked; what was asked."""
    asked = await kiosk.guest.sees(Choice, QUESTION)
    await kiosk.bench.take_document()
    kiosk.guest.choose("yes")
    if keys:
        await kiosk.guest.sees(Choice, "How many keys")
        kiosk.guest.choose(str(keys))
    return asked


async def takes_it(kiosk: Lobby) -> None:
    await kiosk.guest.sees(Choice, READY)
    await kiosk.plays("key_encoder", "lift")
    await leaves(kiosk)


async def has_a_new_key(kiosk: Lobby, document: str = GUEST, keys: int = 0) -> str:
    """The whole way; the new card's UID. It is in the guest's hand, and the welcome screen stands there."""
    await says_lost(kiosk, document)
    await agrees(kiosk, keys)
    new = await lays_blank(kiosk)
    await takes_it(kiosk)
    return new


async def leaves(kiosk: Lobby) -> None:
    """The screens that are left are agreed to, until the welcome screen stands there."""
    while not isinstance(await kiosk.guest.sees(Prompt), Welcome):
        if isinstance(kiosk.guest.scene.prompt, Choice):
            kiosk.guest.choose("done")
        else:
            kiosk.guest.passes()


async def fees(kiosk: Lobby, sample: str = GUEST) -> list[FolioLine]:
    """What a kiosk has put on the bill."""
    folio = await kiosk.terminal.hotel.folio((await kiosk.booking(sample)).id)
    return [line for line in folio.lines if line.reference]


async def errands(kiosk: Lobby, until: Callable[[], Awaitable[bool]]) -> None:
    """Time passes and errands run, until it is so."""
    async with asyncio.timeout(WITHIN_S):
        while not await until():
            await kiosk.clock.move(2)
            await kiosk.terminal.run_errands_once()


def told(house: House, words: str) -> Callable[[], Awaitable[bool]]:
    """That the desk of a house by itself has been told: for `errands`."""

    async def so() -> bool:
        return any(words in each for each in house.books.requests())

    return so


async def is_charged(kiosk: Lobby, sample: str = GUEST) -> FolioLine:
    """Once, as soon as the guest has gone; and once it stays."""

    async def so() -> bool:
        return bool(await fees(kiosk, sample))

    await errands(kiosk, so)
    await kiosk.clock.move(60)
    await kiosk.terminal.run_errands_once()
    (line,) = await fees(kiosk, sample)
    return line


async def desk_hears(kiosk: Lobby, words: str) -> None:
    """The service request is in the hotel's books."""

    async def so() -> bool:
        return any(words in each for each in requests(kiosk))

    await errands(kiosk, so)


def requests(kiosk: Lobby) -> list[str]:
    with books(kiosk) as session:
        return [each.comment for each in session.query(ServiceRequest)]


@contextmanager
def books(kiosk: Lobby) -> Iterator[Session]:
    """The hotel's own, to look into or to be changed as somebody at the desk would."""
    opened = Database(f"sqlite:///{kiosk.terminal.settings.kiosk.state / 'hotel' / 'hotel.sqlite'}")
    with opened.writing() as session:
        yield session
    opened.close()


def lost(kiosk: Lobby, room: str) -> list[tuple[str, str, str]]:
    """What the journal says of lost keys of this room: act, by whom, card."""
    entries = kiosk.terminal.journal.entries(room=room)
    return [(entry.act, entry.by, entry.card) for entry in entries if entry.why == Why.LOST_KEY]
