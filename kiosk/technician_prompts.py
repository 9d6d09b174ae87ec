"""What the technician is shown and asked: the parts of the terminal, their checks, what came of them.

As in `prompts.py`: one dataclass is one screen. A guest's data stand in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware.checks import Outcome
from hardware.readings import State
from kiosk.language import Text
from kiosk.prompts import Answer, Option, Prompt


@dataclass(frozen=True)
class Standing:
    """How a part is: in a word, and one line that says since when or what was proven last. `there` False: this
    terminal has none, which speaks neither for it nor against it."""

    state: State
    word: Text
    line: Text | None = None
    there: bool = True


@dataclass(frozen=True)
class Tile:
    """A part on the overview. `about`: its model and address; `picture` names its drawing."""

    id: str
    name: Text
    standing: Standing
    about: Text | None = None
    picture: str = ""


@dataclass(frozen=True)
class Remedy:
    """A fault and what to do: "Receipt printer · printer.paper-out", and a sentence. WELL: nothing is to be done.

    `severity`: how bad it is for guests; `still`: what they can do meanwhile."""

    state: State
    title: Text
    words: Text
    severity: Text | None = None
    still: Text | None = None


@dataclass(frozen=True, kw_only=True)
class Overview(Prompt):
    """Every part at once, answered by Chosen with a tile's id. `remedy` is that of the worst fault."""

    tiles: tuple[Tile, ...]
    remedy: Remedy
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class PartPage(Prompt):
    """One part: how it is, what it reports now, and the checks that it can run. `about`: its model and address;
    `remedies`: of all that is wrong with it, the worst first."""

    standing: Standing
    about: Text | None = None
    picture: str = ""
    remedies: tuple[Remedy, ...] = ()
    sections: tuple[tuple[Text, tuple[tuple[Text, Text], ...]], ...]  # as of a Sheet
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class Checking(Prompt):
    """A check runs: what to do meanwhile, how far it is. Only `fraction` and `leaves_in_s` change without the rest
    being drawn anew. `options`: yes, no, not known where it asks; cancel."""

    options: tuple[Option, ...]
    picture: str = ""
    fraction: float | None = None
    done: tuple[tuple[Text, Outcome], ...] = ()


@dataclass(frozen=True)
class ResultRow:
    """What came of one check. `measured`: label, value with its limits, whether it is within them."""

    name: Text
    outcome: Outcome
    words: Text | None = None
    measured: tuple[tuple[Text, Text, bool], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Results(Prompt):
    """What came of one check or of all: the ill first, then what nobody could see."""

    rows: tuple[ResultRow, ...]
    options: tuple[Option, ...]


@dataclass(frozen=True, kw_only=True)
class ScreenTest:
    """Something that fills the glass. After `within_s` it answers with what it has seen so far."""

    within_s: float


@dataclass(frozen=True, kw_only=True)
class TouchTest(Prompt, ScreenTest):
    """The glass in cells: each lights up where it is touched. Answered by Touched, when all are lit or the technician
    says that the others do not answer; by GaveUp, when it is left."""

    columns: int
    rows: int


@dataclass(frozen=True, kw_only=True)
class FingerTest(Prompt, ScreenTest):
    """Lay several fingers down at once: they are counted. Answered by FingersSeen."""

    wanted: int


@dataclass(frozen=True, kw_only=True)
class ColourField(Prompt, ScreenTest):
    """The whole glass in one colour, #RRGGBB; a touch anywhere goes on. Answered by Looked."""

    colour: str
    name: Text


@dataclass(frozen=True, kw_only=True)
class KeypadTest(Prompt, ScreenTest):
    """Press each of these keys once, as Kivy names them. Answered by KeysSeen, or by what says that there are none."""

    keys: tuple[str, ...]
    absent: Option | None = None


@dataclass(frozen=True)
class GaveUp(Answer):
    """The test was left: what it has seen so far says nothing."""


@dataclass(frozen=True)
class Touched(Answer):
    """The cells of a TouchTest that were touched: (column, row), from the top left of the glass."""

    cells: frozenset[tuple[int, int]]


@dataclass(frozen=True)
class FingersSeen(Answer):
    """How many fingers lay there at once at most."""

    most: int


@dataclass(frozen=True)
class Looked(Answer):
    """The field was seen and touched away, or it went by itself."""

    touched: bool


@dataclass(frozen=True)
class KeysSeen(Answer):
    """The keys that were pressed."""

    keys: frozenset[str]
