"""The screen that waits for anybody: a picture, a word, and what can be done here."""

from __future__ import annotations

from kiosk.language import T
from kiosk.prompts import Tone, Welcome
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Places, put_head
from kiosk.ui.screens.options import put_option
from kiosk.ui.screens.parts import put_drawing
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.tools import put_tools

DEMO = T("Demonstration: the devices are virtual")


class WelcomeScreen(Screen[Welcome]):
    def draw(self) -> None:
        sheet = self.sheet
        places = Places.on(sheet.stage, sheet.look, progress=False)
        put_head(sheet, places, self.actions, None)
        if sheet.stage.landscape:
            bottom = places.tools.y - 48
            left = Box(72, 124, sheet.stage.width / 2 - 132, bottom - 124)
            right = Box(sheet.stage.width / 2 + 20, 124, sheet.stage.width / 2 - 92, bottom - 124)
            if sheet.look.lowered:
                right = right.from_y(places.touch_top)
        else:
            left = Box(72, 150, sheet.stage.width - 144, sheet.stage.height * 0.475 - 150)
            right = Box(72, 0, sheet.stage.width - 144, places.tools.y - 36).from_y(
                sheet.stage.height / 2 if sheet.look.lowered else sheet.stage.height * 0.485
            )
        left, right = self._invitation(left, right)
        if self.prompt.notice is not None:
            words = sheet.say(self.prompt.notice)
            height = sheet.band_height(words, right.w)
            self._notice: Box | None = right.bottom_part(height)
            right = right.to_y(self._notice.y - 36)
        else:
            self._notice = None
        self._greet(left)
        self._options(right)
        put_tools(sheet, places.tools, self.actions)

    def _invitation(self, left: Box, right: Box) -> tuple[Box, Box]:
        """At the foot of the second column in portrait, of the first in landscape."""
        invitation = self.prompt.invitation
        self._band: Box | None = None
        if invitation is None:
            return left, right
        column = left if self.sheet.stage.landscape else right
        height = max(88.0, self.sheet.height(self.sheet.say(invitation), "link", column.w - 150) + 36)
        self._band = column.bottom_part(height)
        shorter = column.to_y(column.bottom - height - 36)
        return (shorter, right) if self.sheet.stage.landscape else (left, shorter)

    def _greet(self, box: Box) -> None:
        sheet, prompt = self.sheet, self.prompt
        greetings = " · ".join(prompt.greetings)
        title = sheet.say(prompt.question)
        title_height = min(box.h * 0.45, sheet.height(title, "greeting", box.w))
        greetings_height = min(box.h * 0.25, sheet.height(greetings, "help", box.w)) if greetings else 0.0
        y = box.bottom - title_height - greetings_height - 12
        if prompt.demo:
            demo = sheet.say(DEMO)
            height = sheet.band_height(demo, box.w)
            sheet.band(Box(box.x, box.y, box.w, height), demo, Tone.WARN, id="demo")
            box = box.from_y(box.y + height + 24)
        put_drawing(sheet, box.to_y(y - 24), "welcome")
        sheet.words(Box(box.x, y, box.w, title_height), title, "greeting", role=Role.HEADING, id="question")
        if greetings:
            place = Box(box.x, y + title_height + 12, box.w, greetings_height)
            sheet.words(place, greetings, "help", id="greetings")

    def _options(self, box: Box) -> None:
        """The main one large; the others two by two."""
        options = self.prompt.options
        sheet = self.sheet
        rest = options[1:]
        rows = -(-len(rest) // 2)
        small = min(168.0, (box.h - 208 - 28 * rows) / max(1, rows)) if rows else 0.0
        small = max(120.0, small)
        tall = min(208.0, box.h - rows * (small + 28))
        y = box.y
        if sheet.stage.landscape:
            y = box.bottom - tall - rows * (small + 28)
            y -= max(0.0, (y - box.y) / 2)
        if options:
            main = options[0]
            kind = Kind.MAIN if not main.quiet and main.off is None else None
            put_option(self, sheet, Box(box.x, y, box.w, tall), main, kind)
            y += tall + 28
        for row in range(rows):
            pair = rest[2 * row : 2 * row + 2]
            for place, option in zip(
                Box(box.x, y, box.w, small).columns([1] * len(pair), 28), pair, strict=True
            ):
                put_option(self, sheet, place, option)
            y += small + 28
        if self._notice is not None and self.prompt.notice is not None:
            sheet.band(self._notice, sheet.say(self.prompt.notice), self.prompt.notice_tone)
        if self._band is not None and self.prompt.invitation is not None:
            self._invite(self._band, sheet.say(self.prompt.invitation))

    def _invite(self, box: Box, words: str) -> None:
        sheet = self.sheet
        sheet.put(Area(sheet, box, "accent_soft"))
        inner = box.inset(36, 14)
        side = min(64.0, inner.h)
        sheet.icon(Box(inner.x, inner.y + (inner.h - side) / 2, side, side), "passport", "accent")
        place = Box(inner.x + side + 24, inner.y, inner.w - side - 24, inner.h)
        sheet.words(place, words, "link", valign="middle", id="invitation")
