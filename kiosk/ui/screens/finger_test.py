"""Several fingers at once: how many the glass tells apart."""

from __future__ import annotations

from kiosk.language import TN, T
from kiosk.technician_prompts import FingersSeen, FingerTest
from kiosk.ui.accessible import Role
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.glass import After, FingerPad


class FingerTestScreen(Screen[FingerTest]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        frame = Frame(self, actions=[Action("done", T("No more fingers"), self._answer)], least=600)
        pad = frame.body
        sheet.put(Area(sheet, pad, "card", "line"))
        style = sheet.style("strong")
        count = pad.top_part(style.leading + 40).inset(36, 20)
        self.said = sheet.words(count, self._counted(), style, role=Role.STATUS, id="count")
        sheet.put(FingerPad(sheet, pad, self._changed))
        frame.finish()
        sheet.put(After(sheet, prompt.within_s, self._answer))

    def _counted(self) -> str:
        return self.sheet.say(TN("{count} finger so far, {of} wanted", "{count} fingers so far, {of} wanted", self.draft.fingers, of=self.prompt.wanted))

    def _changed(self, now: int) -> None:
        self.draft.fingers = max(self.draft.fingers, now)
        self.said.write(self._counted(), self.sheet.style("strong"))
        if self.draft.fingers >= self.prompt.wanted and not self.sheet.locked:
            self._answer()

    def _answer(self) -> None:
        self.actions.answer(FingersSeen(self.draft.fingers))
