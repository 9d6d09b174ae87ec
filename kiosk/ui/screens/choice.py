"""Pick one of a few, with a drawing and facts where they help."""

from __future__ import annotations

from kiosk.prompts import Choice, Tone
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import Stack, action, divide
from kiosk.ui.screens.parts import LEAST_PICTURE, Facts, put_drawing, put_where, where_height
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.area import INKS, SIGNS, SOFT, Area


class ChoiceScreen(Screen[Choice]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        row, others = divide(prompt.options, self.scene.back, prompt.equals)
        stage = sheet.stage
        width = (stage.width - 144) if not stage.landscape else stage.width / 2 - 112
        facts = Facts(self, prompt.details, width) if prompt.details else None
        where = where_height(sheet, prompt.where, width) + 28 if prompt.where else 0.0
        least = where + (facts.height + 28 if facts else 0.0) + min(len(others) * 148.0, 740.0)
        frame = Frame(self, actions=[action(self, option, kind) for option, kind in row], least=least)
        body = frame.body
        if others:
            in_row = bool(row) or self.scene.back
            if not stage.landscape and not in_row:
                body = body.top_part(frame.places.actions.bottom - body.y)
            room = body.from_y(max(body.y, frame.places.touch_top))
            stack = Stack(self, others, room)
            body = body.to_y(stack.box.y - 28)
        if facts:
            facts_height = min(facts.height, body.h)
            facts.draw(body.bottom_part(facts_height))
            body = body.to_y(body.bottom - facts_height - 28)
        if prompt.where:
            put_where(sheet, body.bottom_part(where - 28), prompt.where)
            body = body.to_y(body.bottom - where)
        self._picture(body)
        if others:
            stack.draw()
        frame.finish()

    def _picture(self, body: Box) -> None:
        """The drawing; without one, a tone other than plain is shown by its sign."""
        sheet, prompt = self.sheet, self.prompt
        if prompt.picture:
            put_drawing(sheet, body.inset(0, 16).centred(body.w, min(body.h - 32, 620.0)), prompt.picture)
        elif prompt.tone is not Tone.PLAIN and body.h > LEAST_PICTURE:
            side = min(260.0, body.h - 32)
            place = body.centred(side, side)
            sheet.put(Area(sheet, place, SOFT[prompt.tone], radius=side / 2))
            sheet.icon(place.inset(side * 0.28), SIGNS[prompt.tone], INKS[prompt.tone])
