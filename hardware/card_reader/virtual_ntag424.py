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

from hardware.card_reader.ntag424_wire import (
    BLOCK,
    KEYS,
    MAC_LENGTH,
    PROPRIETARY,
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
from hardware.card_reader.virtual_ntag424_files import FREE, NEVER, Begun, File, Key, Ntag424Files, Refusal

HARDWARE, SOFTWARE = bytes.fromhex("04040230001105"), bytes.fromhex("04040201021105")
BATCH = bytes.fromhex("0A0B0C0D1E1A19")
DELAYS_AFTER = 50  # wrong authentications in a row (AN12196 rev. 2.0 §6.4)
LOCKED_AFTER = 1000
FORGIVEN = 10  # of the total, with each right one


class Ntag424Card(Ntag424Files):
    """As delivered."""

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
        self._begun = Begun(number, secrets.token_bytes(BLOCK), before)
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
        self.changed()
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
        self.changed()
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
        self.changed()
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


def _range(header: bytes) -> tuple[int, int]:
    return int.from_bytes(header[1:4], "little"), int.from_bytes(header[4:7], "little")
