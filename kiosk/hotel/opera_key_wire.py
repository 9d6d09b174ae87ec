"""OPERA Cloud's answers about room keys. Pure: no I/O, no clock. `Nonsense` as in `opera_wire`.

Source: Oracle OPERA Cloud property APIs 25.5 (fof); builtin/README.md says where the kiosk keeps what.
"""

from __future__ import annotations

from datetime import datetime

from kiosk.hotel.model import IssuedKey
from kiosk.hotel.opera_fields import Json, Nonsense, flag, moment, must, objects, text


def _sequence(json: Json) -> int:
    value = must(json, "keyTrack.keyTrack2")
    if not (value.isascii() and value.isdigit() and len(value) <= 10):
        raise Nonsense("keyTrack.keyTrack2")
    return int(value)


def issued_key(
    body: Json, reservation_id: str, room: str, valid_from: datetime, valid_until: datetime
) -> IssuedKey:
    """fof postRoomKey: track 2 is the sequence, track 1 the card's number in the hotel's books."""
    sequence, number = _sequence(body), must(body, "keyTrack.keyTrack1")
    return IssuedKey(reservation_id, room, sequence, valid_from, valid_until, number=number)


def keys(body: Json, reservation_id: str) -> tuple[IssuedKey, ...]:
    """fof getRoomKeys, void ones too."""
    return tuple(
        IssuedKey(
            reservation_id=text(each, "reservationId.id") or reservation_id,
            room=must(each, "roomId"),
            sequence=_sequence(each),
            valid_from=moment(each, "keyStartDate"),
            valid_until=moment(each, "keyExpiryDate"),
            card_uid=_uid(text(each, "guestInfo.guestKeyOptions")),
            active=not flag(each, "guestInfo.isInactive"),
            number=must(each, "keyTrack.keyTrack1"),
        )
        for each in objects(body, "roomKeysInfoList")
    )


def _uid(options: str) -> str:
    return _options(options).get("UID", "")


def _options(options: str) -> dict[str, str]:
    """`UID=04AB,SEQUENCE=5` by name; a bare code has no value."""
    return {name: value for name, _, value in (part.strip().partition("=") for part in options.split(","))}


def areas(body: Json) -> tuple[str, ...]:
    """fof getKeyOptions: the codes of the room, the reservation and its profiles, each once."""
    said = [text(body, "roomKeyOptions"), text(body, "reservationKeyOptions")]
    said += [text(each, "keyOptions") for each in objects(body, "profileKeyOptions")]
    codes = (code.strip() for options in said for code in options.split(","))
    return tuple(dict.fromkeys(code for code in codes if code))


def whose_card(body: Json, uid: str) -> str:
    """fof readRoomKey: the reservation whose key this card carries; '' unless it is told for this very card."""
    options = _options(text(body, "keyOptions"))
    return options.get("RESERVATION", "") if uid and options.get("UID", "").upper() == uid.upper() else ""
