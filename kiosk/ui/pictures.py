"""Writes every screen as a PNG: `python -m kiosk.ui.pictures OUT [--only NAME …] [--languages en,hu,de]`.

    OUT/<language>/<portrait|landscape>/<screen>.png, and the overlays of one language

Needs an X display; without one it starts Xvfb for itself.
"""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kiosk.prompts import Scene
from kiosk.sections import HotelSection, Kiosk, Screen
from kiosk.settings import Settings
from kiosk.ui import gallery
from kiosk.ui.app import KioskWindow
from kiosk.ui.display import display
from kiosk.ui.sample_desk import GalleryDesk
from kiosk.ui.theme import Colours, Look

SIZES = {"portrait": (1080, 1920), "landscape": (1920, 1080)}
OVERLAYS = ("languages", "look", "help", "start_over")


def sample_settings() -> Settings:
    """A hotel for pictures."""
    return Settings(
        kiosk=Kiosk(demo=True),
        screen=Screen(fullscreen=False),
        hotel=HotelSection(name="Hotel Duna", telephone="+36 1 555 0100"),
    )


def clock(settings: Settings) -> datetime:
    """Five past two in the afternoon of the gallery's day."""
    day = gallery.TODAY
    return datetime(day.year, day.month, day.day, 14, 5, tzinfo=settings.hotel.zone)


class Pictures:
    """One window, every scene."""

    def __init__(
        self, out: Path, only: Sequence[str], languages: Sequence[str], looks: Sequence[str]
    ) -> None:
        self.out, self.only, self.looks = out, only, looks
        settings = sample_settings()
        self.desk = GalleryDesk(tuple(languages))
        self.window = KioskWindow(self.desk, settings, now=lambda: clock(settings), moves=False)
        self._number = 0

    def _wanted(self, name: str) -> bool:
        return not self.only or any(name.startswith(part) for part in self.only)

    def _show(self, scene: Scene) -> None:
        self._number += 1
        self.window.show(replace(scene, number=self._number))

    def _save(self, *parts: str) -> None:
        self.window.screenshot(self.out.joinpath(*parts).with_suffix(".png"))

    def _all(self) -> Iterator[tuple[str, Scene]]:
        for name, scene in {**gallery.scenes(), **gallery.strained()}.items():
            if self._wanted(name):
                yield name, scene

    async def draw(self) -> None:
        for code in self.desk.languages:
            self.desk.language = code
            for shape, size in SIZES.items():
                await self.window.resize(*size)
                for name, scene in self._all():
                    for look_name in self.looks:
                        self._show(scene)
                        self.window.change_look(LOOKS[look_name])
                        self._save(code, shape, name + ("" if look_name == "usual" else f"-{look_name}"))
                    self.window.look = Look()
                self._overlays(code, shape)

    def _overlays(self, code: str, shape: str) -> None:
        for name in OVERLAYS:
            if not self._wanted(name):
                continue
            for look_name in self.looks:
                self._show(gallery.scenes()["document"])
                self.window.change_look(LOOKS[look_name])
                self.window.open_overlay(name)
                self._save(code, shape, f"overlay-{name}" + ("" if look_name == "usual" else f"-{look_name}"))
            self.window.close_overlay()
            self.window.look = Look()

    async def run(self) -> None:
        """Draws all within a running window."""
        running = asyncio.ensure_future(self.window.run())
        self._show(gallery.scenes()["welcome"])
        await self.window.shown.wait()
        try:
            await self.draw()
        finally:
            self.window.stop()
            await running


LOOKS = {
    "usual": Look(),
    "large": Look(large=True),
    "high": Look(colours=Colours.HIGH),
    "night": Look(colours=Colours.NIGHT),
    "lowered": Look(lowered=True),
    "lowered-large": Look(lowered=True, large=True),
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Writes every screen as a picture.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--languages", default="en,hu,de")
    parser.add_argument("--looks", default="usual", help=f"of {', '.join(LOOKS)}")
    asked = parser.parse_args()
    with display():
        pictures = Pictures(asked.out, asked.only, asked.languages.split(","), asked.looks.split(","))
        asyncio.run(pictures.run())


if __name__ == "__main__":
    main()
