"""What is in a virtual NTAG 424 DNA: keys, files, and the commands of ISO 7816-4 that everybody may use.

Source: NXP NT4H2421Gx rev. 3.0, §8.2 (file system and access rights) and §10.9 (ISO commands with their
return codes). The card's native commands are in `virtual_ntag424.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.card_reader.contract import CardType
from hardware.card_reader.ntag424_wire import (
    APPLICATION,
    FACTORY_KEY,
    KEYS,
    NDEF,
    NDEF_AS_DELIVERED,
    PROPRIETARY,
    PROPRIETARY_AS_DELIVERED,
    UID_LENGTH,
    FileSettings,
    Mode,
    Session,
    Status,
)
from hardware.card_reader.virtual_cards import SmartCard

ATR = bytes.fromhex("3B8180018080")  # PC/SC part 3 around the ATS 06 77 77 71 02 80
PICC_NAME = bytes.fromhex("D2760000850100")
CAPABILITIES = bytes.fromhex(  # §8.2.3.2: what a telephone is told of files 2 and 3
    "001720010000FF0406E104010000000506E10500808283000000000000000000"
)
CONTAINER = 1
FREE, NEVER = 0xE, 0xF


class Refusal(Exception):
    """What the card answers instead."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass
class Key:
    """One AES key of the card, and how often it was guessed wrong."""

    value: bytes = field(default=FACTORY_KEY, repr=False)
    version: int = 0
    wrong_in_a_row: int = 0
    wrong: int = 0
    delays: int = 0  # attempts still to be put off


@dataclass
class File:
    """A file with its ISO name, content and settings."""

    iso: int
    data: bytearray = field(repr=False)
    settings: FileSettings


@dataclass
class Begun:
    """The first half of an authentication."""

    number: int
    random_b: bytes = field(repr=False)
    before: Session | None


