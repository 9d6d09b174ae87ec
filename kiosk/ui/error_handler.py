"""Errors in a touch, a timer or a drawing must not end the kiosk: they are told, and it goes on."""

from __future__ import annotations

from time import monotonic
from typing import Any

import structlog
from kivy.base import ExceptionHandler, ExceptionManager

from hardware.place import place

log = structlog.get_logger()

MOST_ERRORS = 10
"""Within a minute; more, and it is better to start anew."""


class ErrorHandler(ExceptionHandler):
    """What a person typed may stand in an error's text: kind and place only."""

    def __init__(self) -> None:
        super().__init__()
        self.errors: list[str] = []
        self._times: list[float] = []

    def handle_exception(self, inst: BaseException) -> Any:
        passes = isinstance(inst, Exception) and self._goes_on(inst)
        return ExceptionManager.PASS if passes else ExceptionManager.RAISE

    def _goes_on(self, error: Exception) -> bool:
        kind, where = type(error).__name__, place(error) or "?"
        log.error("screen broke", kind=kind, where=where)
        self.errors.append(f"{kind} at {where}")
        now = monotonic()
        self._times = [at for at in self._times if now - at < 60] + [now]
        return len(self._times) <= MOST_ERRORS
