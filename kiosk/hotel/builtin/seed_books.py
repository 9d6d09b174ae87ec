"""Books: making reservations one by one, with rooms that nobody else has in those nights."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from kiosk.hotel.builtin.profile_json import set_name_keys
from kiosk.hotel.builtin.rooms import NOT_FOR_GUESTS, nights
from kiosk.hotel.builtin.samples import Person
from kiosk.hotel.builtin.seed_rooms import TYPES
from kiosk.hotel.builtin.tables import (
    Alert,
    Comment,
    Identification,
    KeyCard,
    KeyGeneration,
    Posting,
    Profile,
    Reservation,
    ReservationGuest,
    ReservationWant,
    Room,
    RoomNight,
)

SEED = 20_240_229
FIRST_RESERVATION = 200_001
FIRST_PROFILE = 500_001


@dataclass(frozen=True, repr=False)
class Plan:
    """One reservation to be made. `day`: arrival, in days from today."""

    person: Person
    day: int
    stay: int  # nights
    type: str
    status: str = "Reserved"
    confirmation: str = ""
    room: str = ""  # a number, 'ready', 'not-ready' or '' for none
    adults: int = 1
    children: int = 0
    rooms: int = 1
    wants: frozenset[str] = frozenset()
    do_not_move: bool = False
    owes: bool = False
    party: str | None = None
    share_group: str | None = None
    alert: tuple[str, bool] | None = None  # description, stops the check-in
    comment: str = ""
    companions: tuple[Person, ...] = ()
    document: tuple[str, str] | None = None  # type, number known from an earlier stay
    arrival_time: time | None = time(15, 0)
    key_options: str = ""


@dataclass
class Books:
    """Collects what is booked; `write()` puts it into the database."""

    session: Session
    today: date
    random: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 - not for secrets
    taken: dict[tuple[str, date], str] = field(default_factory=dict)
    occupied: set[str] = field(default_factory=set)
    reservations: int = 0
    used: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.rooms = {room.number: room for room in self.session.scalars(select(Room)).unique()}
        self._people: dict[Person, Profile] = {}

    def book(self, plan: Plan) -> Reservation:
        arrival = self.today + timedelta(days=plan.day)
        departure = arrival + timedelta(days=plan.stay)
        key = FIRST_RESERVATION + self.reservations
        holder = plan.share_group or f"reservation {key}"
        number = self._room(plan, arrival, departure, holder)
        self.reservations += 1
        reservation = Reservation(
            id=key,
            confirmation=plan.confirmation or self._confirmation(),
            status=plan.status,
            arrival=arrival,
            departure=departure,
            arrival_time=plan.arrival_time,
            departure_time=time(11, 0),
            adults=plan.adults,
            children=plan.children,
            rooms=plan.rooms,
            type_code=plan.type,
            room_number=number,
            do_not_move=plan.do_not_move,
            share_group=plan.share_group,
            party=plan.party,
            key_options=plan.key_options,
            night_cents=TYPES[plan.type][2],
            checked_in_on=arrival if plan.status in ("InHouse", "CheckedOut") else None,
            created_at=datetime.combine(self.today - timedelta(days=30), time(9, 30), UTC),
            want_rows=[ReservationWant(feature=code) for code in sorted(plan.wants)],
            alerts=[Alert(code="DESK", area="CheckIn", description=plan.alert[0], stops=plan.alert[1])]
            if plan.alert
            else [],
            comments=[
                Comment(
                    text=plan.comment, internal=True, created_at=datetime.combine(self.today, time(8), UTC)
                )
            ]
            if plan.comment
            else [],
            postings=self._postings(plan, arrival),
            guest_rows=[
                ReservationGuest(position=i, profile=self._profile(person, plan.document if i == 0 else None))
                for i, person in enumerate((plan.person, *plan.companions))
            ],
        )
        self.session.add(reservation)
        if plan.status == "InHouse" and number:
            self._key(reservation, number, holder)
        return reservation

    def write(self) -> None:
        self.session.flush()
        self.session.add_all(
            RoomNight(room=room, night=night, holder=who) for (room, night), who in self.taken.items()
        )
        self.session.flush()

    def _room(self, plan: Plan, arrival: date, departure: date, holder: str) -> str | None:
        """A room as the plan wants it, held for its nights if the stay is still to come or going on."""
        if not plan.room:
            return None
        states = ("Inspected",) if plan.room == "ready" else ("Dirty", "Pickup")
        span = nights(arrival, departure)
        # Who leaves today still has the room this morning: nobody who comes today has been given it.
        asked = [*span, departure] if plan.status == "InHouse" else span
        for number, room in sorted(self.rooms.items()):
            wanted = number == plan.room or (
                plan.room in ("ready", "not-ready", "any")
                and (plan.room == "any" or room.state in states)
                and room.state not in NOT_FOR_GUESTS
                and plan.wants <= room.features
                and ("ACC" not in room.features or "ACC" in plan.wants)
            )
            free = all(self.taken.get((number, night), holder) == holder for night in asked)
            free = free and (number not in self.occupied or plan.room != "ready")
            if wanted and room.type_code == plan.type and free:
                if plan.status in ("Reserved", "InHouse"):
                    self.taken |= {(number, night): holder for night in span}
                if plan.status == "InHouse":
                    self.occupied.add(number)
                return number
        raise ValueError(f"no room for a plan of {plan.type}")

    def _confirmation(self) -> str:
        while True:
            number = str(self.random.randrange(10_000_000, 70_000_000))
            if number not in self.used:
                self.used.add(number)
                return number

    def _profile(self, person: Person, document: tuple[str, str] | None) -> Profile:
        known = self._people.get(person)
        if known is not None:
            return known
        street, postal_code, city = person.address
        profile = Profile(
            id=FIRST_PROFILE + len(self._people),
            given_name=person.given,
            middle_name=person.middle,
            family_name=person.family,
            given_other=person.given_other,
            family_other=person.family_other,
            language=person.language,
            nationality=person.country,
            born=person.born,
            sex=person.sex,
            address_lines=street,
            postal_code=postal_code,
            city=city,
            country=person.country if city else "",
            email=person.email,
            phone="",
            identifications=[
                Identification(type=document[0], number=document[1], issued_in=person.country, first=True)
            ]
            if document
            else [],
        )
        set_name_keys(profile)
        self._people[person] = profile
        return profile

    def _postings(self, plan: Plan, arrival: date) -> list[Posting]:
        """Booked in advance: the stay is charged, and paid unless the plan owes it."""
        cents = TYPES[plan.type][2] * max(1, plan.stay) * plan.rooms
        if plan.status in ("Cancelled", "NoShow", "Waitlisted"):
            return []
        lines = [
            Posting(code="1000", description="Accommodation", cents=cents, posted_on=min(arrival, self.today))
        ]
        if not plan.owes:
            lines.append(
                Posting(code="9000", description="Payment", cents=-cents, posted_on=min(arrival, self.today))
            )
        return lines

    def _key(self, reservation: Reservation, number: str, holder: str) -> None:
        """Who is in house has a key."""
        room = self.rooms[number]
        self.session.flush()
        room.key_sequence += 1
        self.session.add(KeyGeneration(room=number, sequence=room.key_sequence, holder=holder))
        self.session.flush()
        start, end = (
            datetime.combine(day, when, UTC)
            for day, when in ((reservation.arrival, time(13)), (reservation.departure, time(10)))
        )
        self.session.add(
            KeyCard(
                reservation_id=reservation.id,
                room=number,
                sequence=room.key_sequence,
                valid_from=start,
                valid_until=end,
            )
        )
