"""What is put in the place of a guest: nobody, and yet all that a check-in compares still fits."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.document_reader.contract import TravelDocument
from hardware.passport.mrz import parse
from kiosk.hotel.builtin.samples import COMPANIONS, SAMPLES, Person
from kiosk.hotel.builtin.specimen import Document
from kiosk.hotel.model import Guest, Room
from kiosk.hotel.opera_lookup import folded, same_name
from kiosk.names import compare, fits, is_no_name
from kiosk.sections import Slip
from kiosk.trace import bodies
from kiosk.trace.pseudonyms import Pseudonyms, lines_of
from kiosk.way import way_to

TODAY = date(2026, 11, 26)
PEOPLE = {
    **{name: (sample.person, sample.document) for name, sample in SAMPLES.items()},
    **{name: (each.person, each.document) for name, each in COMPANIONS.items()},
}


def names() -> Pseudonyms:
    return Pseudonyms(TODAY, Slip(doors_per_floor=20, lift_after_door=8))


def guest_of(person: Person) -> Guest:
    other = (person.given_other, person.family_other)
    return Guest("1", person.given, person.family, person.middle, other, born=person.born)


def read(document: Document) -> TravelDocument:
    parsed = parse(document.mrz, TODAY)
    assert isinstance(parsed, TravelDocument)
    return parsed


def replaced(guest: Guest, by: Pseudonyms) -> Guest:
    given, family = guest.name_other
    return replace(
        guest,
        given_name=by.text(guest.given_name),
        family_name=by.text(guest.family_name),
        middle_name=by.text(guest.middle_name),
        name_other=(by.text(given), by.text(family)),
        born=by.born(guest.born) if guest.born else None,
    )


@pytest.mark.parametrize("name", PEOPLE)
def test_a_document_that_fits_its_booking_fits_it_afterwards(name: str) -> None:
    person, document = PEOPLE[name]
    by, guest, before = names(), guest_of(person), read(document)
    for word in (guest.given_name, guest.family_name, guest.middle_name, *guest.name_other):
        by.learn(word)
    lines = lines_of(by.document(before))
    after = parse(lines, TODAY)
    assert isinstance(after, TravelDocument), "its check digits are wrong"
    assert fits(before, guest)
    assert fits(after, replaced(guest, by))
    assert after.number != before.number
    assert after.born != before.born
    assert after.expires not in (None, before.expires)
    assert after.expired(TODAY) == before.expired(TODAY)
    assert (after.nationality, after.sex, after.issuer) == (before.nationality, before.sex, before.issuer)


@pytest.mark.parametrize("name", PEOPLE)
def test_nothing_of_them_is_left(name: str) -> None:
    person, document = PEOPLE[name]
    by = names()
    words = (person.given, person.family, person.middle, person.given_other, person.family_other, *person.address)
    for word in words:
        by.learn(word)
    told = " ".join([*map(by.text, words), *lines_of(by.document(read(document)))])
    own = {each.casefold() for word in words for each in re.findall(r"[^\W_]+", word) if len(each) > 1 and not is_no_name(each)}
    assert not own & {each.casefold() for each in re.findall(r"[^\W_]+", told)}
    assert document.number not in told
    assert f"{document.born:%y%m%d}" not in told


def test_somebody_else_does_not_fit_afterwards() -> None:
    by = names()
    everybody = [(guest_of(person), read(document)) for person, document in PEOPLE.values()]
    for guest, _ in everybody:
        by.learn(f"{guest.given_name} {guest.family_name} {guest.middle_name} {' '.join(guest.name_other)}")
    for guest, _ in everybody:
        for _, document in everybody:
            alike = compare(document, guest).opens
            assert compare(by.document(document), replaced(guest, by)).opens == alike


@pytest.mark.parametrize(
    ("typed", "booked"),
    [("Szabo", "Szabó"), ("SZABÓ", "Szabó"), ("wisniewska zolkowska", "Wiśniewska-Żółkowska"), ("Weiss", "Weiß")],
)
def test_what_is_typed_without_accents_is_found_afterwards(typed: str, booked: str) -> None:
    by = names()
    assert same_name(typed, booked)
    assert same_name(by.text(typed), by.text(booked))


def test_the_same_is_replaced_alike_and_in_the_next_trace_by_something_else() -> None:
    one, other = names(), names()
    text = "Wolfeschlegel Katalin 70010001 AB-123 456"
    assert one.text(text) == one.text(text) != text
    assert one.text(text) != other.text(text)
    assert one.document_number("AB-123 456").replace("-", "").replace(" ", "") == one.document_number("AB123456")


def test_a_name_that_was_cut_stays_the_beginning_of_the_whole() -> None:
    by, whole = names(), "Wolfeschlegelsteinhausenbergerdorff"
    assert by.text(whole).startswith(by.text(whole[:20]))


def test_letters_stay_letters_and_signs_stay() -> None:
    text = names().text("Jón O’Neill-Tóth, Kőris u. 12/b; 明 محمد +36 30 555")
    assert re.fullmatch(r"\w+ \w’\w+-\w+, \w+ \w\. \d\d/\w; \w \w{4} \+\d\d \d\d \d{3}", text), text


@given(st.text(max_size=40))
def test_any_text_is_replaced(text: str) -> None:
    by = names()
    assert by.text(text) == by.text(text)


@given(st.dates(date(1900, 1, 1), TODAY))
def test_a_birth_date_is_another_of_the_same_age(day: date) -> None:
    new = names().born(day)
    ages = [TODAY.year - each.year - ((TODAY.month, TODAY.day) < (each.month, each.day)) for each in (day, new)]
    assert new != day
    assert ages[0] == ages[1]
    assert abs(new - day) < timedelta(days=366)


def test_a_room_keeps_its_floor_and_its_side_of_the_lift() -> None:
    slip = Slip(doors_per_floor=20, lift_after_door=8)
    by = Pseudonyms(TODAY, slip)
    rooms = [f"{floor}{door:02}" for floor in range(1, 7) for door in range(1, 21)]
    others = [by.room(room) for room in rooms]
    assert len(set(others)) == len(rooms)
    for one, other in zip(rooms, others, strict=True):
        assert one != other
        assert one[0] == other[0]
        ways = [way_to(slip, Room(room, "DBL")) for room in (one, other)]
        assert ways[0].words == ways[1].words


def test_ids_never_meet() -> None:
    by = names()
    assert len({by.id(str(number)) for number in range(3000)}) == 3000
    assert by.id("70010001") == by.text("70010001") == by.chosen("70010001")
    assert by.chosen("go-on") == "go-on"


def test_of_an_answer_only_what_is_the_houses_stays() -> None:
    by = names()
    body = {
        "reservationIdList": [{"id": "12", "type": "Reservation"}],
        "roomStay": {"arrivalDate": "2026-11-26", "roomId": "107", "adultCount": 2, "balance": {"amount": 12.5, "currencyCode": "HUF"}},
        "customer": {"birthDate": "1974-08-12", "someNewField": "Anna Eriksson", "language": "en"},
        "keyOptions": "UID=04AB12CD,RESERVATION=12",
        "links": [{"href": "https://hotel.example/rsv/v1/hotels/DUNA/reservations/12"}],
    }  # fmt: skip
    bodies.learn(body, by)
    told = bodies.replaced(body, by)
    assert told["roomStay"]["arrivalDate"] == "2026-11-26"
    assert (told["roomStay"]["adultCount"], told["roomStay"]["balance"]) == (2, {"amount": 12.5, "currencyCode": "HUF"})
    assert told["customer"]["language"] == "en"
    reservation = told["reservationIdList"][0]["id"]
    assert told["keyOptions"].endswith(f",RESERVATION={reservation}")
    assert told["links"][0]["href"] == f"/rsv/v1/hotels/DUNA/reservations/{reservation}"
    for value in ("Anna", "Eriksson", "1974-08-12", "107", "04AB12CD", "hotel.example"):
        assert value not in str(told)
    assert folded(told["customer"]["someNewField"]) == folded(by.text("ANNA ERIKSSON"))


def test_a_telephone_without_quotes_is_somebodys_too() -> None:
    by = names()
    body = {"phoneNumber": 436601234567, "guests": 2, "balance": {"amount": 1250000}, "owed": [-4366012345]}
    told = bodies.replaced(body, by)
    assert (told["guests"], told["balance"]) == (2, {"amount": 1250000})
    assert len(str(told["phoneNumber"])) == len("436601234567")
    assert not {"436601234567", "4366012345"} & set(re.findall("[0-9]+", str(told)))


@pytest.mark.parametrize(("family", "zone"), [("Lê", "LE"), ("Do", "DO"), ("Le", "LE"), ("Van Den", "VAN DEN")])
def test_a_particle_that_is_the_whole_name_is_replaced(family: str, zone: str) -> None:
    """One in ten in Vietnam is called Le."""
    by, guest = names(), Guest("1", "Minh", family)
    by.learn(family)
    by.learn(f"{family} Minh")
    document = by.document(replace(read(SAMPLES["ready"].document), surname=zone, given_names="MINH"))
    after = replaced(guest, by)
    words = f"{after.family_name} {by.text(f'Minh {family}')} {document.surname}".casefold().split()
    assert not {*family.casefold().split(), *zone.casefold().split()} & set(words)
    assert compare(document, after).opens
    assert by.text("Maria de la Cruz").split()[1:3] == ["de", "la"], "elsewhere it says nothing"
