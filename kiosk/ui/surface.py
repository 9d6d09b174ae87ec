"""What pieces are drawn on, as far as they know it: where it is, how things look on it, in which language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from kivy.uix.widget import Widget

from kiosk.language import Language, Text
from kiosk.ui.geometry import Stage
from kiosk.ui.theme import Look, Palette, Style, Theme
from kiosk.ui.typesetting import Typesetter

P = TypeVar("P", bound=Widget)


class Surface(Widget):
    """A layer, before anything is laid out on it (`sheet.py`)."""

    def __init__(
        self,
        stage: Stage,
        theme: Theme,
        look: Look,
        language: Language,
        typesetter: Typesetter,
        *,
        moves: bool = True,
        modal: bool = False,
        dense: bool = False,
    ) -> None:
        """`modal`: no touch goes through to the sheet below. `moves`: whether hints move. `dense`: for staff."""
        x, y, w, h = stage.window(stage.whole)
        super().__init__(size_hint=(None, None), pos=(x, y), size=(w, h))
        self.stage, self.theme, self.look = stage, theme, look
        self.language, self.type = language, typesetter
        self.moves, self.modal, self.dense = moves, modal, dense
        self.locked = False

    @property
    def palette(self) -> Palette:
        return self.theme.palette(self.look)

    def style(self, name: str) -> Style:
        return self.theme.style(name, self.look, self.stage.landscape, self.dense)

    def say(self, text: Text) -> str:
        return self.language.say(text)

    def common(self, name: str, texts: Sequence[str], width: float, height: float) -> Style:
        """The type in which every one of these texts goes into width × height: neighbours look alike."""
        style = self.style(name)
        for _ in range(4):  # one that shrank to be in one line may not be the one with the least room
            sizes = [self.type.fit(text, style, width, height).style.size for text in texts]
            if min(sizes, default=style.size) >= style.size - 0.01:
                break
            style = style.scaled(min(sizes) / style.size)
        return style

    def height(self, text: str, style: str, width: float) -> float:
        return self.type.height(text, self.style(style), width)

    def put(self, piece: P) -> P:
        """Adds it as the last in reading order."""
        self.add_widget(piece)
        return piece
