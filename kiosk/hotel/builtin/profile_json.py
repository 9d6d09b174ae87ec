"""A profile as the specification's `profileType`, both ways. crm and rsv differ in dates only."""

from __future__ import annotations

import re
from datetime import date

from kiosk.hotel.builtin.names import MOST_LETTERS, WIRE_LETTERS, name_key
from kiosk.hotel.builtin.tables import Identification, Profile
from kiosk.hotel.builtin.wire import Fields, Json, some

PARTS = frozenset({"Profile", "Address", "Communication"})

PROFILE_FIELDS = frozenset({"customer", "addresses", "emails", "telephones", "profileType", "statusCode"})
_CUSTOMER = frozenset(
    {"personName", "identifications", "gender", "birthDate", "language", "nationality", "citizenCountry"}
)
_NAME = frozenset({"givenName", "middleName", "surname", "nameType", "language", "salutation"})
_DOCUMENT = frozenset({"idType", "idNumber", "issuedCountry", "expirationDate", "primaryInd"})
_ADDRESS = frozenset({"addressLine", "postalCode", "cityName", "country", "type", "primaryInd", "language"})
_MAIL = frozenset({"emailAddress", "type", "primaryInd"})
_PHONE = frozenset({"phoneNumber", "phoneTechType", "phoneUseType", "primaryInd"})
_ENTRY = frozenset({"id", "type"})
_COUNTED = frozenset({"totalResults", "count", "hasMore"})
_COUNTRY = frozenset({"code", "value"})
_LANGUAGE = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")


def full_name(profile: Profile) -> str:
    """`Eriksson, Anna Maria`: whole, however long."""
    given = " ".join(part for part in (profile.given_name, profile.middle_name) if part)
    return f"{profile.family_name}, {given}"


def profile_ids(profile: Profile) -> list[Json]:
    return [{"id": str(profile.id), "type": "Profile"}]


def profile_type(profile: Profile, *, dates: bool, parts: frozenset[str] = PARTS) -> Json:
    """`dates`: with birth date and document's expiry, which fit in rsv only (README)."""
    answer: Json = {"profileType": "Guest", "statusCode": "Active"}
    if "Profile" in parts:
        answer["customer"] = _customer(profile, dates)
    if "Address" in parts and (profile.city or profile.address_lines or profile.country):
        address = some(
            addressLine=profile.address_lines.split("\n") if profile.address_lines else [],
            postalCode=profile.postal_code,
            cityName=profile.city,
            country=some(code=profile.country),
            type="HOME",
            primaryInd=True,
        )
        answer["addresses"] = {"addressInfo": [{"address": address}], "totalResults": 1, "count": 1}
    if "Communication" in parts:
        answer |= _communication(profile)
    return answer


def _customer(profile: Profile, dates: bool) -> Json:
    given = " ".join(part for part in (profile.given_name, profile.middle_name) if part)
    names = [
        some(
            givenName=profile.given_name[:WIRE_LETTERS],
            middleName=profile.middle_name[:WIRE_LETTERS],
            surname=profile.family_name[:WIRE_LETTERS],
            salutation=f"{given} {profile.family_name}".strip(),
            nameType="Primary",
        )
    ]
    if profile.family_other:
        names.append(
            some(
                givenName=profile.given_other[:WIRE_LETTERS],
                surname=profile.family_other[:WIRE_LETTERS],
                nameType="Alternate",
            )
        )
    documents = [
        {"identification": _document(row, dates), "id": str(row.id), "type": "Identification"}
        for row in profile.identifications
    ]
    return some(
        personName=names,
        identifications=some(identificationInfo=documents),
        gender=profile.sex,
        birthDate=profile.born.isoformat() if profile.born and dates else None,
        language=profile.language,
        nationality=profile.nationality,
    )


def _document(row: Identification, dates: bool) -> Json:
    return some(
        idType=row.type,
        idNumber=row.number,
        issuedCountry=row.issued_in,
        expirationDate=row.expires.isoformat() if row.expires and dates else None,
        primaryInd=row.first,
    )


def _communication(profile: Profile) -> Json:
    answer: Json = {}
    if profile.email:
        answer["emails"] = {
            "emailInfo": [{"email": {"emailAddress": profile.email, "type": "EMAIL", "primaryInd": True}}]
        }
    if profile.phone:
        telephone = {"phoneNumber": profile.phone, "phoneTechType": "PHONE", "primaryInd": True}
        answer["telephones"] = {"telephoneInfo": [{"telephone": telephone}]}
    return answer


def new_profile() -> Profile:
    """Nobody yet: what is not told is empty."""
    words = ("given_name", "middle_name", "family_name", "given_other", "family_other")
    profile = Profile(**dict.fromkeys(words, ""))
    set_name_keys(profile)
    return profile


