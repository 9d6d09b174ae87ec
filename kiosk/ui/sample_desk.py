"""A desk that shows the gallery instead of checking anybody in: for pictures and for looking at screens."""

from __future__ import annotations

from kiosk.prompts import Answer


class GalleryDesk:
    """Notes what was touched; nothing follows from it."""

    def __init__(self, languages: tuple[str, ...] = ("en", "hu", "de")) -> None:
        self.language = languages[0]
        self.languages = languages
        self.heard: list[tuple[str, object]] = []

    def answer(self, scene: int, answer: Answer) -> bool:
        self.heard.append(("answer", answer))
        return True

    def back(self, scene: int) -> bool:
        self.heard.append(("back", scene))
        return True

    def start_over(self, scene: int) -> bool:
        self.heard.append(("start-over", scene))
        return True

    def call_person(self, scene: int) -> bool:
        self.heard.append(("call-person", scene))
        return True

    def change_language(self, code: str) -> None:
        self.language = code

    def touched(self) -> None:
        self.heard.append(("touched", None))
