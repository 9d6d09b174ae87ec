"""Playing a reading over a real chip: how many commands, bytes and seconds each part took.

The clock is passed in. What a chip is slow at is learned here: pieces of a file are kept short enough that
progress shows several times a second, and grow while the chip is fast.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hardware.passport.exchange import Transmit, run
from hardware.passport.order import Reading
from hardware.passport.progress import Step
from hardware.passport.reader import Reader
from hardware.passport.reading import Medium

FIRST_PIECE = 2048  # bytes; a chip at 106 kbit/s takes about a quarter of a second for them
_BETWEEN_S = 0.2  # between two signs of progress
_SMALL = 200
_READ_BINARY = (0xB0, 0xB1)


@dataclass
class Tally:
    """One part of a reading."""

    name: str
    commands: int = 0
    sent: int = 0
    received: int = 0
    seconds: float = 0.0


@dataclass
class Meter:
    """Counts what goes through it, under the name of the step that it was last told."""

    transmit: Transmit
    clock: Callable[[], float]
    medium: Medium | None = None
    tallies: list[Tally] = field(default_factory=list)

    def __call__(self, command: bytes) -> bytes:
        begun = self.clock()
        answer = self.transmit(command)
        took = self.clock() - begun
        tally = self.tallies[-1] if self.tallies else self.enter("")
        tally.commands += 1
        tally.sent += len(command)
        tally.received += len(answer)
        tally.seconds += took
        if self.medium is not None and command[1] in _READ_BINARY:
            adapt(self.medium, len(answer), took)
        return answer

    def enter(self, name: str) -> Tally:
        """From now on under this name."""
        if not self.tallies or self.tallies[-1].name != name:
            self.tallies.append(Tally(name))
        return self.tallies[-1]

    @property
    def commands(self) -> int:
        return sum(tally.commands for tally in self.tallies)


def adapt(medium: Medium, received: int, took: float) -> None:
    """After a piece of `received` bytes that took so many seconds: the next as long as fits into the time
    between two signs of progress, but never more than twice as long. Small pieces say too little."""
    if received >= _SMALL:
        fits = received * _BETWEEN_S / took if took > 0 else 2 * medium.piece
        medium.piece = max(_SMALL, min(int(fits), 2 * medium.piece))


def play(
    reader: Reader,
    transmit: Transmit,
    clock: Callable[[], float],
    on_step: Callable[[Step], None] = lambda step: None,
    tallies: list[Tally] | None = None,
) -> tuple[Reading, list[Tally]]:
    """A whole reading, and what it took; `tallies` is filled also where the reading fails."""
    meter = Meter(transmit, clock, reader.files.medium, [] if tallies is None else tallies)
    reader.files.medium.piece = min(reader.files.medium.piece, FIRST_PIECE)

    def told(step: Step) -> None:
        meter.enter(step.name)
        on_step(step)

    reader.on_step = told
    return run(reader.read(), meter), [tally for tally in meter.tallies if tally.commands]
