"""One thing to be fuzzed: what takes an input, what may come of it, and what to begin with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hardware.passport.errors import PassportError


@dataclass(frozen=True)
class Target:
    """`ours`: the exceptions that may come of an input, none where it promises an answer to everything.
    `most`: bytes of an input. `tried`: how many `make test` tries."""

    name: str
    play: Callable[[bytes], object]
    seeds: Callable[[], Iterable[bytes]]
    ours: tuple[type[Exception], ...] = (PassportError,)
    most: int = 4096
    tried: int = 1500

    def __call__(self, data: bytes) -> None:
        """Whatever is not ours comes out."""
        try:
            self.play(data)
        except self.ours:
            return


class Wrong(AssertionError):
    """Something that must not be: not even if every exception is ours."""
