"""A second for an input: of machine time, so that a busy machine finds nothing that is not there."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

MOST_S = 1.0


class Hang(BaseException):
    """One input took longer; where it was then stands in the traceback. No handler of ours catches it."""


def _late(number: int, frame: FrameType | None) -> None:
    raise Hang(f"more than {MOST_S:g} s of machine time")


@contextmanager
def a_second() -> Iterator[None]:
    """Hang if what is inside takes longer. For the main thread."""
    before = signal.signal(signal.SIGPROF, _late)
    signal.setitimer(signal.ITIMER_PROF, MOST_S)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
