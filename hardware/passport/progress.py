"""How far a reading is: what is done, and what the command under way will add to it.

Pure. A reading is a row of parts, each with its share of the whole. A file counts by its bytes; any other
command brings its part a piece nearer to its end. While a chip works on one command for seconds – chips may, and
readers grant it (ISO/IEC 14443-4 §7.3) – `Step.estimate` goes on: never beyond what that command is worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hardware.passport.apdu import Command, Response
from hardware.passport.exchange import Exchange, T, through

_HALF_S = 1.5  # after so long half of what a command adds is shown, after twice that three quarters …
_FOUND = 0.1  # of a file's share: until its length is known
_FINDING, _SEVERAL = 2, 5  # commands that are expected: SELECT and header of a file; of PACE, of what is like it

# About what each takes on a chip of some years; only their proportions count.
_WEIGHTS = {
    "door": 2, "pace": 6, "EF.CardSecurity": 2, "application": 3, "EF.SOD": 7, "EF.DG14": 3, "chip": 5,
    "EF.DG15": 2, "active": 3, "EF.DG2": 24,
}  # fmt: skip
_ANY_FILE = 2
_BEFORE = ("door", "pace", "EF.CardSecurity", "application", "EF.SOD", "EF.DG14", "chip")
_PROOF = ("EF.DG15", "active")


@dataclass(frozen=True)
class Step:
    """`name` for people who count commands, `part` of the whole from 0 to 1; `ahead`: when the command is answered."""

    name: str
    part: float
    ahead: float = 0.0

    def estimate(self, waited_s: float) -> float:
        """The part to be shown after waiting so long for one answer."""
        return self.part + max(0.0, self.ahead - self.part) * min(0.95, 1 - math.exp2(-waited_s / _HALF_S))


def parts(files: Iterable[str]) -> tuple[str, ...]:
    """The parts of a reading of these files, in its order: the portrait last, active authentication before it."""
    wanted = tuple(files)
    portrait = [title for title in wanted if title == "EF.DG2"]
    return (*_BEFORE, *(title for title in wanted if title not in _WEIGHTS), *_PROOF, *portrait)


class Course:
    """Follows one reading, also over several tries: it never goes back."""

    def __init__(self, names: tuple[str, ...], tell: Callable[[Step], None]) -> None:
        self._tell = tell
        weights = [_WEIGHTS.get(name, _ANY_FILE) for name in names]
        whole = sum(weights)
        self._shares = {name: (sum(weights[:at]) / whole, sum(weights[: at + 1]) / whole) for at, name in enumerate(names)}
        self._name = ""
        self.part = self._begin = self._aim = self._end = 0.0
        self._left = _SEVERAL
        self._piece: float | None = None

    def enter(self, part: str, name: str, *, file: bool = True) -> None:
        """A part begins; whatever was before it is done, or was not there."""
        begin, end = self._shares.get(part, (self.part, self.part))
        self._name, self.part = name, max(self.part, begin)
        self._begin, self._end = self.part, max(self.part, end)
        self._aim = self._begin + (self._end - self._begin) * (_FOUND if file else 1)
        self._left = _FINDING if file else _SEVERAL

    def called(self, name: str) -> None:
        """Something else of the same part."""
        self._name = name

    def file(self, done: int, asked: int, of: int) -> None:
        """So many bytes are read, and so many are asked for next."""
        room = self._end - self._aim
        self.part = max(self.part, self._aim + room * done / max(of, 1))
        self._piece = self._aim + room * (done + asked) / max(of, 1) if asked else None

    def _next(self) -> float:
        """With each command as much as with the one before, as long as no more come than are expected."""
        step = (self._aim - self.part) / (self._left + 1)
        self._left = max(self._left - 1, 1)
        return self.part + step

    def arrive(self) -> None:
        self.part = 1.0
        self._tell(Step(self._name, 1.0, 1.0))

    def watch(self, exchange: Exchange[T]) -> Exchange[T]:
        """The exchange, with a word before each of its commands."""
        return through(exchange, self._watched)

    def _watched(self, command: Command) -> Exchange[Response]:
        piece, self._piece = self._piece, None
        ahead = max(self.part, self._next() if piece is None else piece)
        self._tell(Step(self._name, self.part, ahead))
        response = yield command
        if piece is None:
            self.part = ahead
        return response
