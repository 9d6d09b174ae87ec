"""Every prompt is drawn by a screen of its own."""

from __future__ import annotations

from kiosk.prompts import Prompt
from kiosk.ui import gallery
from kiosk.ui.screens import SCREENS, screen_for


def _every(prompt: type[Prompt]) -> list[type[Prompt]]:
    return [kind for sub in prompt.__subclasses__() for kind in (sub, *_every(sub))]


def test_every_prompt_has_a_screen() -> None:
    """A prompt that nobody drew is a mistake of programming: it is found here, not in a lobby."""
    assert {kind.__name__ for kind in _every(Prompt)} == set(SCREENS)
    for kind in _every(Prompt):
        assert screen_for(kind).__name__ == f"{kind.__name__}Screen"


def test_the_gallery_shows_every_prompt() -> None:
    shown = {**gallery.scenes(), **gallery.strained()}
    assert {type(scene.prompt) for scene in shown.values()} == set(_every(Prompt))
