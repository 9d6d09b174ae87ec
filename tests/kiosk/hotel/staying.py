"""Guests of today, brought as far as a test wants them."""

from __future__ import annotations

from datetime import datetime, time

from kiosk.hotel.backend import Hotel
from kiosk.hotel.model import Reservation, Room, Stay
from tests.kiosk.hotel.books import Books


def mornings(reservation: Reservation, books: Books) -> tuple[datetime, datetime]:
    """From now to 11:00 of the departure, as keys are made."""
    until = datetime.combine(reservation.departure, time(11), books.zone)
    begin = datetime.combine(reservation.arrival, time(0, 30), books.zone)
    return begin, until


async def brought_in(hotel: Hotel, books: Books) -> Reservation:
    """A guest of today who is now in house."""
    while True:
        booking = books.take(sorted(books.due_in(), key=lambda each: each.room is None))
        free = await hotel.free_rooms(booking) if await hotel.obstacles(booking.id) else ()
        if free:
            await hotel.assign_room(booking.id, free[0].number)
        if not await hotel.obstacles(booking.id):
            await hotel.check_in(booking.id)
            return await hotel.reservation(booking.id)


async def without_room(hotel: Hotel, books: Books) -> tuple[Reservation, Room]:
    """A guest of today who has no room yet, and the best one that is free."""
    while True:
        booking = books.take(each for each in books.due_in() if each.room is None)
        for room in await hotel.free_rooms(booking):
            return booking, room


def staying(books: Books) -> Reservation:
    """Somebody who came on an earlier day, is alone in the room, and stays at least until tomorrow."""
    return books.take(
        each
        for each in books.reservations()
        if each.stay is Stay.IN_HOUSE and each.departure > books.today and not each.shares_with and not each.do_not_move
    )


def leaving(books: Books) -> Reservation:
    """Somebody in house who leaves today."""
    return books.take(
        each for each in books.reservations() if each.stay is Stay.IN_HOUSE and each.departure == books.today
    )


def room_of(booking: Reservation) -> str:
    assert booking.room
    return booking.room.number
