"""Bytes of serial OCR readers: the zone's lines, each ended by CR, CR LF or LF.

Pure. What readers send, by their makers' papers:
- DESKO (serial protocol for CUTE systems 2.12 §1.4): start byte, STX, two or three lines of 7 to 44
  characters each ended by CR, ETX, end byte; a line that is not there sends nothing; data are sent
  whether they were recognised well or not.
- 3M RTE6701 (integration manual §9.1.1.2): three CRs always, a missing line is empty.
- Honeywell and Code imagers with their passport template send the zone as printed, in rows, or in
  one row where no line end is set.
A swipe reader says nothing when a document is lifted, and nothing until one is swiped.

So: STX throws away what came before, ETX ends; without them a zone ends when it is complete
(2 × 44, 2 × 36, 3 × 30) or when the line falls quiet. Fewer than seven characters, or mostly
such as no zone has, are noise: nobody swiped anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

QUIET_S = 0.4  # between a zone's bytes there are milliseconds; a second swipe takes a person longer
_STX, _ETX = 0x02, 0x03
_ENDS = (0x0A, 0x0D)
_SHORTEST = 7
_MOST = 512  # bytes of one swipe; more is not a zone
_COMPLETE = {(44, 44), (36, 36), (30, 30, 30)}
_IN_ONE_ROW = {88: 44, 72: 36, 90: 30}


@dataclass(frozen=True, repr=False)
class Zone:
    """What one swipe gave, whole or not, and when its first byte came (`time.monotonic()`)."""

    lines: tuple[str, ...]
    began_s: float


class Framing:
    """Bytes → zones. `feed` what comes, `quiet` when nothing came for `waits_s`."""

    def __init__(self) -> None:
        self.noise = 0  # times that something was dropped
        self._lines: list[str] = []  # that are whole and not empty
        self._line = bytearray()
        self._kept = 0  # bytes of this swipe
        self._began_s: float | None = None
        self._after = False  # a zone is complete: its line feed, ETX or end byte may still follow

    @property
    def waits_s(self) -> float | None:
        """How long to wait for more; None while nothing has come."""
        return None if self._began_s is None else QUIET_S

    def feed(self, data: bytes, at_s: float) -> list[Zone]:
        """Take bytes; the zones that are complete with them."""
        zones = []
        for byte in data:
            if self._after and byte in (*_ENDS, _ETX):
                continue
            if self._began_s is None:
                self._began_s = at_s
            if byte == _STX:
                self.noise += 1 if self._kept else 0
                self._forget()
                self._began_s, self._after = at_s, False
            elif byte == _ETX:
                zones += self._zone()
            else:
                self._take(byte)
                if byte in _ENDS and tuple(map(len, self._lines[:4])) in _COMPLETE:
                    zones += self._zone()
        return zones

    def quiet(self) -> list[Zone]:
        """Nothing came for `waits_s`: what is there is all there will be."""
        zones = self._zone() if self._began_s is not None else []
        self._after = False
        return zones

    def _take(self, byte: int) -> None:
        if byte in _ENDS:
            self._end_line()
        else:
            self._after = False
            if self._kept <= _MOST:
                self._line.append(byte)
        self._kept = min(self._kept + 1, _MOST + 1)

    def _end_line(self) -> None:
        """Each line is looked at once, however many there are."""
        line = self._line.decode("ascii", "replace").strip()
        self._line.clear()
        if line:
            self._lines.append(line)

    def _forget(self) -> None:
        self._lines, self._kept = [], 0
        self._line.clear()

    def _zone(self) -> list[Zone]:
        self._end_line()
        lines, began_s = tuple(self._lines), self._began_s or 0.0
        self._forget()
        self._began_s, self._after = None, True
        if not _plausible("".join(lines)):
            self.noise += 1 if lines else 0
            return []
        if len(lines) == 1 and (width := _IN_ONE_ROW.get(len(lines[0]))):
            row = lines[0]
            lines = tuple(row[at : at + width] for at in range(0, len(row), width))
        return [Zone(lines, began_s)]


def _plausible(text: str) -> bool:
    return len(text) >= _SHORTEST and 2 * len(re.findall(r"[A-Z0-9<]", text)) >= len(text)


def encode(lines: tuple[str, ...], end: bytes = b"\r", framed: bool = False) -> bytes:
    """What a reader sends for a zone; `framed` with STX and ETX."""
    body = b"".join(line.encode("ascii", "replace") + end for line in lines)
    return b"\x02" + body + b"\x03" if framed else body
