"""Virtual contactless cards: what is in the plastic, at the level of ISO 14443-3 commands.

Sources: NXP data sheets MF1S50 (Classic: §8.6 memory, §8.7 access conditions), MF0ICU1
(Ultralight: §7.5 memory, lock and one-time bits) and NTAG213/215/216 (§8.5). The pseudo-APDUs
around them are the reader's, in `virtual_firmware.py`. Not modelled: value blocks, counters,
NTAG's dynamic lock bytes.
"""

from __future__ import annotations

import secrets

from hardware.card_reader.contract import CardType
from hardware.card_reader.pcsc_wire import KEY_A, storage_atr

FACTORY_KEY = b"\xff" * 6
FACTORY_ACCESS = bytes.fromhex("FF078069")
READ_ONLY_ACCESS = bytes.fromhex("8F078769")  # data blocks 010, trailer 001


class Nak(Exception):
    """The card said no, or nothing."""


class NotAuthenticated(Nak):
    """A Classic sector that no key has opened."""


class VirtualCard:
    """Any card: UID, ATR as a reader would show it, and that it can be activated anew.

    `took_s`: how long the card needed for its last answer. `stays_for`: commands until a hand takes it away.
    `taken`: that hand came while it worked on the last one, whose answer is lost.
    """

    took_s = 0.0
    stays_for: int | None = None
    taken = False

    def __init__(self, uid: bytes, kind: CardType, atr: bytes) -> None:
        self.uid = uid
        self.type = kind
        self.atr = atr

    def activate(self) -> None:
        """Field off and on, selected again."""

    def content(self) -> bytes:
        """Everything readable in it, for people who look."""
        return b""


class MuteCard(VirtualCard):
    """Something in the field that no reader can make sense of: two cards in a purse, a torn antenna."""

    def __init__(self, uid: bytes) -> None:
        super().__init__(uid, CardType.OTHER, b"")


class SmartCard(VirtualCard):
    """ISO 14443-4: a bank card, a phone, a passport seen from a storage-card driver. No application."""

    def __init__(self, uid: bytes) -> None:
        super().__init__(uid, CardType.SMARTCARD, bytes.fromhex("3B80800101"))

    def exchange(self, apdu: bytes) -> bytes:
        select = apdu[:2] == b"\x00\xa4"
        return b"\x6a\x82" if select else b"\x6d\x00"


class Phone(SmartCard):
    """A telephone that plays cards (Android's host card emulation): another UID every time it is activated, 6A82
    for an application that it does not have, 6F00 for whatever is no SELECT by name."""

    def __init__(self) -> None:
        super().__init__(b"")
        self.activate()

    def activate(self) -> None:
        self.uid = b"\x08" + secrets.token_bytes(3)  # 08: a random UID (ISO/IEC 14443-3 §6.5.4)

    def exchange(self, apdu: bytes) -> bytes:
        return b"\x6a\x82" if apdu[:3] == b"\x00\xa4\x04" else b"\x6f\x00"


class StorageCard(VirtualCard):
    """What answers to reads and writes of units: pages of 4 bytes or blocks of 16."""

    unit: int
    halted = False

    def __init__(self, uid: bytes, kind: CardType, name: int, units: int) -> None:
        super().__init__(uid, kind, storage_atr(name))
        self.memory = [bytes(self.unit) for _ in range(units)]
        self.worn: set[int] = set()

    def activate(self) -> None:
        self.halted = False

    def read(self, address: int) -> bytes:
        """16 bytes from `address` on. Nak if the card doesn't give them."""
        raise NotImplementedError

    def write(self, address: int, data: bytes) -> None:
        """One unit. Nak if the card doesn't take it. A worn unit takes it and keeps what it was."""
        raise NotImplementedError

    def _store(self, address: int, data: bytes) -> None:
        if address not in self.worn:
            self.memory[address] = bytes(data)

    def content(self) -> bytes:
        return b"".join(self.memory)


class UltralightCard(StorageCard):
    """MIFARE Ultralight: 16 pages, or more where an NTAG builds on it."""

    unit = 4

    def __init__(self, uid: bytes, kind: CardType = CardType.ULTRALIGHT, pages: int = 16) -> None:
        if len(uid) != 7:
            raise ValueError("an Ultralight has a UID of 7 bytes")
        super().__init__(uid, kind, 0x0003, pages)
        check0 = 0x88 ^ uid[0] ^ uid[1] ^ uid[2]
        check1 = uid[3] ^ uid[4] ^ uid[5] ^ uid[6]
        self.memory[0] = uid[:3] + bytes((check0,))
        self.memory[1] = uid[3:]
        self.memory[2] = bytes((check1, 0x48, 0, 0))

    def read(self, address: int) -> bytes:
        if self.halted or address >= len(self.memory):
            raise Nak
        pages = len(self.memory)
        return b"".join(self._readable((address + step) % pages) for step in range(4))

    def _readable(self, page: int) -> bytes:
        return self.memory[page]

    def write(self, address: int, data: bytes) -> None:
        if self.halted or not 2 <= address < len(self.memory) or self.locked(address):
            raise Nak
        old = self.memory[address]
        if address == 2:  # lock bits are only ever set; the other two bytes don't move
            data = old[:2] + bytes(a | b for a, b in zip(old[2:], data[2:], strict=True))
        elif address == 3:  # one-time bits
            data = bytes(a | b for a, b in zip(old, data, strict=True))
        self._store(address, data)

    def locked(self, page: int) -> bool:
        return 3 <= page <= 15 and bool(int.from_bytes(self.memory[2][2:], "little") >> page & 1)

    def lock(self, *pages: int) -> None:
        """Set lock bits for good, as a shop does that sells cards read-only."""
        bits = int.from_bytes(self.memory[2][2:], "little")
        for page in pages:
            bits |= 1 << page
        self.memory[2] = self.memory[2][:2] + bits.to_bytes(2, "little")


