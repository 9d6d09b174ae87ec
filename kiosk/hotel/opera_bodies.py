"""The front desk's words as bodies of OPERA Cloud requests. Pure: no I/O.

Texts are cut to the lengths of the specification; a field that is empty is left out, because what
is given replaces what stood there.
Source: Oracle OPERA Cloud property APIs 25.5 (rsv, crm, fof, csh).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from kiosk.hotel.model import Address, Guest, Identification, IssuedKey, Reservation
from kiosk.language import Money

Body = dict[str, Any]

NAME = 40  # surname, givenName, middleName, cityName, phoneNumber
LINE = 80
LINES = 4
POSTAL_CODE = 15
COMMENT = 2000


def reservation_ids(reservation_id: str) -> list[Body]:
    return [{"id": reservation_id, "type": "Reservation"}]


def _told(**fields: Any) -> Body:
    """The fields that hold something."""
    return {key: value for key, value in fields.items() if value not in ("", None, [], {})}


def _profile_ids(profile_id: str) -> list[Body]:
    return [{"id": profile_id, "type": "Profile"}]


# --- profiles --------------------------------------------------------------------------------


def profile(guest: Guest) -> Body:
    """crm putProfile. Without birth date and expiry: format date with maxLength 8 admits none there."""
    return {"profileIdList": _profile_ids(guest.profile_id), "profileDetails": _details(guest, dates=False)}


def reservation_guest(reservation_id: str, hotel_id: str, guest: Guest) -> Body:
    """rsv putReservation with a guest's profile, birth date and expiry included."""
    info = {"profileIdList": _profile_ids(guest.profile_id), "profile": _details(guest, dates=True)}
    return _change(reservation_id, hotel_id, reservationGuests=[{"profileInfo": info}])


def new_profile(guest: Guest) -> Body:
    """crm postProfile; the dates follow with `companion`, as in `profile`."""
    return {"profileDetails": _details(guest, dates=False) | {"profileType": "Guest"}}


def companion(reservation_id: str, hotel_id: str, present: Sequence[Guest], guest: Guest) -> Body:
    """rsv putReservation that names one more guest, in the form of Oracle's own workflow.

    Who is there already is named too: nobody is lost where the list replaces what stood there.
    Source: oracle/hospitality-api-docs, workflow "Add an Accompanying Guest to a Reservation".
    """
    there = [
        {"profileInfo": {"profileIdList": _profile_ids(each.profile_id)}, "primary": index == 0}
        for index, each in enumerate(present)
    ]
    info = {"profileIdList": _profile_ids(guest.profile_id), "profile": _details(guest, dates=True)}
    return _change(
        reservation_id, hotel_id, reservationGuests=[*there, {"profileInfo": info, "primary": False}]
    )


def has_dates(guest: Guest) -> bool:
    return guest.born is not None or any(each.expires for each in guest.identifications)


def _details(guest: Guest, *, dates: bool) -> Body:
    names = [_name("Primary", guest.given_name, guest.middle_name, guest.family_name)]
    given, family = guest.name_other
    if given or family:
        names.append(_name("Alternate", given, "", family))
    # A number that is known by a part only must not be written over the whole one.
    known = [each for each in guest.identifications if each.number]
    documents = [{"identification": _document(each, dates)} for each in known]
    customer = _told(
        personName=names,
        identifications=_told(identificationInfo=documents),
        gender=guest.sex,
        birthDate=guest.born.isoformat() if dates and guest.born else "",
        language=guest.language,
        nationality=guest.nationality,
        citizenCountry=_told(code=guest.nationality),
    )
    email = _told(emailAddress=guest.email)
    phone = _told(phoneNumber=guest.phone[:NAME])
    return _told(
        customer=customer,
        addresses=_one("addressInfo", "address", _address(guest.address)),
        emails=_one("emailInfo", "email", email),
        telephones=_one("telephoneInfo", "telephone", phone),
    )


def _one(list_name: str, name: str, value: Body) -> Body:
    return {list_name: [{name: value | {"primaryInd": True}}]} if value else {}


def _name(kind: str, given: str, middle: str, family: str) -> Body:
    name = _told(nameType=kind, givenName=given[:NAME], middleName=middle[:NAME], surname=family[:NAME])
    if max(len(given), len(middle), len(family)) > NAME:  # whole only here
        name["salutation"] = " ".join(part for part in (given, middle, family) if part)
    return name


def _document(document: Identification, dates: bool) -> Body:
    return _told(
        idType=document.type[:NAME],
        idNumber=document.number[:LINE],
        issuedCountry=document.issued_in,
        expirationDate=document.expires.isoformat() if dates and document.expires else "",
        primaryInd=True,
    )


