"""What stands at the same place on every screen: head, question, notice, actions, tools.

Portrait: all in one column. Landscape: question and actions at the start, what the question is
about beside them. `Frame.body` is what is left for the screen's own things.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from kivy.clock import Clock

from kiosk.language import T, Text
from kiosk.prompts import Progress
from kiosk.ui.accessible import Role
from kiosk.ui.geometry import Box, Stage
from kiosk.ui.screens.screen import Actions, Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Look, Style
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.area import Area
from kiosk.ui.widgets.button import Button, Kind, inside
from kiosk.ui.widgets.piece import Piece
from kiosk.ui.widgets.tools import put_staff_tools, put_tools
from kiosk.ui.widgets.words import Words

BACK = T("Back")
BACK_AT_MOST = 1.25
"""How much larger than the main action's words Back may be."""
AIR = 20.0
"""In landscape, between how far we are and the question; what stands beside it has no such room."""
QUESTION_AT_MOST = 440.0
"""A question higher than this, with somebody's long name in it, becomes smaller."""
STAFF_HEAD, STAFF_HEAD_WIDE, STAFF_ACTION = 124.0, 104.0, 136.0
"""How high the head of staff's screens and their actions are …"""
STAFF_WORDS = 60.0
"""… and the words at the foot of that head."""


@dataclass(frozen=True)
class Places:
    """Where the fixed things stand, in design pixels."""

    head: Box
    progress: Box
    step: Box
    text: Box  # question and help, down to the actions
    body: Box  # where the screen's own things may stand at most
    actions: Box
    tools: Box
    touch_top: float  # nothing above it wants a touch

    @classmethod
    def on(cls, stage: Stage, look: Look, progress: bool, split: float = 0.0, staff: bool = False) -> Places:
        """`split`: in landscape, where the second column begins (0: half). `staff`: under their own head."""
        if staff:
            return cls._staff(stage, look, progress, split)
        w, h = stage.width, stage.height
        lowest = 2 if look.lowered else 3
        if not stage.landscape:
            top = 252.0 if progress else 172.0
            column = Box(72, top, w - 144, h - 390 - top)
            return cls(
                Box(72, 56, w - 144, 60), Box(72, 146, w - 144, 10), Box(72, 168, w - 144, 56),
                column, column, Box(72, h - 390, w - 144, 160), Box(0, h - 196, w, 196), h / lowest,
            )  # fmt: skip
        top = 196.0 if progress else 128.0
        bottom = h - 202
        second = split or w / 2 + 40
        return cls(
            Box(72, 40, w - 144, 60), Box(72, 116, w - 144, 10), Box(72, 134, w - 144, 52),
            Box(72, top + AIR, second - 60 - 72, bottom - 150 - 28 - top - AIR), Box(second, top, w - 72 - second, bottom - top),
            Box(72, bottom - 150, second - 60 - 72, 150), Box(0, h - 130, w, 130),
            h / 2 if look.lowered else h / 6,
        )  # fmt: skip

    @classmethod
    def _staff(cls, stage: Stage, look: Look, progress: bool, split: float) -> Places:
        """Head and text higher, actions lower by as much as their words are smaller; their foot stays."""
        guest = cls.on(stage, look, progress, split)
        bar = STAFF_HEAD_WIDE if stage.landscape else STAFF_HEAD
        steps = replace(guest.progress, y=bar + 22)
        step = replace(guest.step, y=bar + 40)
        top = step.bottom + 12 if progress else bar + (44 if not stage.landscape else 28)
        actions = guest.actions.bottom_part(STAFF_ACTION)
        text = guest.text.from_y(top + (AIR if stage.landscape else 0))
        if stage.landscape:
            text = text.to_y(actions.y - 28)
        head = Box(guest.head.x, bar - STAFF_WORDS - 8, guest.head.w, STAFF_WORDS)
        return replace(guest, head=head, progress=steps, step=step, text=text, body=guest.body.from_y(top), actions=actions)


@dataclass(frozen=True)
class Action:
    """One button of the row that is at the same place on every screen."""

    id: str
    label: Text
    act: Callable[[], Any]
    kind: Kind = Kind.MAIN
    off: Text | None = None
    icon: str = ""


