"""A bare Kivy app, to compare with: nothing but a ScreenManager and labels.

    python tests/benchmarks/bare.py start         one screen; says how old the process was at its first frame
    python tests/benchmarks/bare.py switch N      N touches, each on a button that switches to the other of two
                                                  screens with a registration card's text; says each in ms

Kivy is configured as the kiosk's window is (size, frames a second), and not at all otherwise.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["KIVY_NO_ARGS"] = "1"

from kivy.config import Config  # noqa: E402 - after its environment

Config.set("graphics", "width", "1080")
Config.set("graphics", "height", "1920")

from kivy.app import App  # noqa: E402
from kivy.core.window import Window  # noqa: E402
from kivy.uix.boxlayout import BoxLayout  # noqa: E402
from kivy.uix.button import Button  # noqa: E402
from kivy.uix.label import Label  # noqa: E402
from kivy.uix.screenmanager import NoTransition, Screen, ScreenManager  # noqa: E402

CARD = (
    "Is this right, Anna?", "Correct what has changed, then sign.",
    "Name", "Anna Maria Eriksson", "Read from the document", "Born", "12 August 1974", "Read from the document",
    "Nationality", "Utopia", "Read from the document", "Document", "Passport L898902C3", "Read from the document",
    "Home address", "Main Street 1, 12345 Zenith", "Change", "Entry to Hungary", "22 November 2026, Budapest", "Change",
    "Stay", "23–26 November", "House rules", "What is kept, and for how long", "Sign with your finger", "Clear",
)  # fmt: skip
"""What stands on the kiosk's registration card."""


class BareApp(App):
    """One or two screens."""

    def __init__(self, texts: list[tuple[str, ...]]) -> None:
        super().__init__()
        self._texts = texts

    def build(self) -> Any:
        manager = ScreenManager(transition=NoTransition())
        for number, words in enumerate(self._texts):
            screen = Screen(name=str(number))
            box = BoxLayout(orientation="vertical")
            for word in words:
                box.add_widget(Label(text=word, font_size=36))
            other = str((number + 1) % len(self._texts))
            box.add_widget(Button(text="I agree", on_release=lambda _, to=other: setattr(manager, "current", to)))
            screen.add_widget(box)
            manager.add_widget(screen)
        return manager


def start() -> None:
    app = BareApp([("Welcome",)])

    def shown(*_: Any) -> None:
        from kiosk.uptime import uptime_s

        print(json.dumps({"since_start_ms": round(uptime_s() * 1000)}), flush=True)
        app.stop()

    Window.bind(on_flip=shown)
    app.run()


def switch(count: int) -> None:
    import asyncio

    from tests.benchmarks.touching import Glass

    async def touch_all() -> list[float]:
        app = BareApp([CARD, tuple(reversed(CARD))])
        running = asyncio.ensure_future(app.async_run("asyncio"))
        glass = Glass()
        await glass.flip()
        times = []
        for _ in range(count):
            times.append(await glass.touch_and_see(Window.width / 2, Window.height - 10))
        app.stop()
        await running
        return times

    print(json.dumps({"ms": asyncio.run(touch_all())}), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "start":
        start()
    else:
        switch(int(sys.argv[2]))