NTAG = {CardType.NTAG213: (45, 0x12), CardType.NTAG215: (135, 0x3E), CardType.NTAG216: (231, 0x6D)}


class NtagCard(UltralightCard):
    """NTAG213/215/216: capability container in page 3, configuration in the last five pages."""

    def __init__(self, uid: bytes, kind: CardType = CardType.NTAG213) -> None:
        pages, size = NTAG[kind]
        super().__init__(uid, kind, pages)
        self.memory[3] = bytes((0xE1, 0x10, size, 0x00))
        self.memory[4] = bytes.fromhex("0103A00C" if kind is CardType.NTAG213 else "0300FE00")
        self.memory[pages - 5] = bytes.fromhex("000000BD")
        self.memory[pages - 4] = bytes.fromhex("040000FF")  # AUTH0 = FF: nothing asks for a password

    def _readable(self, page: int) -> bytes:
        return bytes(4) if page >= len(self.memory) - 2 else self.memory[page]  # PWD, PACK

    def write(self, address: int, data: bytes) -> None:
        if address >= self.memory[-4][3]:
            raise Nak  # behind a password that nobody gave
        super().write(address, data)

    def protect_from(self, page: int) -> None:
        """Ask for a password from `page` on when written (AUTH0)."""
        self.memory[-4] = self.memory[-4][:3] + bytes((page,))


# Access conditions of data blocks by C1C2C3: which keys may read, which may write (MF1S50 §8.7.3).
_DATA_ACCESS = {
    0b000: ("AB", "AB"),
    0b010: ("AB", ""),
    0b100: ("AB", "B"),
    0b110: ("AB", "B"),
    0b001: ("AB", ""),
    0b011: ("B", "B"),
    0b101: ("B", ""),
    0b111: ("", ""),
}
_KEY_B_READABLE = (0b000, 0b010, 0b001)  # trailer conditions under which key B is data, not a key


class ClassicCard(StorageCard):
    """MIFARE Classic 1K or 4K: sectors with two keys and access bits; halts after a wrong key."""

    unit = 16

    def __init__(self, uid: bytes, kind: CardType = CardType.CLASSIC_1K) -> None:
        if len(uid) not in (4, 7):
            raise ValueError("a Classic has a UID of 4 or 7 bytes")
        large = kind is CardType.CLASSIC_4K
        super().__init__(uid, kind, 0x0002 if large else 0x0001, 256 if large else 64)
        self.memory[0] = uid.ljust(16, b"\0")
        for trailer in {self.trailer_of(block) for block in range(len(self.memory))}:
            self.memory[trailer] = FACTORY_KEY + FACTORY_ACCESS + FACTORY_KEY
        self._open: tuple[int, str] | None = None  # trailer and key of the open sector

    @staticmethod
    def trailer_of(block: int) -> int:
        return block | 3 if block < 128 else block | 15

    def activate(self) -> None:
        super().activate()
        self._open = None

    def authenticate(self, block: int, key_type: int, key: bytes) -> None:
        """Open `block`'s sector. Nak for a wrong key, and then the card is halted until activated."""
        self._open = None
        if self.halted or block >= len(self.memory):
            raise Nak
        trailer = self.trailer_of(block)
        data = self.memory[trailer]
        is_a = key_type == KEY_A
        usable = is_a or self._condition(trailer) not in _KEY_B_READABLE
        if not usable or key != (data[:6] if is_a else data[10:]):
            self.halted = True
            raise Nak
        self._open = trailer, "A" if is_a else "B"

    def read(self, address: int) -> bytes:
        key = self._key_for(address)
        if address == self.trailer_of(address):
            data = self.memory[address]
            key_b = data[10:] if self._condition(address) in _KEY_B_READABLE else bytes(6)
            return bytes(6) + data[6:10] + key_b
        if key not in _DATA_ACCESS[self._condition(address)][0]:
            raise Nak
        return self.memory[address]

    def write(self, address: int, data: bytes) -> None:
        key = self._key_for(address)
        condition = self._condition(address)
        if address == self.trailer_of(address):
            allowed = {0b001: "A", 0b011: "B"}.get(condition, "")
        else:
            allowed = _DATA_ACCESS[condition][1] if address else ""  # block 0 is the maker's
        if key not in allowed:
            raise Nak
        self._store(address, data)

    def _key_for(self, address: int) -> str:
        if self.halted or address >= len(self.memory):
            raise Nak
        if self._open is None or self._open[0] != self.trailer_of(address):
            raise NotAuthenticated
        return self._open[1]

    def _condition(self, block: int) -> int:
        """C1C2C3 of a block, from its sector's trailer."""
        trailer = self.trailer_of(block)
        bits = self.memory[trailer][6:9]
        place = 3 if block == trailer else (block % 4 if block < 128 else block % 16 // 5)
        c1, c2, c3 = bits[1] >> 4, bits[2] & 0xF, bits[2] >> 4
        return (c1 >> place & 1) << 2 | (c2 >> place & 1) << 1 | (c3 >> place & 1)

    def set_sector(self, block: int, key_a: bytes = FACTORY_KEY, *, read_only: bool = False) -> None:
        """Personalise the sector of `block`: its key A, and whether its data can be written."""
        access = READ_ONLY_ACCESS if read_only else FACTORY_ACCESS
        self.memory[self.trailer_of(block)] = key_a + access + FACTORY_KEY
