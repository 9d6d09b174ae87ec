"""NTAG 424 DNA: its commands, answers and secure messaging as bytes, pure. No I/O here.

Sources: NXP NT4H2421Gx, "NTAG 424 DNA", product data sheet rev. 3.0 (§8.2 file system, §9.1 secure
messaging, §10 commands); AN12196 "NTAG 424 DNA … features and hints" (worked examples); AN10922
"Symmetric key diversifications" §2.2. AES mode only; the card's LRP mode and its messages for
telephones (SDM) are not spoken.

Order of bytes: numbers are sent low byte first, keys and randoms as they stand.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES128
from cryptography.hazmat.primitives.ciphers.modes import CBC, ECB
from cryptography.hazmat.primitives.cmac import CMAC
from cryptography.hazmat.primitives.constant_time import bytes_eq

from hardware.card_reader.pcsc_wire import Nonsense

BLOCK = 16
KEY_LENGTH = 16
MAC_LENGTH = 8
UID_LENGTH = 7
FACTORY_KEY = bytes(KEY_LENGTH)
KEYS = range(5)
APPLICATION = bytes.fromhex("D2760000850101")
NDEF, PROPRIETARY = 2, 3  # file numbers; 1 is the capability container


class Ins(IntEnum):
    """Instruction bytes of the native commands (§10.2 table 21)."""

    GET_CARD_UID = 0x51
    CHANGE_FILE_SETTINGS = 0x5F
    GET_VERSION = 0x60
    GET_KEY_VERSION = 0x64
    AUTHENTICATE_FIRST = 0x71
    AUTHENTICATE_NON_FIRST = 0x77
    WRITE_DATA = 0x8D
    READ_DATA = 0xAD
    MORE = 0xAF
    CHANGE_KEY = 0xC4
    GET_FILE_SETTINGS = 0xF5


class Status(IntEnum):
    """Every status word that the data sheet gives (§10.3 table 23; §10.9 for the ISO commands)."""

    OK = 0x9100
    MORE = 0x91AF
    ILLEGAL_COMMAND = 0x911C
    INTEGRITY_ERROR = 0x911E
    NO_SUCH_KEY = 0x9140
    LENGTH_ERROR = 0x917E
    PERMISSION_DENIED = 0x919D
    PARAMETER_ERROR = 0x919E
    AUTHENTICATION_DELAY = 0x91AD
    AUTHENTICATION_ERROR = 0x91AE
    BOUNDARY_ERROR = 0x91BE
    COMMAND_ABORTED = 0x91CA
    MEMORY_ERROR = 0x91EE
    FILE_NOT_FOUND = 0x91F0
    ISO_OK = 0x9000
    ISO_MEMORY_FAILURE = 0x6581
    ISO_WRONG_LENGTH = 0x6700
    ISO_SECURITY = 0x6982
    ISO_CONDITIONS = 0x6985
    ISO_NOT_FOUND = 0x6A82
    ISO_WRONG_P1_P2 = 0x6A86
    ISO_WRONG_LC = 0x6A87
    ISO_WRONG_CLASS = 0x6E00
    ISO_WRONG_INSTRUCTION = 0x6D00


class Mode(Enum):
    """How a command is protected in a session (§8.2.3.5)."""

    PLAIN = 0
    MAC = 1
    FULL = 3


# --- AES ------------------------------------------------------------------------------------


def encrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    """AES-128 in CBC mode, whole blocks."""
    return Cipher(AES128(key), CBC(iv)).encryptor().update(data)


def decrypt(key: bytes, iv: bytes, data: bytes) -> bytes:
    return Cipher(AES128(key), CBC(iv)).decryptor().update(data)


def _block(key: bytes, data: bytes) -> bytes:
    return Cipher(AES128(key), ECB()).encryptor().update(data)  # noqa: S305 - one block: an IV


def cmac(key: bytes, data: bytes) -> bytes:
    """AES-CMAC (NIST SP 800-38B), 16 bytes."""
    made = CMAC(AES128(key))
    made.update(data)
    return made.finalize()


def short_mac(key: bytes, data: bytes) -> bytes:
    """The eight bytes of a CMAC that go over the wire: every second one (§9.1.3)."""
    return cmac(key, data)[1::2]


def pad(data: bytes) -> bytes:
    """ISO/IEC 9797-1 method 2: always at least one byte (§9.1.4)."""
    return data + b"\x80" + bytes(-(len(data) + 1) % BLOCK)


def unpad(data: bytes) -> bytes:
    """Nonsense if it isn't padded so."""
    stripped = data.rstrip(b"\0")
    if len(data) - len(stripped) >= BLOCK or stripped[-1:] != b"\x80":
        raise Nonsense(data)
    return stripped[:-1]


