"""What any hotel behind the kiosk must do, in a front desk's words.

A backend's test file makes a class of `BackendContract` and gives it three fixtures: `hotel` (open),
`other_hotel` (a second kiosk's, open) and `books` (what really stands in the house's books).
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kiosk.hotel.backend import LOST_KEY, Hotel, HotelError, Trouble
from kiosk.hotel.model import (
    ACCESSIBLE,
    IssuedKey,
    RoomState,
    Stay,
)
from kiosk.language import Money
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.companion_contract import CompanionContract
from tests.kiosk.hotel.finding_contract import FindContract, ReservationContract, trouble
from tests.kiosk.hotel.in_house_contract import InHouseContract
from tests.kiosk.hotel.key_contract import KeyBooksContract
from tests.kiosk.hotel.staying import brought_in, leaving, mornings, without_room


class RoomContract:
    """Rooms and the check-in."""

    async def test_a_room_is_told(self, hotel: Hotel, books: Books) -> None:
        rooms = books.rooms()
        accessible = next(each for each in rooms.values() if ACCESSIBLE in each.features)
        for expected in [*list(rooms.values())[::15], accessible]:
            assert await hotel.room(expected.number) == expected

    async def test_an_unknown_room_is_not_found(self, hotel: Hotel) -> None:
        for number in ("9999", "1", "%", "no such room"):
            assert await trouble(hotel.room(number)) is Trouble.NOT_FOUND

    async def test_free_rooms_are_ready_and_of_the_booked_type(self, hotel: Hotel, books: Books) -> None:
        rooms = books.rooms()
        for booking in books.due_in()[:5]:
            for room in await hotel.free_rooms(booking):
                assert room == rooms[room.number]
                assert room.room_type == booking.room_type
                assert room.state is RoomState.INSPECTED
                assert not room.occupied

    async def test_who_needs_no_accessible_room_is_offered_it_last(self, hotel: Hotel, books: Books) -> None:
        for booking in books.due_in():
            if ACCESSIBLE in booking.wants or booking.wants:
                continue
            accessible = [ACCESSIBLE in room.features for room in await hotel.free_rooms(booking)]
            if len(set(accessible)) == 2:
                assert accessible == sorted(accessible)
                return
        pytest.fail("no room type with both kinds of room is free today")

    async def test_a_guest_is_given_a_room_and_checked_in(self, hotel: Hotel, books: Books) -> None:
        booking, room = await without_room(hotel, books)
        assert await hotel.obstacles(booking.id)
        await hotel.assign_room(booking.id, room.number)
        assert (await hotel.reservation(booking.id)).room == replace(room, floor="", features=frozenset())
        assert await hotel.obstacles(booking.id) == ()
        await hotel.check_in(booking.id)
        after = await hotel.reservation(booking.id)
        assert after == books.reservation(booking.id)
        assert (after.stay, after.room and after.room.occupied) == (Stay.IN_HOUSE, True)
        assert room.number not in {each.number for each in await hotel.free_rooms(booking)}

    async def test_a_check_in_is_done_once(self, hotel: Hotel, books: Books) -> None:
        booking = await brought_in(hotel, books)
        assert await trouble(hotel.check_in(booking.id)) is Trouble.CONFLICT

    async def test_a_check_in_can_be_undone(self, hotel: Hotel, books: Books) -> None:
        booking = await brought_in(hotel, books)
        await hotel.undo_check_in(booking.id)
        assert (await hotel.reservation(booking.id)).stay is Stay.RESERVED
        assert await trouble(hotel.undo_check_in(booking.id)) is Trouble.REFUSED
        await hotel.check_in(booking.id)

    async def test_assigning_the_same_room_again_changes_nothing(self, hotel: Hotel, books: Books) -> None:
        booking, room = await without_room(hotel, books)
        for _ in range(2):
            await hotel.assign_room(booking.id, room.number)
        assert (await hotel.reservation(booking.id)).room is not None

    async def test_of_two_kiosks_that_want_one_room_one_gets_it(
        self, hotel: Hotel, other_hotel: Hotel, books: Books
    ) -> None:
        due = [each for each in books.due_in() if each.room is None]
        free = {each.room_type: await hotel.free_rooms(each) for each in due}
        types = Counter(each.room_type for each in due if free[each.room_type])
        wanted = types.most_common(1)[0][0]  # of which other tests have left rooms and bookings
        roomless = [each for each in due if each.room_type == wanted]
        first, second = books.take(roomless), books.take(roomless)
        room = free[wanted][0].number
        results = await asyncio.gather(
            hotel.assign_room(first.id, room), other_hotel.assign_room(second.id, room), return_exceptions=True
        )
        errors = [each for each in results if isinstance(each, HotelError)]
        assert [each.trouble for each in errors] == [Trouble.CONFLICT]
        assert results.count(None) == 1
        holders = [each.id for each in books.reservations() if each.room and each.room.number == room]
        assert len(set(holders) & {first.id, second.id}) == 1

    async def test_a_room_of_another_type_or_of_none_is_refused(self, hotel: Hotel, books: Books) -> None:
        booking, _ = await without_room(hotel, books)
        other = next(each for each in books.rooms().values() if each.room_type != booking.room_type)
        for number in (other.number, "9999"):
            assert await trouble(hotel.assign_room(booking.id, number)) is Trouble.REFUSED

    async def test_who_may_pay_later_is_checked_in_and_still_owes(self, hotel: Hotel, books: Books) -> None:
        owing = books.take(
            each
            for each in books.reservations()
            if each.stay is Stay.RESERVED and each.arrival == books.today and each.balance and each.balance.amount > 0
            and each.room and each.rooms == 1 and each.id not in books.stopping_alerts()
        )  # fmt: skip
        assert [each.code for each in await hotel.obstacles(owing.id)] == ["PAYMENT_DUE"]
        await hotel.check_in(owing.id, pays_later=True)
        after = books.reservation(owing.id)
        assert (after.stay, after.balance) == (Stay.IN_HOUSE, owing.balance)
        await hotel.undo_check_in(owing.id)

    async def test_paying_later_passes_over_nothing_else(self, hotel: Hotel, books: Books) -> None:
        stopped = next(each for each in books.reservations() if each.id in books.stopping_alerts())
        assert await trouble(hotel.check_in(stopped.id, pays_later=True)) is Trouble.REFUSED

    async def test_what_stands_in_the_way_is_told_and_refused(self, hotel: Hotel, books: Books) -> None:
        everything = [each for each in books.reservations() if each.stay is Stay.RESERVED]
        cases = {
            "tomorrow's": next(each for each in everything if each.arrival > books.today),
            "several rooms": next(each for each in everything if each.rooms > 1),
            "owing": next(each for each in everything if each.balance and each.balance.amount > 0),
            "stopped by an alert": next(each for each in everything if each.id in books.stopping_alerts()),
            "cancelled": next(each for each in books.reservations() if each.stay is Stay.CANCELLED),
        }
        for case, booking in cases.items():
            assert await hotel.obstacles(booking.id), case
            with pytest.raises(HotelError) as caught:
                await hotel.check_in(booking.id)
            assert caught.value.trouble is Trouble.REFUSED
            assert not caught.value.may_have_been_done
            assert books.reservation(booking.id) == booking


class KeyContract:
    """Room keys."""

    async def test_a_key_is_allocated_written_and_told(self, hotel: Hotel, books: Books) -> None:
        booking = await brought_in(hotel, books)
        room = booking.room.number if booking.room else ""
        begin, until = mornings(booking, books)
        key = await hotel.allocate_key(
            booking.id, room, valid_from=begin, valid_until=until, further=False, token=f"key {booking.id}"
        )
        assert key == IssuedKey(booking.id, room, key.sequence, begin, until, number=key.number)
        assert await hotel.keys(booking.id) == (key,)
        written = replace(key, card_uid="04A1B2C3D4E5F6")
        for _ in range(2):
            await hotel.key_written(written, f"written {booking.id}")
        assert await hotel.keys(booking.id) == (written,)
        assert await trouble(hotel.key_written(replace(key, card_uid="04FFFFFFFFFFFF"), "another card")) is Trouble.CONFLICT

    async def test_the_same_token_gets_the_same_key(self, hotel: Hotel, other_hotel: Hotel, books: Books) -> None:
        booking = await brought_in(hotel, books)
        room = booking.room.number if booking.room else ""
        begin, until = mornings(booking, books)
        keys = [
            await each.allocate_key(
                booking.id, room, valid_from=begin, valid_until=until, further=False, token=f"same {booking.id}"
            )
            for each in (hotel, hotel, other_hotel)
        ]
        assert len(set(keys)) == 1
        assert await hotel.keys(booking.id) == (keys[0],)

    async def test_a_further_card_shares_and_a_new_one_replaces(self, hotel: Hotel, books: Books) -> None:
        booking = await brought_in(hotel, books)
        room = booking.room.number if booking.room else ""
        begin, until = mornings(booking, books)

        async def made(token: str, *, further: bool) -> IssuedKey:
            return await hotel.allocate_key(
                booking.id, room, valid_from=begin, valid_until=until, further=further, token=token + booking.id
            )

        assert await trouble(made("too early", further=True)) is Trouble.REFUSED
        first = await made("first", further=False)
        second = await made("second", further=True)
        assert second.sequence == first.sequence
        assert second.number != first.number
        third = await made("third", further=False)
        assert third.sequence > first.sequence
        told = await hotel.keys(booking.id)
        assert told == (replace(first, active=False), replace(second, active=False), third)
        await hotel.drop_key(booking.id)
        await hotel.drop_key(booking.id)
        assert not any(each.active for each in await hotel.keys(booking.id))

    async def test_sequences_of_a_room_are_never_given_twice(
        self, hotel: Hotel, other_hotel: Hotel, books: Books
    ) -> None:
        booking = await brought_in(hotel, books)
        room = booking.room.number if booking.room else ""
        begin, until = mornings(booking, books)
        keys = await asyncio.gather(
            *(
                each.allocate_key(
                    booking.id, room, valid_from=begin, valid_until=until, further=False, token=f"{n} {booking.id}"
                )
                for n, each in enumerate([hotel, other_hotel] * 3)
            )
        )
        assert len({each.sequence for each in keys}) == 6

    async def test_no_key_for_who_is_not_in_house(self, hotel: Hotel, books: Books) -> None:
        booking = next(each for each in books.reservations() if each.stay is Stay.RESERVED and each.room)
        assert booking.room
        begin, until = mornings(booking, books)
        asked = hotel.allocate_key(
            booking.id, booking.room.number, valid_from=begin, valid_until=until, further=False, token="not in house"
        )
        assert await trouble(asked) is Trouble.REFUSED
        assert await hotel.keys(booking.id) == ()

    async def test_a_time_without_a_zone_is_our_mistake(self, hotel: Hotel) -> None:
        naive = datetime(2030, 1, 1)  # noqa: DTZ001
        with pytest.raises(ValueError, match="offset"):
            await hotel.allocate_key(
                "1", "101", valid_from=naive, valid_until=datetime.now(UTC), further=False, token="naive"
            )


class DeskContract:
    """The bill, and people."""

    async def test_a_bill_is_told(self, hotel: Hotel, books: Books) -> None:
        everything = books.reservations()
        owing = next(each for each in everything if each.balance and each.balance.amount > 0)
        in_house = next(each for each in everything if each.stay is Stay.IN_HOUSE)
        for booking in (owing, in_house):
            folio = await hotel.folio(booking.id)
            assert folio.reservation_id == booking.id
            assert folio.balance == booking.balance
            lines = [(line.description, line.amount.amount) for line in folio.lines]
            assert lines == books.postings(booking.id)
            assert sum(amount for _, amount in lines) == folio.balance.amount

    async def test_a_charge_stands_on_the_bill_once(self, hotel: Hotel, other_hotel: Hotel, books: Books) -> None:
        booking = leaving(books)
        before = await hotel.folio(booking.id)
        fee, reference = Money(Decimal("12.50"), books.currency), f"fee-{booking.id}"
        for each in (hotel, hotel, other_hotel):
            await each.charge(booking.id, LOST_KEY, fee, reference)
        after = await hotel.folio(booking.id)
        (line,) = [line for line in after.lines if line not in before.lines]
        assert (line.amount, line.reference) == (fee, reference)
        assert after.balance.amount == before.balance.amount + fee.amount
        assert (await hotel.reservation(booking.id)).balance == after.balance
        assert len(books.postings(booking.id)) == len(before.lines) + 1

    async def test_two_kiosks_that_charge_at_once_charge_once(
        self, hotel: Hotel, other_hotel: Hotel, books: Books
    ) -> None:
        booking = leaving(books)
        fee, before = Money(Decimal(2000), books.currency), len(books.postings(booking.id))
        await asyncio.gather(*(each.charge(booking.id, LOST_KEY, fee, "at once") for each in (hotel, other_hotel)))
        assert len(books.postings(booking.id)) == before + 1
        await hotel.charge(booking.id, LOST_KEY, fee, "lost again")
        assert len(books.postings(booking.id)) == before + 2

    async def test_what_can_not_be_charged_is_refused(self, hotel: Hotel, books: Books) -> None:
        inside, fee = leaving(books), Money(Decimal(2000), books.currency)
        coming = next(each for each in books.reservations() if each.stay is Stay.RESERVED)
        other = Money(fee.amount, "USD" if books.currency != "USD" else "EUR")
        for asked in (
            hotel.charge(coming.id, LOST_KEY, fee, "not in house"),
            hotel.charge(inside.id, "a use that has no code", fee, "no code"),
            hotel.charge(inside.id, LOST_KEY, other, "another currency"),
            hotel.charge(inside.id, LOST_KEY, Money(Decimal(0), books.currency), "nothing"),
        ):
            assert await trouble(asked) is Trouble.REFUSED
        assert await trouble(hotel.charge("999999999", LOST_KEY, fee, "nobody")) is Trouble.NOT_FOUND
        assert all(books.reservation(each.id) == each for each in (inside, coming))

    async def test_the_desk_is_called_and_the_guest_sees_who_took_it(self, hotel: Hotel, books: Books) -> None:
        booking = books.reservations()[0]
        asked = await hotel.request_service("HELP", "A guest needs a hand at the kiosk.", reservation_id=booking.id)
        assert not asked.taken
        assert await hotel.service_request(asked.id, reservation_id=booking.id) == asked
        books.taken_by_the_desk(asked.id, "Anna")
        assert (await hotel.service_request(asked.id)).taken

    async def test_the_desk_is_called_without_a_booking(self, hotel: Hotel) -> None:
        asked = await hotel.request_service("HELP", "Somebody stands at the kiosk.")
        told = await hotel.service_request(asked.id)
        assert (told, told.reservation_id, told.room) == (asked, "", "")

    async def test_the_desk_is_told_of_a_room(self, hotel: Hotel, books: Books) -> None:
        number = next(iter(books.rooms()))
        asked = await hotel.request_service("TECH", "The lamp is broken.", room=number)
        assert await hotel.service_request(asked.id, room=number) == asked

    async def test_an_unknown_request_is_not_found(self, hotel: Hotel) -> None:
        assert await trouble(hotel.service_request("999999999")) is Trouble.NOT_FOUND


class BackendContract(
    FindContract,
    ReservationContract,
    CompanionContract,
    RoomContract,
    InHouseContract,
    KeyContract,
    KeyBooksContract,
    DeskContract,
):
    """All of it."""
