"""The key's 48 bytes on a storage card: where they stand, how they are read, the order of writing.

On Ultralight and NTAG pages 4–15 (never 0–3: UID, lock and one-time bits); on Classic sector 1,
blocks 4–6, its trailer left as it is: a card goes back to the desk's own system unharmed, and
nobody locks a card for ever by losing power between two writes.

Order of writing: the first unit, which carries the magic, is zeroed first and written last. A card
lifted at any moment is therefore either as it was before, or no key at all, or the new key whole.
"""

from __future__ import annotations

from typing import Protocol

from hardware.card_reader.contract import CardType
from hardware.card_reader.pcsc_wire import (
    GET_UID,
    UID_LENGTHS,
    UNIT,
    Answer,
    Nonsense,
    OtherCard,
    ReaderProfile,
    Refused,
    authenticate,
    load_key,
    read_binary,
    update_binary,
)
from hardware.key_encoder.credential import LENGTH

FIRST = 4  # page or block; both counts happen to begin at 4
FACTORY_KEY = b"\xff" * 6
PAGES = (CardType.ULTRALIGHT, CardType.NTAG213, CardType.NTAG215, CardType.NTAG216)
SECTORS = (CardType.CLASSIC_1K, CardType.CLASSIC_4K)
STORAGE = PAGES + SECTORS


class CardChannel(Protocol):
    """What a card is spoken to through: the kiosk's reader, or a lock's."""

    profile: ReaderProfile

    def transmit(self, apdu: bytes) -> Answer: ...
    def reset(self) -> None: ...


class StorageCardArea:
    """The key area of one card. Opened before use; its calls raise Refused, or what the channel raises."""

    def __init__(self, channel: CardChannel, kind: CardType, uid: bytes, sector_key: bytes) -> None:
        self._channel = channel
        self._kind = kind
        self._uid = uid
        self._sector_key = sector_key
        self._unit = 4 if kind in PAGES else UNIT

    def open(self) -> None:
        """Make sure that it is this card, and get access to the area. OtherCard if it is another."""
        uid = self._must(GET_UID).data
        if len(uid) not in UID_LENGTHS:
            raise Nonsense(uid)
        if uid != self._uid:
            raise OtherCard
        if self._kind in SECTORS:
            self._authenticate()

    def read(self) -> bytes:
        """The 48 bytes."""
        step = UNIT // self._unit
        return b"".join(self._read(FIRST + part * step) for part in range(LENGTH // UNIT))

    def write(self, data: bytes) -> None:
        """Write all 48 bytes in the safe order. Checks first that no page is locked."""
        if len(data) != LENGTH:
            raise ValueError("the key area has 48 bytes")
        self._refuse_if_locked()
        units = [data[at : at + self._unit] for at in range(0, LENGTH, self._unit)]
        self._write(0, bytes(self._unit))
        for index, unit in enumerate(units[1:], 1):
            self._write(index, unit)
        if any(units[0]):
            self._write(0, units[0])

    def _write(self, index: int, unit: bytes) -> None:
        self._must(update_binary(FIRST + index, unit))

    def _read(self, address: int) -> bytes:
        data = self._must(read_binary(address)).data
        if len(data) != UNIT:
            raise Nonsense(data)
        return data

    def _refuse_if_locked(self) -> None:
        """Lock bits of pages 4–15 stand in page 2, bytes 2 and 3; a half-locked card stays unharmed."""
        if self._kind in PAGES and int.from_bytes(self._read(0)[10:12], "little") & 0xFFF0:
            raise Refused

    def _authenticate(self) -> None:
        """Our own sector key first, then the factory's. After a wrong key the card must be activated anew."""
        for key in (self._sector_key, FACTORY_KEY):
            self._must(load_key(key, self._channel.profile))
            if self._channel.transmit(authenticate(FIRST, self._channel.profile)).good:
                return
            self._channel.reset()
        raise Refused

    def _must(self, apdu: bytes) -> Answer:
        """An answer of 90 00. Else find out whether the card refused or went: 63 00 means either."""
        answer = self._channel.transmit(apdu)
        if not answer.good:
            self._channel.reset()
            raise Refused
        return answer
