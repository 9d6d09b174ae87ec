"""The window: shows scenes, hands each touch to the desk, and forgets a guest when they have gone.

    window = KioskWindow(None, settings)
    window.desk = Reception(terminal, window)
    await window.run()

Layers, from below: the scene, what opened over it, a notice, and in demo mode the drawer.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from kiosk.language import Language, T, Text, language, verbatim
from kiosk.prompts import Answer, Desk, Prompt, Scene, Tone, Welcome
from kiosk.settings import Settings
from kiosk.ui import kivy_window, sounds
from kiosk.ui.accessible import Node
from kiosk.ui.draft import Draft, Drafts
from kiosk.ui.pace import Pace
from kiosk.ui.theme import Look, Theme, load
from kiosk.ui.timers import Timers

NOTICE_S = 8.0
"""How long a notice stands over the head of the screen."""
WELCOME_RESET_S = 60.0
"""Nobody has touched the welcome screen for so long: it looks as at first again."""
COLLECT_S = 0.1
"""After a scene has come, what the last one left is cleared away: a few milliseconds, once it is drawn."""
SETTLE_S = 3.0
"""Nobody has come to the welcome screen for so long: all that is kept is gone through."""


class KioskWindow:
    """A Front. One per process: Kivy has one window."""

    def __init__(
        self,
        desk: Desk | None,
        settings: Settings,
        *,
        languages: Callable[[str], Language] = language,
        now: Callable[[], datetime] | None = None,
        drawer: Sequence[Any] | None = None,
        moves: bool = True,
        theme: Theme | None = None,
        speak: Callable[[Node], None] | None = None,
    ) -> None:
        """`desk` may be set later, before `run`. `now`: the time in the hotel (default: the machine's).

        `drawer`: DrawerItems of the demo bench; None, and there is no drawer. `moves` False: hints
        stand still. `speak` is given the tree when "Speak" is touched; None: this terminal can't.
        """
        kivy_window.configure(settings.screen)
        from kivy.core.window import Window

        from kiosk.ui.error_handler import ErrorHandler
        from kiosk.ui.root import Root

        self.desk = desk
        self.settings = settings
        self.theme = theme or load()
        self.look = Look()
        self.hotel_name = settings.hotel.name
        self.telephone = settings.hotel.telephone
        self.languages = languages
        self.moves = moves
        self.speaker = speak
        self.shown = asyncio.Event()  # the first scene is on the glass …
        self.ready = asyncio.Event()  # … and what later ones need is loaded
        self._now = now or (lambda: datetime.now(settings.hotel.zone))
        self._window = Window
        self._pace = Pace(Window)
        self._warming: Any = None
        self._scene: Scene | None = None
        self._drafts = Drafts()
        self._open: Callable[[Any], None] | None = None
        self._notice: tuple[Text, Tone] | None = None
        self._timers = Timers()
        self._error_handler = ErrorHandler()
        self._root = Root(self)
        self._drawer = self._make_drawer(drawer)
        kivy_window.lock_down(Window, settings.screen, settings.hotel.name)
        Window.bind(on_resize=lambda *_: self._redraw_all())

    # --- Front -----------------------------------------------------------------------------

    def show(self, scene: Scene) -> None:
        """Draws this scene; see `kiosk.prompts.Front`."""
        again = self._scene is not None and scene.number == self._scene.number
        if not again and self._scene is not None and self._root.goes_on(scene.prompt):
            self._drafts.go_on(self._scene.prompt, scene.prompt)
        if not again and self._root.moves_on(scene):
            self._scene = scene
            self._pace.wake()
            return
        if not again:
            self._open = None
            self._drafts.forget_secrets()
            sounds.play(sounds.of_prompt(scene.prompt))
        if isinstance(scene.prompt, Welcome):
            self._welcome(again)
        if self._notice is not None and self._notice[0] in scene.prompt.instead_of:
            self._notice = None
        self._scene = scene
        self._root.focus("")
        self._redraw_all()
        self._pace.wake()
        self._timers.later("collect", COLLECT_S, gc.collect)
        self._timers.later("settle", SETTLE_S, self._settle)

    def notice(self, words: Text, tone: Tone) -> None:
        """Says something beside the scene for a while."""
        sounds.play(sounds.of_notice(tone))
        self._notice = (words, tone)
        self._timers.later("notice", NOTICE_S, self._end_notice)
        self._root.draw_notice()

    def tone(self) -> bool:
        """The tone of good news, for who tests whether it is heard."""
        return sounds.play(sounds.Sound.DONE)

    # --- running ---------------------------------------------------------------------------

    async def run(self) -> None:
        """Until `stop`. Kivy's loop is a task of the running asyncio loop."""
        from kivy.base import ExceptionManager, async_runTouchApp

        ExceptionManager.add_handler(self._error_handler)
        self._window.bind(on_flip=self._first_flip)
        try:
            await async_runTouchApp(self._root, embedded=True, async_lib="asyncio")
            await self._pace.run()
        finally:
            ExceptionManager.remove_handler(self._error_handler)
            self._timers.cancel()
            if self._drawer is not None:
                await self._drawer.close()

    def stop(self) -> None:
        """Ends `run`."""
        from kivy.base import stopTouchApp

        stopTouchApp()
        self._pace.wake()

    def _first_flip(self, *_: Any) -> None:
        if self._scene is None:
            return
        self._window.unbind(on_flip=self._first_flip)
        self.shown.set()
        from kiosk.ui.warm import Warming

        self._warming = Warming(self._root.rehearse, self.ready.set)  # Kivy's clock alone does not keep it
        self._warming.begin()

    @property
    def errors(self) -> list[str]:
        """What went wrong in it."""
        return self._error_handler.errors

    # --- what is on the screen -------------------------------------------------------------

    @property
    def scene(self) -> Scene | None:
        return self._scene

    def tree(self) -> Node:
        """The semantic tree of what is drawn now; an open overlay is all there is."""
        return self._root.tree()

    def press(self, id: str) -> None:
        """Does what a touch on this node does (keypad, speech)."""
        self.touched()
        self._root.control(id).press()

    def focus(self, id: str) -> None:
        """Puts the keypad's ring around this node; '' takes it away."""
        self._root.focus(id)

    def focus_next(self, step: int = 1) -> str:
        """The ring goes on to the next thing that answers to a touch; returns its id."""
        return self._root.focus_next(step)

    def screenshot(self, path: Path) -> None:
        """A PNG of the window as it is now."""
        kivy_window.save_picture(self._window, path)

    @property
    def size(self) -> tuple[int, int]:
        width, height = self._window.size
        return width, height

    def paper(self, rgba: tuple[float, float, float, float]) -> None:
        """What is under everything: cleared to, which costs nothing, not painted."""
        self._window.clearcolor = rgba

    async def resize(self, width: int, height: int) -> None:
        """Another size, drawn and on the screen: for pictures and tests; a kiosk's window is fixed."""
        if self.size != (width, height):
            self._window.size = (width, height)
            self._redraw_all()
            for _ in range(4):  # the window system answers within a few frames
                await self.drawn()

    async def drawn(self) -> None:
        """Waits until the next frame is on the screen."""
        await self._pace.drawn()

    # --- what a touch brings about (kiosk.ui.screens.screen.Actions) -----------------------

    def touched(self) -> None:
        """Any touch anywhere."""
        if self.desk is not None:
            self.desk.touched()
        if self._scene is not None and isinstance(self._scene.prompt, Welcome):
            self._timers.later("welcome", WELCOME_RESET_S, self._reset_welcome)
            self._timers.later("settle", SETTLE_S, self._settle)

    def answer(self, answer: Answer) -> bool:
        return self._once(lambda desk, number: desk.answer(number, answer))

    def back(self) -> None:
        self._once(lambda desk, number: desk.back(number))

    def still_here(self) -> None:
        """The touch itself has said it already."""

    def redraw(self) -> None:
        self._root.draw_scene()

    def speak(self) -> None:
        if self.speaker is not None:
            self.speaker(self.tree())
        else:
            self.notice(
                T("This terminal does not speak yet. Touch “Call us”, and a colleague will help you."), Tone.PLAIN
            )

    def start_over(self) -> None:
        """Asks first where something would be lost."""
        scene = self._scene
        if scene is None:
            return
        if isinstance(scene.prompt, Welcome):
            self._reset_welcome()
        elif scene.progress is None and not self.draft(scene.prompt).touched:
            self._start_over_now()
        else:
            self.open_overlay("start_over")

    def sign_off(self) -> None:
        self._start_over_now()

    def open_languages(self) -> None:
        self.open_overlay("languages")

    def open_look(self) -> None:
        self.open_overlay("look")

    def open_help(self) -> None:
        self.open_overlay("help")

    def now(self) -> datetime:
        return self._now()

    def _once(self, do: Callable[[Desk, int], bool]) -> bool:
        """The scene is answered once: its sheet is locked, unless the desk says that nothing was done."""
        if self.desk is None or self._scene is None:
            return False
        sheet = self._root.scene_sheet
        sheet.lock()
        done = do(self.desk, self._scene.number)
        if not done and self._root.scene_sheet is sheet:
            sheet.locked = False
        return done

    # --- overlays --------------------------------------------------------------------------

    def open_overlay(self, which: str) -> None:
        from kiosk.ui import overlays

        scene = self._scene
        if scene is None or self.desk is None:
            return
        draw: dict[str, Callable[[Any], None]] = {
            "languages": lambda sheet: overlays.languages(
                sheet, self._language_names(), self.code, self._choose_language, self.close_overlay
            ),
            "look": lambda sheet: overlays.look(sheet, self.change_look, self.close_overlay),
            "help": lambda sheet: overlays.help_(
                sheet, self.telephone, self._call_person, self.close_overlay
            ),
            "start_over": lambda sheet: overlays.ask(
                sheet, T("Start over?"), T("Everything you have entered will be deleted."),
                T("Start over"), T("No, go on"), self._start_over_now, self.close_overlay,
            ),
        }  # fmt: skip
        self._open = draw[which]
        self._root.draw_overlay()

    def close_overlay(self) -> None:
        self._open = None
        self._root.draw_overlay()

    @property
    def overlay(self) -> Callable[[Any], None] | None:
        return self._open

    def _language_names(self) -> list[tuple[str, str]]:
        codes = self.desk.languages if self.desk is not None else self.settings.kiosk.languages
        return [(code, self.languages(code).own_name) for code in codes]

    def _choose_language(self, code: str) -> None:
        self._open = None
        if self.desk is not None:
            self.desk.change_language(code)
        self._redraw_all()

    def change_look(self, look: Look) -> None:
        self.look = look
        self._redraw_all()

    def _call_person(self) -> None:
        self.close_overlay()
        self._once(lambda desk, number: desk.call_person(number))

    def _start_over_now(self) -> None:
        self.close_overlay()
        self._once(lambda desk, number: desk.start_over(number))

    # --- state -----------------------------------------------------------------------------

    @property
    def code(self) -> str:
        """ISO 639-1 of the language on the screen."""
        return self.desk.language if self.desk is not None else self.settings.kiosk.languages[0]

    @property
    def notice_now(self) -> tuple[Text, Tone] | None:
        return self._notice

    @property
    def drawer(self) -> Any:
        return self._drawer

    def draft(self, prompt: Prompt) -> Draft:
        """What was entered into this prompt: the same object asked again finds it."""
        return self._drafts.of(prompt)

    def _welcome(self, again: bool) -> None:
        """Whoever was here has gone: nothing of theirs is kept."""
        before = self._scene
        if before is not None and not isinstance(before.prompt, Welcome):
            self.look = Look()
            self._notice = None
        if not again:
            self._drafts.forget()
            self._root.forget()

    def _reset_welcome(self) -> None:
        scene = self._scene
        if scene is None or not isinstance(scene.prompt, Welcome):
            return
        first = self.desk.languages[0] if self.desk is not None else ""
        same = self.look == Look() and self.code == first and self._open is None
        self.look, self._open = Look(), None
        if self.desk is not None and self.code != first:
            self.desk.change_language(first)
        if not same:
            self._redraw_all()

    def _settle(self) -> None:
        if self._scene is not None and isinstance(self._scene.prompt, Welcome):
            from kiosk.ui.warm import settle

            settle()

    def _end_notice(self) -> None:
        self._notice = None
        self._root.draw_notice()

    def _make_drawer(self, items: Sequence[Any] | None) -> Any:
        if items is None:
            return None
        from kiosk.ui.drawer import Drawer

        return Drawer(items, lambda: self._root.draw_drawer(), lambda words: self.notice(verbatim(words), Tone.WARN))

    def _redraw_all(self) -> None:
        if self._scene is not None:
            self._root.draw_all()