def crc(key: bytes) -> bytes:
    """CRC32NK of ChangeKey (§10.6.1): without the final complement, low byte first (AN12196 rev. 2.0 table 25)."""
    return (zlib.crc32(key) ^ 0xFFFFFFFF).to_bytes(4, "little")


def diversified(master: bytes, data: bytes) -> bytes:
    """A card's own key from a master key (AN10922 §2.2: CMAC over 01 and the input).

    With 16 to 31 bytes of input, for which AN10922's padding is the CMAC's own.
    """
    if not 16 <= len(data) <= 31:
        raise ValueError("16 to 31 bytes diversify a key")
    return cmac(master, b"\x01" + data)


# --- commands -------------------------------------------------------------------------------

SELECT_APPLICATION = b"\x00\xa4\x04\x0c" + bytes((len(APPLICATION),)) + APPLICATION + b"\0"


def native(ins: int, data: bytes = b"") -> bytes:
    """A native command in an ISO 7816-4 APDU (§8.4)."""
    length = bytes((len(data),)) if data else b""
    return bytes((0x90, ins, 0, 0)) + length + data + b"\0"


def area(file: int, offset: int, length: int) -> bytes:
    """The header of ReadData and WriteData."""
    return bytes((file,)) + offset.to_bytes(3, "little") + length.to_bytes(3, "little")


def key_data(number: int, new: bytes, version: int, old: bytes) -> bytes:
    """What ChangeKey encrypts (§10.6.1 table 63): another than key 0 must be known to be changed."""
    if number == 0:
        return new + bytes((version,))
    return bytes(a ^ b for a, b in zip(new, old, strict=True)) + bytes((version,)) + crc(new)


@dataclass(frozen=True)
class FileSettings:
    """Protection and access of a file (§8.2.3.3): a key's number, E for everybody, F for nobody."""

    mode: Mode
    read: int
    write: int
    read_write: int
    change: int

    def encoded(self) -> bytes:
        """As ChangeFileSettings takes it, without mirroring."""
        low, high = self.read_write << 4 | self.change, self.read << 4 | self.write
        return bytes((self.mode.value, low, high))


NDEF_AS_DELIVERED = FileSettings(Mode.PLAIN, 0xE, 0xE, 0xE, 0x0)
PROPRIETARY_AS_DELIVERED = FileSettings(Mode.FULL, 0x2, 0x3, 0x3, 0x0)


def parse_settings(data: bytes) -> FileSettings:
    """The answer to GetFileSettings; mirroring, if it is on, is passed over. Nonsense for no file's."""
    if len(data) < 7 or data[0] != 0 or data[1] & 0x3 == 2:
        raise Nonsense(data)
    return FileSettings(Mode(data[1] & 0x3), data[3] >> 4, data[3] & 0xF, data[2] >> 4, data[2] & 0xF)


@dataclass(frozen=True)
class Version:
    """What GetVersion tells (§10.5.2): the chip, and its UID."""

    vendor: int
    hardware: int
    storage: int
    uid: bytes

    @property
    def is_ntag424(self) -> bool:
        """NXP, NTAG, 256 to 512 bytes: NTAG 424 DNA, with or without TagTamper (table 54)."""
        return (self.vendor, self.hardware, self.storage) == (0x04, 0x04, 0x11)


def parse_version(hardware: bytes, software: bytes, production: bytes) -> Version:
    """From its three frames. Nonsense for other lengths."""
    if len(hardware) != 7 or len(software) != 7 or len(production) not in (14, 15):
        raise Nonsense(hardware + software + production)
    return Version(hardware[0], hardware[1], hardware[5], production[:UID_LENGTH])


# --- authentication -------------------------------------------------------------------------


