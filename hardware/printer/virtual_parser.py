"""Reading ESC/POS as strictly as a printer should: every command whole, every parameter in range.

What the virtual printer understands is in the tables below: standard mode of an 80 mm receipt
printer (Epson ESC/POS command reference). A byte that begins no known command, and a parameter
out of its range, end the reading with `Unknown`: real printers print such bytes as garbage.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Command:
    """`name` as the command reference writes it ("ESC a", "GS v 0"; "text" for characters)."""

    name: str
    data: bytes
    size: int
    """Bytes on the wire."""


@dataclass(frozen=True)
class Unknown:
    """Where the reading ended, and why."""

    data: bytes
    why: str
    size: int = 0


class _Refused(Exception):
    pass


ANY = range(256)
ON_OFF = ANY  # only the lowest bit counts
_01 = frozenset(b"\x00\x0101")
_012 = frozenset(b"\x00\x01\x02012")

# Commands of fixed length: the allowed values of each parameter.
FIXED: dict[str, tuple[Container[int], ...]] = {
    "NUL": (), "HT": (), "LF": (), "CR": (),  # NUL alone is ignored (SPRT SP series)
    "DLE EOT": (range(1, 5),), "DLE ENQ": (range(0, 3),),
    "ESC SP": (ANY,), "ESC !": (ANY,), "ESC $": (ANY, ANY), "ESC -": (_012,), "ESC 2": (), "ESC 3": (ANY,),
    "ESC =": (range(1, 4),), "ESC @": (), "ESC E": (ON_OFF,), "ESC G": (ON_OFF,), "ESC J": (ANY,),
    "ESC M": (frozenset(b"\x00\x0101"),), "ESC R": (range(0, 9),), "ESC S": (), "ESC T": (range(48, 52),),
    "ESC V": (_012,), "ESC \\": (ANY, ANY), "ESC a": (_012,), "ESC c 3": (ANY,), "ESC c 4": (ANY,),
    "ESC c 5": (ON_OFF,), "ESC d": (ANY,), "ESC i": (), "ESC m": (), "ESC p": (_01, ANY, ANY), "ESC t": (ANY,),
    "ESC {": (ON_OFF,),
    "FS !": (ANY,), "FS &": (), "FS -": (_012,), "FS .": (), "FS C": (_01,), "FS S": (ANY, ANY),
    "GS !": (frozenset(w << 4 | h for w in range(8) for h in range(8)),), "GS B": (ON_OFF,),
    "GS H": (frozenset(b"\x00\x01\x02\x030123"),), "GS I": (frozenset((1, 2, 3, *b"123ABCD")),),
    "GS L": (ANY, ANY), "GS P": (ANY, ANY), "GS T": (_01,), "GS W": (ANY, ANY), "GS a": (ANY,), "GS b": (ON_OFF,),
    "GS f": (_01,), "GS h": (range(1, 256),), "GS r": (frozenset(b"\x01\x0212"),), "GS w": (range(2, 7),),
}  # fmt: skip

# How the names are spelt on the wire.
_CODES = {"NUL": 0, "HT": 9, "LF": 10, "CR": 13, "DLE": 16, "EOT": 4, "ENQ": 5, "DC4": 20, "ESC": 27, "FS": 28, "GS": 29, "SP": 32}
MAX_RASTER_ROWS = 2303  # GS v 0 and GS ( L, of TM-T20II and TM-T88V


def _prefix(name: str) -> bytes:
    return bytes(_CODES[word] if word in _CODES else ord(word) for word in name.split(" "))


# A sized command's function gets what has come after the prefix, and says how long it will be,
# or None if that can't be told yet.
Size = Callable[[bytes], int | None]


def _with_length(functions: Container[int] | None = None, at: int = 3) -> Size:
    """pL pH and so many bytes; for those with functions, the number of the function stands at `at`."""

    def size(data: bytes) -> int | None:
        if len(data) < 2:
            return None
        length = data[0] | data[1] << 8
        if length == 0:
            raise _Refused("no parameters")
        if functions is not None:
            if len(data) <= at:
                return None
            if data[at] not in functions:
                raise _Refused(f"function {data[at]}")
        return 2 + length

    return size


def _bit_image(data: bytes) -> int | None:
    if len(data) < 3:
        return None
    if data[0] not in (0, 1, 32, 33):
        raise _Refused(f"m = {data[0]}")
    columns = data[1] | data[2] << 8
    if not 0 < columns <= 2047:
        raise _Refused(f"{columns} columns")
    return 3 + columns * (3 if data[0] >= 32 else 1)


def _raster(data: bytes) -> int | None:
    if len(data) < 5:
        return None
    if data[0] not in frozenset(b"\x00\x01\x02\x030123"):
        raise _Refused(f"m = {data[0]}")
    wide, tall = data[1] | data[2] << 8, data[3] | data[4] << 8
    if not wide or not 0 < tall <= MAX_RASTER_ROWS:
        raise _Refused(f"{wide} bytes × {tall} rows")
    return 5 + wide * tall


def _long_graphics(data: bytes) -> int | None:
    if len(data) < 6:
        return None
    if data[5] not in (112, 113):
        raise _Refused(f"function {data[5]}")
    return 4 + int.from_bytes(data[:4], "little")


def _cut(data: bytes) -> int | None:
    if not data:
        return None
    if data[0] in b"\x00\x0101":
        return 1
    if data[0] in b"AB":
        return 2
    raise _Refused(f"m = {data[0]}")


def _tabs(data: bytes) -> int | None:
    if 0 in data[:33]:
        return data.index(0) + 1
    if len(data) > 32:
        raise _Refused("more than 32 tab stops")
    return None


def _barcode(data: bytes) -> int | None:
    if not data:
        return None
    if data[0] <= 6:
        return data.index(0, 1) + 1 if 0 in data[1:] else None
    if not 65 <= data[0] <= 79:
        raise _Refused(f"m = {data[0]}")
    return 2 + data[1] if len(data) > 1 else None


def _real_time_pulse(data: bytes) -> int | None:
    if not data:
        return None
    if data[0] not in (1, 2, 8):
        raise _Refused(f"function {data[0]}")
    return 8 if data[0] == 8 else 3


SIZED: dict[str, Size] = {
    "DLE DC4": _real_time_pulse,
    "ESC *": _bit_image,
    "ESC D": _tabs,
    "FS ( A": _with_length(frozenset((48,)), at=2),
    "GS ( A": _with_length(),
    "GS ( D": _with_length(),
    "GS ( E": _with_length(),
    "GS ( H": _with_length(frozenset((48,)), at=2),
    "GS ( K": _with_length(),
    "GS ( L": _with_length(frozenset((1, 2, 49, 50, 112, 113))),
    "GS ( k": _with_length(frozenset((65, 66, 67, 68, 69, 70, 72, 80, 81, 82))),
    "GS 8 L": _long_graphics,
    "GS V": _cut,
    "GS k": _barcode,
    "GS v 0": _raster,
}
_NAMES = {_prefix(name): name for name in (*FIXED, *SIZED)}
_BEGINNINGS = {prefix[:length] for prefix in _NAMES for length in range(1, len(prefix) + 1)}
# Answered at once, wherever the print head is.
REAL_TIME = frozenset(("DLE EOT", "DLE ENQ", "DLE DC4"))


class Parser:
    """Bytes in, commands out. After an Unknown it is silent for good: make a new one."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.ended = False

    @property
    def unfinished(self) -> bytes:
        """The beginning of a command whose rest has not come."""
        return bytes(self._buffer[:16])

    def feed(self, data: bytes) -> Iterator[Command | Unknown]:
        self._buffer += data
        while self._buffer and not self.ended:
            try:
                command = self._next()
            except _Refused as refused:
                self.ended = True
                yield Unknown(bytes(self._buffer[:16]), str(refused))
                return
            if command is None:
                return
            del self._buffer[: command.size]
            yield command

    def _next(self) -> Command | None:
        if self._buffer[0] >= 0x20:
            length = next((i for i, byte in enumerate(self._buffer) if byte < 0x20), len(self._buffer))
            return Command("text", bytes(self._buffer[:length]), length)
        for length in (1, 2, 3):
            prefix = bytes(self._buffer[:length])
            if prefix in _NAMES:
                return self._whole(_NAMES[prefix], length)
            if len(prefix) < length:
                return None
            if prefix not in _BEGINNINGS:
                break
        raise _Refused("no such command")

    def _whole(self, name: str, begin: int) -> Command | None:
        if name in FIXED:
            allowed = FIXED[name]
            data = bytes(self._buffer[begin : begin + len(allowed)])
            for place, (value, values) in enumerate(zip(data, allowed, strict=False)):
                if value not in values:
                    raise _Refused(f"{name}: parameter {place + 1} is {value}")
            return Command(name, data, begin + len(data)) if len(data) == len(allowed) else None
        try:
            size = SIZED[name](bytes(memoryview(self._buffer)[begin : begin + 64]))
            if size is None and len(self._buffer) - begin > 64:
                size = SIZED[name](bytes(self._buffer[begin:]))
        except _Refused as refused:
            raise _Refused(f"{name}: {refused}") from None
        if size is None or len(self._buffer) < begin + size:
            return None
        return Command(name, bytes(self._buffer[begin : begin + size]), begin + size)
