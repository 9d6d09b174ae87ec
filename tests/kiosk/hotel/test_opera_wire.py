"""OPERA Cloud's answers as domain words: what other gateways tell, and what is nonsense."""

from __future__ import annotations

import copy
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.hotel import opera_bodies as bodies
from kiosk.hotel import opera_key_wire as key_wire
from kiosk.hotel import opera_wire as wire
from kiosk.hotel.model import Address, Guest, Identification, RoomState, Stay
from kiosk.hotel.opera_fields import Nonsense
from kiosk.language import Money

IDS = [{"id": "4711", "type": "Reservation"}, {"id": "7000", "type": "Confirmation"}]
LISTED: dict[str, Any] = {
    "reservationIdList": IDS,
    "roomStay": {
        "arrivalDate": "2026-05-01",
        "departureDate": "2026-05-03",
        "adultCount": 2,
        "roomType": "DBL",
        "roomId": "305",
        "balance": {"amount": 12, "currencyCode": "HUF"},
        "expectedTimes": {"reservationExpectedArrivalTime": "2026-05-01T15:30:00+02:00"},
    },
    "reservationGuest": {"givenName": "Anna", "surname": "Nagy", "id": "9", "fullName": "Nagy, Anna"},
    "roomStatus": "Inspected",
    "reservationStatus": "Reserved",
    "sharedGuests": [{"reservationId": {"id": "4712"}}],
}
PROFILE: dict[str, Any] = {
    "customer": {
        "personName": [
            {"nameType": "Primary", "givenName": "Anna", "surname": "Nagy"},
            {"nameType": "Alternate", "givenName": "安娜", "surname": "纳吉"},
        ],
        "birthDate": "1990-02-03",
        "gender": "Female",
        "nationality": "HU",
        "identifications": {
            "identificationInfo": [{"identification": {"idType": "PASSPORT", "idNumber": "X1", "issuedCountry": "HU"}}]
        },
    },
    "addresses": {"addressInfo": [{"address": {"addressLine": ["Fő u. 1."], "cityName": "Pécs"}}]},
    "emails": {"emailInfo": [{"email": {"emailAddress": "a@example.com"}}]},
    "telephones": {"telephoneInfo": [{"telephone": {"phoneNumber": "1"}}, {"telephone": {"phoneNumber": "2", "primaryInd": True}}]},
}
WHOLE: dict[str, Any] = {
    "reservationIdList": IDS,
    "roomStay": {
        "arrivalDate": "2026-05-01",
        "departureDate": "2026-05-03",
        "currentRoomInfo": {"roomType": "DBL", "roomId": "305", "roomDescription": "Double"},
        "roomRates": [{"roomType": "DBL", "numberOfUnits": 1}],
        "guestCounts": {"adults": 2, "children": 1},
        "roomNumberLocked": True,
    },
    "reservationGuests": [
        {"profileInfo": {"profileIdList": [{"id": "10", "type": "Profile"}], "profile": PROFILE}},
        {"profileInfo": {"profileIdList": [{"id": "9", "type": "Profile"}], "profile": PROFILE}, "primary": True},
    ],
    "reservationStatus": "DueIn",
    "housekeeping": {"roomStatus": "Clean", "frontOfficeStatus": "Vacant"},
    "preferenceCollection": [
        {"preferenceType": "ROOM_FEATURES", "preference": [{"preferenceValue": "ACC"}]},
        {"preferenceType": "NEWSPAPER", "preference": [{"preferenceValue": "DAILY"}]},
    ],
    "alerts": [{"code": "VIP", "area": "CheckIn", "description": "Fetch the manager."}],
    "linkedReservation": {"reservationInfo": [{"reservationIdList": IDS}, {"reservationIdList": [{"id": "4713", "type": "Reservation"}]}]},
    "cashiering": {"revenuesAndBalances": {"balance": {"amount": Decimal("1.50"), "currencyCode": "EUR"}}},
}
ROOM: dict[str, Any] = {
    "roomId": "305",
    "floor": "3",
    "accessible": True,
    "roomType": {"roomType": "DBL"},
    "roomFeatures": [{"code": "VIEW"}],
    "housekeeping": {"roomStatus": {"roomStatus": "Inspected", "frontOfficeStatus": "Vacant"}},
}
KEY: dict[str, Any] = {
    "keyTrack": {"keyTrack1": "77", "keyTrack2": "5"},
    "roomId": "305",
    "keyStartDate": "2026-05-01T15:00:00+02:00",
    "keyExpiryDate": "2026-05-03T11:00:00+02:00",
    "guestInfo": {"guestKeyOptions": "POOL,UID=04AB", "isInactive": True},
}
WINDOW: dict[str, Any] = {
    "balance": {"amount": Decimal("10.50"), "currencyCode": "EUR"},
    "folios": [{"postings": [{"transactionDescription": "Room", "transactionAmount": Decimal("10.50")}]}],
}
REQUEST: dict[str, Any] = {"serviceRequestId": {"id": "3"}, "code": "HELP", "comment": "Come", "status": "Open"}

