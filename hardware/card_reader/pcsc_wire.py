"""Contactless storage cards over PC/SC: the pseudo-APDUs as bytes, pure. No I/O here.

Sources: PC/SC part 3 (rev. 2.01) §3.1.3.2.3 (ATR) and §3.2.2.1 (storage card functions), its
supplement (card names), and the readers' manuals where they differ (`ReaderProfile`).
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.card_reader.contract import CardType

KEY_A = 0x60
UNIT = 16
"""Bytes that one read returns on every card type: a Classic block, four Ultralight pages."""
UID_LENGTHS = (4, 7, 10)  # ISO 14443-3 §6.5.4: single, double, triple


class Nonsense(Exception):
    """Bytes that PC/SC part 3 does not allow. They are counted, not quoted: a card's content is somebody's."""

    def __init__(self, answer: bytes) -> None:
        super().__init__(f"{len(answer)} bytes")


class Refused(Exception):
    """The card lies there and says no: read-only, or behind a key that we don't have."""


class OtherCard(Exception):
    """Another card answers than the one that was laid down."""


@dataclass(frozen=True)
class Answer:
    """What came back for an APDU: data and status word, e.g. `Answer(b"\\x04…", 0x9000)`."""

    data: bytes
    status: int

    @property
    def good(self) -> bool:
        return self.status == 0x9000


_FIRST_OF_STATUS = frozenset((*range(0x61, 0x70), *range(0x90, 0xA0)))  # ISO 7816-4 §5.1.3: all others are invalid


def parse_answer(answer: bytes) -> Answer:
    """Response APDU → Answer (ISO 7816-4 §5.3). Nonsense if there is no status word in it: 61…6F or 90…9F first."""
    if len(answer) < 2 or answer[-2] not in _FIRST_OF_STATUS:
        raise Nonsense(answer)
    return Answer(bytes(answer[:-2]), answer[-2] << 8 | answer[-1])


# --- commands -------------------------------------------------------------------------------

GET_UID = bytes.fromhex("FFCA000000")


def load_key(key: bytes, profile: ReaderProfile) -> bytes:
    """Put a 6-byte sector key into the reader (part 3 §3.2.2.1.4)."""
    if len(key) != 6:
        raise ValueError("a sector key has 6 bytes")
    return bytes((0xFF, 0x82, profile.key_structure, profile.load_slot, 6)) + key


def authenticate(block: int, profile: ReaderProfile) -> bytes:
    """Authenticate `block`'s sector with the loaded key as key A (part 3 §3.2.2.1.6)."""
    return bytes((0xFF, 0x86, 0, 0, 5, 1, 0, block, KEY_A, profile.use_slot))


def read_binary(address: int, length: int = UNIT) -> bytes:
    """Read from a block or page on (part 3 §3.2.2.1.8)."""
    return bytes((0xFF, 0xB0, 0, address, length))


def update_binary(address: int, data: bytes) -> bytes:
    """Write one page (4 bytes) or one block (16 bytes) (part 3 §3.2.2.1.9)."""
    if len(data) not in (4, 16):
        raise ValueError("a page has 4 bytes, a block has 16")
    return bytes((0xFF, 0xD6, 0, address, len(data))) + data


# --- what lies there ------------------------------------------------------------------------

PCSC_RID = bytes.fromhex("A000000306")
_CARD_NAMES = {
    0x0001: CardType.CLASSIC_1K,
    0x0002: CardType.CLASSIC_4K,
    0x0003: CardType.ULTRALIGHT,
    0x003A: CardType.ULTRALIGHT,  # Ultralight C: pages 4–15 behave alike as delivered
}
_NTAG_BY_SIZE = {0x12: CardType.NTAG213, 0x3E: CardType.NTAG215, 0x6D: CardType.NTAG216}


