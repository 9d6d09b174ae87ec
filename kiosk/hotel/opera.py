"""Oracle OPERA Cloud (OHIP) as the hotel behind the kiosk.

The order of calls for a check-in is Oracle's own: getHotelReservations → getReservation →
putProfile → getHotelRooms → postRoomAssignment → verifyCheckIns → postCheckIn → postRoomKey.
`opera_http` asks, `opera_bodies` and `opera_wire` translate, `opera_lookup` guards the searches;
`opera_guests`, `opera_keys` and `opera_bill` are the calls about people, keys and the bill.
Source: Oracle OPERA Cloud property APIs 25.5.
"""

from __future__ import annotations

import uuid
from datetime import date

from kiosk.hotel import opera_bodies as bodies
from kiosk.hotel import opera_lookup as lookup
from kiosk.hotel import opera_wire as wire
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import Obstacle, Reservation, Room, RoomState, ServiceRequest, Stay
from kiosk.hotel.opera_base import Charging, must_tell, new_id, read, together
from kiosk.hotel.opera_bill import OperaBill
from kiosk.hotel.opera_deadline import Deadline
from kiosk.hotel.opera_guests import OperaGuests
from kiosk.hotel.opera_http import Credentials
from kiosk.hotel.opera_keys import OperaKeys

__all__ = ["Charging", "Credentials", "OperaHotel"]

PAGE = 100
PAGES = 10
ROOMS = 1000
NOT_EXPECTED = ("Cancelled", "NoShow", "WaitList", "InHouse", "CheckedOut")
IN_HOUSE = (("reservationStatuses", "InHouse"), ("reservationStatuses", "DueOut"))


