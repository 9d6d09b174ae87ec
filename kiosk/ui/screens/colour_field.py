"""One colour and nothing else: what is dead, burnt in or stained is seen."""

from __future__ import annotations

from kiosk.language import T
from kiosk.technician_prompts import ColourField, Looked
from kiosk.ui.screens.frame import Places
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.glass import After, Flood


class ColourFieldScreen(Screen[ColourField]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        name = sheet.say(T("{colour}: touch anywhere to go on", colour=prompt.name))
        at = Places.on(sheet.stage, sheet.look, progress=False).actions
        sheet.put(Flood(sheet, prompt.colour, name, at, lambda: self.actions.answer(Looked(True))))
        sheet.put(After(sheet, prompt.within_s, lambda: self.actions.answer(Looked(False))))
