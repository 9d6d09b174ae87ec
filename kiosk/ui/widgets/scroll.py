"""A longer text, moved by whole lines: no line is ever cut in two, and there is always a button for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from kiosk.ui.accessible import Node, Role
from kiosk.ui.geometry import Box
from kiosk.ui.typesetting import Setting
from kiosk.ui.widgets.moved import Moved
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


class Scroll(Moved):
    """Paragraphs in a card, from line `first` on. A finger moves them; so do `up` and `down`."""

    def __init__(
        self, sheet: Sheet, box: Box, paragraphs: list[str], first: int, moved: Callable[[int], None]
    ) -> None:
        super().__init__(sheet, box, moved)
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
        self.add_widget(self._bar)
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
    def pitch(self) -> float:
        return self.leading

    def show(self, first: int) -> None:
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
        self.draw_bar(Box(self.box.right - 10, self.box.y, 10, self.box.h), 60.0)
