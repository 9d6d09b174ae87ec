"""What is printed is counted until a new roll is put in."""

from __future__ import annotations

from pathlib import Path

from hardware.device_view import DeviceView
from hardware.errors import Fault
from hardware.readings import Kind, Reading, State
from kiosk.paper_count import NEAR_END_MM, PaperCount


def view(paper: str = "plenty", *faults: Fault, state: State = State.WELL) -> DeviceView:
    readings = (Reading("paper", "Paper", paper),) if state is not State.GONE else ()
    return DeviceView("printer", Kind.PRINTER, state, 0.0, faults=faults, readings=readings)


LOW = view("near end", Fault.PRINTER_PAPER_LOW, state=State.NEEDS_CARE)
OUT = view("out", Fault.PRINTER_PAPER_OUT, state=State.ILL)
OPEN = view("out", Fault.PRINTER_PAPER_OUT, Fault.PRINTER_COVER_OPEN, state=State.ILL)


def test_slips_are_counted_in_their_own_length(tmp_path: Path) -> None:
    count = PaperCount(tmp_path / "paper", 10)
    assert count.slips_left == 50
    count.used(400)
    count.used(600)
    assert (count.left_mm, count.slips_left) == (9000, 18)
    for _ in range(40):
        count.used(1000)
    assert (count.left_mm, count.slips_left) == (0, 0)


def test_a_power_cut_forgets_nothing(tmp_path: Path) -> None:
    PaperCount(tmp_path / "paper", 10).used(2500)
    assert PaperCount(tmp_path / "paper", 10).left_mm == 7500
    assert (tmp_path / "paper").stat().st_mode & 0o777 == 0o600
    (tmp_path / "paper").write_text('{"used_mm": "much"')
    assert PaperCount(tmp_path / "paper", 10).left_mm == 10_000


def test_the_sensor_for_the_near_end_counts_more_than_the_count(tmp_path: Path) -> None:
    count = PaperCount(tmp_path / "paper", 80)
    count.seen(LOW)
    assert count.left_mm == NEAR_END_MM
    count.seen(OUT)
    assert count.slips_left == 0


def test_a_new_roll_is_seen(tmp_path: Path) -> None:
    count = PaperCount(tmp_path / "paper", 10)
    count.used(9500)
    for seen in (LOW, OUT, OPEN, view()):
        count.seen(seen)
    assert count.left_mm == 10_000


def test_a_roll_that_was_changed_while_the_printer_was_off_is_seen(tmp_path: Path) -> None:
    count = PaperCount(tmp_path / "paper", 10)
    count.used(9500)
    for seen in (OUT, view(state=State.GONE), view()):
        count.seen(seen)
    assert count.left_mm == 10_000


def test_an_open_cover_alone_is_no_new_roll(tmp_path: Path) -> None:
    count = PaperCount(tmp_path / "paper", 10)
    count.used(4000)
    for seen in (view("plenty", Fault.PRINTER_COVER_OPEN, state=State.ILL), view()):
        count.seen(seen)
    assert count.left_mm == 6000


def test_a_sensor_that_changes_its_mind_is_no_new_roll(tmp_path: Path) -> None:
    count = PaperCount(tmp_path / "paper", 10)
    count.used(7900)
    for seen in (LOW, view()):
        count.seen(seen)
    assert count.left_mm == 2000
