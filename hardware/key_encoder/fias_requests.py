"""Which answer belongs to which request: FIAS numbers neither, and an answer may come late, twice or never."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from hardware.key_encoder.fias_wire import Record, Status

log = logging.getLogger(__name__)

OWED_LASTS = 3.0  # × the time for an answer, from when it was given up: no server answers so late


@dataclass(eq=False)
class Request:
    """One request on the wire, and what its answer must agree with wherever it says so."""

    id: str
    fields: Mapping[str, str]
    answer: asyncio.Future[Record]
    sent_s: float
    on_late: Callable[[Record], None] | None = None
    given_up_s: float = 0.0

    def answered_by(self, record: Record) -> bool:
        """KA, or for a read KZ itself with a status. What a KZ says of RN and G# is the card's."""
        if record.id != "KA" and not (record.id == self.id == "KZ" and record.get("AS")):
            return False
        same = ("WS", "KC") if self.id == "KZ" else ("WS", "KC", "G#", "RN")
        return all(_same(record.get(name), self.fields.get(name, "")) for name in same if record.get(name))


class Requests:
    """At most one waits for its answer. Those that waited in vain are owed theirs, and nothing else may be
    asked while one is: its answer would be taken for the next one's."""

    def __init__(self, name: str, answer_within_s: float) -> None:
        self.strange = 0
        """Records that belong to no request of ours."""
        self._name = name
        self._lasts_s = OWED_LASTS * answer_within_s
        self._waiting: Request | None = None
        self._owed: list[Request] = []
        self._last: Record | None = None  # the last answer that was believed

    @property
    def waits(self) -> bool:
        return self._waiting is not None

    @property
    def owed(self) -> int:
        """How many answers are owed still; after so long a time none is any more."""
        self._owed = [one for one in self._owed if monotonic() - one.given_up_s < self._lasts_s]
        return len(self._owed)

    def begin(
        self, name: str, fields: Mapping[str, str], on_late: Callable[[Record], None] | None = None
    ) -> Request:
        """`on_late` is told the answer where it comes after `end`."""
        self._waiting = Request(name, fields, asyncio.get_running_loop().create_future(), monotonic(), on_late)
        return self._waiting

    def end(self, *, answered: bool) -> None:
        asked, self._waiting = self._waiting, None
        if asked is not None and not answered:
            asked.given_up_s = monotonic()
            self._owed.append(asked)

    def heard(self, record: Record) -> None:
        """An answer goes to the one that waits, else to one that waited in vain; else it is strange.

        A key's OK that comes again with the same TI and $2 is the same answer: no encoder writes a card
        twice in one second.
        """
        asked = self._waiting
        same = record == self._last and record.get("AS") == Status.OK and record.get("TI") and record.get("$2")
        again = same and asked is not None and asked.id == "KR"
        if asked is not None and not asked.answer.done() and asked.answered_by(record) and not again:
            self._last = record
            asked.answer.set_result(record)
            return
        for late in self._owed:
            if late.answered_by(record):
                log.warning("%s answered %s after %.0f s", self._name, late.id, monotonic() - late.sent_s)
                self._owed.remove(late)
                if late.on_late is not None:
                    late.on_late(record)
                return
        self.strange += 1


def _same(one: str, other: str) -> bool:
    """Some servers give numbers back with or without their leading zeros."""
    return one.strip().lstrip("0").casefold() == other.strip().lstrip("0").casefold()
