"""Pick a day: a near one from a calendar, a far one by its digits."""

from __future__ import annotations

from datetime import date

from kiosk.language import T, Text
from kiosk.prompts import DateEntry, Picked, Tone
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.calendar import PARTS, Calendar, as_date, as_digits, order, split
from kiosk.ui.widgets.number_pad import NumberPad

NAMES = {"d": T("Day"), "m": T("Month"), "y": T("Year")}
EMPTY = "–"
GO_ON = T("Go on")


class DateEntryScreen(Screen[DateEntry]):
    def draw(self) -> None:
        if self.prompt.far:
            self._draw_far()
        else:
            self._draw_near()

    @property
    def day(self) -> date | None:
        return self.draft.day or self.prompt.value

    def _error_height(self, width: float) -> float:
        if self.prompt.error is None:
            return 0.0
        return self.sheet.band_height(self.sheet.say(self.prompt.error), width) + 28

    def _put_error(self, box: Box) -> Box:
        """A band at the top of the box; returns what is left of it."""
        height = self._error_height(box.w)
        if self.prompt.error is None:
            return box
        place = box.top_part(height - 28)
        self.sheet.band(place, self.sheet.say(self.prompt.error), Tone.WARN, id="error")
        return box.from_y(box.y + height)

    # --- near ------------------------------------------------------------------------------

    def _draw_near(self) -> None:
        sheet, prompt, draft = self.sheet, self.prompt, self.draft
        landscape = sheet.stage.landscape
        split = sheet.stage.width - 72 - 984 if landscape else 0.0
        frame = Frame(self, actions=(Action("go-on", GO_ON, self._answer),), least=760, split=split)
        body = self._put_error(frame.body)
        top = max(body.y, frame.places.touch_top)
        box = Box(body.x, top, body.w, body.bottom - top)
        if not landscape:
            box = Box(48, top, sheet.stage.width - 96, body.bottom - top - 20)
        sheet.put(
            Calendar(
                sheet, box, earliest=prompt.earliest, latest=prompt.latest, picked=self.day,
                first_week=draft.first_week, today=self.actions.now().date(), pick=self._pick, turn=self._turn,
            )
        )  # fmt: skip
        button = frame.finish()[-1]
        if self.day is None:
            button.show_enabled(False)

    def _pick(self, day: date) -> None:
        self.draft.day = day
        self.actions.redraw()

    def _turn(self, week: date) -> None:
        self.draft.first_week = week
        self.actions.redraw()

    # --- far -------------------------------------------------------------------------------

    def _draw_far(self) -> None:
        sheet = self.sheet
        self.order = order(sheet.language.locale)
        if self.draft.text is None and self.prompt.value is not None:
            digits = as_digits(self.prompt.value, self.order)
        else:
            digits = self.draft.text or ""
        self.digits = digits
        landscape = sheet.stage.landscape
        frame = Frame(
            self,
            actions=(Action("go-on", GO_ON, self._answer),),
            least=900,
            reserve=340 + self._error_height(sheet.stage.width / 2 - 92),
        )
        if landscape:
            end = frame.places.actions.y - 28
            left = Box(
                frame.places.text.x, frame.text_end + 28, frame.places.text.w, end - frame.text_end - 28
            )
            left = self._put_error(left)
            self._fields(left.top_part(min(200.0, left.h)))
            self._echo(left.from_y(left.y + 200))
            pad = frame.body.from_y(max(frame.body.y, frame.places.touch_top))
        else:
            body = self._put_error(frame.body)
            self._fields(body.top_part(190))
            self._echo(Box(body.x, body.y + 198, body.w, 84))
            pad = body.from_y(max(body.y + 290, frame.places.touch_top))
        sheet.put(NumberPad(sheet, pad, self._type, self._erase))
        button = frame.finish()[-1]
        if self._date() is None:
            button.show_enabled(False)

    def _fields(self, box: Box) -> None:
        """Day, month and year in the language's order; the one to be typed next is marked."""
        sheet, parts = self.sheet, split(self.digits, self.order)
        boxes = box.columns([PARTS[part] + 0.6 for part in self.order], 24)
        waiting = next((part for part in self.order if len(parts[part]) < PARTS[part]), "")
        for place, part in zip(boxes, self.order, strict=True):
            label, cell = place.top_part(56), place.from_y(place.y + 60)
            sheet.words(label, sheet.say(NAMES[part]), "label", valign="middle", id=f"{part}:label")
            sheet.put(
                Area(
                    sheet,
                    cell,
                    "card",
                    "accent" if part == waiting else "line",
                    line=6 if part == waiting else 0,
                )
            )
            shown = parts[part].ljust(PARTS[part], EMPTY)
            sheet.words(
                cell.inset(12), shown, "field", align="centre", valign="middle", role=Role.FIELD, id=part
            )

    def _date(self) -> date | None:
        found = as_date(self.digits, self.order)
        return found if found and self.prompt.earliest <= found <= self.prompt.latest else None

    def _echo(self, box: Box) -> None:
        """The day in words, or why it can't be: two people read 03/04 differently."""
        sheet, complete = self.sheet, len(self.digits) == sum(PARTS.values())
        found = self._date()
        if found is not None:
            words = sheet.say(Text("{_}", (("_", found),)))
            sheet.words(
                box, words, sheet.style("strong").coloured("ok"), valign="middle", role=Role.STATUS, id="echo"
            )
        elif complete:
            height = min(box.h, 84.0)
            sheet.band(box.top_part(height), sheet.say(T("This day can’t be right")), Tone.WARN, id="echo")

    def _type(self, digit: str) -> None:
        if len(self.digits) < sum(PARTS.values()):
            self.draft.text = self.digits + digit
            self.actions.redraw()

    def _erase(self) -> None:
        self.draft.text = self.digits[:-1]
        self.actions.redraw()

    def _answer(self) -> None:
        day = self._date() if self.prompt.far else self.day
        if day is not None:
            self.actions.answer(Picked(day))