def write_profile(profile: Profile, fields: Fields) -> None:
    """What is given replaces what was there; what is left out stays."""
    fields = Fields.of(fields.value, fields.path, PROFILE_FIELDS)
    customer = fields.fields("customer", _CUSTOMER)
    for name in customer.each("personName", _NAME, most=5):
        _write_name(profile, name)
    if "identifications" in customer:
        _write_documents(
            profile, customer.fields("identifications", frozenset({"identificationInfo"}) | _COUNTED)
        )
    if "gender" in customer:
        profile.sex = customer.text("gender", 20)
    if "birthDate" in customer:
        profile.born = customer.day("birthDate")
    if "language" in customer:
        if not _LANGUAGE.fullmatch(customer.text("language", 20)):
            raise customer.bad("language")
        profile.language = customer.text("language", 20)
    if "citizenCountry" in customer:
        profile.nationality = customer.fields("citizenCountry", _COUNTRY).text("code", 20)
    if "nationality" in customer:
        profile.nationality = customer.text("nationality", 20)
    _write_address(profile, fields)
    if "emails" in fields:
        entry = _first(
            fields.fields("emails", frozenset({"emailInfo"}) | _COUNTED), "emailInfo", "email", _MAIL
        )
        profile.email = entry.text("emailAddress", 2000) if entry else ""
    if "telephones" in fields:
        phones = fields.fields("telephones", frozenset({"telephoneInfo"}) | _COUNTED)
        entry = _first(phones, "telephoneInfo", "telephone", _PHONE)
        profile.phone = entry.text("phoneNumber", 40) if entry else ""


def _first(fields: Fields, entries: str, inner: str, served: frozenset[str]) -> Fields | None:
    found = [entry.fields(inner, served) for entry in fields.each(entries, _ENTRY | {inner})]
    return next((f for f in found if f.value.get("primaryInd")), found[0] if found else None)


def _write_name(profile: Profile, name: Fields) -> None:
    kind = name.text("nameType", 20, "Primary")
    if kind == "Primary":
        profile.given_name = _kept(
            profile.given_name, name.text("givenName", WIRE_LETTERS, profile.given_name[:WIRE_LETTERS])
        )
        profile.middle_name = _kept(
            profile.middle_name, name.text("middleName", WIRE_LETTERS, profile.middle_name[:WIRE_LETTERS])
        )
        profile.family_name = _kept(
            profile.family_name, name.text("surname", WIRE_LETTERS, profile.family_name[:WIRE_LETTERS])
        )
        if not profile.family_name.strip():
            raise name.bad("surname")
    elif kind == "Alternate":
        profile.given_other = name.text("givenName", WIRE_LETTERS, profile.given_other)
        profile.family_other = name.text("surname", WIRE_LETTERS, profile.family_other)
    else:
        raise name.bad("nameType")
    set_name_keys(profile)


def _kept(whole: str, said: str) -> str:
    """A long name that comes back as the wire had cut it has not changed."""
    return whole if said == whole[:WIRE_LETTERS] else said


def set_name_keys(profile: Profile) -> None:
    """Keep the look-up keys true to the names."""
    profile.family_key = name_key(profile.family_name[:MOST_LETTERS])
    profile.family_key_cut = name_key(profile.family_name[:WIRE_LETTERS])
    profile.given_key = name_key(profile.given_name[:MOST_LETTERS])
    profile.family_other_key = name_key(profile.family_other)


def _write_documents(profile: Profile, fields: Fields) -> None:
    known = {(row.type, row.number): row for row in profile.identifications}
    rows: list[Identification] = []
    for entry in fields.each("identificationInfo", _ENTRY | {"identification"}):
        document = entry.fields("identification", _DOCUMENT)
        kind, number = document.needed("idType", 40), document.needed("idNumber", 80)
        row = known.get((kind, number)) or Identification(type=kind, number=number, issued_in="", first=False)
        row.issued_in = document.text("issuedCountry", 20, row.issued_in)
        row.first = document.flag("primaryInd", row.first)
        # crm has no room for a date: what rsv was told about the same document stays.
        expires: date | None = document.day("expirationDate")
        row.expires = expires or row.expires
        rows.append(row)
    profile.identifications = rows


def _write_address(profile: Profile, fields: Fields) -> None:
    if "addresses" not in fields:
        return
    entry = _first(
        fields.fields("addresses", frozenset({"addressInfo"}) | _COUNTED), "addressInfo", "address", _ADDRESS
    )
    lines = entry.value.get("addressLine", []) if entry else []
    if entry and not (
        isinstance(lines, list)
        and len(lines) <= 4
        and all(isinstance(x, str) and len(x) <= 80 and x.isprintable() for x in lines)
    ):
        raise entry.bad("addressLine")
    profile.address_lines = "\n".join(line for line in lines if line.strip())
    profile.postal_code = entry.text("postalCode", 15) if entry else ""
    profile.city = entry.text("cityName", 40) if entry else ""
    profile.country = entry.fields("country", _COUNTRY).text("code", 20) if entry else ""
