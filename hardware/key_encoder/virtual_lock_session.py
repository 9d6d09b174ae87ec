"""What a virtual lock server makes of each record: strict, and only in the order that FIAS wants.

It takes from the property's side what it has listed in its LR records and nothing else. What is
wrong is kept in `complaints` (which rule, never a value): an unknown record or one out of order
ends the connection, a wrong field is answered by UR.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from hardware.key_encoder import fias_wire as wire
from hardware.key_encoder.contract import Issue
from hardware.key_encoder.fias_wire import BadRecord, Record, Status

KEY_TYPES = {"N": Issue.NEW, "D": Issue.DUPLICATE, "O": Issue.ONE_SHOT}
LONGEST_ROOM = 8

# Which fields each record may have, and which it must; the server's LR records say so.
REQUESTS: Mapping[str, tuple[str, ...]] = {
    "KR": ("KC", "KT", "RN", "WS", "G#", "GA", "GD", "DT", "K#", "KO", "DA", "TI"),
    "KD": ("KC", "RN", "WS", "G#", "DA", "TI"),
    "KM": ("KC", "RN", "RO", "WS", "G#", "GA", "GD", "DT", "DA", "TI"),
    "KZ": ("KC", "WS", "DA", "TI", "RN", "G#", "GA", "GD", "DT", "AS", "CT", "$2"),
}
ANSWER = ("AS", "KC", "WS", "G#", "RN", "CT", "$2", "DA", "TI")
MUST: Mapping[str, tuple[str, ...]] = {
    "KR": ("KC", "WS", "RN", "KT", "GA", "GD"),
    "KD": ("KC", "WS", "RN"),
    "KM": ("KC", "WS", "RN", "RO", "G#"),
    "KZ": ("KC", "WS"),
}
LINK = ("DA", "TI")


class Stage(Enum):
    """How far the link is."""

    NEW = auto()
    DESCRIBED = auto()  # LD, LR, LA are out
    UP = auto()  # the property's LA has come


class Violation(Exception):
    """The property's side broke a rule that ends the connection."""


@dataclass(frozen=True)
class Listed:
    """What the server lists. A sparse one takes and tells as little as some real ones do."""

    requests: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: dict(REQUESTS))
    answer: tuple[str, ...] = ANSWER
    reads_as: str = "KZ"  # how a KZ is answered; some answer KA

    @classmethod
    def sparse(cls) -> Listed:
        return cls({"KR": ("WS", "KC", "RN", "KT", "K#", "GA", "GD"), "KD": ("WS", "KC", "RN")}, ("WS", "KC", "AS"), "KA")


@dataclass(frozen=True)
class Request:
    """A request that keeps all rules. Times are naive: the hotel's own."""

    record: Record
    coder: str
    room: str = ""
    old_room: str = ""
    reservation: str = ""
    issue: Issue = Issue.NEW
    since: datetime | None = None
    until: datetime | None = None


class Session:
    """One link. `take` gives what to send, and a request to be done once the link is up."""

    def __init__(self, now: Callable[[], datetime], listed: Listed, complaints: list[str]) -> None:
        self.stage = Stage.NEW
        self._now = now
        self._listed = listed
        self._complaints = complaints

    def link_record(self, name: str, **fields: str) -> Record:
        return wire.record(name, {**wire.now_fields(self._now()), **fields})

    def describe(self) -> list[Record]:
        """LD, an LR for each record, LA."""
        described = [self.link_record("LD", **{"V#": "1.0", "IF": "KS"})]
        for name, fields in {**self._listed.requests, "KA": self._listed.answer}.items():
            described.append(wire.record("LR", {"RI": name, "FL": "".join(fields)}))
        return [*described, self.link_record("LA")]

    def take(self, record: Record) -> tuple[list[Record], Request | None]:
        """Violation for what ends the connection."""
        match record.id:
            case "LS":
                self._only(record, LINK)
                if self.stage is Stage.UP:
                    return [self.link_record("LA")], None
                self.stage = Stage.DESCRIBED
                return self.describe(), None
            case "LA":
                self._only(record, LINK)
                if self.stage is Stage.DESCRIBED:
                    self.stage = Stage.UP
                return [], None
            case "LE":
                self.stage = Stage.NEW
                return [], None
            case "DS" | "DE":
                return [], None
        if record.id not in REQUESTS:
            raise self._complain(f"unknown record {record.id}")
        if self.stage is not Stage.UP:
            raise self._complain(f"{record.id} before the link is up")
        return self._request(record)

    def answer(self, asked: Record, status: str, **more: str) -> Record:
        """KA; to a KZ, KZ with what stands on the card."""
        reading = asked.id == "KZ" and self._listed.reads_as == "KZ"
        echo = {name: asked.get(name) for name in ("WS", "KC", "RN", "G#") if asked.get(name)}
        fields = {**echo, "AS": status, **wire.now_fields(self._now()), **more}
        listed = self._listed.requests.get("KZ", ()) if reading else (*self._listed.answer, *_READ * (asked.id == "KZ"))
        return wire.record("KZ" if reading else "KA", {name: fields[name] for name in fields if name in listed})

    def _request(self, record: Record) -> tuple[list[Record], Request | None]:
        try:
            return [], self._checked(record)
        except BadRecord as wrong:
            self._complaints.append(f"{record.id}: {wrong}")
            return [self.answer(record, Status.UNPROCESSABLE, CT=str(wrong))], None

    def _checked(self, record: Record) -> Request:
        """BadRecord names the rule."""
        listed = self._listed.requests.get(record.id)
        if listed is None:
            raise BadRecord("not listed")
        for name, value in record.fields:
            if name not in listed:
                raise BadRecord(f"{name} is not listed")
            if not value:
                raise BadRecord(f"{name} is empty")
        for name in MUST[record.id]:
            if name in listed and not record.get(name):
                raise BadRecord(f"{name} is missing")
        if record.id == "KR" and record.get("KT") not in KEY_TYPES:
            raise BadRecord("KT is none of N, D, O")
        if len(record.get("RN")) > LONGEST_ROOM:
            raise BadRecord("RN is too long")
        since, until = _moment(record, "GA"), _moment(record, "GD", "DT")
        if since and until and until <= since:
            raise BadRecord("GD is not after GA")
        return Request(
            record,
            record.get("KC"),
            record.get("RN"),
            record.get("RO"),
            record.get("G#"),
            KEY_TYPES.get(record.get("KT"), Issue.NEW),
            since,
            until,
        )

    def _only(self, record: Record, allowed: tuple[str, ...]) -> None:
        for name, _ in record.fields:
            if name not in allowed:
                raise self._complain(f"{record.id}: {name} has no place there")
        wire.read_date(record.get("DA"))
        wire.read_time(record.get("TI"))

    def _complain(self, what: str) -> Violation:
        self._complaints.append(what)
        return Violation(what)


_READ = ("RN", "G#", "GA", "GD", "DT", "$2")


def _moment(record: Record, day: str, clock: str = "") -> datetime | None:
    return wire.moment(record.get(day), record.get(clock) if clock else "") if record.get(day) else None
