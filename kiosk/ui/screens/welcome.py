"""The screen that waits for anybody: a picture, a word, and what can be done here."""

from __future__ import annotations

from dataclasses import replace

from kiosk.language import T
from kiosk.prompts import Option, Welcome
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Places, put_head
from kiosk.ui.screens.options import chooser, put_option
from kiosk.ui.screens.parts import POINTING, put_drawing, put_pointing
from kiosk.ui.screens.screen import Screen
from kiosk.ui.theme import Style, Tidy
from kiosk.ui.widgets.button import Kind, inside
from kiosk.ui.widgets.tools import PaleTool, put_tools

TALL, SMALL = 208.0, 168.0
INVITATION_SIDES = 2 * (POINTING + 64 + 20)
DEMO_LINE = 52.0
STAFF, STAFF_HIGH = 140.0, 120.0
"""The way in for staff, at the end of the invitation's line."""
DEMO = T("Demonstration: the devices are virtual")


class WelcomeScreen(Screen[Welcome]):
    def draw(self) -> None:
        sheet = self.sheet
        stage = sheet.stage
        places = Places.on(stage, sheet.look, progress=False)
        put_head(sheet, places, self.actions, None)
        if stage.landscape:
            foot = places.tools.y - 56
            left = Box(72, 124, stage.width / 2 - 132, foot - 124)
            right = Box(stage.width / 2 + 20, 124, stage.width / 2 - 92, foot - 124)
        else:
            left = Box(72, 150, stage.width - 144, 0)
            right = Box(72, 150, stage.width - 144, places.tools.y - 40 - 150)
        left, right = self._bands(left, right)
        options = self._options_box(right, places.touch_top if sheet.look.lowered else stage.height * 0.42)
        self._put_notice_above(right.to_y(options.y - 28))
        if not stage.landscape:
            left = left.to_y(options.y - 64)
        if self.prompt.demo:
            self._demo(Box(72, places.head.bottom + 12, stage.width - 144, DEMO_LINE))
            left = left.from_y(max(left.y, places.head.bottom + 12 + DEMO_LINE))
        self._greet(left)
        self._options(options)
        self._put_bands()
        self._put_staff()
        put_tools(sheet, places.tools, self.actions)

    def _demo(self, place: Box) -> None:
        """Where other screens say how far we are."""
        sheet = self.sheet
        sheet.icon(Box(place.x, place.y + (place.h - 40) / 2, 40, 40), "warn", "warn")
        words = Box(place.x + 56, place.y, place.w - 56, place.h)
        style = sheet.style("label").coloured("warn")
        sheet.words(words, sheet.say(DEMO), style, valign="middle", role=Role.STATUS, id="demo")

    def _invitation_style(self) -> Style:
        return replace(self.sheet.style("link"), tidy=Tidy.READING)

    def _bands(self, left: Box, right: Box) -> tuple[Box, Box]:
        """Invitation (at the foot of the last column in portrait, of the first in landscape), notice above it."""
        sheet, prompt = self.sheet, self.prompt
        self._invitation: Box | None = None
        self._notice: Box | None = None
        column = left if sheet.stage.landscape else right
        self._staff: Box | None = None
        if prompt.staff:
            foot = Box(column.x, column.bottom + 24 - STAFF_HIGH, column.w, STAFF_HIGH)
            self._staff = Box(column.right - STAFF, foot.y, STAFF, STAFF_HIGH)
            column = Box(column.x, column.y, column.w - STAFF - 24, column.h)
        if prompt.invitation is not None:
            width = column.w - INVITATION_SIDES
            lines = sheet.type.height(sheet.say(prompt.invitation), self._invitation_style(), width)
            self._invitation = column.bottom_part(max(92.0, lines + 40))
        below = [box.y for box in (self._invitation, self._staff) if box is not None]
        if below:
            end = min(below) - (28 if self._staff is not None and min(below) == self._staff.y else 36)
            left, right = (left.to_y(end), right) if sheet.stage.landscape else (left, right.to_y(end))
        if prompt.notice is not None and not self._notice_on_top:
            options = 120.0 + -(-len(prompt.options[1:]) // 2) * 148.0
            # What is too long beside the buttons is set smaller.
            height = min(sheet.band_height(sheet.say(prompt.notice), right.w), right.h - 28 - options)
            self._notice = right.bottom_part(height)
            right = right.to_y(self._notice.y - 28)
        return left, right

    @property
    def _notice_on_top(self) -> bool:
        """Lowered in landscape the room below is for what is touched."""
        return self.sheet.stage.landscape and self.sheet.look.lowered

    def _put_notice_above(self, room: Box) -> None:
        if self.prompt.notice is not None and self._notice_on_top:
            height = self.sheet.band_height(self.sheet.say(self.prompt.notice), room.w)
            self._notice = room.bottom_part(min(height, room.h))  # what is too long is set smaller

    def _options_box(self, room: Box, top: float) -> Box:
        """As high as the options want, at the foot of the room; not above `top` if they can help it."""
        rest = len(self.prompt.options[1:])
        self._columns = max(1, min(2, rest))
        while self._columns < rest and 120.0 + -(-rest // self._columns) * 148.0 > room.bottom - top:
            self._columns += 1  # lowered in landscape: fewer rows, narrower buttons
        rows = -(-rest // self._columns)
        want = TALL + rows * (SMALL + 28)
        least = 120.0 + rows * (120.0 + 28)
        height = min(room.h, max(least, min(want, room.bottom - top)))
        return room.bottom_part(height)

    def _greet(self, box: Box) -> None:
        sheet, prompt = self.sheet, self.prompt
        title = sheet.say(prompt.question)
        greetings = " · ".join(greeting for greeting in prompt.greetings if greeting != title)
        title_height = min(box.h * 0.45, sheet.height(title, "greeting", box.w))
        greetings_height = self._one_line(greetings, box) if greetings else 0.0
        y = box.bottom - title_height - greetings_height - 12
        put_drawing(sheet, box.to_y(y - 40), "welcome", valign=0.75)
        sheet.words(Box(box.x, y, box.w, title_height), title, "greeting", role=Role.HEADING, id="question")
        if greetings:
            place = Box(box.x, y + title_height + 12, box.w, greetings_height)
            sheet.words(place, greetings, "greetings", id="greetings")

    def _one_line(self, greetings: str, box: Box) -> float:
        """The height of one line if they go into one, else of as many as they need."""
        style = self.sheet.style("greetings")
        one = self.sheet.type.fit(greetings, style, box.w, style.leading)
        return (
            style.leading
            if not one.cut
            else min(box.h * 0.25, self.sheet.height(greetings, "greetings", box.w))
        )

    def _options(self, box: Box) -> None:
        """The main one large; the others two by two."""
        options, sheet = self.prompt.options, self.sheet
        if not options:
            return
        rows = -(-len(options[1:]) // self._columns)
        part = (box.h - 28 * rows) / (TALL + rows * SMALL)
        tall, small = TALL * part, SMALL * part
        if small < 120:
            small = 120.0
            tall = box.h - rows * (small + 28)
        main = options[0]
        kind = Kind.MAIN if not main.quiet and main.off is None else None
        put_option(self, sheet, box.top_part(tall), main, kind)
        y = box.y + tall + 28
        cell = inside(Box(0, 0, box.w, small).columns([1] * self._columns, 28)[0])
        style = sheet.common("action", [sheet.say(o.label) for o in options[1:] if not o.off], cell.w, cell.h)
        for start in range(1, len(options), self._columns):
            pair = options[start : start + self._columns]
            for place, option in zip(
                Box(box.x, y, box.w, small).columns([1] * len(pair), 28), pair, strict=True
            ):
                put_option(self, sheet, place, option, style=style)
            y += small + 28

    def _put_bands(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        if self._notice is not None and prompt.notice is not None:
            sheet.band(self._notice, sheet.say(prompt.notice), prompt.notice_tone)
        if self._invitation is None or prompt.invitation is None:
            return
        words, style = sheet.say(prompt.invitation), self._invitation_style()
        put_pointing(sheet, self._invitation, words, prompt.where, style, id="invitation", icon="passport")

    def _put_staff(self) -> None:
        """Small and pale: no guest is to take it for theirs."""
        if self._staff is None:
            return
        sheet = self.sheet
        words = sheet.say(T("Staff"))
        style = sheet.style("tool").coloured("muted")
        choose = chooser(self, Option("staff", T("Staff")))
        sheet.put(PaleTool(sheet, self._staff, "option:staff", words, "id-card", choose, style))
