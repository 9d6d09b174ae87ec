"""Every screen in every language, shape and look: nothing cut off, nothing too near, all of it in the tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import Any

import pytest

from kiosk.prompts import RegistrationCard
from kiosk.ui import gallery
from kiosk.ui.accessible import Bounds, Node, Role
from kiosk.ui.theme import Colours, Look, Tidy
from kiosk.ui.widgets.piece import Piece

pytestmark = pytest.mark.asyncio(loop_scope="session")

LANGUAGES = ("en", "hu", "de")
SHAPES = ("portrait", "landscape")
LOOKS = {
    "usual": Look(),
    "large": Look(large=True),
    "lowered": Look(lowered=True),
    "lowered-large": Look(lowered=True, large=True),
    "high": Look(colours=Colours.HIGH),
}
PLAIN, STRAINED = gallery.scenes(), gallery.strained()
SIGHTS = {**PLAIN, **STRAINED}
OVERLAYS = ("languages", "look", "help", "start_over")
KEYS = (Role.KEY, Role.FIELD)
"""A keyboard's keys, and a field that is touched only to move the caret, may stand nearer."""


def _pages(stage: Any, name: str, look: Look) -> Iterator[Node]:
    """The tree of a sample or overlay; of a registration card that of every page."""
    if name.startswith("overlay-"):
        stage.window.look = look
        stage.sample("document")
        stage.window.open_overlay(name.removeprefix("overlay-"))
        yield stage.tree()
        return
    if name == "still-there":
        stage.sample("document")
    stage.window.look = look
    scene = stage.sample(name)
    if stage.window.look != look:  # the welcome screen begins as everybody sees it
        stage.window.change_look(look)
    if not isinstance(scene.prompt, RegistrationCard):
        yield stage.tree()
        return
    draft, before = stage.window.draft(scene.prompt), None
    for page in range(12):
        draft.page = page
        stage.window.redraw()
        tree = stage.tree()
        if tree == before:
            return
        yield tree
        before = tree


def _apart(one: Bounds, other: Bounds) -> float:
    """How far two boxes are from each other; negative where they overlap."""
    across = max(one.x - other.x - other.w, other.x - one.x - one.w)
    down = max(one.y - other.y - other.h, other.y - one.y - one.h)
    return max(across, down)


def _misplaced(tree: Node, size: tuple[int, int]) -> Iterator[str]:
    """Nodes outside the window, targets too small or too near to each other."""
    width, height = size
    nodes = [node for node in tree.walk() if node.id != "screen"]
    for node in nodes:
        box = node.bounds
        if not (box.x >= 0 and box.y >= 0 and box.x + box.w <= width and box.y + box.h <= height):
            yield f"{node.id} leaves the window: {box}"
    targets = [node for node in nodes if node.touchable and not node.id.startswith("drawer")]
    for node in targets:
        if node.role not in KEYS and min(node.bounds.w, node.bounds.h) < 119:
            yield f"{node.id} is only {node.bounds.w} × {node.bounds.h}"
    for one, other in combinations(targets, 2):
        apart = _apart(one.bounds, other.bounds)
        keys = one.role in KEYS or other.role in KEYS
        if apart < (0 if keys else 23):
            yield f"{one.id} is {apart} px from {other.id}"


def _owner(piece: Any) -> Node | None:
    """The node that speaks for a drawn text: its own, or its nearest owner's."""
    while isinstance(piece, Piece):
        if (node := piece.node()) is not None:
            return node
        piece = piece.parent
    return None


def _pieces(stage: Any) -> list[Piece]:
    return [piece for sheet in stage.window._root.sheets() for piece in sheet.pieces()]


def _unspoken(stage: Any) -> Iterator[str]:
    """Drawn texts that stand in no node of the tree, or in another than their owner's."""
    ids = Counter(node.id for node in stage.tree().walk())
    for piece in _pieces(stage):
        for text in piece.drawn_texts():
            node = _owner(piece)
            if node is None or node.id not in ids:
                yield f"nobody speaks for {text!r}"
            elif text not in f"{node.name}\n{node.value}":
                yield f"{text!r} is not in {node.id}: {node.name!r}, {node.value!r}"


def _badly_set(stage: Any, strained: bool) -> Iterator[str]:
    """Words that are cut off, or lie over others."""
    words = [
        lettering for piece in _pieces(stage) for lettering in piece.letterings if lettering.text.strip()
    ]
    for piece in words:
        if piece.setting.cut and not strained:
            yield f"{piece.text!r} is cut off"
    inked = [(piece.text, piece.ink_box.inset(2, piece.setting.style.leading * 0.16)) for piece in words]
    for (one, a), (other, b) in combinations(inked, 2):
        if a.overlaps(b):
            yield f"{one!r} lies over {other!r}"


