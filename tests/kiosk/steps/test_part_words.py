"""What a technician reads of a part that a check has found ill."""

from __future__ import annotations

from datetime import datetime

from hardware.checks import Check, CheckResult, Hands, Outcome
from hardware.readings import State
from kiosk.diagnosis.parts import LABELS, Part, PartView
from kiosk.language import language
from kiosk.steps.part_words import known, overview, part_page, remedies
from kiosk.translations import compile_if_needed

NOW = datetime(2026, 11, 26, 14, 5)


async def _never(hands: Hands) -> CheckResult:
    return CheckResult(Outcome.SKIPPED)


def a_part(id: str) -> Part:
    return Part(id, LABELS[id], (Check(f"{id}.x", "x", _never),), lambda: PartView(State.UNKNOWN))


def test_what_to_do_and_what_the_check_found_are_said_in_one_language() -> None:
    compile_if_needed()
    note = "Room on the disk: The disk is nearly full."
    (found,) = remedies(a_part("machine"), PartView(State.ILL, NOW, None, ("machine.disk",), note=note))
    assert language("en").say(found.words).endswith(f"({note})")
    german = language("de").say(found.words)
    assert german.endswith("(Platz auf der Festplatte: Die Festplatte ist fast voll.)")
    assert "The " not in german


def test_what_could_not_be_told_stands_on_the_page() -> None:
    note = "Clock is kept right: The kernel does not tell whether its clock is synchronised."
    page = part_page(a_part("network"), PartView(State.UNKNOWN, note=note), NOW, 60)
    assert page.remedies == ()
    assert note in [language("en").say(value) for _, rows in page.sections for _, value in rows]


def test_every_part_that_the_table_has_faults_of_shows_them() -> None:
    for id, least in (("mail", 7), ("machine", 6), ("network", 5), ("hotel", 7), ("printer", 10)):
        assert len(known(a_part(id))) >= least, id
    assert known(a_part("screen")) == []


def test_what_only_warns_is_told_with_what_to_do() -> None:
    view = PartView(State.NEEDS_CARE, NOW, NOW, ("machine.clock",), note="Clock is kept right: x")
    page = part_page(a_part("machine"), view, NOW, 60)
    (remedy,) = page.remedies
    assert "chrony" in language("en").say(remedy.words)


def test_a_recording_is_a_tile_of_its_own_and_else_there_is_none() -> None:
    seen = [(a_part("machine"), PartView(State.WELL, NOW, NOW))]
    assert [tile.id for tile in overview(seen, NOW, 60).tiles] == ["machine"]
    tiles = overview(seen, NOW, 60, recording=1).tiles
    assert [tile.id for tile in tiles] == ["recording", "machine"]
    assert language("en").say(tiles[0].standing.line) == "1 visit to go"  # type: ignore[arg-type]
