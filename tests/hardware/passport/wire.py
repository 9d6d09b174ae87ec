"""A chip that says what a worked example says, and only if it is asked exactly that."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from hardware.passport.exchange import Exchange, T, run


class Script:
    """Pairs of command and answer in hexadecimal, answers with their status word."""

    def __init__(self, *pairs: tuple[str, str]) -> None:
        self.pairs = [(bytes.fromhex(asked), bytes.fromhex(said)) for asked, said in pairs]
        self.at = 0

    def __call__(self, command: bytes) -> bytes:
        assert self.at < len(self.pairs), f"asked once more: {command.hex()}"
        asked, said = self.pairs[self.at]
        assert command.hex() == asked.hex()
        self.at += 1
        return said

    def play(self, exchange: Exchange[T]) -> T:
        """The whole script, neither more nor less."""
        result = run(exchange, self)
        assert self.at == len(self.pairs), "the end was not reached"
        return result


def drawn(values: Iterable[bytes]) -> Callable[[int], bytes]:
    """A source of chance that draws these, in the sizes they have."""
    left: Iterator[bytes] = iter(values)

    def draw(size: int) -> bytes:
        value = next(left)
        assert len(value) == size
        return value

    return draw
