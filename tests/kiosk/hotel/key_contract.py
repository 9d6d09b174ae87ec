"""What any hotel's books must say of keys that were cut without it, erased, or found. Part of `backend_contract`."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from kiosk.hotel.backend import Hotel, Trouble
from kiosk.hotel.model import IssuedKey, Reservation, Stay
from tests.kiosk.hotel.books import Books
from tests.kiosk.hotel.finding_contract import trouble
from tests.kiosk.hotel.in_house_contract import wants_another
from tests.kiosk.hotel.staying import mornings, room_of, staying


async def allocated(hotel: Hotel, books: Books, booking: Reservation, token: str, *, further: bool = False) -> IssuedKey:
    begin, until = mornings(booking, books)
    return await hotel.allocate_key(
        booking.id, room_of(booking), valid_from=begin, valid_until=until, further=further, token=token + booking.id
    )


async def told(
    hotel: Hotel, books: Books, booking: Reservation, sequence: int, card: str, *, room: str = "", token: str = ""
) -> IssuedKey:
    """A key that was cut while the hotel could not be asked."""
    begin, until = mornings(booking, books)
    return await hotel.post_key(
        booking.id,
        room or room_of(booking),
        sequence,
        valid_from=begin,
        valid_until=until,
        card_uid=card,
        token=token or f"{sequence} {card} {booking.id}",
    )


class KeyBooksContract:
    """Keys cut without the hotel, cards that are void, whose card this is."""

    async def test_a_key_cut_without_the_hotel_is_told_afterwards(self, hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        before = await hotel.keys(booking.id)
        sequence = books.sequence(room_of(booking)) + 1
        card = f"04{booking.id}01"
        key = await told(hotel, books, booking, sequence, card)
        begin, until = mornings(booking, books)
        assert key == IssuedKey(booking.id, room_of(booking), sequence, begin, until, card, number=key.number)
        assert await hotel.keys(booking.id) == (*(replace(each, active=False) for each in before), key)
        assert (await allocated(hotel, books, booking, "then")).sequence == sequence + 1

    async def test_a_key_that_is_told_twice_is_one(self, hotel: Hotel, other_hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        sequence, card = books.sequence(room_of(booking)) + 3, f"04{booking.id}02"
        first = await told(hotel, books, booking, sequence, card)
        again = await told(other_hotel, books, booking, sequence, card, token="asked again")
        assert again == first
        further = await told(hotel, books, booking, sequence, f"04{booking.id}03")
        assert (further.sequence, further.active) == (sequence, True)
        assert [each.active for each in await hotel.keys(booking.id)][-2:] == [True, True]
        assert await trouble(told(hotel, books, booking, 0, card)) is Trouble.REFUSED

    async def test_a_key_that_is_told_late_is_void(self, hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        cut = books.sequence(room_of(booking)) + 1
        newer = await allocated(hotel, books, booking, "somebody was faster")
        newest = await allocated(hotel, books, booking, "and again")
        assert newer.sequence == cut
        late = await told(hotel, books, booking, cut, f"04{booking.id}04")
        assert not late.active
        assert [each.number for each in await hotel.keys(booking.id) if each.active] == [newest.number]

    async def test_a_sequence_that_somebody_else_has_is_a_conflict(self, hotel: Hotel, books: Books) -> None:
        first, room = await wants_another(hotel, books)
        left, sequence = room_of(first), books.sequence(room_of(first))
        await hotel.move(first.id, room.number)
        books.cleaned(left)
        second = books.take(
            each
            for each in books.reservations()
            if each.stay is Stay.IN_HOUSE
            and each.room_type == first.room_type
            and books.today < each.departure
            and not each.shares_with
            and not each.do_not_move
            and not books.given_away(left) & {books.today + timedelta(n) for n in range(30)}
        )
        second = await hotel.move(second.id, left)
        card = f"04{second.id}05"
        assert await trouble(told(hotel, books, second, sequence, card)) is Trouble.CONFLICT
        assert card not in {each.card_uid for each in await hotel.keys(second.id)}
        late = await told(hotel, books, first, sequence + 1, f"04{first.id}06", room=left)
        assert not late.active, "who has another room by now has no key of this one"
        assert (await allocated(hotel, books, second, "fresh")).sequence == sequence + 2

    async def test_kiosks_that_allocate_while_another_tells_get_a_number_each(
        self, hotel: Hotel, other_hotel: Hotel, books: Books
    ) -> None:
        booking = staying(books)
        cut = books.sequence(room_of(booking)) + 1
        results = await asyncio.gather(
            told(hotel, books, booking, cut, f"04{booking.id}07"),
            *(allocated(each, books, booking, f"{n}") for n, each in enumerate([other_hotel, hotel] * 2)),
        )
        assert results[0].sequence == cut
        assert len({each.sequence for each in results[1:]}) == 4
        standing = [each for each in await hotel.keys(booking.id) if each.active]
        assert {each.sequence for each in standing} == {books.sequence(room_of(booking))}

    async def test_after_all_keys_are_void_a_new_one_is_allocated(self, hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        await hotel.drop_key(booking.id)
        assert await trouble(allocated(hotel, books, booking, "further", further=True)) is Trouble.REFUSED
        key = await allocated(hotel, books, booking, "new")
        assert key.sequence == books.sequence(room_of(booking))
        assert [each.number for each in await hotel.keys(booking.id) if each.active] == [key.number]

    async def test_one_card_is_erased_and_the_others_stay(self, hotel: Hotel, books: Books) -> None:
        booking = staying(books)
        first = await allocated(hotel, books, booking, "one")
        second = await allocated(hotel, books, booking, "two", further=True)
        for n in range(2):
            await hotel.key_erased(first, f"erased {n} {booking.id}")
        assert {each.number: each.active for each in (await hotel.keys(booking.id))[-2:]} == {
            first.number: False,
            second.number: True,
        }
        assert await trouble(hotel.key_erased(replace(first, number="999999999"), "nobody's")) is Trouble.REFUSED

    async def test_the_books_say_whose_card_this_is(self, hotel: Hotel, books: Books) -> None:
        booking, other = staying(books), staying(books)
        card = f"04{booking.id}08"
        assert await hotel.card_in_books(card) is None
        key = replace(await allocated(hotel, books, booking, "one"), card_uid=card)
        await hotel.key_written(key, f"written {booking.id}")
        assert await hotel.card_in_books(card.lower()) == key
        await hotel.drop_key(booking.id)
        assert await hotel.card_in_books(card) == replace(key, active=False)
        again = replace(await allocated(hotel, books, other, "reused"), card_uid=card)
        await hotel.key_written(again, f"written again {other.id}")
        assert await hotel.card_in_books(card) == again

    async def test_what_else_a_key_opens_is_told(self, hotel: Hotel, books: Books) -> None:
        booking = next(each for each in books.reservations() if each.stay is Stay.IN_HOUSE and each.room)
        expected = books.key_options(booking.id)
        assert expected
        assert await hotel.key_options(booking.id) == expected
        both = next(each for each in books.reservations() if len(books.key_options(each.id)) > 1)
        assert await hotel.key_options(both.id) == books.key_options(both.id)
        assert await trouble(hotel.key_options("999999999")) is Trouble.NOT_FOUND
