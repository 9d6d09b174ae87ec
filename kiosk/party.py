"""Those who come along: who has been registered, who is next, and what the hotel's law wants of each. Pure.

Who shows a document, or is told, is looked for among the other guests of the booking, so that nothing is
asked again; whom the booking does not name takes one of its places.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from hardware.document_reader.contract import TravelDocument
from kiosk.hotel.model import Address, Guest, Reservation
from kiosk.identity import Proven
from kiosk.language import Text
from kiosk.names import compare, fits, same_word
from kiosk.registration.card import RegistrationForm
from kiosk.registration.law import Companions, Field, Requirements
from kiosk.registration.profile import updated_profile

NOBODY = Guest("", "", "")
_GROWN_UP = 18
_NO_NAME = "–"  # how a card puts down that somebody has no given name


@dataclass(frozen=True, repr=False)
class Companion:
    """One who comes along. `guest` is the booking's, else nobody; `form` is their own card, or what was told."""

    guest: Guest = NOBODY
    document: TravelDocument | None = None
    proven: Proven | None = None  # of the document, where the reader reads chips
    form: RegistrationForm | None = None
    own_card: bool = False
    later: bool = False

    @property
    def told(self) -> bool:
        """Whether somebody else told their data."""
        return self.document is None and not self.later

    def said(self, field: Field) -> str:
        return self.form.value(field) if self.form else ""

    def as_guest(self) -> Guest:
        """As the hotel is to know them: with the name of the card where the booking has none."""
        if self.form is None:
            return self.guest
        guest = updated_profile(self.guest, self.form)
        if guest.profile_id:
            return guest
        given = self.said(Field.GIVEN_NAMES)
        return replace(guest, family_name=self.said(Field.FAMILY_NAME), given_name="" if given == _NO_NAME else given)


@dataclass(frozen=True, repr=False)
class Party:
    """The others of one booking. `law` is what is asked of the head of the party."""

    law: Requirements
    head: TravelDocument
    others: tuple[Guest, ...]  # whom the booking names beside the head
    places: int
    children: int = 0  # of them, as the booking has it
    done: tuple[Companion, ...] = ()
    now: Companion | None = None  # whose data are known, and whose card is still to be looked at
    again: RegistrationForm | None = None  # what was told of a child, for who comes back to it
    notice: Text | None = None  # why a document is asked for once more
    today: date | None = None

    def to_come(self) -> range:
        """The numbers of those who are still to be registered; the head of the party is 1."""
        return range(len(self.done) + 2, self.places + 2)

    def with_done(self, *companions: Companion) -> Party:
        return replace(self, done=(*self.done, *companions), now=None, again=None, notice=None)

    @property
    def registered(self) -> tuple[Companion, ...]:
        """All but those who come later."""
        return tuple(each for each in self.done if not each.later)

    @property
    def persons(self) -> tuple[Companion, ...]:
        """Those whom the hotel gets as persons; who is only counted stands on the head's card alone."""
        counted = self.law.companions is Companions.COUNT
        return tuple(each for each in self.registered if each.form and (each.own_card or not counted))

    @property
    def later(self) -> int:
        return sum(each.later for each in self.done)

    @property
    def strangers(self) -> int:
        """How many show a name that the booking does not have, although it names everybody."""
        if len(self.others) < self.places:
            return 0
        return sum(not each.guest.profile_id for each in self.persons)

    @property
    def told_children(self) -> int:
        """How many were told as children, where there are then more children than the booking has: a grown-up
        who is told as one takes the place of nobody who is one. 0 where it has as many."""
        told = sum(each.told and each.own_card for each in self.done)
        shown = sum(each.document is not None and self._is_child(each.document.born) for each in self.done)
        return told if told + shown > self.children else 0

    @property
    def unregistered(self) -> int:
        """Of those whom the booking names, how many nobody was: others took their places. Who comes later is told
        apart, and who was only counted may be any of them."""
        counted = sum(each.told and not each.said(Field.FAMILY_NAME) and not each.guest.profile_id for each in self.done)
        return max(0, len(self._free()) - self.later - counted)

    @property
    def alike(self) -> int:
        """How many share birth date and a given name with one who was there before: perhaps the same person twice."""
        before = [self.head]
        found = 0
        for each in self.done:
            if each.document is not None:
                found += any(_perhaps_the_same(each.document, known) for known in before)
                before.append(each.document)
        return found

    def _is_child(self, born: date | None) -> bool:
        return born is not None and self.today is not None and age(born, self.today) < _GROWN_UP

    def already(self, document: TravelDocument) -> bool:
        """Whether this person is registered: by this document, by another of the same name and birth date, or told."""
        shown = any(_same_person(document, known) for known in self._documents())
        return shown or any(_is(document, each.as_guest()) for each in self.done if each.told)

    def told_already(self, family: str, given: str, born: str) -> bool:
        """The same of who is being told; without a birth date nobody can say."""
        if not born:
            return False
        who = Guest("", given, family, born=date.fromisoformat(born))
        known = [each.as_guest() for each in self.done if each.told]
        return any(_is(document, who) for document in self._documents()) or any(_alike(who, each) for each in known)

    def _documents(self) -> list[TravelDocument]:
        return [self.head, *(each.document for each in self.done if each.document)]

    def named(self, document: TravelDocument) -> Guest:
        """Who of the booking shows this document; of two of one name, the one born on that day."""
        free = [guest for guest in self._free() if fits(document, guest)]
        return min(free, key=lambda guest: guest.born is None, default=NOBODY)

    def told_of(self, family: str, given: str, born: str) -> Guest:
        """Who of the booking is meant by a name and a birth date (ISO 8601); both must be known there."""
        who = Guest("", given, family, born=date.fromisoformat(born) if born else None)
        return next((guest for guest in self._free() if _alike(who, guest)), NOBODY)

    def _free(self) -> list[Guest]:
        taken = {each.guest.profile_id for each in self.done}
        return [guest for guest in self.others if guest.profile_id not in taken]

    def company(self) -> str:
        """What stands of them on the head's card, where the law wants them there."""
        if self.law.companions is Companions.NAME_AND_BIRTH:
            return "; ".join(_name_and_birth(each) for each in self.registered)
        if self.law.companions is Companions.COUNT:
            counted = [each.said(Field.NATIONALITY) for each in self.registered if not each.own_card]
            return f"{len(counted)} ({', '.join(counted)})" if counted else ""
        return ""


