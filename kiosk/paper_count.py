"""How much paper is left: what was printed since the roll was changed is counted.

A new roll is known by the printer's own sensors: they said *out* or *near end*, the cover was opened (or nobody
could see the printer), and now they say *plenty*. Whoever puts in a new roll before that is not noticed: then there is
more than is told here. The sensor for the near end counts more than the count.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from hardware.device_view import DeviceView
from hardware.errors import Fault
from hardware.printer.contract import Paper
from hardware.readings import State
from kiosk import on_disk

PAPER = "paper-count.json"
NEAR_END_MM = 2000.0
"""What is left at most when the sensor says *near end*: a roll of 23 mm across on a core of 18 mm, paper 0.075 mm thick."""
A_SLIP_MM = 200.0
"""Until some were printed here."""
LAST_SLIPS = 20


@dataclass
class _Kept:
    """As it stands in the file."""

    used_mm: float = 0.0
    slips_mm: list[float] = field(default_factory=list)  # the last ones
    out: bool = False
    low: bool = False  # out or near end was seen, and no new roll since
    opened: bool = False  # … and the cover was opened then, or the printer was out of sight


class PaperCount:
    """One printer's. Written at each slip and each change: a power cut costs one slip at most."""

    def __init__(self, path: Path, roll_m: float) -> None:
        self._path = path
        self._roll_mm = roll_m * 1000
        self._kept = _read(path)

    def used(self, mm: float) -> None:
        """A slip of this length is printed."""
        self._kept.used_mm = round(self._kept.used_mm + mm, 1)
        self._kept.slips_mm = [*self._kept.slips_mm, round(mm, 1)][-LAST_SLIPS:]
        self._write()

    def seen(self, view: DeviceView) -> None:
        """How the printer is now."""
        kept, before = self._kept, asdict(self._kept)
        hidden = view.state in (State.GONE, State.UNKNOWN)
        paper = next((reading.value for reading in view.readings if reading.id == "paper"), "")
        if Fault.PRINTER_PAPER_OUT in view.faults or Fault.PRINTER_PAPER_LOW in view.faults:
            kept.low = True
            kept.out = Fault.PRINTER_PAPER_OUT in view.faults
        if kept.low and (hidden or Fault.PRINTER_COVER_OPEN in view.faults):
            kept.opened = True
        elif kept.low and kept.opened and paper == Paper.PLENTY:
            self._kept = kept = _Kept(slips_mm=kept.slips_mm)
        if asdict(kept) != before:
            self._write()

    @property
    def left_mm(self) -> float:
        if self._kept.out:
            return 0.0
        left = max(0.0, self._roll_mm - self._kept.used_mm)
        return min(left, NEAR_END_MM) if self._kept.low else left

    @property
    def slips_left(self) -> int:
        """Of the length that slips had here lately."""
        slips = self._kept.slips_mm
        return int(self.left_mm // (sum(slips) / len(slips) if slips else A_SLIP_MM))

    def _write(self) -> None:
        on_disk.replace(self._path, json.dumps(asdict(self._kept)))


def _read(path: Path) -> _Kept:
    """A file that can't be read counts from a new roll."""
    with suppress(OSError, ValueError, TypeError):
        kept = _Kept(**json.loads(path.read_text("utf-8")))
        if all(isinstance(each, int | float) and each > 0 for each in (kept.used_mm + 1, *kept.slips_mm)):
            return kept
    return _Kept()
