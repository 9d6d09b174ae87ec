"""Nothing works today: where to go, whom to call."""

from __future__ import annotations

from kiosk.prompts import OutOfService
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.parts import put_drawing
from kiosk.ui.screens.screen import Screen


class OutOfServiceScreen(Screen[OutOfService]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        frame = Frame(self, least=320)
        body = frame.body
        if not sheet.stage.landscape:
            body = body.to_y(frame.places.actions.bottom)
        if prompt.telephone:
            card = body.bottom_part(168)
            sheet.card(card)
            inner = card.inset(44, 24)
            side = 72.0
            width = sheet.type.fit(prompt.telephone, sheet.style("field"), inner.w - side - 28).width
            x = inner.x + (inner.w - width - side - 28) / 2
            sheet.icon(Box(x, inner.y + (inner.h - side) / 2, side, side), "phone", "accent")
            place = Box(x + side + 28, inner.y, width + 2, inner.h)
            sheet.words(
                place,
                prompt.telephone,
                sheet.style("field").coloured("accent"),
                valign="middle",
                id="telephone",
            )
            body = body.to_y(card.y - 28)
        put_drawing(sheet, body.centred(body.w, min(body.h, 620.0)), "colleague")
        frame.finish()
