"""fof: getKeyOptions, postRoomKey, getRoomKeys, putRoomKeys, deleteRoomKey, readRoomKey. A room's sequence
is allocated once, never again.

`New` takes the room's next sequence: every older key of the room is void, at the door too, which
follows the highest sequence it has seen. `Duplicate` is one more card of the current sequence. With
`keyTrack.keyTrack2` the lock's side tells of a card that it cut while we could not be asked.
"""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select, update

from kiosk.hotel.builtin.desk import Call, Desk, Operation, conflict
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import KeyCard, KeyGeneration, Reservation, Room
from kiosk.hotel.builtin.wire import Answer, Fields, Json, some

FOF = "/fof/v1/hotels/{hotelId}"
STAY = FOF + "/reservations/{reservationId}"
KEYS = STAY + "/roomKeys"

_KEY = frozenset(
    {
        "reservationIdList",
        "roomNumber",
        "resort",
        "noOfKeys",
        "keyValidityStart",
        "keyValidityEnd",
        "encoderTerminal",
        "keyType",
        "keyCardType",
        "keyCardUId",
        "keyOptions",
        "keyTrack",
    }
)
_WRITTEN = frozenset({"reservationIdList", "roomNumber", "roomKeyGuests"})
_UID = re.compile(r"(?:[0-9A-F]{2}){4,10}")


