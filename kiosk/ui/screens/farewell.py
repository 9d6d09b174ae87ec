"""Where to go now: the way, the facts, the Wi-Fi."""

from __future__ import annotations

from kiosk.language import T
from kiosk.prompts import Chosen, Farewell
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.parts import Facts, put_drawing
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.floor_plan import FloorPlan
from kiosk.ui.widgets.picture import QrPicture

QR = 300.0


class FarewellScreen(Screen[Farewell]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        stage = sheet.stage
        split = stage.width * 0.45 if stage.landscape else 0.0
        width = (stage.width - 144) if not stage.landscape else stage.width - 72 - split
        facts_width = width - QR - 28 if prompt.wifi else width
        facts = Facts(self, prompt.facts, facts_width) if prompt.facts else None
        low = max(facts.height if facts else 0.0, QR if prompt.wifi else 0.0)
        low = min(low, 460.0)
        done = Action("done", prompt.action, lambda: self.actions.answer(Chosen("done")))
        frame = Frame(
            self,
            actions=(done,),
            least=low + 28 + (240 if prompt.way and not sheet.look.large else 0),
            split=split,
        )
        body = frame.body
        low = min(low, body.h)
        foot = body.bottom_part(low)
        above = body.to_y(foot.y - 28)
        if prompt.way and above.h > 160:
            self._way(above)
        elif not prompt.way:
            put_drawing(sheet, above.centred(above.w, min(above.h, 520.0)), "done")
        if facts:
            facts.draw(Box(foot.x, foot.y, facts_width, foot.h))
        if prompt.wifi:
            self._wifi(Box(foot.right - QR, foot.y, QR, foot.h))
        frame.finish()

    def _way(self, box: Box) -> None:
        assert self.prompt.way is not None  # noqa: S101 - asked by the caller
        side, doors_from_lift, doors = self.prompt.way
        sheet = self.sheet
        box = box.top_part(min(box.h, box.w * 0.62))
        sheet.card(box)
        words = (
            T("From the lift to the left, door {door}")
            if side == "left"
            else T("From the lift to the right, door {door}")
        )
        meaning = sheet.say(T(words.key, door=doors_from_lift))
        sheet.put(FloorPlan(sheet, box.inset(52, 44), side, doors_from_lift, doors, meaning))

    def _wifi(self, box: Box) -> None:
        """On white in every palette: a telephone's camera wants dark on light."""
        sheet = self.sheet
        sheet.card(box)
        side = min(box.w, box.h) - 32
        place = box.centred(side, side)
        sheet.put(
            QrPicture(
                sheet,
                place,
                self.prompt.wifi,
                sheet.say(T("Code for the Wi-Fi: read it with your telephone")),
            )
        )
