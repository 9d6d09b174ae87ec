"""The firmware of a virtual reader: pseudo-APDUs in, the card's commands out, status words back.

It accepts what the make of reader that it plays accepts (`ReaderProfile`), and nothing else:
ACR122U API manual §4.1 and §5, ACR1252U manual §5.2.4 for lengths, PC/SC part 3 §3.2.2.1 for
status words. A wrong length is 67 00, an unknown function 6A 81, all that the card refuses 63 00.
"""

from __future__ import annotations

from hardware.card_reader.pcsc_wire import ReaderProfile
from hardware.card_reader.virtual_cards import (
    ClassicCard,
    Nak,
    NotAuthenticated,
    SmartCard,
    StorageCard,
    VirtualCard,
)

DONE = b"\x90\x00"
FAILED = b"\x63\x00"
WRONG_LENGTH = b"\x67\x00"
NOT_AUTHENTICATED = b"\x69\x82"
NO_SUCH_FUNCTION = b"\x6a\x81"
WRONG_P1_P2 = b"\x6b\x00"
WRONG_CLASS = b"\x6e\x00"

MOST_CLASSIC = 48  # bytes in one read: three blocks
MOST_ULTRALIGHT = 16


class Firmware:
    """One reader's. Keys that were loaded stay in it; the card may change."""

    def __init__(self, profile: ReaderProfile) -> None:
        self.profile = profile
        self._keys: dict[int, bytes] = {}

    def answer(self, apdu: bytes, card: VirtualCard) -> bytes:
        """Response APDU to one command APDU."""
        if apdu[:1] != b"\xff" and isinstance(card, SmartCard):
            return card.exchange(apdu)
        if len(apdu) < 5:
            return WRONG_LENGTH
        if apdu[0] != 0xFF:
            return WRONG_CLASS
        if apdu[1] == 0xCA:
            return self._get_data(apdu, card)
        if apdu[1] == 0x82:
            return self._load_key(apdu)
        if isinstance(card, SmartCard):
            return card.exchange(apdu)
        assert isinstance(card, StorageCard)  # noqa: S101 - there is no third sort
        try:
            match apdu[1]:
                case 0x86:
                    return self._authenticate(apdu, card)
                case 0xB0:
                    return self._read(apdu, card)
                case 0xD6:
                    return self._update(apdu, card)
        except NotAuthenticated:
            return NOT_AUTHENTICATED
        except Nak:
            return FAILED
        return NO_SUCH_FUNCTION

    def _get_data(self, apdu: bytes, card: VirtualCard) -> bytes:
        if apdu[2:4] != b"\0\0":
            return NO_SUCH_FUNCTION
        if len(apdu) != 5:
            return WRONG_LENGTH
        if 0 < apdu[4] < len(card.uid):
            return bytes((0x6C, len(card.uid)))
        return card.uid + DONE

    def _load_key(self, apdu: bytes) -> bytes:
        if len(apdu) != 11 or apdu[4] != 6:
            return WRONG_LENGTH
        if (apdu[2], apdu[3]) != (self.profile.key_structure, self.profile.load_slot):
            return FAILED
        self._keys[self.profile.use_slot] = apdu[5:]
        return DONE

    def _authenticate(self, apdu: bytes, card: StorageCard) -> bytes:
        if len(apdu) != 10 or apdu[4] != 5:
            return WRONG_LENGTH
        version, block, key_type, slot = apdu[5], apdu[6] << 8 | apdu[7], apdu[8], apdu[9]
        if version != 1 or key_type not in (0x60, 0x61) or slot not in self._keys:
            return FAILED
        if not isinstance(card, ClassicCard):
            return FAILED
        card.authenticate(block, key_type, self._keys[slot])
        return DONE

    def _read(self, apdu: bytes, card: StorageCard) -> bytes:
        address, length = apdu[3], apdu[4]
        most = MOST_CLASSIC if card.unit == 16 else MOST_ULTRALIGHT
        if len(apdu) != 5 or not 0 < length <= most or length % card.unit:
            return WRONG_LENGTH
        if apdu[2]:
            return WRONG_P1_P2
        data = b"".join(card.read(address + step) for step in range(0, (length + 15) // 16))
        return data[:length] + DONE

    def _update(self, apdu: bytes, card: StorageCard) -> bytes:
        if len(apdu) != 5 + card.unit or apdu[4] != card.unit:
            return WRONG_LENGTH
        if apdu[2]:
            return WRONG_P1_P2
        card.write(apdu[3], apdu[5:])
        return DONE