class Frame:
    """Lays the fixed things out and says what is left."""

    def __init__(
        self,
        screen: Screen[Any],
        *,
        actions: Sequence[Action] = (),
        least: float = 0.0,
        reserve: float = 0.0,
        split: float = 0.0,
        question_style: str = "question",
        question: Text | None = None,
        with_help: bool = True,
        help_words: Text | None = None,
        back: Callable[[], Any] | None = None,
    ) -> None:
        """`least`: how high the screen's own things must be; question and help become smaller for them.

        `reserve`: in landscape, what the screen itself wants under question and help.
        `question`, `help_words`: instead of the prompt's own.
        `back`: where Back leads within this screen; else it leads to the step before, where there is one.
        """
        self.screen, self.sheet = screen, screen.sheet
        screen.frame = self
        self.actions_row = actions
        self.back = back or (screen.actions.back if screen.scene.back else None)
        prompt, scene = screen.prompt, screen.scene
        self.question, self.help = question or prompt.question, help_words or (prompt.help if with_help else None)
        stage = self.sheet.stage
        staff = scene.signed_in is not None
        self.places = Places.on(stage, self.sheet.look, scene.progress is not None, split, staff)
        self.leaves = put_head(self.sheet, self.places, screen.actions, scene.progress, scene.signed_in, prompt.leaves_in_s)
        self._row = self._action_boxes()
        self._text(reserve if stage.landscape else least, question_style)

    # --- question and help -----------------------------------------------------------------

    def _text(self, least: float, question_style: str) -> None:
        sheet, places, prompt = self.sheet, self.places, self.screen.prompt
        text = places.text
        end = places.actions.y - 28 if self._row else places.actions.bottom
        self.notice: Box | None = None
        if prompt.notice is not None:
            words = sheet.say(prompt.notice)
            height = min(sheet.band_height(words, text.w), text.h / 3)
            self.notice = Box(text.x, end - height, text.w, height)
            end = self.notice.y - 28
        question = sheet.say(self.question)
        help_words = sheet.say(self.help) if self.help else ""
        room = max(160.0, end - text.y - least - 28)
        gap = 20.0 if help_words else 0.0
        styles = self._sizes(question, help_words, question_style, text.w, room - gap)
        want = sheet.type.height(question, styles[0], text.w)
        want_help = sheet.type.height(help_words, styles[1], text.w)
        if want + gap + want_help > room:  # even at their smallest: words are lost, but never the buttons
            want = max(styles[0].leading, room - gap - want_help) if want_help < room / 2 else room / 2
            want_help = max(0.0, room - gap - want)
        heading = self.heading = sheet.words(
            Box(text.x, text.y, text.w, want), question, styles[0], role=Role.HEADING, id="question"
        )
        y = text.y + heading.setting.height
        if help_words:
            helped = sheet.words(Box(text.x, y + gap, text.w, want_help), help_words, styles[1], id="help")
            y += gap + helped.setting.height
        self.text_end = y
        if sheet.stage.landscape:
            self.body = places.body
        else:
            self.body = Box(text.x, y + 28, text.w, end - y - 28)

    def _sizes(
        self, question: str, help_words: str, name: str, width: float, room: float
    ) -> tuple[Style, Style]:
        """Question and help, both smaller by the same share until they have room."""
        type_ = self.sheet.type
        full, full_help = self.sheet.style(name), self.sheet.style("help")
        for step in range(13):
            styles = full.scaled(1 - 0.05 * step), full_help.scaled(1 - 0.04 * step)
            high = type_.height(question, styles[0], width)
            if high <= QUESTION_AT_MOST and high + type_.height(help_words, styles[1], width) <= room:
                break
        return styles

    def moves_on(self, question: Text, leaves_in_s: int | None) -> bool:
        """Other words in the same places; False, and nothing is changed, where the question wants other room."""
        sheet, old = self.sheet, self.heading
        words = sheet.say(question)
        setting = sheet.type.fit(words, sheet.style("question"), old.box.w)
        if words != old.text and (setting.height != old.setting.height or setting.style != old.setting.style):
            return False
        if words != old.text:
            old.write(words, setting.style)
        self.tell(leaves_in_s)
        return True

    def tell(self, leaves_in_s: int | None) -> None:
        """The time until the sign-off, where it stands in the head."""
        if self.leaves is not None and leaves_in_s is not None:
            self.leaves.write(self.sheet.say(signs_off(leaves_in_s)), self.leaves.setting.style)

    @property
    def touch(self) -> Box:
        """The part of the body where something may want a touch."""
        return self.body.from_y(max(self.body.y, self.places.touch_top))

    # --- actions ---------------------------------------------------------------------------

    def _action_boxes(self) -> list[Box]:
        back = 1 if self.back else 0
        count = len(self.actions_row)
        row = self.places.actions
        if count + back == 0:
            return []
        if not back:
            return row.columns([1] * count, 28)
        if count == 0:
            return [Box(row.x, row.y, min(300.0, row.w / 3), row.h)]
        shares = [0.5, 1.0133] if count == 1 else [0.7] + [1.0] * count
        return row.columns(shares, 28)

    def finish(self) -> list[Button]:
        """Notice, actions and tools: last in reading order. Returns the actions' buttons."""
        sheet, screen = self.sheet, self.screen
        if self.notice is not None and screen.prompt.notice is not None:
            sheet.band(self.notice, sheet.say(screen.prompt.notice), screen.prompt.notice_tone)
        boxes = list(self._row)
        back = boxes.pop(0) if self.back else None
        rows = list(zip(boxes, self.actions_row, strict=True))
        labels = [sheet.say(action.label) for _, action in rows if not action.off and not action.icon]
        cell = inside(min(boxes, key=lambda box: box.w)) if boxes else self.places.actions
        style = sheet.common("action", labels, cell.w, cell.h)  # neighbours look alike
        if back is not None and self.back:
            full = sheet.style("action")
            size = full.scaled(min(1.0, BACK_AT_MOST * style.size / full.size))
            sheet.button(back, "back", BACK, self.back, Kind.QUIET, keep=True, style=size)
        buttons = [
            sheet.button(
                box, action.id, action.label, action.act, action.kind,
                off=sheet.say(action.off) if action.off else "", icon=action.icon, style=style,
            )
            for box, action in rows
        ]  # fmt: skip
        (put_tools if screen.scene.signed_in is None else put_staff_tools)(sheet, self.places.tools, screen.actions)
        return buttons


