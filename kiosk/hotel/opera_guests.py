"""Guests and what they say of themselves, for OPERA Cloud: profiles, companions, notes to the desk."""

from __future__ import annotations

import uuid
from dataclasses import replace

from kiosk.hotel import opera_bodies as bodies
from kiosk.hotel import opera_wire as wire
from kiosk.hotel.model import Guest
from kiosk.hotel.opera_base import OperaCalls, must_tell, new_id, read, together
from kiosk.hotel.opera_deadline import Deadline
from kiosk.hotel.opera_http import segment
from kiosk.hotel.same_person import same_person

PROFILES = "/crm/v1/profiles"


class OperaGuests(OperaCalls):
    """The part of `Hotel` that reads and writes profiles."""

    async def guest(self, profile_id: str) -> Guest:
        query = [("fetchInstructions", each) for each in ("Profile", "Address", "Communication")]
        answer = await self._http.ask("guest", "GET", _profile(profile_id), query=query)
        must_tell("guest", answer)
        return read("guest", answer, lambda body: wire.profile(body, profile_id))

    async def save_guest(self, guest: Guest, reservation_id: str = "") -> None:
        await self._save("save_guest", guest, reservation_id, self._http.deadline())

    async def _save(self, call: str, guest: Guest, reservation_id: str, deadline: Deadline) -> None:
        body, path = bodies.profile(guest), _profile(guest.profile_id)
        asked = [self._http.ask(call, "PUT", path, body=body, deadline=deadline)]
        if reservation_id and bodies.has_dates(guest):
            body = bodies.reservation_guest(reservation_id, self._hotel_id, guest)
            path = self._reservation(reservation_id)
            asked.append(self._http.ask(call, "PUT", path, body=body, deadline=deadline))
        await together(*asked)

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
        return new_id(call, answer)

    async def note(self, reservation_id: str, text: str) -> None:
        body = bodies.note(reservation_id, self._hotel_id, text)
        await self._http.ask("note", "PUT", self._reservation(reservation_id), body=body)


def _profile(profile_id: str) -> str:
    return f"{PROFILES}/{segment(profile_id)}"
