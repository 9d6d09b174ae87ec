"""What a person has entered into a scene and not yet answered. Gone when another scene comes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from kiosk.prompts import Prompt

DRAFTS = 4
"""Scenes whose drafts are kept, so that coming back from house rules or help finds all as it was."""

Stroke = list[tuple[float, float]]
"""Points of a line, x right and y down, in parts of the signature pad's width."""


@dataclass(repr=False)
class Draft:
    """One scene's. A redraw (other language, other look) finds everything where it was."""

    text: str | None = None  # None: nothing typed, the prompt's own value stands
    caret: int = 0
    shift: bool = False
    accents: int = 0  # page of accented letters, 0: the letters of the language
    day: date | None = None
    first_week: date | None = None
    strokes: list[Stroke] = field(default_factory=list)
    aspect: float = 1.0
    page: int = 0
    line: int = 0
    wait_s: float | None = None  # how long no key answers yet
    cells: set[tuple[int, int]] = field(default_factory=set)  # of the glass, that were touched
    fingers: int = 0  # that lay there at once at most
    keys: set[str] = field(default_factory=set)  # of a keypad, that were pressed

    @property
    def touched(self) -> bool:
        """Whether something would be lost."""
        return self.text is not None or self.day is not None or bool(self.strokes)


class Drafts:
    """Those of the last few prompts: the same object asked again finds its own."""

    def __init__(self) -> None:
        self._kept: list[tuple[Prompt, Draft]] = []

    def of(self, prompt: Prompt) -> Draft:
        for known, draft in self._kept:
            if known is prompt:
                return draft
        draft = Draft()
        self._kept = [(prompt, draft), *self._kept][:DRAFTS]
        return draft

    def go_on(self, before: Prompt, now: Prompt) -> None:
        """`now` asks what `before` asked: the draft is its own from here."""
        draft = self.of(before)
        self._kept = [(now, draft), *(kept for kept in self._kept if kept[1] is not draft)]

    def forget_secrets(self) -> None:
        self._kept = [kept for kept in self._kept if not _secret(kept[0])]

    def forget(self) -> None:
        self._kept.clear()


def _secret(prompt: Prompt) -> bool:
    """Whether nothing of it is kept once another scene stands there: a PIN, a portrait."""
    return bool(getattr(prompt, "secret", False)) or getattr(prompt, "portrait", None) is not None
