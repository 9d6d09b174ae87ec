"""A longer text, moved by whole lines: no line is ever cut in two, and there is always a button for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.typesetting import Setting
from kiosk.ui.widgets import paint
from kiosk.ui.widgets.piece import Piece

if TYPE_CHECKING:
    from kiosk.ui.sheet import Sheet


class Paragraph(Piece):
    """One paragraph's visible lines. Its node has all its words, visible or not."""

    def __init__(self, sheet: Sheet, number: int, text: str, setting: Setting, width: float) -> None:
        super().__init__(sheet, Box(0, 0, width, 0), f"paragraph:{number}")
        self.text, self.setting, self.lines_shown = text, setting, 0

    def show(self, box: Box, first: int, count: int) -> None:
        self.canvas.clear()
        self.letterings.clear()
        self.box, self.lines_shown = box, count
        part = Setting(self.setting.style, self.setting.lines[first : first + count])
        if count > 0:
            text = " ".join(line.text for line in part.lines)
            self.letter(box, text, part.style, valign="top", setting=part)

    def node(self) -> Node | None:
        return Node(self.id, Role.TEXT, self.text, self.bounds()) if self.lines_shown else None


class Scroll(Piece):
    """Paragraphs in a card, from line `first` on. A finger moves them; so do `up` and `down`."""

    def __init__(
        self, sheet: Sheet, box: Box, paragraphs: list[str], first: int, moved: Callable[[int], None]
    ) -> None:
        super().__init__(sheet, box)
        self._moved = moved
        self.inner = Box(box.x, box.y, box.w - 28, box.h)
        style = sheet.style("body")
        self.leading, self.gap = style.leading, style.leading * 0.5
        settings = [sheet.type.fit(text, style, self.inner.w) for text in paragraphs]
        self._paragraphs = [
            Paragraph(sheet, number, text, setting, self.inner.w)
            for number, (text, setting) in enumerate(zip(paragraphs, settings, strict=True))
        ]
        for paragraph in self._paragraphs:
            self.add_widget(paragraph)
        self.total = sum(len(setting.lines) for setting in settings)
        self._bar = Piece(sheet, box)
        self.add_widget(self._bar)
        self._grip: tuple[float, int] | None = None
        self.first = 0
        self.shown = 0
        self.last_first = self._last_first()
        self.show(first)

    def _last_first(self) -> int:
        """The first line of the last view: from the end back as far as there is room."""
        height, lines = 0.0, 0
        for paragraph in reversed(self._paragraphs):
            for _ in paragraph.setting.lines:
                height += self.leading
                if height > self.inner.h:
                    return self.total - lines
                lines += 1
            height += self.gap
        return 0

    @property
    def fits(self) -> bool:
        return self.last_first == 0

    def show(self, first: int) -> None:
        """From this line on."""
        self.first = max(0, min(first, self.last_first))
        y, number, shown = self.inner.y, 0, 0
        for paragraph in self._paragraphs:
            count = len(paragraph.setting.lines)
            skip = max(0, min(count, self.first - number))
            room = max(0, int((self.inner.bottom - y + 0.5) / self.leading))
            visible = min(count - skip, room) if shown or skip < count else 0
            paragraph.show(Box(self.inner.x, y, self.inner.w, visible * self.leading), skip, visible)
            if visible:
                y += visible * self.leading + self.gap
            shown += visible
            number += count
        self.shown = shown
        self._draw_bar()

    def _draw_bar(self) -> None:
        self._bar.canvas.clear()
        if self.fits:
            return
        track = Box(self.box.right - 10, self.box.y, 10, self.box.h)
        paint.fill(self._bar.canvas, self.window(track), self.rgba("line"), self.px(5))
        high = max(60.0, track.h * self.shown / self.total)
        y = track.y + (track.h - high) * self.first / max(1, self.last_first)
        paint.fill(self._bar.canvas, self.window(Box(track.x, y, 10, high)), self.rgba("accent"), self.px(5))

    def turn(self, pages: int) -> None:
        """A view on or back, with one line kept for the eye."""
        self.go(self.first + pages * max(1, self.shown - 1))

    def go(self, first: int) -> None:
        self.show(first)
        self._moved(self.first)

    def on_touch_down(self, touch: Any) -> bool:
        if not self.collide_point(*touch.pos) or self.fits:
            return False
        touch.grab(self)
        self._grip = (touch.y, self.first)
        return True

    def on_touch_move(self, touch: Any) -> bool:
        if touch.grab_current is not self or self._grip is None:
            return False
        lines = round((touch.y - self._grip[0]) / self.px(self.leading))
        if self._grip[1] + lines != self.first:
            self.go(self._grip[1] + lines)
        return True

    def on_touch_up(self, touch: Any) -> bool:
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._grip = None
        return True
