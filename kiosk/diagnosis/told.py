"""A diagnosis in plain words for programs: views and results as JSON takes them, and what they come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from hardware.checks import Measured, Outcome
from hardware.readings import State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import Part, PartView
from kiosk.faults import sentence, worst_first
from kiosk.language import language


def verdict(parts: Sequence[tuple[Part, PartView]], tried: Sequence[Tried]) -> Outcome:
    """ILL where anything is; UNSURE where anything could not be told, or nothing was found well; else WELL.

    What nobody was there for counts as little as what is not built or not fitted: it is told, and is neither.
    """
    states = [view.state for part, view in parts if part.built and view.fitted]
    devices = [view.state for part, view in parts if part.kind is not None]
    absent = {part.id for part, view in parts if not view.fitted}
    outcomes = {each.result.outcome for each in tried if each.part not in absent}
    if Outcome.ILL in outcomes or State.ILL in states or State.GONE in states:
        return Outcome.ILL
    if Outcome.UNSURE in outcomes or State.UNKNOWN in devices:
        return Outcome.UNSURE
    some_well = Outcome.WELL in outcomes if tried else bool({State.WELL, State.NEEDS_CARE} & set(states))
    return Outcome.WELL if some_well else Outcome.UNSURE


def label(part: Part) -> str:
    return language("en").say(part.label)


def view_words(view: PartView) -> dict[str, Any]:
    """A part's view; empty words left out."""
    said: dict[str, Any] = {
        "state": str(view.state),
        "since": _when(view.since),
        "proven": _when(view.proven),
        "fitted": None if view.fitted else False,
        "faults": [str(fault) for fault in worst_first(view.faults)],
        "severity": next((str(sentence(fault).severity) for fault in worst_first(view.faults)), None),
        "last_fault": str(view.last_fault) if view.last_fault else None,
        "last_fault_at": _when(view.last_fault_at),
        "note": view.note,
        "readings": [asdict(reading) | {"level": str(reading.level)} for reading in view.readings],
        "counters": dict(view.counters),
        "address": view.address,
        "model": view.model,
        "serial": view.serial,
        "firmware": view.firmware,
    }
    return {name: value for name, value in said.items() if value not in (None, "", [], {})}


def tried_words(tried: Tried) -> dict[str, Any]:
    """A check's result."""
    said: dict[str, Any] = {
        "id": tried.check,
        "label": tried.label,
        "outcome": str(tried.result.outcome),
        "words": tried.result.words,
        "fault": str(tried.result.fault) if tried.result.fault else None,
        "measured": [measured_words(each) for each in tried.result.measured],
        "at": _when(tried.at),
        "took_s": tried.took_s,
        "nobody": tried.nobody or None,
    }
    return {name: value for name, value in said.items() if value not in (None, "", [])}


def measured_words(value: Measured) -> dict[str, Any]:
    said = {**asdict(value), "within": value.within}
    return {name: each for name, each in said.items() if each not in (None, "")}


def diagnosis(
    kiosk: str, at: datetime, parts: Sequence[tuple[Part, PartView]], tried: Sequence[Tried], *, recording: int = 0
) -> dict[str, Any]:
    """All of it, by part. `recording`: so many visits are still to be recorded."""
    return {
        "kiosk": kiosk,
        "at": _when(at),
        "recording": recording,
        "verdict": str(verdict(parts, tried)),
        "parts": [
            {"id": part.id, "label": label(part), "built": part.built}
            | view_words(view)
            | {"checks": [tried_words(each) for each in tried if each.part == part.id]}
            for part, view in parts
        ],
    }


def _when(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
