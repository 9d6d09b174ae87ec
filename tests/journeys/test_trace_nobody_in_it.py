"""Nobody of a whole house stands in what is written of its hotel's answers."""

from __future__ import annotations

import re
from typing import Any

from kiosk.hotel.builtin.samples import SAMPLES
from kiosk.hotel.model import Reservation
from kiosk.hotel.opera_http import Exchange
from kiosk.names import is_no_name
from kiosk.trace import bodies
from kiosk.trace.pseudonyms import Pseudonyms
from tests.journeys.conftest import OpenHouse, OpenLobby


async def test_nobody_of_the_whole_house_is_in_what_is_written_of_its_answers(lobby: OpenLobby, house: OpenHouse) -> None:
    hotel = await house()
    kiosk = await lobby(house=hotel)
    exchanges: list[Exchange] = []
    kiosk.terminal.hotel.listen(lambda exchange, size: exchanges.append(exchange))  # type: ignore[attr-defined]
    asked = hotel.books.reservations()[::8] + [hotel.books.reservation(hotel.id_of(sample)) for sample in SAMPLES]
    await kiosk.terminal.hotel.in_house()
    for booking in asked:
        await kiosk.terminal.hotel.reservation(booking.id)
        await kiosk.terminal.hotel.guest(booking.guest.profile_id)
        await kiosk.terminal.hotel.folio(booking.id)
        await kiosk.terminal.hotel.keys(booking.id)
    by = Pseudonyms(kiosk.terminal.today(), kiosk.terminal.settings.slip)
    for exchange in exchanges:
        bodies.learn(exchange.read(), by)
    own = names_of(hotel.books.reservations())
    pairs = [pair for exchange in exchanges for pair in changed(exchange.read(), bodies.replaced(exchange.read(), by))]
    assert len(pairs) > 5000
    kept = {(key, old) for key, old, new in pairs if words_of(old) & words_of(new)}
    assert {old for _, old in kept if words_of(old) & own} == set()
    assert {key for key, _ in kept} <= bodies.HOUSES | {"birthDate", "expirationDate"}, kept  # of these a year may be alike
    assert all(old != new for key, old, new in pairs if key in ("birthDate", "expirationDate"))


WORD = re.compile(r"[^\W_]+")


def words_of(text: str) -> set[str]:
    """Without what is nobody's: a particle, a letter, a digit or two."""
    return {word.casefold() for word in WORD.findall(text) if len(word) > 2 and not is_no_name(word)}


def names_of(bookings: list[Reservation]) -> set[str]:
    guests = [guest for booking in bookings for guest in booking.guests]
    told = [(guest.given_name, guest.family_name, guest.middle_name, *guest.name_other) for guest in guests]
    return {word for names in told for name in names for word in words_of(name)}


def changed(old: Any, new: Any, key: str = "") -> list[tuple[str, str, str]]:
    """Key, and what stood and stands there, of every string."""
    if isinstance(old, dict):
        return [each for name in old for each in changed(old[name], new[name], name)]
    if isinstance(old, list):
        return [each for a, b in zip(old, new, strict=True) for each in changed(a, b, key)]
    return [(key, old, new)] if isinstance(old, str) else []