def _address(address: Address) -> Body:
    return _told(
        addressLine=[line[:LINE] for line in address.lines[:LINES] if line],
        postalCode=address.postal_code[:POSTAL_CODE],
        cityName=address.city[:NAME],
        country=_told(code=address.country),
    )


# --- reservations and rooms ------------------------------------------------------------------


def _change(reservation_id: str, hotel_id: str, **fields: Any) -> Body:
    """rsv putReservation: `reservations` is a list, of one."""
    return {
        "reservations": [
            {"reservationIdList": reservation_ids(reservation_id), "hotelId": hotel_id, **fields},
        ]
    }


def note(reservation_id: str, hotel_id: str, text: str) -> Body:
    """rsv putReservation with an internal comment: for the desk, never printed for the guest."""
    comment = {
        "text": {"value": text[:COMMENT]},
        "type": "RESERVATION",
        "notificationLocation": "GEN",
        "internal": True,
    }
    return _change(reservation_id, hotel_id, comments=[{"comment": comment}])


def move(reservation_id: str, hotel_id: str, room: str) -> Body:
    """rsv putReservation: the room of the current day."""
    return _change(reservation_id, hotel_id, roomStay={"currentRoomInfo": {"roomId": room}})


def longer_stay(
    reservation_id: str, hotel_id: str, booking: Reservation, rates: Sequence[Body], departure: date
) -> Body:
    """rsv putReservation with a later departure; the last rate that was told holds until then."""
    until = [dict(each) for each in rates]
    if until:
        until[0].setdefault("start", booking.arrival.isoformat())
        until[-1]["end"] = departure.isoformat()
    stay = _told(
        arrivalDate=booking.arrival.isoformat(), departureDate=departure.isoformat(), roomRates=until
    )
    return _change(reservation_id, hotel_id, roomStay=stay)


def room_assignment(reservation_id: str, hotel_id: str, room: str) -> Body:
    criteria = {"hotelId": hotel_id, "reservationIdList": reservation_ids(reservation_id), "roomId": room}
    return {"criteria": criteria}


def check_in(*, pays_later: bool = False) -> Body:
    """fof postCheckIn into the room that is assigned. Warnings are the hotel's no: never ignored."""
    body: Body = {"ignoreWarnings": False, "stopCheckin": False, "printRegistration": False}
    if pays_later:
        body["overrideAdvancePaymentValidation"] = True
    return {"reservation": body, "includeNotifications": False}


# --- keys and desk ---------------------------------------------------------------------------


def key(
    reservation_id: str, room: str, *, valid_from: datetime, valid_until: datetime, further: bool
) -> Body:
    """fof postRoomKey. Times carry their offset (ValueError)."""
    if valid_from.tzinfo is None or valid_until.tzinfo is None:
        raise ValueError("a key's times need an offset")
    return {
        "reservationIdList": reservation_ids(reservation_id),
        "roomNumber": room,
        "keyType": "Duplicate" if further else "New",
        "noOfKeys": 1,
        "keyValidityStart": valid_from.isoformat(timespec="seconds"),
        "keyValidityEnd": valid_until.isoformat(timespec="seconds"),
    }


def written_key(key: IssuedKey) -> Body:
    """fof putRoomKeys: which card the key was written to. The body has no keyCardUId; the options carry it."""
    guest = {"keyNumber": int(key.number), "guestKeyOptions": f"UID={key.card_uid}"}
    return {
        "reservationIdList": reservation_ids(key.reservation_id),
        "roomNumber": key.room,
        "roomKeyGuests": [guest],
    }


def erased_key(key: IssuedKey) -> Body:
    """fof putRoomKeys: one card of several is void. deleteRoomKey would void them all."""
    return {
        "reservationIdList": reservation_ids(key.reservation_id),
        "roomNumber": key.room,
        "roomKeyGuests": [{"keyNumber": int(key.number), "isInactive": True}],
    }


def charge(hotel_id: str, code: str, amount: Money, reference: str, cashier: int | None) -> Body:
    """csh postBillingCharges. The reservation stands in the path; OPERA wants the cashier beside the charges.

    Source: oracle/hospitality-api-docs, workflow "Stay – Posting charges".
    """
    posting = {
        "transactionCode": code,
        "price": {"amount": float(amount.amount), "currencyCode": amount.currency},
        "postingQuantity": 1,
        "postingReference": reference,
    }
    return {"criteria": _told(hotelId=hotel_id, charges=[posting], cashierId=cashier)}


def service_request(hotel_id: str, code: str, text: str, reservation_id: str, room: str) -> Body:
    request = _told(
        hotelId=hotel_id,
        code=code[:20],
        comment=text[:COMMENT],
        reservationIdList=reservation_ids(reservation_id) if reservation_id else [],
        room=room,
        status="Open",
    )
    return {"serviceRequestsDetails": [request]}
