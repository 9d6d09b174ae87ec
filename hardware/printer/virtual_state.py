"""How the virtual printer is, and what it says of itself: DLE EOT, GS a, GS r, GS I, GS ( H."""

from __future__ import annotations

from dataclasses import dataclass

from hardware.printer.virtual_parser import Command

_SWITCHES: dict[str, tuple[str, bool]] = {
    "paper-low": ("paper_low", True),
    "cover-open": ("cover_open", True),
    "cover-close": ("cover_open", False),
    "overheat": ("hot", True),
    "cool": ("hot", False),
    "offline": ("switched_off", True),
    "online": ("switched_off", False),
    "silent": ("silent", True),
    "garbage": ("garbage", True),
}
# GS I n: model, type and feature as a byte, the rest in words.
_NAMES = {
    1: b"\x20", 2: b"\x02", 3: b"\x01",
    65: b"_1.04\0", 66: b"_LOBBY\0", 67: b"_VIRTUAL 80\0", 68: b"_V0000001\0",
}  # fmt: skip


@dataclass
class PrinterState:
    """Sensors, and what was done to the printer."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter_jam: bool = False
    jams_at_cut: bool = False
    hot: bool = False
    switched_off: bool = False
    broken: bool = False
    """It was sent what it doesn't know."""
    silent: bool = False
    garbage: bool = False
    ms_per_byte: float = 0.0
    roll_ends_at: int | None = None
    dies_at: int | None = None
    unplugs: bool = False
    automatic: int = 0
    """What GS a asked for."""

    @property
    def error(self) -> bool:
        return self.cutter_jam or self.hot or self.broken

    @property
    def able(self) -> bool:
        """Whether it prints. A broken job is read on, though, and thrown away."""
        return not (self.paper_out or self.cover_open or self.cutter_jam or self.hot or self.switched_off)

    def set(self, verb: str, words: tuple[str, ...], fed: int, received: int) -> None:
        """Obey one verb; ValueError if its words are wrong."""
        if verb in _SWITCHES and not words:
            name, value = _SWITCHES[verb]
            setattr(self, name, value)
        elif verb == "paper-out":
            self.paper_out = not words
            self.roll_ends_at = fed + int(number(words)) if words else None
        elif verb == "paper-in":
            self.paper_out = self.paper_low = False
            self.roll_ends_at = None
        elif verb == "cutter-jam" and words in ((), ("at-cut",)):
            self.cutter_jam, self.jams_at_cut = not words, True
        elif verb == "cutter-free":
            self.cutter_jam = self.jams_at_cut = False
        elif verb == "slow":
            self.ms_per_byte = number(words)
        elif verb in ("stop-after", "unplug"):
            self.dies_at, self.unplugs = received + int(number(words)), verb == "unplug"
        elif verb == "well" and not words:
            self.silent = self.garbage = self.unplugs = False
            self.ms_per_byte, self.dies_at = 0.0, None
        else:
            raise ValueError(f"{verb} takes no {' '.join(words)!r}")

    def words(self) -> dict[str, str]:
        """For people."""
        paper = "out" if self.paper_out else "low" if self.paper_low else "plenty"
        return {
            "paper": paper,
            "cover": "open" if self.cover_open else "closed",
            "cutter": "jammed" if self.cutter_jam else "free",
            "line": "offline" if not self.able else "silent" if self.silent else "online",
        }

    def real_time(self, n: int) -> int:
        """The answer to DLE EOT n."""
        bits = {
            1: 0x08 * (not self.able or self.broken),
            2: 0x04 * self.cover_open | 0x20 * self.paper_out | 0x40 * self.error,
            3: 0x08 * self.cutter_jam | 0x20 * self.broken | 0x40 * self.hot,
            4: 0x0C * (self.paper_low or self.paper_out) | 0x60 * self.paper_out,
        }[n]
        return 0x12 | bits

    def automatic_status(self) -> bytes:
        """The four bytes of GS a."""
        printer = 0x10 | 0x08 * (not self.able or self.broken) | 0x20 * self.cover_open
        error = 0x08 * self.cutter_jam | 0x20 * self.broken | 0x40 * self.hot
        return bytes((printer, error, self._roll(), 0x0F))

    def _roll(self) -> int:
        return 0x03 * (self.paper_low or self.paper_out) | 0x0C * self.paper_out

    def answer_in_turn(self, command: Command) -> bytes:
        """What a command in the stream is answered with, if with anything."""
        if command.name == "GS r":
            return bytes((self._roll() if command.data[0] % 48 == 1 else 0,))
        if command.name == "GS I":
            return _NAMES.get(command.data[0] % 48 if command.data[0] < 64 else command.data[0], b"_1\0")
        if command.name == "GS ( H":
            return b"7\x22" + command.data[-4:] + b"\0"
        return b""


def number(words: tuple[str, ...]) -> float:
    """The one number in `words`, at least 0; ValueError if it isn't one."""
    if len(words) != 1:
        raise ValueError("say one number")
    value = float(words[0])
    if not 0 <= value < 1e9:
        raise ValueError("say a number from 0")
    return value
