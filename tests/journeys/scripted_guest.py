"""A guest who answers the kiosk's questions as a test says."""

from __future__ import annotations

import asyncio
from typing import Any, TypeVar

from kiosk.language import Text, language
from kiosk.prompts import (
    Answer,
    Chosen,
    Picked,
    Prompt,
    Scene,
    Signed,
    Tone,
    Typed,
)
from kiosk.reception import Reception

P = TypeVar("P", bound=Prompt)
WITHIN_S = 20
A_SIGNATURE = Signed(strokes=(((0.1, 0.2), (0.3, 0.1), (0.5, 0.25), (0.9, 0.15)),), aspect=3.0)


class ScriptedGuest:
    """A Front that remembers every scene, and hands that answer like a finger would."""

    def __init__(self) -> None:
        self.desk: Reception
        self.scenes: list[Scene] = []
        self.notices: list[tuple[str, Tone]] = []
        self.tones = 0
        self._new = asyncio.Event()
        self._seen = 0

    def show(self, scene: Scene) -> None:
        self.scenes.append(scene)
        self._new.set()

    def notice(self, words: Text, tone: Tone) -> None:
        self.notices.append((language("en").say(words), tone))

    def tone(self) -> bool:
        self.tones += 1
        return True

    @property
    def scene(self) -> Scene:
        return self.scenes[-1]

    async def sees(self, kind: type[P], words: str = "") -> P:
        """Wait until a scene of this kind (whose question has `words`) stands there; nothing older counts."""

        async def wait() -> P:
            while True:
                for at in range(self._seen, len(self.scenes)):
                    prompt = self.scenes[at].prompt
                    if isinstance(prompt, kind) and words in language("en").say(prompt.question):
                        self._seen = at
                        return prompt
                self._new.clear()
                await self._new.wait()

        try:
            return await asyncio.wait_for(wait(), WITHIN_S)
        except TimeoutError:
            raise AssertionError(f"waited for {kind.__name__} {words!r}; saw {self.story()}") from None

    def story(self) -> list[str]:
        return [f"{type(s.prompt).__name__}: {language('en').say(s.prompt.question)}" for s in self.scenes]

    def says(self, text: Text | None) -> str:
        return language(self.desk.language).say(text) if text else ""

    def _number(self) -> int:
        self._seen += 1
        return self.scenes[self._seen - 1].number

    def passes(self) -> None:
        """Look on: the next `sees` begins after this scene."""
        self._seen += 1

    def answer(self, answer: Answer) -> bool:
        return self.desk.answer(self._number(), answer)

    def choose(self, option: str) -> bool:
        return self.answer(Chosen(option))

    def type(self, text: str) -> bool:
        return self.answer(Typed(text))

    def pick(self, day: Any) -> bool:
        return self.answer(Picked(day))

    def sign(self) -> bool:
        return self.answer(A_SIGNATURE)

    def back(self) -> bool:
        return self.desk.back(self._number())

    def start_over(self) -> bool:
        return self.desk.start_over(self._number())
