"""Checks of the screen: dead zones, several fingers, colours, burn-in. A person touches and looks; we reckon."""

from __future__ import annotations

from collections.abc import Collection

from hardware.checks import Check, CheckResult, Hands, Measured, Outcome, Run
from kiosk.diagnosis.hands import (
    NOT_HERE,
    Fingers,
    FingersSeen,
    Flood,
    Flooded,
    TerminalHands,
    Touched,
    TouchGrid,
    terminal_hands,
)
from kiosk.sections import Screen

CELL_PX = 120  # the least that a target is wide: a dead zone of this size makes a button dead
COLOURS = (("red", "#ff0000"), ("green", "#00ff00"), ("blue", "#0000ff"), ("white", "#ffffff"), ("black", "#000000"))
GREY = "#808080"  # burnt-in shadows show best on it
FINGERS = 2

Cell = tuple[int, int]
_GIVEN_UP = CheckResult(Outcome.UNSURE, "It was given up before the end.")


def checks(screen: Screen) -> tuple[Check, ...]:
    """In the order in which they are tried."""
    return (
        Check("screen.touch", "Feels a finger everywhere", _touch(screen), hands=True, within_s=90),
        Check("screen.fingers", "Feels two fingers at once", _fingers, hands=True, within_s=40),
        Check("screen.colours", "Shows every colour, without dead dots", _colours, hands=True, within_s=240),
        Check("screen.burn-in", "No shadow is burnt in", _burn_in, hands=True, within_s=60),
    )


def grid(screen: Screen) -> Cell:
    """Columns and rows of cells as wide as a button."""
    return max(2, screen.width // CELL_PX), max(2, screen.height // CELL_PX)


def zones(cells: Collection[Cell], columns: int, rows: int) -> tuple[str, ...]:
    """Where the cells are, in words a person can point at: `top left`, `middle`; each place once."""
    across, down = ("left", "middle", "right"), ("top", "middle", "bottom")
    found: dict[str, None] = {}
    for column, row in sorted(cells, key=lambda cell: (cell[1], cell[0])):
        place = (down[min(2, 3 * row // rows)], across[min(2, 3 * column // columns)])
        found[place[0] if place[0] == place[1] else " ".join(place)] = None
    return tuple(found)


def clusters(cells: Collection[Cell]) -> tuple[frozenset[Cell], ...]:
    """Cells that touch one another by an edge, together; the largest first."""
    left, found = set(cells), []
    while left:
        group, edge = set(), {left.pop()}
        while edge:
            column, row = cell = edge.pop()
            group.add(cell)
            beside = {(column + 1, row), (column - 1, row), (column, row + 1), (column, row - 1)} & left
            left -= beside
            edge |= beside
        found.append(frozenset(group))
    return tuple(sorted(found, key=lambda group: (-len(group), min(group))))


def judged(touched: Collection[Cell], columns: int, rows: int) -> CheckResult:
    """What a wiped-over grid says: one dead cell is a dead button."""
    every = {(column, row) for column in range(columns) for row in range(rows)}
    dead = every - set(touched)
    measured = (
        Measured("cells", "Cells of the screen", len(every)),
        Measured("dead", "Cells that felt nothing", len(dead), most=0),
    )
    if len(dead) == len(every):
        return CheckResult(Outcome.UNSURE, "Nothing was touched.", measured)
    if dead:
        where = ", ".join(zones(dead, columns, rows))
        groups = len(clusters(dead))
        return CheckResult(Outcome.ILL, f"{groups} dead {'zone' if groups == 1 else 'zones'}: {where}.", measured)
    return CheckResult(Outcome.WELL, "A finger is felt everywhere.", measured)


def _touch(screen: Screen) -> Run:
    async def run(hands: Hands) -> CheckResult:
        at_screen = terminal_hands(hands)
        if at_screen is None:
            return NOT_HERE
        columns, rows = grid(screen)
        seen = await at_screen.on_screen(TouchGrid(columns, rows))
        return judged(seen.cells, columns, rows) if isinstance(seen, Touched) else _GIVEN_UP

    return run


async def _fingers(hands: Hands) -> CheckResult:
    at_screen = terminal_hands(hands)
    if at_screen is None:
        return NOT_HERE
    seen = await at_screen.on_screen(Fingers(FINGERS))
    if not isinstance(seen, FingersSeen):
        return _GIVEN_UP
    measured = (Measured("fingers", "Fingers felt at once", seen.most, least=FINGERS),)
    if not seen.most:
        return CheckResult(Outcome.UNSURE, "Nothing was touched.", measured)
    if seen.most < FINGERS:
        return CheckResult(Outcome.ILL, "It feels one finger only: who rests a hand on it can’t type.", measured)
    return CheckResult(Outcome.WELL, f"{seen.most} fingers are felt at once.", measured)


async def _colours(hands: Hands) -> CheckResult:
    at_screen = terminal_hands(hands)
    if at_screen is None:
        return NOT_HERE
    for number, (name, colour) in enumerate(COLOURS):
        hands.progress(number, len(COLOURS))
        saw = await _flooded(at_screen, colour, f"Was the whole screen {name}, without spots and dead dots?")
        if saw is None:
            return _GIVEN_UP
        if not saw:
            return CheckResult(Outcome.ILL, f"Seen by a person: not wholly {name}.")
    hands.progress(len(COLOURS), len(COLOURS))
    return CheckResult(Outcome.WELL, "Every colour was seen whole.")


async def _burn_in(hands: Hands) -> CheckResult:
    at_screen = terminal_hands(hands)
    if at_screen is None:
        return NOT_HERE
    saw = await _flooded(at_screen, GREY, "Was the grey even, without the shadow of another picture?")
    if saw is None:
        return _GIVEN_UP
    if not saw:
        return CheckResult(Outcome.ILL, "A shadow is burnt in: it stays, and grows with what stands there for long.")
    return CheckResult(Outcome.WELL, "The grey is even.")


async def _flooded(at_screen: TerminalHands, colour: str, question: str) -> bool | None:
    seen = await at_screen.on_screen(Flood(colour))
    return await at_screen.saw(question) if isinstance(seen, Flooded) else None
