"""Is this right? Correct, agree, sign. On one page where it goes, else rows first and the signature last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kiosk.language import T
from kiosk.prompts import Chosen, RegistrationCard, Row, Signed
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.piece import Control
from kiosk.ui.widgets.signature import LEAST_LENGTH, SignaturePad, length

PAD = 250.0
LINKS = 120.0
EDGE = 20.0
SIDE = 40.0
CLEAR = 206.0
GO_ON = T("Go on")


@dataclass(frozen=True)
class Shape:
    """How a row is set: beside each other, or `stacked` where the value is long."""

    height: float
    label: float
    value: float
    mark: float
    stacked: bool = False


class CardRow(Control):
    """Label, value and where it comes from; the whole row answers to a touch where it can be changed."""

    role = Role.ROW

    def __init__(self, sheet: Sheet, box: Box, row: Row, shape: Shape, act: Callable[[], Any]) -> None:
        super().__init__(sheet, box, f"row:{row.field}" if row.field else "row", act, enabled=bool(row.field))
        self.name = sheet.say(row.label)
        self.value, mark, token = marked(sheet, row)
        self.changeable = bool(row.field)
        first = box
        if shape.stacked:
            first = box.top_part(min(sheet.style("label").leading + 8, box.h * 0.4))
            below = box.from_y(first.bottom)
            self._say(below, self.value, sheet.style("value"))
            self._say(Box(box.x, first.y, box.w - shape.mark, first.h), self.name, sheet.style("label"))
        else:
            self._say(Box(box.x, box.y, shape.label - 20, box.h), self.name, sheet.style("label"))
            self._say(Box(box.x + shape.label, box.y, shape.value, box.h), self.value, sheet.style("value"))
        if mark:
            place = Box(box.right - shape.mark + 16, first.y, shape.mark - 16, first.h)
            self._say(place, mark, sheet.style("link").coloured(token), "end")
            self.value = f"{self.value} · {mark}" if self.value else mark

    def _say(self, box: Box, text: str, style: Any, align: str = "start") -> None:
        self.letter(box, text, style, align=align)

    def show_pressed(self, pressed: bool) -> None:
        self.canvas.before.clear()
        if pressed:
            paint.fill(self.canvas.before, self.rect, self.rgba("touched"), self.px(16))

    def node(self) -> Node | None:
        return Node(
            self.id, self.role, self.name, self.bounds(), self.value,
            touchable=self.changeable, enabled=self.alive, focus=self._ring is not None,
        )  # fmt: skip


def marked(sheet: Sheet, row: Row) -> tuple[str, str, str]:
    """(value, what stands at the end of the row, its colour)."""
    value = sheet.say(row.value)
    if row.missing:
        return value, "! " + sheet.say(T("Fill in")), "warn"
    if row.field:
        return value, sheet.say(T("Change")), "accent"
    return value, sheet.say(row.proof) if row.proof else "", "ok"


class RegistrationCardScreen(Screen[RegistrationCard]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        stage = sheet.stage
        self.split = stage.width * 0.45 if stage.landscape else 0.0
        self.width = (stage.width - 144) if not stage.landscape else stage.width - 72 - self.split
        self._measure()
        rows = sum(shape.height for shape in self.shapes) + 2 * EDGE
        pad = (PAD if not stage.landscape else 200.0) + 28 if prompt.signature else 0.0
        links = 0.0 if stage.landscape else LINKS + 28
        room = self._room()
        if rows + links + pad <= room:
            self._one_page(rows, pad)
            return
        self.pages = self._pages(room - links)
        last = len(self.pages) - (0 if prompt.signature else 1)
        page = min(self.draft.page, last)
        if page == len(self.pages):
            self._sign_page()
        else:
            self._rows_page(page, last)

    def _room(self) -> float:
        """How high the body can be: question and help at their largest leave at least half."""
        sheet, prompt = self.sheet, self.prompt
        stage = sheet.stage
        if stage.landscape:
            top = max(196.0, stage.height / 2 if sheet.look.lowered else 0.0)
            return stage.height - 202 - top
        help_height = sheet.height(sheet.say(prompt.help), "help", self.width) + 16 if prompt.help else 0.0
        text = sheet.height(sheet.say(prompt.question), "question", self.width) + help_height
        top = 252 + min(text, 520.0) + 28
        if sheet.look.lowered:
            top = max(top, stage.height / 2)
        return stage.height - 390 - 28 - top

    def _measure(self) -> None:
        """How each row is set, and how high it gets."""
        sheet = self.sheet
        inner = self.width - 2 * SIDE
        labels = [sheet.say(row.label) for row in self.prompt.rows]
        widest = max((sheet.type.width(label, sheet.style("label")) for label in labels), default=0.0)
        self.label_width = min(widest + 28, inner * 0.32)
        self.shapes = [
            self._shape(row, label, inner) for row, label in zip(self.prompt.rows, labels, strict=True)
        ]

    def _shape(self, row: Row, label: str, inner: float) -> Shape:
        sheet = self.sheet
        value, mark, _ = marked(sheet, row)
        mark_width = min(sheet.type.width(mark, sheet.style("link")) + 24, inner * 0.4) if mark else 0.0
        value_width = inner - self.label_width - mark_width
        high = max(
            sheet.height(value, "value", value_width), sheet.height(label, "label", self.label_width - 20)
        )
        stacked = high > 2.2 * sheet.style("value").leading
        if stacked:
            high = sheet.height(value, "value", inner) + sheet.style("label").leading + 8
        least = 144.0 if row.field else 68.0 if sheet.stage.landscape else 84.0
        whole = max(least, high + (28 if row.field else 14))
        return Shape(whole, self.label_width, value_width, mark_width, stacked)

    def _pages(self, room: float) -> list[tuple[int, int]]:
        """Rows (from, to) of each page."""
        pages, start, high = [], 0, 2 * EDGE
        for number, shape in enumerate(self.shapes):
            if number > start and high + shape.height > room:
                pages.append((start, number))
                start, high = number, 2 * EDGE
            high += shape.height
        return [*pages, (start, len(self.shapes))]

    # --- pages -----------------------------------------------------------------------------

    def _one_page(self, rows: float, pad: float) -> None:
        links = 0.0 if self.sheet.stage.landscape else LINKS + 28
        frame = Frame(
            self, actions=(self._agree(),), least=rows + links + pad, reserve=LINKS + 52, split=self.split
        )
        body = self._below(frame, rows + links + pad)
        # What room is left goes to the rows first, then to the signature.
        spare = max(0.0, body.h - rows - links - pad)
        card = body.top_part(rows + min(spare * 0.4, 12.0 * len(self.shapes)))
        self._rows(card, 0, len(self.shapes))
        below = self._links(frame, card.bottom)
        if self.prompt.signature:
            self._pad(Box(body.x, below, body.w, min(body.bottom - below, 380.0)))
        self._finish(frame)

    def _rows_page(self, page: int, last: int) -> None:
        self.draft.page = page
        go_on = Action("go-on", GO_ON, lambda: self._turn(page + 1)) if page < last else self._agree()
        start, end = self.pages[page]
        rows = sum(shape.height for shape in self.shapes[start:end]) + 2 * EDGE
        links = 0.0 if self.sheet.stage.landscape else LINKS + 28
        frame = Frame(
            self,
            actions=(go_on,),
            least=rows + links,
            reserve=LINKS + 52,
            split=self.split,
            back=self._back_from(page),
        )
        body = self._below(frame, rows + links)
        card = body.top_part(min(rows, body.h - links))
        self._rows(card, start, end)
        self._links(frame, card.bottom)
        self._finish(frame)

    def _sign_page(self) -> None:
        frame = Frame(
            self,
            actions=(self._agree(),),
            least=PAD + 100,
            split=self.split,
            back=self._back_from(len(self.pages)),
        )
        body = self._below(frame, PAD)
        self._pad(body.bottom_part(min(body.h, 520.0)))
        self._finish(frame)

    def _below(self, frame: Frame, need: float) -> Box:
        """The body; lowered, only as much of it as the guest can reach."""
        top = max(frame.body.y, min(frame.places.touch_top, frame.body.bottom - need))
        return frame.body.from_y(top) if self.sheet.look.lowered else frame.body

    def _back_from(self, page: int) -> Callable[[], Any] | None:
        return (lambda: self._turn(page - 1)) if page else None

    def _turn(self, page: int) -> None:
        self.draft.page = page
        self.actions.redraw()

    # --- parts -----------------------------------------------------------------------------

    def _rows(self, card: Box, start: int, end: int) -> None:
        sheet = self.sheet
        sheet.card(card)
        whole = sum(shape.height for shape in self.shapes[start:end])
        part = (card.h - 2 * EDGE) / max(1.0, whole)
        y = card.y + EDGE
        for number in range(start, end):
            row, high = self.prompt.rows[number], self.shapes[number].height * part
            place = Box(card.x + SIDE, y, card.w - 2 * SIDE, high)
            if row.field:  # 120 to hit, 24 to the next
                place = place.inset(0, min(12.0, max(0.0, (high - 120) / 2)))
            if number > start:
                line = Box(card.x + SIDE, y - 1, card.w - 2 * SIDE, 2)
                sheet.put(_line(sheet, line))
            sheet.put(CardRow(sheet, place, row, self.shapes[number], self._changer(row)))
            y += high

    def _changer(self, row: Row) -> Callable[[], Any]:
        return lambda: self.actions.answer(Chosen(f"change:{row.field}"))

    def _links(self, frame: Frame, y: float) -> float:
        """House rules, and what is kept. In landscape at the start, above the actions. Returns the next y."""
        sheet, prompt = self.sheet, self.prompt
        if sheet.stage.landscape:
            text = frame.places.text
            end = frame.places.actions.y - 28
            room = end - frame.text_end - 24
            if room >= 2 * LINKS + 24 and not sheet.look.lowered:
                boxes = Box(text.x, end - 2 * LINKS - 24, text.w, 2 * LINKS + 24).rows(2, 24)
            else:
                boxes = Box(text.x, end - LINKS, text.w, LINKS).columns([0.8, 1.2], 28)
        else:
            boxes = Box(72, y + 28, self.width, LINKS).columns([0.85, 1.15], 28)
        for box, id, label in zip(boxes, ("rules", "kept"), (prompt.rules, prompt.kept), strict=True):
            sheet.button(box, id, label, self._linker(id), Kind.QUIET, style="link", colour="accent")
        return y + 28 if sheet.stage.landscape else y + LINKS + 56

    def _linker(self, id: str) -> Callable[[], Any]:
        return lambda: self.actions.answer(Chosen(id))

    def _pad(self, box: Box) -> None:
        sheet = self.sheet
        writing = Box(box.x, box.y, box.w - CLEAR - 30, box.h)
        caption = sheet.say(T("Sign with your finger"))
        self.pad: SignaturePad = sheet.put(
            SignaturePad(sheet, box, writing, caption, self.draft.strokes, self._changed)
        )
        place = Box(box.right - CLEAR - 6, box.y + 6, CLEAR, min(box.h - 12, 130.0))
        sheet.button(
            place, "clear", T("Clear"), self.pad.clear, Kind.PLAIN, style="link", colour="accent", keep=True
        )

    # --- answer ----------------------------------------------------------------------------

    def _agree(self) -> Action:
        return Action("agree", self.prompt.action, self._answer)

    def _finish(self, frame: Frame) -> None:
        self.button: Button = frame.finish()[-1]
        self._changed()

    def _changed(self) -> None:
        # What is missing on a page to come is asked there.
        reached = self.pages[self.draft.page][1] if not self.button_signs else len(self.prompt.rows)
        ready = not any(row.missing for row in self.prompt.rows[:reached])
        if self.button_signs:
            ready = ready and (not self.prompt.signature or length(self.draft.strokes) >= LEAST_LENGTH)
        if ready != self.button.enabled:
            self.button.show_enabled(ready)

    @property
    def button_signs(self) -> bool:
        return self.button.id == "agree"

    def _answer(self) -> None:
        strokes = tuple(tuple(stroke) for stroke in self.draft.strokes)
        aspect = self.pad.aspect if self.prompt.signature else 1.0
        self.actions.answer(Signed(strokes, aspect))


def _line(sheet: Sheet, box: Box) -> Any:
    from kiosk.ui.widgets.area import Area

    return Area(sheet, box, "line", radius=0)
