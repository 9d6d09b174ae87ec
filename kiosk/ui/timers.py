"""What happens some time from now, unless it is put off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Timers:
    """One of each name: begun again, it begins anew."""

    def __init__(self) -> None:
        self._running: dict[str, Any] = {}

    def later(self, name: str, seconds: float, do: Callable[[], Any]) -> None:
        from kivy.clock import Clock

        if name in self._running:
            self._running[name].cancel()
        self._running[name] = Clock.schedule_once(lambda _: do(), seconds)

    def cancel(self) -> None:
        for timer in self._running.values():
            timer.cancel()
