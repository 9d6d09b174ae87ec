"""A trace of what went between reader and chip, for who looks for a fault: without what is somebody's.

In full stand only what is the same in every document of its kind: headers, status words, lengths, what is
selected, and the two files that say how a chip is to be spoken to. Of the rest, also of what is encrypted –
a key can be guessed at – there is the length: `[24]`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import IO

from hardware.passport import apdu, tlv
from hardware.passport.errors import Malformed

_SELECT, _MANAGE, _READ = 0xA4, 0x22, 0xB0
_OPEN_FILES = ("EF.CardAccess", "EF.ATR/INFO")
_MOST_OPEN = 32  # bytes of a SELECT or an MSE; beyond that it is a key
_EXPECTED = 0x97
_PROTECTED = 0x0C


class Trace:
    """Writes one line a command and one an answer."""

    def __init__(self, file: IO[str], clock: Callable[[], float]) -> None:
        self._file = file
        self._clock = clock
        self._begun = clock()
        self._step = ""

    def __call__(self, step: str, command: bytes, answer: bytes, seconds: float) -> None:
        if step != self._step:
            self._step = step
            self._file.write(f"# {step}\n")
        at = self._clock() - self._begun
        self._file.write(f"{at:8.3f} > {masked_command(command)}\n")
        self._file.write(f"{at:8.3f} < {masked_answer(step, command, answer)}  {seconds * 1000:.0f} ms\n")
        self._file.flush()


def masked_command(command: bytes) -> str:
    try:
        read = apdu.decode(command)
    except Malformed:
        return f"[{len(command)}]"
    words = [read.header.hex(" ").upper()]
    if read.data:
        words.append(f"Lc={len(read.data)}")
        words.append(_masked_data(read))
    if read.ne:
        words.append(f"Le={read.ne}")
    return " ".join(words)


def _masked_data(read: apdu.Command) -> str:
    if read.cla & _PROTECTED:
        return _objects(read.data)
    if read.ins in (_SELECT, _MANAGE) and len(read.data) <= _MOST_OPEN:
        return read.data.hex().upper()
    return f"[{len(read.data)}]"


def _objects(data: bytes) -> str:
    """Secure messaging's data objects: tags and lengths, and how much is expected (9303-11 §9.8)."""
    try:
        objects = tlv.parse_all(data)
    except Malformed:
        return f"[{len(data)}]"
    return " ".join(
        f"{each.tag:02X}={each.value.hex().upper()}" if each.tag == _EXPECTED else f"{each.tag:02X}[{len(each.value)}]"
        for each in objects
    )


def masked_answer(step: str, command: bytes, answer: bytes) -> str:
    data, status = answer[:-2], answer[-2:].hex().upper()
    if not data:
        return status
    plain = not command[0] & _PROTECTED
    if plain and command[1] == _READ and step in _OPEN_FILES:
        return f"{data.hex().upper()} {status}"
    return f"{f'[{len(data)}]' if plain else _objects(data)} {status}"