READERS: dict[str, tuple[Callable[[dict[str, Any]], Any], dict[str, Any]]] = {
    "list": (wire.found, {"reservations": {"reservationInfo": [LISTED]}}),
    "reservation": (wire.reservation, {"reservations": {"reservation": [WHOLE]}}),
    "profile": (lambda body: wire.profile(body, "9"), {"profileDetails": PROFILE}),
    "rooms": (wire.rooms, {"hotelRoomsDetails": {"room": [ROOM]}}),
    "suggestions": (wire.suggestions, {"suggestedRoomsType": [{"roomId": "305"}]}),
    "obstacles": (wire.obstacles, {"warnings": [{"code": "NO_ROOM", "shortText": "No room."}]}),
    "keys": (lambda body: key_wire.keys(body, "4711"), {"roomKeysInfoList": [KEY]}),
    "key options": (key_wire.areas, {"roomKeyOptions": "LIFT", "profileKeyOptions": [{"keyOptions": "GAR, LIFT"}]}),
    "a card": (lambda body: key_wire.whose_card(body, "04AB"), {"keyOptions": "UID=04AB,RESERVATION=4711"}),
    "rates": (wire.rates, {"reservations": {"reservation": [WHOLE]}}),
    "folio": (lambda body: wire.folio(body, "4711"), {"reservationFolioInformation": {"folioWindows": [WINDOW]}}),
    "requests": (wire.service_requests, {"serviceRequestsDetails": [REQUEST]}),
}


def listed(**changes: Any) -> Any:
    (found,) = wire.found({"reservations": {"reservationInfo": [LISTED | changes]}})
    return found


def test_a_listed_reservation() -> None:
    found = listed()
    assert (found.id, found.confirmation, found.stay, found.nights) == ("4711", "7000", Stay.RESERVED, 2)
    assert (found.guest.family_name, found.rooms, found.children) == ("Nagy", 1, 0)
    assert (found.balance, found.arrival_time, found.departure_time) == (Money(Decimal(12), "HUF"), time(15, 30), None)
    assert found.room
    assert (found.room.state, found.shares_with) == (RoomState.INSPECTED, ("4712",))


def test_a_whole_reservation() -> None:
    found = wire.reservation({"reservations": {"reservation": [WHOLE]}})
    assert [each.profile_id for each in found.guests] == ["9", "10"]  # who booked comes first
    assert (found.wants, found.linked, found.do_not_move) == (frozenset({"ACC"}), ("4713",), True)
    assert found.balance == Money(Decimal("1.50"), "EUR")
    guest = found.guest
    assert (guest.born, guest.sex, guest.phone, guest.name_other) == (date(1990, 2, 3), "F", "2", ("安娜", "纳吉"))
    assert guest.address == Address(("Fő u. 1.",), "", "Pécs")


@pytest.mark.parametrize(
    ("said", "means"),
    [
        ("Requested", Stay.RESERVED),
        ("DueIn", Stay.RESERVED),
        ("InHouse", Stay.IN_HOUSE),
        ("DueOut", Stay.IN_HOUSE),
        ("PendingCheckout", Stay.IN_HOUSE),
        ("CheckedOut", Stay.CHECKED_OUT),
        ("Cancelled", Stay.CANCELLED),
        ("NoShow", Stay.NO_SHOW),
        ("Waitlisted", Stay.WAITLISTED),
    ],
)
def test_where_a_reservation_stands(said: str, means: Stay) -> None:
    assert listed(reservationStatus=said).stay is means