def historical_bytes(atr: bytes) -> bytes:
    """The historical bytes of an ATR (ISO 7816-3 §8.2); empty where there are none."""
    if len(atr) < 2:
        return b""
    count, interface, position = atr[1] & 0x0F, atr[1] >> 4, 2
    while interface:
        position += bin(interface).count("1")
        if not interface & 0x8:  # no TDi: no further interface bytes
            break
        if position > len(atr):
            return b""
        interface = atr[position - 1] >> 4
    return atr[position : position + count]


def card_type(atr: bytes) -> CardType:
    """What an ATR says lies there. An NTAG calls itself ULTRALIGHT here: see `narrowed`."""
    history = historical_bytes(atr)
    # 80, then data object 4F with length: RID (5), SS (1), NN (2), RFU (4)
    if len(history) >= 11 and history[:2] == b"\x80\x4f" and history[3:8] == PCSC_RID:
        return _CARD_NAMES.get(int.from_bytes(history[9:11], "big"), CardType.OTHER)
    # An ISO 14443-4 card shows its own historical bytes, or none, behind 3B 8x 80 01.
    return CardType.SMARTCARD if atr[:1] in (b"\x3b", b"\x3f") else CardType.OTHER


def has_uid(atr: bytes) -> bool:
    """Whether a reader's ATR says that a card of ISO/IEC 14443 lies there, whose UID is as long as one of UID_LENGTHS.
    Others have numbers of their own: 8 bytes on FeliCa and ISO/IEC 15693, 5 on those of 125 kHz."""
    kind = card_type(atr)
    if kind is CardType.SMARTCARD:
        return len(atr) > 3 and atr[1] >> 4 == 0x8 and atr[2:4] == b"\x80\x01"  # part 3 §3.1.3.2.3.1
    return kind is not CardType.OTHER


def narrowed(said: CardType, first_pages: bytes) -> CardType:
    """ULTRALIGHT → NTAG213/215/216 by the capability container in page 3 (E1 10 size 00).

    `first_pages` are pages 0–3, 16 bytes (NTAG21x data sheet §8.5.6).
    """
    if said is CardType.ULTRALIGHT and len(first_pages) == UNIT and first_pages[12] == 0xE1:
        return _NTAG_BY_SIZE.get(first_pages[14], said)
    return said


def storage_atr(name: int, standard: int = 0x03) -> bytes:
    """The ATR that a reader shows for a storage card (part 3 §3.1.3.2.3.1); `name` is NN."""
    history = b"\x80\x4f\x0c" + PCSC_RID + bytes((standard,)) + name.to_bytes(2, "big") + bytes(4)
    atr = bytes((0x3B, 0x80 | len(history), 0x80, 0x01)) + history
    check = 0
    for byte in atr[1:]:
        check ^= byte
    return atr + bytes((check,))


# --- readers differ -------------------------------------------------------------------------


@dataclass(frozen=True)
class ReaderProfile:
    """How a make of reader wants keys loaded: P1 and P2 of FF 82, and the slot in FF 86."""

    make: str
    key_structure: int
    load_slot: int
    use_slot: int


ACS = ReaderProfile("ACS", 0x00, 0x00, 0x00)  # ACR122U API manual §5.1
IDENTIV = ReaderProfile("Identiv", 0x00, KEY_A, 0x01)  # uTrust 372x F manual §6.2.3 f., SCL3711 §6.2.3
OMNIKEY = ReaderProfile("OMNIKEY", 0x20, 0x00, 0x00)  # keys live in non-volatile slots
_BY_NAME = (
    ("omnikey", OMNIKEY),
    ("hid global", OMNIKEY),
    ("identiv", IDENTIV),
    ("utrust", IDENTIV),
    ("scm micro", IDENTIV),
    ("scl3711", IDENTIV),
)


def profile_of(reader_name: str) -> ReaderProfile:
    """The profile for a reader by its PC/SC name; ACS's, which most others follow, if unknown."""
    lowered = reader_name.lower()
    return next((profile for part, profile in _BY_NAME if part in lowered), ACS)
