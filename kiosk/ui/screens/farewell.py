"""Where to go now: the way, the slip, the facts, the Wi-Fi."""

from __future__ import annotations

from kiosk.language import T
from kiosk.prompts import Chosen, Farewell
from kiosk.slips import CAMERA
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.parts import SLIP, Facts, put_drawing, put_pointing, where_height
from kiosk.ui.screens.screen import Screen
from kiosk.ui.theme import Style
from kiosk.ui.widgets.floor_plan import FloorPlan
from kiosk.ui.widgets.picture import QrPicture

QR = 196.0
LEAST_CODE = 160.0
WIDE = 440.0
"""The Wi-Fi in landscape, where its words stand below the code."""
BAND_BELOW = 152.0
"""Of where the slip is, at most, in landscape, where it stands below the words: it is two lines of a size that is read."""
APART = 24.0
LEAST_WAY = 200.0
LOW_AT_MOST = 720.0
"""What stands below the way; where larger text makes it higher, the way is told in words only."""


class FarewellScreen(Screen[Farewell]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        stage = sheet.stage
        landscape = stage.landscape
        split = stage.width * 0.45 if landscape else 0.0
        width = (stage.width - 144) if not landscape else stage.width - 72 - split
        snug = 0.7  # height is what there is little of
        facts = Facts(self, prompt.facts, width, snug) if prompt.facts else None
        parts = [facts.height if facts else 0.0]
        # One thing after another: where there is little room, the Wi-Fi comes when nothing is left lying, and
        # in landscape the slip too.
        left_lying = prompt.notice is not None
        wifi = bool(prompt.wifi) and not (sheet.look.large and left_lying)
        slip = prompt.slip and not (landscape and left_lying)
        band = self._band_height(stage.width - 144 if not landscape else split - 132) if slip else 0.0
        if landscape:
            band = min(band, BAND_BELOW)
        else:
            parts += [self._wifi_height(width) if wifi else 0.0, band]
        low = sum(parts) + APART * (sum(1 for part in parts if part) - 1)
        told = sheet.band_height(sheet.say(prompt.notice), width) if prompt.notice and sheet.look.large else 0.0
        way = prompt.way if low + told <= LOW_AT_MOST or landscape else None
        done = Action("done", prompt.action, lambda: self.actions.answer(Chosen("done")))
        frame = Frame(
            self,
            actions=(done,),
            least=low + (LEAST_WAY + APART if way else 0),
            reserve=band + 28 if band else 0.0,
            split=split,
        )
        body = frame.body
        if landscape:
            if band:
                end = (frame.notice or frame.places.actions).y - 28
                self._slip(Box(frame.places.text.x, end - band, frame.places.text.w, band))
            beside_the_way = LEAST_CODE + 64 + self._caption_height(WIDE - 56) if wifi else 0.0
            parts[0] = min(parts[0], body.h - beside_the_way)
            above = body.to_y(body.bottom - parts[0] - APART)
            if wifi:
                self._wifi(Box(above.right - WIDE, above.y, WIDE, above.h))
                above = Box(above.x, above.y, above.w - WIDE - APART, above.h)
            self._shown(above, way)
            if facts:
                facts.draw(body.bottom_part(parts[0]))
        else:
            self._column(body, parts, way, facts)
        frame.finish()

    def _column(self, body: Box, parts: list[float], way: tuple[str, int, int] | None, facts: Facts | None) -> None:
        """In portrait: the way, the slip, the facts, the Wi-Fi; all lower by the same share where it is too low."""
        low = sum(parts) + APART * sum(1 for part in parts if part)
        share = min(1.0, body.h / low)
        facts_high, wifi_high, band = (part * share for part in parts)
        y = body.bottom
        if wifi_high:
            self._wifi(Box(body.x, y - wifi_high, body.w, wifi_high))
            y -= wifi_high + APART
        if facts:
            facts.draw(Box(body.x, y - facts_high, body.w, facts_high))
            y -= facts_high + APART
        if band:
            self._slip(Box(body.x, y - band, body.w, band))
            y -= band + APART
        self._shown(body.to_y(max(body.y, y)), way)

    def _shown(self, box: Box, way: tuple[str, int, int] | None) -> None:
        """The way, or a drawing where none is known."""
        if way and box.h > 150:
            self._way(box, way)
        elif not self.prompt.way:
            put_drawing(self.sheet, box.centred(box.w, min(box.h, 520.0)), "done")

    def _way(self, box: Box, way: tuple[str, int, int]) -> None:
        side, doors_from_lift, doors = way
        sheet = self.sheet
        box = box.top_part(min(box.h, box.w * 0.62))
        sheet.card(box)
        words = (
            T("From the lift to the left, door {door}")
            if side == "left"
            else T("From the lift to the right, door {door}")
        )
        meaning = sheet.say(T(words.key, door=doors_from_lift))
        sheet.put(FloorPlan(sheet, box.inset(36, 28), side, doors_from_lift, doors, meaning))

    # --- the slip --------------------------------------------------------------------------

    def _slip_words(self) -> str:
        return self.sheet.say(SLIP.get(self.prompt.slip, SLIP["below"]))

    def _band_height(self, width: float) -> float:
        return where_height(self.sheet, self.prompt.slip, width, self._slip_words())

    def _slip(self, box: Box) -> None:
        sheet = self.sheet
        put_pointing(sheet, box, self._slip_words(), self.prompt.slip, sheet.style("strong"), id="slip")

    # --- the Wi-Fi -------------------------------------------------------------------------

    def _caption(self) -> str:
        """The network, its password, and what the code is for."""
        sheet, prompt = self.sheet, self.prompt
        lines = [sheet.say(T("Wi-Fi: {name}", name=prompt.wifi_name))] if prompt.wifi_name else [sheet.say(T("Wi-Fi"))]
        if prompt.wifi_password:
            lines.append(sheet.say(T("Password: {password}", password=prompt.wifi_password)))
        return "\n".join([*lines, sheet.say(CAMERA)])

    def _caption_style(self, width: float) -> Style:
        """So large that no line but the last is broken."""
        style = self.sheet.style("label").coloured("ink")
        *lines, _ = self._caption().split("\n")
        widest = max(self.sheet.type.width(line, style) for line in lines)
        return style.scaled(min(1.0, 0.94 * width / widest))

    def _caption_height(self, width: float) -> float:
        return self.sheet.type.height(self._caption(), self._caption_style(width), width)

    def _wifi_height(self, width: float) -> float:
        return max(QR, self._caption_height(width - QR - 96) + 48)

    def _wifi(self, box: Box) -> None:
        """The code and its words, on white in every palette: a telephone's camera wants dark on light."""
        sheet = self.sheet
        sheet.card(box)
        inner = box.inset(16, 16)
        if sheet.stage.landscape:
            room = inner.inset(12, 0)
            low = min(self._caption_height(room.w), inner.h - LEAST_CODE)
            side = min(inner.w, inner.h - low - 8)
            code = inner.top_part(side).centred(side, side)
            place, align = room.bottom_part(low), "centre"
        else:
            side = min(inner.h, QR)
            code = Box(inner.x, inner.y + (inner.h - side) / 2, side, side)
            place, align = Box(code.right + 24, inner.y, inner.right - code.right - 40, inner.h), "start"
        meaning = sheet.say(T("Wi-Fi code: scan it with your phone"))
        sheet.put(QrPicture(sheet, code, self.prompt.wifi, meaning))
        style = self._caption_style(place.w)
        sheet.words(place, self._caption(), style, align=align, valign="middle", id="wifi")