@pytest.mark.parametrize(
    ("said", "means"),
    [("2026-05-01 14:00:00.0", time(14)), ("2026-05-01T14:00:00Z", time(14)), ("2026-05-01", None)],
)
def test_times_as_other_gateways_write_them(said: str, means: time | None) -> None:
    stay = LISTED["roomStay"] | {"expectedTimes": {"reservationExpectedArrivalTime": said}}
    assert listed(roomStay=stay).arrival_time == means


def test_who_travels_along_is_told() -> None:
    along = [{"firstName": "Béla", "lastName": "Kis", "profileIdList": [{"id": "11", "type": "Profile"}]}]
    found = listed(reservationGuest=LISTED["reservationGuest"] | {"accompanyGuests": along})
    assert [each.family_name for each in found.guests] == ["Nagy", "Kis"]


def test_names_of_more_than_forty_letters_are_told_whole() -> None:
    given, family = "Maria " * 9 + "Anna", "Hosszu-" * 12 + "Nagy"
    guest = {"givenName": given[:40], "middleName": "Ida", "surname": family[:40], "fullName": f"{family}, {given} Ida"}
    found = listed(reservationGuest=guest).guest
    assert (found.given_name, found.middle_name, found.family_name) == (given, "Ida", family)
    name = {
        "nameType": "Primary",
        "givenName": given[:40],
        "middleName": "Ida",
        "surname": family[:40],
        "salutation": f"{given} Ida {family}",
    }
    profile = wire.profile({"profileDetails": {"customer": {"personName": [name]}}}, "9")
    assert (profile.given_name, profile.middle_name, profile.family_name) == (given, "Ida", family)


def test_a_greeting_is_not_taken_for_a_name() -> None:
    name = {"nameType": "Primary", "givenName": "Anna", "surname": "Nagy", "salutation": "Dear Ms. Nagy"}
    profile = wire.profile({"profileDetails": {"customer": {"personName": [name]}}}, "9")
    assert (profile.given_name, profile.family_name) == ("Anna", "Nagy")


def test_a_room_of_which_nothing_is_told_is_not_free() -> None:
    (room,) = wire.rooms({"hotelRoomsDetails": {"room": [{"roomId": "1", "roomType": {"roomType": "DBL"}}]}})
    assert (room.state, room.occupied) == (RoomState.DIRTY, True)


def test_a_bill_of_several_windows_is_one() -> None:
    posted = {"postedAmount": {"amount": -5, "currencyCode": "EUR"}, "transactionAmount": 7}
    other = {"balance": {"amount": -5, "currencyCode": "EUR"}, "folios": [{"postings": [posted]}]}
    folio = wire.folio({"reservationFolioInformation": {"folioWindows": [WINDOW, other]}}, "4711")
    assert folio.balance == Money(Decimal("5.50"), "EUR")
    assert [line.amount.amount for line in folio.lines] == [Decimal("10.50"), -5]
    other["balance"] = {"amount": -5, "currencyCode": "HUF"}
    with pytest.raises(Nonsense):
        wire.folio({"reservationFolioInformation": {"folioWindows": [WINDOW, other]}}, "4711")


@pytest.mark.parametrize("said", [Decimal("1e999999"), Decimal("1e-999999"), Decimal("1e13"), 10**13, True, "5"])
def test_an_amount_that_nobody_owes_is_nonsense(said: Any) -> None:
    window = WINDOW | {"balance": {"amount": said, "currencyCode": "EUR"}}
    with pytest.raises(Nonsense):
        wire.folio({"reservationFolioInformation": {"folioWindows": [window]}}, "4711")


def test_a_key_and_its_card() -> None:
    (key,) = key_wire.keys({"roomKeysInfoList": [KEY]}, "4711")
    assert (key.sequence, key.number, key.card_uid, key.active) == (5, "77", "04AB", False)
    assert key.valid_from == datetime(2026, 5, 1, 13, tzinfo=UTC)


def test_what_else_a_key_opens_is_told_once() -> None:
    told = {
        "profileKeyOptions": [{"profileId": "9", "keyOptions": "GAR,RFT"}, {"keyOptions": " POOL ,"}],
        "reservationKeyOptions": "GAR",
        "roomKeyOptions": "LIFT,RFT",
    }
    assert key_wire.areas(told) == ("LIFT", "RFT", "GAR", "POOL")
    assert key_wire.areas({}) == ()


