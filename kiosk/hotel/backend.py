"""Hotel: the calls a kiosk needs, in a front desk's words. Every backend file is run through
`tests/kiosk/hotel/backend_contract.py`.

Rules: every call ends by its deadline (HotelError DOWN, TIMEOUT …); a call that changes
something can be asked for afterwards (`find` side); lists are empty, never None; the hotel
never tells why a look-up found nothing.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from kiosk.hotel.model import (
    Folio,
    Guest,
    IssuedKey,
    Obstacle,
    Reservation,
    Room,
    ServiceRequest,
)
from kiosk.language import Money

LOST_KEY = "lost-key"
"""A use that can be charged for (`Hotel.charge`)."""


class Trouble(StrEnum):
    """Why the hotel did not do it."""

    DOWN = "down"  # no connection; nothing was done
    TIMEOUT = "timeout"  # asked, no whole answer by the deadline: it may have been done
    BROKEN = "broken"  # 5xx or an answer that is none: it may have been done
    REFUSED = "refused"  # 4xx: it was not done; `code` says why
    CONFLICT = "conflict"  # somebody was faster: room taken, already checked in; not done
    NOT_FOUND = "not-found"
    UNAUTHORISED = "unauthorised"  # credentials are wrong


class HotelError(Exception):
    """The hotel did not do it. `str()` carries call, trouble and code: never a name or a number."""

    def __init__(self, call: str, trouble: Trouble, code: str = "") -> None:
        self.call = call
        self.trouble = trouble
        self.code = code
        super().__init__(f"{call}: {trouble}" + (f" ({code})" if code else ""))

    @property
    def may_have_been_done(self) -> bool:
        """Whether the other side must be asked before it is done again."""
        return self.trouble in (Trouble.TIMEOUT, Trouble.BROKEN)


class Hotel(Protocol):
    """What stands behind the kiosk."""

    async def open(self) -> None:
        """Start its worker; connects lazily, so a hotel that is down does not stop the kiosk."""

    async def close(self) -> None: ...

    @property
    def asked_again(self) -> int:
        """How many requests of all calls came to nothing and were asked a second time, since the start."""

    async def ping(self) -> None:
        """Prove that it answers with our credentials; HotelError if not."""

    # find
    async def find_by_confirmation(self, number: str) -> tuple[Reservation, ...]:
        """All reservations with exactly this confirmation number; () for wildcards and odd input."""

    async def find_by_name(
        self, family_name: str, *, arrival: date | None = None, departure: date | None = None
    ) -> tuple[Reservation, ...]:
        """All whose guest's family name is this (accents and case aside, any stay state)."""

    async def find_by_given_name(self, given_name: str, *, arrival: date) -> tuple[Reservation, ...]:
        """All who arrive on this day and whose guest has just this given name.

        Only for a document read by a device, whose zone has no room for the family name.
        """

    async def in_house(self) -> tuple[Reservation, ...]:
        """All who are in house, who leaves today too. For staff; as much of each as a search tells."""

    async def in_room(self, room: str) -> tuple[Reservation, ...]:
        """Who is in house in this room: several where they share it, () where nobody is."""

    async def arrivals(self, day: date) -> int:
        """How many reservations are still to arrive on this day. Who they are is not told."""

    async def reservation(self, reservation_id: str) -> Reservation:
        """Everything of one reservation: guests, alerts, needs, sharers, room and balance."""

    async def guest(self, profile_id: str) -> Guest:
        """A profile with its documents: number, type and issuing country, the number perhaps hidden."""

    # sign in
    async def save_guest(self, guest: Guest, reservation_id: str = "") -> None:
        """Write what the registration card told back to the profile (identification, address …).

        Empty fields stay as they were. Birth date and a document's expiry reach the hotel only with
        `reservation_id`: the profile's own call has no valid form for them.
        """

    async def add_companion(self, reservation_id: str, guest: Guest) -> Guest:
        """One more person on the booking; told with the profile that now stands for them.

        Asked again with the same person – the same document, else the same name and birth date – it
        is one person, also when the first answer was lost. Who is named on the booking already is
        only completed. REFUSED when the room is for fewer people.
        """

    async def note(self, reservation_id: str, text: str) -> None:
        """Add a comment for the desk to the reservation (a document that was typed, not read)."""

    # room
    async def free_rooms(self, reservation: Reservation, *, since: date | None = None) -> tuple[Room, ...]:
        """Inspected, vacant rooms of the booked type for these nights, best first (suggestions first).

        `since`: for who is in house and wants another room, the nights from this day on.
        """

    async def room(self, number: str) -> Room: ...

    async def assign_room(self, reservation_id: str, room: str) -> None:
        """CONFLICT when somebody was faster."""

    async def obstacles(self, reservation_id: str) -> tuple[Obstacle, ...]:
        """verifyCheckIns: () when the hotel would let them in."""

    async def check_in(self, reservation_id: str, *, pays_later: bool = False) -> None:
        """`pays_later`: what is due is no obstacle, somebody of the desk has said so."""

    async def undo_check_in(self, reservation_id: str) -> None: ...

    # while they are in house
    async def move(self, reservation_id: str, room: str) -> Reservation:
        """Another room, from now to the departure; told as it stands then.

        The room is inspected, vacant and free for the nights, of any type (what was booked is
        charged), and the guests fit in. CONFLICT when somebody was faster. The room that is left is
        dirty, and all keys of this reservation are void: new ones are allocated. In the books, that
        is: an offline door takes an old key until a newer one has touched it. Asked again for the
        same room, nothing changes.
        """

    async def extend(self, reservation_id: str, departure: date) -> Reservation:
        """A later departure, for who is in house; told as it stands then. Keys keep their end.

        CONFLICT when the room is given to somebody else in one of these nights; REFUSED for an
        earlier day. Asked again for the same day, nothing changes.
        """

    # keys
    async def allocate_key(
        self, reservation_id: str, room: str, *, valid_from: datetime, valid_until: datetime, further: bool, token: str
    ) -> IssuedKey:
        """Allocate the room's next sequence in one transaction; `further` shares the guest's current one.

        `token` is ours and opaque: asked again with the same token the same key comes back.
        """

    async def post_key(
        self,
        reservation_id: str,
        room: str,
        sequence: int,
        *,
        valid_from: datetime,
        valid_until: datetime,
        card_uid: str,
        token: str,
    ) -> IssuedKey:
        """Tell of a key that was cut while the hotel could not be asked; told as it stands in the books.

        The cutter takes the highest sequence that it has seen for the room, and one. From now on no
        allocation gives out this sequence or a lower one. CONFLICT when it was given to somebody
        else meanwhile: both cards open the door until a new key with a new allocation is there. The
        key may be void at once: a newer one was allocated, or the guest has another room or has
        left. Told again – the same card, room and sequence – it is the same key.
        """

    async def keys(self, reservation_id: str) -> tuple[IssuedKey, ...]:
        """All that were ever allocated or told for this reservation, oldest first, void ones too."""

    async def key_options(self, reservation_id: str) -> tuple[str, ...]:
        """Codes of what else its keys are to open: lift, garage, lounge; of room, reservation, guests."""

    async def card_in_books(self, card_uid: str) -> IssuedKey | None:
        """The last key that this card carries by the books, void or not; None where the books don't say."""

    async def key_written(self, key: IssuedKey, token: str) -> None:
        """Tell which card it was written to (`key.card_uid`)."""

    async def key_erased(self, key: IssuedKey, token: str) -> None:
        """This one card is empty again: void, and the other keys as they were."""

    async def drop_key(self, reservation_id: str) -> None:
        """All keys of this reservation are void."""

    # bill and people
    async def folio(self, reservation_id: str) -> Folio: ...

    async def charge(self, reservation_id: str, what: str, amount: Money, reference: str) -> None:
        """Put a charge on the bill of who is in house; `what` is one of the uses that the house has named.

        `reference` is ours and opaque, and stands on the line: asked again with the same one it is
        one charge, also when the first answer was lost. REFUSED for a use that has no code.
        """

    async def request_service(
        self, code: str, text: str, *, reservation_id: str = "", room: str = "", token: str = ""
    ) -> ServiceRequest:
        """Tell the desk. `text` carries no more of the guest than the desk needs.

        `token` is ours and opaque: told again with the same token, the desk still has it once.
        """

    async def service_request(
        self, request_id: str, *, reservation_id: str = "", room: str = ""
    ) -> ServiceRequest:
        """How it stands now. Reservation or room as given at `request_service`: fewer others are read."""
