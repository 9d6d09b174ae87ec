"""After the first frame, in idle moments: what later screens need is imported, drawn and loaded."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

from kivy.clock import Clock

from kiosk.prompts import Scene
from kiosk.ui import sounds
from kiosk.ui.screens import SCREENS

SELDOM = (50_000, 20, 1000)
"""Allocations before Python collects by itself."""
EVERY_S = 0.05
"""Between two slices, so that a touch is never far from being heard."""


def settle() -> None:
    """What is there now stays: no later collection walks through it, so that each takes a few milliseconds.

    This one takes a quarter of a second, so it comes when nobody waits. The window collects after
    each scene, when the guest looks at it; Python itself, while the next one is drawn, hardly ever.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(*SELDOM)


class Warming:
    """A slice at a time until nothing is left."""

    def __init__(self, rehearse: Callable[[Scene], None], done: Callable[[], None]) -> None:
        """`rehearse` draws a scene where nobody sees it."""
        self._rehearse, self._done = rehearse, done
        self._left = self._slices()

    def begin(self) -> None:
        Clock.schedule_once(self._next, 0.3)

    def _next(self, _: float) -> None:
        slice_ = next(self._left, None)
        if slice_ is not None:
            slice_()
            Clock.schedule_once(self._next, EVERY_S)
        else:
            settle()
            self._done()

    def _slices(self) -> Iterator[Callable[[], Any]]:
        for module in SCREENS.values():
            yield partial(import_module, f"kiosk.ui.screens.{module}")
        yield partial(import_module, "kiosk.ui.overlays")
        yield partial(import_module, "babel.dates")
        yield partial(import_module, "qrcode")
        yield partial(import_module, "kivy.core.audio")
        yield sounds.get_ready
        yield from self._rehearsals()

    def _rehearsals(self) -> Iterator[Callable[[], Any]]:
        """Each kind of screen drawn once where nobody sees it: its pictures and keys are then ready."""
        from kiosk.ui import gallery

        for scene in gallery.rehearsal():
            yield partial(self._rehearse, scene)