def rotated(random: bytes) -> bytes:
    """One byte to the left: how each side shows that it has read the other's random."""
    return random[1:] + random[:1]


def session_keys(key: bytes, random_a: bytes, random_b: bytes) -> tuple[bytes, bytes]:
    """Keys for encryption and for MACs, from what both sides have drawn (§9.1.7)."""
    mixed = bytes(a ^ b for a, b in zip(random_a[2:8], random_b[:6], strict=True))
    context = random_a[:2] + mixed + random_b[6:] + random_a[8:]
    label = b"\x00\x01\x00\x80" + context
    return cmac(key, b"\xa5\x5a" + label), cmac(key, b"\x5a\xa5" + label)


@dataclass(frozen=True)
class Challenge:
    """One authentication under way: made from the card's answer to its first part."""

    key: bytes = field(repr=False)
    random_a: bytes = field(repr=False)
    random_b: bytes = field(repr=False)

    @staticmethod
    def from_card(key: bytes, encrypted: bytes, random_a: bytes) -> Challenge:
        """Nonsense for another length than AES mode's: 17 bytes would be LRP."""
        if len(encrypted) != BLOCK:
            raise Nonsense(encrypted)
        return Challenge(key, random_a, decrypt(key, bytes(BLOCK), encrypted))

    def response(self) -> bytes:
        """What the second part carries."""
        return encrypt(self.key, bytes(BLOCK), self.random_a + rotated(self.random_b))

    def session(self, encrypted: bytes, before: Session | None) -> Session | None:
        """The session; None if the card does not know the key. `before`: the one that is gone on with."""
        if len(encrypted) != (2 * BLOCK if before is None else BLOCK):
            raise Nonsense(encrypted)
        plain = decrypt(self.key, bytes(BLOCK), encrypted)
        shown = plain[4:20] if before is None else plain
        if not bytes_eq(shown, rotated(self.random_a)):
            return None
        encryption, mac = session_keys(self.key, self.random_a, self.random_b)
        if before is None:
            return Session(encryption, mac, plain[:4])
        return Session(encryption, mac, before.transaction, before.counter)


class WrongMac(Nonsense):
    """An answer that the session's card did not give, or not now."""


@dataclass(frozen=True)
class Session:
    """An authenticated session (§9.1): its keys, the transaction's identifier, the counter of commands."""

    encryption: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    transaction: bytes = field(repr=False)
    counter: int = 0

    def following(self) -> Session:
        """After one more command."""
        return Session(self.encryption, self.mac, self.transaction, self.counter + 1)

    def command_iv(self) -> bytes:
        return self._iv(b"\xa5\x5a")

    def answer_iv(self) -> bytes:
        """Of the session after the command (`following`)."""
        return self._iv(b"\x5a\xa5")

    def mac_over(self, code: int, data: bytes) -> bytes:
        """Over an instruction or a return code, this counter, and what goes over the wire (§9.1.9)."""
        return short_mac(self.mac, bytes((code,)) + self._counter() + self.transaction + data)

    def protected(self, ins: int, header: bytes, data: bytes, mode: Mode) -> bytes:
        """What a command carries in this mode."""
        if mode is Mode.PLAIN:
            return header + data
        if mode is Mode.FULL and data:
            data = encrypt(self.encryption, self.command_iv(), pad(data))
        return header + data + self.mac_over(ins, header + data)

    def opened(self, code: int, answer: bytes, mode: Mode) -> bytes:
        """The data of an answer; of the session after the command. WrongMac, Nonsense for a wrong length."""
        if mode is Mode.PLAIN:
            return answer
        if len(answer) < MAC_LENGTH:
            raise Nonsense(answer)
        data, mac = answer[:-MAC_LENGTH], answer[-MAC_LENGTH:]
        if not bytes_eq(mac, self.mac_over(code, data)):
            raise WrongMac(answer)
        if mode is Mode.MAC or not data:
            return data
        if len(data) % BLOCK:
            raise Nonsense(answer)
        return unpad(decrypt(self.encryption, self.answer_iv(), data))

    def _counter(self) -> bytes:
        return self.counter.to_bytes(2, "little")

    def _iv(self, label: bytes) -> bytes:
        return _block(self.encryption, label + self.transaction + self._counter() + bytes(8))
