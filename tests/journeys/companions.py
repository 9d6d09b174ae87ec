"""What guests do who check in with others: shared by the tests of companions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

from hardware.document_reader.contract import Sex
from hardware.document_reader.virtual import SPECIMEN
from hardware.passport import mrz
from kiosk.hotel.builtin.samples import COMPANIONS
from kiosk.hotel.model import Reservation
from kiosk.language import language
from kiosk.prompts import (
    Choice,
    Chosen,
    DateEntry,
    PresentDocument,
    Prompt,
    ReadingChip,
    RegistrationCard,
    Signed,
    TextEntry,
    Welcome,
)
from kiosk.steps.ask_for_document import LOOK_EVERY_S
from tests.journeys.conftest import Lobby
from tests.journeys.scripted_guest import A_SIGNATURE
from tests.kiosk.hotel.books import Books

SAY = language("en").say
TAKE = "Please take your document"
NEXT = "Now the next guest’s document"
TOWN = {"born?": "Wrocław", "postcode": "50-101", "country do": "Poland", "country does": "Poland", "enter": "Budapest"}


def passport(
    family: str, given: str, born: date | None, number: str, expires: date = date(2034, 4, 15)
) -> tuple[str, ...]:
    """The zone of a Utopian passport; without `born` only the year is known (ICAO 9303-3 §4.8)."""
    document = replace(
        SPECIMEN, surname=family, given_names=given, born=born, born_text=f"{born:%y%m%d}" if born else "80<<<<", number=number,
        expires=expires, sex=Sex.FEMALE, personal_number="",
    )  # fmt: skip
    return mrz.build(document, mrz.Form.TD3)


async def begins(kiosk: Lobby, sample: str) -> PresentDocument:
    """The first guest's document is laid down at the welcome screen; now the next one's is wanted."""
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document(sample)
    return await wanted(kiosk)


async def wanted(kiosk: Lobby, notice: str = "") -> PresentDocument:
    """Wait until the next guest's document is asked for, with this notice."""
    while True:
        prompt = await kiosk.guest.sees(Prompt)
        if isinstance(prompt, PresentDocument) and prompt.question.key == NEXT:
            said = SAY(prompt.notice) if prompt.notice else ""
            if said == TAKE and not notice:
                kiosk.guest.passes()
                await kiosk.bench.take_document()
                await kiosk.until(lambda: not kiosk.terminal.document_reader.noticed)
                await kiosk.clock.move(LOOK_EVERY_S)
                continue
            assert notice in said
            assert bool(notice) == bool(said)
            return prompt
        if isinstance(prompt, Choice) and prompt.question.key == "Your party has more than one room":
            kiosk.guest.choose("go-on")
        else:
            kiosk.guest.passes()


async def shows(kiosk: Lobby, *lines_or_name: str, verb: str = "present") -> None:
    """The next guest lays a document down: a sample's name, or its lines."""
    kiosk.guest.passes()
    await kiosk.plays("document_reader", verb, *lines_or_name)


async def card_of(kiosk: Lobby, name: str) -> RegistrationCard:
    """Wait until the registration card of this guest stands there."""
    while True:
        prompt = await kiosk.guest.sees(Prompt)
        if isinstance(prompt, RegistrationCard) and name in SAY(prompt.question):
            await kiosk.bench.take_document()
            return prompt
        assert not isinstance(prompt, Choice), kiosk.guest.story()
        kiosk.guest.passes()


async def whole(kiosk: Lobby, name: str) -> RegistrationCard:
    """… and fill in what is missing on it; returns the card as it is agreed to."""
    card = await card_of(kiosk, name)
    if any(row.missing for row in card.rows):
        kiosk.guest.choose("fill-in")
        card = await filled(kiosk)
    kiosk.guest.answer(A_SIGNATURE if card.signature else Signed((), 1.0))
    return card


async def filled(kiosk: Lobby) -> RegistrationCard:
    while True:
        prompt = await kiosk.guest.sees(Prompt)
        if isinstance(prompt, RegistrationCard):
            return prompt
        if isinstance(prompt, TextEntry):
            words = next((words for about, words in TOWN.items() if about in prompt.question.key), "Wrocław")
            kiosk.guest.type("6720" if prompt.error else words)  # a Hungarian postcode where a Polish one is none
        else:
            await kiosk.acts(prompt)


async def tells_until_born(kiosk: Lobby, given: str, born: date) -> None:
    """At the question for a document: a child, told by who travels with them, as far as its birth date."""
    kiosk.guest.choose("child")
    await kiosk.guest.sees(TextEntry, "family name")
    kiosk.guest.type((await kiosk.guest.sees(TextEntry)).value)
    await kiosk.guest.sees(TextEntry, "given names")
    kiosk.guest.type(given)
    await kiosk.guest.sees(DateEntry, "born")
    kiosk.guest.pick(born)


async def tells_child(kiosk: Lobby, given: str, born: date, sex: str = "F") -> None:
    """… and all that is asked of it."""
    await tells_until_born(kiosk, given, born)
    await kiosk.guest.sees(Choice, "sex")
    kiosk.guest.answer(Chosen(sex))
    prompt = await kiosk.guest.sees(TextEntry, "citizen")
    kiosk.guest.type(prompt.value or "Poland")


def rows(card: RegistrationCard) -> dict[str, str]:
    return {SAY(row.label): SAY(row.value) for row in card.rows}


def options(prompt: PresentDocument) -> list[str]:
    return [option.id for option in prompt.other]


@contextmanager
def books_of(kiosk: Lobby) -> Iterator[Books]:
    """The hotel's own books."""
    settings = kiosk.terminal.settings
    books = Books(settings.kiosk.state / "hotel" / "hotel.sqlite", settings.hotel.time_zone)
    try:
        yield books
    finally:
        books.close()


async def booked(kiosk: Lobby, sample: str) -> Reservation:
    """The booking as it stands in the hotel's own books."""
    id_ = (await kiosk.booking(sample)).id
    with books_of(kiosk) as books:
        return books.reservation(id_)


async def told(kiosk: Lobby, words: str) -> str:
    """Wait until the desk has been told something with these words."""
    found: list[str] = []
    with books_of(kiosk) as books:
        await kiosk.until(lambda: found.extend(text for text in books.requests() if words in text) or found)
    return found[0]


async def archived(kiosk: Lobby, cards: int) -> list[bytes]:
    """Wait until all cards are in the archive: so many."""
    await kiosk.until(lambda: not kiosk.terminal.outbox.pending(), moving_s=60)
    with books_of(kiosk) as books:
        found = books.archived()
    assert len(found) == cards
    return found


def was_read(kiosk: Lobby) -> int:
    """How many times a chip was wanted."""
    return sum(isinstance(scene.prompt, ReadingChip) and scene.prompt.fraction is None for scene in kiosk.guest.scenes)


ERIK = COMPANIONS["ready-companion"]
PAWEL = COMPANIONS["family-partner"]
HANIA = COMPANIONS["family-child"]
