"""Lay or swipe the document: the gesture moves, an arrow shows where."""

from __future__ import annotations

from kiosk.prompts import PresentDocument
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import TALL, Stack, without_main
from kiosk.ui.screens.parts import put_drawing, put_where, where_height
from kiosk.ui.screens.screen import Screen


class PresentDocumentScreen(Screen[PresentDocument]):
    def draw(self) -> None:
        prompt, sheet = self.prompt, self.sheet
        in_row, others = without_main(self, prompt.other)
        frame = Frame(self, actions=in_row, least=300 + (148.0 if others else 0.0))
        body = frame.body
        stack = None
        if others:
            # Two stand side by side: the gesture keeps its room.
            stack = Stack(self, others, frame.touch.bottom_part(TALL) if len(others) == 2 else frame.touch)
            body = body.to_y(stack.box.y - 28)
        height = where_height(sheet, prompt.where, body.w)
        put_drawing(sheet, body.to_y(body.bottom - height - 28).inset(0, 12), prompt.picture, hint=True)
        put_where(sheet, body.bottom_part(height), prompt.where)
        if stack:
            stack.draw()
        frame.finish()
