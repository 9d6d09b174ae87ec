"""Rounds: what is no device is looked after while nobody looks, so that a monitor is told what is so now.

The computer and the network every two minutes, where somebody may ask (`[health] listen`); the mail server every
quarter of an hour, so that no guest is offered what does not go; and whatever call of the hotel came out ill, until
it is well. Checks that need nobody, and change nothing.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import structlog

if TYPE_CHECKING:
    from kiosk.diagnosis.parts import Part
    from kiosk.terminal import Terminal

log = structlog.get_logger()

FIRST_AFTER_S = 30.0  # the first guest is not kept waiting for it
EVERY_S = 120.0  # twice within the time for which a proof counts (`diagnosis/parts.py`)
MAIL_EVERY_S = 900.0  # a login each time: more often would look like guessing
_ASKED_FOR = ("machine", "network")


class Rounds:
    """One for the life of the process."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._mail_s: float | None = None

    async def run(self) -> None:
        """For ever."""
        clock = self._terminal.clock
        await clock.sleep(FIRST_AFTER_S)
        while True:
            try:
                await self.once()
            except Exception as error:  # noqa: BLE001 - nothing here may end the process that guests stand before
                log.error("a round broke off", error=type(error).__name__)
            await clock.sleep(EVERY_S)

    async def once(self) -> None:
        """One round: all that is due."""
        if not self._terminal.settings.health.listen and self._terminal.mail is None:
            return
        await asyncio.to_thread(importlib.import_module, "kiosk.diagnosis.run")
        from kiosk.diagnosis.parts import parts  # what measures is loaded when it is needed
        from kiosk.diagnosis.run import try_all

        await try_all(self._terminal, tuple(self._due(parts(self._terminal))))

    def _due(self, found: tuple[Part, ...]) -> Iterator[Part]:
        terminal = self._terminal
        for part in found:
            alone = tuple(check for check in part.checks if not (check.hands or check.moves))
            asked_for = part.id in _ASKED_FOR and terminal.settings.health.listen
            if asked_for or (part.id == "mail" and self._mail_due()):
                yield replace(part, checks=alone)
            elif part.id == "hotel" and terminal.hotel_well is not False:  # a hotel that is off is asked enough
                again = {tried.check for tried in terminal.book.ill(check.id for check in alone)}
                yield replace(part, checks=tuple(check for check in alone if check.id in again))

    def _mail_due(self) -> bool:
        now_s = self._terminal.clock.monotonic()
        if self._mail_s is not None and now_s - self._mail_s < MAIL_EVERY_S - 1:
            return False
        self._mail_s = now_s
        return True