class OperaHotel(OperaGuests, OperaKeys, OperaBill):
    """Implements `kiosk.hotel.backend.Hotel`. Raises HotelError only, and ValueError for a wrong address.

    Every call, however many requests it takes, ends within `deadline_s` (and 0.3 s).
    """

    async def ping(self) -> None:
        """One room's data: needs a token, our application key and our hotel, and tells of no guest."""
        answer = await self._http.ask("ping", "GET", f"{self._fof}/rooms", query=[("limit", "1")])
        read("ping", answer, wire.rooms)

    # find

    async def find_by_confirmation(self, number: str) -> tuple[Reservation, ...]:
        if not lookup.is_number(number):
            return ()
        found = await self._found("find_by_confirmation", [("confirmationNumberList", number)])
        return tuple(each for each in found if each.confirmation == number)

    async def find_by_name(
        self, family_name: str, *, arrival: date | None = None, departure: date | None = None
    ) -> tuple[Reservation, ...]:
        name = family_name.strip(" ")
        if not lookup.is_name(name):
            return ()
        query = [("surname", name[: lookup.CUT].strip(" "))]  # no profile has more; what comes is compared whole
        for what, when in (("arrival", arrival), ("departure", departure)):
            if when is not None:
                query += [(f"{what}StartDate", when.isoformat()), (f"{what}EndDate", when.isoformat())]
        found = await self._found("find_by_name", query)
        return tuple(
            each
            for each in found
            if any(lookup.same_name(name, n) for guest in each.guests for n in (guest.family_name, guest.name_other[1]))
            and arrival in (None, each.arrival)
            and departure in (None, each.departure)
        )

    async def find_by_given_name(self, given_name: str, *, arrival: date) -> tuple[Reservation, ...]:
        name, day = given_name.strip(" "), arrival.isoformat()
        if not lookup.is_name(name):
            return ()
        query = [("givenName", name), ("arrivalStartDate", day), ("arrivalEndDate", day)]
        return tuple(
            each
            for each in await self._found("find_by_given_name", query)
            if each.arrival == arrival and any(lookup.same_name(name, guest.given_name) for guest in each.guests)
        )

    async def _found(self, call: str, query: list[tuple[str, str]]) -> list[Reservation]:
        """All pages of a search."""
        deadline = self._http.deadline()
        found: list[Reservation] = []
        for _ in range(PAGES):
            page = [*query, ("limit", str(PAGE)), ("offset", str(len(found)))]
            path = f"{self._rsv}/reservations"
            answer = await self._http.ask(call, "GET", path, query=page, deadline=deadline)
            some = read(call, answer, wire.found)
            found += some
            if not some or not read(call, answer, wire.more):
                return found
        raise HotelError(call, Trouble.BROKEN, "endless")

    async def in_house(self) -> tuple[Reservation, ...]:
        return await self._inside("in_house", [])

    async def in_room(self, room: str) -> tuple[Reservation, ...]:
        found = await self._inside("in_room", [("roomId", room)])
        return tuple(each for each in found if each.room is not None and each.room.number == room)

    async def _inside(self, call: str, query: list[tuple[str, str]]) -> tuple[Reservation, ...]:
        """Who checks in or out between two pages may stand on both, and is told once."""
        found = {each.id: each for each in await self._found(call, [*query, *IN_HOUSE])}
        return tuple(each for each in found.values() if each.stay is Stay.IN_HOUSE)

    async def arrivals(self, day: date) -> int:
        """All of that day without those who came, or will not come.

        The statuses that can be asked for have none for a booking of a later day: `DueIn` is for today's alone,
        so the others are taken off. `totalResults` is told whatever the limit.
        """
        call, deadline = "arrivals", self._http.deadline()
        path = f"{self._rsv}/reservations"
        query = [("arrivalStartDate", day.isoformat()), ("arrivalEndDate", day.isoformat()), ("limit", "1")]
        over = [("reservationStatuses", status) for status in NOT_EXPECTED]
        answers = await together(
            self._http.ask(call, "GET", path, query=query, deadline=deadline),
            self._http.ask(call, "GET", path, query=[*query, *over], deadline=deadline),
        )
        every, off = (read(call, answer, wire.total) for answer in answers)
        return max(0, every - off)

    async def reservation(self, reservation_id: str) -> Reservation:
        return await self._whole("reservation", reservation_id, self._http.deadline())

    # room

    async def free_rooms(self, reservation: Reservation, *, since: date | None = None) -> tuple[Room, ...]:
        call = "free_rooms"
        query = [
            ("roomType", reservation.room_type),
            ("hotelRoomStatus", "Inspected"),
            ("hotelFORoomStatus", "Vacant"),
            ("hotelRoomStartDate", (since or reservation.arrival).isoformat()),
            ("hotelRoomEndDate", reservation.departure.isoformat()),
            ("reservationId", reservation.id),
            ("limit", str(ROOMS)),
        ]
        suggested, free_now = await together(
            self._http.ask(call, "GET", f"{self._stay(reservation.id)}/suggestedRooms"),
            self._http.ask(call, "GET", f"{self._fof}/rooms", query=query),
        )
        rank = {number: index for index, number in enumerate(read(call, suggested, wire.suggestions))}
        free = (room for room in read(call, free_now, wire.rooms) if _is_free(room, reservation.room_type))
        return tuple(sorted(free, key=lambda room: (rank.get(room.number, len(rank)), room.number)))

    async def room(self, number: str) -> Room:
        query = [("fromRoomNumber", number), ("toRoomNumber", number)]
        answer = await self._http.ask("room", "GET", f"{self._fof}/rooms", query=query)
        for room in read("room", answer, wire.rooms):
            if room.number == number:
                return room
        raise HotelError("room", Trouble.NOT_FOUND)

    async def assign_room(self, reservation_id: str, room: str) -> None:
        body = bodies.room_assignment(reservation_id, self._hotel_id, room)
        await self._http.ask("assign_room", "POST", f"{self._stay(reservation_id)}/roomAssignments", body=body)

    async def obstacles(self, reservation_id: str) -> tuple[Obstacle, ...]:
        query = [("verifyCheckinInstructions", "ExcludeRoomSuggestion")]
        path = f"{self._stay(reservation_id)}/verifyCheckIns"
        answer = await self._http.ask("obstacles", "GET", path, query=query)
        must_tell("obstacles", answer)
        return read("obstacles", answer, wire.obstacles)

    async def check_in(self, reservation_id: str, *, pays_later: bool = False) -> None:
        path = f"{self._stay(reservation_id)}/checkIns"
        await self._http.ask("check_in", "POST", path, body=bodies.check_in(pays_later=pays_later))

    async def undo_check_in(self, reservation_id: str) -> None:
        await self._http.ask("undo_check_in", "DELETE", f"{self._stay(reservation_id)}/checkIns")

    # while they are in house

    async def move(self, reservation_id: str, room: str) -> Reservation:
        """putReservation with `roomStay.currentRoomInfo`, the room of the current day.

        Oracle's own workflow "Perform a Room Move" calls fof moveInHouseGuest (25.5), which is not
        among the operations that this kiosk is judged by; postRoomAssignment is for a reservation
        that "must still be reserved". No public text says that every OPERA Cloud moves a guest by
        putReservation: so the reservation is read afterwards, and REFUSED `not-moved` tells that it
        did not. The desk then moves the guest.
        """
        call, deadline = "move", self._http.deadline()
        booking = await self._whole(call, reservation_id, deadline)
        if _stays_in(booking, room):
            return booking
        body = bodies.move(reservation_id, self._hotel_id, room)
        booking = await self._changed(call, reservation_id, body, deadline)
        if not _stays_in(booking, room):
            raise HotelError(call, Trouble.REFUSED, "not-moved")
        return booking

    async def extend(self, reservation_id: str, departure: date) -> Reservation:
        """putReservation with the new `roomStay.departureDate`, and the rates told anew until then.

        Its workflow is Oracle's example of putReservation; `overrideInventoryCheck` is not set, so
        the hotel refuses where it is full. Read afterwards as in `move`: REFUSED `not-extended`.
        """
        call, deadline = "extend", self._http.deadline()
        answer = await self._answer(call, reservation_id, deadline)
        booking = read(call, answer, wire.reservation)
        if booking.departure == departure:
            return booking
        if departure < booking.departure:
            raise HotelError(call, Trouble.REFUSED, "not-longer")
        rates = read(call, answer, wire.rates)
        body = bodies.longer_stay(reservation_id, self._hotel_id, booking, rates, departure)
        booking = await self._changed(call, reservation_id, body, deadline)
        if booking.departure != departure:
            raise HotelError(call, Trouble.REFUSED, "not-extended")
        return booking

    async def _changed(
        self, call: str, reservation_id: str, body: bodies.Body, deadline: Deadline
    ) -> Reservation:
        """The reservation as it stands after a putReservation that may be asked twice within this call."""
        path = self._reservation(reservation_id)
        await self._http.ask(call, "PUT", path, body=body, token=str(uuid.uuid4()), deadline=deadline)
        return await self._whole(call, reservation_id, deadline)

    # people

    async def request_service(
        self, code: str, text: str, *, reservation_id: str = "", room: str = "", token: str = ""
    ) -> ServiceRequest:
        call = "request_service"
        body = bodies.service_request(self._hotel_id, code, text, reservation_id, room)
        answer = await self._http.ask(call, "POST", f"{self._fof}/serviceRequests", body=body, token=token)
        return ServiceRequest(new_id(call, answer), code, text, reservation_id, room)

    async def service_request(self, request_id: str, *, reservation_id: str = "", room: str = "") -> ServiceRequest:
        query = [(name, value) for name, value in (("reservationId", reservation_id), ("room", room)) if value]
        answer = await self._http.ask("service_request", "GET", f"{self._fof}/serviceRequests", query=query)
        for request in read("service_request", answer, wire.service_requests):
            if request.id == request_id:
                return request
        raise HotelError("service_request", Trouble.NOT_FOUND)


def _stays_in(booking: Reservation, room: str) -> bool:
    return booking.stay is Stay.IN_HOUSE and booking.room is not None and booking.room.number == room


def _is_free(room: Room, room_type: str) -> bool:
    return room.state is RoomState.INSPECTED and not room.occupied and room.room_type == room_type
