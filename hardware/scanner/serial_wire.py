"""Bytes of a serial or USB-CDC scanner: data, then CR, CR LF or LF; before it perhaps an AIM identifier.

Pure. A code may itself hold line ends (a vCard, a Wi-Fi code of several lines), so a code ends where
a line end is followed by quiet. Bytes that no line end follows are half a code – the plug was pulled,
the line is noisy – and are dropped: half a confirmation number must not pass for a whole one.

The AIM identifier is `]`, a letter, a character (ISO/IEC 15424): `]Q1` is a QR code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from hardware.scanner.contract import CodeScanned, Symbology

END_QUIET_S = 0.05  # a USB-CDC scanner's packets follow each other within 5 ms, 9600 baud's bytes within 1 ms
GIVE_UP_S = 1.0  # a slow line pauses for less; a person does not scan twice in this time
LONGEST = 4096  # characters
_KEPT = 4 * LONGEST  # bytes: UTF-8 needs at most four for one

_AIM = re.compile(r"\]([A-Za-z])[0-9A-Za-z]")
_SYMBOLOGIES = {
    "Q": Symbology.QR,
    "L": Symbology.PDF417,
    "d": Symbology.DATA_MATRIX,
    "z": Symbology.AZTEC,
    "C": Symbology.CODE128,
    "E": Symbology.EAN,
}
# A control character becomes U+FFFD, not nothing: "AB\0C" must not turn into a valid "ABC".
# Line feed, tab and GS1's group separator may stand in honest codes.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1c\x1e\x1f\x7f-\x9f]")


@dataclass(frozen=True, repr=False)
class Scan:
    """One code and when its first byte came (`time.monotonic()`)."""

    code: CodeScanned
    began_s: float


class Framing:
    """Bytes → scans. `feed` what comes, `quiet` when nothing came for `waits_s`."""

    def __init__(self) -> None:
        self.noise = 0  # times that something was dropped
        self._kept = bytearray()
        self._began_s: float | None = None
        self._ended = False
        self._cut = False

    @property
    def waits_s(self) -> float | None:
        """How long to wait for more; None while nothing has come."""
        if self._began_s is None:
            return None
        return END_QUIET_S if self._ended else GIVE_UP_S

    def feed(self, data: bytes, at_s: float) -> list[Scan]:
        """Take bytes; a scanner's code is only known to be whole when it falls quiet."""
        if not data:
            return []
        if self._began_s is None:
            self._began_s = at_s
        room = _KEPT + 2 - len(self._kept)
        self._kept += data[:room]
        self._cut = self._cut or len(data) > room
        self._ended = data[-1:] in (b"\r", b"\n")
        return []

    def quiet(self) -> list[Scan]:
        """Nothing came for `waits_s`: what is there is a code, or noise."""
        kept, began_s, ended, cut = bytes(self._kept), self._began_s, self._ended, self._cut
        self._kept.clear()
        self._began_s, self._ended, self._cut = None, False, False
        if began_s is None:
            return []
        data = kept.strip(b"\r\n")
        if not ended or not data:
            self.noise += 1 if data else 0
            return []
        return [Scan(decode(data, cut), began_s)]


def decode(data: bytes, cut: bool = False) -> CodeScanned:
    """One code's bytes, without the line end."""
    text = data.decode("utf-8", "replace")
    aim = _AIM.match(text)
    symbology = Symbology.UNKNOWN
    if aim:
        symbology = _SYMBOLOGIES.get(aim[1], Symbology.OTHER)
        text = text[aim.end() :]
    text = _CONTROLS.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
    return CodeScanned(text[:LONGEST], symbology, cut or len(text) > LONGEST)


def encode(text: str, symbology: Symbology = Symbology.UNKNOWN, end: bytes = b"\r") -> bytes:
    """What a scanner sends for a code; `UNKNOWN`: without an AIM identifier."""
    letters = {known: letter for letter, known in _SYMBOLOGIES.items()} | {Symbology.OTHER: "X"}
    aim = "" if symbology is Symbology.UNKNOWN else f"]{letters[symbology]}{1 if symbology is Symbology.QR else 0}"
    return aim.encode() + text.encode("utf-8", "surrogateescape") + end
