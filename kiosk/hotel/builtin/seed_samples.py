"""The named cases: what each of samples.SAMPLES finds in the books."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Any

from kiosk.hotel.builtin.samples import COMPANIONS, SAMPLES
from kiosk.hotel.builtin.seed_books import Books, Plan

_CASES: dict[str, dict[str, Any]] = {
    "ready": {"stay": 3, "room": "ready", "adults": 2, "key_options": "GARAGE"},
    "not-ready": {"stay": 2, "room": "not-ready", "adults": 2},
    "unassigned": {"stay": 2, "type": "SGL"},
    "accessible": {"stay": 4, "wants": frozenset({"ACC"}), "adults": 2},
    "features": {"stay": 2, "wants": frozenset({"BALC", "VIEW"})},
    "do-not-move": {"stay": 5, "room": "ready", "do_not_move": True},
    "do-not-move-not-ready": {"stay": 1, "type": "SGL", "room": "not-ready", "do_not_move": True},
    "in-house": {"day": -1, "stay": 3, "room": "ready", "status": "InHouse"},
    "tomorrow": {"day": 1, "stay": 2, "type": "SGL"},
    "cancelled": {"stay": 2, "status": "Cancelled"},
    "no-show": {"day": -2, "stay": 4, "status": "NoShow"},
    "checked-out": {"day": -3, "stay": 3, "room": "any", "status": "CheckedOut"},
    "two-rooms": {"stay": 3, "type": "FAM", "room": "ready", "adults": 2, "children": 1, "party": "FEKETE-2"},
    "two-rooms-2": {
        "stay": 3,
        "type": "FAM",
        "room": "ready",
        "adults": 1,
        "children": 2,
        "party": "FEKETE-2",
    },
    "multi-room": {"stay": 2, "type": "TWN", "rooms": 2, "adults": 4},
    "shared": {"stay": 2, "type": "TWN", "room": "ready", "share_group": "share 1"},
    "shared-2": {"stay": 2, "type": "TWN", "room": "ready", "share_group": "share 1"},
    "alert": {
        "stay": 1,
        "type": "SGL",
        "room": "ready",
        "alert": ("A parcel is waiting at the desk.", False),
    },
    "alert-stop": {"stay": 2, "room": "ready", "alert": ("The manager wants a word first.", True)},
    "balance-due": {"stay": 2, "room": "ready", "owes": True},
    "same-name-1": {"stay": 2, "room": "ready"},
    "same-name-2": {"stay": 2, "type": "SGL", "room": "ready"},
    "same-name-3": {"stay": 1, "type": "SGL"},
    "late-night": {"day": -1, "stay": 3, "room": "ready", "arrival_time": time(23, 30)},
    "sold-out": {"stay": 2, "type": "SUI"},
    "long-name": {"stay": 2, "type": "TWN", "room": "ready"},
    "family": {"stay": 4, "type": "FAM", "room": "ready", "adults": 2, "children": 1},
}


def book_samples(books: Books) -> None:
    """In the order of the table: the same rooms every time."""
    for key, sample in SAMPLES.items():
        plan = Plan(sample.person, 0, 1, "DBL", confirmation=sample.confirmation)
        companions = tuple(each.person for each in COMPANIONS.values() if each.of == key and each.named)
        plan = replace(plan, companions=companions, **_CASES[key])
        if plan.status == "InHouse":  # signed in with it
            paper = sample.document
            plan = replace(plan, document=("PASSPORT" if paper.kind == "TD3" else "ID", paper.number))
        books.book(plan)
