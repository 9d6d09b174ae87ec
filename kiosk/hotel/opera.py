"""Oracle OPERA Cloud (OHIP) as the hotel behind the kiosk.

The order of calls for a check-in is Oracle's own: getHotelReservations → getReservation →
putProfile → getHotelRooms → postRoomAssignment → verifyCheckIns → postCheckIn → postRoomKey.
`opera_http` asks, `opera_bodies` and `opera_wire` translate, `opera_lookup` guards the searches.
Source: Oracle OPERA Cloud property APIs 25.5.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from kiosk.hotel import opera_bodies as bodies
from kiosk.hotel import opera_lookup as lookup
from kiosk.hotel import opera_wire as wire
from kiosk.hotel.backend import HotelError, Trouble
from kiosk.hotel.model import (
    Folio,
    Guest,
    IssuedKey,
    Obstacle,
    Reservation,
    Room,
    RoomState,
    ServiceRequest,
)
from kiosk.hotel.opera_deadline import Deadline
from kiosk.hotel.opera_fields import Nonsense
from kiosk.hotel.opera_http import Answer, Credentials, OperaHttp, segment
from kiosk.hotel.same_person import same_person

__all__ = ["Credentials", "OperaHotel"]

Thing = TypeVar("Thing")

PROFILES = "/crm/v1/profiles"
PAGE = 100
PAGES = 10
ROOMS = 1000
WHAT_OF_RESERVATION = (
    "Reservation",
    "Preferences",
    "Alerts",
    "LinkedReservations",
    "RevenuesAndBalances",
    "Shares",
)


class OperaHotel:
    """Implements `kiosk.hotel.backend.Hotel`. Raises HotelError only, and ValueError for a wrong address.

    Every call, however many requests it takes, ends within `deadline_s` (and 0.3 s).
    """

    def __init__(
        self,
        base_url: str,
        hotel_id: str,
        credentials: Credentials,
        deadline_s: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = OperaHttp(base_url, hotel_id, credentials, deadline_s, clock)
        self._hotel_id = hotel_id
        here = segment(hotel_id)
        self._rsv = f"/rsv/v1/hotels/{here}"
        self._fof = f"/fof/v1/hotels/{here}"
        self._csh = f"/csh/v1/hotels/{here}"

    async def open(self) -> None:
        await self._http.open()

    async def close(self) -> None:
        await self._http.close()

    def token(self) -> str:
        """A bearer token for the archive beside the hotel; blocks, for a worker thread. HotelError."""
        return self._http.bearer()

    async def ping(self) -> None:
        """One room's data: needs a token, our application key and our hotel, and tells of no guest."""
        answer = await self._http.ask("ping", "GET", f"{self._fof}/rooms", query=[("limit", "1")])
        _read("ping", answer, wire.rooms)

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
            some = _read(call, answer, wire.found)
            found += some
            if not some or not _read(call, answer, wire.more):
                return found
        raise HotelError(call, Trouble.BROKEN, "endless")

    async def reservation(self, reservation_id: str) -> Reservation:
        return await self._whole("reservation", reservation_id, self._http.deadline())

    async def _whole(self, call: str, reservation_id: str, deadline: Deadline) -> Reservation:
        query = [("fetchInstructions", each) for each in WHAT_OF_RESERVATION]
        path = self._reservation(reservation_id)
        answer = await self._http.ask(call, "GET", path, query=query, deadline=deadline)
        _must_tell(call, answer)
        return _read(call, answer, wire.reservation)

    async def guest(self, profile_id: str) -> Guest:
        query = [("fetchInstructions", each) for each in ("Profile", "Address", "Communication")]
        answer = await self._http.ask("guest", "GET", _profile(profile_id), query=query)
        _must_tell("guest", answer)
        return _read("guest", answer, lambda body: wire.profile(body, profile_id))

    # sign in

    async def save_guest(self, guest: Guest, reservation_id: str = "") -> None:
        await self._save("save_guest", guest, reservation_id, self._http.deadline())

    async def _save(self, call: str, guest: Guest, reservation_id: str, deadline: Deadline) -> None:
        body, path = bodies.profile(guest), _profile(guest.profile_id)
        asked = [self._http.ask(call, "PUT", path, body=body, deadline=deadline)]
        if reservation_id and bodies.has_dates(guest):
            body = bodies.reservation_guest(reservation_id, self._hotel_id, guest)
            path = self._reservation(reservation_id)
            asked.append(self._http.ask(call, "PUT", path, body=body, deadline=deadline))
        await _together(*asked)

    async def add_companion(self, reservation_id: str, guest: Guest) -> Guest:
        """getReservation, postProfile, putReservation.

        The booking is looked at first: who is named on it already is completed, not added. A new
        profile is asked for with a request id that is the same for the same person on this booking,
        so that one whose answer was lost is given again; a gateway that does not heed the id leaves
        a profile without a stay, never a second one on the booking. The hotel's other profiles are
        not searched, though getProfiles could: a name or number typed at a kiosk must not open, or
        write over, the profile of somebody else.
        """
        call, deadline = "add_companion", self._http.deadline()
        booking = await self._whole(call, reservation_id, deadline)
        known = next((each for each in booking.guests if same_person(each, guest)), None)
        if known is None:
            if not guest.profile_id:
                guest = replace(guest, profile_id=await self._new_profile(call, reservation_id, guest, deadline))
            known = next((each for each in booking.guests if each.profile_id == guest.profile_id), None)
        if known is not None:
            guest = replace(
                guest,
                profile_id=known.profile_id,
                given_name=known.given_name,
                middle_name=known.middle_name,
                family_name=known.family_name,
            )
            await self._save(call, guest, reservation_id, deadline)
            return guest
        body = bodies.companion(reservation_id, self._hotel_id, booking.guests, guest)
        path = self._reservation(reservation_id)
        # The same people twice are the same people: safe to ask again within this call.
        await self._http.ask(call, "PUT", path, body=body, token=str(uuid.uuid4()), deadline=deadline)
        return guest

    async def _new_profile(self, call: str, reservation_id: str, guest: Guest, deadline: Deadline) -> str:
        # The birth date is not in this body, and tells a father from his son.
        token = self._http.token_of(call, bodies.companion(reservation_id, self._hotel_id, (), guest))
        body = bodies.new_profile(guest)
        answer = await self._http.ask(call, "POST", PROFILES, body=body, token=token, deadline=deadline)
        return _new_id(call, answer)

    async def note(self, reservation_id: str, text: str) -> None:
        body = bodies.note(reservation_id, self._hotel_id, text)
        await self._http.ask("note", "PUT", self._reservation(reservation_id), body=body)

    # room

    async def free_rooms(self, reservation: Reservation) -> tuple[Room, ...]:
        call = "free_rooms"
        query = [
            ("roomType", reservation.room_type),
            ("hotelRoomStatus", "Inspected"),
            ("hotelFORoomStatus", "Vacant"),
            ("hotelRoomStartDate", reservation.arrival.isoformat()),
            ("hotelRoomEndDate", reservation.departure.isoformat()),
            ("reservationId", reservation.id),
            ("limit", str(ROOMS)),
        ]
        suggested, free_now = await _together(
            self._http.ask(call, "GET", f"{self._stay(reservation.id)}/suggestedRooms"),
            self._http.ask(call, "GET", f"{self._fof}/rooms", query=query),
        )
        rank = {number: index for index, number in enumerate(_read(call, suggested, wire.suggestions))}
        free = (room for room in _read(call, free_now, wire.rooms) if _is_free(room, reservation.room_type))
        return tuple(sorted(free, key=lambda room: (rank.get(room.number, len(rank)), room.number)))

    async def room(self, number: str) -> Room:
        query = [("fromRoomNumber", number), ("toRoomNumber", number)]
        answer = await self._http.ask("room", "GET", f"{self._fof}/rooms", query=query)
        for room in _read("room", answer, wire.rooms):
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
        _must_tell("obstacles", answer)
        return _read("obstacles", answer, wire.obstacles)

    async def check_in(self, reservation_id: str) -> None:
        path = f"{self._stay(reservation_id)}/checkIns"
        await self._http.ask("check_in", "POST", path, body=bodies.check_in())

    async def undo_check_in(self, reservation_id: str) -> None:
        await self._http.ask("undo_check_in", "DELETE", f"{self._stay(reservation_id)}/checkIns")

    # keys

    async def allocate_key(
        self, reservation_id: str, room: str, *, valid_from: datetime, valid_until: datetime, further: bool, token: str
    ) -> IssuedKey:
        body = bodies.key(reservation_id, room, valid_from=valid_from, valid_until=valid_until, further=further)
        path = f"{self._stay(reservation_id)}/roomKeys"
        answer = await self._http.ask("allocate_key", "POST", path, body=body, token=token)
        return _read(
            "allocate_key",
            answer,
            lambda told: wire.issued_key(told, reservation_id, room, valid_from, valid_until),
        )

    async def keys(self, reservation_id: str) -> tuple[IssuedKey, ...]:
        path = f"{self._stay(reservation_id)}/roomKeys"
        answer = await self._http.ask("keys", "GET", path, query=[("includeInactiveRoomKeys", "true")])
        return _read("keys", answer, lambda body: wire.keys(body, reservation_id))

    async def key_written(self, key: IssuedKey, token: str) -> None:
        path = f"{self._stay(key.reservation_id)}/roomKeys"
        await self._http.ask("key_written", "PUT", path, body=bodies.written_key(key), token=token)

    async def drop_key(self, reservation_id: str) -> None:
        await self._http.ask("drop_key", "DELETE", f"{self._stay(reservation_id)}/roomKeys")

    # bill and people

    async def folio(self, reservation_id: str) -> Folio:
        query = [("fetchInstructions", each) for each in ("Postings", "Windowbalances")]
        path = f"{self._csh}/reservations/{segment(reservation_id)}/folios"
        answer = await self._http.ask("folio", "GET", path, query=query)
        _must_tell("folio", answer)
        return _read("folio", answer, lambda body: wire.folio(body, reservation_id))

    async def request_service(
        self, code: str, text: str, *, reservation_id: str = "", room: str = "", token: str = ""
    ) -> ServiceRequest:
        call = "request_service"
        body = bodies.service_request(self._hotel_id, code, text, reservation_id, room)
        answer = await self._http.ask(call, "POST", f"{self._fof}/serviceRequests", body=body, token=token)
        return ServiceRequest(_new_id(call, answer), code, text, reservation_id, room)

    async def service_request(self, request_id: str, *, reservation_id: str = "", room: str = "") -> ServiceRequest:
        query = [(name, value) for name, value in (("reservationId", reservation_id), ("room", room)) if value]
        answer = await self._http.ask("service_request", "GET", f"{self._fof}/serviceRequests", query=query)
        for request in _read("service_request", answer, wire.service_requests):
            if request.id == request_id:
                return request
        raise HotelError("service_request", Trouble.NOT_FOUND)

    # paths

    def _reservation(self, reservation_id: str) -> str:
        return f"{self._rsv}/reservations/{segment(reservation_id)}"

    def _stay(self, reservation_id: str) -> str:
        return f"{self._fof}/reservations/{segment(reservation_id)}"