@pytest.mark.parametrize("sequence", ["", "-1", "1.5", "٣", "5 ", "9" * 11, None, 5])
def test_a_sequence_is_a_number(sequence: Any) -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    with pytest.raises(Nonsense, match=r"keyTrack\.keyTrack2"):
        key_wire.issued_key({"keyTrack": {"keyTrack1": "1", "keyTrack2": sequence}}, "4711", "305", now, now)


@pytest.mark.parametrize(("change", "taken"), [({}, False), ({"guaranteedBy": "Anna"}, True), ({"status": "Closed"}, True)])
def test_who_took_a_request(change: dict[str, str], taken: bool) -> None:
    (request,) = wire.service_requests({"serviceRequestsDetails": [REQUEST | change]})
    assert request.taken is taken


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("reservationStatus", "Asleep"),
        ("reservationStatus", None),
        ("reservationIdList", [{"id": "4711", "type": "Reservation"}]),
        ("reservationIdList", [{"id": 4711, "type": "Reservation"}]),
        ("roomStatus", "Shiny"),
        ("reservationGuest", {}),
        ("roomStay", LISTED["roomStay"] | {"arrivalDate": "1 May"}),
        ("roomStay", LISTED["roomStay"] | {"departureDate": "2026-04-30"}),
        ("roomStay", LISTED["roomStay"] | {"adultCount": -1}),
        ("roomStay", LISTED["roomStay"] | {"adultCount": True}),
        ("roomStay", LISTED["roomStay"] | {"balance": {"amount": "12", "currencyCode": "HUF"}}),
        ("roomStay", LISTED["roomStay"] | {"balance": {"amount": 12}}),
        ("sharedGuests", "4712"),
    ],
)
def test_nonsense_names_the_field_and_no_value(path: str, value: Any) -> None:
    with pytest.raises(Nonsense) as caught:
        listed(**{path: value})
    assert str(caught.value).replace(".", "").isalpha()


def paths(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [here, *(path for key, child in inner for path in paths(child, (*here, key)))][0 if here else 1 :]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_whatever_stands_somewhere_is_read_or_nonsense(name: str, data: st.DataObject) -> None:
    """One place of a good answer is replaced by anything, or taken away."""
    reader, good = READERS[name]
    reader(good)
    body = copy.deepcopy(good)
    path = data.draw(st.sampled_from(paths(body)))
    parent: Any = body
    for key in path[:-1]:
        parent = parent[key]
    if data.draw(st.booleans()) and isinstance(parent, dict):
        del parent[path[-1]]
    else:
        parent[path[-1]] = data.draw(JSON)
    with suppress(Nonsense):
        reader(body)


GUEST = Guest("9", "Anna", "Nagy", born=date(1990, 2, 3), identifications=(Identification("ID", "1", "HU", date(2030, 1, 1)),))


def test_empty_fields_are_not_sent() -> None:
    details = bodies.profile(Guest("9", "Anna", "Nagy"))["profileDetails"]
    assert details == {"customer": {"personName": [{"nameType": "Primary", "givenName": "Anna", "surname": "Nagy"}]}}


def test_dates_are_sent_only_where_the_specification_has_room_for_them() -> None:
    assert "1990" not in str(bodies.profile(GUEST))
    assert "2030" not in str(bodies.profile(GUEST))
    sent = str(bodies.reservation_guest("4711", "HOTEL", GUEST))
    assert "1990-02-03" in sent
    assert "2030-01-01" in sent
    assert bodies.has_dates(GUEST)
    assert not bodies.has_dates(replace(GUEST, born=None, identifications=(Identification("ID", "1"),)))


def test_a_name_of_more_than_forty_letters_is_sent_whole_beside() -> None:
    long = replace(GUEST, family_name="N" * 60, name_other=("", "纳吉"))
    primary, alternate = bodies.profile(long)["profileDetails"]["customer"]["personName"]
    assert (primary["surname"], primary["salutation"]) == ("N" * 40, "Anna " + "N" * 60)
    assert alternate == {"nameType": "Alternate", "surname": "纳吉"}


def test_a_count_that_is_not_told_is_none() -> None:
    assert wire.total({"reservations": {"totalResults": 54, "reservationInfo": []}}) == 54
    for said in ({}, {"count": 1}, {"totalResults": None}, {"totalResults": "54"}, {"totalResults": -1}):
        with pytest.raises(Nonsense, match=r"reservations\.totalResults"):
            wire.total({"reservations": said})
