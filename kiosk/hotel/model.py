"""The hotel in the words of a front desk. Frozen; money is Decimal; nothing here is logged."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum

from kiosk.language import Money


class Stay(StrEnum):
    """Where a reservation stands."""

    RESERVED = "reserved"
    IN_HOUSE = "in-house"
    CHECKED_OUT = "checked-out"
    CANCELLED = "cancelled"
    NO_SHOW = "no-show"
    WAITLISTED = "waitlisted"


class RoomState(StrEnum):
    """Housekeeping's word on a room. Only INSPECTED (and vacant) is given to a guest."""

    CLEAN = "clean"
    INSPECTED = "inspected"
    PICKUP = "pickup"
    DIRTY = "dirty"
    OUT_OF_ORDER = "out-of-order"
    OUT_OF_SERVICE = "out-of-service"


@dataclass(frozen=True, repr=False)
class Address:
    lines: tuple[str, ...] = ()
    postal_code: str = ""
    city: str = ""
    country: str = ""  # ISO 3166-1 alpha-2

    @property
    def street(self) -> str:
        """What stands above the town, in one line."""
        return ", ".join(line for line in self.lines if line.strip())


@dataclass(frozen=True, repr=False)
class Identification:
    """A document as the hotel's profile keeps it.

    A hotel may hide numbers from who has no right to them: then `number` is '' and `masked` has the
    rest of it ('C030059XX'), which proves nothing.
    """

    type: str  # 'PASSPORT', 'ID'
    number: str
    issued_in: str = ""  # ISO 3166-1 alpha-2
    expires: date | None = None
    masked: str = ""


@dataclass(frozen=True, repr=False)
class Guest:
    """A profile. `names_other` holds the same person's name in another script, where the hotel has it."""

    profile_id: str
    given_name: str
    family_name: str
    middle_name: str = ""
    name_other: tuple[str, str] = ("", "")  # given, family in another script
    language: str = ""  # ISO 639-1
    nationality: str = ""  # ISO 3166-1 alpha-2
    born: date | None = None
    sex: str = ""  # 'F', 'M', 'X' or ''
    address: Address = field(default_factory=Address)
    email: str = ""
    phone: str = ""
    identifications: tuple[Identification, ...] = ()


@dataclass(frozen=True)
class Room:
    """A room of the house."""

    number: str
    room_type: str
    floor: str = ""
    state: RoomState = RoomState.DIRTY
    occupied: bool = False
    features: frozenset[str] = frozenset()  # feature codes; ACCESSIBLE is one


ACCESSIBLE = "ACC"
"""Feature code of a wheelchair-accessible room."""


@dataclass(frozen=True, repr=False)
class Alert:
    """What the desk wants to be told or to tell when this guest arrives."""

    code: str
    area: str  # 'CheckIn', 'Reservation', …
    description: str


@dataclass(frozen=True, repr=False)
class Reservation:
    """One booking of one or more rooms."""

    id: str
    confirmation: str
    stay: Stay
    arrival: date
    departure: date
    guests: tuple[Guest, ...]  # the first is the one who booked
    adults: int
    children: int
    rooms: int  # rooms on this booking that still must be split
    room_type: str
    room_type_name: str = ""
    room: Room | None = None  # assigned by the desk or by us
    do_not_move: bool = False
    wants: frozenset[str] = frozenset()  # feature codes
    alerts: tuple[Alert, ...] = ()
    shares_with: tuple[str, ...] = ()  # reservation ids of who shares the room
    linked: tuple[str, ...] = ()  # reservation ids of the same party
    balance: Money | None = None  # what is owed now; None: not told in this answer
    arrival_time: time | None = None
    departure_time: time | None = None

    @property
    def guest(self) -> Guest:
        return self.guests[0]

    @property
    def nights(self) -> int:
        return (self.departure - self.arrival).days


@dataclass(frozen=True)
class Obstacle:
    """Why the hotel would not let this reservation check in (verifyCheckIns)."""

    code: str
    note: str = field(default="", repr=False)


@dataclass(frozen=True)
class IssuedKey:
    """A key in the hotel's books."""

    reservation_id: str
    room: str
    sequence: int
    valid_from: datetime
    valid_until: datetime
    card_uid: str = ""  # hex; empty: allocated, not known as written
    active: bool = True
    number: str = ""  # of this card in the hotel's books


@dataclass(frozen=True, repr=False)
class Folio:
    """The bill: what stands on it and what is owed."""

    reservation_id: str
    balance: Money
    lines: tuple[FolioLine, ...] = ()


@dataclass(frozen=True, repr=False)
class FolioLine:
    description: str
    amount: Money
    on: date | None = None
    reference: str = ""  # what the poster wrote on it, to find it again


@dataclass(frozen=True, repr=False)
class ServiceRequest:
    """Something a person must do: said to the desk, seen by the guest as taken or not."""

    id: str
    code: str
    text: str
    reservation_id: str = ""
    room: str = ""
    taken: bool = False
