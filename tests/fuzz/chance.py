"""Inputs of the fuzz targets: taken apart, and spoilt.

Pure. `Take` reads decisions off the front of an input, and never runs dry. `spoil` changes bytes as a fuzzer
does, or takes one data object among those in it and changes that, with the lengths around it put right: what
only changes bytes seldom comes further than the first wrong length.
"""

from __future__ import annotations

from random import Random

from hardware.passport import tlv
from hardware.passport.errors import Malformed
from hardware.passport.tlv import Tlv

_DEEPEST = 12
_TELLING = (0x00, 0x01, 0x7F, 0x80, 0x81, 0x82, 0x84, 0xFF, 0x02, 0x03, 0x04, 0x06, 0x17, 0x30, 0x31, 0xA0)


class Take:
    """The bytes of an input, one decision after the other; zeros once they are used up."""

    def __init__(self, data: bytes) -> None:
        self._data, self._at = data, 0

    def byte(self) -> int:
        return self.bytes(1)[0]

    def bytes(self, size: int) -> bytes:
        """Always so many."""
        found = self._data[self._at : self._at + size]
        self._at += size
        return found.ljust(size, b"\0")

    def word(self) -> int:
        return int.from_bytes(self.bytes(2), "big")

    def piece(self) -> bytes:
        """A length of two bytes, and as many as are there."""
        size = self.word()
        found = self._data[self._at : self._at + size]
        self._at += size
        return found

    def rest(self) -> bytes:
        found = self._data[self._at :]
        self._at = len(self._data)
        return found


def pieces(*each: bytes) -> bytes:
    """What `Take.piece` reads."""
    return b"".join(len(one).to_bytes(2, "big") + one for one in each)


def spoil(data: bytes, chance: Random, most: int) -> bytes:
    """Changed in one to four places, at most `most` bytes."""
    for _ in range(chance.randint(1, 4)):
        changed = _in_an_object(data, chance) if chance.random() < 0.6 else None
        data = (_bytes_changed(data, chance) if changed is None else changed)[:most]
    return data


def _bytes_changed(data: bytes, chance: Random) -> bytes:
    at = chance.randint(0, len(data))
    end = min(len(data), at + chance.choice((1, 1, 2, 4, 16, 60)))
    match chance.randrange(6):
        case 0:
            return data[:at] + bytes((chance.choice(_TELLING),)) + data[at + 1 :]
        case 1 if data[at:]:
            return data[:at] + bytes((data[at] ^ 1 << chance.randrange(8),)) + data[at + 1 :]
        case 2:
            return data[:at] + data[end:]
        case 3:
            return data[:end] + data[at:end] + data[end:]
        case 4:
            return data[:at] + chance.randbytes(end - at or 1) + data[end:]
        case _:
            return data[:at]


def _in_an_object(data: bytes, chance: Random, depth: int = 0) -> bytes | None:
    """One object of the run `data`, or of one inside it, changed; None where that is no run of objects."""
    try:
        run = list(tlv.parse_all(data))
    except Malformed:
        return None
    if not run or depth > _DEEPEST:
        return None
    at = chance.randrange(len(run))
    if chance.random() < 0.75:
        inner = _inside(run[at], chance, depth)
        if inner is not None:
            run[at] = Tlv(run[at].tag, inner)
            return b"".join(map(bytes, run))
    match chance.randrange(6):
        case 0:
            run[at] = Tlv(run[at].tag, _bytes_changed(run[at].value, chance))
        case 1:
            run[at] = Tlv(chance.choice(_TELLING), run[at].value)
        case 2:
            del run[at]
        case 3:
            run.insert(at, run[chance.randrange(len(run))])
        case 4:
            run[at] = Tlv(run[at].tag, b"" if chance.random() < 0.5 else run[at].value * chance.choice((2, 40)))
        case _:
            other = chance.randrange(len(run))
            run[at], run[other] = run[other], run[at]
    return b"".join(map(bytes, run))


def _inside(of: Tlv, chance: Random, depth: int) -> bytes | None:
    """Octet and bit strings hold objects too: extensions, keys, signed content."""
    if of.tag == 0x03 and of.value[:1] == b"\0":
        inner = _in_an_object(of.value[1:], chance, depth + 1)
        return None if inner is None else b"\0" + inner
    return _in_an_object(of.value, chance, depth + 1)
