"""Keys of a scanner that plays a keyboard → codes. Pure.

A scanner presses keys; which characters they are depends on the keyboard it believes in (`LAYOUTS`:
it must be told the same one). What no key of that keyboard writes it can't send, unless by Alt and a
number on the keypad, which is not read here: such a character becomes U+FFFD, and the code no valid one.
Control characters come as Ctrl and a letter (Ctrl and ] is GS1's separator).

A code ends with a tenth of a second's quiet: Enter or Tab may stand in the middle of one (a vCard), and
a scanner may send neither. A keyboard driver that lost keys says so (SYN_DROPPED): the code is dropped.

Numbers of keys: linux/input-event-codes.h.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.scanner.serial_wire import LONGEST, Scan, decode
from hardware.transport.evdev import EVENT

QUIET_S = 0.1  # scanners press a key every 1 to 10 ms, slow ones every 50
EV_SYN, EV_KEY, EV_MSC = 0, 1, 4
SYN_REPORT, SYN_DROPPED = 0, 3
MSC_SCAN = 4
UP, DOWN = 0, 1  # 2 is a repeat: a scanner's keys are not held
TAB, ENTER, CAPS_LOCK, KEYPAD_ENTER = 15, 28, 58, 96
SHIFT, CTRL, ALT, ALT_GR = (42, 54), (29, 97), (56,), (100,)
LOST = "\ufffd"

# The letters' block, row by row: left of 1; 1 to =; Q to ]; A to '; right of them; left of Z; Z to /; space.
_ROWS = ((41,), range(2, 14), range(16, 28), range(30, 41), (43,), (86,), range(44, 54), (57,))
_KEYPAD = dict(zip((55, *range(71, 84), 98), "*789-456+1230./", strict=True))
_DEAD = {"^": "\u0302", "´": "\u0301", "`": "\u0300"}


@dataclass(frozen=True)
class Layout:
    """A keyboard: the character of each key, alone, with Shift, with AltGr; the keys that write nothing
    until the next one (`dead`)."""

    plain: dict[int, str]
    shifted: dict[int, str]
    third: dict[int, str]
    dead: bool = False


def _rows(*rows: str) -> dict[int, str]:
    return {code: char for codes, row in zip(_ROWS, rows, strict=True) for code, char in zip(codes, row, strict=True)}


_US = Layout(
    _rows("`", "1234567890-=", "qwertyuiop[]", "asdfghjkl;'", "\\", "<", "zxcvbnm,./", " "),
    _rows("~", "!@#$%^&*()_+", "QWERTYUIOP{}", 'ASDFGHJKL:"', "|", ">", "ZXCVBNM<>?", " "),
    {},
)
_DE = Layout(
    _rows("^", "1234567890ß´", "qwertzuiopü+", "asdfghjklöä", "#", "<", "yxcvbnm,.-", " "),
    _rows("°", '!"§$%&/()=?`', "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ", "'", ">", "YXCVBNM;:_", " "),
    {3: "²", 4: "³", 8: "{", 9: "[", 10: "]", 11: "}", 12: "\\", 16: "@", 18: "€", 27: "~", 86: "|", 50: "µ"},
    dead=True,
)
_HU = Layout(
    _rows("0", "123456789öüó", "qwertzuiopőú", "asdfghjkléá", "ű", "í", "yxcvbnm,.-", " "),
    _rows("§", "'\"+!%/=()ÖÜÓ", "QWERTZUIOPŐÚ", "ASDFGHJKLÉÁ", "Ű", "Í", "YXCVBNM?:_", " "),
    {
        2: "~", 4: "^", 8: "`", 16: "\\", 17: "|", 18: "Ä", 22: "€", 26: "÷", 27: "×", 30: "ä", 31: "đ", 32: "Đ",
        33: "[", 34: "]", 37: "ł", 38: "Ł", 39: "$", 40: "ß", 45: "#", 46: "&", 47: "@", 48: "{", 49: "}", 50: "<",
        51: ";", 44: ">", 52: ">", 53: "*", 86: "<",
    },
)  # fmt: skip
LAYOUTS = {"us": _US, "de": _DE, "hu": _HU}


class KeyFraming:
    """Events → scans. `feed` what comes, `quiet` when nothing came for `waits_s`."""

    def __init__(self, layout: Layout = _US, needs_end: bool = False) -> None:
        """`needs_end`: the scanner ends each code with Enter or Tab; what none follows is half a code."""
        self.noise = 0  # times that something was dropped
        self._layout = layout
        self._needs_end = needs_end
        self._held: set[int] = set()
        self._caps = False
        self._start()

    def _start(self) -> None:
        self._text: list[str] = []
        self._began_s: float | None = None
        self._spoilt = False
        self._dead = ""

    @property
    def waits_s(self) -> float | None:
        """How long to wait for more; None while nothing has come."""
        return None if self._began_s is None else QUIET_S

    def feed(self, data: bytes, at_s: float) -> list[Scan]:
        """Whole events; a code is only known to be whole when the keys fall quiet."""
        for _, _, kind, code, value in EVENT.iter_unpack(data):
            if kind == EV_SYN and code == SYN_DROPPED:
                self._spoilt, self._began_s = True, self._began_s or at_s
                self._held.clear()
            elif kind == EV_KEY:
                self._key(code, value, at_s)
        return []

    def quiet(self) -> list[Scan]:
        """Nothing came for `waits_s`: what is there is a code, or noise."""
        text, began_s, spoilt = "".join(self._text), self._began_s, self._spoilt
        ended = text.endswith(("\n", "\t"))
        text = text.strip("\n\t")
        self._start()
        if began_s is None:
            return []
        if spoilt or not text or (self._needs_end and not ended):
            self.noise += spoilt or bool(text)
            return []
        return [Scan(decode(text.encode(), len(text) > LONGEST), began_s)]

    def _key(self, code: int, value: int, at_s: float) -> None:
        if value == UP:
            self._held.discard(code)
            return
        if value != DOWN:
            return
        if code in (*SHIFT, *CTRL, *ALT, *ALT_GR):
            self._held.add(code)
            return
        if code == CAPS_LOCK:
            self._caps = not self._caps
            return
        self._began_s = self._began_s or at_s
        if len(self._text) <= LONGEST:
            self._text += self._written(code)

    def _written(self, code: int) -> str:
        if code in (ENTER, KEYPAD_ENTER):
            return "\n"
        if code == TAB:
            return "\t"
        if self._held.intersection(ALT):
            return LOST
        char = self._character(code)
        if self._held.intersection(CTRL):
            return chr(ord(char.upper()) & 0x1F) if "@" <= char.upper() <= "_" else LOST
        if self._dead:
            return self._accented(char)
        if self._layout.dead and char in _DEAD:
            self._dead = char
            return ""
        return char

    def _character(self, code: int) -> str:
        if code in _KEYPAD:
            return _KEYPAD[code]
        layout = self._layout
        if self._held.intersection(ALT_GR):
            return layout.third.get(code, LOST)
        char = (layout.shifted if self._held.intersection(SHIFT) else layout.plain).get(code, LOST)
        return char.swapcase() if self._caps and char.isalpha() and char != "ß" else char

    def _accented(self, char: str) -> str:
        """What a dead key and the next one write."""
        dead, self._dead = self._dead, ""
        if char == " ":
            return dead
        whole = unicodedata.normalize("NFC", char + _DEAD[dead])
        return whole if len(whole) == 1 else dead + char


def encode_keys(text: str, layout: Layout) -> bytes:
    """The events of a scanner that sends `text`. ValueError: this keyboard has no key for a character."""
    return b"".join(_pressed(code, held) for char in text for code, held in _strokes(char, layout))


def _strokes(char: str, layout: Layout) -> Iterator[tuple[int, tuple[int, ...]]]:
    """The keys for one character, and what is held with each."""
    if char in "\n\t":
        yield (ENTER if char == "\n" else TAB), ()
        return
    if ord(char) < 0x20:
        yield from ((code, (*CTRL[:1], *held)) for code, held in _strokes(chr(ord(char) | 0x40).lower(), layout))
        return
    dead = {accent: key for key, accent in _DEAD.items()} if layout.dead else {}
    for keys, held in ((layout.plain, ()), (layout.shifted, SHIFT[:1]), (layout.third, ALT_GR)):
        code = next((code for code, written in keys.items() if written == char), None)
        if code is not None:
            yield code, held
            if layout.dead and char in _DEAD:
                yield 57, ()
            return
    parts = unicodedata.normalize("NFD", char)
    letter, accent = parts[0], parts[1:]
    if accent not in dead:
        raise ValueError(f"no key of that keyboard writes U+{ord(char):04X}")
    yield next(_strokes(dead[accent], layout))
    yield from _strokes(letter, layout)


def _pressed(code: int, held: tuple[int, ...]) -> bytes:
    keys = [*((one, DOWN) for one in held), (code, DOWN), (code, UP), *((one, UP) for one in reversed(held))]
    return b"".join(
        EVENT.pack(0, 0, EV_MSC, MSC_SCAN, 0x70000 | key) + EVENT.pack(0, 0, EV_KEY, key, value)
        + EVENT.pack(0, 0, EV_SYN, SYN_REPORT, 0)
        for key, value in keys
    )  # fmt: skip


def dropped() -> bytes:
    """The kernel lost keys."""
    return EVENT.pack(0, 0, EV_SYN, SYN_DROPPED, 0)
