"""What a benchmark found, and how it is shown."""

from __future__ import annotations

import os
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Measured:
    """One line of the table. `details`: what the figure is made of, and how noisy it is."""

    name: str
    what: str
    measured: float
    limit: float
    unit: str
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def met(self) -> bool:
        return self.measured <= self.limit

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "met": self.met}

    @staticmethod
    def from_json(told: dict[str, Any]) -> Measured:
        return Measured(**{key: value for key, value in told.items() if key != "met"})


def table(rows: Sequence[Measured]) -> str:
    """name · measured · limit · met, one line each."""
    cells = [("name", "measured", "at most", "met", "what")]
    cells += [
        (row.name, f"{row.measured:.2f} {row.unit}", f"{row.limit:g} {row.unit}", "yes" if row.met else "NO", row.what)
        for row in rows
    ]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells)


def p95(values: Sequence[float]) -> float:
    """The 95th percentile, by nearest rank."""
    ordered = sorted(values)
    return ordered[max(0, -(-95 * len(ordered) // 100) - 1)]


def spread(values: Sequence[float], digits: int = 3) -> dict[str, float]:
    """How many there are, their middle, and how far apart they lie: what tells a busy machine."""
    return {
        "runs": len(values),
        "least": round(min(values), digits),
        "median": round(statistics.median(values), digits),
        "p95": round(p95(values), digits),
        "most": round(max(values), digits),
    }


def load_now() -> float:
    """The machine's load average over the last minute: other work on it makes every figure worse."""
    return round(os.getloadavg()[0], 2)
