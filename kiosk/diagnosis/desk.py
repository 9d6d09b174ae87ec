"""Who answers `kiosk diagnose` at a running kiosk. What it needs is much to load, and most days nobody asks."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kiosk.terminal import Terminal


class DiagnosisDesk:
    """The running kiosk's side of its socket. `free` says whether no guest is being served."""

    def __init__(self, terminal: Terminal, free: Callable[[], bool]) -> None:
        self._terminal = terminal
        self._free = free

    async def talk(
        self, asked: Any, tell: Callable[[dict[str, Any]], None], heard: asyncio.Queue[dict[str, Any]]
    ) -> None:
        """One diagnosis, from what is asked for to `done`. Cancelled when who asked has gone."""
        talk = await asyncio.to_thread(importlib.import_module, "kiosk.diagnosis.talk")
        await talk.answer(self._terminal, self._free, asked, tell, heard)
