"""Ask a question that a document answers, and see what lies on the chip's part of the reader meanwhile.

A document that was laid down before it was swiped gives nothing, and one that was read is left lying: both
are said, and no longer than it is so. Only what the reader has noticed by itself is looked at, once a second.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from hardware.readings import Kind
from kiosk.language import T, Text
from kiosk.prompts import Answer, Prompt
from kiosk.sections import Gesture
from kiosk.steps.not_read import gesture
from kiosk.visit import Visit

SWIPE_FIRST = T("Please swipe it through the slot first")
TAKE_IT = T("Please take your document")
LOOK_EVERY_S = 1.0
LOOKS = 2
"""So often seen, it was not only on its way through the slot."""


async def ask_for_document(
    visit: Visit, prompt: Prompt, *, now: Callable[[], Prompt] | None = None, patient: bool = False
) -> Answer:
    """`visit.ask`. `now`: the prompt as it would be asked at this moment, where that may change."""
    if not visit.terminal.reads_chips:
        return await visit.ask(prompt, patient=patient)
    lying = _Lying(visit, now or (lambda: prompt))
    first = lying.left and prompt.notice is None
    watching = asyncio.ensure_future(lying.watch())
    try:
        return await visit.ask(replace(prompt, notice=TAKE_IT) if first else prompt, patient=patient)
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


class _Lying:
    """What was noticed since the question was asked."""

    def __init__(self, visit: Visit, now: Callable[[], Prompt]) -> None:
        self.visit, self.now = visit, now
        self.left = visit.chip_was_read and self._noticed()
        self.looks = 0

    async def watch(self) -> None:
        while True:
            await self.visit.terminal.clock.sleep(LOOK_EVERY_S)
            self._look()
            self._say()

    def _noticed(self) -> bool:
        terminal = self.visit.terminal
        return terminal.works(Kind.DOCUMENT_READER) and terminal.document_reader.noticed

    def _look(self) -> None:
        if self._noticed():
            self.looks += 1
        else:
            self.left, self.looks = False, 0

    def _wanted(self, otherwise: Text | None) -> Text | None:
        if self.left:
            return otherwise or TAKE_IT
        swiped = gesture(self.visit.terminal.settings) is Gesture.SWIPE
        return SWIPE_FIRST if swiped and self.looks >= LOOKS else otherwise

    def _say(self) -> None:
        """Where this question stands, and not what came of a call for a person."""
        stands, asked = self.visit.standing, self.now()
        if stands.question != asked.question:
            return
        wanted = self._wanted(asked.notice)
        ours = (SWIPE_FIRST, TAKE_IT)
        if wanted != stands.notice and (wanted in ours or stands.notice in ours):
            self.visit.renew(replace(stands, notice=wanted))
