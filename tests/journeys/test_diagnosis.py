"""A kiosk asked how its parts are: planted faults are found, what nobody has tried is unknown, hands are needed where they are."""

from __future__ import annotations

from hardware.checks import Outcome
from hardware.readings import State
from kiosk.diagnosis.book import Tried
from kiosk.diagnosis.parts import LABELS, parts
from kiosk.diagnosis.run import try_all
from tests.journeys.conftest import Lobby, OpenLobby


def _by_check(found: tuple[Tried, ...]) -> dict[str, Tried]:
    return {tried.check: tried for tried in found}


async def _tried(kiosk: Lobby, *ids: str) -> dict[str, Tried]:
    wanted = [part for part in parts(kiosk.terminal) if part.id in (ids or LABELS)]
    return _by_check(await try_all(kiosk.terminal, wanted))


async def test_every_part_has_a_place_and_nothing_is_well_before_it_was_tried(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    found = {part.id: part for part in parts(kiosk.terminal)}
    assert list(found) == list(LABELS)
    for id in ("screen", "sound", "keypad", "machine", "payment"):
        assert found[id].view().state is State.UNKNOWN, id
    assert not found["payment"].built
    assert found["payment"].checks == ()
    assert found["printer"].view().state is State.WELL


async def test_alone_it_tries_what_needs_nobody_and_says_that_the_rest_was_not_tried(lobby: OpenLobby) -> None:
    kiosk = await lobby()
    found = await _tried(kiosk)
    skipped = {id for id, tried in found.items() if tried.result.outcome is Outcome.SKIPPED}
    assert {"printer.page", "key_encoder.test-card", "screen.touch", "hotel.changing"} <= skipped
    assert found["printer.answers"].result.outcome is Outcome.WELL
    for id, tried in found.items():
        if id.startswith("hotel.") and id != "hotel.changing":
            assert tried.result.outcome is Outcome.WELL, (id, tried.result)
