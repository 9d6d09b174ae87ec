"""The semantic tree: what is on the screen, in the order in which it is read.

Built from the widgets that are drawn, never beside them: a widget says what it is (`Piece.node`),
and whatever it draws itself stands in that node. Speech, keypad, tests and pictures read this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum


class Role(StrEnum):
    """What a thing on the screen is (names as in WAI-ARIA 1.2 where there is one)."""

    SCREEN = "screen"
    DIALOG = "dialog"
    HEADING = "heading"
    TEXT = "text"
    STATUS = "status"  # says how something stands; read out when it changes
    ALERT = "alert"
    BUTTON = "button"
    TOGGLE = "toggle"  # value "on" or ""
    KEYBOARD = "keyboard"
    KEY = "key"
    FIELD = "field"
    DAY = "day"
    ROW = "row"
    PROGRESS = "progress"
    IMAGE = "image"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Bounds:
    """Window pixels, y down from the top left."""

    x: float
    y: float
    w: float
    h: float

    @property
    def centre(self) -> tuple[float, float]:
        return self.x + self.w / 2, self.y + self.h / 2


@dataclass(frozen=True)
class Node:
    """One thing that a person can perceive or touch.

    `id` is the same in every language ('option:go-on', 'tool:language', 'key:a'); `order` counts
    from 0 in reading order; `touchable` is whether it answers to touch at all, `enabled` whether now.
    """

    id: str
    role: Role
    name: str
    bounds: Bounds
    value: str = ""
    order: int = 0
    touchable: bool = False
    enabled: bool = True
    focus: bool = False
    children: tuple[Node, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Itself and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def find(self, id: str) -> Node:
        """The node of this id; KeyError lists those there are."""
        for node in self.walk():
            if node.id == id:
                return node
        raise KeyError(f"{id} is not on the screen; there are: {', '.join(node.id for node in self.walk())}")

    def named(self, name: str, role: Role | None = None) -> Node:
        """The first node of this name (and role)."""
        for node in self.walk():
            if node.name == name and role in (None, node.role):
                return node
        raise KeyError(f"{name!r} is not on the screen")

    def texts(self) -> list[str]:
        """All that is written, in reading order."""
        return [part for node in self.walk() for part in (node.name, node.value) if part]


def numbered(root: Node) -> Node:
    """Counts `order` through the whole tree."""
    count = 0

    def number(node: Node) -> Node:
        nonlocal count
        order, count = count, count + 1
        return replace(node, order=order, children=tuple(number(child) for child in node.children))

    return number(root)
