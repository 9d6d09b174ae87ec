"""The person before the terminal, as checks of the terminal itself need them: eyes, ears and fingers.

`hardware.checks.Hands` is enough for devices. A screen must be touched and a tone be played, which is the
front's doing: who can do that is TerminalHands. A check asks `terminal_hands(hands)`, and is SKIPPED without.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from hardware.checks import CheckResult, Hands, Outcome
from hardware.readings import DeviceEvent, Kind


@dataclass(frozen=True)
class TouchGrid:
    """Draw `columns` × `rows` cells over the whole screen; one that was touched fills. A finger is wiped over all.

    Ends when every cell was touched, at a touch of "some stay empty", or after `within_s`.
    """

    columns: int
    rows: int
    within_s: float = 60.0


@dataclass(frozen=True)
class Fingers:
    """Lay `wanted` fingers on the screen at once; ends when so many are there, or after `within_s`."""

    wanted: int = 2
    within_s: float = 20.0


@dataclass(frozen=True)
class Flood:
    """Fill the whole screen with one colour (`#rrggbb`) until it is touched, or for `within_s`."""

    colour: str
    within_s: float = 20.0


@dataclass(frozen=True)
class PressKeys:
    """Press each of these keys of the keypad once (`up`, `enter` …); ends when all were, or after `within_s`."""

    wanted: tuple[str, ...]
    within_s: float = 45.0


@dataclass(frozen=True)
class Touched:
    """What came of TouchGrid: (column, row) from the top left, counted from 0."""

    cells: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class FingersSeen:
    """What came of Fingers: the most that were there at once."""

    most: int


@dataclass(frozen=True)
class Flooded:
    """Flood was seen: touched away by a person (True), or nobody touched it."""

    touched: bool


@dataclass(frozen=True)
class KeysPressed:
    """What came of PressKeys: names of all keys that were pressed."""

    keys: frozenset[str]


ScreenTest = TouchGrid | Fingers | Flood | PressKeys
ScreenSeen = Touched | FingersSeen | Flooded | KeysPressed


@runtime_checkable
class TerminalHands(Hands, Protocol):
    """A person at the terminal's own screen."""

    async def on_screen(self, test: ScreenTest) -> ScreenSeen | None:
        """Draw it, and what the person did; None: given up, or it can't be drawn here."""

    async def tone(self) -> bool:
        """Play the tone of DONE through the loudspeaker, to its end. False: this machine has none."""

    async def not_fitted(self) -> None:
        """Offer to say that this terminal has none of what is tried now; returns when somebody has said so."""


@runtime_checkable
class Writer(Hands, Protocol):
    """A person who can type."""

    async def writes(self, question: str) -> str | None:
        """What they typed; None or '': nothing. It is no longer kept than the check needs it."""


NOT_HERE = CheckResult(Outcome.SKIPPED, "Nobody is at this terminal’s own screen.")
"""What a check says that needs TerminalHands where there are none."""
NONE_HERE = CheckResult(Outcome.NOT_FITTED, "This terminal has none, says who stands before it.")
"""What comes of a check of what is not fitted."""


def terminal_hands(hands: Hands) -> TerminalHands | None:
    """Who can touch the screen, or None."""
    return hands if hands.there and isinstance(hands, TerminalHands) else None


def writer(hands: Hands) -> Writer | None:
    """Who can type, or None."""
    return hands if hands.there and isinstance(hands, Writer) else None


class NoHands:
    """Nobody is there."""

    async def please(self, words: str, picture: str = "") -> None:
        """Nobody reads it."""

    async def saw(self, question: str) -> bool | None:
        return None

    async def event(self, kind: Kind, within_s: float) -> DeviceEvent | None:
        return None

    def progress(self, done: int, of: int) -> None:
        """Nobody watches."""

    @property
    def there(self) -> bool:
        return False


NO_HANDS = NoHands()
