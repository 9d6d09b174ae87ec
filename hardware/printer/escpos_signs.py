"""Whether a printer in the middle of a slip gives signs of life, before the slip's end tells what became of it.

It owes one while it is to take bytes, and from a DLE EOT to its answer. A printer whose memory is full takes nothing
and hears nothing for a while: that is no fault. Over TCP its network answers all the same, and owes that always.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from hardware.transport.line import ByteLine
from hardware.transport.tcp import TcpTransport

# With the look of the supervision (1.5 s) after it each is known within 5 s of the loss.
UNHEARD_S = 3.0  # TCP: two keep-alives were not acknowledged, and a third is late
OWED_S = 2.0  # asked every second; as long as an answer may take (`escpos.ANSWER_WITHIN_S`)


class Signs:
    """Of one slip."""

    def __init__(self) -> None:
        self.unanswered = 0
        """Questions asked beside the slip whose answer may still come."""
        self._owes_since_s: float | None = None
        self._heard_s = 0.0

    @contextmanager
    def taking(self) -> Iterator[None]:
        """It is to take bytes. That it takes a question is no answer to it."""
        open_question = self._owes_since_s is not None
        self._owes()
        yield
        if not open_question:
            self.heard()

    def asked(self) -> None:
        self.unanswered += 1
        self._owes()

    def answered(self) -> None:
        self.unanswered = max(0, self.unanswered - 1)

    def heard(self) -> None:
        """It took something, or said something."""
        self._owes_since_s, self._heard_s = None, monotonic()

    def alive(self, line: ByteLine | None) -> bool | None:
        """None: nobody knows yet."""
        now_s = monotonic()
        unheard_s = line.unheard_s if isinstance(line, TcpTransport) else None
        if unheard_s is not None and unheard_s > UNHEARD_S:
            return False
        if self._owes_since_s is not None:
            return False if now_s - self._owes_since_s > OWED_S else None
        return True if now_s - self._heard_s <= OWED_S else None

    def _owes(self) -> None:
        if self._owes_since_s is None:
            self._owes_since_s = monotonic()
