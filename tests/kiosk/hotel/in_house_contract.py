"""What any hotel behind the kiosk must do for who is in house: telling, moving, a longer stay. Part of `backend_contract`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, time, timedelta

from kiosk.hotel.backend import Hotel, HotelError, Trouble
from kiosk.hotel.model import IssuedKey, Reservation, Room, RoomState, Stay
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.finding_contract import trouble
from tests.kiosk.hotel.staying import mornings, room_of, staying


async def wants_another(hotel: Hotel, books: Books) -> tuple[Reservation, Room]:
    """Somebody in house, and a free room of the type they booked."""
    while True:
        booking = staying(books)
        free = await hotel.free_rooms(booking, since=books.today)
        if free:
            return booking, free[0]


def stays_on(books: Books) -> Reservation:
    """Somebody in house whose room nobody has after them."""
    return books.take(
        each
        for each in books.reservations()
        if each.stay is Stay.IN_HOUSE
        and each.departure > books.today
        and not each.shares_with
        and each.departure not in books.given_away(room_of(each))
    )


class InHouseContract:
    """Guests in house."""

    async def test_all_who_are_in_house_are_told(self, hotel: Hotel, books: Books) -> None:
        expected = {each.id: each for each in books.reservations() if each.stay is Stay.IN_HOUSE}
        told = await hotel.in_house()
        assert sorted(each.id for each in told) == sorted(expected)
        for each in told:
            assert (each.guest.family_name, each.departure) == (
                expected[each.id].guest.family_name,
                expected[each.id].departure,
            )
            assert room_of(each) == room_of(expected[each.id])
        assert any(each.departure == books.today for each in told), "who leaves today is in house, too"

    async def test_a_room_tells_who_is_in_it(self, hotel: Hotel, books: Books) -> None:
        booking = next(each for each in books.reservations() if each.stay is Stay.IN_HOUSE)
        assert booking.id in {each.id for each in await hotel.in_room(room_of(booking))}
        expected = next(
            each for each in books.reservations() if each.stay is Stay.RESERVED and each.room and not each.room.occupied
        )
        for number in (room_of(expected), "9999", "%", "", "1"):
            assert await hotel.in_room(number) == ()

    async def test_a_room_that_is_shared_tells_of_everybody(self, hotel: Hotel, books: Books) -> None:
        sharing = [each for each in books.reservations() if each.shares_with and each.arrival == books.today]
        for each in sharing:
            if each.stay is Stay.RESERVED:
                await hotel.check_in(each.id)
        told = await hotel.in_room(room_of(sharing[0]))
        assert sorted(each.id for each in told) == sorted(each.id for each in sharing)

    async def test_a_guest_moves_to_another_room(self, hotel: Hotel, books: Books) -> None:
        booking, room = await wants_another(hotel, books)
        old = room_of(booking)
        before = await hotel.keys(booking.id)
        assert any(each.active for each in before)
        moved = await hotel.move(booking.id, room.number)
        assert moved == books.reservation(booking.id)
        assert moved == replace(booking, room=replace(room, floor="", features=frozenset(), occupied=True))
        left = await hotel.room(old)
        assert (left.state, left.occupied) == (RoomState.DIRTY, False)
        assert (await hotel.room(room.number)).occupied
        assert await hotel.in_room(old) == ()
        assert await hotel.keys(booking.id) == tuple(replace(each, active=False) for each in before)
        assert not books.given_away(old) & {books.today + timedelta(n) for n in range(booking.nights)}
        assert await hotel.move(booking.id, room.number) == moved

    async def test_who_has_moved_gets_keys_of_the_new_room_only(self, hotel: Hotel, books: Books) -> None:
        booking, room = await wants_another(hotel, books)
        old = room_of(booking)
        await hotel.move(booking.id, room.number)
        begin, until = mornings(booking, books)

        async def made(number: str, *, further: bool) -> IssuedKey:
            token = f"{number} {further} {booking.id}"
            return await hotel.allocate_key(
                booking.id, number, valid_from=begin, valid_until=until, further=further, token=token
            )

        assert await trouble(made(old, further=False)) is Trouble.REFUSED
        assert await trouble(made(room.number, further=True)) is Trouble.REFUSED
        key = await made(room.number, further=False)
        assert (key.room, key.sequence) == (room.number, books.sequence(room.number))
        assert (await made(room.number, further=True)).sequence == key.sequence

    async def test_a_better_room_costs_what_was_booked(self, hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        better = next(
            each
            for each in books.rooms().values()
            if each.room_type != booking.room_type
            and each.state is RoomState.INSPECTED
            and not each.occupied
            and books.most_guests(each.room_type) >= max(len(booking.guests), booking.adults + booking.children)
            and not books.given_away(each.number)
        )
        moved = await hotel.move(booking.id, better.number)
        assert moved == books.reservation(booking.id)
        assert (moved.room_type, moved.balance) == (booking.room_type, booking.balance)
        assert moved.room
        assert moved.room.room_type == better.room_type
        (told,) = await hotel.in_room(better.number)
        assert (told.room_type, told.room and told.room.room_type) == (booking.room_type, better.room_type)

    async def test_a_room_that_is_not_ready_or_not_free_is_no_room_to_move_to(self, hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        rooms, here = books.rooms().values(), room_of(booking)
        dirty = next(each.number for each in rooms if each.state is RoomState.DIRTY and not each.occupied)
        occupied = next(each.number for each in rooms if each.occupied and each.number != here)
        kept = next(
            each.number
            for each in rooms
            if each.state is RoomState.INSPECTED
            and not each.occupied
            and books.today in books.given_away(each.number)
            and books.most_guests(each.room_type) >= booking.adults + booking.children
        )
        for number, expected in (
            (dirty, Trouble.REFUSED),
            ("9999", Trouble.REFUSED),
            (occupied, Trouble.CONFLICT),
            (kept, Trouble.CONFLICT),
        ):
            assert await trouble(hotel.move(booking.id, number)) is expected
        assert books.reservation(booking.id) == booking

    async def test_a_room_that_is_too_small_is_no_room_to_move_to(self, hotel: Hotel, books: Books) -> None:
        booking = next(
            each
            for each in books.reservations()
            if each.stay is Stay.IN_HOUSE and each.adults + each.children > 1 and not each.do_not_move
        )
        single = next(
            each.number
            for each in books.rooms().values()
            if books.most_guests(each.room_type) == 1 and each.state is RoomState.INSPECTED and not each.occupied
        )
        assert await trouble(hotel.move(booking.id, single)) is Trouble.REFUSED
        assert books.reservation(booking.id) == booking

    async def test_who_is_not_in_house_is_not_moved_and_stays_no_longer(self, hotel: Hotel, books: Books) -> None:
        room = next(each for each in books.rooms().values() if each.state is RoomState.INSPECTED and not each.occupied)
        for stay in (Stay.RESERVED, Stay.CHECKED_OUT, Stay.CANCELLED):
            booking = next(each for each in books.reservations() if each.stay is stay)
            assert await trouble(hotel.move(booking.id, room.number)) is Trouble.REFUSED
            later = booking.departure + timedelta(days=1)
            assert await trouble(hotel.extend(booking.id, later)) is Trouble.REFUSED
            assert books.reservation(booking.id) == booking
        assert await trouble(hotel.move("999999999", room.number)) is Trouble.NOT_FOUND
        assert await trouble(hotel.extend("999999999", books.today)) is Trouble.NOT_FOUND

    async def test_of_two_guests_who_want_one_room_one_gets_it(
        self, hotel: Hotel, other_hotel: Hotel, books: Books
    ) -> None:
        first, room = await wants_another(hotel, books)
        second = books.take(
            each
            for each in books.reservations()
            if each.stay is Stay.IN_HOUSE
            and each.room_type == first.room_type
            and each.departure > books.today
            and not each.shares_with
            and not each.do_not_move
        )
        results = await asyncio.gather(
            hotel.move(first.id, room.number), other_hotel.move(second.id, room.number), return_exceptions=True
        )
        assert [each.trouble for each in results if isinstance(each, HotelError)] == [Trouble.CONFLICT]
        assert len(await hotel.in_room(room.number)) == 1
        now = [books.reservation(each.id) for each in (first, second)]
        assert sorted(room_of(each) == room.number for each in now) == [False, True]

    async def test_a_guest_stays_longer(self, hotel: Hotel, books: Books) -> None:
        booking = stays_on(books)
        keys = await hotel.keys(booking.id)
        later = booking.departure + timedelta(days=1)
        extended = await hotel.extend(booking.id, later)
        assert extended == books.reservation(booking.id)
        assert (extended.departure, extended.room) == (later, booking.room)
        assert extended.balance
        assert booking.balance
        assert extended.balance.amount > booking.balance.amount, "the night more is on the bill"
        assert booking.departure in books.given_away(room_of(booking))
        assert await hotel.keys(booking.id) == keys
        assert await hotel.extend(booking.id, later) == extended
        assert await trouble(hotel.extend(booking.id, booking.departure)) is Trouble.REFUSED

    async def test_who_stays_longer_gets_keys_until_then(self, hotel: Hotel, books: Books) -> None:
        booking = stays_on(books)
        begin = mornings(booking, books)[0]
        later = booking.departure + timedelta(days=1)
        until = datetime.combine(later, time(11), books.zone)

        async def made(token: str, *, further: bool) -> IssuedKey:
            return await hotel.allocate_key(
                booking.id, room_of(booking), valid_from=begin, valid_until=until, further=further, token=token + booking.id
            )

        assert await trouble(made("too long", further=False)) is Trouble.REFUSED
        await hotel.extend(booking.id, later)
        for further in (True, False):
            assert (await made(f"longer {further}", further=further)).valid_until == until

    async def test_nobody_stays_longer_in_a_room_that_is_somebody_elses(self, hotel: Hotel, books: Books) -> None:
        booking, other = next(
            (inside, coming)
            for inside in books.reservations()
            for coming in books.reservations()
            if inside.stay is Stay.IN_HOUSE
            and not inside.shares_with
            and inside.departure not in books.given_away(room_of(inside))
            and coming.stay is Stay.RESERVED
            and coming.room is None
            and coming.rooms == 1
            and inside.departure > books.today
            and inside.departure <= coming.arrival < inside.departure + timedelta(days=3)
            and coming.room_type == inside.room_type
            and not books.given_away(room_of(inside)) & {coming.arrival + timedelta(n) for n in range(coming.nights)}
        )
        await hotel.assign_room(other.id, room_of(booking))
        assert await trouble(hotel.extend(booking.id, other.arrival + timedelta(days=1))) is Trouble.CONFLICT
        assert books.reservation(booking.id) == booking
