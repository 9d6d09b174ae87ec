"""Every part of the terminal as a tile, and what to do about the worst of them. Kept true while it stands there."""

from __future__ import annotations

from functools import partial

from kiosk.language import T
from kiosk.prompts import Chosen, Prompt
from kiosk.technician_prompts import Overview, Standing, Tile
from kiosk.ui.geometry import Box
from kiosk.ui.screens.frame import Frame
from kiosk.ui.screens.options import action, kind_of
from kiosk.ui.screens.screen import Screen
from kiosk.ui.widgets.button import Kind
from kiosk.ui.widgets.chip import WORST
from kiosk.ui.widgets.tile import MoreTile, PartTile, RemedyPanel, tile_height

APART = 24.0
EDGE = 48.0
"""Tiles stand nearer to the screen's edge than words: they bring a margin of their own."""
STRETCH = 1.3
"""How much higher than it needs a tile gets where there is room."""
SPLIT, SPLIT_BACK = 0.35, 0.42
"""In landscape, where the tiles begin; further on where the actions have Back beside them."""


class OverviewScreen(Screen[Overview]):
    def draw(self) -> None:
        sheet, prompt = self.sheet, self.prompt
        landscape, width = sheet.stage.landscape, sheet.stage.width
        panel = RemedyPanel.height(sheet)
        options = [(option, kind_of(option)) for option in prompt.options]
        row = [action(self, option, Kind.MAIN if number == 0 else kind) for number, (option, kind) in enumerate(options)]
        self.frame = frame = Frame(
            self, actions=row[::-1], least=panel + tile_height(sheet) + APART, reserve=panel,
            split=width * (SPLIT_BACK if self.scene.back else SPLIT) if landscape else 0.0,
        )  # fmt: skip
        tiles, place = self._places(frame, panel)
        if sheet.look.lowered or landscape:
            self.panel = sheet.put(RemedyPanel(sheet, place, prompt.remedy))
            self._put_tiles(tiles)
        else:
            self._put_tiles(tiles)
            self.panel = sheet.put(RemedyPanel(sheet, place, prompt.remedy))
        frame.finish()

    def _places(self, frame: Frame, panel: float) -> tuple[Box, Box]:
        """(tiles, remedy). What is touched lies low where that is asked for."""
        sheet, body = self.sheet, frame.body
        wide = sheet.stage.width - 2 * EDGE
        if sheet.stage.landscape:
            text = frame.places.text
            place = Box(text.x, frame.text_end + 28, text.w, text.bottom - frame.text_end - 28)
            room = frame.touch if sheet.look.lowered else body
            return Box(body.x, room.y, sheet.stage.width - EDGE - body.x, room.h), place
        if sheet.look.lowered:
            low = frame.touch.y
            room = body.to_y(low - APART)
            return Box(EDGE, low, wide, body.bottom - low), Box(EDGE, room.bottom - min(panel, room.h), wide, min(panel, room.h))
        place = Box(EDGE, body.bottom - panel, wide, panel)
        return Box(EDGE, body.y, wide, place.y - APART - body.y), place

    # --- tiles -----------------------------------------------------------------------------

    def _put_tiles(self, room: Box) -> None:
        """As many as have room; the others on further pages, of which the last tile tells."""
        sheet, tiles = self.sheet, self.prompt.tiles
        columns = 3 if sheet.stage.landscape and not sheet.look.large and not self.scene.back else 2
        least = min(tile_height(sheet), room.h)
        rows = max(1, int((room.h + APART) / (least + APART)))
        cells = rows * columns
        fits = len(tiles) <= cells
        self.per_page = len(tiles) if fits else max(1, cells - 1)
        self.pages = max(1, -(-len(tiles) // self.per_page))
        self.page = self.draft.page % self.pages
        needed = -(-len(tiles) // columns) if fits else rows
        high = min(least * STRETCH, (room.h + APART) / needed - APART)
        shown = tiles[self.page * self.per_page : (self.page + 1) * self.per_page]
        places = [
            place
            for row in range(needed)
            for place in Box(room.x, room.y + row * (high + APART), room.w, high).columns([1] * columns, APART)
        ]
        self.tiles = [self._tile(tile, place) for tile, place in zip(shown, places, strict=False)]
        self.more: MoreTile | None = None
        if self.pages > 1:
            words = T("More ({page} of {pages})", page=self.page + 1, pages=self.pages)
            place = places[min(len(shown), len(places) - 1)]
            self.more = sheet.put(MoreTile(sheet, place, sheet.say(words), self._turn))
            self.more.show(self._hidden())

    def _tile(self, tile: Tile, place: Box) -> PartTile:
        act = partial(self.actions.answer, Chosen(tile.id))
        return self.sheet.put(PartTile(self.sheet, place, tile, act))

    def _hidden(self) -> Standing:
        """The worst of what stands on other pages."""
        begin = self.page * self.per_page
        others = [*self.prompt.tiles[:begin], *self.prompt.tiles[begin + self.per_page :]]
        return min((tile.standing for tile in others), key=lambda standing: (not standing.there, WORST.index(standing.state)))

    def _turn(self) -> None:
        self.draft.page = self.page + 1
        self.actions.redraw()

    # --- kept true ---------------------------------------------------------------------------

    def goes_on(self, prompt: Prompt) -> bool:
        return isinstance(prompt, Overview) and [t.id for t in prompt.tiles] == [t.id for t in self.prompt.tiles]

    def moves_on(self, prompt: Overview) -> bool:
        """Tiles and words change where they stand."""
        if not self.goes_on(prompt) or prompt.options != self.prompt.options:
            return False
        if not self.frame.moves_on(prompt.question, prompt.leaves_in_s):
            return False
        self.prompt = prompt
        begin = self.page * self.per_page
        for tile, piece in zip(prompt.tiles[begin : begin + self.per_page], self.tiles, strict=True):
            piece.show(tile)
        if self.more is not None:
            self.more.show(self._hidden())
        self.panel.show(prompt.remedy)
        return True
