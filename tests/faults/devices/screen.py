"""What a guest sees of it: the kiosk's own reception before the devices of a matrix, and the welcome screen that it shows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from hardware.devices import Devices
from kiosk.clock import SystemClock
from kiosk.language import language
from kiosk.prompts import Prompt, Welcome
from kiosk.reception import Reception
from kiosk.settings import Settings
from tests.kiosk.bare_terminal import bare_terminal
from tests.kiosk.conftest import Passer

NOWHERE = "http://127.0.0.1:9"  # the hotel is not asked: no errands are run here


class Screen:
    """The welcome screen, as it stands there."""

    def __init__(self, front: Passer) -> None:
        self._front = front

    @property
    def notice(self) -> str:
        """What it says beforehand; "" where all works."""
        welcome = self._welcome
        return language("en").say(welcome.notice) if welcome.notice else ""

    @property
    def begins(self) -> bool:
        """Whether a check-in can be begun at it."""
        return any(option.id == "check-in" and option.off is None for option in self._welcome.options)

    @property
    def _welcome(self) -> Welcome:
        prompt: Prompt = self._front.scene.prompt
        assert isinstance(prompt, Welcome)
        return prompt


@asynccontextmanager
async def screen_of(devices: Devices, folder: Path) -> AsyncIterator[Screen]:
    front, clock = Passer(), SystemClock()
    listed = {view.kind.value: {"driver": view.driver, "address": view.address} for view in devices.views()}
    settings = Settings.model_validate({"hotel": {"url": NOWHERE}, "kiosk": {"demo": True}, **listed})
    async with bare_terminal(folder, settings, clock, devices) as terminal:
        reception = Reception(terminal, front)
        unwatch = devices.watch(lambda view: reception.devices_changed())
        serving = asyncio.create_task(reception.serve())
        try:
            await front.sees("Welcome")
            yield Screen(front)
        finally:
            unwatch()
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)
