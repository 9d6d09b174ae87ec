"""What every screen has: its prompt, its sheet, and what it may do."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from kiosk.prompts import Answer, Prompt, Scene
from kiosk.ui.draft import Draft
from kiosk.ui.sheet import Sheet

if TYPE_CHECKING:
    from kiosk.ui.screens.frame import Frame

P = TypeVar("P", bound=Prompt)


class Actions(Protocol):
    """What a touch can bring about. The window does it."""

    hotel_name: str
    telephone: str

    def answer(self, answer: Answer) -> bool:
        """Answers the scene; the sheet is locked until the next one."""

    def back(self) -> None: ...

    def still_here(self) -> None: ...

    def redraw(self) -> None:
        """Draws the same scene again from its draft."""

    def open_languages(self) -> None: ...

    def open_look(self) -> None: ...

    def open_help(self) -> None: ...

    def speak(self) -> None: ...

    def start_over(self) -> None: ...

    def sign_off(self) -> None:
        """Staff leave: at once, nothing is asked."""

    def now(self) -> datetime:
        """In the hotel's time zone."""


class Screen(ABC, Generic[P]):
    """Draws one kind of prompt onto a sheet."""

    frame: Frame
    dialog = False
    """Whether it breaks in on the scene before, which is not seen meanwhile."""

    def __init__(self, sheet: Sheet, scene: Scene, prompt: P, draft: Draft, actions: Actions) -> None:
        self.sheet, self.scene, self.prompt, self.draft, self.actions = sheet, scene, prompt, draft, actions

    def moves_on(self, prompt: P) -> bool:
        """Whether this prompt is the drawn one, only further on, and was shown in its place: where it says no more,
        only the time until the sign-off goes on."""
        if not self.goes_on(prompt):
            return False
        self.prompt = prompt
        self.frame.tell(prompt.leaves_in_s)
        return True

    def goes_on(self, prompt: Prompt) -> bool:
        """Whether this prompt is the same question still, so that its draft is kept."""
        if prompt.leaves_in_s is None or self.prompt.leaves_in_s is None:
            return False
        return replace(prompt, leaves_in_s=None) == replace(self.prompt, leaves_in_s=None)

    @abstractmethod
    def draw(self) -> None:
        """Puts everything on the sheet, in reading order."""
