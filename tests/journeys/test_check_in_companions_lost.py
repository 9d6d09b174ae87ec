"""Companions and what goes wrong on the way to the hotel: nobody is added twice, and the desk knows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kiosk.effects.check_in import AddCompanion
from kiosk.effects.doing import recover
from kiosk.hotel.model import Guest, Identification
from kiosk.prompts import Choice, LayKeyCard
from tests.journeys.between import House
from tests.journeys.companions import begins, card_of, passport, rows, shows, wanted, whole
from tests.journeys.conftest import Lobby, OpenHouse, OpenLobby
from tests.kiosk.hotel.bad_gateway import cut, cut_in_body, says

JANE = passport("DOE", "JANE", date(1990, 1, 2), "L2222222A")


async def to_signature(kiosk: Lobby) -> None:
    """A party of three: Jane is there, one comes later."""
    await begins(kiosk, "two-rooms")
    await shows(kiosk, *JANE)
    await whole(kiosk, "Jane")
    await wanted(kiosk)
    kiosk.guest.choose("later")
    card = await card_of(kiosk, "Gábor")
    assert any(row.missing for row in card.rows)


def given_names(hotel: House) -> list[str]:
    return [guest.given_name for guest in hotel.books.reservation(hotel.id_of("two-rooms")).guests]


@pytest.mark.parametrize("fault", [cut, cut_in_body], ids=["cut", "cut-in-the-answer"])
@pytest.mark.parametrize("method_and_end", [("POST", "/profiles"), ("PUT", "/reservations/[0-9]+")], ids=["profile", "booking"])
async def test_a_companion_whose_adding_was_not_heard_is_on_the_booking_once(
    lobby: OpenLobby, house: OpenHouse, fault: Any, method_and_end: tuple[str, str]
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    await to_signature(kiosk)
    hotel.between.lose(*method_and_end, fault)
    await kiosk.goes_on(LayKeyCard)
    assert given_names(hotel) == ["Gábor", "Jane"]
    await kiosk.until(lambda: not kiosk.terminal.outbox.pending(), moving_s=60)
    assert len(hotel.books.archived()) == 2
    await kiosk.until(lambda: any("registered later: 1" in text for text in hotel.books.requests()), moving_s=1)
    assert sum("registered later" in text for text in hotel.books.requests()) == 1


async def test_who_comes_back_after_a_power_cut_is_registered_once(lobby: OpenLobby, house: OpenHouse) -> None:
    """Jane is on the booking, and the head's card is not signed yet: all begins again, and she stays one person."""
    hotel = await house()
    kiosk = await lobby(house=hotel)
    await to_signature(kiosk)
    hotel.between.spoil("PUT", r"/profiles/\d+", says(503, b"{}"))  # the head's own profile
    await kiosk.goes_on(Choice)
    assert given_names(hotel) == ["Gábor", "Jane"]
    kiosk.guest.choose("leave")
    hotel.between.well()
    await begins(kiosk, "two-rooms")
    await shows(kiosk, *JANE)
    assert rows(await card_of(kiosk, "Jane"))["Address"], "what the hotel knows by now is not asked again"
    await whole(kiosk, "Jane")
    await wanted(kiosk)
    kiosk.guest.choose("later")
    await kiosk.goes_on(LayKeyCard)
    assert given_names(hotel) == ["Gábor", "Jane"]


async def test_a_booking_without_room_for_them_is_told_to_the_desk_and_the_guests_go_on(
    lobby: OpenLobby, house: OpenHouse
) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    await begins(kiosk, "ready")  # names Erik; the room is for two
    await shows(kiosk, *JANE)
    await whole(kiosk, "Jane")
    await kiosk.goes_on(LayKeyCard)
    await kiosk.until(lambda: any("the hotel refused" in text for text in hotel.books.requests()), moving_s=1)
    await kiosk.until(lambda: not kiosk.terminal.outbox.pending(), moving_s=60)
    assert len(hotel.books.archived()) == 2


@pytest.mark.parametrize("added", [True, False])
async def test_after_a_power_cut_the_hotel_is_asked_whether_they_are_on_the_booking(lobby: OpenLobby, added: bool) -> None:
    kiosk = await lobby()
    terminal, booking = kiosk.terminal, await kiosk.booking("family")
    jane = Guest("", "Jane", "Doe", born=date(1990, 1, 2), identifications=(Identification("PASSPORT", "L2222222A"),))
    effect = AddCompanion.of(jane, booking.id, terminal.ledger)
    key = terminal.ledger.opaque(effect.KIND, *effect.same())
    arguments = effect.model_dump(mode="json")
    assert "L2222222A" not in str(arguments)
    assert "Doe" not in str(arguments)
    terminal.ledger.intend(key, "a visit before", terminal.ledger.opaque(booking.id), effect.KIND, arguments)
    if added:
        await terminal.hotel.add_companion(booking.id, jane)
    assert await recover(terminal) == 1
    entry = terminal.ledger.entry(key)
    assert entry is not None
    assert entry.state == ("done" if added else "failed")
    ((_, words),) = terminal.ledger.messages()
    assert ("is on the booking" if added else "is not on the booking") in words["text"]
    assert words["reservation_id"] == booking.id
