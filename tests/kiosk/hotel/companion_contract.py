"""What any hotel behind the kiosk must do when one more person is named on a booking. Part of `backend_contract`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

from kiosk.hotel.backend import Hotel, Trouble
from kiosk.hotel.model import Address, Guest, Identification, Reservation, Stay
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.finding_contract import trouble

WIFE = Guest(
    "",
    "Erika",
    "Mustermann-Beispiel",
    middle_name="Ilse",
    language="de",
    nationality="DE",
    born=date(1983, 8, 12),
    sex="F",
    address=Address(("Heidestraße 17",), "51147", "Köln", "DE"),
    email="erika@example.com",
    identifications=(Identification("PASSPORT", "C01X00T47", "DE", date(2033, 10, 31)),),
)
CHILD = Guest("", "Lili", "Mustermann-Beispiel", born=date(2019, 5, 6), sex="F", nationality="DE")


def alone(books: Books, room_for: int = 2) -> Reservation:
    """Somebody expected – not today: those are for who checks in – whose room has a bed for others."""
    return books.take(
        each
        for each in books.reservations()
        if each.stay is Stay.RESERVED
        and each.arrival > books.today
        and each.rooms == 1
        and len(each.guests) == 1
        and books.most_guests(each.room_type) >= room_for
    )


class CompanionContract:
    """Everyone on the booking."""

    async def test_a_companion_is_named_on_the_booking(self, hotel: Hotel, books: Books) -> None:
        booking = alone(books)
        added = await hotel.add_companion(booking.id, WIFE)
        assert added == replace(WIFE, profile_id=added.profile_id)
        assert added.profile_id not in ("", booking.guest.profile_id)
        told = await hotel.reservation(booking.id)
        assert told == replace(booking, guests=(booking.guest, added))
        assert told == books.reservation(booking.id)

    async def test_a_name_in_another_script_is_kept(self, hotel: Hotel, books: Books) -> None:
        booking = alone(books)
        guest = replace(WIFE, name_other=("明", "李"))
        added = await hotel.add_companion(booking.id, guest)
        assert (await hotel.reservation(booking.id)).guests[1] == replace(guest, profile_id=added.profile_id)

    async def test_the_same_document_is_one_person(self, hotel: Hotel, other_hotel: Hotel, books: Books) -> None:
        booking = alone(books)
        first = await hotel.add_companion(booking.id, WIFE)
        number = replace(WIFE.identifications[0], number="c01x-00t47")
        for again in (WIFE, replace(WIFE, phone="+49 221 555 0100"), replace(WIFE, identifications=(number,), born=None)):
            assert (await other_hotel.add_companion(booking.id, again)).profile_id == first.profile_id
        now = await hotel.reservation(booking.id)
        assert [each.profile_id for each in now.guests] == [booking.guest.profile_id, first.profile_id]
        assert now.guests[1].phone == "+49 221 555 0100"
        assert now.guests[1].born == WIFE.born

    async def test_without_a_document_name_and_birth_date_say_who_it_is(self, hotel: Hotel, books: Books) -> None:
        booking = alone(books, room_for=4)
        first = await hotel.add_companion(booking.id, CHILD)
        again = await hotel.add_companion(booking.id, replace(CHILD, family_name="MUSTERMANN BEISPIEL"))
        assert again.profile_id == first.profile_id
        sister = await hotel.add_companion(booking.id, replace(CHILD, given_name="Mia"))
        namesake = await hotel.add_companion(booking.id, replace(CHILD, born=date(1990, 1, 1)))
        guests = (await hotel.reservation(booking.id)).guests
        assert guests == (booking.guest, first, sister, namesake)

    async def test_who_is_named_already_is_only_completed(self, hotel: Hotel, books: Books) -> None:
        booking = next(
            each for each in books.reservations() if len(each.guests) > 1 and each.stay is Stay.RESERVED and not each.rooms > 1
        )
        head, companion = booking.guests[:2]
        told = replace(companion, born=date(1991, 2, 3), sex="M", identifications=WIFE.identifications)
        assert await hotel.add_companion(booking.id, told) == told
        assert (await hotel.reservation(booking.id)).guests == (head, told, *booking.guests[2:])

    async def test_of_two_kiosks_that_name_one_person_there_is_one(
        self, hotel: Hotel, other_hotel: Hotel, books: Books
    ) -> None:
        booking = alone(books)
        one, other = await asyncio.gather(*(each.add_companion(booking.id, WIFE) for each in (hotel, other_hotel)))
        assert one == other
        assert len((await hotel.reservation(booking.id)).guests) == 2

    async def test_no_more_people_than_the_room_is_for(self, hotel: Hotel, books: Books) -> None:
        booking = alone(books)
        beds = books.most_guests(booking.room_type)
        for n in range(1, beds):
            await hotel.add_companion(booking.id, replace(CHILD, born=date(2019, 5, n)))
        assert await trouble(hotel.add_companion(booking.id, WIFE)) is Trouble.REFUSED
        assert len(books.reservation(booking.id).guests) == beds

    async def test_nobody_is_added_to_a_stay_that_is_over(self, hotel: Hotel, books: Books) -> None:
        for stay in (Stay.CHECKED_OUT, Stay.CANCELLED):
            booking = next(each for each in books.reservations() if each.stay is stay)
            assert await trouble(hotel.add_companion(booking.id, WIFE)) is Trouble.REFUSED
            assert books.reservation(booking.id) == booking
        assert await trouble(hotel.add_companion("999999999", WIFE)) is Trouble.NOT_FOUND