async def _together(*asked: Awaitable[Answer]) -> list[Answer]:
    """Requests that don't need each other's answers, at the same time: a slow hotel is waited for once.

    All have ended when this returns or raises.
    """
    answers = await asyncio.gather(*asked, return_exceptions=True)
    for answer in answers:
        if isinstance(answer, BaseException):
            raise answer
    return [answer for answer in answers if isinstance(answer, Answer)]


def _profile(profile_id: str) -> str:
    return f"{PROFILES}/{segment(profile_id)}"


def _new_id(call: str, answer: Answer) -> str:
    """What was made is named by the last part of its Location."""
    new = answer.location.rstrip("/").rpartition("/")[2]
    if not new:
        raise HotelError(call, Trouble.BROKEN, "Location")
    return new


def _is_free(room: Room, room_type: str) -> bool:
    return room.state is RoomState.INSPECTED and not room.occupied and room.room_type == room_type


def _must_tell(call: str, answer: Answer) -> None:
    """A gateway may say 204, no content, for an id that it does not know."""
    if not answer.body:
        raise HotelError(call, Trouble.NOT_FOUND)


def _read(call: str, answer: Answer, reader: Callable[[dict[str, object]], Thing]) -> Thing:
    """The answer in domain words; BROKEN with the path of the field that is missing or wrong."""
    try:
        return reader(answer.body)
    except Nonsense as nonsense:
        path = str(nonsense)
    raise HotelError(call, Trouble.BROKEN, path)