class Ntag424Files(SmartCard):
    """As delivered. `worn`: bytes of file 3 that take a write and keep what they were."""

    def __init__(self, uid: bytes) -> None:
        if len(uid) != UID_LENGTH:
            raise ValueError("an NTAG 424 DNA has a UID of 7 bytes")
        super().__init__(uid)
        self.type, self.atr = CardType.NTAG424, ATR
        self.keys = [Key() for _ in KEYS]
        self.files = {
            CONTAINER: File(0xE103, bytearray(CAPABILITIES), FileSettings(Mode.PLAIN, FREE, 0, 0, 0)),
            NDEF: File(0xE104, bytearray(256), NDEF_AS_DELIVERED),
            PROPRIETARY: File(0xE105, bytearray(128), PROPRIETARY_AS_DELIVERED),
        }
        self.worn: set[int] = set()
        self.changed: Callable[[], None] = lambda: None  # called when what the plastic keeps has changed
        self.activate()

    def activate(self) -> None:
        self._application = False
        self._file: int | None = None
        self._session: Session | None = None
        self._key: int | None = None  # of the session
        self._begun: Begun | None = None
        self._frames: list[bytes] = []  # of GetVersion, still to be fetched

    def content(self) -> bytes:
        """Without the zeros behind each file's."""
        return b"".join(bytes(file.data).rstrip(b"\0") for file in self.files.values())

    def whole(self) -> tuple[object, ...]:
        """All that the plastic keeps: contents, settings, keys, versions, wrong guesses."""
        kept = [(bytes(file.data), file.settings) for file in self.files.values()]
        return (*kept, *((k.value, k.version, k.wrong_in_a_row, k.wrong) for k in self.keys))

    # --- APDUs

    def exchange(self, apdu: bytes) -> bytes:
        try:
            data, status = self._answer(apdu)
        except Refusal as refused:
            self._end()
            data, status = b"", refused.status
        return data + status.to_bytes(2, "big")

    def _end(self) -> None:
        self._session = self._key = self._begun = None
        self._frames = []

    def _answer(self, apdu: bytes) -> tuple[bytes, int]:
        if len(apdu) < 4:
            raise Refusal(Status.ISO_WRONG_LENGTH)
        if apdu[0] == 0x00:
            return self._iso(apdu)
        if apdu[0] != 0x90:
            raise Refusal(Status.ISO_WRONG_CLASS)
        if apdu[2:4] != b"\0\0":
            raise Refusal(Status.ISO_WRONG_P1_P2)
        return self._native(apdu[1], body_of(apdu, Status.LENGTH_ERROR))

    def _native(self, ins: int, body: bytes) -> tuple[bytes, int]:
        raise NotImplementedError

    # --- ISO 7816-4 (§10.9)

    def _iso(self, apdu: bytes) -> tuple[bytes, int]:
        if self._begun or self._frames:
            raise Refusal(Status.ISO_CONDITIONS)
        if apdu[1] == 0xA4:
            return self._select(apdu)
        if apdu[1] == 0xB0:
            return self._read_binary(apdu)
        if apdu[1] == 0xD6:
            return self._update_binary(apdu)
        raise Refusal(Status.ISO_WRONG_INSTRUCTION)

    def _select(self, apdu: bytes) -> tuple[bytes, int]:
        name = body_of(apdu, Status.ISO_WRONG_LENGTH)
        if apdu[3] not in (0x00, 0x0C):
            raise Refusal(Status.ISO_WRONG_P1_P2)
        if apdu[2] == 0x04:
            self._application = self._known_name(name)
            self._file = None
        elif apdu[2] in (0x00, 0x02):
            self._select_file(name)
        else:
            raise Refusal(Status.ISO_WRONG_P1_P2)
        self._end()
        return b"", Status.ISO_OK

    def _known_name(self, name: bytes) -> bool:
        if name not in (APPLICATION, PICC_NAME):
            raise Refusal(Status.ISO_NOT_FOUND)
        return name == APPLICATION

    def _select_file(self, name: bytes) -> None:
        if name in (b"", b"\x3f\x00"):
            self._application, self._file = False, None
            return
        found = [number for number, file in self.files.items() if file.iso.to_bytes(2, "big") == name]
        if name == b"\xe1\x10":
            self._application, self._file = True, None
        elif found and self._application:
            self._file = found[0]
        else:
            raise Refusal(Status.ISO_NOT_FOUND)

    def _chosen(self, apdu: bytes, *rights: str) -> tuple[File, int]:
        """The file and offset that P1 and P2 name; everybody must have one of the rights on it."""
        number: int | None = self._file
        offset = apdu[2] << 8 | apdu[3]
        if apdu[2] & 0x80:
            number, offset = (apdu[2] & 0x1F) or self._file, apdu[3]
            number = next((n for n, f in self.files.items() if f.iso & 0x1F == number), None)
        if number is None or not self._application:
            raise Refusal(Status.ISO_NOT_FOUND)
        file = self.files[number]
        if all(getattr(file.settings, right) != FREE for right in rights):
            raise Refusal(Status.ISO_SECURITY)
        if offset >= len(file.data):
            raise Refusal(Status.ISO_WRONG_P1_P2)
        self._file = number
        return file, offset

    def _read_binary(self, apdu: bytes) -> tuple[bytes, int]:
        if len(apdu) != 5:
            raise Refusal(Status.ISO_WRONG_LENGTH)
        file, offset = self._chosen(apdu, "read", "read_write")
        return bytes(file.data[offset : offset + (apdu[4] or 256)]), Status.ISO_OK

    def _update_binary(self, apdu: bytes) -> tuple[bytes, int]:
        data = body_of(apdu, Status.ISO_WRONG_LENGTH)
        file, offset = self._chosen(apdu, "write", "read_write")
        if not data or offset + len(data) > len(file.data):
            raise Refusal(Status.ISO_WRONG_LENGTH)
        file.data[offset : offset + len(data)] = data
        self.changed()
        return b"", Status.ISO_OK


def body_of(apdu: bytes, wrong: Status) -> bytes:
    """The data field of a short APDU, with or without Le."""
    if len(apdu) <= 5:
        return b""
    length = apdu[4]
    if length == 0 or len(apdu) not in (5 + length, 6 + length):
        raise Refusal(wrong)
    return apdu[5 : 5 + length]
