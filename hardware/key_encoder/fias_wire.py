"""FIAS records as bytes: pure, no I/O (Oracle, FIAS interface specification 2.20: record layout, link, keys).

    STX LS|DA991229|TI101500| ETX             on TCP
    STX LS|DA991229|TI101500| ETX LRC         on a serial line, asked for by ENQ, answered by ACK or NAK

A record is a two-letter id and fields, each a two-character id and its value, each ended by `|`.
The LRC is the xor of all bytes after STX, ETX included; it may be any byte, STX too.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from functools import reduce

from hardware.card_reader.pcsc_wire import UID_LENGTHS

STX, ETX, ENQ, ACK, NAK = 0x02, 0x03, 0x05, 0x06, 0x15
LONGEST = 4096  # bytes of a record; what is longer is noise with an STX in it
CHARSET = "cp1252"


class BadRecord(ValueError):
    """No record, or a field that can't stand in one; says why, never what stood there."""


@dataclass(frozen=True)
class Record:
    """One record. A field's value may name a guest: it is in no `repr`."""

    id: str
    fields: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def get(self, name: str) -> str:
        """A field's value; "" where it does not stand there."""
        return next((value for found, value in self.fields if found == name), "")


@dataclass(frozen=True)
class Broken:
    """What began as a record and was none. `size` bytes of it; `why` without a byte of it."""

    why: str
    size: int


class Control(StrEnum):
    """A byte between records on a serial line."""

    ENQ = "ENQ"
    ACK = "ACK"
    NAK = "NAK"


CONTROLS = {ENQ: Control.ENQ, ACK: Control.ACK, NAK: Control.NAK}
Heard = Record | Broken | Control


class Status(StrEnum):
    """AS, how a request ended, as far as the key service uses it."""

    OK = "OK"
    BUSY = "BY"
    NO_RESPONSE = "NR"  # of the encoder
    RETRY = "RY"
    UNPROCESSABLE = "UR"
    NO_GUEST = "NG"
    NO_ACCOUNT = "IA"


class KeyType(StrEnum):
    """KT, what becomes of the older keys."""

    NEW = "N"
    DUPLICATE = "D"
    ONE_SHOT = "O"


def record(name: str, fields: Mapping[str, str] | Iterable[tuple[str, str]] = ()) -> Record:
    """A record whose fields may stand on the wire. BadRecord if not."""
    pairs = tuple(fields.items() if isinstance(fields, Mapping) else fields)
    _check_id(name, "record")
    for one, value in pairs:
        _check_id(one, "field")
        if not can_stand(value):
            raise BadRecord(f"{one}: a control character or | in it")
    return Record(name, pairs)


def can_stand(value: str) -> bool:
    """Whether a field may have this value."""
    return not any(letter == "|" or not letter.isprintable() for letter in value)


def check_charset(name: str) -> str:
    """The codec's name. ValueError for one that does not exist or in which a record is not plain ASCII."""
    try:
        codec = codecs.lookup(name)
        plain = "".join(map(chr, range(32, 127)))
        if codec.encode(plain)[0] == plain.encode("ascii"):
            return codec.name
    except (LookupError, UnicodeError, TypeError, AttributeError):
        pass
    raise ValueError(f"{name!r}: no character set with ASCII in it, as cp1252, latin-1, utf-8, cp437 are")


def encode(one: Record, *, charset: str = CHARSET, serial: bool = False) -> bytes:
    """The record's bytes. BadRecord for a letter that the character set has not."""
    try:
        text = "".join(f"{name}{value}|" for name, value in one.fields)
        body = f"{one.id}|{text}".encode(charset) + bytes((ETX,))
    except UnicodeEncodeError:
        raise BadRecord(f"{one.id}: a letter that {charset} has not") from None
    if len(body) > LONGEST:
        raise BadRecord(f"{one.id}: longer than {LONGEST} bytes")
    return bytes((STX,)) + body + (bytes((lrc(body),)) if serial else b"")


def lrc(after_stx: bytes) -> int:
    """The xor of all bytes after STX, with ETX."""
    return reduce(lambda a, b: a ^ b, after_stx, 0)