def post_room_key(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    asked = Fields.of(call.body, "", _KEY)
    desk.must_be_this(asked, "reservationIdList", "Reservation", str(reservation.id))
    desk.must_be_ours(asked, "resort")
    card = (_told if "keyTrack" in asked else _allocated)(desk, reservation, asked)
    return Answer({"keyTrack": {"keyTrack1": str(card.id), "keyTrack2": str(card.sequence)}}, 201)


def _allocated(desk: Desk, reservation: Reservation, asked: Fields) -> KeyCard:
    room = _room_of(desk, reservation, asked)
    if asked.number("noOfKeys") not in (None, 1):
        raise asked.bad("noOfKeys")  # one card, one request
    for name in ("encoderTerminal", "keyOptions", "keyCardType"):
        asked.text(name)
    sequence = _sequence(desk, reservation, room, asked.needed("keyType", 20))
    start, end = _validity(asked)
    if end.astimezone(desk.clock.zone).date() > reservation.departure:
        raise asked.bad("keyValidityEnd")
    uid = _uid(asked, "keyCardUId", asked.text("keyCardUId", 20)) if "keyCardUId" in asked else None
    card = _card(desk, reservation, room.number, sequence, start, end)
    if uid:
        _write(desk, card, uid)
    return card


def _told(desk: Desk, reservation: Reservation, asked: Fields) -> KeyCard:
    """A card that was cut without us: its sequence and every lower one are never given out again.

    It is void at once where a newer one was allocated, or the guest has not the room any more.
    """
    if reservation.status not in ("InHouse", "CheckedOut"):
        raise conflict("NOT_IN_HOUSE", "A key is made for who is in house.")
    if asked.needed("keyType", 20) != "New":
        raise Refusal("KEY_TYPE_NOT_SERVED", where="keyType")
    number = asked.needed("roomNumber", 20)
    room = desk.session.get(Room, number, with_for_update={"of": Room}, populate_existing=True)
    if room is None:
        raise Refusal("ROOM_UNKNOWN", where="roomNumber")
    track = asked.fields("keyTrack", frozenset({"keyTrack2"})).needed("keyTrack2", 9)
    if not re.fullmatch(r"[1-9][0-9]{0,8}", track):
        raise Refusal("FIELD_INVALID", where="keyTrack.keyTrack2")
    sequence = int(track)
    uid = _uid(asked, "keyCardUId", asked.needed("keyCardUId", 20))
    start, end = _validity(asked)
    known = desk.session.scalar(
        select(KeyCard)
        .where(
            KeyCard.reservation_id == reservation.id,
            KeyCard.room == number,
            KeyCard.sequence == sequence,
            KeyCard.card_uid == uid,
        )
        .order_by(KeyCard.id.desc())
        .limit(1)
    )
    if known is not None:
        return known
    generation = desk.session.get(KeyGeneration, (number, sequence))
    if generation is None:
        desk.session.add(KeyGeneration(room=number, sequence=sequence, holder=reservation.holder))
    elif generation.holder != reservation.holder:
        raise conflict("SEQUENCE_TAKEN", "This sequence was given to somebody else.")
    theirs = reservation.status == "InHouse" and reservation.room_number == number  # still
    if theirs and sequence > room.key_sequence:
        desk.session.execute(update(KeyCard).where(KeyCard.room == number).values(active=False))
    room.key_sequence = max(room.key_sequence, sequence)
    desk.session.flush()
    card = _card(desk, reservation, number, sequence, start, end)
    if theirs and sequence == room.key_sequence:
        _write(desk, card, uid)
    else:  # told late: whatever else the card carries by now is left as it is
        card.card_uid, card.active = uid, False
        desk.session.flush()
    return card


def _validity(asked: Fields) -> tuple[datetime, datetime]:
    start, end = asked.moment("keyValidityStart"), asked.moment("keyValidityEnd")
    if start is None or end is None or end <= start:
        raise asked.bad("keyValidityEnd")
    return start, end


def _card(
    desk: Desk, reservation: Reservation, room: str, sequence: int, start: datetime, end: datetime
) -> KeyCard:
    card = KeyCard(
        reservation_id=reservation.id, room=room, sequence=sequence, valid_from=start, valid_until=end
    )
    desk.session.add(card)
    desk.session.flush()
    return card


def _room_of(desk: Desk, reservation: Reservation, asked: Fields) -> Room:
    """The reservation's room, locked: sequences are allocated one after the other."""
    if reservation.status != "InHouse":
        raise conflict("NOT_IN_HOUSE", "A key is made for who is in house.")
    room = desk.session.get(
        Room, reservation.room_number, with_for_update={"of": Room}, populate_existing=True
    )
    if room is None or asked.needed("roomNumber", 20) != room.number:
        raise conflict("ROOM_DIFFERS", "The reservation has another room.")
    return room


def _sequence(desk: Desk, reservation: Reservation, room: Room, key_type: str) -> int:
    if key_type == "New":
        room.key_sequence += 1
        desk.session.add(
            KeyGeneration(room=room.number, sequence=room.key_sequence, holder=reservation.holder)
        )
        desk.session.execute(update(KeyCard).where(KeyCard.room == room.number).values(active=False))
        desk.session.flush()
        return room.key_sequence
    if key_type != "Duplicate":
        raise Refusal("KEY_TYPE_NOT_SERVED", where="keyType")
    query = (
        select(KeyCard.sequence)
        .join(
            KeyGeneration,
            (KeyGeneration.room == KeyCard.room) & (KeyGeneration.sequence == KeyCard.sequence),
        )
        .where(
            KeyCard.room == room.number,
            KeyCard.sequence == room.key_sequence,
            KeyCard.active,
            KeyGeneration.holder == reservation.holder,
        )
        .limit(1)
    )
    current = desk.session.scalar(query)
    if current is None:
        raise conflict("NO_CURRENT_KEY", "There is no valid key to duplicate.")
    return current


def _uid(fields: Fields, name: str, value: str) -> str:
    uid = value.upper()
    if not _UID.fullmatch(uid):
        raise fields.bad(name)
    return uid


def _write(desk: Desk, card: KeyCard, uid: str) -> None:
    """The key is on this card; whatever key the card carried before is gone."""
    if card.card_uid == uid:
        return
    if card.card_uid is not None:
        raise conflict("KEY_ALREADY_WRITTEN", "This key is on another card.")
    desk.session.execute(
        update(KeyCard)
        .where(KeyCard.card_uid == uid, KeyCard.active, KeyCard.id != card.id)
        .values(active=False)
    )
    card.card_uid = uid
    desk.session.flush()


def put_room_keys(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    body = Fields.of(call.body, "", _WRITTEN)
    desk.must_be_this(body, "reservationIdList", "Reservation", str(reservation.id))
    entries = body.each("roomKeyGuests", frozenset({"keyNumber", "guestKeyOptions", "isInactive"}))
    if not entries:
        raise body.bad("roomKeyGuests")
    for entry in entries:
        number = entry.number("keyNumber")
        if number is None:
            raise entry.bad("keyNumber")
        uid = _written_uid(entry)
        card = desk.session.get(KeyCard, number, with_for_update=True)
        if (
            card is None
            or card.reservation_id != reservation.id
            or card.room != body.text("roomNumber", 20, card.room)
        ):
            raise conflict("KEY_UNKNOWN", "This reservation has no such key.")
        if uid:
            _write(desk, card, uid)
        else:
            card.active = False
    return Answer({})


def _written_uid(entry: Fields) -> str:
    """The card that the key was written to; '' where it says that the key is void instead."""
    if "isInactive" in entry:
        # A void key is never made valid again: the door may have met a newer one.
        if not entry.flag("isInactive") or "guestKeyOptions" in entry:
            raise entry.bad("isInactive")
        return ""
    options = entry.needed("guestKeyOptions", 100)
    if not options.startswith("UID="):
        raise entry.bad("guestKeyOptions")
    return _uid(entry, "guestKeyOptions", options.removeprefix("UID="))


def get_room_keys(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"])
    query = select(KeyCard).where(KeyCard.reservation_id == reservation.id).order_by(KeyCard.id)
    cards = list(desk.session.scalars(query))
    active = sum(card.active for card in cards)
    shown = cards if call.query.flag("includeInactiveRoomKeys") else [card for card in cards if card.active]
    return Answer({"roomKeysInfoList": [_key(desk, card, active) for card in shown]})


def _key(desk: Desk, card: KeyCard, active: int) -> Json:
    zone = desk.clock.zone
    return {
        "hotelId": desk.hotel_id,
        "keyCount": str(active),
        "keyStartDate": card.valid_from.astimezone(zone).isoformat(),
        "keyExpiryDate": card.valid_until.astimezone(zone).isoformat(),
        "roomId": card.room,
        "reservationId": {"id": str(card.reservation_id), "type": "Reservation"},
        "keyTrack": {"keyTrack1": str(card.id), "keyTrack2": str(card.sequence)},
        "guestInfo": some(
            keyNumber=card.id,
            isInactive=not card.active,
            guestKeyOptions=f"UID={card.card_uid}" if card.card_uid else None,
        ),
    }


def void_all(desk: Desk, reservation: Reservation) -> None:
    desk.session.execute(update(KeyCard).where(KeyCard.reservation_id == reservation.id).values(active=False))


def delete_room_key(desk: Desk, call: Call) -> Answer:
    void_all(desk, desk.reservation(call.path["reservationId"], lock=True))
    return Answer({})


def get_key_options(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"])
    return Answer(
        some(
            roomKeyOptions=reservation.room.key_options if reservation.room else None,
            reservationKeyOptions=reservation.key_options,
            profileKeyOptions=[
                {"profileId": str(profile.id), "keyOptions": profile.key_options}
                for profile in reservation.guests
                if profile.key_options
            ],
        )
    )


def read_room_key(desk: Desk, call: Call) -> Answer:
    """No encoder of ours lies in the lobby: the encoder is the card that the kiosk has read, by its UID.

    `keyOptions` says for which card the answer is, and whose key it carries; {} for none.
    """
    kind, uid = call.query.one("encoderIdType"), (call.query.one("encoderId") or "").upper()
    if kind != "CardUId":
        raise Refusal("QUERY_INVALID", where="encoderIdType")
    if not _UID.fullmatch(uid):
        raise Refusal("QUERY_INVALID", where="encoderId")
    query = select(KeyCard).where(KeyCard.card_uid == uid).order_by(KeyCard.active.desc(), KeyCard.id.desc())
    card = desk.session.scalar(query.limit(1))
    if card is None:
        return Answer({})
    return Answer(
        {
            "room": card.room,
            "validUntil": card.valid_until.astimezone(desk.clock.zone).isoformat(),
            "keyOptions": f"UID={uid},SEQUENCE={card.sequence},RESERVATION={card.reservation_id}",
        }
    )


OPERATIONS = (
    Operation("getKeyOptions", "GET", STAY + "/keyOptions", get_key_options),
    Operation(
        "readRoomKey", "GET", FOF + "/roomKeysDetails", read_room_key, frozenset({"encoderId", "encoderIdType"})
    ),
    Operation("postRoomKey", "POST", KEYS, post_room_key, takes_body=True),
    Operation("getRoomKeys", "GET", KEYS, get_room_keys, frozenset({"includeInactiveRoomKeys"})),
    Operation("putRoomKeys", "PUT", KEYS, put_room_keys, takes_body=True),
    Operation("deleteRoomKey", "DELETE", KEYS, delete_room_key),
)
