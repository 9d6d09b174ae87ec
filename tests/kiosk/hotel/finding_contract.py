"""What any hotel behind the kiosk must do when somebody is looked up, and signs in. Part of `backend_contract`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kiosk.hotel.backend import Hotel, HotelError, Trouble
from kiosk.hotel.model import Address, Guest, Identification, Stay
from tests.kiosk.hotel.books import Books

WORDS_THAT_FIND_NOTHING = [
    "",
    " ",
    "   \t",
    "%",
    "*",
    "_",
    "?",
    "N%",
    "Nagy*",
    "Na_y",
    "Nag?",
    "%agy",
    "N",
    "é",
    "Nagy\x00",
    "Nagy\n",
    "Na\u200bgy",
    "Na\u202egy",
    "Nagy1",
    "12345",
    "Nagy; DROP TABLE reservations",
    "' OR '1'='1",
    "<b>Nagy</b>",
    "Nagy&surname=Kiss",
    "N" * 81,
    "Nagy" * 100,
    "😀😀",
]
NUMBERS_THAT_FIND_NOTHING = [
    "",
    " ",
    "%",
    "*",
    "1",
    "A",
    "1%",
    "1*",
    "12_4",
    "12?4",
    "no such number",
    "nosuchnumber",
    "0000000000",
    "\x00\x01",
    "1\n2",
    "１２３４５６",  # noqa: RUF001
    "' OR '1'='1",
    "https://hotel.example/booking/1",
    "A" * 41,
    "9" * 4096,
]


async def trouble(asked: Any) -> Trouble:
    """The trouble that a call ends in."""
    with pytest.raises(HotelError) as caught:
        await asked
    return caught.value.trouble


class FindContract:
    """Looking up."""

    async def test_it_answers(self, hotel: Hotel) -> None:
        await hotel.ping()

    async def test_a_confirmation_number_finds_its_booking(self, hotel: Hotel, books: Books) -> None:
        for expected in books.reservations()[::40]:
            (found,) = await hotel.find_by_confirmation(expected.confirmation)
            assert found.id == expected.id

    async def test_every_stay_is_found_by_name(self, hotel: Hotel, books: Books) -> None:
        seen = set()
        for expected in books.reservations():
            if expected.stay not in seen:
                seen.add(expected.stay)
                found = await hotel.find_by_name(expected.guest.family_name)
                assert expected.id in {each.id for each in found}
        assert seen == set(Stay)

    async def test_a_name_finds_all_of_that_name_and_no_others(self, hotel: Hotel, books: Books) -> None:
        names = Counter(each.guest.family_name for each in books.reservations())
        name, count = names.most_common(1)[0]
        found = await hotel.find_by_name(name)
        assert count > 1
        assert len(found) >= count
        assert {each.guest.family_name for each in found} == {name}

    async def test_case_and_accents_do_not_matter(self, hotel: Hotel, books: Books) -> None:
        accents = str.maketrans("áéíóöőúüű", "aeiooouuu")
        for expected in books.reservations():
            name = expected.guest.family_name
            if name.lower() != name.lower().translate(accents):
                break
        for typed in (name.upper(), name.lower(), name.lower().translate(accents), f"  {name} "):
            found = await hotel.find_by_name(typed)
            assert expected.id in {each.id for each in found}

    async def test_a_name_in_its_own_script_is_found(self, hotel: Hotel, books: Books) -> None:
        expected = next(each for each in books.reservations() if each.guest.name_other[1])
        found = await hotel.find_by_name(expected.guest.name_other[1])
        assert expected.id in {each.id for each in found}
        assert found[0].guest.name_other == expected.guest.name_other

    async def test_the_beginning_of_a_name_finds_nobody_else(self, hotel: Hotel, books: Books) -> None:
        names = {each.guest.family_name for each in books.reservations()}
        begun = next(name[:4] for name in sorted(names) if len(name) > 6 and name[:4] not in names)
        assert {each.guest.family_name for each in await hotel.find_by_name(begun)} <= {begun}

    async def test_a_given_name_finds_who_arrives_on_that_day_and_nobody_else(self, hotel: Hotel, books: Books) -> None:
        expected = books.reservations()[0]
        given, arrival = expected.guest.given_name, expected.arrival
        found = await hotel.find_by_given_name(given.upper(), arrival=arrival)
        assert expected.id in {each.id for each in found}
        assert {(each.guest.given_name.lower(), each.arrival) for each in found} == {(given.lower(), arrival)}
        assert await hotel.find_by_given_name(given, arrival=date(1999, 1, 1)) == ()
        for words in ("", "%", given[:1], f"{given[:2]}%", f"{given[:2]}*"):
            assert await hotel.find_by_given_name(words, arrival=arrival) == ()

    async def test_arrival_and_departure_narrow(self, hotel: Hotel, books: Books) -> None:
        expected = next(each for each in books.reservations() if each.arrival == books.today)
        name = expected.guest.family_name
        same = await hotel.find_by_name(name, arrival=expected.arrival, departure=expected.departure)
        assert expected.id in {each.id for each in same}
        assert {(each.arrival, each.departure) for each in same} == {(expected.arrival, expected.departure)}
        by_departure = await hotel.find_by_name(name, departure=expected.departure)
        assert {each.departure for each in by_departure} == {expected.departure}
        assert await hotel.find_by_name(name, arrival=date(1999, 1, 1)) == ()

    async def test_who_is_still_to_arrive_is_counted(self, hotel: Hotel, books: Books) -> None:
        expected = Counter(each.arrival for each in books.reservations() if each.stay is Stay.RESERVED)
        days = [books.today + timedelta(days=days) for days in (-1, 0, 1, 2)]
        assert expected[days[1]] > 1
        assert expected[days[2]] > 0
        assert [await hotel.arrivals(day) for day in days] == [expected[day] for day in days]
        assert await hotel.arrivals(date(1999, 1, 1)) == 0

    @pytest.mark.parametrize("words", WORDS_THAT_FIND_NOTHING)
    async def test_odd_words_find_nothing(self, words: str, hotel: Hotel) -> None:
        assert await hotel.find_by_name(words) == ()

    @pytest.mark.parametrize("number", NUMBERS_THAT_FIND_NOTHING)
    async def test_odd_numbers_find_nothing(self, number: str, hotel: Hotel) -> None:
        assert await hotel.find_by_confirmation(number) == ()

    async def test_what_a_search_tells_is_true(self, hotel: Hotel, books: Books) -> None:
        for expected in books.reservations()[::25]:
            (found,) = await hotel.find_by_confirmation(expected.confirmation)
            told = replace(
                expected,
                guests=tuple(_as_listed(guest) for guest in expected.guests[:1]),
                room=replace(expected.room, occupied=False) if expected.room else None,
                room_type_name="",
                wants=frozenset(),
                alerts=(),
                linked=(),
            )
            assert replace(found, guests=found.guests[:1]) == told


def _as_listed(guest: Guest) -> Guest:
    """A search tells who it is, and no document, address or birth date."""
    return Guest(
        guest.profile_id,
        guest.given_name,
        guest.family_name,
        guest.middle_name,
        guest.name_other,
        guest.language,
        guest.nationality,
    )


class ReservationContract:
    """Reading one booking, and writing what the guest said."""

    async def test_every_booking_is_told_whole(self, hotel: Hotel, books: Books) -> None:
        everything = books.reservations()
        kinds = {
            "shared": next(each for each in everything if each.shares_with),
            "linked": next(each for each in everything if each.linked),
            "alerted": next(each for each in everything if each.alerts),
            "wanting": next(each for each in everything if each.wants),
            "several rooms": next(each for each in everything if each.rooms > 1),
            "owing": next(each for each in everything if each.balance and each.balance.amount > 0),
            "kept room": next(each for each in everything if each.do_not_move),
            "with companions": next(each for each in everything if len(each.guests) > 1),
            "long name": max(everything, key=lambda each: len(each.guest.family_name + each.guest.given_name)),
            "other script": next(each for each in everything if each.guest.name_other[1]),
            "expected at a time": next(each for each in everything if each.arrival_time),
        }
        for kind, expected in (kinds | {str(n): each for n, each in enumerate(everything[::30])}).items():
            assert await hotel.reservation(expected.id) == expected, kind

    async def test_an_unknown_booking_is_not_found(self, hotel: Hotel) -> None:
        assert await trouble(hotel.reservation("999999999")) is Trouble.NOT_FOUND
        assert await trouble(hotel.reservation("../../oauth")) is Trouble.NOT_FOUND
        assert await trouble(hotel.guest("999999999")) is Trouble.NOT_FOUND
        assert await trouble(hotel.check_in("999999999")) is Trouble.NOT_FOUND

    async def test_a_profile_is_told(self, hotel: Hotel, books: Books) -> None:
        booking = books.take(each for each in books.due_in() if each.guest.address.city)
        documents = (Identification("PASSPORT", "BA0000001", "PL"), Identification("ID", "ABC123456", "PL"))
        await hotel.save_guest(replace(booking.guest, identifications=documents))
        expected = replace(booking.guest, identifications=documents, born=None)
        assert replace(await hotel.guest(booking.guest.profile_id), born=None) == expected

    async def test_what_the_registration_card_says_is_kept(self, hotel: Hotel, books: Books) -> None:
        booking = books.take(each for each in books.due_in() if len(each.guests) == 1)
        guest = replace(
            booking.guest,
            given_name="Zsófia Ágnes",
            nationality="HU",
            born=date(1984, 2, 29),
            sex="F",
            address=Address(("Fő utca 1.", "2. emelet 3."), "1011", "Budapest", "HU"),
            email="zsofia@example.com",
            phone="+36 1 555 0100",
            identifications=(Identification("PASSPORT", "BH1234567", "HU", date(2031, 3, 31)),),
        )
        await hotel.save_guest(guest, booking.id)
        assert (await hotel.reservation(booking.id)).guest == guest
        assert books.guest(guest.profile_id) == guest

    async def test_what_is_not_said_stays(self, hotel: Hotel, books: Books) -> None:
        booking = books.take(each for each in books.due_in() if each.guest.address.city)
        before = booking.guest
        await hotel.save_guest(Guest(before.profile_id, before.given_name, before.family_name))
        assert books.guest(before.profile_id) == before

    async def test_names_and_addresses_too_long_for_the_hotel_are_no_error(self, hotel: Hotel, books: Books) -> None:
        booking = books.take(books.due_in())
        guest = replace(
            booking.guest,
            given_name="Mária " * 15,
            family_name="Hosszú-" * 12 + "Kovács",
            address=Address(("A" * 200, "", "B", "C", "D", "E"), "1" * 40, "Város" * 20, "HU"),
            phone="+36" + "1" * 60,
            identifications=(Identification("ID", "9" * 100, "HU"),),
        )
        await hotel.save_guest(guest, booking.id)
        kept = books.guest(guest.profile_id)
        assert guest.family_name.startswith(kept.family_name[:40])
        assert kept.address.city == "Város" * 8

    async def test_a_note_reaches_the_desk_alone(self, hotel: Hotel, books: Books) -> None:
        booking = books.take(books.due_in())
        before = books.comments(booking.id)
        await hotel.note(booking.id, "Document typed in, not read: „okmány”, 文件")
        assert books.comments(booking.id) == [*before, ("Document typed in, not read: „okmány”, 文件", True)]
