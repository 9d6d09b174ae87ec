"""Every fault has its words, in a table without gaps."""

from __future__ import annotations

from pathlib import Path

from hardware.errors import Fault
from kiosk.faults import FAULTS, TROUBLES
from kiosk.hotel.backend import Trouble

DRAWINGS = Path(__file__).resolve().parents[2] / "assets" / "drawings"


def test_every_fault_has_a_sentence_a_hint_and_a_drawing() -> None:
    assert set(FAULTS) == set(Fault)
    for words in FAULTS.values():
        assert words.question.key
        assert words.help.key
        assert words.hint
        assert (DRAWINGS / f"{words.picture}.svg").exists(), words.picture


def test_every_trouble_of_the_hotel_has_its_words() -> None:
    assert set(TROUBLES) == set(Trouble)
