"""A virtual NTAG 424 DNA: five AES keys, three files, and nothing that the data sheet does not allow.

Source: NXP NT4H2421Gx rev. 3.0: §8.2 file system and access rights, §9.1 secure messaging, §10
commands with their return codes (each refusal below is one of those tables'). Whoever is refused
anything in a session has no session any more. Not modelled: LRP, messages for telephones (SDM),
SetConfiguration, originality keys.

A command is done whole or not at all, also when the card is taken away under it: keys, settings
and up to 128 bytes of a file are protected against tearing (§8.2.3.1, §10.8.2).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.card_reader.contract import CardType
from hardware.card_reader.ntag424_wire import (
    APPLICATION,
    BLOCK,
    FACTORY_KEY,
    KEYS,
    MAC_LENGTH,
    NDEF,
    NDEF_AS_DELIVERED,
    PROPRIETARY,
    PROPRIETARY_AS_DELIVERED,
    UID_LENGTH,
    FileSettings,
    Ins,
    Mode,
    Session,
    Status,
    crc,
    decrypt,
    encrypt,
    pad,
    rotated,
    session_keys,
    unpad,
)
from hardware.card_reader.pcsc_wire import Nonsense
from hardware.card_reader.virtual_cards import SmartCard

ATR = bytes.fromhex("3B8180018080")  # PC/SC part 3 around the ATS 06 77 77 71 02 80
PICC_NAME = bytes.fromhex("D2760000850100")
HARDWARE, SOFTWARE = bytes.fromhex("04040230001105"), bytes.fromhex("04040201021105")
BATCH = bytes.fromhex("0A0B0C0D1E1A19")
CAPABILITIES = bytes.fromhex(  # §8.2.3.2: what a telephone is told of files 2 and 3
    "001720010000FF0406E104010000000506E10500808283000000000000000000"
)
CONTAINER = 1
FREE, NEVER = 0xE, 0xF
DELAYS_AFTER = 50  # wrong authentications in a row (AN12196 §7.4)
LOCKED_AFTER = 1000
FORGIVEN = 10  # of the total, with each right one


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
class _Begun:
    """The first half of an authentication."""

    number: int
    random_b: bytes = field(repr=False)
    before: Session | None


class Ntag424Card(SmartCard):
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
        self.activate()

    def activate(self) -> None:
        self._application = False
        self._file: int | None = None
        self._session: Session | None = None
        self._key: int | None = None  # of the session
        self._begun: _Begun | None = None
        self._frames: list[bytes] = []  # of GetVersion, still to be fetched

    def content(self) -> bytes:
        return b"".join(bytes(file.data) for file in self.files.values())

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
        return self._native(apdu[1], _body(apdu, Status.LENGTH_ERROR))

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
        name = _body(apdu, Status.ISO_WRONG_LENGTH)
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
        data = _body(apdu, Status.ISO_WRONG_LENGTH)
        file, offset = self._chosen(apdu, "write", "read_write")
        if not data or offset + len(data) > len(file.data):
            raise Refusal(Status.ISO_WRONG_LENGTH)
        file.data[offset : offset + len(data)] = data
        return b"", Status.ISO_OK

    # --- native commands

    def _native(self, ins: int, body: bytes) -> tuple[bytes, int]:
        if ins == Ins.MORE:
            return self._more(body)
        if self._begun or self._frames:
            raise Refusal(Status.COMMAND_ABORTED)
        free: dict[int, Callable[[bytes], tuple[bytes, int]]] = {
            Ins.GET_VERSION: self._version,
            Ins.AUTHENTICATE_FIRST: self._first,
            Ins.AUTHENTICATE_NON_FIRST: self._non_first,
        }
        if ins in free:
            return free[ins](body)
        if not self._application:
            raise Refusal(Status.PERMISSION_DENIED if ins in set(Ins) else Status.ILLEGAL_COMMAND)
        commands: dict[int, Callable[[bytes], bytes]] = {
            Ins.GET_KEY_VERSION: self._key_version,
            Ins.GET_FILE_SETTINGS: self._settings,
            Ins.GET_CARD_UID: self._card_uid,
            Ins.CHANGE_KEY: self._change_key,
            Ins.CHANGE_FILE_SETTINGS: self._change_settings,
            Ins.READ_DATA: self._read_data,
            Ins.WRITE_DATA: self._write_data,
        }
        if ins not in commands:
            raise Refusal(Status.ILLEGAL_COMMAND)
        return commands[ins](body), Status.OK

    def _more(self, body: bytes) -> tuple[bytes, int]:
        if self._begun:
            return self._second(body), Status.OK
        if not self._frames:
            raise Refusal(Status.ILLEGAL_COMMAND)
        if body:
            raise Refusal(Status.LENGTH_ERROR)
        frame = self._frames.pop(0)
        return frame, Status.MORE if self._frames else Status.OK

    def _version(self, body: bytes) -> tuple[bytes, int]:
        if body:
            raise Refusal(Status.LENGTH_ERROR)
        self._session = self._key = None
        self._frames = [SOFTWARE, self.uid + BATCH]
        return HARDWARE, Status.MORE

    # --- authentication (§10.4)

    def _first(self, body: bytes) -> tuple[bytes, int]:
        if len(body) < 2 or len(body) != 2 + body[1] or body[1] > 6:
            raise Refusal(Status.LENGTH_ERROR)
        if body[1] and body[2] & 0x02:
            raise Refusal(Status.PERMISSION_DENIED)  # LRP
        self._session = self._key = None
        return self._challenge(body[0], None)

    def _non_first(self, body: bytes) -> tuple[bytes, int]:
        if len(body) != 1:
            raise Refusal(Status.LENGTH_ERROR)
        if self._session is None:
            raise Refusal(Status.PERMISSION_DENIED)
        return self._challenge(body[0], self._session)

    def _challenge(self, number: int, before: Session | None) -> tuple[bytes, int]:
        if not self._application or number not in KEYS:
            raise Refusal(Status.NO_SUCH_KEY)
        key = self.keys[number]
        if key.wrong >= LOCKED_AFTER:
            raise Refusal(Status.PERMISSION_DENIED)
        if key.delays:
            key.delays -= 1
            raise Refusal(Status.AUTHENTICATION_DELAY)
        self._begun = _Begun(number, secrets.token_bytes(BLOCK), before)
        return encrypt(key.value, bytes(BLOCK), self._begun.random_b), Status.MORE

    def _second(self, body: bytes) -> bytes:
        begun, self._begun = self._begun, None
        assert begun is not None  # noqa: S101 - who calls has looked
        if len(body) != 2 * BLOCK:
            raise Refusal(Status.LENGTH_ERROR)
        key = self.keys[begun.number]
        plain = decrypt(key.value, bytes(BLOCK), body)
        random_a = plain[:BLOCK]
        if plain[BLOCK:] != rotated(begun.random_b):
            self._guessed_wrong(key)
            raise Refusal(Status.AUTHENTICATION_ERROR)
        key.wrong_in_a_row, key.wrong = 0, max(0, key.wrong - FORGIVEN)
        enc, mac = session_keys(key.value, random_a, begun.random_b)
        self._key = begun.number
        if begun.before is not None:
            self._session = Session(enc, mac, begun.before.transaction, begun.before.counter)
            return encrypt(key.value, bytes(BLOCK), rotated(random_a))
        self._session = Session(enc, mac, secrets.token_bytes(4))
        return encrypt(key.value, bytes(BLOCK), self._session.transaction + rotated(random_a) + bytes(12))

    def _guessed_wrong(self, key: Key) -> None:
        key.wrong_in_a_row += 1
        key.wrong += 1
        if key.wrong_in_a_row >= DELAYS_AFTER:
            key.delays = key.wrong_in_a_row - DELAYS_AFTER + 1

    # --- secure messaging (§9.1)

    def _opened(self, ins: int, body: bytes, header: int, mode: Mode) -> tuple[bytes, bytes]:
        """Header and data of a command; its MAC and counter are right, or INTEGRITY_ERROR."""
        session = self._session
        if session is None or mode is Mode.PLAIN:
            if len(body) < header:
                raise Refusal(Status.LENGTH_ERROR)
            return body[:header], body[header:]
        if len(body) < header + MAC_LENGTH:
            raise Refusal(Status.LENGTH_ERROR)
        said, mac = body[:-MAC_LENGTH], body[-MAC_LENGTH:]
        if mac != session.mac_over(ins, said):
            raise Refusal(Status.INTEGRITY_ERROR)
        data = said[header:]
        if mode is Mode.FULL and data:
            if len(data) % BLOCK:
                raise Refusal(Status.LENGTH_ERROR)
            try:
                data = unpad(decrypt(session.encryption, session.command_iv(), data))
            except Nonsense:
                raise Refusal(Status.INTEGRITY_ERROR) from None
        return said[:header], data

    def _said(self, data: bytes, mode: Mode) -> bytes:
        """An answer's data as they go over the wire; the command has counted."""
        if self._session is None:
            return data
        self._session = session = self._session.following()
        if mode is Mode.PLAIN:
            return data
        if mode is Mode.FULL and data:
            data = encrypt(session.encryption, session.answer_iv(), pad(data))
        return data + session.mac_over(Status.OK & 0xFF, data)

    # --- what it knows of itself

    def _key_version(self, body: bytes) -> bytes:
        header, rest = self._opened(Ins.GET_KEY_VERSION, body, 1, Mode.MAC)
        if rest:
            raise Refusal(Status.LENGTH_ERROR)
        if header[0] not in KEYS:
            raise Refusal(Status.NO_SUCH_KEY)
        return self._said(bytes((self.keys[header[0]].version,)), Mode.MAC)

    def _settings(self, body: bytes) -> bytes:
        header, rest = self._opened(Ins.GET_FILE_SETTINGS, body, 1, Mode.MAC)
        if rest:
            raise Refusal(Status.LENGTH_ERROR)
        file = self._targeted(header[0])
        size = len(file.data).to_bytes(3, "little")
        return self._said(b"\0" + file.settings.encoded() + size, Mode.MAC)

    def _card_uid(self, body: bytes) -> bytes:
        if self._session is None:
            raise Refusal(Status.AUTHENTICATION_ERROR)
        if self._opened(Ins.GET_CARD_UID, body, 0, Mode.FULL)[1]:
            raise Refusal(Status.LENGTH_ERROR)
        return self._said(self.uid, Mode.FULL)

    # --- keys and settings

    def _change_key(self, body: bytes) -> bytes:
        if self._session is None or self._key != 0:
            raise Refusal(Status.AUTHENTICATION_ERROR)
        header, data = self._opened(Ins.CHANGE_KEY, body, 1, Mode.FULL)
        if header[0] not in KEYS:
            raise Refusal(Status.NO_SUCH_KEY)
        if len(data) != (17 if header[0] == 0 else 21):
            raise Refusal(Status.LENGTH_ERROR)
        new = data[:16]
        if header[0]:
            new = bytes(a ^ b for a, b in zip(new, self.keys[header[0]].value, strict=True))
            if crc(new) != data[17:]:
                raise Refusal(Status.INTEGRITY_ERROR)
        self.keys[header[0]] = Key(new, data[16])
        if header[0] == 0:
            self._end()
            return b""
        return self._said(b"", Mode.FULL)

    def _change_settings(self, body: bytes) -> bytes:
        number = body[0] if body else 0
        file = self._targeted(number)
        if file.settings.change == NEVER:
            raise Refusal(Status.PERMISSION_DENIED)
        free = file.settings.change == FREE
        if not free and self._key != file.settings.change:
            raise Refusal(Status.AUTHENTICATION_ERROR)
        _, data = self._opened(Ins.CHANGE_FILE_SETTINGS, body, 1, Mode.PLAIN if free else Mode.FULL)
        if len(data) != 3:
            raise Refusal(Status.LENGTH_ERROR)
        rights = (data[2] >> 4, data[2] & 0xF, data[1] >> 4, data[1] & 0xF)
        if data[0] not in (0, 1, 3) or any(right not in (*KEYS, FREE, NEVER) for right in rights):
            raise Refusal(Status.PARAMETER_ERROR)
        file.settings = FileSettings(Mode(data[0]), *rights)
        return self._said(b"", Mode.PLAIN if free else Mode.FULL)

    # --- data

    def _read_data(self, body: bytes) -> bytes:
        file, mode = self._access(body, "read", "read_write")
        header, rest = self._opened(Ins.READ_DATA, body, 7, mode)
        if rest:
            raise Refusal(Status.LENGTH_ERROR)
        offset, length = _range(header)
        length = length or len(file.data) - offset
        if length <= 0 or offset + length > len(file.data):
            raise Refusal(Status.BOUNDARY_ERROR)
        return self._said(bytes(file.data[offset : offset + length]), mode)

    def _write_data(self, body: bytes) -> bytes:
        file, mode = self._access(body, "write", "read_write")
        header, data = self._opened(Ins.WRITE_DATA, body, 7, mode)
        offset, length = _range(header)
        if not data or length != len(data):
            raise Refusal(Status.LENGTH_ERROR)
        if offset + length > len(file.data):
            raise Refusal(Status.BOUNDARY_ERROR)
        for at, byte in enumerate(data, offset):
            if file.iso != self.files[PROPRIETARY].iso or at not in self.worn:
                file.data[at] = byte
        return self._said(b"", mode)

    def _access(self, body: bytes, *rights: str) -> tuple[File, Mode]:
        """Who may: the key of this session in the file's mode, or everybody in plain (§8.2.3.5)."""
        if len(body) < 7:
            raise Refusal(Status.LENGTH_ERROR)
        file = self._targeted(body[0])
        needed = [getattr(file.settings, right) for right in rights]
        if self._session is not None and self._key in needed:
            return file, file.settings.mode
        if FREE in needed:
            return file, Mode.PLAIN
        if all(right == NEVER for right in needed):
            raise Refusal(Status.PERMISSION_DENIED)
        raise Refusal(Status.AUTHENTICATION_ERROR)

    def _targeted(self, number: int) -> File:
        if number not in self.files:
            raise Refusal(Status.FILE_NOT_FOUND)
        return self.files[number]


def _body(apdu: bytes, wrong: Status) -> bytes:
    """The data field of a short APDU, with or without Le."""
    if len(apdu) <= 5:
        return b""
    length = apdu[4]
    if length == 0 or len(apdu) not in (5 + length, 6 + length):
        raise Refusal(wrong)
    return apdu[5 : 5 + length]


def _range(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[1:4], "little"), int.from_bytes(header[4:7], "little")
