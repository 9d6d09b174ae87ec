"""Everyone on the booking, as the law of other countries asks: names on the head's card, family counted, nobody at all."""

from __future__ import annotations

from datetime import date

from kiosk.prompts import (
    Choice,
    DateEntry,
    LayKeyCard,
    PresentDocument,
    TextEntry,
    Welcome,
)
from tests.journeys.companions import (
    archived,
    begins,
    booked,
    card_of,
    options,
    passport,
    rows,
    shows,
    wanted,
    was_read,
    whole,
)
from tests.journeys.conftest import OpenLobby


async def test_in_austria_names_and_birth_dates_stand_on_the_heads_card(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="AT")
    prompt = await begins(kiosk, "two-rooms")
    assert options(prompt) == ["tell", "later", "person"]
    chips = was_read(kiosk)
    await shows(kiosk, *passport("FEKETE", "ILONA", date(1980, 3, 4), "L6666666A"))
    await wanted(kiosk)
    assert was_read(kiosk) == chips, "name and birth date are enough: the chip is not read"
    kiosk.guest.choose("tell")
    await kiosk.guest.sees(TextEntry, "family name")
    kiosk.guest.type("Fekete")
    await kiosk.guest.sees(TextEntry, "given names")
    kiosk.guest.type("Zsuzsa")
    await kiosk.guest.sees(DateEntry, "born")
    kiosk.guest.pick(date(2015, 6, 7))
    card = await whole(kiosk, "Gábor")
    assert rows(card)["Travelling with you"] == "Fekete Ilona, 4 March 1980\nFekete Zsuzsa, 7 June 2015"
    await kiosk.goes_on(LayKeyCard)
    guests = (await booked(kiosk, "two-rooms")).guests
    assert [(guest.given_name, guest.born) for guest in guests[1:]] == [
        ("Ilona", date(1980, 3, 4)), ("Zsuzsa", date(2015, 6, 7))
    ]  # fmt: skip
    assert not guests[1].identifications
    await archived(kiosk, cards=1)


async def test_in_austria_a_document_without_a_birth_date_asks_for_it(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="AT")
    await begins(kiosk, "two-rooms")
    await shows(kiosk, *passport("FEKETE", "ILONA", None, "L6666666A"))
    await card_of(kiosk, "Ilona")
    kiosk.guest.choose("fill-in")
    await kiosk.guest.sees(DateEntry, "When was Ilona born?")
    kiosk.guest.pick(date(1980, 3, 4))
    await whole(kiosk, "Ilona")
    await wanted(kiosk)


async def test_in_austria_who_is_known_is_not_asked_again(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="AT")
    card = await kiosk.to_registration("ready")
    assert rows(card)["Travelling with you"] == "Eriksson Erik, 20 February 1972"
    assert not [scene for scene in kiosk.guest.scenes if isinstance(scene.prompt, PresentDocument)]


async def test_in_germany_family_is_counted_and_anybody_else_has_a_sheet(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="DE")
    await kiosk.guest.sees(Welcome)
    await kiosk.shows_document("family")
    await kiosk.guest.sees(Choice, "Who is the next guest?")
    kiosk.guest.choose("family")
    prompt = await kiosk.guest.sees(TextEntry, "citizen")
    assert prompt.value == "Poland"
    kiosk.guest.type(prompt.value)
    await kiosk.guest.sees(Choice, "Who is the next guest?")
    kiosk.guest.choose("other")
    assert options(await wanted(kiosk)) == ["later", "person"]
    await shows(kiosk, *passport("DOE", "JANE", date(1990, 1, 2), "L2222222A"))
    await whole(kiosk, "Jane")
    card = await whole(kiosk, "Joanna")
    assert rows(card)["Travelling with you"] == "1 (PL)"
    await kiosk.goes_on(Choice)
    await kiosk.guest.sees(Choice, "Only your signature on paper is missing")
    assert [guest.given_name for guest in (await booked(kiosk, "family")).guests] == ["Joanna", "Paweł", "Jane"]
    await archived(kiosk, cards=2)


async def test_where_no_law_is_known_nobody_is_asked(lobby: OpenLobby) -> None:
    kiosk = await lobby(hotel__country="US")
    await kiosk.to_keys("family")
    assert not [scene for scene in kiosk.guest.scenes if isinstance(scene.prompt, PresentDocument)]
