"""Whether a journal of keys is as it was written: what was changed, taken out, put in, reordered, cut off.

Offline, the last signature tells: what stands before it is as the terminal signed it. What stands after
it only chains on; on the terminal itself the sealed head vouches for it. Whoever can put an older journal *and* an
older head back together is found by an export that was kept elsewhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from kiosk.journal_head import Head
from kiosk.journal_lines import Act, Entry, Line, key_id, read


class Found(StrEnum):
    """What is wrong, or worth a look, at an entry."""

    UNREADABLE = "unreadable"  # a line that is no entry
    CHANGED = "changed"  # its own hash does not fit
    REPLACED = "replaced"  # whole, but not what the next one followed, or not what the terminal wrote
    MISSING = "missing"
    MOVED = "moved"  # stands in another place than it was written
    TWICE = "twice"
    SIGNATURE = "signature"  # does not hold
    FOREIGN_KEY = "foreign-key"  # holds, by another key than this journal's
    CUT_OFF = "cut-off"  # the terminal knows of later ones
    ADDED = "added"  # the terminal knows nothing of it
    NO_HEAD = "no-head"  # what the terminal remembers of the newest entry is gone
    LOST = "lost"  # the terminal itself has found that entries were not as it left them
    # No proof of a hand:
    CLOCK_BACK = "clock-back"  # dated before the one before it
    TORN = "torn"  # a power cut tore a line, and the terminal said so
    BEGINS_LATER = "begins-later"  # an export of a part: nothing before it can be checked


NOTES = frozenset({Found.CLOCK_BACK, Found.TORN, Found.BEGINS_LATER})


@dataclass(frozen=True)
class Finding:
    """What is found at entry `number`, up to `last` where it is several."""

    what: Found
    number: int
    last: int = 0

    @property
    def grave(self) -> bool:
        return self.what not in NOTES


@dataclass
class Report:
    """What a check came to."""

    entries: int = 0
    first: int = 0
    last: int = 0
    signed_to: int = 0  # the last number that a signature stands behind
    signed_at: datetime | None = None
    keys: list[str] = field(default_factory=list)  # ids of those that signed
    findings: list[Finding] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        return not any(finding.grave for finding in self.findings)

    @property
    def unsigned(self) -> int:
        return self.last - self.signed_to


def check(lines: Iterable[bytes], *, key: str = "", head: Head | None = None, here: bool = False) -> Report:
    """Lines without their ends. `key` is the id of the journal's own; `here`: on the terminal, with its `head`."""
    one = _Check(key, here)
    for raw in lines:
        one.take(raw)
    return one.end(head)


class _Check:
    def __init__(self, key: str, here: bool) -> None:
        self._key = key
        self._here = here
        self._report = Report()
        self._last: Entry | None = None  # the one with the highest number so far
        self._gaps: list[list[int]] = []  # from, to
        self._unread: bytes | None = None

    def take(self, raw: bytes) -> None:
        line = read(raw)
        self._about_unread(line)
        if line is None:
            self._unread = raw
            return
        self._report.entries += 1
        if not line.whole:
            self._changed(line.entry)
        elif self._placed(line.entry):
            self._dated(line.entry)
            self._signed(line)
            self._last = line.entry
            if line.entry.act == Act.LOST:
                self._find(Found.LOST, line.entry.number)

    def end(self, head: Head | None) -> Report:
        if self._unread is not None:
            self._find(Found.UNREADABLE, self._next)
        for first, last in self._gaps:
            if first == 1 and not self._here:
                self._find(Found.BEGINS_LATER, last + 1)
            else:
                self._find(Found.MISSING, first, last)
        self._report.last = self._last.number if self._last else 0
        if self._here:
            self._against(head)
        self._report.findings.sort(key=lambda finding: finding.number)
        return self._report

    # inside

    @property
    def _next(self) -> int:
        return self._last.number + 1 if self._last else 1

    def _find(self, what: Found, number: int, last: int = 0) -> None:
        self._report.findings.append(Finding(what, number, last))

    def _about_unread(self, line: Line | None) -> None:
        """A line that is no entry is explained by the one after it, or not at all."""
        if self._unread is None:
            return
        said = line is not None and line.whole and line.entry.torn == hashlib.sha256(self._unread).hexdigest()
        self._find(Found.TORN if said else Found.UNREADABLE, self._next)
        self._unread = None

    def _changed(self, entry: Entry) -> None:
        """Its number may have been changed, too: the place counts. The next one is held to the hash it tells."""
        number = self._next if self._last else entry.number
        self._find(Found.CHANGED, number)
        self._report.first = self._report.first or number
        self._last = Entry(number, entry.at, entry.act, entry.by, hash=entry.hash)

    def _placed(self, entry: Entry) -> bool:
        """Whether it stands after all those before it."""
        number = entry.number
        if self._last is None:
            self._report.first = number
            if number > 1:
                self._gaps.append([1, number - 1])
        elif number == self._next:
            if entry.previous != self._last.hash:
                self._find(Found.REPLACED, self._last.number)
        elif number > self._next:
            self._gaps.append([self._next, number - 1])
        else:
            self._find(Found.MOVED if self._fills(number) else Found.TWICE, number)
            return False
        return True

    def _fills(self, number: int) -> bool:
        for gap in self._gaps:
            first, last = gap
            if first <= number <= last:
                self._gaps.remove(gap)
                self._gaps += [each for each in ([first, number - 1], [number + 1, last]) if each[0] <= each[1]]
                return True
        return False

    def _dated(self, entry: Entry) -> None:
        if self._last is not None and entry.at < self._last.at:
            self._find(Found.CLOCK_BACK, entry.number)

    def _signed(self, line: Line) -> None:
        entry = line.entry
        if line.signature_holds is None:
            return
        if not line.signature_holds:
            self._find(Found.SIGNATURE, entry.number)
            return
        by = key_id(bytes.fromhex(entry.key))
        if by not in self._report.keys:
            self._report.keys.append(by)
        if by != (self._key or self._report.keys[0]):
            self._find(Found.FOREIGN_KEY, entry.number)
        else:
            self._report.signed_to, self._report.signed_at = entry.number, entry.at

    def _against(self, head: Head | None) -> None:
        """What the terminal remembers."""
        last = self._last
        if head is None:
            if last is not None:
                self._find(Found.NO_HEAD, last.number)
            return
        number, there = (last.number, last.hash) if last else (0, "")
        if number < head.number:
            self._find(Found.CUT_OFF, number + 1, head.number)
        elif number > head.number:
            if not (number == head.number + 1 and there == head.next):
                self._find(Found.ADDED, head.number + 1, number)
        elif there != head.hash:
            self._find(Found.REPLACED, number)
