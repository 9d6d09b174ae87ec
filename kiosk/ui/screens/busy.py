"""Something takes longer than half a second: what, how far, what is done already."""

from __future__ import annotations

from typing import Any

from kivy.clock import Clock

from kiosk.language import T
from kiosk.prompts import Busy
from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.screen import Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.area import Area, Meter
from kiosk.ui.widgets.piece import Piece

DOTS = 5
STEPS_A_SECOND = 4


class Waiting(Piece):
    """Dots, one of which is dark, going round: something is happening."""

    def __init__(self, sheet: Sheet, box: Box) -> None:
        super().__init__(sheet, box, "waiting")
        self._at = 0
        self._timer: Any = None
        self._show()

    def on_parent(self, _: Any, parent: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if parent is not None and self.sheet.moves:
            self._timer = Clock.schedule_interval(self._step, 1 / STEPS_A_SECOND)

    def _step(self, _: float) -> None:
        self._at = (self._at + 1) % DOTS
        self._show()

    def _show(self) -> None:
        self.canvas.clear()
        x, y, w, h = self.rect
        for number in range(DOTS):
            token = "accent" if number == self._at else "line"
            paint.dot(self.canvas, x + w * (number + 0.5) / DOTS, y + h / 2, h * 0.3, self.rgba(token))

    def node(self) -> Node | None:
        return Node(self.id, Role.PROGRESS, self.sheet.say(T("One moment, please")), self.bounds())


class BusyScreen(Screen[Busy]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        frame = Frame(self, least=300)
        body = frame.body
        if prompt.fraction is None and not prompt.done:
            high = min(84.0, body.h)
            y = body.y + (body.h - high) * (0.36 if not sheet.stage.landscape else 0.5)
            sheet.put(Waiting(sheet, Box(body.x, y, body.w, high).centred(min(560.0, body.w), high)))
            frame.finish()
            return
        lines = [sheet.say(text) for text in prompt.done]
        heights = [max(72.0, sheet.height(line, "body", body.w - 88 - 72) + 16) for line in lines]
        height = min(body.h, 40.0 + 56 + 32 + sum(heights) + (24 if lines else 0))
        card = body.centred(body.w, height)
        if not sheet.stage.landscape:
            card = Box(body.x, body.y + (body.h - height) * 0.4, body.w, height)
        sheet.card(card)
        inner = card.inset(44, 36)
        bar = inner.top_part(56)
        if prompt.fraction is None:
            sheet.put(Waiting(sheet, bar.centred(360, 56)))
        else:
            sheet.put(Meter(sheet, bar.centred(bar.w, 28), prompt.fraction))
        y = inner.y + 56 + 24
        for line, high in zip(lines, heights, strict=True):
            sign = Box(inner.x, y + (high - 56) / 2, 56, 56)
            sheet.put(Area(sheet, sign, "ok_soft", radius=28))
            sheet.icon(sign.inset(10), "check", "ok")
            sheet.words(
                Box(inner.x + 72, y, inner.w - 72, high), line, "body", valign="middle", role=Role.STATUS
            )
            y += high
        frame.finish()
