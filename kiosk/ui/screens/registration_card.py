"""Is this right? Fill in, correct, agree, sign: on one page where it goes, else the signature on the last."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.language import T
from kiosk.prompts import Chosen, RegistrationCard, Row, Signed
from kiosk.ui.geometry import Box
from kiosk.ui.screens.card_lines import CardLines
from kiosk.ui.screens.frame import Action, Frame
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.button import Button, Kind
from kiosk.ui.widgets.signature import LEAST_LENGTH, SignaturePad, length

PAD, PAD_WIDE = 236.0, 300.0
PAD_AT_MOST = 600.0
LINKS = 120.0
CLEAR = 206.0
GO_ON = T("Go on")
FILL_IN = T("Fill in what is missing")
SIGN = T("Please sign")


class RegistrationCardScreen(Screen[RegistrationCard]):
    def draw(self) -> None:
        prompt, stage = self.prompt, self.sheet.stage
        self.split = stage.width * 0.45 if stage.landscape else 0.0
        self.width = (stage.width - 144) if not stage.landscape else stage.width - 72 - self.split
        self.lines = CardLines(self.sheet, prompt.rows, self.width)
        self.missing = any(row.missing for row in prompt.rows)
        room = self._room()
        self.pages = self.lines.pages(room)
        start, end = self.pages[-1]
        # The last page signs; where its rows leave no room for that, it gets a page of its own.
        if not self.missing and self.lines.height(start, end) + self._foot() > room:
            self.pages.append((end, end))
        self._page(min(self.draft.page, len(self.pages) - 1))

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

    def _foot(self) -> float:
        """What agreeing wants below the rows: in portrait the links, and the pad if it is signed."""
        landscape = self.sheet.stage.landscape
        pad = (PAD_WIDE if landscape else PAD) + 24 if self.prompt.signature else 0.0
        return pad if landscape else pad + LINKS + 28

    def _page(self, page: int) -> None:
        """Rows, and on the last page the foot. What is missing is filled in first: there is one page then."""
        start, end = self.pages[page] if not self.missing else self.pages[0]
        last = page == len(self.pages) - 1 and not self.missing
        self.draft.page = page
        rows = self.lines.height(start, end) if end > start else 0.0
        need = rows + (self._foot() if last else 0.0)
        signs = last and page > 0 and self.prompt.signature
        frame = Frame(
            self,
            actions=(self._action(page, last),),
            least=need,
            reserve=LINKS + 52,
            split=self.split,
            back=self._back_from(page),
            question=SIGN if signs else None,
            help_words=self.prompt.brief if signs else None,
        )
        body = self._below(frame, need)
        if rows:
            spare = max(0.0, body.h - need)
            card = body.top_part(min(rows + spare * 0.6, body.h - (need - rows)))
            card = card.top_part(min(card.h, self.lines.height_at_most(start, end)))
            self.lines.draw(card, start, end, self._changer)
            body = body.from_y(card.bottom)
        else:
            body = body.bottom_part(min(body.h, PAD_AT_MOST + LINKS + 28))
        if self.sheet.stage.landscape or last:
            body = self._links(frame, body)
        if last and self.prompt.signature:
            self._pad(body)
        self.button: Button = frame.finish()[-1]
        self._changed()

    def _action(self, page: int, last: bool) -> Action:
        if self.missing:
            return Action("fill-in", FILL_IN, lambda: self.actions.answer(Chosen("fill-in")))
        if last:
            return Action("agree", self.prompt.action, self._answer)
        return Action("go-on", GO_ON, lambda: self._turn(page + 1))

    def _below(self, frame: Frame, need: float) -> Box:
        """The body; lowered, only as much of it as the guest can reach."""
        top = max(frame.body.y, min(frame.places.touch_top, frame.body.bottom - need))
        return frame.body.from_y(top) if self.sheet.look.lowered else frame.body

    def _back_from(self, page: int) -> Callable[[], Any] | None:
        return (lambda: self._turn(page - 1)) if page and not self.missing else None

    def _turn(self, page: int) -> None:
        self.draft.page = page
        self.actions.redraw()

    def _changer(self, row: Row) -> Callable[[], Any]:
        return lambda: self.actions.answer(Chosen(f"change:{row.field}"))

    # --- parts -----------------------------------------------------------------------------

    def _links(self, frame: Frame, body: Box) -> Box:
        """House rules, and what is kept. In landscape at the start, above the actions. Returns what is below."""
        sheet, prompt = self.sheet, self.prompt
        below = body.from_y(body.y + 24)
        if sheet.stage.landscape:
            text = frame.places.text
            end = frame.places.actions.y - 28
            room = end - frame.text_end - 24
            if room >= 2 * LINKS + 24 and not sheet.look.lowered:
                boxes = Box(text.x, end - 2 * LINKS - 24, text.w, 2 * LINKS + 24).rows(2, 24)
            else:
                boxes = Box(text.x, end - LINKS, text.w, LINKS).columns([0.8, 1.2], 28)
        else:
            boxes = Box(72, body.y + 28, self.width, LINKS).columns([0.85, 1.15], 28)
            below = body.from_y(body.y + LINKS + 52)
        for box, id, label in zip(boxes, ("rules", "kept"), (prompt.rules, prompt.kept), strict=True):
            sheet.button(box, id, label, self._linker(id), Kind.QUIET, style="link", colour="accent")
        return below

    def _linker(self, id: str) -> Callable[[], Any]:
        return lambda: self.actions.answer(Chosen(id))

    def _pad(self, box: Box) -> None:
        sheet = self.sheet
        box = box.top_part(min(box.h, PAD_AT_MOST))
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

    def _changed(self) -> None:
        """A signature that is still to be drawn keeps the main action waiting."""
        signs = self.button.id == "agree" and self.prompt.signature
        ready = not signs or length(self.draft.strokes) >= LEAST_LENGTH
        if ready != self.button.enabled:
            self.button.show_enabled(ready)

    def _answer(self) -> None:
        strokes = tuple(tuple(stroke) for stroke in self.draft.strokes)
        aspect = self.pad.aspect if self.prompt.signature else 1.0
        self.actions.answer(Signed(strokes, aspect))
