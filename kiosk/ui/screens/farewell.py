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
LEAST_CODE = 170.0
LOW_AT_MOST = 470.0
"""Facts and Wi-Fi: what is above them, the way, is why the guest looks here."""


class FarewellScreen(Screen[Farewell]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        stage = sheet.stage
        split = stage.width * 0.45 if stage.landscape else 0.0
        width = (stage.width - 144) if not stage.landscape else stage.width - 72 - split
        beside = width - QR - 28 if prompt.wifi and not stage.landscape else width
        snug = 0.7 if stage.landscape else 1.0  # there, height is what there is little of
        facts = Facts(self, prompt.facts, beside, snug) if prompt.facts else None
        low = facts.height if facts else 0.0
        if prompt.wifi and not stage.landscape:
            low = max(low, self._wifi_height())
        low = min(low, LOW_AT_MOST)
        done = Action("done", prompt.action, lambda: self.actions.answer(Chosen("done")))
        frame = Frame(
            self,
            actions=(done,),
            least=low + 28 + (240 if prompt.way and not sheet.look.large else 0),
            split=split,
        )
        body = frame.body
        beside_the_way = self._caption_height() + LEAST_CODE + 60 if stage.landscape and prompt.wifi else 0.0
        low = min(low, body.h - beside_the_way)
        foot = body.bottom_part(low)
        above = body.to_y(foot.y - 28)
        if stage.landscape and prompt.wifi:  # there the Wi-Fi stands beside the way, and the facts have all the width
            self._wifi(Box(above.right - QR, above.y, QR, above.h))
            above = Box(above.x, above.y, above.w - QR - 28, above.h)
        if prompt.way and above.h > 160:
            self._way(above)
        elif not prompt.way:
            put_drawing(sheet, above.centred(above.w, min(above.h, 520.0)), "done")
        if facts:
            facts.draw(Box(foot.x, foot.y, beside, foot.h))
        if prompt.wifi and not stage.landscape:
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

    def _caption(self) -> str:
        """What the code is: on a line of its own, the network's name below it."""
        title = self.sheet.say(T("Wi-Fi"))
        return f"{title}\n{self.prompt.wifi_name}" if self.prompt.wifi_name else ""

    def _caption_height(self) -> float:
        lines = self.sheet.height(self._caption(), "label", QR - 32)
        return min(lines, 3 * self.sheet.style("label").leading)

    def _wifi_height(self) -> float:
        return QR + (self._caption_height() if self._caption() else 0.0)

    def _wifi(self, box: Box) -> None:
        """The code, and what it is. On white in every palette: a telephone's camera wants dark on light."""
        sheet, caption = self.sheet, self._caption()
        sheet.card(box)
        low = min(self._caption_height(), max(0.0, box.h - 32 - LEAST_CODE)) if caption else 0.0
        inner = box.inset(16, 16)
        code = inner.to_y(inner.bottom - low)
        side = min(code.w, code.h)
        whole = inner.centred(inner.w, side + low)
        words = sheet.say(T("Wi-Fi code: scan it with your phone"))
        sheet.put(QrPicture(sheet, whole.top_part(side).centred(side, side), self.prompt.wifi, words))
        if caption:
            style = sheet.style("label").coloured("ink")
            sheet.words(whole.bottom_part(low), caption, style, align="centre", valign="middle", id="wifi")
