"""The computer's own numbers, and what a person does at the screen, with its limits."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from hardware.checks import Check, CheckResult, Outcome
from kiosk.diagnosis import machine, sound
from kiosk.diagnosis.hands import (
    NO_HANDS,
    Fingers,
    FingersSeen,
    Flood,
    Flooded,
    KeysPressed,
    PressKeys,
    ScreenSeen,
    ScreenTest,
    Touched,
    TouchGrid,
)
from kiosk.diagnosis.keypad import KEYS
from kiosk.diagnosis.keypad import checks as keypad_checks
from kiosk.diagnosis.screen import checks, clusters, grid, judged, zones
from kiosk.sections import Screen
from tests.hardware.hands import Person

COLUMNS, ROWS = grid(Screen())


class Touching(Person):
    """A person at the terminal's own screen: `dead` cells feel nothing, `fingers` are felt, `keys` answer; `absent`:
    says of what not every terminal has that this one has none."""

    def __init__(
        self, dead: frozenset[tuple[int, int]] = frozenset(), fingers: int = 2, keys: tuple[str, ...] = KEYS,
        gives_up: bool = False, plays: bool = True, says: dict[str, bool | None] | None = None, absent: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(says=says)
        self.dead, self.fingers, self.keys, self.gives_up, self.plays = dead, fingers, keys, gives_up, plays
        self.absent = absent
        self.colours: list[str] = []

    async def on_screen(self, test: ScreenTest) -> ScreenSeen | None:
        if self.gives_up:
            return None
        if self.absent:
            await asyncio.Event().wait()  # for a key that is not there
        match test:
            case TouchGrid(columns, rows):
                return Touched(frozenset((x, y) for x in range(columns) for y in range(rows)) - self.dead)
            case Fingers():
                return FingersSeen(self.fingers)
            case Flood(colour):
                self.colours.append(colour)
                return Flooded(touched=True)
            case PressKeys():
                return KeysPressed(frozenset(self.keys))

    async def tone(self) -> bool:
        return self.plays

    async def not_fitted(self) -> None:
        if not self.absent:
            await asyncio.Event().wait()


async def tried(id: str, person: object = NO_HANDS) -> CheckResult:
    every: tuple[Check, ...] = (*checks(Screen()), *keypad_checks(), *sound.checks())
    (check,) = (check for check in every if check.id == id)
    return await check.run(person)  # type: ignore[arg-type]


# --- screen -----------------------------------------------------------------------------------------


async def test_a_screen_that_feels_everything_is_well() -> None:
    assert (await tried("screen.touch", Touching())).outcome is Outcome.WELL


async def test_one_dead_cell_makes_it_ill_and_is_pointed_at() -> None:
    result = await tried("screen.touch", Touching(dead=frozenset({(COLUMNS - 1, 0)})))
    assert (result.outcome, result.words) == (Outcome.ILL, "1 dead zone: top right.")


def test_dead_cells_that_touch_are_one_zone() -> None:
    dead = {(0, 0), (1, 0), (1, 1), (5, 9)}
    assert clusters(dead) == (frozenset({(0, 0), (1, 0), (1, 1)}), frozenset({(5, 9)}))
    result = judged({(x, y) for x in range(COLUMNS) for y in range(ROWS)} - dead, COLUMNS, ROWS)
    assert "2 dead zones" in result.words


@pytest.mark.parametrize(
    ("cell", "place"),
    [((0, 0), "top left"), ((4, 8), "middle"), ((8, 15), "bottom right"), ((0, 8), "middle left"), ((4, 0), "top middle")],
)
def test_a_place_is_named_as_a_person_points(cell: tuple[int, int], place: str) -> None:
    assert zones([cell], 9, 16) == (place,)


async def test_a_screen_that_nobody_touched_is_neither_well_nor_ill() -> None:
    every = frozenset((x, y) for x in range(COLUMNS) for y in range(ROWS))
    assert (await tried("screen.touch", Touching(dead=every))).outcome is Outcome.UNSURE


@pytest.mark.parametrize("fingers", [0, 1, 2, 5])
async def test_two_fingers_must_be_felt(fingers: int) -> None:
    wanted = {0: Outcome.UNSURE, 1: Outcome.ILL}.get(fingers, Outcome.WELL)
    assert (await tried("screen.fingers", Touching(fingers=fingers))).outcome is wanted


async def test_every_colour_is_shown_and_asked_for() -> None:
    person = Touching()
    assert (await tried("screen.colours", person)).outcome is Outcome.WELL
    assert len(person.colours) == len(person.asked) == 5
    ill = await tried("screen.colours", Touching(says={"blue": False}))
    assert (ill.outcome, "blue" in ill.words) == (Outcome.ILL, True)
    assert (await tried("screen.colours", Touching(says={"green": None}))).outcome is Outcome.UNSURE


async def test_a_shadow_is_seen_on_grey() -> None:
    assert (await tried("screen.burn-in", Touching())).outcome is Outcome.WELL
    assert (await tried("screen.burn-in", Touching(says={"grey": False}))).outcome is Outcome.ILL


@pytest.mark.parametrize("id", ["screen.touch", "screen.fingers", "screen.colours", "screen.burn-in", "keypad.keys"])
async def test_given_up_or_with_nobody_at_the_screen_nothing_is_well(id: str) -> None:
    assert (await tried(id, Touching(gives_up=True))).outcome is Outcome.UNSURE
    assert (await tried(id)).outcome is Outcome.SKIPPED
    assert (await tried(id, Person())).outcome is Outcome.SKIPPED, "a person elsewhere touches no screen"


# --- keypad and sound -------------------------------------------------------------------------------


async def test_a_key_that_is_not_felt_is_named() -> None:
    assert (await tried("keypad.keys", Touching())).outcome is Outcome.WELL
    result = await tried("keypad.keys", Touching(keys=KEYS[1:]))
    assert (result.outcome, result.words) == (Outcome.ILL, f"Not felt: {KEYS[0]}.")
    assert (await tried("keypad.keys", Touching(keys=()))).outcome is Outcome.UNSURE


@pytest.fixture
def sound_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = tmp_path / "cards"
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n")
    monkeypatch.setattr(sound, "CARDS", cards)


@pytest.mark.usefixtures("sound_card")
async def test_the_loudspeaker_is_well_only_when_it_was_heard() -> None:
    assert (await tried("sound.speaker", Touching())).outcome is Outcome.WELL
    assert (await tried("sound.speaker", Touching(says={"hear": False}))).outcome is Outcome.ILL
    assert (await tried("sound.speaker", Touching(says={"hear": None}))).outcome is Outcome.UNSURE
    assert (await tried("sound.speaker", Touching(plays=False))).outcome is Outcome.UNSURE


@pytest.mark.usefixtures("sound_card")
async def test_a_headset_is_listened_to_once_it_is_plugged_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "INPUTS", tmp_path / "no-switch-here")
    assert (await tried("sound.socket", Touching())).outcome is Outcome.WELL
    assert (await tried("sound.socket", Touching(says={"plugged in": False}))).outcome is Outcome.UNSURE
    assert (await tried("sound.socket", Touching(says={"hear": False}))).outcome is Outcome.ILL


@pytest.mark.parametrize("id", ["sound.speaker", "sound.socket"])
async def test_without_a_sound_card_nobody_has_heard_anything(
    id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "CARDS", tmp_path / "none")
    monkeypatch.setattr(sound, "INPUTS", tmp_path / "none")
    assert (await tried(id, Touching(says={"sound card": None}))).outcome is Outcome.UNSURE
    missed = await tried(id, Touching())
    assert (missed.outcome, "no sound card" in missed.words) == (Outcome.ILL, True), "it is fitted, and can't be heard"
    assert (await tried(id, Touching(says={"sound card": False}))).outcome is Outcome.NOT_FITTED


def test_sound_cards_are_those_that_alsa_knows(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    assert sound.card(cards).outcome is Outcome.UNSURE
    cards.write_text("--- no soundcards ---\n")
    assert sound.card(cards).outcome is Outcome.UNSURE
    cards.write_text(" 0 [PCH            ]: HDA-Intel - HDA Intel PCH\n                      HDA Intel PCH at 0xf7e10000\n")
    assert sound.card(cards).words == "HDA Intel PCH."


def test_the_headsets_switch_is_found_among_the_inputs(tmp_path: Path) -> None:
    table = tmp_path / "devices"
    table.write_text(
        'N: Name="Power Button"\nH: Handlers=kbd event0 \nB: EV=3\nB: KEY=10000000000000 0\n\n'
        'N: Name="HDA Intel PCH Headphone"\nH: Handlers=event9 \nB: EV=21\nB: SW=4\n\n'
        'N: Name="HDA Intel PCH Mic"\nH: Handlers=event8 \nB: EV=21\nB: SW=10\n\n'
    )
    assert sound.switches(table, tmp_path) == [tmp_path / "event9"]
    assert sound.switches(tmp_path / "none", tmp_path) == []
    assert sound.plugged(tmp_path / "event9") is None


# --- computer ---------------------------------------------------------------------------------------


def test_the_computers_numbers_are_within_their_limits_or_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.disk(tmp_path).outcome is Outcome.WELL
    assert machine.disk(tmp_path / "not" / "there" / "yet").outcome is Outcome.WELL
    monkeypatch.setattr(machine, "DISK_LEAST_MB", 1e12)
    assert machine.disk(tmp_path).outcome is Outcome.ILL
    assert machine.memory().outcome is Outcome.WELL
    monkeypatch.setattr(machine, "MEMORY_LEAST_MB", 1e12)
    assert machine.memory().outcome is Outcome.ILL
    assert machine.files().outcome is Outcome.WELL
    monkeypatch.setattr(machine, "FILES_MOST", 0.0)
    assert machine.files().outcome is Outcome.ILL
    monkeypatch.setattr(machine, "LOAD_MOST", -1.0)
    assert machine.load().outcome is Outcome.ILL


def test_nothing_is_left_on_the_disk(tmp_path: Path) -> None:
    machine.disk(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_kiosk_that_starts_loads_nothing_that_measures_a_machine() -> None:
    """Most days nobody asks: the desk, the technician's screen and the night watch load it when they need it."""
    loads = "import sys, kiosk.start, kiosk.build; sys.exit(bool({'psutil', 'kiosk.diagnosis.parts'} & set(sys.modules)))"
    subprocess.run([sys.executable, "-c", loads], check=True)


async def test_a_disk_that_never_answers_has_one_thread_and_holds_up_nobody_else() -> None:
    """Asked every two minutes for a day it would have every thread that the others need."""
    ends, begun = threading.Event(), []

    def hangs() -> CheckResult:
        begun.append(1)
        ends.wait(20)
        return CheckResult(Outcome.WELL)

    run = machine._asked(hangs)
    for _ in range(50):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.02):
                await run(NO_HANDS)
    assert await asyncio.to_thread(lambda: 7) == 7
    assert len(begun) == 1
    ends.set()
    async with asyncio.timeout(10):
        assert (await machine._asked(machine.load)(NO_HANDS)).measured
    assert len(begun) == 1, "what nobody waited for any more was never begun"
