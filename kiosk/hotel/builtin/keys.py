"""fof: postRoomKey, getRoomKeys, putRoomKeys, deleteRoomKey. A room's sequence is allocated once, never again.

`New` takes the room's next sequence: every older key of the room is void, at the door too, which
follows the highest sequence it has seen. `Duplicate` is one more card of the current sequence.
"""

from __future__ import annotations

import re

from sqlalchemy import select, update

from kiosk.hotel.builtin.desk import Call, Desk, Operation, conflict
from kiosk.hotel.builtin.refusal import Refusal
from kiosk.hotel.builtin.tables import KeyCard, KeyGeneration, Reservation, Room
from kiosk.hotel.builtin.wire import Answer, Fields, Json, some

KEYS = "/fof/v1/hotels/{hotelId}/reservations/{reservationId}/roomKeys"

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
    }
)
_WRITTEN = frozenset({"reservationIdList", "roomNumber", "roomKeyGuests"})
_UID = re.compile(r"(?:[0-9A-F]{2}){4,10}")


def post_room_key(desk: Desk, call: Call) -> Answer:
    reservation = desk.reservation(call.path["reservationId"], lock=True)
    asked = Fields.of(call.body, "", _KEY)
    room = _room_of(desk, reservation, asked)
    desk.must_be_ours(asked, "resort")
    if asked.number("noOfKeys") not in (None, 1):
        raise asked.bad("noOfKeys")  # one card, one request
    for name in ("encoderTerminal", "keyOptions", "keyCardType"):
        asked.text(name)
    sequence = _sequence(desk, reservation, room, asked.needed("keyType", 20))
    start, end = asked.moment("keyValidityStart"), asked.moment("keyValidityEnd")
    if (
        start is None
        or end is None
        or end <= start
        or end.astimezone(desk.clock.zone).date() > reservation.departure
    ):
        raise asked.bad("keyValidityEnd")
    uid = _uid(asked, "keyCardUId", asked.text("keyCardUId", 20)) if "keyCardUId" in asked else None
    card = KeyCard(
        reservation_id=reservation.id, room=room.number, sequence=sequence, valid_from=start, valid_until=end
    )
    desk.session.add(card)
    desk.session.flush()
    if uid:
        _write(desk, card, uid)
    return Answer({"keyTrack": {"keyTrack1": str(card.id), "keyTrack2": str(card.sequence)}}, 201)


def _room_of(desk: Desk, reservation: Reservation, asked: Fields) -> Room:
    """The reservation's room, locked: sequences are allocated one after the other."""
    desk.must_be_this(asked, "reservationIdList", "Reservation", str(reservation.id))
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
    entries = body.each("roomKeyGuests", frozenset({"keyNumber", "guestKeyOptions"}))
    if not entries:
        raise body.bad("roomKeyGuests")
    for entry in entries:
        number, options = entry.number("keyNumber"), entry.needed("guestKeyOptions", 100)
        if number is None:
            raise entry.bad("keyNumber")
        if not options.startswith("UID="):
            raise entry.bad("guestKeyOptions")
        card = desk.session.get(KeyCard, number, with_for_update=True)
        if (
            card is None
            or card.reservation_id != reservation.id
            or card.room != body.text("roomNumber", 20, card.room)
        ):
            raise conflict("KEY_UNKNOWN", "This reservation has no such key.")
        _write(desk, card, _uid(entry, "guestKeyOptions", options.removeprefix("UID=")))
    return Answer({})


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


OPERATIONS = (
    Operation("postRoomKey", "POST", KEYS, post_room_key, takes_body=True),
    Operation("getRoomKeys", "GET", KEYS, get_room_keys, frozenset({"includeInactiveRoomKeys"})),
    Operation("putRoomKeys", "PUT", KEYS, put_room_keys, takes_body=True),
    Operation("deleteRoomKey", "DELETE", KEYS, delete_room_key),
)
