"""An answer of the hotel without the guest: every word is replaced, but for those that are known to be the house's.

The fields are those of Oracle's OPERA Cloud property APIs that `kiosk/hotel/opera_wire.py` and `opera_key_wire.py`
read; a field that is not named here is somebody's. Numbers and yes or no stay: how many, how much, whether; a long one
that is no money is replaced.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from kiosk.trace.pseudonyms import Pseudonyms

HOUSES = frozenset(
    {
        "type", "reservationStatus", "computedReservationStatus", "roomType", "roomTypeCharged", "roomStatus",
        "frontOfficeStatus", "currencyCode", "arrivalDate", "departureDate", "reservationExpectedArrivalTime",
        "reservationExpectedDepartureTime", "start", "end", "ratePlanCode", "marketCode", "sourceCode", "code", "area",
        "preferenceType", "preferenceValue", "nameType", "language", "nationality", "gender", "idType", "issuedCountry",
        "o:errorCode", "transactionDate", "transactionNo", "status", "floor", "hotelId", "roomDescription",
        "keyStartDate", "keyExpiryDate", "roomKeyOptions", "reservationKeyOptions", "keyTrack2", "shortDescription",
    }
)  # fmt: skip
_IDS = frozenset({"id", "keyTrack1"})
_ROOMS = frozenset({"roomId", "roomNumber", "room"})
_BORN = frozenset({"birthDate"})
_EXPIRES = frozenset({"expirationDate"})
_NUMBERS = frozenset({"idNumber"})
_OPTIONS = frozenset({"guestKeyOptions", "keyOptions"})
_UIDS = frozenset({"keyCardUId"})
_COUNTED = 99_999
"""A number beyond it counts nothing: it is somebody's telephone or an id, unless it is money."""
_AMOUNT = re.compile(r"(?i)amount|price|balance|total|revenue")
_LITERAL = re.compile(r"[a-z][A-Za-z]*|v[0-9]+")


def learn(json: Any, names: Pseudonyms) -> None:
    """All words and ids, before anything is replaced: who is called how, what is an id, what a room."""
    for key, value in _strings(json):
        if key in _IDS:
            names.id(value)
        elif key in _ROOMS:
            names.room(value)
        elif key not in HOUSES:
            names.learn(value)


def replaced(json: Any, names: Pseudonyms, key: str = "") -> Any:
    """The same object with other people in it."""
    if isinstance(json, dict):
        return {name: replaced(value, names, name) for name, value in json.items()}
    if isinstance(json, list):
        return [replaced(value, names, key) for value in json]
    if isinstance(json, Decimal):
        return float(json)
    if isinstance(json, int) and abs(json) > _COUNTED and not _AMOUNT.search(key):
        return int(names.id(str(abs(json))))
    return _word(key, json, names) if isinstance(json, str) else json


def path(full: str, names: Pseudonyms) -> str:
    """`/rsv/v1/hotels/DUNA/reservations/12`: without host and query, ids replaced, the house's own stays."""
    parts, before = [], ""
    for part in urlsplit(full).path.split("/"):
        plain = unquote(part)
        kept = not plain or _LITERAL.fullmatch(plain) or before == "hotels"
        parts.append(part if kept else quote(names.id(plain), safe=""))
        before = plain
    return "/".join(parts)


def _word(key: str, value: str, names: Pseudonyms) -> str:
    if key in HOUSES or not value:
        return value
    how = _HOW.get(key)
    return how(names, value) if how else names.text(value)


def _day(change: Callable[[Pseudonyms, date], date]) -> Callable[[Pseudonyms, str], str]:
    def changed(names: Pseudonyms, value: str) -> str:
        try:
            day = date.fromisoformat(value[:10])
        except ValueError:
            return names.text(value)
        return change(names, day).isoformat() + value[10:]

    return changed


_HOW: dict[str, Callable[[Pseudonyms, str], str]] = {
    **dict.fromkeys(_IDS, Pseudonyms.id),
    **dict.fromkeys(_ROOMS, Pseudonyms.room),
    **dict.fromkeys(_BORN, _day(Pseudonyms.born)),
    **dict.fromkeys(_EXPIRES, _day(Pseudonyms.expires)),
    **dict.fromkeys(_NUMBERS, Pseudonyms.document_number),
    **dict.fromkeys(_OPTIONS, Pseudonyms.options),
    **dict.fromkeys(_UIDS, Pseudonyms.uid),
    "href": lambda names, value: path(value, names),
}


def _strings(json: Any, key: str = "") -> list[tuple[str, str]]:
    if isinstance(json, dict):
        return [each for name, value in json.items() for each in _strings(value, name)]
    if isinstance(json, list):
        return [each for value in json for each in _strings(value, key)]
    return [(key, json)] if isinstance(json, str) and json else []
