"""One real window for all tests of this folder: Kivy has one per process. It stays open between tests.

Its loop is the session's, so a module that touches the window says
`pytestmark = pytest.mark.asyncio(loop_scope="session")`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from copy import copy
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio

from kiosk.prompts import Prompt, Scene
from kiosk.ui import gallery
from kiosk.ui.accessible import Node
from kiosk.ui.app import KioskWindow
from kiosk.ui.display import display
from kiosk.ui.drawer import DrawerItem
from kiosk.ui.finger import Finger
from kiosk.ui.pictures import clock, sample_settings
from kiosk.ui.sample_desk import GalleryDesk
from kiosk.ui.theme import Look

SIGHTS = {**gallery.scenes(), **gallery.strained()}
SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}


class Stage:
    """The window, its desk, and a finger."""

    def __init__(self, window: KioskWindow, desk: GalleryDesk) -> None:
        self.window, self.desk = window, desk
        self.finger = Finger(window)
        self._number = 0

    def show(self, scene: Scene | Prompt, **changes: Any) -> Scene:
        """The scene under a number of its own."""
        self._number += 1
        if isinstance(scene, Prompt):
            scene = Scene(0, scene)
        scene = replace(scene, number=self._number, **changes)
        self.window.show(scene)
        return scene

    def sample(self, name: str) -> Scene:
        scene = SIGHTS[name]
        return self.show(scene, prompt=copy(scene.prompt))  # asked anew: nothing was entered into it

    def tree(self) -> Node:
        return self.window.tree()

    async def tap(self, id: str) -> None:
        await self.finger.tap(id)

    def answers(self) -> list[object]:
        return [what for kind, what in self.desk.heard if kind == "answer"]

    def heard(self, kind: str) -> int:
        return sum(1 for found, _ in self.desk.heard if found == kind)

    async def shape(self, name: str) -> None:
        await self.window.resize(*SIZES[name])


class Bench:
    """What the drawer played."""

    def __init__(self) -> None:
        self.played: list[str] = []
        self.done = asyncio.Event()

    async def lay_passport(self) -> None:
        self.played.append("passport")
        self.done.set()

    async def fail(self) -> None:
        self.done.set()
        raise ValueError("not plugged in")


@pytest.fixture(scope="session")
def xdisplay() -> Iterator[str]:
    with display() as name:
        yield name


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def opened(xdisplay: str) -> AsyncIterator[tuple[KioskWindow, GalleryDesk, Bench]]:
    settings = sample_settings()
    desk, bench = GalleryDesk(), Bench()
    drawer = [DrawerItem("Lay a passport", bench.lay_passport), DrawerItem("Fail", bench.fail)]
    window = KioskWindow(desk, settings, now=lambda: clock(settings), moves=False, drawer=drawer)
    running = asyncio.ensure_future(window.run())
    window.show(gallery.scenes()["welcome"])
    await window.shown.wait()
    yield window, desk, bench
    window.stop()
    await running
    assert window.errors == []


@pytest_asyncio.fixture(loop_scope="session")
async def stage(opened: tuple[KioskWindow, GalleryDesk, Bench]) -> AsyncIterator[Stage]:
    """The window as at the beginning of a visit."""
    window, desk, _ = opened
    desk.language, desk.heard = "en", []
    found = Stage(window, desk)
    found._number = window.scene.number if window.scene else 0
    found.sample("welcome")
    window.change_look(Look())
    window.close_overlay()
    await found.shape("portrait")
    desk.heard.clear()
    yield found
    assert window.errors == []


@pytest.fixture
def bench(opened: tuple[KioskWindow, GalleryDesk, Bench]) -> Bench:
    return opened[2]