class Steps(Piece):
    """Where we are: one bar per step."""

    def __init__(self, sheet: Sheet, box: Box, step: int, of: int) -> None:
        super().__init__(sheet, box)
        for number, part in enumerate(box.columns([1] * of, 12 if of < 12 else 4), start=1):
            token = "accent" if number < step else "accent_half" if number == step else "line"
            paint.fill(self.canvas, self.window(part), self.rgba(token), self.px(5))


class ClockWords(Words):
    """The time in the hotel, brought up to date when the minute changes and not before."""

    def __init__(self, sheet: Sheet, box: Box, actions: Actions, colour: str = "muted") -> None:
        self._actions = actions
        self._style = sheet.style("clock").coloured(colour)
        self._timer: Any = None
        super().__init__(sheet, box, self._time(sheet), self._style, align="end", valign="middle", id="clock")

    def _time(self, sheet: Sheet) -> str:
        return sheet.say(Text("{_}", (("_", self._actions.now().time()),)))

    def on_parent(self, _: Any, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if parent is not None:
            self._timer = Clock.schedule_once(self._next, 60 - self._actions.now().second)

    def _next(self, _: float) -> None:
        self.write(self._time(self.sheet), self._style)
        self._timer = Clock.schedule_once(self._next, 60 - self._actions.now().second)


def signs_off(leaves_in_s: int) -> Text:
    """When who works here is signed off: "Signs off in 0:58"."""
    return T("Signs off in {time}", time=f"{leaves_in_s // 60}:{leaves_in_s % 60:02}")


def put_head(
    sheet: Sheet,
    places: Places,
    actions: Actions,
    progress: Progress | None,
    signed_in: Text | None = None,
    leaves_in_s: int | None = None,
) -> Words | None:
    """The hotel's name – or who of its staff works here, on the hotel's colour –, the time, and how far we are.

    With `leaves_in_s` the time until the sign-off instead: the words that say it."""
    style = sheet.style("clock")
    clock_width = sheet.type.width("00:00 mmm", style)
    if leaves_in_s is not None:
        clock_width = sheet.type.width(sheet.say(signs_off(600)), style)
    start, end = places.head.columns([places.head.w - clock_width, clock_width], 28)
    if signed_in is None:
        sheet.words(start, actions.hotel_name, "brand", valign="middle", id="brand")
    else:
        sheet.put(Area(sheet, Box(0, 0, sheet.stage.width, places.head.bottom + 8), "accent", radius=0))
        sheet.icon(Box(start.x, start.y + (start.h - 48) / 2, 48, 48), "id-card", "on_accent")
        who = Box(start.x + 68, start.y, start.w - 68, start.h)
        sheet.words(who, sheet.say(signed_in), "staff", valign="middle", role=Role.STATUS, id="signed-in")
    right = Box(places.head.right - clock_width, places.head.y, clock_width, places.head.h)
    colour = "muted" if signed_in is None else "on_accent"
    leaves = None
    if leaves_in_s is None:
        sheet.put(ClockWords(sheet, right, actions, colour))
    else:
        words = sheet.say(signs_off(leaves_in_s))
        leaves = sheet.words(right, words, style.coloured(colour), align="end", valign="middle", id="signs-off")
    if progress is None:
        return leaves
    sheet.put(Steps(sheet, places.progress, progress.step, progress.of))
    where = T("{step} of {of} · {label}", step=progress.step, of=progress.of, label=progress.label)
    sheet.words(places.step, sheet.say(where), "label", valign="middle", role=Role.PROGRESS, id="progress")
    return leaves