def _ragged(stage: Any) -> Iterator[str]:
    """Reading text of two lines whose first ends early, though no sentence does and no lone word would be left."""
    for piece in _pieces(stage):
        for lettering in piece.letterings:
            setting, room = lettering.setting, lettering.box.w
            if setting.style.tidy != Tidy.READING or len(setting.lines) != 2:
                continue
            first, last = (line.text for line in setting.lines)
            word, _, rest = last.partition(" ")
            width = lettering.sheet.type.width
            fits = width(f"{first} {word}", setting.style) < room
            ends = first.endswith((".", "!", "?", ":", ";", "…")) or "\n" in lettering.text
            if fits and not ends and width(rest, setting.style) > room * 0.37:
                yield f"{lettering.text!r} breaks after {first!r}, though {word!r} has room there"


def _unlike(stage: Any) -> Iterator[str]:
    """Labels, or values, of one table in more than one size; a label that wraps beside a value that doesn't."""
    table: dict[bool, set[float]] = {True: set(), False: set()}
    for piece in _pieces(stage):
        if not piece.id.startswith("fact:"):
            continue
        label = piece.id.endswith(":label")
        for lettering in piece.letterings:
            table[label].add(round(lettering.setting.style.size, 1))
            if label and len(lettering.setting.lines) > 1:
                yield f"the label {lettering.text!r} wraps"
    for label, sizes in table.items():
        if len(sizes) > 1:
            yield f"{'labels' if label else 'values'} in {len(sizes)} sizes: {sorted(sizes)}"


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", LANGUAGES)
async def test_every_sample_is_whole_in(stage: Any, language: str, shape: str, look: str) -> None:
    stage.desk.language = language
    await stage.shape(shape)
    wrong: list[str] = []
    sights = SIGHTS if language == "en" else PLAIN  # what strains a screen is in no language
    for name in (*sights, *(f"overlay-{overlay}" for overlay in OVERLAYS)):
        for tree in _pages(stage, name, LOOKS[look]):
            found = [
                *_misplaced(tree, stage.window.size),
                *_unspoken(stage),
                *_badly_set(stage, name in STRAINED),
            ]
            if name not in STRAINED:
                found += [*_ragged(stage), *_unlike(stage)]
            wrong += [f"{name}: {complaint}" for complaint in found]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("shape", SHAPES)
async def test_lowered_nothing_in_the_upper_half_wants_a_touch(stage: Any, shape: str) -> None:
    await stage.shape(shape)
    for name in SIGHTS:
        for tree in _pages(stage, name, Look(lowered=True)):
            half = stage.window.size[1] / 2
            for node in tree.walk():
                if (
                    node.touchable
                    and node.enabled
                    and node.role is not Role.FIELD
                    and "drawer" not in node.id
                ):
                    assert node.bounds.y >= half * 0.96, f"{name}: {node.id} at {node.bounds.y}"


async def test_in_portrait_the_upper_third_wants_no_touch(stage: Any) -> None:
    for name in PLAIN:
        for tree in _pages(stage, name, Look()):
            third = stage.window.size[1] / 3
            for node in tree.walk():
                if node.touchable and node.enabled and node.role not in (Role.FIELD, Role.ROW):
                    assert node.bounds.y >= third * 0.97 or "drawer" in node.id, f"{name}: {node.id}"


async def test_right_to_left_mirrors_the_screen(stage: Any) -> None:
    stage.sample("document")
    plain = stage.tree()
    stage.desk.language = "ar"
    stage.sample("document")
    mirrored = stage.tree()
    width = stage.window.size[0]
    for id in ("back", "option:type", "question"):
        one, other = plain.find(id).bounds, mirrored.find(id).bounds
        if id != "question":
            assert abs((one.x + one.w) - (width - other.x)) <= 2


async def test_the_main_action_is_always_at_the_same_place(stage: Any) -> None:
    """Its lower edge 230 above the screen's, its end at the margin."""
    for name, id in {
        "family-name": "go-on", "departure": "go-on", "registration-card": "agree", "not-found": "option:other",
        "house-rules": "option:close", "farewell": "done", "room-not-ready": "option:wait",
    }.items():  # fmt: skip
        stage.sample(name)
        box = stage.tree().find(id).bounds
        assert (box.x + box.w, box.y + box.h) == (1080 - 72, 1920 - 230), name


async def test_buttons_beside_each_other_have_words_of_one_size(stage: Any) -> None:
    for language in LANGUAGES:
        stage.desk.language = language
        for name, ids in {
            "key-card": ("option:enough", "option:no-card"), "overlay-help": ("close", "call"),
            "welcome": ("option:check-out", "option:my-key", "option:walk-in", "option:more"),
        }.items():  # fmt: skip
            for _ in _pages(stage, name, Look()):
                buttons = [piece for piece in _pieces(stage) if piece.id in ids]
                sizes = {round(button.letterings[0].setting.style.size, 1) for button in buttons}
                assert (len(buttons), len(sizes)) == (len(ids), 1), f"{language} {name}: {sizes}"


async def test_reading_order_goes_from_question_to_tools(stage: Any) -> None:
    stage.sample("registration-card")
    ids = [node.id for node in stage.tree().walk()]
    wanted = ["question", "help", "row:address", "rules", "signature", "back", "agree", "tool:language"]
    assert [id for id in ids if id in wanted] == wanted
    assert [node.order for node in stage.tree().walk()] == list(range(len(ids)))