def parse(body: bytes, charset: str = CHARSET) -> Record:
    """The record between STX and ETX. The last `|` may be missing: some leave it out. BadRecord if it is none."""
    try:
        text = body.decode(charset)
    except UnicodeDecodeError:
        raise BadRecord("bytes that are no letters") from None
    name, *rest = text.removesuffix("|").split("|")
    pairs = []
    for one in rest:
        if len(one) < 2:
            raise BadRecord("a field without its id")
        pairs.append((one[:2], one[2:]))
    if len({one for one, _ in pairs}) != len(pairs):
        raise BadRecord("a field stands there twice")
    return record(name, pairs)


class Framing:
    """Bytes in, as they come, records out. `noise` counts bytes that belong to no record."""

    def __init__(self, *, serial: bool = False, charset: str = CHARSET) -> None:
        self.noise = 0
        self._serial = serial
        self._charset = charset
        self._body: bytearray | None = None
        self._whole = False  # ETX has come; on a serial line the LRC is next

    @property
    def in_record(self) -> bool:
        """Whether a record has begun and not ended."""
        return self._body is not None

    def feed(self, data: bytes) -> list[Heard]:
        heard: list[Heard] = []
        for byte in data:
            if (one := self._take(byte)) is not None:
                heard.append(one)
        return heard

    def _take(self, byte: int) -> Heard | None:
        if self._body is None:
            return self._between(byte)
        if self._whole:
            return self._end(byte)
        if byte == STX:
            return self._broken("cut off by the next", begin=True)
        if byte == ETX:
            self._whole = True
            return None if self._serial else self._end(None)
        self._body.append(byte)
        if len(self._body) > LONGEST:
            return self._broken("too long")
        return None

    def _between(self, byte: int) -> Heard | None:
        if byte == STX:
            self._body, self._whole = bytearray(), False
        elif self._serial and byte in CONTROLS:
            return CONTROLS[byte]
        else:
            self.noise += 1
        return None

    def _end(self, check: int | None) -> Heard:
        body = bytes(self._body or b"")
        if check is not None and check != lrc(body + bytes((ETX,))):
            return self._broken("wrong LRC")
        try:
            whole = parse(body, self._charset)
        except BadRecord as wrong:
            return self._broken(str(wrong))
        self._body = None
        return whole

    def _broken(self, why: str, *, begin: bool = False) -> Broken:
        size = len(self._body or b"")
        self._body, self._whole = (bytearray() if begin else None), False
        return Broken(why, size)


# --- values ----------------------------------------------------------------------------------------


def date_field(day: date) -> str:
    return f"{day:%y%m%d}"


def time_field(moment: datetime | time) -> str:
    return f"{moment:%H%M%S}"


def read_date(value: str) -> date:
    """YYMMDD of this century; BadRecord if it is none."""
    if len(value) != 6 or not (value.isascii() and value.isdigit()):
        raise BadRecord("no date YYMMDD")
    try:
        return date(2000 + int(value[:2]), int(value[2:4]), int(value[4:]))
    except ValueError:
        raise BadRecord("no such day") from None


def read_time(value: str) -> time:
    """HHMMSS, or HHMM as some write; BadRecord if it is none."""
    if len(value) not in (4, 6) or not (value.isascii() and value.isdigit()):
        raise BadRecord("no time HHMMSS")
    try:
        return time(int(value[:2]), int(value[2:4]), int(value[4:] or 0))
    except ValueError:
        raise BadRecord("no such time") from None


def moment(day: str, clock: str) -> datetime:
    """GA or GD with its time: the hotel's own, naive."""
    return datetime.combine(read_date(day), read_time(clock) if clock else time())


def now_fields(now: datetime) -> dict[str, str]:
    """DA and TI, which every link record carries."""
    return {"DA": date_field(now), "TI": time_field(now)}


def read_uid(value: str) -> bytes:
    """$2 where it is a card's UID: 4, 7 or 10 bytes as hex. b"" for anything else, which is not ours to read."""
    try:
        uid = bytes.fromhex(value)
    except ValueError:
        return b""
    return uid if len(uid) in UID_LENGTHS else b""


def read_field_list(value: str) -> frozenset[str]:
    """FL of a link record: ids without anything between. BadRecord for half an id."""
    if len(value) % 2:
        raise BadRecord("FL: half a field's id")
    return frozenset(value[at : at + 2] for at in range(0, len(value), 2))


def _check_id(name: str, what: str) -> None:
    if len(name) != 2 or not name.isascii() or not all(letter.isalnum() or letter in "#$" for letter in name):
        raise BadRecord(f"no {what} id of two characters")
