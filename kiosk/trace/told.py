"""An entry of a trace, as the answer that it was, and in a few words for who plays it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hardware.readings import Kind
from kiosk.prompts import Answer, Chosen, Picked, Signed, Typed
from kiosk.technician_prompts import FingersSeen, KeysSeen, Looked, Touched
from kiosk.trace.file import Entry
from kiosk.trace.hands import NotPlayable

_MOST_STROKES = 10_000
A_STROKE = ((0.1, 0.2), (0.4, 0.1), (0.9, 0.2))


def answer(entry: Entry) -> Answer:
    if "chosen" in entry:
        return Chosen(entry["chosen"])
    if "typed" in entry:
        return Typed(entry["typed"])
    if "picked" in entry:
        return Picked(date.fromisoformat(entry["picked"]))
    if "signed" in entry:
        return Signed(strokes=(A_STROKE,) * _strokes(entry["signed"]), aspect=3.0)
    if "cells" in entry:
        return Touched(frozenset((int(column), int(row)) for column, row in entry["cells"]))
    if "fingers" in entry:
        return FingersSeen(int(entry["fingers"]))
    if "looked" in entry:
        return Looked(bool(entry["looked"]))
    if "keys" in entry:
        return KeysSeen(frozenset(entry["keys"]))
    raise NotPlayable(f"an answer of the kind {entry.get('other', '?')}")


def _strokes(count: int) -> int:
    """As many as a hand makes: who forges a trace may write any number. ValueError."""
    if not 0 <= int(count) <= _MOST_STROKES:
        raise ValueError("no hand signs so")
    return max(1, int(count))


def screen(entry: Entry) -> str:
    options: Sequence[str] = entry.get("options", ())
    return f"{entry['kind']} “{entry['question']}”" + (f" [{' '.join(options)}]" if options else "")


def act(entry: Entry) -> str:
    if entry.get("typed", "") is None:
        return "typed unseen"
    name = next((key for key in ("control", "chosen", "person", "typed", "picked", "signed") if key in entry), "")
    return f"{name} {entry.get(name, '')}".strip() if name != "control" else str(entry[name])


def given(entry: Entry) -> str:
    return next((each for each in ("document", "not-read", "code", "card") if each in entry), "thing")


def beyond(entry: Entry, before: Sequence[Entry]) -> str:
    """Why nobody can play what was chosen here; '' where it can be tried."""
    chosen = str(entry.get("chosen", ""))
    part = next((each["chosen"] for each in reversed(before) if each.get("chosen") in _REACH), "")
    if chosen == "without":
        return "a key for a room that is known here from visits before this one"
    if chosen.endswith(".reach") or (chosen == "all" and part):
        return "a card that is lifted inch by inch"
    return "a new terminal, which wants hands at every part" if chosen == "new-terminal" else ""


_REACH = (Kind.CARD_READER.value, Kind.KEY_ENCODER.value)
"""Parts of which how far they read is measured."""