def party_of(
    law: Requirements, head: TravelDocument, whose: Guest, booking: Reservation, today: date | None = None
) -> Party:
    """Everybody else on the booking; whom it knows as well as the law wants is not asked again."""
    others = tuple(guest for guest in booking.guests if guest.profile_id != whose.profile_id)
    places = max(booking.adults + booking.children - 1, len(others))
    party = Party(law, head, others, places, booking.children, today=today)
    if law.companions is Companions.NAME_AND_BIRTH:
        return party.with_done(*(Companion(guest) for guest in others if guest.born))
    return party


def age(born: date, today: date) -> int:
    return today.year - born.year - ((today.month, today.day) < (born.month, born.day))


LIKELY = (Field.ADDRESS, Field.POSTAL_CODE, Field.CITY, Field.COUNTRY, Field.ENTERED, Field.ENTRY_PLACE)
"""What those who travel together mostly have in common."""


def likely(whose: Guest, party: Party) -> dict[Field, str]:
    """What may be suggested to the next one: of the last who was asked, else of the head of the party."""
    found = dict(zip(LIKELY, _address(whose.address), strict=False))
    for each in party.done:
        found |= {each_field: each.said(each_field) for each_field in LIKELY if each.own_card and each.said(each_field)}
    return {each_field: value for each_field, value in found.items() if value}


def _address(address: Address) -> tuple[str, str, str, str]:
    return address.street, address.postal_code, address.city, address.country


def _same_person(one: TravelDocument, other: TravelDocument) -> bool:
    """The same document; else the same birth date, and a name by which either would find the other's booking."""
    if (one.number, one.issuer) == (other.number, other.issuer):
        return True
    if one.name_truncated or other.name_truncated or one.born_text != other.born_text:  # twins of a long name
        return False
    if (one.surname, one.given_names) == (other.surname, other.given_names):
        return True
    return one.born is not None and (compare(one, _named(other)).opens or compare(other, _named(one)).opens)


def _named(document: TravelDocument) -> Guest:
    return Guest("", document.given_names, document.surname)


def _perhaps_the_same(one: TravelDocument, other: TravelDocument) -> bool:
    """Of one birth date and with a given name in common: not surely the same person, and seldom two."""
    names = [(a, b) for a in one.given_names.split() for b in other.given_names.split()]
    return one.born_text == other.born_text and any(same_word(a, b) for a, b in names)


def _is(document: TravelDocument, guest: Guest) -> bool:
    """Whether a document is of who was told with name and birth date."""
    return guest.born is not None and fits(document, guest)


def _alike(one: Guest, other: Guest) -> bool:
    """By family name, first given name and birth date, all of them known."""
    first = (each.given_name.partition(" ")[0] for each in (one, other))
    same = same_word(one.family_name, other.family_name) and same_word(*first)
    return same and one.born is not None and one.born == other.born


def _name_and_birth(who: Companion) -> str:
    guest = who.as_guest()
    name = " ".join(filter(None, (guest.family_name, guest.given_name, guest.middle_name)))
    return f"{name}, {guest.born or who.said(Field.BORN)}"


