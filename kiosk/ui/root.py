"""The root widget: one sheet per layer, drawn anew whenever its content changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from kivy.uix.widget import Widget

from kiosk.language import Language, Text
from kiosk.prompts import Prompt, Scene, Tone
from kiosk.ui.accessible import Bounds, Node, Role, numbered
from kiosk.ui.draft import Draft
from kiosk.ui.geometry import Box, Stage
from kiosk.ui.screens import screen_for
from kiosk.ui.screens.frame import Places
from kiosk.ui.screens.screen import Actions, Screen
from kiosk.ui.sheet import Sheet
from kiosk.ui.theme import Look, Theme
from kiosk.ui.typesetting import Typesetter
from kiosk.ui.widgets.piece import Control


class Shown(Actions, Protocol):
    """What the window knows of that which is to be drawn."""

    theme: Theme
    look: Look
    languages: Callable[[str], Language]
    moves: bool

    @property
    def size(self) -> tuple[int, int]: ...

    @property
    def code(self) -> str: ...

    @property
    def scene(self) -> Scene | None: ...

    @property
    def overlay(self) -> Callable[[Any], None] | None: ...

    @property
    def notice_now(self) -> tuple[Text, Tone] | None: ...

    @property
    def drawer(self) -> Any: ...

    def draft(self, prompt: Prompt) -> Draft: ...

    def paper(self, rgba: tuple[float, float, float, float]) -> None: ...

    def touched(self) -> None: ...


class Root(Widget):
    """Knows what is drawn; the window knows why."""

    def __init__(self, window: Shown) -> None:
        super().__init__(size_hint=(None, None))
        self._app = window
        self._type: Typesetter | None = None
        self._scene: Sheet | None = None
        self._screen: Screen[Any] | None = None
        self._overlay: Sheet | None = None
        self._notice: Sheet | None = None
        self._drawer: Sheet | None = None
        self._focus = ""

    # --- drawing ---------------------------------------------------------------------------

    def draw_all(self) -> None:
        """Every layer anew: another scene, language or look."""
        app = self._app
        self.size = app.size
        stage = self._stage()
        if self._type is None or (self._type.scale, self._type.rtl) != (stage.scale, stage.mirrored):
            self._type = Typesetter(stage.scale, stage.mirrored)
        app.paper(app.theme.palette(app.look).rgba("paper"))
        self.draw_scene()
        self.draw_overlay()
        self.draw_notice()
        self.draw_drawer()

    def draw_scene(self) -> None:
        scene = self._app.scene
        if scene is None:
            return
        self._remove(self._scene)
        above = [layer for layer in (self._overlay, self._notice, self._drawer) if layer is not None]
        self._scene = self._draw(scene, at=len(above))

    def moves_on(self, scene: Scene) -> bool:
        """The drawn scene only goes further: whatever is open over it stays."""
        screen = self._screen
        if self._scene is None or self._scene.locked:  # answered: what comes now is asked anew
            return False
        if screen is None or type(screen.prompt) is not type(scene.prompt) or screen.scene.back != scene.back:
            return False
        return screen.moves_on(scene.prompt)

    def goes_on(self, prompt: Prompt) -> bool:
        """Whether the drawn scene asks this still."""
        screen = self._screen
        return screen is not None and type(screen.prompt) is type(prompt) and screen.goes_on(prompt)

    def draw_overlay(self) -> None:
        self._remove(self._overlay)
        self._overlay = None
        if self._app.overlay is not None:
            self._overlay = self._sheet(modal=True)
            self._app.overlay(self._overlay)
            above = [layer for layer in (self._notice, self._drawer) if layer is not None]
            self.add_widget(self._overlay, index=len(above))

    def draw_notice(self) -> None:
        """A band over the steps: the hotel's name, the time and what is asked stay to be seen."""
        self._remove(self._notice)
        self._notice = None
        told = self._app.notice_now
        if told is None or self._app.scene is None:
            return
        words, tone = told
        sheet = self._sheet()
        said, width = sheet.say(words), sheet.stage.width - 72
        staff = self._app.scene.signed_in is not None
        places = Places.on(sheet.stage, sheet.look, progress=True, staff=staff)
        y = places.head.bottom + (16 if staff else 8)
        height = min(max(96.0, sheet.band_height(said, width)), min(places.text.y, places.body.y) - y - 4)
        sheet.band(Box(36, y, width, height), said, tone, id="told")
        self._notice = sheet
        self.add_widget(sheet, index=1 if self._drawer is not None else 0)

    def draw_drawer(self) -> None:
        self._remove(self._drawer)
        self._drawer = None
        if self._app.drawer is not None and self._app.scene is not None:
            self._drawer = self._sheet()
            self._app.drawer.draw(self._drawer)
            self.add_widget(self._drawer)

    def _draw(self, scene: Scene, at: int = 0) -> Sheet:
        app = self._app
        kind = screen_for(type(scene.prompt))
        sheet = self._sheet(modal=kind.dialog, dense=scene.signed_in is not None)
        self._screen = kind(sheet, scene, scene.prompt, app.draft(scene.prompt), app)
        self._screen.draw()
        self.add_widget(sheet, index=at)
        return sheet

    def rehearse(self, scene: Scene) -> None:
        """Draws without showing."""
        kind = screen_for(type(scene.prompt))
        kind(self._sheet(dense=scene.signed_in is not None), scene, scene.prompt, Draft(), self._app).draw()

    def _sheet(self, modal: bool = False, dense: bool = False) -> Sheet:
        app = self._app
        if self._type is None:
            self._type = Typesetter(self._stage().scale, self._stage().mirrored)
        return Sheet(
            self._stage(),
            app.theme,
            app.look,
            app.languages(app.code),
            self._type,
            moves=app.moves,
            modal=modal,
            dense=dense,
        )

    def _stage(self) -> Stage:
        app = self._app
        return Stage.of(*app.size, mirrored=app.languages(app.code).rtl)

    def _remove(self, sheet: Sheet | None) -> None:
        if sheet is not None:
            for piece in sheet.pieces():
                piece.parent.remove_widget(piece)  # timers end with their piece
            self.remove_widget(sheet)

    def forget(self) -> None:
        """Nothing that was set in type is remembered."""
        if self._type is not None:
            self._type.forget()

    # --- asking ----------------------------------------------------------------------------

    @property
    def scene_sheet(self) -> Sheet:
        assert self._scene is not None  # noqa: S101 - nothing is touched before something is shown
        return self._scene

    @property
    def has_overlay(self) -> bool:
        """Whether there is one thing to be answered first."""
        return any(sheet.modal for sheet in self.sheets())

    def sheets(self) -> list[Sheet]:
        """The layers a person can use now: an overlay hides what is under it."""
        top = self._overlay or self._scene
        return [sheet for sheet in (self._notice, top, self._drawer) if sheet is not None]

    def nodes(self) -> tuple[Node, ...]:
        return tuple(node for sheet in self.sheets() for node in sheet.nodes())

    def control(self, id: str) -> Control:
        for sheet in self.sheets():
            for control in sheet.controls():
                if control.id == id:
                    return control
        raise KeyError(f"{id} is not on the screen")

    def tree(self) -> Node:
        """An open overlay is all there is."""
        children = self.nodes()
        heading = next((node.name for node in children if node.role is Role.HEADING), self._app.hotel_name)
        role = Role.DIALOG if self.has_overlay else Role.SCREEN
        return numbered(Node("screen", role, heading, Bounds(0, 0, *self._app.size), children=children))

    def focus(self, id: str) -> None:
        """The keypad's ring; '' takes it away."""
        self._focus = id
        for sheet in self.sheets():
            for control in sheet.controls():
                control.focus(control.id == id)

    def focus_next(self, step: int) -> str:
        ids = [node.id for node in self.tree().walk() if node.touchable and node.enabled]
        if not ids:
            return ""
        at = ids.index(self._focus) + step if self._focus in ids else 0 if step > 0 else -1
        self.focus(ids[at % len(ids)])
        return self._focus

    # --- touching --------------------------------------------------------------------------

    def on_touch_down(self, touch: Any) -> bool:
        if getattr(touch, "is_mouse_scrolling", False):
            return True
        self._app.touched()
        super().on_touch_down(touch)
        return True
